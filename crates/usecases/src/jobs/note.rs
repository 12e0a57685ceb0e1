//! One note of an import in Lever, exactly once: what the note of the import and
//! the notes of later answers have in common.
//!
//! Notes have no tag, so a note's last line is a *reference*, made from the marker
//! of the import and from which message is its newest. Before the request is
//! written it is committed which messages the note holds and from when on it can
//! be seen whether it arrived. An end that is not known, and a holder that
//! vanished, lead to a look: the note with the reference is there, or the same
//! note is written again.

use domain::ids::ImportId;
use domain::time::Timestamp;
use lever::{Client, ErrorKind, Priority};
use store::activity::{self, Activity};
use store::candidates::{self, Candidate};
use store::imports::{self, Import, Note};
use store::jobs::Claimed;
use store::messages::{self, Message};
use store::noted::{self, Noted};
use store::{Tx, jobs, members};

use super::digest::conversation;
use super::{
    Ended, Ending, Stop, WITHOUT_LEVER, ask_for_permission, begin_fenced, inside_of_lever, lever_of,
    prolonged, still_ours,
};
use crate::{Result, Services, calls};

/// Which of the notes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The one of the import itself.
    Import,
    /// One of answers that came later.
    Replies,
}

/// The messages that a note holds: those after `since`, up to `up_to`.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) since: Timestamp,
    pub(super) up_to: Timestamp,
}

/// What looking for a note has shown.
pub(super) enum Looked {
    /// It is not in Lever: this is what it held.
    Missing(Span),
    /// There is nothing more to do now.
    Ended(Ending),
}

/// The notes of one import in hand.
pub(super) struct Work<'a> {
    services: &'a Services,
    claimed: &'a Claimed,
    client: Client,
    pub(super) import: Import,
    opportunity: String,
    /// How far the conversation stands in Lever.
    pub(super) noted: Option<Noted>,
    kind: Kind,
}

/// What is to be done, or why nothing is.
pub(super) enum Loaded<'a> {
    Work(Box<Work<'a>>),
    Ended(Ending),
}

