//! The candidate list.

use std::collections::HashMap;

use domain::actor::{Action, Actor};
use domain::time::Timestamp;
use domain::view::{CandidateFilter, CandidatePage, CandidateSort, Count};
use store::candidate_list::{self, COUNTED, Cursor, Key, Narrowed, Part};
use store::{candidates, imports, members, opportunities};

use super::view::Lever;
use crate::{Result, Services};

/// Rows of a page.
const PAGE: u32 = 50;

/// One page of candidates.
///
/// A cursor that cannot be read, or beyond which there is nothing, gives the first page.
///
/// # Errors
/// Faults of the store only.
pub async fn list(services: &Services, actor: &Actor, filter: &CandidateFilter) -> Result<CandidatePage> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let order = filter.order;
    let mut tx = services.store.read().await?;
    let owners = members::list(&mut tx, organisation).await?;
    let narrowed = candidate_list::narrow(&mut tx, organisation, filter).await?;

    let place = |text: &Option<String>| text.as_deref().and_then(|text| read_cursor(text, order.sort));
    let mut part = match (place(&filter.after), place(&filter.before)) {
        (Some(cursor), _) => Part::After(cursor),
        (None, Some(cursor)) => Part::Before(cursor),
        (None, None) => Part::First,
    };
    let mut found = candidate_list::page(&mut tx, organisation, &narrowed, order, &part, PAGE + 1).await?;
    if found.is_empty() && part != Part::First {
        part = Part::First;
        found = candidate_list::page(&mut tx, organisation, &narrowed, order, &part, PAGE + 1).await?;
    }
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let before = matches!(part, Part::Before(_));
    if before {
        found.reverse();
    }
    let first = found.first().map(|listed| Cursor::of(&listed.candidate, order.sort));
    let last = found.last().map(|listed| Cursor::of(&listed.candidate, order.sort));
    // Whether there is more on the side that one comes from.
    let behind = match (&part, &first, &last) {
        (Part::After(_), Some(first), _) => Some(Part::Before(first.clone())),
        (Part::Before(_), _, Some(last)) => Some(Part::After(last.clone())),
        _ => None,
    };
    let behind = match behind {
        Some(part) => {
            !candidate_list::page(&mut tx, organisation, &narrowed, order, &part, 1).await?.is_empty()
        }
        None => false,
    };
    let previous = first.filter(|_| if before { more } else { behind });
    let next = last.filter(|_| if before { behind } else { more });

    let total = shown_count(&narrowed);
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
        next: next.as_ref().map(write_cursor),
        previous: previous.as_ref().map(write_cursor),
        lever: lever.state(),
        empty,
        owners: owners.into_iter().map(|owner| (owner.id, owner.name)).collect(),
    })
}

/// The place in the list as text.
pub(crate) fn write_cursor(cursor: &Cursor) -> String {
    let key = match &cursor.key {
        Key::Number(number) => number.to_string(),
        Key::Text(text) => text.clone(),
    };
    format!("{}.{}.{key}", cursor.created_at.0, cursor.id)
}

/// Reads [`write_cursor`] back, in a list sorted by `sort`.
pub(crate) fn read_cursor(text: &str, sort: CandidateSort) -> Option<Cursor> {
    let mut parts = text.splitn(3, '.');
    let created_at = Timestamp(parts.next()?.parse().ok()?);
    let id = parts.next()?.parse().ok()?;
    let key = parts.next()?;
    let key = match sort {
        CandidateSort::Name => Key::Text(key.to_owned()),
        _ => Key::Number(key.parse().ok()?),
    };
    Some(Cursor { key, created_at, id })
}

/// How many the list shows, in the terms of the screens.
pub(crate) fn shown_count(narrowed: &Narrowed) -> Count {
    match narrowed.count().and_then(|count| u32::try_from(count).ok()) {
        Some(exact) if exact <= COUNTED => Count::Exactly(exact),
        _ => Count::MoreThanThousand,
    }
}
