//! The screens. One folder each: views in `mod.rs` and its parts, server
//! functions in `api.rs`.

pub(crate) mod activity;
pub(crate) mod attention;
pub(crate) mod bulk;
pub(crate) mod candidate;
pub(crate) mod candidates;
pub(crate) mod changes;
pub(crate) mod frame;
pub(crate) mod health;
pub(crate) mod import_sheet;
pub(crate) mod insight;
pub(crate) mod integrations;
pub(crate) mod invite;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod new_candidate;
pub(crate) mod not_found;
pub(crate) mod opportunities;
pub(crate) mod reach;
pub(crate) mod receiving;
pub(crate) mod reply;
pub(crate) mod resume;
pub(crate) mod runs;
pub(crate) mod set_up;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod styleguide;
pub(crate) mod way_back;
pub(crate) mod wizard;
