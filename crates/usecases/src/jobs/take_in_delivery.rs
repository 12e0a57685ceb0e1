//! Taking a delivery into the inbox that could not be taken in when it came, for a reason of
//! its own: it cannot be read, or the database refuses it.

use domain::ids::ArrivalId;
use store::jobs::Claimed;
use store::{arrivals_aside, jobs};

use super::{Ended, Ending, begin_fenced, inside};
use crate::Services;
use crate::webhooks::intake::take_in_aside;

/// So often it is tried before a person is asked: within a few minutes.
const TRIES: u32 = 8;

/// Takes it in, with what follows from it.
pub(super) async fn run(services: &Services, claimed: &Claimed, arrival: ArrivalId) -> Ended {
    let organisation = claimed.organisation;
    let mut tx = begin_fenced(services, claimed).await?;
    let Some(aside) = arrivals_aside::find(&mut tx, organisation, arrival).await? else {
        return Ok(Ending::Done);
    };
    match take_in_aside(services, &mut tx, organisation, &aside).await {
        Ok(heard) => {
            arrivals_aside::remove(&mut tx, organisation, arrival).await?;
            jobs::finish(&mut tx, claimed).await?;
            tx.commit().await?;
            heard.announce(services);
            services.wake.notify_one();
            Ok(Ending::Settled)
        }
        Err(error) if error.retryable() => Err(error.into()),
        Err(error) if claimed.failures() >= TRIES => Ok(Ending::Dead { error: inside(&error) }),
        Err(error) => Ok(Ending::Retry { at: None, error: inside(&error) }),
    }
}
