//! Bringing candidates into Lever.

pub mod bulk;
mod decide;
pub(crate) mod on_reply;
pub(crate) mod request;
pub(crate) mod request_body;
mod request_chosen;
mod settings;
mod sheet;
mod view;

pub use decide::decide;
pub use on_reply::undo;
pub use request::request;
pub(crate) use request::{Asked, ask, request_in};
pub use request_chosen::{ChoiceForm, request_chosen};
pub use settings::{SettingsForm, save_settings, settings};
pub use sheet::sheet;
pub(crate) use view::import_view;
