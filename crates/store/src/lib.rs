//! The memory: two databases behind one door.
//!
//! This crate owns tables, SQL and transactions. It imports `domain` and sqlx,
//! and knows neither Lever nor the screens.
//!
//! * [`Store::open`] chooses SQLite or PostgreSQL by the scheme of the URL.
//! * [`Store::begin`] starts a transaction that may write; [`Store::read`] one
//!   that only reads. A change and the jobs it causes go into one transaction:
//!   [`Tx::commit`] makes both true, dropping it neither.
//! * Every table group is one file of plain functions over [`Tx`]. The SQL text
//!   is the same for both databases: `$1` placeholders, `on conflict`,
//!   `returning`, text ids, instants as milliseconds, no `now()`, no JSON
//!   operators. Where they must differ, ask [`Tx::engine`].
//! * Every query takes the organisation, but those that find it out (a session,
//!   a link, a webhook address), the worker's claim,
//!   and the taking in of what arrived.
//!
//! # Adding a table group
//!
//! 1. Write the migration under both `migrations/sqlite` and `migrations/postgres`.
//! 2. Add a file here with the row type and its functions, organisation first.
//! 3. Add a story to `tests/contract`: it runs on both databases.

mod engine;
mod error;

pub mod activity;
pub mod arrivals;
pub mod arrivals_aside;
pub mod attachments;
pub mod attention;
pub mod attention_mails;
pub mod bulk_imports;
pub mod bulk_messages;
pub mod candidate_list;
pub mod candidates;
pub mod catalogue;
pub mod connections;
pub mod contact_opportunities;
pub mod contact_writes;
pub mod deliveries;
pub mod delivery_settings;
pub mod differences;
pub mod drafts;
pub mod erasures;
pub mod health;
pub mod held_imports;
pub mod import_settings;
pub mod imports;
pub mod insight;
pub mod invites;
pub mod jobs;
pub mod lever_calls;
pub mod lever_changes;
pub mod lever_rates;
pub mod lever_rests;
pub mod lights;
pub mod map_saves;
pub mod members;
pub mod message_templates;
pub mod messages;
pub mod meta;
pub mod news;
pub mod noted;
pub mod opportunities;
pub mod organisations;
pub mod postings;
pub mod quarantine;
pub mod reconciliations;
pub mod reply_links;
pub mod resumes;
pub mod sessions;
pub mod sign_in_failures;
pub mod signing_tokens;
pub mod stage_map;
pub mod status_changes;
pub mod status_writes;
pub mod strangers;
pub mod user_map;
pub mod way_back;
pub mod webhook_removals;

#[cfg(feature = "testing")]
pub mod testing;

pub use engine::{Engine, Row, Store, Tx, Value};
pub use error::{Error, Result};
