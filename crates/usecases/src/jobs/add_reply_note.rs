//! Writing what was said since the last note of an import, one note a day.
//!
//! Like the note of the import itself it is never repeated when its end is not
//! known: a note too few is better than the same one twice.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::{ImportId, OrganisationId};
use domain::import::ImportState;
use domain::job::Job;
use domain::time::Timestamp;
use lever::{ErrorKind, Priority};
use serde_json::json;
use store::activity::{self, Activity};
use store::imports::{self, Import, Note};
use store::jobs::Claimed;
use store::messages::Message;
use store::noted::{self, Noted};
use store::{Tx, attention, candidates, import_settings, jobs, members, messages};

use super::digest::conversation;
use super::{Ended, Ending, Stop, WITHOUT_LEVER, begin_fenced, inside_of_lever, lever_of};
use crate::{Result, Services};

/// Time between two notes of one import.
const BETWEEN_NOTES: Duration = Duration::from_secs(24 * 60 * 60);
/// How long an answer waits for the next one, so that one note holds both.
const GATHERING: Duration = Duration::from_secs(10 * 60);

/// Queues the note after an answer, where the organisation wants it and the
/// candidate is in Lever.
pub(crate) async fn enqueue(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    import: Option<&Import>,
    now: Timestamp,
) -> Result<()> {
    let Some(import) = import.filter(|import| import.state == ImportState::Imported) else { return Ok(()) };
    if !import_settings::load(tx, organisation).await?.note_of_replies {
        return Ok(());
    }
    let earliest = noted::find(tx, organisation, import.id).await?.map(|noted| noted.at + BETWEEN_NOTES);
    let at = earliest.map_or(now + GATHERING, |earliest| earliest.max(now + GATHERING));
    let job = Job::AddReplyNote { import: import.id };
    jobs::enqueue(tx, organisation, &job, services.new_id(), at, now).await?;
    Ok(())
}

/// Writes the note, if there is something new to write.
pub(super) async fn run(services: &Services, claimed: &Claimed, import: ImportId) -> Ended {
    let organisation = claimed.organisation;
    let Some((_, client)) = lever_of(services, organisation).await? else {
        return Ok(Ending::Wait { until: services.now() + WITHOUT_LEVER });
    };
    let mut tx = services.store.read().await?;
    let wanted = import_settings::load(&mut tx, organisation).await?.note_of_replies;
    let Some(import) = imports::get(&mut tx, organisation, import).await?.filter(|_| wanted) else {
        return Ok(Ending::Done);
    };
    let Some(opportunity) = import.opportunity.clone() else { return Ok(Ending::Done) };
    if matches!(import.note, Note::Pending | Note::Sending) {
        return Ok(Ending::Wait { until: services.now() + GATHERING });
    }
    let before = noted::find(&mut tx, organisation, import.id).await?;
    if before.is_some_and(|before| before.state == Note::Sending) {
        drop(tx);
        // A crash or a lost lease between writing and its end.
        return end(services, claimed, &import, Note::Unknown).await;
    }
    let since = before.map_or(import.created_at, |before| before.up_to);
    let Some(candidate) = candidates::get(&mut tx, organisation, import.candidate).await? else {
        return Ok(Ending::Done);
    };
    let thread: Vec<Message> = messages::list(&mut tx, organisation, candidate.id)
        .await?
        .into_iter()
        .filter(|message| message.created_at > since)
        .collect();
    let Some(newest) = thread.last().filter(|_| thread.iter().any(|message| message.inbound)) else {
        return Ok(Ending::Done);
    };
    let names = members::names(&mut tx, organisation).await?;
    drop(tx);
    let platform = &services.settings.platform;
    let text = format!(
        "New in the conversation in {platform}: {}/candidates/{}\n{}",
        services.settings.public_url,
        candidate.id,
        conversation(services, &candidate, &thread, &names)
    );

    let client = client.at(Priority::Background).reserve().await;
    let mut tx = begin_fenced(services, claimed).await?;
    let sending = Noted { up_to: newest.created_at, at: services.now(), state: Note::Sending };
    noted::save(&mut tx, organisation, import.id, &sending).await?;
    tx.commit().await?;

    let error = match client.add_note(&opportunity, &text, import.credited_user.as_deref()).await {
        Ok(_) => return end(services, claimed, &import, Note::Written).await,
        Err(error) => error,
    };
    if !error.certainly_not_applied() {
        return end(services, claimed, &import, Note::Unknown).await;
    }
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::BadRequest => {
            tracing::warn!(import = %import.id, error = inside_of_lever(&error), "Lever refused a note");
            end(services, claimed, &import, Note::None).await
        }
        ErrorKind::Forbidden => {
            let ended = end(services, claimed, &import, Note::None).await?;
            let mut tx = services.store.begin().await?;
            let (kind, id, now) = (AttentionKind::PermissionMissing, services.new_id(), services.now());
            let detail = json!({ "operation": error.operation() });
            attention::raise(&mut tx, organisation, kind, error.operation(), None, &detail, id, now).await?;
            tx.commit().await?;
            services.changes.announce(organisation, Change::Attention);
            Ok(ended)
        }
        _ => {
            let mut tx = begin_fenced(services, claimed).await?;
            let back = before.unwrap_or(Noted { up_to: since, at: since, state: Note::None });
            noted::save(&mut tx, organisation, import.id, &back).await?;
            tx.commit().await?;
            Err(Stop::Lever(error))
        }
    }
}

/// Commits the note's end together with the job's.
async fn end(services: &Services, claimed: &Claimed, import: &Import, to: Note) -> Ended {
    let organisation = claimed.organisation;
    let mut tx = begin_fenced(services, claimed).await?;
    if let Some(noted) = noted::find(&mut tx, organisation, import.id).await? {
        noted::save(&mut tx, organisation, import.id, &Noted { state: to, ..noted }).await?;
    }
    let summary = match to {
        Note::Written => "Added later answers to Lever as a note.",
        Note::Unknown => {
            "A note of later answers may be missing in Lever: its end is not known, and it is not repeated."
        }
        Note::None | Note::Pending | Note::Sending => "Lever took no note of later answers.",
    };
    let entry = Activity {
        id: services.new_id(),
        at: services.now(),
        member: None,
        candidate: Some(import.candidate),
        kind: "import_note",
        summary: summary.to_owned(),
    };
    activity::record(&mut tx, organisation, &entry).await?;
    jobs::finish(&mut tx, claimed).await?;
    tx.commit().await?;
    Ok(Ending::Settled)
}
