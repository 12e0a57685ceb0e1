//! What a candidate's page shows of the résumé.

use domain::actor::{Action, Actor};
use domain::ids::{CandidateId, OrganisationId};
use domain::import::ImportState;
use domain::problem::Problem;
use domain::resume::Attachment;
use domain::time::Moment;
use store::imports::Import;
use store::{Tx, attachments, candidates, members, resumes};

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

/// The candidate's file, if there is one.
///
/// # Errors
/// [`Problem::NotFound`].
pub async fn panel(services: &Services, actor: &Actor, candidate: CandidateId) -> Result<Option<Kept>> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    candidates::get(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let Some(resume) = resumes::find(&mut tx, organisation, candidate).await? else {
        return Ok(None);
    };
    let names = members::names(&mut tx, organisation).await?;
    Ok(Some(Kept {
        what: format!("{}, {}", resume.kind.label(), size(resume.size)),
        by: names.get(&resume.uploaded_by).cloned().unwrap_or_else(|| "somebody".to_owned()),
        at: services.moment(resume.uploaded_at),
        name: resume.name,
    }))
}

/// How the résumé stands in Lever, in words; `None` where there is nothing to say.
pub(crate) async fn in_lever(
    tx: &mut Tx,
    organisation: OrganisationId,
    import: &Import,
) -> Result<Option<String>> {
    if import.state != ImportState::Imported {
        return Ok(None);
    }
    if let Some(attached) = attachments::find(tx, organisation, import.id).await? {
        return Ok(Some(match attached.state {
            Attachment::Attached => format!("Attached: {}", attached.name),
            other => other.text().to_owned(),
        }));
    }
    let later = resumes::find(tx, organisation, import.candidate).await?;
    Ok(later.map(|_| "Not attached: it was added after the import".to_owned()))
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
