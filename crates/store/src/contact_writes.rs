//! Table `contact_writes`: ways to reach candidates that are to be added to their
//! contact in Lever, at most one row a candidate. A row is gone once Lever has them.

use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::time::Timestamp;
use domain::way_back::WriteFailure;

use crate::{Error, Result, Tx, args};

/// What is to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Phone numbers.
    pub phones: Vec<String>,
    /// Links.
    pub links: Vec<String>,
}

impl Ways {
    /// Whether there is nothing to add.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.emails.is_empty() && self.phones.is_empty() && self.links.is_empty()
    }
}

/// What is to be added to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactWrite {
    /// Whose contact.
    pub candidate: CandidateId,
    /// Who wrote it down last.
    pub member: MemberId,
    /// What is to be added.
    pub ways: Ways,
    /// Goes up whenever a member adds something.
    pub revision: u32,
    /// Why it was given up, until somebody tries again.
    pub failure: Option<WriteFailure>,
    /// How often Lever refused it.
    pub refusals: u32,
    /// Not before this instant can be seen what became of what was sent.
    pub look_at: Option<Timestamp>,
}

/// Replaces what is to be added to the contact of a candidate.
///
/// # Errors
/// As the database says.
pub async fn want(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
    member: MemberId,
    ways: &Ways,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "insert into contact_writes (organisation_id, candidate_id, member_id, emails, phones, links, revision, state,
                                     refusals, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, 1, 'queued', 0, $7, $7)
         on conflict (organisation_id, candidate_id) do update
         set member_id = excluded.member_id, emails = excluded.emails, phones = excluded.phones,
             links = excluded.links, revision = contact_writes.revision + 1, state = 'queued', failure = null,
             refusals = 0, updated_at = excluded.updated_at",
        args![
            organisation,
            candidate,
            member,
            text(&ways.emails, "emails")?,
            text(&ways.phones, "phones")?,
            text(&ways.links, "links")?,
            now
        ],
    )
    .await?;
    Ok(())
}

/// What is to be added to the contact of a candidate.
///
/// # Errors
/// As the database says.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> Result<Option<ContactWrite>> {
    let row = tx
        .optional(
            "select member_id, emails, phones, links, revision, failure, refusals, look_at from contact_writes
             where organisation_id = $1 and candidate_id = $2",
            args![organisation, candidate],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let list = |column: &'static str| {
        serde_json::from_str(&row.get::<String>(column)?).map_err(|_| Error::Inconsistent { column })
    };
    let failure = match row.get::<Option<String>>("failure")? {
        Some(code) => Some(WriteFailure::from_code(&code).ok_or(Error::Inconsistent { column: "failure" })?),
        None => None,
    };
    Ok(Some(ContactWrite {
        candidate,
        member: row.get("member_id")?,
        ways: Ways { emails: list("emails")?, phones: list("phones")?, links: list("links")? },
        revision: row.get("revision")?,
        failure,
        refusals: row.get("refusals")?,
        look_at: row.get("look_at")?,
    }))
}

/// Remembers from when on can be seen what became of what is sent, and whether
/// Lever has refused it; `false` when more was added since.
///
/// # Errors
/// As the database says.
pub async fn tried(
    tx: &mut Tx,
    organisation: OrganisationId,
    write: &ContactWrite,
    look_at: Option<Timestamp>,
    refused: bool,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update contact_writes set look_at = $4, refusals = refusals + $5, updated_at = $6
             where organisation_id = $1 and candidate_id = $2 and revision = $3",
            args![organisation, write.candidate, write.revision, look_at, refused, now],
        )
        .await?;
    Ok(touched == 1)
}

/// Gives it up until somebody tries again; `false` when more was added since.
///
/// # Errors
/// As the database says.
pub async fn refuse(
    tx: &mut Tx,
    organisation: OrganisationId,
    write: &ContactWrite,
    failure: WriteFailure,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update contact_writes set state = 'refused', failure = $4, updated_at = $5
             where organisation_id = $1 and candidate_id = $2 and revision = $3",
            args![organisation, write.candidate, write.revision, failure.code(), now],
        )
        .await?;
    Ok(touched == 1)
}

/// Nothing is to be added any more; `false` when more was added since.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &mut Tx, organisation: OrganisationId, write: &ContactWrite) -> Result<bool> {
    let touched = tx
        .execute(
            "delete from contact_writes where organisation_id = $1 and candidate_id = $2 and revision = $3",
            args![organisation, write.candidate, write.revision],
        )
        .await?;
    Ok(touched == 1)
}

fn text(list: &[String], column: &'static str) -> Result<String> {
    serde_json::to_string(list).map_err(|_| Error::Inconsistent { column })
}
