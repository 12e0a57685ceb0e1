//! Tables `resumes` and `resume_parts`: the file kept on a candidate, and its
//! content in parts, since not every database takes thirty megabytes in one value.

use domain::ids::{CandidateId, MemberId, OrganisationId, ResumeId};
use domain::resume::ResumeKind;
use domain::time::Timestamp;

use crate::{Result, Tx, args};

/// Bytes in one part.
const PART: usize = 1 << 20;

/// A file, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// Which one: a file that replaces another has an id of its own.
    pub id: ResumeId,
    /// Whose.
    pub candidate: CandidateId,
    /// Its name, with the ending.
    pub name: String,
    /// What it is.
    pub kind: ResumeKind,
    /// Its size in bytes.
    pub size: i64,
    /// Who put it there.
    pub uploaded_by: MemberId,
    /// When.
    pub uploaded_at: Timestamp,
}

/// Keeps a file in place of the one that was there; gives whether there was one.
///
/// # Errors
/// As the database says.
pub async fn keep(
    tx: &mut Tx,
    organisation: OrganisationId,
    resume: &Resume,
    content: &[u8],
) -> Result<bool> {
    let replaced = remove(tx, organisation, resume.candidate).await?;
    tx.execute(
        "insert into resumes (id, organisation_id, candidate_id, name, kind, size, uploaded_by, uploaded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            resume.id,
            organisation,
            resume.candidate,
            &resume.name,
            resume.kind,
            resume.size,
            resume.uploaded_by,
            resume.uploaded_at
        ],
    )
    .await?;
    for (number, part) in (0i64..).zip(content.chunks(PART)) {
        tx.execute(
            "insert into resume_parts (resume_id, organisation_id, number, content) values ($1, $2, $3, $4)",
            args![resume.id, organisation, number, part.to_vec()],
        )
        .await?;
    }
    Ok(replaced)
}

/// The file of a candidate.
///
/// # Errors
/// As the database says.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> Result<Option<Resume>> {
    tx.optional(
        "select id, candidate_id, name, kind, size, uploaded_by, uploaded_at from resumes
         where organisation_id = $1 and candidate_id = $2",
        args![organisation, candidate],
    )
    .await?
    .map(|row| {
        Ok(Resume {
            id: row.get("id")?,
            candidate: row.get("candidate_id")?,
            name: row.get("name")?,
            kind: row.get("kind")?,
            size: row.get("size")?,
            uploaded_by: row.get("uploaded_by")?,
            uploaded_at: row.get("uploaded_at")?,
        })
    })
    .transpose()
}

/// What is in a file; `None` when it is gone.
///
/// # Errors
/// As the database says.
pub async fn content(tx: &mut Tx, organisation: OrganisationId, id: ResumeId) -> Result<Option<Vec<u8>>> {
    let mut content = Vec::new();
    for number in 0i64.. {
        let part = tx
            .optional(
                "select content from resume_parts
                 where organisation_id = $1 and resume_id = $2 and number = $3",
                args![organisation, id, number],
            )
            .await?;
        let Some(part) = part else { break };
        content.extend(part.get::<Vec<u8>>("content")?);
    }
    // There is no empty file.
    Ok((!content.is_empty()).then_some(content))
}

/// Forgets the file of a candidate; `false` when there is none.
///
/// # Errors
/// As the database says.
pub async fn remove(tx: &mut Tx, organisation: OrganisationId, candidate: CandidateId) -> Result<bool> {
    tx.execute(
        "delete from resume_parts where organisation_id = $1 and resume_id in
            (select id from resumes where organisation_id = $1 and candidate_id = $2)",
        args![organisation, candidate],
    )
    .await?;
    let touched = tx
        .execute(
            "delete from resumes where organisation_id = $1 and candidate_id = $2",
            args![organisation, candidate],
        )
        .await?;
    Ok(touched > 0)
}
