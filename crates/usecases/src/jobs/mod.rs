//! Background work, one file a job.
//!
//! A job ends in one of the ways of [`Ending`], or is stopped by one of the
//! reasons of [`Stop`]; the worker settles what the job did not settle itself.
//! Every job may be run again at any point: a crash, a lost lease and a second
//! delivery all look the same to it.
//!
//! # Adding a job
//!
//! 1. Name it in `domain::job::Job`: payload, key, priority.
//! 2. Write its file here with `pub(super) async fn run(..) -> Ended`. Read,
//!    ask Lever without a transaction, then write in one that holds the fence
//!    ([`begin_fenced`]).
//! 3. Add it to [`run`], and to [`gave_up`] if something must be put right at its
//!    end. Who learns of that is said in [`given_up`].

mod add_import_note;
mod add_reply_note;
mod apply_opportunity;
mod attach_resume;
mod digest;
mod erase_candidate;
mod gather;
pub(crate) mod given_up;
mod import_candidate;
mod note;
mod reconcile;
mod refresh_catalogue;
mod remove_webhooks;
mod replay_quarantine;
mod run_bulk_import;
mod run_bulk_message;
mod send_attention_mail;
mod send_message;
mod settle_deliveries;
mod start_held_import;
mod take_in_delivery;
mod tidy_webhooks;
mod write_contact;
mod write_status;

pub(crate) use add_reply_note::enqueue as enqueue_reply_note;
pub(crate) use apply_opportunity::{follow_now, last_open, place_left, place_name};
pub(crate) use reconcile::enqueue as enqueue_reconciliation;

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::OrganisationId;
use domain::job::Job;
use domain::time::Timestamp;
use domain::view::{PermissionRow, PermissionWorks};
use lever::{Client, Confidentiality, Need};
use serde_json::json;
use store::connections::Connection;
use store::jobs::Claimed;
use store::{Tx, attention, connections, jobs};

use crate::{Error, Result, Services, VaultError, calls, integration};

/// How long a job waits that finds no key although Lever is connected: the
/// connection is just being changed.
const WITHOUT_LEVER: Duration = Duration::from_secs(5);

/// How a job ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// It finished itself, in the transaction of its last change.
    Settled,
    /// There is nothing left to do: the worker finishes it.
    Done,
    /// It goes on later; waiting is no failure.
    Wait {
        /// Not before this instant.
        until: Timestamp,
    },
    /// It failed, and is tried again until its attempts are used up.
    Retry {
        /// When; `None`: after the usual pause.
        at: Option<Timestamp>,
        /// The inside, for the log.
        error: String,
    },
    /// It failed for good.
    Dead {
        /// The inside, for the log.
        error: String,
    },
}

/// Why a job was stopped on its way.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Somebody else has the job now: nothing may be changed any more.
    LeaseLost,
    /// Lever answered with an error that means the same to every job.
    Lever(lever::Error),
    /// A fault of ours.
    Fault(Error),
}

/// What running a job gives.
pub(crate) type Ended = std::result::Result<Ending, Stop>;

