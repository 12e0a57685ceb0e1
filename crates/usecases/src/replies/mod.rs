//! The public reply page: the candidate answers without an account.

mod answer;
mod open;

pub use answer::answer;
pub(crate) use answer::{Incoming, take_in};
pub use open::open;
