//! What a candidate's page shows of the résumé.

use domain::actor::{Action, Actor};
use domain::ids::{CandidateId, OrganisationId};
use domain::import::ImportState;
use domain::problem::Problem;
use domain::resume::Attachment;
use domain::time::Moment;
use store::imports::Import;
use store::{Tx, attachments, candidates, imports, members, resumes};

use crate::{Result, Services};

/// The file that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// What it is and how large: `PDF, 1.2 MB`.
    pub what: String,
    /// Who put it there.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// The file, and how it stands in Lever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResumePanel {
    /// The file, if there is one.
    pub kept: Option<Kept>,
    /// How it stands in Lever, in words; `None` where there is nothing to say.
    pub in_lever: Option<String>,
}

/// What the candidate's page shows.
///
/// # Errors
/// [`Problem::NotFound`].
pub async fn panel(services: &Services, actor: &Actor, candidate: CandidateId) -> Result<ResumePanel> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    candidates::get(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let found = resumes::find(&mut tx, organisation, candidate).await?;
    let import = imports::by_candidate(&mut tx, organisation, candidate).await?;
    let in_lever = match import.filter(|import| import.state == ImportState::Imported) {
        Some(import) => in_lever(&mut tx, organisation, &import, found.is_some()).await?,
        None => found.is_some().then(|| "Goes with the import".to_owned()),
    };
    let names = members::names(&mut tx, organisation).await?;
    let kept = found.map(|resume| Kept {
        what: format!("{}, {}", resume.kind.label(), size(resume.size)),
        by: names.get(&resume.uploaded_by).cloned().unwrap_or_else(|| "somebody".to_owned()),
        at: services.moment(resume.uploaded_at),
        name: resume.name,
    });
    Ok(ResumePanel { kept, in_lever })
}

/// How the résumé of somebody who was imported stands in Lever.
async fn in_lever(
    tx: &mut Tx,
    organisation: OrganisationId,
    import: &Import,
    is_kept: bool,
) -> Result<Option<String>> {
    let Some(attached) = attachments::find(tx, organisation, import.id).await? else {
        return Ok(is_kept.then(|| "Not attached: it was added after the import".to_owned()));
    };
    Ok(Some(match attached.state {
        Attachment::Attached => format!("Attached: {}", attached.name),
        other => other.text().to_owned(),
    }))
}

/// A size as people read it, in decimal units.
fn size(bytes: i64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        let told = [5, 999, 1_000, 65_400, 1_000_000, 12_350_000, 30_000_000].map(size);
        assert_eq!(told, ["5 bytes", "999 bytes", "1 kB", "65 kB", "1.0 MB", "12.3 MB", "30.0 MB"]);
    }
}
