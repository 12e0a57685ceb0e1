//! The log of what was done, sent, received and decided.

mod list;

pub use list::list;
