//! Beginning a text to many, and changing it before it is sent.

use domain::actor::{Action, Actor, Role};
use domain::bulk_message::BulkMessageState;
use domain::candidate::{LONGEST_MESSAGE, message_text};
use domain::ids::BulkMessageId;
use domain::problem::{Field, Problem};
use domain::template;
use domain::text::lines;
use store::Tx;
use store::bulk_imports::Source;
use store::bulk_messages::{self, BulkMessage};

use crate::imports::bulk::Whom;
use crate::{Result, Services};

/// So much of a text is kept while it is refused for its length.
const KEPT: usize = 2 * LONGEST_MESSAGE;

/// Keeps the text as a draft, whatever it is: what is wrong with it is said beside
/// it. Nobody is written to.
///
/// # Errors
/// [`Problem::NobodyChosen`].
pub async fn begin(services: &Services, actor: &Actor, whom: Whom, text: &str) -> Result<BulkMessageId> {
    services.require(actor, Action::WorkWithCandidates)?;
    let source = source(whom)?;
    let bulk = BulkMessage {
        id: services.new_id(),
        written_by: actor.member,
        state: BulkMessageState::Draft,
        source,
        // The job gathers the candidates, some at a time.
        read_up_to: Some(String::new()),
        body: kept(text),
        total: 0,
        created_at: services.now(),
        finished_at: None,
    };
    let mut tx = services.store.begin().await?;
    bulk_messages::insert(&mut tx, actor.organisation, &bulk).await?;
    tx.commit().await?;
    Ok(bulk.id)
}

/// Whom it is for, as it is stored.
pub(super) fn source(whom: Whom) -> Result<Source> {
    match whom {
        Whom::Candidates(candidates) if candidates.is_empty() => Err(Problem::NobodyChosen.into()),
        Whom::Candidates(candidates) => Ok(Source::Candidates(candidates)),
        Whom::Matching(filter) => Ok(Source::Filter(filter)),
    }
}

/// Changes the text of a draft. One that cannot be sent is kept all the same.
///
/// # Errors
/// Fields; [`Problem::NotFound`]; [`Problem::NotAllowed`]; [`Problem::ChangedMeanwhile`]
/// when it was sent.
pub async fn set_text(services: &Services, actor: &Actor, id: BulkMessageId, text: &str) -> Result<()> {
    let mut tx = services.store.begin().await?;
    steerable(services, &mut tx, actor, id).await?;
    let body = kept(text);
    if !bulk_messages::set_body(&mut tx, actor.organisation, id, &body, services.now()).await? {
        return Err(Problem::ChangedMeanwhile.into());
    }
    tx.commit().await?;
    Ok(checked(&body).map(drop)?)
}

/// Throws a draft away. A second time changes nothing.
///
/// # Errors
/// As [`set_text`].
pub async fn discard(services: &Services, actor: &Actor, id: BulkMessageId) -> Result<()> {
    let mut tx = services.store.begin().await?;
    steerable(services, &mut tx, actor, id).await?;
    if !bulk_messages::discard(&mut tx, actor.organisation, id).await? {
        return Err(Problem::ChangedMeanwhile.into());
    }
    tx.commit().await?;
    Ok(())
}

/// The text, if this actor may change and send it: whoever writes it, and Admins.
pub(super) async fn steerable(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    id: BulkMessageId,
) -> Result<BulkMessage> {
    services.require(actor, Action::WorkWithCandidates)?;
    let bulk = bulk_messages::get(tx, actor.organisation, id).await?.ok_or(Problem::NotFound)?;
    if may_steer(actor, &bulk) { Ok(bulk) } else { Err(Problem::NotAllowed.into()) }
}

pub(super) fn may_steer(actor: &Actor, bulk: &BulkMessage) -> bool {
    bulk.written_by == actor.member || actor.role >= Role::Admin
}

/// A text that can be sent.
///
/// # Errors
/// What is wrong with it, beside the field.
pub(super) fn checked(text: &str) -> std::result::Result<String, Problem> {
    let text = message_text(Field::Message, text)?;
    template::check(Field::Message, &text)?;
    Ok(text)
}

fn kept(text: &str) -> String {
    lines(text).chars().take(KEPT).collect()
}
