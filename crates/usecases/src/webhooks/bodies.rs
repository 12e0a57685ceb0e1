//! Bodies of deliveries that were kept for as long as their organisation says: they are
//! scrubbed, or sealed and kept.

use domain::delivery_settings::{Afterwards, Bodies};
use domain::event::Change;
use domain::ids::{DeliveryId, OrganisationId};
use domain::job::Job;
use domain::time::Timestamp;
use store::{arrivals_aside, deliveries, delivery_settings, jobs, organisations};

use crate::vault::{Place, VaultError};
use crate::{Error, Result, Services};

/// Bodies scrubbed by one commit, so that deliveries need not wait for long.
const SCRUBBED_AT_ONCE: u32 = 500;
/// Bodies sealed by one commit: each is read and written whole, of up to 64 KiB.
const SEALED_AT_ONCE: u32 = 100;

/// Sees to the bodies of deliveries that arrived longer ago than their organisation lets
/// them be read; gives how many.
///
/// # Errors
/// As the store says; when the cipher fails.
pub(crate) async fn age(services: &Services, now: Timestamp) -> Result<u64> {
    let mut all = Vec::new();
    {
        let mut tx = services.store.read().await?;
        for organisation in organisations::all(&mut tx).await? {
            all.push((organisation.id, delivery_settings::bodies(&mut tx, organisation.id).await?));
        }
    }
    let mut aged = 0;
    for (organisation, Bodies { kept, then }) in all {
        let before = now.minus(kept.duration());
        let at_once = match then {
            Afterwards::Scrub => SCRUBBED_AT_ONCE,
            Afterwards::Seal => SEALED_AT_ONCE,
        };
        loop {
            let touched = match then {
                Afterwards::Scrub => scrub(services, organisation, before).await?,
                Afterwards::Seal => seal(services, organisation, before).await?,
            };
            aged += touched;
            if touched < u64::from(at_once) {
                break;
            }
        }
        aged += let_go_aside(services, organisation, before, now).await?;
    }
    Ok(aged)
}

/// Lets go of deliveries that could never be taken in; gives how many.
async fn let_go_aside(
    services: &Services,
    organisation: OrganisationId,
    before: Timestamp,
    now: Timestamp,
) -> Result<u64> {
    let mut gone = 0;
    loop {
        let mut tx = services.store.begin().await?;
        let old = arrivals_aside::older(&mut tx, organisation, before, SCRUBBED_AT_ONCE).await?;
        let mut told = false;
        for arrival in &old {
            arrivals_aside::remove(&mut tx, organisation, *arrival).await?;
            let job = Job::TakeInDelivery { arrival: *arrival };
            told |= jobs::forget_dead(&mut tx, organisation, &job, now).await?;
            gone += 1;
        }
        tx.commit().await?;
        if told {
            services.changes.announce(organisation, Change::Attention);
        }
        if old.is_empty() {
            return Ok(gone);
        }
    }
}

/// Scrubs some, those that were sealed before as well.
async fn scrub(services: &Services, organisation: OrganisationId, before: Timestamp) -> Result<u64> {
    let mut tx = services.store.begin().await?;
    let mut touched = deliveries::scrub(&mut tx, organisation, before, SCRUBBED_AT_ONCE).await?;
    if touched < u64::from(SCRUBBED_AT_ONCE) {
        touched += deliveries::scrub_sealed(&mut tx, organisation, before, SCRUBBED_AT_ONCE).await?;
    }
    tx.commit().await?;
    Ok(touched)
}

/// Seals some.
async fn seal(services: &Services, organisation: OrganisationId, before: Timestamp) -> Result<u64> {
    let mut tx = services.store.begin().await?;
    let bodies = deliveries::to_seal(&mut tx, organisation, before, SEALED_AT_ONCE).await?;
    let mut touched = 0;
    for (id, body) in bodies {
        let row = id.to_string();
        let sealed = services
            .vault
            .seal_bytes(&*services.random, &place(organisation, &row), &body)
            .map_err(Error::internal)?;
        deliveries::seal(&mut tx, organisation, id, sealed).await?;
        touched += 1;
    }
    tx.commit().await?;
    Ok(touched)
}

/// Opens a body that was sealed.
///
/// # Errors
/// When it cannot be opened with this installation's sealing key.
pub(crate) fn open(
    services: &Services,
    organisation: OrganisationId,
    id: DeliveryId,
    sealed: &[u8],
) -> std::result::Result<Vec<u8>, VaultError> {
    services.vault.open_bytes(&place(organisation, &id.to_string()), sealed)
}

fn place(organisation: OrganisationId, row: &str) -> Place<'_> {
    Place { table: "deliveries", column: "body", organisation, row }
}
