//! The rules and the vocabulary of Fulcrum.
//!
//! This crate owns what things are called, what may happen to them and what a
//! screen is given to show. It has no input or output, no async and no clock:
//! time, ids and randomness arrive as arguments. It compiles to WASM, so the
//! browser decides by the very rules the server enforces.
//!
//! It may import serde, thiserror and uuid, and nothing of the workspace.
//!
//! # Who is who
//!
//! * An [`ids::OrganisationId`] is the tenant; every row belongs to one.
//! * A member signs in and acts as an [`actor::Actor`].
//! * A candidate has a [`status::Status`] and at most one [`import`].
//! * A [`connection`] links the organisation to a Lever account.
//! * [`mapping`] says which member is which Lever user, and which status a
//!   Lever stage or archive reason means; [`pipeline`] applies it.

pub mod activity;
pub mod actor;
pub mod attention;
pub mod bulk_message;
pub mod candidate;
pub mod connection;
pub mod delivery_settings;
pub mod drift;
pub mod email;
pub mod event;
pub mod ids;
pub mod import;
pub mod import_settings;
pub mod job;
pub mod mail;
pub mod mapping;
pub mod nightly;
pub mod pipeline;
pub mod problem;
pub mod resume;
pub mod status;
pub mod template;
pub mod text;
pub mod time;
pub mod view;
pub mod way_back;
