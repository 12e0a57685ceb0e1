//! The activity page.

use domain::actor::{Action, Actor};
use domain::time::Timestamp;
use domain::view::{ActivityPage, ActivityRow};
use store::activity::{self, Older};

use crate::{Result, Services};

/// Entries of a page.
const PAGE: u32 = 100;
/// What Lever did, as told by a delivery, a reading or an answer of its API.
const BY_LEVER: [&str; 3] = ["status_from_lever", "unlinked", "key_rejected"];
/// What candidates did.
const BY_CANDIDATE: [&str; 1] = ["answer_received"];

/// One page, newest first; `before` is the cursor of the page. One that cannot
/// be read gives the first page.
///
/// # Errors
/// [`domain::problem::Problem::NotAllowed`] for a Recruiter.
pub async fn list(services: &Services, actor: &Actor, before: Option<&str>) -> Result<ActivityPage> {
    services.require(actor, Action::SeeActivity)?;
    let mut tx = services.store.read().await?;
    let older = before.and_then(read_cursor);
    let mut entries = activity::list(&mut tx, actor.organisation, older, PAGE + 1).await?;
    let more = entries.len() > PAGE as usize;
    entries.truncate(PAGE as usize);
    let next = entries.last().filter(|_| more).map(|last| format!("{}.{}", last.at.0, last.id));
    let rows = entries
        .into_iter()
        .map(|entry| ActivityRow {
            id: entry.id,
            at: services.moment(entry.at),
            who: match entry.member {
                Some(name) => name,
                None if BY_LEVER.contains(&&*entry.kind) => "Lever".into(),
                None if BY_CANDIDATE.contains(&&*entry.kind) => "Candidate".into(),
                None => services.settings.platform.clone(),
            },
            what: entry.summary,
            candidate: entry.candidate,
        })
        .collect();
    Ok(ActivityPage { rows, next })
}

fn read_cursor(text: &str) -> Option<Older> {
    let (millis, id) = text.split_once('.')?;
    Some(Older { at: Timestamp(millis.parse().ok()?), id: id.parse().ok()? })
}
