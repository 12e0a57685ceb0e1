//! Uploading the résumé of an imported candidate into Lever, exactly once.
//!
//! Only what this installation created in Lever gets a file: linking to an
//! opportunity that was there writes nothing but the note. Lever takes a résumé of
//! its own kind only with the creation of an opportunity; there it would make the
//! one request that must not be repeated larger and slower, so it goes as a file.
//!
//! As with a note, it is committed before the request is written from when on it
//! can be seen whether the file arrived; an end that is not known leads to a look
//! for a file of the same name and size.

use std::time::Duration;

use domain::event::Change;
use domain::ids::{ImportId, OrganisationId};
use domain::import::ImportState;
use domain::job::Job;
use domain::resume::Attachment;
use domain::time::Timestamp;
use lever::{Client, ErrorKind, NewFile, Priority};
use store::activity::{self, Activity};
use store::attachments::{self, Attached};
use store::connections::Connection;
use store::imports::{self, Import};
use store::jobs::Claimed;
use store::resumes::{self, Resume};
use store::{Tx, jobs};

use super::{
    Ended, Ending, Stop, WITHOUT_LEVER, ask_for_permission, begin_fenced, inside_of_lever, lever_of,
    prolonged, still_ours,
};
use crate::{Result, Services, calls, integration};

/// An upload of thirty megabytes may take so many times as long as another request.
const UPLOAD_TAKES: u32 = 6;

/// Queues the upload in the transaction that makes an import *imported*, where the
/// candidate has a résumé and the import `created` the opportunity.
pub(super) async fn enqueue(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    import: &Import,
    created: bool,
) -> Result<()> {
    // What an import that was unlinked had attached.
    attachments::forget(tx, organisation, import.id).await?;
    let Some(resume) = resumes::find(tx, organisation, import.candidate).await? else { return Ok(()) };
    let now = services.now();
    let state = if created { Attachment::Pending } else { Attachment::Linked };
    attachments::save(tx, organisation, import.id, &standing(&resume, state, None, now)).await?;
    if !created {
        return Ok(());
    }
    let job = Job::AttachResume { import: import.id };
    Ok(jobs::enqueue(tx, organisation, &job, services.new_id(), now, now).await?)
}

/// Uploads the file, once.
pub(super) async fn run(services: &Services, claimed: &Claimed, import: ImportId) -> Ended {
    let organisation = claimed.organisation;
    let Some((connection, client)) = lever_of(services, organisation).await? else {
        return Ok(Ending::Wait { until: services.now() + WITHOUT_LEVER });
    };
    let (import, attached) = {
        let mut tx = services.store.read().await?;
        let import = imports::get(&mut tx, organisation, import).await?;
        let Some(import) = import.filter(|import| import.state == ImportState::Imported) else {
            return Ok(Ending::Done);
        };
        let Some(attached) = attachments::find(&mut tx, organisation, import.id).await? else {
            return Ok(Ending::Done);
        };
        (import, attached)
    };
    let Some(opportunity) = import.opportunity.clone() else { return Ok(Ending::Done) };
    calls::about_and_for(import.candidate, import.requested_by);
    let client = client.at(Priority::Background);
    let work = Work { services, claimed, connection, client, import, opportunity };
    match attached.state {
        Attachment::Pending => work.upload().await,
        // It may have arrived.
        Attachment::Sending => work.look(attached).await,
        Attachment::Attached
        | Attachment::Removed
        | Attachment::Forbidden
        | Attachment::Refused
        | Attachment::NobodyToCredit
        | Attachment::Linked
        | Attachment::NotCertain
        | Attachment::KeptFailing => Ok(Ending::Done),
    }
}

/// Tried too often: the import stays as it is, and the candidate's page says so.
pub(super) async fn gave_up(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    import: ImportId,
) -> Result<Vec<Change>> {
    let organisation = claimed.organisation;
    let Some(import) = imports::get(tx, organisation, import).await? else { return Ok(Vec::new()) };
    let Some(attached) = attachments::find(tx, organisation, import.id).await? else { return Ok(Vec::new()) };
    let to = match attached.state {
        Attachment::Pending => Attachment::KeptFailing,
        Attachment::Sending => Attachment::NotCertain,
        _ => return Ok(Vec::new()),
    };
    ended(services, tx, organisation, &import, attached, to).await?;
    Ok(vec![Change::Candidate { id: import.candidate }])
}

fn standing(resume: &Resume, state: Attachment, look_at: Option<Timestamp>, at: Timestamp) -> Attached {
    Attached { name: resume.name.clone(), size: resume.size, state, look_at, at }
}

/// Writes down where it ended, with an entry in the log.
async fn ended(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    import: &Import,
    attached: Attached,
    state: Attachment,
) -> Result<()> {
    let now = services.now();
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: None,
        candidate: Some(import.candidate),
        kind: "resume_attached",
        summary: match state {
            Attachment::Attached => format!("Attached the résumé {} in Lever.", attached.name),
            other => format!("Résumé {}. {}.", attached.name, other.text()),
        },
    };
    let attached = Attached { state, look_at: None, at: now, ..attached };
    attachments::save(tx, organisation, import.id, &attached).await?;
    Ok(activity::record(tx, organisation, &entry).await?)
}

/// One upload in hand.
struct Work<'a> {
    services: &'a Services,
    claimed: &'a Claimed,
    connection: Connection,
    client: Client,
    import: Import,
    opportunity: String,
}

