//! What Lever says, and what we believe, make the next status.
//!
//! Deliveries are hints; this decides on what was read from Lever. Applying the
//! same truth twice changes nothing, and order does not matter.

use crate::mapping::{Place, StageMap, Target};
use crate::status::{Status, StatusCause};

/// Where an opportunity stands in Lever, as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// Its stage; kept by Lever while archived.
    pub stage: String,
    /// The archive reason while archived.
    pub archived: Option<String>,
}

impl Truth {
    /// The place the stage map is asked about.
    #[must_use]
    pub fn place(&self) -> Place {
        match &self.archived {
            Some(reason) => Place::Archived(reason.clone()),
            None => Place::Stage(self.stage.clone()),
        }
    }

    /// Whether what it means by `map` rests on what `place` means: while archived
    /// for a kept reason that is what the stage means.
    #[must_use]
    pub fn rests_on(&self, place: &Place, map: &StageMap) -> bool {
        let stands = self.place();
        if *place == stands {
            return true;
        }
        match place {
            Place::Stage(stage) => *stage == self.stage && map.target(&stands) == Some(Target::Keep),
            Place::Archived(_) => false,
        }
    }
}

/// What we believe before reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Belief {
    /// The candidate's status.
    pub status: Status,
    /// The last status that was open, for the way back from an archive.
    pub last_open: Status,
    /// What set the status.
    pub cause: StatusCause,
    /// Whether Lever has moved the opportunity to another stage since it came
    /// to stand for the candidate: Lever keeps every move, so that a move is
    /// known even when no reading fell between it and the next.
    pub moved: bool,
    /// Where Lever stood when a member decided about the status last.
    pub decided: Option<Truth>,
    /// Whether that is where their decision leads, because Lever was brought
    /// there: the next move in Lever then contradicts nobody.
    pub agreed: bool,
}

/// What reading Lever leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing changes.
    Nothing,
    /// The status becomes this.
    Set(Status),
    /// The place is not mapped: hold the status and ask.
    Unmapped,
    /// A member set the status by hand and Lever has moved on to another: keep
    /// theirs, mark the conflict and ask.
    Conflict(Status),
}

/// Decides what `truth` means for a candidate.
///
/// But for an unmapped place, the answer depends on where Lever stands and on
/// what members decided, not on which places were seen on the way.
#[must_use]
pub fn decide(truth: &Truth, belief: &Belief, map: &StageMap) -> Decision {
    let Some(target) = map.target(&truth.place()) else {
        return Decision::Unmapped;
    };
    let next = match target {
        Target::Set(status) => status,
        Target::Keep => kept(truth, belief, map),
    };
    if next == belief.status {
        Decision::Nothing
    } else if belief.cause == StatusCause::Hand && !belief.agreed {
        // Lever standing where it stood is no news about a hand-set status.
        if belief.decided.as_ref() == Some(truth) { Decision::Nothing } else { Decision::Conflict(next) }
    } else {
        Decision::Set(next)
    }
}

