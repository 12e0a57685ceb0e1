//! When the full comparison with Lever is due: once a night.

use std::time::Duration;

use crate::ids::OrganisationId;
use crate::time::Timestamp;

/// The quiet hours begin so long after midnight, UTC.
const FROM: Duration = Duration::from_secs(60 * 60);
/// So long they last: organisations are spread over them.
const LASTING_MINUTES: u128 = 4 * 60;
/// A full run that was asked for in the evening stands for the night's.
const REST: Duration = Duration::from_secs(6 * 60 * 60);
const DAY: i64 = 24 * 60 * 60 * 1000;

/// When an organisation's next full run is due, if the last one began at `last`:
/// at its own minute of the quiet hours (01:00 to 05:00 UTC), six hours after
/// the last one at the earliest.
#[must_use]
pub fn next_full_run(organisation: OrganisationId, last: Timestamp) -> Timestamp {
    let minute = u64::try_from(organisation.0.as_u128() % LASTING_MINUTES).unwrap_or(0);
    let earliest = last + REST;
    let midnight = Timestamp(earliest.0.div_euclid(DAY) * DAY);
    let slot = midnight + FROM + Duration::from_secs(60 * minute);
    if slot >= earliest { slot } else { Timestamp(slot.0 + DAY) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const HOUR: i64 = 60 * 60 * 1000;
    /// 2026-11-24T00:00:00Z
    const MIDNIGHT: i64 = 1_795_478_400_000;

    fn organisation(number: u128) -> OrganisationId {
        OrganisationId(Uuid::from_u128(number))
    }

    #[test]
    fn the_next_one_is_in_the_quiet_hours_of_the_organisation() {
        assert_eq!(MIDNIGHT % DAY, 0);
        let at = |last| next_full_run(organisation(30), Timestamp(last)).0 - MIDNIGHT;
        let slot = HOUR + HOUR / 2;
        assert_eq!(at(MIDNIGHT - 9 * HOUR), slot, "the afternoon before");
        assert_eq!(at(MIDNIGHT - 2 * HOUR), slot + DAY, "one in the evening stands for it");
        assert_eq!(at(MIDNIGHT + slot), slot + DAY, "a night later");
        assert_eq!(at(MIDNIGHT + slot - 6 * HOUR), slot, "to the instant");
    }

    #[test]
    fn organisations_do_not_all_come_at_once() {
        let at = |number| next_full_run(organisation(number), Timestamp(MIDNIGHT - 12 * HOUR)).0 - MIDNIGHT;
        let instants: std::collections::BTreeSet<i64> = (0..1000).map(at).collect();
        assert_eq!(instants.len(), 240);
        assert!(instants.iter().all(|at| (HOUR..5 * HOUR).contains(at)));
    }
}
