//! Signing in, and who is signed in.

mod actor;
mod sign_in;
mod viewer;

pub use actor::actor;
pub(crate) use sign_in::minutes_until;
pub use sign_in::sign_in;
pub use viewer::viewer;
