//! Bringing candidates into Lever.

mod decide;
mod request;
mod view;

pub use decide::decide;
pub use request::request;
pub(crate) use view::import_view;
