//! The way back: what a status set here means in Lever, and which requests
//! bring an opportunity there.
//!
//! Lever knows no *change this if it still stands where I saw it*, so what was
//! seen is kept with the wish, and compared with what is read before each request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::mapping::{Place, StageMap, Target};
use crate::pipeline::Truth;
use crate::status::Status;

/// Where in Lever each status leads. An absent status leads nowhere: it is not
/// written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReturnMap {
    places: BTreeMap<Status, Place>,
}

impl ReturnMap {
    /// Where `status` leads, if anywhere.
    #[must_use]
    pub fn place(&self, status: Status) -> Option<&Place> {
        self.places.get(&status)
    }

    /// Whether nothing is ever written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Every status that leads somewhere.
    pub fn iter(&self) -> impl Iterator<Item = (Status, &Place)> {
        self.places.iter().map(|(status, place)| (*status, place))
    }
}

impl FromIterator<(Status, Place)> for ReturnMap {
    fn from_iter<I: IntoIterator<Item = (Status, Place)>>(places: I) -> Self {
        Self { places: places.into_iter().collect() }
    }
}

/// Suggests the places that the stage map leaves no doubt about: those alone
/// that set a status, a stage for an open one and an archive reason for a closed one.
pub fn suggest<'a>(map: &StageMap, active: impl IntoIterator<Item = &'a Place>) -> ReturnMap {
    let mut found: BTreeMap<Status, Vec<&Place>> = BTreeMap::new();
    for place in active {
        if let Some(Target::Set(status)) = map.target(place)
            && is_of_kind(status, place)
        {
            found.entry(status).or_default().push(place);
        }
    }
    found
        .into_iter()
        .filter_map(|(status, places)| match places.as_slice() {
            [only] => Some((status, (*only).clone())),
            _ => None,
        })
        .collect()
}

/// Open statuses lead to stages, closed ones to archive reasons.
#[must_use]
pub fn is_of_kind(status: Status, place: &Place) -> bool {
    status.is_open() == matches!(place, Place::Stage(_))
}

/// Whether what is written there comes back as the same status.
#[must_use]
pub fn comes_back(status: Status, place: &Place, map: &StageMap) -> bool {
    match map.target(place) {
        Some(Target::Set(means)) => means == status,
        Some(Target::Keep) => true,
        None => false,
    }
}

/// A request to Lever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To this stage.
    Move(String),
    /// Archive for this reason.
    Archive(String),
    /// Out of the archive, into the stage it has.
    Unarchive,
}

/// The next request on the way from where it stands to `to`, and where it stands
/// afterwards; `None`: it is there. An archived one is moved first: it stays
/// archived until the last request, so that nobody sees half of the way.
#[must_use]
pub fn next_step(from: &Truth, to: &Place) -> Option<(Step, Truth)> {
    match to {
        Place::Stage(stage) if from.stage != *stage => {
            let after = Truth { stage: stage.clone(), archived: from.archived.clone() };
            Some((Step::Move(stage.clone()), after))
        }
        Place::Stage(_) => from
            .archived
            .is_some()
            .then(|| (Step::Unarchive, Truth { stage: from.stage.clone(), archived: None })),
        Place::Archived(reason) => (from.archived.as_ref() != Some(reason)).then(|| {
            let after = Truth { stage: from.stage.clone(), archived: Some(reason.clone()) };
            (Step::Archive(reason.clone()), after)
        }),
    }
}

/// Why a status was not written to Lever, for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteFailure {
    /// Neither the member nor a fallback has an active Lever user.
    Nobody,
    /// The stage or archive reason is gone, or means something else by now.
    PlaceGone,
    /// Lever refused it twice.
    Refused,
    /// The key lacks the permission.
    Forbidden,
    /// Lever kept answering with errors.
    GaveUp,
}

