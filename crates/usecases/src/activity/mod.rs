//! The log of what was done, sent, received and decided.

mod delivery;
mod forget;
mod list;
mod open_body;
mod replay;

pub use delivery::delivery;
pub(crate) use forget::forget;
pub use list::{list, search};
pub use open_body::open_body;
pub use replay::replay;