impl Work<'_> {
    fn organisation(&self) -> OrganisationId {
        self.claimed.organisation
    }

    fn deadline(&self) -> Duration {
        self.services.settings.timing.lever_deadline * UPLOAD_TAKES
    }

    /// Uploads what is kept now: it may have been replaced since the import.
    async fn upload(&self) -> Ended {
        let organisation = self.organisation();
        let (resume, content, credited) = {
            let mut tx = self.services.store.read().await?;
            let resume = resumes::find(&mut tx, organisation, self.import.candidate).await?;
            let content = match &resume {
                Some(resume) => resumes::content(&mut tx, organisation, resume.id).await?,
                None => None,
            };
            let credited = match self.import.credited_user.clone() {
                Some(user) => Some(user),
                None => {
                    let member = self.import.requested_by;
                    integration::credited(&mut tx, &self.connection, member).await?.map(|user| user.id)
                }
            };
            (resume, content, credited)
        };
        let (Some(resume), Some(content)) = (resume, content) else {
            return self.end(None, Attachment::Removed, None).await;
        };
        let Some(credited) = credited else {
            return self.end(Some(&resume), Attachment::NobodyToCredit, None).await;
        };

        let timing = self.services.settings.timing;
        let client = self.client.reserve().await;
        let until = {
            let mut tx = begin_fenced(self.services, self.claimed).await?;
            let until = prolonged(self.services, &mut tx, self.claimed).await?;
            let look_at = until + self.deadline() + timing.settle;
            let sending = standing(&resume, Attachment::Sending, Some(look_at), self.services.now());
            attachments::save(&mut tx, organisation, self.import.id, &sending).await?;
            tx.commit().await?;
            until
        };
        still_ours(self.services, self.claimed, until).await?;
        let file = NewFile {
            name: resume.name.clone(),
            media_type: resume.kind.media_type().to_owned(),
            bytes: content,
        };
        let error = match client.upload_file(&self.opportunity, file, &credited, self.deadline()).await {
            Ok(_) => return self.end(Some(&resume), Attachment::Attached, None).await,
            Err(error) => error,
        };
        if !error.certainly_not_applied() {
            return self.uncertain(&resume, &error).await;
        }
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::BadRequest => {
                let import = self.import.id;
                tracing::warn!(%import, error = inside_of_lever(&error), "Lever refused a résumé");
                self.end(Some(&resume), Attachment::Refused, None).await
            }
            ErrorKind::Forbidden => {
                self.end(Some(&resume), Attachment::Forbidden, Some(error.operation())).await
            }
            _ => {
                let mut tx = begin_fenced(self.services, self.claimed).await?;
                let pending = standing(&resume, Attachment::Pending, None, self.services.now());
                attachments::save(&mut tx, organisation, self.import.id, &pending).await?;
                tx.commit().await?;
                Err(Stop::Lever(error))
            }
        }
    }

    /// Looks whether the file that was sent last is there: never before that can be
    /// seen.
    async fn look(&self, sent: Attached) -> Ended {
        if let Some(look_at) = sent.look_at.filter(|look_at| *look_at > self.services.now()) {
            return Ok(Ending::Wait { until: look_at });
        }
        let found = match self.client.files(&self.opportunity).await {
            Ok(files) => files.iter().any(|file| {
                file.name == sent.name && file.size.is_none_or(|size| i64::try_from(size) == Ok(sent.size))
            }),
            Err(error) => {
                return match error.kind() {
                    ErrorKind::NotFound => self.end_of(sent, Attachment::Refused, None).await,
                    ErrorKind::Forbidden => {
                        self.end_of(sent, Attachment::NotCertain, Some(error.operation())).await
                    }
                    _ => Err(error.into()),
                };
            }
        };
        if found { self.end_of(sent, Attachment::Attached, None).await } else { self.upload().await }
    }

    /// The end is not known: the next try looks first.
    async fn uncertain(&self, resume: &Resume, error: &lever::Error) -> Ended {
        let now = self.services.now();
        let look_at = now + self.services.settings.timing.settle;
        let inside = inside_of_lever(error);
        tracing::warn!(import = %self.import.id, error = inside, "the end of an upload is not known");
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        let sending = standing(resume, Attachment::Sending, Some(look_at), now);
        attachments::save(&mut tx, self.organisation(), self.import.id, &sending).await?;
        jobs::retry(&mut tx, self.claimed, look_at, &inside, now).await?;
        tx.commit().await?;
        Ok(Ending::Settled)
    }

    async fn end(&self, resume: Option<&Resume>, state: Attachment, lacks: Option<&'static str>) -> Ended {
        let attached = match resume {
            Some(resume) => standing(resume, state, None, self.services.now()),
            None => {
                let mut tx = self.services.store.read().await?;
                let attached = attachments::find(&mut tx, self.organisation(), self.import.id).await?;
                let Some(attached) = attached else { return Ok(Ending::Done) };
                attached
            }
        };
        self.end_of(attached, state, lacks).await
    }

    /// Commits the end together with the job's, and with the question for a
    /// permission where one is missing.
    async fn end_of(&self, attached: Attached, state: Attachment, lacks: Option<&'static str>) -> Ended {
        let organisation = self.organisation();
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        ended(self.services, &mut tx, organisation, &self.import, attached, state).await?;
        if let Some(operation) = lacks {
            ask_for_permission(self.services, &mut tx, organisation, operation).await?;
        }
        jobs::finish(&mut tx, self.claimed).await?;
        tx.commit().await?;
        self.services.changes.announce(organisation, Change::Candidate { id: self.import.candidate });
        if lacks.is_some() {
            self.services.changes.announce(organisation, Change::Attention);
        }
        Ok(Ending::Settled)
    }
}
