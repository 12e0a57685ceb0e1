//! Answering a message.

use std::time::Duration;

use domain::candidate::{LONGEST_MESSAGE, message_text};
use domain::event::Change;
use domain::ids::MessageId;
use domain::problem::{Field, Problem};
use domain::status::{Status, StatusCause};
use domain::text::lines;
use domain::time::Timestamp;
use store::Tx;
use store::activity::{self, Activity};
use store::candidates::{self, Candidate, StatusUpdate};
use store::imports;
use store::messages::{self, Message};
use store::reply_links;
use store::status_changes::{self, StatusChange};

use crate::capability::token_hash;
use crate::imports::on_reply::after_answer;
use crate::jobs::enqueue_reply_note;
use crate::session::minutes_until;
use crate::{Result, Services};

/// So many answers a link takes within [`WINDOW`].
const MOST_ANSWERS: u32 = 20;
/// So much of a refused answer is kept.
const KEPT: usize = 2 * LONGEST_MESSAGE;
/// See [`MOST_ANSWERS`].
const WINDOW: Duration = Duration::from_secs(60 * 60);

/// Records the answer; the status becomes Responded if it was earlier. At most 20 an hour a link.
///
/// # Errors
/// Fields; [`Problem::LinkNotValid`]; [`Problem::TooManyTries`].
pub async fn answer(services: &Services, token: &str, text: &str) -> Result<()> {
    let answered = take(services, token, text).await;
    if let Err(error) = &answered
        && !text.trim().is_empty()
        && *error.problem() != Problem::LinkNotValid
    {
        keep(services, token, text).await?;
    }
    answered
}

/// Keeps what was refused: without JavaScript the page is loaded again and shows it.
async fn keep(services: &Services, token: &str, text: &str) -> Result<()> {
    let mut tx = services.store.begin().await?;
    let link = reply_links::open(&mut tx, &token_hash(token), services.now()).await?;
    let Some(link) = link else { return Ok(()) };
    let draft: String = lines(text).chars().take(KEPT).collect();
    reply_links::set_draft(&mut tx, link.organisation, link.id, &draft).await?;
    tx.commit().await?;
    Ok(())
}

async fn take(services: &Services, token: &str, text: &str) -> Result<()> {
    let text = message_text(Field::Answer, text)?;
    let now = services.now();
    let mut tx = services.store.begin().await?;
    let link = reply_links::open(&mut tx, &token_hash(token), now).await?.ok_or(Problem::LinkNotValid)?;
    // Held before the answers are counted, so that many at once gain nothing.
    let candidate =
        candidates::hold(&mut tx, link.organisation, link.candidate).await?.ok_or(Problem::LinkNotValid)?;
    let message =
        messages::get(&mut tx, link.organisation, link.message).await?.ok_or(Problem::LinkNotValid)?;
    let since = now.minus(WINDOW);
    let counts =
        messages::nth_newest_answer(&mut tx, link.organisation, &message, since, MOST_ANSWERS - 1).await?;
    if let Some(at) = counts {
        return Err(Problem::TooManyTries { minutes: minutes_until(at + WINDOW, now) }.into());
    }
    let import = imports::by_candidate(&mut tx, link.organisation, candidate.id).await?;
    take_in(services, &mut tx, &candidate, Incoming { answers: message.id, text, at: now }).await?;
    reply_links::set_draft(&mut tx, link.organisation, link.id, "").await?;
    enqueue_reply_note(services, &mut tx, link.organisation, import.as_ref(), now).await?;
    after_answer(services, &mut tx, &candidate, &message, &link, import.as_ref()).await?;
    tx.commit().await?;
    services.changes.announce(link.organisation, Change::Candidate { id: candidate.id });
    services.changes.announce(link.organisation, Change::Attention);
    Ok(())
}

/// An answer on its way in.
pub(crate) struct Incoming {
    /// The message it answers.
    pub(crate) answers: MessageId,
    /// What, checked.
    pub(crate) text: String,
    /// When.
    pub(crate) at: Timestamp,
}

/// Writes the answer, and all that follows from it.
pub(crate) async fn take_in(
    services: &Services,
    tx: &mut Tx,
    candidate: &Candidate,
    incoming: Incoming,
) -> Result<()> {
    let organisation = candidate.organisation;
    let Incoming { answers, text, at } = incoming;
    let message = Message {
        id: services.new_id(),
        candidate: candidate.id,
        inbound: true,
        author: None,
        body: text,
        answers: Some(answers),
        created_at: at,
    };
    messages::insert(tx, organisation, &message).await?;
    candidates::set_answered(tx, organisation, candidate.id, at).await?;
    if candidate.status < Status::Responded {
        let update = StatusUpdate {
            status: Status::Responded,
            cause: StatusCause::Reply,
            at,
            last_open: Status::Responded,
            conflict: candidate.conflict,
        };
        candidates::set_status(tx, organisation, candidate.id, &update).await?;
        let change = StatusChange {
            id: services.new_id(),
            candidate: candidate.id,
            from: candidate.status,
            to: update.status,
            cause: update.cause,
            member: None,
            place: None,
            lever_actor: None,
            delivery: None,
            at,
        };
        status_changes::record(tx, organisation, &change).await?;
    }
    let arrived = Activity {
        id: services.new_id(),
        at,
        member: None,
        candidate: Some(candidate.id),
        kind: "answer_received",
        summary: format!("{} answered.", candidate.name),
    };
    activity::record(tx, organisation, &arrived).await?;
    Ok(())
}
