//! Reading users, stages, archive reasons and postings from Lever again.

use domain::event::Change;
use domain::ids::ConnectionId;
use store::jobs::Claimed;
use store::{connections, jobs};

use super::{Ended, Ending, begin_fenced, lever_of};
use crate::{Services, integration, outage};

/// Reads the catalogue and takes over what changed.
pub(super) async fn run(services: &Services, claimed: &Claimed, connection: ConnectionId) -> Ended {
    let organisation = claimed.organisation;
    let Some((known, client)) = lever_of(services, organisation).await? else { return Ok(Ending::Done) };
    if known.id != connection {
        return Ok(Ending::Done);
    }
    let read_at = services.now();
    let account = integration::read_account(&client).await?;
    if known.account.is_some() && account.identity.is_some() && known.account != account.identity {
        // A key belongs to one account: this answer is none of this account's.
        return Ok(Ending::Dead { error: "Lever answered for another account".to_owned() });
    }
    let mut tx = begin_fenced(services, claimed).await?;
    let refreshed = account.keep(&mut tx, organisation, connection, read_at).await?;
    connections::set_catalogue_read(&mut tx, organisation, connection, read_at).await?;
    let gone = integration::look_for_gone(&mut tx, services, &known).await?
        | integration::noticed_changes(&mut tx, services, &known, &refreshed).await?;
    let over = outage::over(services, &mut tx, &known).await?;
    jobs::finish(&mut tx, claimed).await?;
    tx.commit().await?;
    if refreshed.changed || over {
        services.changes.announce(organisation, Change::Connection);
    }
    if gone || over {
        services.changes.announce(organisation, Change::Attention);
    }
    Ok(Ending::Settled)
}
