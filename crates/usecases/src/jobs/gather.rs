//! Reading whom something is for, some at a time.

use domain::ids::{CandidateId, OrganisationId};
use domain::status::Status;
use store::bulk_imports::Source;
use store::candidates::{self, Part};

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
        Source::Filter { search, status } => {
            let status = status.as_deref().and_then(Status::from_code);
            let filter = candidates::filter(&mut tx, organisation, search, status).await?;
            let part = read_cursor(read_up_to).map_or(Part::Newest, Part::OlderThan);
            let listed = candidates::list(&mut tx, organisation, &filter, part, GATHERED).await?;
            let more = listed.len() == GATHERED as usize;
            let next = listed.last().filter(|_| more).map(|last| write_cursor(last.candidate.cursor()));
            (listed.into_iter().map(|listed| listed.candidate.id).collect(), next)
        }
    })
}
