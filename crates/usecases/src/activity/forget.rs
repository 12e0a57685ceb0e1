//! Letting go of what is too old for the log.

use std::time::Duration;

use domain::time::Timestamp;
use store::{activity, deliveries, lever_calls, organisations};

use crate::{Result, Services};

/// How long entries and deliveries are kept: a year, and the month in which it is asked about.
pub(crate) const KEPT: Duration = Duration::from_secs(400 * 24 * 60 * 60);
/// How long calls are kept: there are many, and they matter while something is wrong.
pub(crate) const CALLS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Lines let go by one commit, so that deliveries need not wait for long.
const AT_ONCE: u32 = 500;

/// Forgets what is older than it is kept; gives how many lines.
///
/// # Errors
/// As the store says.
pub(crate) async fn forget(services: &Services, now: Timestamp) -> Result<u64> {
    let (before, calls_before) = (now.minus(KEPT), now.minus(CALLS_KEPT));
    let mut forgotten = 0;
    loop {
        let mut tx = services.store.begin().await?;
        let calls = lever_calls::forget(&mut tx, calls_before, AT_ONCE).await?;
        let entries = activity::forget(&mut tx, before, AT_ONCE).await?;
        tx.commit().await?;
        forgotten += calls + entries;
        if calls.max(entries) < u64::from(AT_ONCE) {
            break;
        }
    }
    let organisations = organisations::all(&mut services.store.read().await?).await?;
    for organisation in organisations {
        loop {
            let mut tx = services.store.begin().await?;
            let deliveries = deliveries::forget(&mut tx, organisation.id, before, AT_ONCE).await?;
            tx.commit().await?;
            forgotten += deliveries;
            if deliveries < u64::from(AT_ONCE) {
                break;
            }
        }
    }
    Ok(forgotten)
}
