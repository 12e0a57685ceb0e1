//! What an answer starts: nothing, a question, or an import that a member may
//! undo for a while.

use std::time::Duration;

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::CandidateId;
use domain::import_settings::OnReply;
use domain::job::Job;
use domain::problem::Problem;
use serde_json::json;
use store::activity::{self, Activity};
use store::candidates::{self, Candidate};
use store::held_imports::{self, Held};
use store::imports::Import;
use store::messages::Message;
use store::reply_links::ReplyLink;
use store::{Tx, attention, connections, import_settings, jobs};

use crate::{Result, Services};

/// How long an import that begins by itself can be undone.
const HOLD: Duration = Duration::from_secs(10 * 60);

/// After an answer through `link` to `answered`: asks or holds, as the
/// organisation wants it. Whoever was imported, or is on the way, is left alone,
/// and a link that a member opened starts nothing.
pub(crate) async fn after_answer(
    services: &Services,
    tx: &mut Tx,
    candidate: &Candidate,
    answered: &Message,
    link: &ReplyLink,
    import: Option<&Import>,
) -> Result<()> {
    let (organisation, now) = (candidate.organisation, services.now());
    let connection = connections::find(tx, organisation).await?;
    if import.is_some() || !connection.is_some_and(|connection| connection.state.accepts_imports()) {
        return Ok(());
    }
    match import_settings::load(tx, organisation).await?.on_reply {
        OnReply::Off => {}
        OnReply::Ask => {
            let (kind, id) = (AttentionKind::ImportOffered, services.new_id());
            let subject = candidate.id.to_string();
            attention::raise(tx, organisation, kind, &subject, Some(candidate.id), &json!({}), id, now)
                .await?;
        }
        OnReply::ByItself => {
            let Some(member) = answered.author.filter(|_| link.member_opened_at.is_none()) else {
                return Ok(());
            };
            let due_at = now + HOLD;
            if held_imports::hold(tx, organisation, candidate.id, Held { member, due_at }, now).await? {
                let job = Job::StartHeldImport { candidate: candidate.id };
                jobs::enqueue(tx, organisation, &job, services.new_id(), due_at, now).await?;
            }
        }
    }
    Ok(())
}

/// *Undo*: the import does not begin by itself. A click still starts it.
///
/// # Errors
/// [`Problem::NotFound`]; [`Problem::ChangedMeanwhile`] when it has begun.
pub async fn undo(services: &Services, actor: &Actor, candidate: CandidateId) -> Result<()> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let mut tx = services.store.begin().await?;
    let candidate = candidates::get(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    if !held_imports::release(&mut tx, organisation, candidate.id).await? {
        return Err(Problem::ChangedMeanwhile.into());
    }
    let held = Job::StartHeldImport { candidate: candidate.id };
    let mended = jobs::forget_dead(&mut tx, organisation, &held, services.now()).await?;
    let entry = Activity {
        id: services.new_id(),
        at: services.now(),
        member: Some(actor.member),
        candidate: Some(candidate.id),
        kind: "import_undone",
        summary: format!("Undid the import of {}, which was to begin by itself.", candidate.name),
    };
    activity::record(&mut tx, organisation, &entry).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Candidate { id: candidate.id });
    if mended {
        services.changes.announce(organisation, Change::Attention);
    }
    Ok(())
}
