//! The log of what was done, sent, received and decided.

mod delivery;
mod forget;
mod list;
mod replay;

pub use delivery::delivery;
pub(crate) use forget::forget;
pub use list::{list, search};
pub use replay::replay;
