//! The way back: what members set here is written to Lever, where the
//! organisation wants it.
//!
//! A status set here becomes a wish in the transaction that sets it
//! ([`wish()`]); the job `jobs/write_status.rs` brings the opportunity there, and
//! whatever reads the opportunity afterwards recognises that it is there
//! (`jobs/apply_opportunity.rs`).

mod settings;
mod wish;

pub use settings::{WayBackForm, discard_way_back, save_way_back, way_back};
pub(crate) use wish::{bring, drop_wish, set_meanwhile, try_again, try_all_again, wish};
