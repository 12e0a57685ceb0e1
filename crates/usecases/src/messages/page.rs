//! Where a text to many is begun, and how far it is.

use domain::actor::{Action, Actor};
use domain::bulk_message::{BulkMessageState, NotWritten};
use domain::ids::{BulkMessageId, OrganisationId};
use domain::mail::{MailFailure, MailState};
use domain::problem::{Field, Problem};
use domain::template::{self, Values};
use domain::view::{
    BulkMessageItemView, BulkMessagePage, BulkMessageView, CandidateOrder, Count, Listed, NewMessagePage,
    PreviewView, WhomView,
};
use store::bulk_imports::Source;
use store::bulk_messages::{self, BulkMessage, Counts, Item};
use store::candidate_list::{self, Part};
use store::candidates::{self, Candidate};
use store::{Tx, members, message_templates};

use super::draft::{checked, may_steer, source};
use super::templates::MOST as MOST_TEMPLATES;
use crate::candidates::shown_count;
use crate::imports::bulk::Whom;
use crate::paged::{cursor, cut, place};
use crate::{Result, Services};

/// Candidates for whom the text is shown before it is sent.
const PREVIEWS: u32 = 3;
/// Names shown of those it is for.
const NAMES: usize = 5;
/// Candidates of a page.
const PAGE: u32 = 50;
/// Texts of a page.
const RUNS: u32 = 20;

/// Where a text for these candidates is begun, with a saved text if one was chosen.
///
/// # Errors
/// [`Problem::NobodyChosen`].
pub async fn begun(services: &Services, actor: &Actor, whom: Whom, chosen: &str) -> Result<NewMessagePage> {
    services.require(actor, Action::WorkWithCandidates)?;
    let source = source(whom)?;
    let mut tx = services.store.read().await?;
    let whom = whom_view(&mut tx, actor.organisation, &source).await?;
    let saved = message_templates::list(&mut tx, actor.organisation, MOST_TEMPLATES).await?;
    let chosen = saved.iter().find(|saved| saved.id.to_string() == chosen);
    Ok(NewMessagePage {
        whom,
        chosen: chosen.map(|chosen| chosen.id),
        text: chosen.map(|chosen| chosen.body.clone()).unwrap_or_default(),
        templates: saved.into_iter().map(|saved| (saved.id, saved.name)).collect(),
    })
}

/// A text to many, with one page of those it was written to.
///
/// # Errors
/// [`Problem::NotFound`].
pub async fn page(
    services: &Services,
    actor: &Actor,
    id: BulkMessageId,
    after: Option<u32>,
) -> Result<BulkMessagePage> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    let bulk = bulk_messages::get(&mut tx, organisation, id).await?.ok_or(Problem::NotFound)?;
    let run = view(services, &mut tx, actor, &bulk).await?;
    let whom = whom_view(&mut tx, organisation, &bulk.source).await?;
    let (mut problems, mut previews) = (Vec::new(), Vec::new());
    if bulk.state == BulkMessageState::Draft {
        match checked(&bulk.body) {
            Ok(text) => {
                let author = members::get(&mut tx, organisation, bulk.written_by).await?;
                let my_name = author.map(|author| author.name).unwrap_or_default();
                for candidate in first(&mut tx, organisation, &bulk.source, PREVIEWS).await? {
                    let values =
                        Values { name: &candidate.name, company: &candidate.company, my_name: &my_name };
                    let text = template::fill(&text, &values).ok();
                    previews.push(PreviewView { name: candidate.name, text });
                }
            }
            Err(problem) => problems = problem.beside(&Field::Message),
        }
    }
    let mut items = bulk_messages::items(&mut tx, organisation, id, after, PAGE + 1).await?;
    let more = items.len() > PAGE as usize;
    items.truncate(PAGE as usize);
    let next = items.last().filter(|_| more).map(|last| last.position);
    Ok(BulkMessagePage {
        run,
        whom,
        problems,
        previews,
        items: items.into_iter().map(item).collect(),
        next,
        mails: services.mail.is_configured(),
    })
}

