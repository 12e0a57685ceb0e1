//! What is looked after once an hour: old bodies, old held deliveries and old lines
//! of the log go, tokens that were replaced are forgotten, and webhooks that have gone silent are
//! noticed. Each does its part whatever becomes of the others.

use domain::time::Timestamp;
use store::{deliveries, delivery_settings, organisations, signing_tokens};

use crate::webhooks::{held, silence};
use crate::{Result, Services, activity};

/// Bodies scrubbed by one commit, so that deliveries need not wait for long.
const SCRUBBED_AT_ONCE: u32 = 500;

/// Does all of it. What fails is logged, and done the next time.
pub async fn sweep(services: &Services) {
    let now = services.now();
    match scrub_bodies(services, now).await {
        Ok(scrubbed) => tracing::debug!(scrubbed, "old bodies of deliveries were scrubbed"),
        Err(error) => log("old bodies of deliveries stay", error),
    }
    match held::expire(services, now).await {
        Ok(connections) => tracing::debug!(connections, "old held deliveries were let go"),
        Err(error) => log("old held deliveries stay", error),
    }
    match forget_tokens(services, now).await {
        Ok(forgotten) => tracing::debug!(forgotten, "replaced signing tokens were forgotten"),
        Err(error) => log("replaced signing tokens stay", error),
    }
    match activity::forget(services, now).await {
        Ok(forgotten) => tracing::debug!(forgotten, "old lines of the log were let go"),
        Err(error) => log("old lines of the log stay", error),
    }
    match silence::look(services, now).await {
        Ok(silent) => tracing::debug!(silent, "connections were listened to"),
        Err(error) => log("nobody looked for silent webhooks", error),
    }
}

fn log(what: &'static str, error: crate::Error) {
    let problem = error.into_problem();
    tracing::error!(%problem, "{what}");
}

/// Scrubs the bodies of deliveries that arrived longer ago than their
/// organisation keeps them; gives how many.
async fn scrub_bodies(services: &Services, now: Timestamp) -> Result<u64> {
    let mut bounds = Vec::new();
    {
        let mut tx = services.store.read().await?;
        for organisation in organisations::all(&mut tx).await? {
            let kept = delivery_settings::bodies_kept(&mut tx, organisation.id).await?;
            bounds.push((organisation.id, now.minus(kept.duration())));
        }
    }
    let mut scrubbed = 0;
    for (organisation, before) in bounds {
        loop {
            let mut tx = services.store.begin().await?;
            let touched = deliveries::scrub(&mut tx, organisation, before, SCRUBBED_AT_ONCE).await?;
            tx.commit().await?;
            scrubbed += touched;
            if touched < u64::from(SCRUBBED_AT_ONCE) {
                break;
            }
        }
    }
    Ok(scrubbed)
}

async fn forget_tokens(services: &Services, now: Timestamp) -> Result<u64> {
    let mut tx = services.store.begin().await?;
    let forgotten = signing_tokens::delete_all_retired(&mut tx, now).await?;
    tx.commit().await?;
    Ok(forgotten)
}
