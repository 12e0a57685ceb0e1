//! Résumés: keeping, replacing, removing and reading the file of a candidate.

mod keep;
mod kind;
mod panel;
mod read;
mod remove;

pub use keep::keep;
pub use panel::{Kept, ResumePanel, panel};
pub use read::{ResumeFile, read};
pub use remove::remove;
