//! One contract, two databases: every story runs on SQLite and on PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod activity;
mod attention;
mod bulk_imports;
mod candidates;
mod catalogue;
mod connections;
mod deliveries;
mod erasures;
mod fixtures;
mod health;
mod import_settings;
mod imports;
mod insight;
mod invites;
mod jobs;
mod lever_rates;
mod lights;
mod maps;
mod members;
mod messages;
mod news;
mod opportunities;
mod organisations;
mod postings;
mod reconciliations;
mod resumes;
mod schema;
mod sessions;
mod sign_in_failures;
mod signing_tokens;
mod status_changes;
mod support;
mod way_back;
mod webhook_removals;
