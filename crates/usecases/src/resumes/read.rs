//! Reading a candidate's résumé.

use domain::actor::{Action, Actor};
use domain::ids::CandidateId;
use domain::problem::Problem;
use domain::resume::ResumeKind;
use store::resumes;

use crate::{Result, Services};

/// A file with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResumeFile {
    /// Its name, with the ending.
    pub name: String,
    /// What it is.
    pub kind: ResumeKind,
    /// What is in it.
    pub content: Vec<u8>,
}

/// The file, for members of the organisation.
///
/// # Errors
/// [`Problem::NotFound`], also for another organisation's candidate.
pub async fn read(services: &Services, actor: &Actor, candidate: CandidateId) -> Result<ResumeFile> {
    services.require(actor, Action::WorkWithCandidates)?;
    let mut tx = services.store.read().await?;
    let resume = resumes::find(&mut tx, actor.organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let content = resumes::content(&mut tx, actor.organisation, resume.id).await?.ok_or(Problem::NotFound)?;
    Ok(ResumeFile { name: resume.name, kind: resume.kind, content })
}
