//! The deeds: what the product does, in verbs. One file a use case.
//!
//! A screen asks a use case; a use case asks the rules (`domain`), then the
//! store or Lever. Whatever a person can trigger takes `&Actor` first and says
//! who may; the webhook's door has its own proof, and jobs act for the actor
//! who caused them.
//!
//! Three rules hold everywhere. The change and the jobs it causes commit in one
//! transaction. No transaction is open while the network is waited for. Time,
//! ids and randomness come from [`Services`].
//!
//! It may import `domain`, `store` and `lever`; never axum, leptos, SQL or raw HTTP.

pub mod activity;
pub mod attention;
pub mod calls;
pub mod candidates;
pub mod demo;
pub mod housekeeping;
pub mod imports;
pub mod insight;
pub mod integration;
pub mod jobs;
pub mod members;
pub mod messages;
pub mod news;
pub mod replies;
pub mod resumes;
pub mod session;
pub mod set_up;
pub mod way_back;
pub mod webhooks;
pub mod worker;

mod capability;
mod changes;
mod clock;
mod error;
mod ids;
mod lever_access;
mod mail;
mod moment;
mod outage;
mod paged;
mod password;
mod random;
mod services;
mod shared_rate;
mod vault;

pub use capability::CapabilityKey;
pub use changes::{Announced, Changes, Origin};
pub use clock::{Clock, SteppedClock, SystemClock};
pub use error::{Error, Result};
pub use ids::Ids;
pub use lever_access::{LeverAccess, Practice, PracticeSwitches};
pub use mail::{MailSettingError, Mailer};
pub use moment::moment;
pub use random::{Random, SeededRandom, SystemRandom};
pub use services::{Services, Settings, Timing};
pub use vault::{Place, SealingKey, Vault, VaultError};
