//! How often deliveries that do not verify are looked at.
//!
//! Each of them takes the one writer of the database to be held. Whoever knows the
//! address of a connection but not its token must not be able to keep that busy.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::ids::ConnectionId;
use domain::time::Timestamp;

/// So many at once: more than Lever sends between the setting up of its webhooks and
/// the pasting of a token.
const AT_ONCE: u32 = 200;
/// And from then on one in so much time: as fast as Lever may be asked, which is about
/// as fast as things can happen there.
const ONE_IN: Duration = Duration::from_millis(100);

/// What a connection was sent that did not verify, in this process. Cheap to clone.
/// It grows with the connections there are: nobody else's deliveries get so far.
#[derive(Clone, Debug, Default)]
pub struct Unverified(Arc<Mutex<HashMap<(ConnectionId, Kind), Spent>>>);

/// The two kinds have a share each, so that a flood of the one keeps no light dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A real event.
    Event,
    /// A Verify.
    Verify,
}

/// By the generic cell rate algorithm: when all that was looked at is paid off.
#[derive(Clone, Copy, Debug)]
struct Spent {
    until: Timestamp,
    /// Whether the last one was sent away.
    refusing: bool,
}

impl Unverified {
    /// Whether one that came at `now` is looked at.
    pub(super) fn admits(&self, connection: ConnectionId, kind: Kind, now: Timestamp) -> bool {
        let longest = ONE_IN * AT_ONCE;
        // No code panics while holding the lock.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = all.entry((connection, kind)).or_insert(Spent { until: now, refusing: false });
        // A clock that was set back must not keep everybody out for longer than that.
        let until = spent.until.max(now).min(now + longest);
        let admitted = until + ONE_IN <= now + longest;
        if !admitted && !spent.refusing {
            tracing::warn!(%connection, ?kind, "more deliveries that do not verify came than are looked at");
        }
        *spent = Spent { until: if admitted { until + ONE_IN } else { until }, refusing: !admitted };
        admitted
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ONE: ConnectionId = ConnectionId(Uuid::from_u128(1));
    const OTHER: ConnectionId = ConnectionId(Uuid::from_u128(2));

    /// How many of very many that come at `at` are looked at.
    fn admitted(unverified: &Unverified, connection: ConnectionId, at: i64) -> usize {
        (0..1_000).filter(|_| unverified.admits(connection, Kind::Event, Timestamp(at))).count()
    }

    #[test]
    fn a_flood_is_looked_at_in_measure_and_each_connection_by_itself() {
        let unverified = Unverified::default();
        let start = 1_795_465_320_000;
        assert_eq!(admitted(&unverified, ONE, start), 200);
        assert_eq!(admitted(&unverified, ONE, start + 99), 0);
        assert_eq!(admitted(&unverified, ONE, start + 100), 1);
        assert_eq!(admitted(&unverified, ONE, start + 1_100), 10);
        assert_eq!(admitted(&unverified, OTHER, start + 1_100), 200);
        assert!(unverified.admits(ONE, Kind::Verify, Timestamp(start + 1_100)));
        assert_eq!(admitted(&unverified, ONE, start + 60_000), 200, "no more is saved up");
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_out_for_long() {
        let unverified = Unverified::default();
        let start = 1_795_465_320_000;
        assert_eq!(admitted(&unverified, ONE, start), 200);
        assert_eq!(admitted(&unverified, ONE, start - 86_400_000), 0);
        assert_eq!(admitted(&unverified, ONE, start - 86_400_000 + 1_000), 10);
    }
}
