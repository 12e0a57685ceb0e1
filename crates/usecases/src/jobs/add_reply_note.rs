//! Writing what was said since the last note of an import, one note a day.

use std::time::Duration;

use domain::ids::{ImportId, OrganisationId};
use domain::import::ImportState;
use domain::job::Job;
use domain::time::Timestamp;
use store::imports::{Import, Note};
use store::jobs::Claimed;
use store::{Tx, import_settings, jobs, noted};

use super::note::{Kind, Loaded, Looked, Span, Work};
use super::{Ended, Ending};
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
    let work = match Work::load(services, claimed, import, Kind::Replies).await? {
        Loaded::Work(work) => work,
        Loaded::Ended(ended) => return Ok(ended),
    };
    if matches!(work.import.note, Note::Pending | Note::Sending) {
        return Ok(Ending::Wait { until: services.now() + GATHERING });
    }
    // What may have arrived is looked for even where no notes are wanted any more.
    let sent = match &work.noted {
        Some(noted) if noted.state == Note::Sending => match work.look().await? {
            Looked::Missing(span) => Some(span),
            Looked::Ended(ended) => return Ok(ended),
        },
        _ => None,
    };
    let wanted = {
        let mut tx = services.store.read().await?;
        import_settings::load(&mut tx, claimed.organisation).await?.note_of_replies
    };
    let Some((candidate, thread)) = work.said().await?.filter(|_| wanted) else {
        return Ok(Ending::Done);
    };
    let since = sent.map(|sent| sent.since).unwrap_or_else(|| since(&work));
    let new = || thread.iter().filter(|message| message.created_at > since);
    let Some(newest) = new().next_back().filter(|_| new().any(|message| message.inbound)) else {
        return Ok(Ending::Done);
    };
    let span = sent.unwrap_or(Span { since, up_to: newest.created_at });
    let head = format!(
        "New in the conversation in {}: {}/candidates/{}\n",
        services.settings.platform, services.settings.public_url, candidate.id
    );
    work.send(&candidate, &head, &thread, span).await
}

/// Up to which message the conversation is in Lever.
fn since(work: &Work<'_>) -> Timestamp {
    match &work.noted {
        None => work.import.created_at,
        // The last one was certainly not written.
        Some(noted) if noted.state == Note::Pending => noted.since.unwrap_or(work.import.created_at),
        Some(noted) => noted.up_to,
    }
}
