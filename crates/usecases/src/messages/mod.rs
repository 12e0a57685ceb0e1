//! Messages: a text to many candidates, saved texts, and messages that were not sent.
//! The job `run_bulk_message` writes a text to one candidate after the other.

mod draft;
mod page;
mod preview;
mod retry;
mod send;
mod templates;

pub use draft::{begin, discard, set_text};
pub use page::{begun, newest, page};
pub(crate) use preview::for_one;
pub use preview::preview;
pub use retry::retry;
pub(crate) use retry::retry_in;
pub use send::{send, stop};
pub use templates::{delete_template, save_template, template_choice, templates};
