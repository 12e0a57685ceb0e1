//! Writing the one note of an import: what was said, the score, the way back.
//!
//! Notes have no marker to look for, so a note whose end is not known is never
//! repeated: none is better than two.

use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::{ImportId, MemberId, OrganisationId};
use lever::{ErrorKind, Priority};
use serde_json::json;
use std::collections::BTreeMap;
use store::activity::{self, Activity};
use store::candidates::{self, Candidate};
use store::imports::{self, Import, Note};
use store::jobs::Claimed;
use store::messages::{self, Message};
use store::noted::{self, Noted};
use store::{Tx, attention, jobs, members};

use super::digest::conversation;
use super::{Ended, Ending, Stop, WITHOUT_LEVER, begin_fenced, inside_of_lever, lever_of};
use crate::{Result, Services};

/// Writes the note, once.
pub(super) async fn run(services: &Services, claimed: &Claimed, import: ImportId) -> Ended {
    let organisation = claimed.organisation;
    let Some((_, client)) = lever_of(services, organisation).await? else {
        return Ok(Ending::Wait { until: services.now() + WITHOUT_LEVER });
    };
    let (import, text, newest) = {
        let mut tx = services.store.read().await?;
        let Some(import) = imports::get(&mut tx, organisation, import).await? else {
            return Ok(Ending::Done);
        };
        let Some(candidate) = candidates::get(&mut tx, organisation, import.candidate).await? else {
            return Ok(Ending::Done);
        };
        let thread = messages::list(&mut tx, organisation, candidate.id).await?;
        let names = members::names(&mut tx, organisation).await?;
        let text = note(services, &candidate, &thread, &names);
        (import, text, thread.last().map(|message| message.created_at))
    };
    match import.note {
        Note::Pending => {}
        // A crash or a lost lease between writing and its end.
        Note::Sending => return end(services, claimed, &import, Note::Unknown).await,
        Note::None | Note::Written | Note::Unknown => return Ok(Ending::Done),
    }
    let Some(opportunity) = import.opportunity.clone() else { return Ok(Ending::Done) };

    let client = client.at(Priority::Background).reserve().await;
    let mut tx = begin_fenced(services, claimed).await?;
    let now = services.now();
    if !imports::move_note(&mut tx, organisation, import.id, Note::Pending, Note::Sending, now).await? {
        return Ok(Ending::Done);
    }
    let up_to = newest.unwrap_or(import.created_at);
    noted::save(&mut tx, organisation, import.id, &Noted { up_to, at: now, state: Note::Written }).await?;
    tx.commit().await?;

    let error = match client.add_note(&opportunity, &text, import.credited_user.as_deref()).await {
        Ok(_) => return end(services, claimed, &import, Note::Written).await,
        Err(error) => error,
    };
    if !error.certainly_not_applied() {
        return end(services, claimed, &import, Note::Unknown).await;
    }
    match error.kind() {
        // Deleted meanwhile, or refused for good: the import itself is done.
        ErrorKind::NotFound | ErrorKind::BadRequest => {
            tracing::warn!(import = %import.id, error = inside_of_lever(&error), "Lever refused a note");
            end(services, claimed, &import, Note::None).await
        }
        ErrorKind::Forbidden => {
            let ended = end(services, claimed, &import, Note::None).await?;
            let mut tx = services.store.begin().await?;
            let (kind, id) = (AttentionKind::PermissionMissing, services.new_id());
            let detail = json!({ "operation": error.operation() });
            attention::raise(&mut tx, organisation, kind, error.operation(), None, &detail, id, now).await?;
            tx.commit().await?;
            services.changes.announce(organisation, Change::Attention);
            Ok(ended)
        }
        _ => {
            let mut tx = begin_fenced(services, claimed).await?;
            let now = services.now();
            imports::move_note(&mut tx, organisation, import.id, Note::Sending, Note::Pending, now).await?;
            tx.commit().await?;
            Err(Stop::Lever(error))
        }
    }
}

/// Tried too often: the import stays as it is, without its note.
pub(super) async fn gave_up(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    import: ImportId,
) -> Result<Vec<Change>> {
    let organisation = claimed.organisation;
    let Some(import) = imports::get(tx, organisation, import).await? else { return Ok(Vec::new()) };
    let to = match import.note {
        Note::Pending => Note::None,
        Note::Sending => Note::Unknown,
        Note::None | Note::Written | Note::Unknown => return Ok(Vec::new()),
    };
    imports::move_note(tx, organisation, import.id, import.note, to, services.now()).await?;
    log(services, tx, organisation, &import, to).await?;
    Ok(Vec::new())
}

/// Commits the note's end together with the job's.
async fn end(services: &Services, claimed: &Claimed, import: &Import, to: Note) -> Ended {
    let organisation = claimed.organisation;
    let mut tx = begin_fenced(services, claimed).await?;
    imports::move_note(&mut tx, organisation, import.id, Note::Sending, to, services.now()).await?;
    log(services, &mut tx, organisation, import, to).await?;
    jobs::finish(&mut tx, claimed).await?;
    tx.commit().await?;
    Ok(Ending::Settled)
}

async fn log(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    import: &Import,
    end: Note,
) -> Result<()> {
    let summary = match end {
        Note::Written => "Added the conversation to Lever as a note.",
        Note::Unknown => "The note in Lever may be missing: its end is not known, and it is not repeated.",
        Note::None | Note::Pending | Note::Sending => "No note was added in Lever.",
    };
    let entry = Activity {
        id: services.new_id(),
        at: services.now(),
        member: None,
        candidate: Some(import.candidate),
        kind: "import_note",
        summary: summary.to_owned(),
    };
    Ok(activity::record(tx, organisation, &entry).await?)
}

/// The text of the note.
fn note(
    services: &Services,
    candidate: &Candidate,
    thread: &[Message],
    names: &BTreeMap<MemberId, String>,
) -> String {
    let platform = &services.settings.platform;
    let mut text = format!("Imported from {platform}.\n");
    if let Some(score) = candidate.score {
        text.push_str(&format!("Coding score: {score}\n"));
    }
    if !candidate.skills.is_empty() {
        text.push_str(&format!("Skills: {}\n", candidate.skills.join(", ")));
    }
    text.push_str(&format!("In {platform}: {}/candidates/{}\n", services.settings.public_url, candidate.id));
    if !thread.is_empty() {
        text.push_str("\nConversation:\n");
        text.push_str(&conversation(services, candidate, thread, names));
    }
    text
}
