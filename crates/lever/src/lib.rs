//! A client for Lever's Data API (`/v1`) and for the webhooks Lever sends.
//!
//! The crate owns everything its users must know of Lever's protocol: hosts and credentials
//! ([`BaseUrl`], [`ApiKey`]), the shared HTTP transport ([`Transport`]), the rate budget of a key
//! ([`RateBudget`]), requests and answers (one module for each Lever resource), failures
//! ([`Error`]) and, with no I/O and no async, the webhook envelope and its signature
//! ([`webhook`]). It knows nothing of the program that uses it.
//!
//! ```no_run
//! use std::{sync::Arc, time::Duration};
//! use lever::{Client, Environment, RateBudget, SecretString, Transport};
//!
//! # async fn example() -> Result<(), lever::Error> {
//! let transport = Transport::new(Duration::from_secs(30))?;
//! let budget = Arc::new(RateBudget::default());
//! let key = SecretString::from("the key copied from Lever");
//! let client = Client::new(&transport, &Environment::Production.base_url(), key, budget);
//! for stage in client.stages().await? {
//!     println!("{} {}", stage.id, stage.text);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # How it behaves
//!
//! - One call of a method is one request (a walk over pages is one request a page). Nothing is
//!   repeated behind the caller's back: Lever has no idempotency key, so only the caller can
//!   know whether a repetition is safe. [`Error::certainly_not_applied`] is made for that question.
//! - Every request first takes its place in the [`RateBudget`] of its key. After ten failures in a
//!   row nothing is asked for a while ([`ErrorKind::Resting`]); then one request probes.
//! - Failures are told apart by HTTP status, never by the `code` in the body.
//! - Answers are decoded leniently: unknown fields are ignored and nearly every field may be
//!   absent or null, because Lever adds fields within v1 and omits others.
//! - The API key appears in no error, no `Debug` text and no URL.
//!
//! # How to add a resource
//!
//! 1. Make a file named after it, with its model (what Lever answers) and an `impl Client` block
//!    with one method for each endpoint.
//! 2. Build the request with `Request::get`, `post`, `put` or `delete` and a constant name for the
//!    operation; send it with `Client::one`, `page`, `all` or `done`.
//! 3. Use the helpers of `lenient.rs` for fields that Lever may send as null or in two forms.
//! 4. If a key needs a permission of its own for it, add a [`Need`].
//! 5. Test it in `tests/it` against an answer transcribed from Lever, asserting the request too.

mod archive_reasons;
mod base_url;
mod circuit;
mod client;
mod contacts;
mod error;
mod files;
mod lenient;
mod notes;
mod opportunities;
mod page;
mod postings;
mod probe;
mod rate;
mod stages;
mod transport;
mod users;
pub mod webhook;
mod webhooks;

pub use archive_reasons::{ArchiveReason, ArchiveReasonKind};
pub use base_url::{BaseUrl, BaseUrlError, Environment};
pub use circuit::CircuitConfig;
pub use client::{ApiKey, Call, Client, Observer};
pub use contacts::{Contact, ContactChange};
pub use error::{Error, ErrorKind};
pub use files::{File, NewFile};
pub use notes::{Note, NoteField};
pub use opportunities::{
    Application, Archived, Confidentiality, Created, DeletedOpportunity, NewOpportunity, Opportunity,
    OpportunityFilter, Origin, Phone, StageChange,
};
pub use page::Page;
pub use postings::{Categories, Posting};
pub use probe::{Need, Probe, ProbeOutcome};
pub use rate::{Bucket, Condition, Lane, Later, Priority, RateBudget, RateConfig, Slot, Slots};
pub use secrecy::{ExposeSecret, SecretString};
pub use stages::Stage;
pub use transport::Transport;
pub use users::{User, UserFilter};
pub use webhooks::{CreatedWebhook, Webhook};
