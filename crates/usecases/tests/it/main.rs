//! What people and Lever can make happen, judged by what the screens show afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod activity;
mod bad_input;
mod bulk;
mod candidates;
mod connect;
mod deliveries;
mod demo;
mod faults_state;
mod faults_transient;
mod faults_world;
mod health;
mod import_sheet;
mod imports;
mod inbox;
mod insight;
mod lever_world;
mod maps;
mod members;
mod news;
mod notes;
mod pipeline;
mod processes;
mod profile;
mod races;
mod reconcile;
mod replies;
mod resumes;
mod scene;
mod session;
mod set_up;
mod support;
mod worker;
