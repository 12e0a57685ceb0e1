//! Everything HTTP that is no screen: the doors for machines, and the layers.

pub mod access_log;
pub mod events;
pub mod headers;
pub mod health;
pub mod insight_csv;
pub mod kept;
pub mod limits;
pub mod origin;
pub mod resume;
pub mod session;
pub mod webhooks;