impl WriteFailure {
    /// Every reason.
    pub const ALL: [Self; 5] = [Self::Nobody, Self::PlaceGone, Self::Refused, Self::Forbidden, Self::GaveUp];

    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::PlaceGone => "place_gone",
            Self::Refused => "refused",
            Self::Forbidden => "forbidden",
            Self::GaveUp => "gave_up",
        }
    }

    /// Reads [`WriteFailure::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }

    /// What happened, and what to do.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Nobody => {
                "Whoever changed it has no active Lever user, and there is no fallback. Choose one in User Account \
                 Mapping."
            }
            Self::PlaceGone => {
                "The stage or archive reason it leads to is gone, or means another status by now. Choose another one \
                 for the way back."
            }
            Self::Refused => "Lever refused the change. Look at the opportunity in Lever, then try again.",
            Self::Forbidden => {
                "The API key may not change opportunities. Tick the permission in Lever, then try again."
            }
            Self::GaveUp => "Lever kept answering with errors. Try again.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(stage: &str, archived: Option<&str>) -> Truth {
        Truth { stage: stage.into(), archived: archived.map(Into::into) }
    }

    fn walk(mut from: Truth, to: &Place) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some((step, after)) = next_step(&from, to) {
            steps.push(step);
            from = after;
        }
        assert_eq!(from.place(), *to);
        steps
    }

    #[test]
    fn only_what_the_stage_map_leaves_no_doubt_about_is_suggested() {
        let screen = Place::Stage("screen".into());
        let phone = Place::Stage("phone".into());
        let offer = Place::Stage("offer".into());
        let hired = Place::Archived("hired".into());
        let closed_stage = Place::Stage("closed".into());
        let map: StageMap = [
            (Place::Stage("lead-new".into()), Target::Keep),
            (screen.clone(), Target::Set(Status::Screening)),
            (phone.clone(), Target::Set(Status::Screening)),
            (offer.clone(), Target::Set(Status::Offer)),
            (hired.clone(), Target::Set(Status::Hired)),
            (closed_stage.clone(), Target::Set(Status::Rejected)),
        ]
        .into_iter()
        .collect();
        let suggested = suggest(&map, [&screen, &phone, &offer, &hired, &closed_stage]);
        let expected = [(Status::Offer, offer), (Status::Hired, hired)];
        assert_eq!(suggested, expected.into_iter().collect());
        // A removed one is no choice, so the other is alone.
        let suggested = suggest(&map, [&phone]);
        assert_eq!(suggested.place(Status::Screening), Some(&phone));
    }

    #[test]
    fn what_would_come_back_as_another_status_does_not_fit() {
        let offer = Place::Stage("offer".into());
        let new = Place::Stage("lead-new".into());
        let map: StageMap =
            [(offer.clone(), Target::Set(Status::Offer)), (new.clone(), Target::Keep)].into_iter().collect();
        assert!(comes_back(Status::Offer, &offer, &map));
        assert!(!comes_back(Status::Screening, &offer, &map));
        assert!(comes_back(Status::Contacted, &new, &map));
        assert!(!comes_back(Status::Offer, &Place::Stage("unmapped".into()), &map));
    }

    #[test]
    fn the_archive_is_left_last_and_entered_at_once() {
        let to = Place::Stage("offer".into());
        assert_eq!(walk(truth("screen", None), &to), [Step::Move("offer".into())]);
        assert_eq!(walk(truth("screen", Some("no")), &to), [Step::Move("offer".into()), Step::Unarchive]);
        assert_eq!(walk(truth("offer", Some("no")), &to), [Step::Unarchive]);
        assert_eq!(walk(truth("offer", None), &to), []);
        let to = Place::Archived("no".into());
        assert_eq!(walk(truth("offer", None), &to), [Step::Archive("no".into())]);
        assert_eq!(walk(truth("offer", Some("hired")), &to), [Step::Archive("no".into())]);
    }

    #[test]
    fn codes_read_back() {
        for failure in WriteFailure::ALL {
            assert_eq!(WriteFailure::from_code(failure.code()), Some(failure));
        }
    }
}
