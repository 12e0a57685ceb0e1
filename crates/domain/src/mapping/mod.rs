//! Which member is which Lever user, and what a Lever stage means here.

mod merge;
mod preview;
mod stages;
mod users;

pub use merge::{Choices, Merged, merge};
pub use preview::{Preview, preview};
pub use stages::{Place, StageMap, Target, suggest_reason, suggest_stage};
pub use users::{Guess, KnownLeverUser, KnownMember, MatchedBy, duplicate_choices, suggest_users};
