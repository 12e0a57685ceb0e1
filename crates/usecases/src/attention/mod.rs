//! What a person must decide or mend.

mod given_up;
mod list;
mod retry;
mod retry_all;

pub use list::{count, list};
pub use retry::retry;
pub use retry_all::retry_all;
