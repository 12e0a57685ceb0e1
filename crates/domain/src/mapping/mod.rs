//! Which member is which Lever user, and what a Lever stage means here.

mod stages;
mod users;

pub use stages::{Place, StageMap, Target, suggest_reason, suggest_stage};
pub use users::{Guess, KnownLeverUser, KnownMember, MatchedBy, duplicate_choices, suggest_users};
