//! The one-press mend for all items of a kind.

use domain::actor::Actor;
use domain::attention::AttentionKind;
use domain::import::ImportFailure;
use domain::job::Priority;
use domain::problem::Problem;
use store::attention::{self, Item};

use super::list::{MOST, TOGETHER};
use super::retry::retry;
use crate::{Result, Services, imports};

/// Tries again what every open item of a kind is about, those left out that this
/// member cannot mend or that need another choice. Gives how many were tried.
///
/// # Errors
/// [`Problem::NotFound`] when items of this kind are not mended by trying again;
/// what concerns them all: Lever is not connected, the store is busy.
pub async fn retry_all(services: &Services, actor: &Actor, kind: AttentionKind) -> Result<u32> {
    if !TOGETHER.contains(&kind) || !attention::shown_to(actor.role, kind) {
        return Err(Problem::NotFound.into());
    }
    let items = {
        let mut tx = services.store.read().await?;
        attention::open_of(&mut tx, actor.organisation, kind, MOST).await?
    };
    let mut tried = 0;
    for item in items.iter().filter(|item| !needs_another_choice(item)) {
        let tried_again = match (kind, item.candidate) {
            // Many at once must not go before the next person's click.
            (AttentionKind::ImportFailed | AttentionKind::ImportOffered, Some(candidate)) => {
                imports::request_at(services, actor, candidate, Priority::Background).await
            }
            _ => retry(services, actor, item.id).await,
        };
        match tried_again.map_err(crate::Error::into_problem) {
            Ok(()) => tried += 1,
            // Mended meanwhile, or somebody else's.
            Err(Problem::NotFound | Problem::NotAllowed | Problem::NotEligible) => {}
            Err(problem) => return Err(problem.into()),
        }
    }
    Ok(tried)
}

fn needs_another_choice(item: &Item) -> bool {
    let failure = item.detail["failure"].as_str().and_then(ImportFailure::from_code);
    failure.is_some_and(ImportFailure::needs_another_choice)
}
