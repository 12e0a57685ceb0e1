//! What a person must decide or mend.

mod list;
mod retry;

pub use list::{count, list};
pub use retry::retry;
