//! Work that was given up: who learns of it, and how it is tried again.

use domain::attention::AttentionKind;
use domain::bulk_message::BulkMessageState;
use domain::event::Change;
use domain::ids::{CandidateId, ImportId, OrganisationId};
use domain::import::BulkState;
use domain::job::Job;
use domain::resume::Attachment;
use serde_json::json;
use store::attachments::{self, Attached};
use store::imports::{self, Note};
use store::jobs::Claimed;
use store::noted::{self, Noted};
use store::reconciliations::Cause;
use store::{
    Tx, arrivals_aside, attention, bulk_imports, bulk_messages, connections, erasures, jobs, opportunities,
};

use super::reconcile;
use crate::{Result, Services};

/// Where people learn that a job of a kind was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// By an attention item of another kind, or by the page that it is about.
    Otherwise,
    /// By [`AttentionKind::WorkGivenUp`].
    Here,
    /// As [`Told::Here`]; but where a permission is missing by the question for that, because
    /// the next one begins by the clock.
    HereUnlessForbidden,
}

fn told(job: &Job) -> Told {
    match job {
        // Failed, not applied, not written, not sent.
        Job::ImportCandidate { .. }
        | Job::ApplyOpportunity { .. }
        | Job::WriteStatus { .. }
        | Job::WriteContact { .. }
        | Job::SendMessage { .. }
        // The question what becomes of the data stays open.
        | Job::EraseCandidate { .. }
        // The card says that they are to be removed by hand: the key for it is gone.
        | Job::RemoveWebhooks { .. } => Told::Otherwise,
        Job::RefreshCatalogue { .. } | Job::Reconcile { .. } => Told::HereUnlessForbidden,
        Job::RunBulkImport { .. }
        | Job::RunBulkMessage { .. }
        | Job::StartHeldImport { .. }
        | Job::AddImportNote { .. }
        | Job::AddReplyNote { .. }
        | Job::AttachResume { .. }
        | Job::TakeInDelivery { .. }
        | Job::ReplayQuarantine { .. }
        | Job::TidyWebhooks { .. }
        | Job::SendAttentionMail { .. } => Told::Here,
    }
}

/// Asks people about a job that is given up, unless they learn of it otherwise. Gives whether
/// it does.
pub(super) async fn tell(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    forbidden: bool,
) -> Result<bool> {
    match told(&claimed.job) {
        Told::Otherwise => return Ok(false),
        Told::HereUnlessForbidden if forbidden => return Ok(false),
        Told::Here | Told::HereUnlessForbidden => {}
    }
    let (organisation, now) = (claimed.organisation, services.now());
    let candidate = candidate_of(tx, organisation, &claimed.job).await?;
    if let Some(candidate) = candidate
        && erasures::is_erased(tx, organisation, candidate).await?
    {
        return Ok(false);
    }
    let (kind, detail, id) = (AttentionKind::WorkGivenUp, json!({ "job": claimed.job }), services.new_id());
    attention::raise(tx, organisation, kind, &claimed.key, candidate, &detail, id, now).await?;
    Ok(true)
}

/// Whom a job is about, where it is about one candidate.
async fn candidate_of(tx: &mut Tx, organisation: OrganisationId, job: &Job) -> Result<Option<CandidateId>> {
    Ok(match job {
        Job::AddImportNote { import } | Job::AddReplyNote { import } | Job::AttachResume { import } => {
            imports::get(tx, organisation, *import).await?.map(|import| import.candidate)
        }
        Job::StartHeldImport { candidate } => Some(*candidate),
        Job::TakeInDelivery { arrival } => {
            let aside = arrivals_aside::find(tx, organisation, *arrival).await?;
            match aside.and_then(|aside| aside.opportunity) {
                Some(id) => opportunities::get(tx, organisation, &id).await?.map(|linked| linked.candidate),
                None => None,
            }
        }
        _ => None,
    })
}

/// Queues a job that was given up again, from where it was left. Gives what open screens are
/// told after the commit.
///
/// # Errors
/// As the store says.
pub(crate) async fn again(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    job: &Job,
) -> Result<Vec<Change>> {
    let now = services.now();
    let mut told = Vec::new();
    jobs::forget_dead(tx, organisation, job, now).await?;
    match job {
        Job::RunBulkImport { bulk } => {
            let (from, to) = (BulkState::Paused, BulkState::Running);
            bulk_imports::move_state(tx, organisation, *bulk, from, to, now).await?;
            told.push(Change::BulkImport { id: *bulk });
        }
        Job::RunBulkMessage { bulk } => {
            let (from, to) = (BulkMessageState::Stopped, BulkMessageState::Running);
            bulk_messages::move_state(tx, organisation, *bulk, from, to, now).await?;
        }
        Job::AddImportNote { import } => note_again(services, tx, organisation, *import).await?,
        Job::AttachResume { import } => attach_again(services, tx, organisation, *import).await?,
        Job::Reconcile { .. } => {
            // That run is over: another begins.
            if let Some(connection) = connections::find(tx, organisation).await? {
                reconcile::enqueue(tx, services, organisation, connection.id, Cause::Asked).await?;
            }
            return Ok(told);
        }
        _ => {}
    }
    jobs::enqueue(tx, organisation, job, services.new_id(), now, now).await?;
    Ok(told)
}

/// One that may have arrived is looked for first.
async fn note_again(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    import: ImportId,
) -> Result<()> {
    let now = services.now();
    imports::move_note(tx, organisation, import, Note::None, Note::Pending, now).await?;
    if imports::move_note(tx, organisation, import, Note::Unknown, Note::Sending, now).await?
        && let Some(noted) = noted::find(tx, organisation, import).await?
    {
        let noted = Noted { state: Note::Sending, look_at: Some(now), ..noted };
        noted::save(tx, organisation, import, &noted).await?;
    }
    Ok(())
}

/// As [`note_again`].
async fn attach_again(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    import: ImportId,
) -> Result<()> {
    let now = services.now();
    let Some(attached) = attachments::find(tx, organisation, import).await? else { return Ok(()) };
    let (state, look_at) = match attached.state {
        Attachment::KeptFailing => (Attachment::Pending, None),
        Attachment::NotCertain => (Attachment::Sending, Some(now)),
        _ => return Ok(()),
    };
    let attached = Attached { state, look_at, at: now, ..attached };
    Ok(attachments::save(tx, organisation, import, &attached).await?)
}
