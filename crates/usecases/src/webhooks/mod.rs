//! The door for Lever's deliveries.

pub(crate) mod bodies;
mod headers;
pub(crate) mod held;
mod inbox;
pub(crate) mod intake;
pub(crate) mod missed;
mod receive;
mod settings;
pub(crate) mod silence;
mod unverified;
mod verifiers;

pub use headers::Headers;
pub use inbox::Inbox;
pub use receive::{Receipt, receive, receive_with};
pub use settings::{bodies_kept, save_bodies_kept};
pub use unverified::Unverified;

pub use intake::take_in_all;
pub(crate) use receive::{FOLLOWED, HELD_FOR, OTHER};
