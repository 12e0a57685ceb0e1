//! The candidate list.

use std::collections::HashMap;

use domain::actor::{Action, Actor};
use domain::time::Timestamp;
use domain::view::{CandidateFilter, CandidatePage, Count};
use store::candidates::{self, Cursor, Part};
use store::{imports, opportunities};

use super::view::Lever;
use crate::{Result, Services};

/// Rows of a page.
const PAGE: u32 = 50;
/// The number up to which candidates are counted exactly.
const EXACT: u32 = 1_000;

/// One page of candidates, newest first.
///
/// A cursor that cannot be read, or beyond which there is nothing, gives the first page.
///
/// # Errors
/// Faults of the store only.
pub async fn list(services: &Services, actor: &Actor, filter: &CandidateFilter) -> Result<CandidatePage> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    let narrowed = candidates::filter(&mut tx, organisation, &filter.search, filter.status).await?;

    let after = filter.after.as_deref().and_then(read_cursor);
    let before = filter.before.as_deref().and_then(read_cursor);
    let mut part = match (after, before) {
        (Some(cursor), _) => Part::OlderThan(cursor),
        (None, Some(cursor)) => Part::NewerThan(cursor),
        (None, None) => Part::Newest,
    };
    let mut found = candidates::list(&mut tx, organisation, &narrowed, part, PAGE + 1).await?;
    if found.is_empty() && part != Part::Newest {
        part = Part::Newest;
        found = candidates::list(&mut tx, organisation, &narrowed, part, PAGE + 1).await?;
    }
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    if matches!(part, Part::NewerThan(_)) {
        found.reverse();
    }
    let first = found.first().map(|listed| listed.candidate.cursor());
    let last = found.last().map(|listed| listed.candidate.cursor());
    let (previous, next) = match part {
        Part::Newest => (None, last.filter(|_| more)),
        Part::OlderThan(_) => {
            let newer = match first {
                Some(first) => {
                    candidates::list(&mut tx, organisation, &narrowed, Part::NewerThan(first), 1).await?
                }
                None => Vec::new(),
            };
            (first.filter(|_| !newer.is_empty()), last.filter(|_| more))
        }
        Part::NewerThan(_) => {
            let older = match last {
                Some(last) => {
                    candidates::list(&mut tx, organisation, &narrowed, Part::OlderThan(last), 1).await?
                }
                None => Vec::new(),
            };
            (first.filter(|_| more), last.filter(|_| !older.is_empty()))
        }
    };

    let total = match candidates::count(&mut tx, organisation, &narrowed, EXACT + 1).await? {
        exact if exact <= EXACT => Count::Exactly(exact),
        _ => Count::MoreThanThousand,
    };
    let empty = found.is_empty() && !candidates::any(&mut tx, organisation).await?;
    let lever = Lever::read(&mut tx, actor).await?;
    let ids: Vec<_> = found.iter().map(|listed| listed.candidate.id).collect();
    let imports: HashMap<_, _> = imports::of_candidates(&mut tx, organisation, &ids)
        .await?
        .into_iter()
        .map(|import| (import.candidate, import))
        .collect();
    let opportunities: HashMap<_, _> = opportunities::of_candidates(&mut tx, organisation, &ids)
        .await?
        .into_iter()
        .map(|opportunity| (opportunity.candidate, opportunity))
        .collect();
    let rows = found
        .into_iter()
        .map(|listed| {
            let id = listed.candidate.id;
            lever.row(services, listed, imports.get(&id), opportunities.get(&id))
        })
        .collect();
    Ok(CandidatePage {
        rows,
        total,
        next: next.map(write_cursor),
        previous: previous.map(write_cursor),
        lever: lever.state(),
        empty,
    })
}

/// The place in the list as text.
pub(crate) fn write_cursor(cursor: Cursor) -> String {
    format!("{}.{}", cursor.created_at.0, cursor.id)
}

/// Reads [`write_cursor`] back.
pub(crate) fn read_cursor(text: &str) -> Option<Cursor> {
    let (millis, id) = text.split_once('.')?;
    Some(Cursor { created_at: Timestamp(millis.parse().ok()?), id: id.parse().ok()? })
}