/// Where a member's decision was brought *keep* means their status. Elsewhere
/// *keep* means the last open status; the import's own landing changes nothing;
/// a later move back to the kept stage means they are back at Responded. While
/// archived for a kept reason it is what the stage means.
fn kept(truth: &Truth, belief: &Belief, map: &StageMap) -> Status {
    if belief.agreed && belief.decided.as_ref() == Some(truth) {
        belief.status
    } else if truth.archived.is_some()
        && let Some(Target::Set(status)) = map.target(&Place::Stage(truth.stage.clone()))
        && status.is_open()
    {
        status
    } else if belief.moved {
        Status::Responded
    } else if belief.status.is_open() {
        belief.status
    } else {
        belief.last_open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> StageMap {
        [
            (Place::Stage("lead-new".into()), Target::Keep),
            (Place::Stage("screen".into()), Target::Set(Status::Screening)),
            (Place::Stage("offer".into()), Target::Set(Status::Offer)),
            (Place::Archived("hired".into()), Target::Set(Status::Hired)),
            (Place::Archived("no".into()), Target::Set(Status::Rejected)),
        ]
        .into_iter()
        .collect()
    }

    /// A reason that leaves the status as it is.
    fn later() -> (Place, Target) {
        (Place::Archived("later".into()), Target::Keep)
    }

    fn truth(stage: &str, archived: Option<&str>) -> Truth {
        Truth { stage: stage.into(), archived: archived.map(Into::into) }
    }

    fn belief(status: Status) -> Belief {
        Belief {
            status,
            last_open: Status::Responded,
            cause: StatusCause::Lever,
            moved: true,
            decided: None,
            agreed: false,
        }
    }

    #[test]
    fn landing_in_new_lead_keeps_the_status() {
        let before = Belief { moved: false, ..belief(Status::Contacted) };
        assert_eq!(decide(&truth("lead-new", None), &before, &map()), Decision::Nothing);
    }

    #[test]
    fn a_move_sets_the_mapped_status_once() {
        let before = belief(Status::Responded);
        assert_eq!(decide(&truth("screen", None), &before, &map()), Decision::Set(Status::Screening));
        let after = belief(Status::Screening);
        assert_eq!(decide(&truth("screen", None), &after, &map()), Decision::Nothing);
    }

    #[test]
    fn moving_back_to_new_lead_means_responded() {
        assert_eq!(
            decide(&truth("lead-new", None), &belief(Status::Offer), &map()),
            Decision::Set(Status::Responded)
        );
        // Also when nobody looked while it was elsewhere.
        assert_eq!(
            decide(&truth("lead-new", None), &belief(Status::Contacted), &map()),
            Decision::Set(Status::Responded)
        );
    }

    #[test]
    fn an_archive_is_read_by_its_reason_and_unarchiving_by_the_stage() {
        let before = belief(Status::Screening);
        assert_eq!(decide(&truth("screen", Some("hired")), &before, &map()), Decision::Set(Status::Hired));
        let hired = belief(Status::Hired);
        assert_eq!(decide(&truth("screen", None), &hired, &map()), Decision::Set(Status::Screening));
    }

    #[test]
    fn unarchiving_where_it_landed_restores_the_last_open_status() {
        let before = Belief { last_open: Status::Contacted, moved: false, ..belief(Status::Rejected) };
        assert_eq!(decide(&truth("lead-new", None), &before, &map()), Decision::Set(Status::Contacted));
    }

    #[test]
    fn a_kept_reason_leaves_the_status_of_the_stage() {
        let map: StageMap =
            map().iter().map(|(place, target)| (place.clone(), target)).chain([later()]).collect();
        let seen = |status| decide(&truth("offer", Some("later")), &belief(status), &map);
        assert_eq!(seen(Status::Offer), Decision::Nothing);
        assert_eq!(seen(Status::Screening), Decision::Set(Status::Offer), "the offer itself was not seen");
        assert_eq!(
            decide(&truth("lead-new", Some("later")), &belief(Status::Rejected), &map),
            Decision::Set(Status::Responded)
        );
    }

    #[test]
    fn a_kept_reason_rests_on_the_stage() {
        let map: StageMap =
            map().iter().map(|(place, target)| (place.clone(), target)).chain([later()]).collect();
        let (screen, offer) = (Place::Stage("screen".into()), Place::Stage("offer".into()));
        assert!(truth("offer", None).rests_on(&offer, &map));
        assert!(!truth("offer", None).rests_on(&screen, &map));
        assert!(truth("offer", Some("later")).rests_on(&offer, &map));
        assert!(truth("offer", Some("later")).rests_on(&later().0, &map));
        assert!(!truth("offer", Some("no")).rests_on(&offer, &map), "the reason says it alone");
        assert!(!truth("offer", None).rests_on(&later().0, &map));
    }

    #[test]
    fn an_unmapped_stage_never_guesses() {
        let before = belief(Status::Responded);
        assert_eq!(decide(&truth("background-check", None), &before, &map()), Decision::Unmapped);
        assert_eq!(decide(&truth("screen", Some("unknown")), &before, &map()), Decision::Unmapped);
    }

    #[test]
    fn a_status_set_by_hand_is_kept_until_somebody_decides() {
        let before = Belief {
            cause: StatusCause::Hand,
            decided: Some(truth("screen", None)),
            ..belief(Status::Offer)
        };
        assert_eq!(decide(&truth("screen", None), &before, &map()), Decision::Nothing);
        assert_eq!(
            decide(&truth("screen", Some("no")), &before, &map()),
            Decision::Conflict(Status::Rejected)
        );
    }
    #[test]
    fn after_the_way_back_a_move_in_lever_contradicts_nobody() {
        let before = Belief {
            cause: StatusCause::Hand,
            decided: Some(truth("offer", None)),
            agreed: true,
            ..belief(Status::Offer)
        };
        assert_eq!(decide(&truth("offer", None), &before, &map()), Decision::Nothing, "its own echo");
        assert_eq!(decide(&truth("screen", None), &before, &map()), Decision::Set(Status::Screening));
        assert_eq!(decide(&truth("offer", Some("no")), &before, &map()), Decision::Set(Status::Rejected));
    }

    #[test]
    fn what_was_brought_to_a_kept_stage_keeps_its_status() {
        let before = Belief {
            cause: StatusCause::Hand,
            decided: Some(truth("lead-new", None)),
            agreed: true,
            ..belief(Status::Contacted)
        };
        assert_eq!(decide(&truth("lead-new", None), &before, &map()), Decision::Nothing);
    }
}