impl From<lever::Error> for Stop {
    fn from(error: lever::Error) -> Self {
        Self::Lever(error)
    }
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        match error {
            // An update that must find its row did not: somebody else moved it.
            store::Error::RowsTouched { .. } => Self::LeaseLost,
            error => Self::Fault(error.into()),
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

impl From<VaultError> for Stop {
    fn from(error: VaultError) -> Self {
        Self::Fault(Error::internal(error))
    }
}

/// Runs a claimed job.
pub(crate) async fn run(services: &Services, claimed: &Claimed) -> Ended {
    // A job is as large as the largest of them: on the heap, not on every worker's stack.
    calls::during(claimed.job.kind(), Box::pin(run_one(services, claimed))).await
}

async fn run_one(services: &Services, claimed: &Claimed) -> Ended {
    match &claimed.job {
        Job::ImportCandidate { import } => import_candidate::run(services, claimed, *import).await,
        Job::RunBulkImport { bulk } => run_bulk_import::run(services, claimed, *bulk).await,
        Job::AddImportNote { import } => add_import_note::run(services, claimed, *import).await,
        Job::StartHeldImport { candidate } => start_held_import::run(services, claimed, *candidate).await,
        Job::AddReplyNote { import } => add_reply_note::run(services, claimed, *import).await,
        Job::AttachResume { import } => attach_resume::run(services, claimed, *import).await,
        Job::ApplyOpportunity { opportunity } => apply_opportunity::run(services, claimed, opportunity).await,
        Job::WriteStatus { opportunity } => write_status::run(services, claimed, opportunity).await,
        Job::WriteContact { candidate } => write_contact::run(services, claimed, *candidate).await,
        Job::RefreshCatalogue { connection } => refresh_catalogue::run(services, claimed, *connection).await,
        Job::Reconcile { reconciliation } => reconcile::run(services, claimed, *reconciliation).await,
        Job::TakeInDelivery { arrival } => take_in_delivery::run(services, claimed, *arrival).await,
        Job::ReplayQuarantine { connection } => replay_quarantine::run(services, claimed, *connection).await,
        Job::TidyWebhooks { connection } => tidy_webhooks::run(services, claimed, *connection).await,
        Job::RemoveWebhooks { connection } => remove_webhooks::run(services, claimed, *connection).await,
        Job::EraseCandidate { candidate } => erase_candidate::run(services, claimed, *candidate).await,
        Job::SendMessage { message } => send_message::run(services, claimed, *message).await,
        Job::RunBulkMessage { bulk } => run_bulk_message::run(services, claimed, *bulk).await,
        Job::SendAttentionMail { about, member } => {
            send_attention_mail::run(services, claimed, *about, *member).await
        }
    }
}

/// Tells whoever must know that a job is given up, in the transaction that
/// buries it; `forbidden`: because a permission is missing, which people are asked for.
/// Gives what open screens are told after the commit.
pub(crate) async fn gave_up(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    forbidden: bool,
) -> Result<Vec<Change>> {
    let mut told = match &claimed.job {
        Job::ImportCandidate { import } => import_candidate::gave_up(services, tx, claimed, *import).await?,
        Job::RunBulkImport { bulk } => run_bulk_import::gave_up(services, tx, claimed, *bulk).await?,
        Job::AddImportNote { import } => add_import_note::gave_up(services, tx, claimed, *import).await?,
        Job::AttachResume { import } => attach_resume::gave_up(services, tx, claimed, *import).await?,
        Job::ApplyOpportunity { opportunity } => {
            apply_opportunity::gave_up(services, tx, claimed, opportunity).await?
        }
        Job::WriteContact { candidate } => write_contact::gave_up(services, tx, claimed, *candidate).await?,
        Job::WriteStatus { opportunity } => write_status::gave_up(services, tx, claimed, opportunity).await?,
        Job::Reconcile { reconciliation } => {
            reconcile::gave_up(services, tx, claimed, *reconciliation).await?
        }
        Job::RemoveWebhooks { connection } => {
            remove_webhooks::gave_up(services, tx, claimed, *connection).await?
        }
        Job::SendMessage { message } => send_message::gave_up(services, tx, claimed, *message).await?,
        Job::RunBulkMessage { bulk } => run_bulk_message::gave_up(services, tx, claimed, *bulk).await?,
        // The next one starts from the beginning.
        Job::RefreshCatalogue { .. }
        | Job::TakeInDelivery { .. }
        | Job::ReplayQuarantine { .. }
        | Job::TidyWebhooks { .. }
        | Job::EraseCandidate { .. }
        | Job::AddReplyNote { .. }
        | Job::SendAttentionMail { .. }
        | Job::StartHeldImport { .. } => Vec::new(),
    };
    if given_up::tell(services, tx, claimed, forbidden).await? {
        told.push(Change::Attention);
    }
    Ok(told)
}

/// Begins a transaction that may change something on behalf of the job: until
/// it ends nobody can take the job over.
pub(crate) async fn begin_fenced(services: &Services, claimed: &Claimed) -> std::result::Result<Tx, Stop> {
    let mut tx = services.store.begin().await?;
    if jobs::holds_lease(&mut tx, claimed, services.now()).await? { Ok(tx) } else { Err(Stop::LeaseLost) }
}

/// Prolongs the lease in a transaction that commits an intent; gives until when
/// the holder may begin what it intends.
pub(crate) async fn prolonged(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
) -> std::result::Result<Timestamp, Stop> {
    let lease = services.settings.timing.lease;
    jobs::renew(tx, claimed, services.now(), lease).await?.ok_or(Stop::LeaseLost)
}

/// The last look at the lease before a request that must not be written twice.
pub(crate) async fn still_ours(
    services: &Services,
    claimed: &Claimed,
    until: Timestamp,
) -> std::result::Result<(), Stop> {
    let mut tx = services.store.read().await?;
    let now = services.now();
    let ours = now < until && jobs::still_holds(&mut tx, claimed, now).await?;
    if ours { Ok(()) } else { Err(Stop::LeaseLost) }
}

/// Asks people for the permission that a call of Lever's API needs and the key lacks, until
/// Lever allows it; see [`calls`].
pub(crate) async fn ask_for_permission(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    operation: &'static str,
) -> std::result::Result<(), store::Error> {
    let (kind, id, now) = (AttentionKind::PermissionMissing, services.new_id(), services.now());
    let detail = json!({ "operation": operation, "at": now });
    attention::raise(tx, organisation, kind, operation, None, &detail, id, now).await?;
    Ok(())
}

/// The organisation's connection and a client with its key; `None` while it has
/// no key: the job waits, since a claim skips organisations without Lever.
pub(crate) async fn lever_of(
    services: &Services,
    organisation: OrganisationId,
) -> Result<Option<(Connection, Client)>> {
    let connection = {
        let mut tx = services.store.read().await?;
        connections::find(&mut tx, organisation).await?
    };
    let Some(connection) = connection.filter(|connection| connection.state.accepts_imports()) else {
        return Ok(None);
    };
    Ok(integration::client_of(services, &connection)?.map(|client| (connection, client)))
}

/// Which opportunities may be listed: confidential ones too where the key may.
pub(crate) fn confidentiality(connection: &Connection) -> Option<Confidentiality> {
    let rows: Vec<PermissionRow> = serde_json::from_str(&connection.permissions).unwrap_or_default();
    let tick = Need::ConfidentialData.tick_in_lever();
    rows.iter()
        .any(|row| row.tick == tick && row.works == PermissionWorks::Yes)
        .then_some(Confidentiality::All)
}

/// An error with its causes, for the log and for dead letters.
pub(crate) fn inside(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// [`inside`] of an error of Lever, with Lever's own words.
pub(crate) fn inside_of_lever(error: &lever::Error) -> String {
    match error.lever_message() {
        Some(words) => format!("{} (Lever's words: {words})", inside(error)),
        None => inside(error),
    }
}
