//! Changes in Lever of which no delivery told.
//!
//! Whoever reads that an opportunity has moved knows which event Lever should have sent.
//! Where none of that kind came since, its webhook may be missing or switched off, even
//! while the others come: hires are so rare that silence alone says nothing. Some time
//! later somebody is asked about it ([`super::silence`]).

use std::collections::BTreeMap;
use std::time::Duration;

use domain::connection::LeverEvent;
use domain::mapping::Place;
use domain::pipeline::Truth;
use domain::time::Timestamp;
use lever::Opportunity;
use store::connections::Connection;
use store::lights::{self, LightRow};
use store::{Tx, catalogue};

use crate::Services;

/// An event that came so long before a change may still tell of it: clocks differ.
pub(super) const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// A change that Lever should have told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    event: LeverEvent,
    /// When it was made, as far as is known no earlier.
    made: Timestamp,
}

/// Two readings of an opportunity.
pub(crate) struct Readings<'a> {
    pub(crate) services: &'a Services,
    pub(crate) connection: &'a Connection,
    /// What was read now.
    pub(crate) read: &'a Opportunity,
    pub(crate) before: &'a Truth,
    pub(crate) after: &'a Truth,
    pub(crate) before_at: Timestamp,
    pub(crate) after_at: Timestamp,
}

impl Readings<'_> {
    /// What Lever should have told between the two, where that is certain.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn told(&self, tx: &mut Tx) -> Result<Option<Told>, store::Error> {
        // Nothing says that confidential ones are told of (Lever documentation, Webhooks), and
        // after a pause of ours Lever may have given up telling.
        if self.read.is_confidential() || self.was_away() {
            return Ok(None);
        }
        let hired = match self.before.archived.as_ref().or(self.after.archived.as_ref()) {
            Some(reason) => {
                let (organisation, connection) = (self.connection.organisation, self.connection.id);
                let place = Place::Archived(reason.clone());
                let known = catalogue::find_place(tx, organisation, connection, &place).await?;
                known.is_some_and(|known| known.hired)
            }
            None => false,
        };
        Ok(event(self.before, self.after, hired).map(|event| Told { event, made: self.made(event) }))
    }

    /// Whether there was nobody here to be told.
    fn was_away(&self) -> bool {
        let period = self.services.settings.timing.reconcile_every;
        self.connection.read_up_to.is_none_or(|read| self.after_at.since(read) > period * 2)
    }

    fn made(&self, event: LeverEvent) -> Timestamp {
        let made = match (event, &self.read.archived) {
            (LeverEvent::StageChange, _) => {
                self.read.stage_changes.last().and_then(|change| change.updated_at)
            }
            (_, Some(archived)) => archived.archived_at,
            // Lever does not say when somebody was taken out of the archive.
            (_, None) => None,
        };
        made.map_or(self.before_at, Timestamp).min(self.after_at)
    }
}

/// The event of a change. `hired` says whether the archive reason concerned means it. A hire
/// is a change of the archive state as well, but only its own event is certain to come.
fn event(before: &Truth, after: &Truth, hired: bool) -> Option<LeverEvent> {
    match (&before.archived, &after.archived) {
        (None, None) => (before.stage != after.stage).then_some(LeverEvent::StageChange),
        (None, Some(_)) if hired => Some(LeverEvent::Hired),
        (None, Some(_)) => Some(LeverEvent::ArchiveChange),
        (Some(_), None) => (!hired).then_some(LeverEvent::ArchiveChange),
        (Some(_), Some(_)) => None,
    }
}

/// Counts those of these changes of which no event told, at the end of the caller's
/// transaction: many wait for the rows of the lights.
///
/// # Errors
/// As the store says.
pub(crate) async fn count(tx: &mut Tx, connection: &Connection, told: &[Told]) -> Result<(), store::Error> {
    if told.is_empty() {
        return Ok(());
    }
    let (organisation, id) = (connection.organisation, connection.id);
    let lights: BTreeMap<LeverEvent, LightRow> =
        lights::list(tx, organisation, id).await?.into_iter().map(|light| (light.event, light)).collect();
    let mut told = told.to_vec();
    // In one order everywhere, so that two servers never wait for each other.
    told.sort_unstable_by_key(|told| told.event);
    for Told { event, made } in told {
        let Some(light) = lights.get(&event) else { continue };
        let set_up = heard(light, connection);
        if set_up.max(light.last_event_at).is_some_and(|heard| heard + TOLERANCE >= made) {
            continue;
        }
        // What was missed before its webhook was mended counts no more.
        if let Some(set_up) = set_up {
            lights::forget_missed(tx, organisation, id, event, set_up).await?;
        }
        lights::missed_event(tx, organisation, id, event, made).await?;
    }
    Ok(())
}

/// When the webhook of a light, or the key, was last seen to work otherwise than by an
/// event: what was before says nothing about it.
pub(super) fn heard(light: &LightRow, connection: &Connection) -> Option<Timestamp> {
    light.at.max(connection.key_set_at).max(Some(connection.created_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(stage: &str, archived: Option<&str>) -> Truth {
        Truth { stage: stage.into(), archived: archived.map(str::to_owned) }
    }

    #[test]
    fn a_change_has_one_event_that_is_certain_to_come() {
        let (new, offer) = (at("new", None), at("offer", None));
        let archived = at("new", Some("reason"));
        assert_eq!(event(&new, &new, false), None);
        assert_eq!(event(&new, &offer, false), Some(LeverEvent::StageChange));
        assert_eq!(event(&new, &archived, false), Some(LeverEvent::ArchiveChange));
        assert_eq!(event(&new, &archived, true), Some(LeverEvent::Hired));
        assert_eq!(event(&archived, &offer, false), Some(LeverEvent::ArchiveChange));
        assert_eq!(event(&archived, &new, true), None);
        assert_eq!(event(&archived, &at("offer", Some("another")), false), None);
    }
}
