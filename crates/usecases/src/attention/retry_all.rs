//! The one-press mend for all items of a kind.

use domain::actor::Actor;
use domain::attention::AttentionKind;
use domain::event::Change;
use domain::import::ImportFailure;
use domain::job::Priority;
use domain::problem::Problem;
use store::activity::Older;
use store::attention::{self, Item};

use super::list::TOGETHER;
use super::retry::again;
use crate::{Result, Services};

/// Items of one commit: deliveries need not wait for long.
const AT_ONCE: u32 = 50;

/// Tries again what every open item of a kind is about, however many there are, those left
/// out that this member cannot mend or that need another choice. Gives how many were tried.
///
/// # Errors
/// [`Problem::NotFound`] when items of this kind are not mended by trying again;
/// what concerns them all: Lever is not connected, the store is busy.
pub async fn retry_all(services: &Services, actor: &Actor, kind: AttentionKind) -> Result<u32> {
    if !TOGETHER.contains(&kind) || !attention::shown_to(actor.role, kind) {
        return Err(Problem::NotFound.into());
    }
    let organisation = actor.organisation;
    let (mut tried, mut older) = (0, None);
    loop {
        let mut tx = services.store.begin().await?;
        // What fails anew meanwhile is newer: nobody's turn comes twice.
        let items = attention::open_of(&mut tx, organisation, kind, older, AT_ONCE).await?;
        let Some(last) = items.last() else { return Ok(tried) };
        older = Some(Older { at: last.created_at, id: last.id.0 });
        let mut told: Vec<Change> = Vec::new();
        for item in items.iter().filter(|item| !needs_another_choice(item)) {
            // Many at once must not go before the next person's click.
            let tried_again = again(services, &mut tx, actor, item, Priority::Background).await;
            match tried_again.map_err(crate::Error::into_problem) {
                Ok(changes) => {
                    tried += 1;
                    told.extend(changes.into_iter().filter(|change| *change != Change::Attention));
                }
                // Mended meanwhile, or somebody else's.
                Err(Problem::NotFound | Problem::NotAllowed | Problem::NotEligible) => {}
                Err(problem) => return Err(problem.into()),
            }
        }
        tx.commit().await?;
        told.push(Change::Attention);
        for change in told {
            services.changes.announce(organisation, change);
        }
        services.wake.notify_one();
    }
}

fn needs_another_choice(item: &Item) -> bool {
    let failure = item.detail["failure"].as_str().and_then(ImportFailure::from_code);
    failure.is_some_and(ImportFailure::needs_another_choice)
}
