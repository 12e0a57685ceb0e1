//! What is looked after once an hour: old bodies are scrubbed or sealed, old held
//! deliveries and old lines of the log go, tokens that were replaced are forgotten, and webhooks that have gone silent are
//! noticed. Each does its part whatever becomes of the others.

use domain::time::Timestamp;
use store::signing_tokens;

use crate::webhooks::{bodies, held, silence};
use crate::{Result, Services, activity};

/// Does all of it. What fails is logged, and done the next time.
pub async fn sweep(services: &Services) {
    let now = services.now();
    match bodies::age(services, now).await {
        Ok(aged) => tracing::debug!(aged, "old bodies of deliveries were scrubbed or sealed"),
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

async fn forget_tokens(services: &Services, now: Timestamp) -> Result<u64> {
    let mut tx = services.store.begin().await?;
    let forgotten = signing_tokens::delete_all_retired(&mut tx, now).await?;
    tx.commit().await?;
    Ok(forgotten)
}
