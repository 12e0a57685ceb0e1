//! Keeping a file as a candidate's résumé.

use domain::actor::{Action, Actor};
use domain::event::Change;
use domain::ids::CandidateId;
use domain::problem::Problem;
use domain::resume::{LARGEST_RESUME, ResumeRefused, file_name};
use store::activity::{self, Activity};
use store::resumes::{self, Resume};

use super::kind::kind_of;
use crate::{Result, Services};

/// Keeps a file in place of the one that was there. `Ok(Err(_))` says why a file is
/// not taken; nothing was changed then.
///
/// An import that begins later attaches it; what is in Lever already stays as it is.
///
/// # Errors
/// [`Problem::NotFound`].
pub async fn keep(
    services: &Services,
    actor: &Actor,
    candidate: CandidateId,
    given_name: &str,
    content: &[u8],
) -> Result<std::result::Result<(), ResumeRefused>> {
    services.require(actor, Action::WorkWithCandidates)?;
    if content.is_empty() {
        return Ok(Err(if given_name.is_empty() { ResumeRefused::Missing } else { ResumeRefused::Empty }));
    }
    if content.len() > LARGEST_RESUME {
        return Ok(Err(ResumeRefused::TooLarge));
    }
    let Some(kind) = kind_of(content) else { return Ok(Err(ResumeRefused::OtherKind)) };
    let organisation = actor.organisation;
    let now = services.now();
    let mut tx = services.store.begin().await?;
    let candidate =
        store::candidates::hold(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let resume = Resume {
        id: services.new_id(),
        candidate: candidate.id,
        name: file_name(given_name, kind),
        kind,
        size: i64::try_from(content.len()).unwrap_or(i64::MAX),
        uploaded_by: actor.member,
        uploaded_at: now,
    };
    let replaced = resumes::keep(&mut tx, organisation, &resume, content).await?;
    let did = if replaced { "Replaced" } else { "Added" };
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: Some(candidate.id),
        kind: "resume_kept",
        summary: format!("{did} the résumé of {}: {}.", candidate.name, resume.name),
    };
    activity::record(&mut tx, organisation, &entry).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Candidate { id: candidate.id });
    Ok(Ok(()))
}
