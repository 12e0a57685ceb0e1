//! The door for Lever's deliveries.

pub(crate) mod inbox;
mod receive;

pub use inbox::Inbox;
pub use receive::{Receipt, receive};

pub(crate) use receive::{FOLLOWED, HELD_FOR};
