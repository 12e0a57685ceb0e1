//! Writing the one note of an import: what was said, the score, the way back.

use domain::event::Change;
use domain::ids::ImportId;
use domain::time::Timestamp;
use store::Tx;
use store::candidates::Candidate;
use store::imports::{self, Note};
use store::jobs::Claimed;
use store::messages::Message;

use super::note::{self, Kind, Loaded, Looked, Span, Work};
use super::{Ended, Ending};
use crate::{Result, Services};

/// Writes the note, once.
pub(super) async fn run(services: &Services, claimed: &Claimed, import: ImportId) -> Ended {
    let work = match Work::load(services, claimed, import, Kind::Import).await? {
        Loaded::Work(work) => work,
        Loaded::Ended(ended) => return Ok(ended),
    };
    let sent = match work.import.note {
        Note::Pending => None,
        // It may have arrived.
        Note::Sending => match work.look().await? {
            Looked::Missing(span) => Some(span),
            Looked::Ended(ended) => return Ok(ended),
        },
        Note::None | Note::Written | Note::Unknown => return Ok(Ending::Done),
    };
    let Some((candidate, thread)) = work.said().await? else { return Ok(Ending::Done) };
    let span = sent.unwrap_or_else(|| {
        let newest = thread.last().map(|message| message.created_at);
        Span { since: Timestamp(0), up_to: newest.unwrap_or(work.import.created_at) }
    });
    work.send(&candidate, &head(services, &candidate, &thread), &thread, span).await
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
    note::ended(services, tx, claimed, &import, Kind::Import, to).await?;
    Ok(Vec::new())
}

/// What stands above the conversation.
fn head(services: &Services, candidate: &Candidate, thread: &[Message]) -> String {
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
    }
    text
}
