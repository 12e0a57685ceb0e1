//! Reading whom something is for, some at a time.

use domain::ids::{CandidateId, OrganisationId};
use domain::view::CandidateOrder;
use store::bulk_imports::Source;
use store::candidate_list::{self, Cursor, Part};
use store::candidates;

use crate::candidates::{read_cursor, write_cursor};
use crate::{Result, Services};

/// Candidates read at once.
const GATHERED: u32 = 500;

/// The next candidates after `read_up_to`, and how far the source has been read
/// then; `None`: to its end.
///
/// # Errors
/// As the store says.
pub(super) async fn next(
    services: &Services,
    organisation: OrganisationId,
    source: &Source,
    read_up_to: &str,
) -> Result<(Vec<CandidateId>, Option<String>)> {
    let mut tx = services.store.read().await?;
    Ok(match source {
        Source::Candidates(named) => {
            let from = read_up_to.parse().unwrap_or(0).min(named.len());
            let to = (from + GATHERED as usize).min(named.len());
            let known = candidates::known(&mut tx, organisation, &named[from..to]).await?;
            (known, (to < named.len()).then(|| to.to_string()))
        }
        Source::Filter(filter) => {
            let narrowed = candidate_list::narrow(&mut tx, organisation, filter).await?;
            let order = CandidateOrder::default();
            let part = read_cursor(read_up_to, order.sort).map_or(Part::First, Part::After);
            let listed =
                candidate_list::page(&mut tx, organisation, &narrowed, order, &part, GATHERED).await?;
            let more = listed.len() == GATHERED as usize;
            let next = listed
                .last()
                .filter(|_| more)
                .map(|last| write_cursor(&Cursor::of(&last.candidate, order.sort)));
            (listed.into_iter().map(|listed| listed.candidate.id).collect(), next)
        }
    })
}
