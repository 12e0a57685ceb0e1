//! Bringing candidates into Lever.

pub mod bulk;
mod decide;
mod request;
mod view;

pub use decide::decide;
pub use request::request;
pub(crate) use request::{Asked, ask};
pub(crate) use view::import_view;