/// The texts to many, newest first; `before` is the place of a page, empty for the
/// newest one.
///
/// # Errors
/// Faults of the store only.
pub async fn newest(services: &Services, actor: &Actor, before: &str) -> Result<Listed<BulkMessageView>> {
    services.require(actor, Action::WorkWithCandidates)?;
    let mut tx = services.store.read().await?;
    let older = place(before);
    let mut found = bulk_messages::newest(&mut tx, actor.organisation, older, RUNS + 1).await?;
    let next = cut(&mut found, RUNS, |last| cursor(last.created_at, last.id));
    let mut rows = Vec::new();
    for bulk in &found {
        rows.push(view(services, &mut tx, actor, bulk).await?);
    }
    Ok(Listed { rows, next, is_later: older.is_some() })
}

async fn view(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    bulk: &BulkMessage,
) -> Result<BulkMessageView> {
    let counts = bulk_messages::counts(tx, actor.organisation, bulk.id).await?;
    let names = members::names(tx, actor.organisation).await?;
    Ok(BulkMessageView {
        id: bulk.id,
        state: bulk.state,
        written_by: names.get(&bulk.written_by).cloned().unwrap_or_else(|| "A former member".to_owned()),
        begun: services.moment(bulk.created_at),
        text: bulk.body.clone(),
        total: bulk.total,
        collecting: bulk.read_up_to.is_some() && bulk.state == BulkMessageState::Running,
        ended: bulk.total.saturating_sub(counts.waiting),
        counts: in_words(&counts),
        may_steer: may_steer(actor, bulk),
    })
}

fn in_words(counts: &Counts) -> Vec<String> {
    [
        (counts.waiting, "waiting"),
        (counts.outbox, "in the outbox"),
        (counts.queued, "on the way"),
        (counts.sent, "sent"),
        (counts.failed, "not sent"),
        (counts.skipped, "left out"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, words)| format!("{count} {words}"))
    .collect()
}

fn item(item: Item) -> BulkMessageItemView {
    let (state, reason) = match (item.skipped, item.mail) {
        (Some(reason), _) => ("Left out", NotWritten::text(reason)),
        (None, None) => ("Waiting", ""),
        (None, Some(MailState::Outbox)) => ("Outbox", ""),
        (None, Some(MailState::Queued)) => ("Queued", ""),
        (None, Some(MailState::Sent)) => ("Sent", ""),
        (None, Some(MailState::Failed)) => ("Not sent", item.failure.map_or("", MailFailure::text)),
    };
    BulkMessageItemView { candidate: item.candidate, name: item.name, state, reason }
}

async fn whom_view(tx: &mut Tx, organisation: OrganisationId, source: &Source) -> Result<WhomView> {
    let count = match source {
        Source::Candidates(named) => {
            let mut known = candidates::known(tx, organisation, named).await?;
            known.sort();
            known.dedup();
            Count::Exactly(u32::try_from(known.len()).unwrap_or(u32::MAX))
        }
        Source::Filter(filter) => {
            let narrowed = candidate_list::narrow(tx, organisation, filter).await?;
            shown_count(&narrowed)
        }
    };
    let shown = u32::try_from(NAMES).unwrap_or(u32::MAX);
    let mut first: Vec<String> =
        first(tx, organisation, source, shown + 1).await?.into_iter().map(|one| one.name).collect();
    let more = first.len() > NAMES;
    first.truncate(NAMES);
    Ok(WhomView { count: count.of_candidates(), first, more })
}

/// The first candidates it is for, at most `limit`.
async fn first(
    tx: &mut Tx,
    organisation: OrganisationId,
    source: &Source,
    limit: u32,
) -> Result<Vec<Candidate>> {
    let limit_of_named = limit as usize;
    Ok(match source {
        Source::Candidates(named) => {
            let mut found: Vec<Candidate> = Vec::new();
            for id in named {
                if found.len() == limit_of_named {
                    break;
                }
                if found.iter().all(|known| known.id != *id) {
                    found.extend(candidates::get(tx, organisation, *id).await?);
                }
            }
            found
        }
        Source::Filter(filter) => {
            let narrowed = candidate_list::narrow(tx, organisation, filter).await?;
            let (order, first) = (CandidateOrder::default(), Part::First);
            let listed = candidate_list::page(tx, organisation, &narrowed, order, &first, limit).await?;
            listed.into_iter().map(|listed| listed.candidate).collect()
        }
    })
}