impl<'a> Work<'a> {
    /// Reads what stands about the import.
    pub(super) async fn load(
        services: &'a Services,
        claimed: &'a Claimed,
        import: ImportId,
        kind: Kind,
    ) -> std::result::Result<Loaded<'a>, Stop> {
        let organisation = claimed.organisation;
        let Some((_, client)) = lever_of(services, organisation).await? else {
            return Ok(Loaded::Ended(Ending::Wait { until: services.now() + WITHOUT_LEVER }));
        };
        let mut tx = services.store.read().await?;
        let import = imports::get(&mut tx, organisation, import).await?;
        let Some((import, opportunity)) =
            import.and_then(|import| Some((import.clone(), import.opportunity?)))
        else {
            return Ok(Loaded::Ended(Ending::Done));
        };
        calls::about_and_for(import.candidate, import.requested_by);
        let noted = noted::find(&mut tx, organisation, import.id).await?;
        let client = client.at(Priority::Background);
        Ok(Loaded::Work(Box::new(Self { services, claimed, client, import, opportunity, noted, kind })))
    }

    /// Whose import it is, and what was said with them; `None` when they are gone.
    pub(super) async fn said(&self) -> Result<Option<(Candidate, Vec<Message>)>> {
        let organisation = self.claimed.organisation;
        let mut tx = self.services.store.read().await?;
        let Some(candidate) = candidates::get(&mut tx, organisation, self.import.candidate).await? else {
            return Ok(None);
        };
        let thread = messages::list(&mut tx, organisation, candidate.id).await?;
        Ok(Some((candidate, thread)))
    }

    /// Looks whether the note that was sent last is there: never before that can
    /// be seen.
    pub(super) async fn look(&self) -> std::result::Result<Looked, Stop> {
        let Some(Noted { since: Some(since), up_to, look_at: Some(look_at), .. }) = self.noted else {
            // Written without a reference, by a version that knew none.
            return self.end(Note::Unknown, None).await.map(Looked::Ended);
        };
        if look_at > self.services.now() {
            return Ok(Looked::Ended(Ending::Wait { until: look_at }));
        }
        let span = Span { since, up_to };
        let ended = match self.client.notes(&self.opportunity).await {
            Ok(notes) if notes.iter().any(|note| self.is_ours(note, span)) => {
                self.end(Note::Written, None).await
            }
            Ok(_) => return Ok(Looked::Missing(span)),
            Err(error) if error.kind() == ErrorKind::NotFound => self.end(Note::None, None).await,
            Err(error) if error.kind() == ErrorKind::Forbidden => {
                self.end(Note::Unknown, Some(error.operation())).await
            }
            Err(error) => Err(error.into()),
        };
        ended.map(Looked::Ended)
    }

    /// Writes a note with this head and the messages of `span`.
    pub(super) async fn send(
        &self,
        candidate: &Candidate,
        head: &str,
        thread: &[Message],
        span: Span,
    ) -> Ended {
        let text = self.text(candidate, head, thread, span).await?;
        let timing = self.services.settings.timing;
        let client = self.client.reserve().await;
        let until = {
            let mut tx = begin_fenced(self.services, self.claimed).await?;
            let until = prolonged(self.services, &mut tx, self.claimed).await?;
            let look_at = until + timing.lever_deadline + timing.settle;
            if !self.stands(&mut tx, span, Note::Sending, Some(look_at)).await? {
                return Ok(Ending::Done);
            }
            tx.commit().await?;
            until
        };
        still_ours(self.services, self.claimed, until).await?;
        let error =
            match client.add_note(&self.opportunity, &text, self.import.credited_user.as_deref()).await {
                Ok(_) => return self.end(Note::Written, None).await,
                Err(error) => error,
            };
        if !error.certainly_not_applied() {
            return self.uncertain(span, &error).await;
        }
        match error.kind() {
            // Deleted meanwhile, or refused for good: the import itself is done.
            ErrorKind::NotFound | ErrorKind::BadRequest => {
                let import = self.import.id;
                tracing::warn!(%import, error = inside_of_lever(&error), "Lever refused a note");
                self.end(Note::None, None).await
            }
            ErrorKind::Forbidden => self.end(Note::None, Some(error.operation())).await,
            _ => {
                let mut tx = begin_fenced(self.services, self.claimed).await?;
                self.stands(&mut tx, span, Note::Pending, None).await?;
                tx.commit().await?;
                Err(Stop::Lever(error))
            }
        }
    }

    async fn text(
        &self,
        candidate: &Candidate,
        head: &str,
        thread: &[Message],
        span: Span,
    ) -> Result<String> {
        let names = {
            let mut tx = self.services.store.read().await?;
            members::names(&mut tx, self.claimed.organisation).await?
        };
        let held = thread
            .iter()
            .position(|message| message.created_at > span.since)
            .map_or(&[][..], |first| &thread[first..]);
        let held = &held[..held.partition_point(|message| message.created_at <= span.up_to)];
        let mut text = head.to_owned();
        if !held.is_empty() {
            text.push_str(&conversation(candidate, held, &names));
        }
        // An @ before a word would notify the Lever user of that name.
        let text = text.replace('@', "@\u{200b}");
        Ok(format!("{text}\n{}\n", self.reference(span)))
    }

    /// The last line of the note, by which it is found again.
    fn reference(&self, span: Span) -> String {
        format!("Reference: {}/{}", self.import.marker, span.up_to.0)
    }

    fn is_ours(&self, note: &lever::Note, span: Span) -> bool {
        let reference = self.reference(span);
        let last = |text: &str| text.lines().map(str::trim).rfind(|line| !line.is_empty()).map(str::to_owned);
        note.fields.iter().any(|field| last(&field.value).as_ref() == Some(&reference))
    }

    /// Says where the note stands; `false` when the import has begun anew.
    async fn stands(&self, tx: &mut Tx, span: Span, state: Note, look_at: Option<Timestamp>) -> Result<bool> {
        let (organisation, now) = (self.claimed.organisation, self.services.now());
        let noted = Noted { since: Some(span.since), up_to: span.up_to, at: now, look_at, state };
        noted::save(tx, organisation, self.import.id, &noted).await?;
        if self.kind == Kind::Replies {
            return Ok(true);
        }
        let from = if state == Note::Sending { self.import.note } else { Note::Sending };
        Ok(imports::move_note(tx, organisation, self.import.id, from, state, now).await?)
    }

    /// The end is not known: the next try looks first.
    async fn uncertain(&self, span: Span, error: &lever::Error) -> Ended {
        let now = self.services.now();
        let look_at = now + self.services.settings.timing.settle;
        let inside = inside_of_lever(error);
        tracing::warn!(import = %self.import.id, error = inside, "the end of a note is not known");
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        let noted = Noted {
            since: Some(span.since),
            up_to: span.up_to,
            at: now,
            look_at: Some(look_at),
            state: Note::Sending,
        };
        noted::save(&mut tx, self.claimed.organisation, self.import.id, &noted).await?;
        jobs::retry(&mut tx, self.claimed, look_at, &inside, now).await?;
        tx.commit().await?;
        Ok(Ending::Settled)
    }

    /// Commits the note's end together with the job's, and with the question for a
    /// permission where one is missing.
    async fn end(&self, to: Note, lacks: Option<&'static str>) -> Ended {
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        ended(self.services, &mut tx, self.claimed, &self.import, self.kind, to).await?;
        if let Some(operation) = lacks {
            ask_for_permission(self.services, &mut tx, self.claimed.organisation, operation).await?;
        }
        jobs::finish(&mut tx, self.claimed).await?;
        tx.commit().await?;
        if lacks.is_some() {
            self.services.changes.announce(self.claimed.organisation, domain::event::Change::Attention);
        }
        Ok(Ending::Settled)
    }
}

/// Writes down where a note ended, in the transaction that ends its job.
pub(super) async fn ended(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    import: &Import,
    kind: Kind,
    to: Note,
) -> Result<()> {
    let (organisation, now) = (claimed.organisation, services.now());
    if let Some(noted) = noted::find(tx, organisation, import.id).await? {
        noted::save(tx, organisation, import.id, &Noted { state: to, look_at: None, ..noted }).await?;
    }
    if kind == Kind::Import {
        for from in [Note::Pending, Note::Sending] {
            imports::move_note(tx, organisation, import.id, from, to, now).await?;
        }
    }
    let summary = match (kind, to) {
        (Kind::Import, Note::Written) => "Added the conversation to Lever as a note.",
        (Kind::Import, Note::Unknown) => {
            "The note in Lever may be missing: it could not be seen whether it arrived, and it is not repeated."
        }
        (Kind::Import, Note::None | Note::Pending | Note::Sending) => "No note was added in Lever.",
        (Kind::Replies, Note::Written) => "Added later answers to Lever as a note.",
        (Kind::Replies, Note::Unknown) => {
            "A note of later answers may be missing in Lever: it could not be seen whether it arrived, and it is \
             not repeated."
        }
        (Kind::Replies, Note::None | Note::Pending | Note::Sending) => "Lever took no note of later answers.",
    };
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: None,
        candidate: Some(import.candidate),
        kind: "import_note",
        summary: summary.to_owned(),
    };
    Ok(activity::record(tx, organisation, &entry).await?)
}
