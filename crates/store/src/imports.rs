//! Table `imports`: the life of one candidate's way into Lever.
//!
//! Every step is a conditional update that names the state it leaves, and so
//! are the functions: whoever comes second changes nothing.
//!
//! `intent_at` is set while a request to create may have been written and its
//! end is not known; it is cleared as soon as the end is known.

use domain::ids::{CandidateId, ImportId, MemberId, OrganisationId};
use domain::import::{Choice, Decision, ImportFailure, ImportState};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::candidates::{Way, renew_words};
use crate::{Engine, Error, Result, Row, Tx, args};

/// Where the one note of an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// None is wanted.
    None,
    /// A job will write it.
    Pending,
    /// It may be on its way: whoever takes over looks before repeating it.
    Sending,
    /// It is in Lever.
    Written,
    /// Its end is not known and cannot be looked up; it is not repeated, because two notes are
    /// worse than none.
    Unknown,
}

impl Note {
    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Written => "written",
            Self::Unknown => "unknown",
        }
    }

    /// Reads [`Note::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::None, Self::Pending, Self::Sending, Self::Written, Self::Unknown]
            .into_iter()
            .find(|note| note.code() == code)
    }
}

/// An opportunity of somebody with one of the candidate's addresses, as found
/// in Lever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// Lever's id.
    pub opportunity: String,
    /// The person's name in Lever.
    pub name: String,
    /// The stage's name.
    pub stage: String,
    /// The owner's name.
    pub owner: Option<String>,
    /// The titles of the postings they are considered for; missing in what was
    /// found by earlier versions.
    #[serde(default)]
    pub postings: Vec<String>,
    /// The archive reason's name while archived.
    pub archived: Option<String>,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// When anything happened last.
    pub last_activity: Option<Timestamp>,
    /// Lever's page.
    pub url: String,
    /// Lever's id of the person; missing in what was found by earlier versions.
    #[serde(default)]
    pub contact: Option<String>,
    /// Why they may be the same person, in words.
    #[serde(default)]
    pub known_by: String,
}

impl Match {
    /// What *Not the same person* is remembered by: the person, or the
    /// opportunity where Lever names no person.
    #[must_use]
    pub fn person(&self) -> &str {
        self.contact.as_deref().unwrap_or(&self.opportunity)
    }
}

/// An import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Which.
    pub id: ImportId,
    /// Of whom.
    pub candidate: CandidateId,
    /// The member who clicked: who is credited.
    pub requested_by: MemberId,
    /// Where it stands.
    pub state: ImportState,
    /// The tag by which it is found again in Lever.
    pub marker: String,
    /// What a member chose on its sheet; every try sends the same.
    pub choice: Choice,
    /// The Lever user credited in the last intent.
    pub credited_user: Option<String>,
    /// When the intent to create was committed, while its end is not known.
    pub intent_at: Option<Timestamp>,
    /// Until when the holder of the intent may have been writing.
    pub intent_until: Option<Timestamp>,
    /// While unknown: before this instant it is neither looked for nor repeated.
    pub look_at: Option<Timestamp>,
    /// Why it failed.
    pub failure: Option<ImportFailure>,
    /// The inside of the failure, for the log.
    pub failure_detail: Option<String>,
    /// What a member decided about the matches.
    pub decision: Option<Decision>,
    /// Opportunities of somebody with one of the candidate's addresses.
    pub matches: Vec<Match>,
    /// The opportunity that stands for the candidate.
    pub opportunity: Option<String>,
    /// Where its note stands.
    pub note: Note,
    /// When it was asked for first.
    pub created_at: Timestamp,
    /// When it was asked for last.
    pub requested_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

/// Queues an import, or a failed or unlinked one again. `false` when there is
/// one that needs no click: nothing changed.
///
/// A failed one whose last request may have been carried out goes on by looking.
/// It keeps what was chosen on its sheet; an unlinked one begins anew.
///
/// # Errors
/// As the database says.
pub async fn request(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ImportId,
    candidate: CandidateId,
    requested_by: MemberId,
    marker: &str,
    now: Timestamp,
) -> Result<bool> {
    let inserted = tx
        .execute(
            "insert into imports (id, organisation_id, candidate_id, requested_by, state, marker, matches, note,
                                  created_at, requested_at, updated_at)
             values ($1, $2, $3, $4, 'queued', $5, '[]', 'none', $6, $6, $6)
             on conflict (candidate_id) do nothing",
            args![id, organisation, candidate, requested_by, marker, now],
        )
        .await?;
    if inserted == 1 {
        return Ok(true);
    }
    let again = tx
        .execute(
            "update imports
             set state = case when state = 'failed' and intent_at is not null then 'unknown' else 'queued' end,
                 intent_at = case when state = 'failed' then intent_at else null end,
                 intent_until = case when state = 'failed' then intent_until else null end,
                 look_at = case when state = 'failed' then look_at else null end,
                 posting_id = case when state = 'failed' then posting_id else null end,
                 stage_id = case when state = 'failed' then stage_id else null end,
                 followers = case when state = 'failed' then followers else '[]' end,
                 requested_by = $3, failure = null, failure_detail = null, decision = null, matches = '[]',
                 opportunity_id = null, note = 'none', requested_at = $4, updated_at = $4
             where organisation_id = $1 and candidate_id = $2 and state in ('failed', 'unlinked')",
            args![organisation, candidate, requested_by, now],
        )
        .await?;
    Ok(again == 1)
}

/// Keeps what a member chose on the sheet of an import that was just asked for.
///
/// # Errors
/// [`Error::RowsTouched`] when a worker has it already.
pub async fn choose(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ImportId,
    choice: &Choice,
    now: Timestamp,
) -> Result<()> {
    let followers =
        serde_json::to_string(&choice.followers).map_err(|_| Error::Inconsistent { column: "followers" })?;
    let touched = tx
        .execute(
            "update imports set posting_id = $3, stage_id = $4, followers = $5, updated_at = $6
             where organisation_id = $1 and id = $2 and state in ('queued', 'unknown')",
            args![organisation, id, choice.posting.as_deref(), choice.stage.as_deref(), followers, now],
        )
        .await?;
    Error::expect_one("choose for import", touched)
}

/// One import.
///
/// # Errors
/// As the database says.
pub async fn get(tx: &mut Tx, organisation: OrganisationId, id: ImportId) -> Result<Option<Import>> {
    tx.optional(
        "select id, candidate_id, requested_by, state, marker, posting_id, stage_id, followers, credited_user, intent_at, intent_until, look_at,
                failure, failure_detail, decision, matches, opportunity_id, note, created_at, requested_at, updated_at
         from imports where organisation_id = $1 and id = $2",
        args![organisation, id],
    )
    .await?
    .as_ref()
    .map(import)
    .transpose()
}

/// The import of a candidate.
///
/// # Errors
/// As the database says.
pub async fn by_candidate(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> Result<Option<Import>> {
    tx.optional(
        "select id, candidate_id, requested_by, state, marker, posting_id, stage_id, followers, credited_user, intent_at, intent_until, look_at,
                failure, failure_detail, decision, matches, opportunity_id, note, created_at, requested_at, updated_at
         from imports where organisation_id = $1 and candidate_id = $2",
        args![organisation, candidate],
    )
    .await?
    .as_ref()
    .map(import)
    .transpose()
}

/// The imports of these candidates.
///
/// # Errors
/// As the database says.
pub async fn of_candidates(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidates: &[CandidateId],
) -> Result<Vec<Import>> {
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "select id, candidate_id, requested_by, state, marker, posting_id, stage_id, followers, credited_user, intent_at, intent_until, look_at,
                    failure, failure_detail, decision, matches, opportunity_id, note, created_at, requested_at, updated_at
             from imports
             where +organisation_id = $1 and candidate_id in (select value from json_each($2))"
        }
        Engine::Postgres => {
            "select id, candidate_id, requested_by, state, marker, posting_id, stage_id, followers, credited_user, intent_at, intent_until, look_at,
                    failure, failure_detail, decision, matches, opportunity_id, note, created_at, requested_at, updated_at
             from imports
             where organisation_id = $1 and candidate_id in (select jsonb_array_elements_text(cast($2 as jsonb)))"
        }
    };
    tx.all(sql, args![organisation, candidates]).await?.iter().map(import).collect()
}

/// Queued -> sending: commits the intent to create, before the request is written.
///
/// # Errors
/// [`Error::RowsTouched`] when it is not queued any more.
pub async fn intend(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ImportId,
    credited_user: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update imports
             set state = 'sending', credited_user = $3, intent_at = $5, intent_until = $4, look_at = null,
                 updated_at = $5
             where organisation_id = $1 and id = $2 and state = 'queued'",
            args![organisation, id, credited_user, until, now],
        )
        .await?;
    Error::expect_one("intend import", touched)
}

/// Says whether the intent just committed credits the fallback.
///
/// # Errors
/// As the database says.
pub async fn set_credited_fallback(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ImportId,
    fallback: bool,
) -> Result<()> {
    tx.execute(
        "update imports set credited_fallback = $3 where organisation_id = $1 and id = $2",
        args![organisation, id, fallback],
    )
    .await?;
    Ok(())
}

/// An import that was credited to the fallback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FallbackCredit {
    /// Who was imported.
    pub candidate: CandidateId,
    /// Their name.
    pub name: String,
    /// Who asked for it.
    pub requested_by: MemberId,
    /// The Lever user who was credited.
    pub credited_user: Option<String>,
    /// When it changed last.
    pub at: Timestamp,
}

/// The newest imports that were credited to the fallback.
///
/// # Errors
/// As the database says.
pub async fn credited_to_fallback(
    tx: &mut Tx,
    organisation: OrganisationId,
    limit: u32,
) -> Result<Vec<FallbackCredit>> {
    tx.all(
        "select i.candidate_id, c.name, i.requested_by, i.credited_user, i.updated_at
         from imports i join candidates c on c.id = i.candidate_id and c.organisation_id = i.organisation_id
         where i.organisation_id = $1 and i.credited_fallback = 1 and i.state = 'imported'
         order by i.updated_at desc, i.id desc limit $2",
        args![organisation, limit],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(FallbackCredit {
            candidate: row.get("candidate_id")?,
            name: row.get("name")?,
            requested_by: row.get("requested_by")?,
            credited_user: row.get("credited_user")?,
            at: row.get("updated_at")?,
        })
    })
    .collect()
}

/// Sending -> unknown: the end of the request is not known; look from `look_at` on.
///
/// # Errors
/// [`Error::RowsTouched`] when it is not sending.
pub async fn end_unknown(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ImportId,
    look_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update imports set state = 'unknown', look_at = $3, updated_at = $4
             where organisation_id = $1 and id = $2 and state = 'sending'",
            args![organisation, id, look_at, now],
        )
        .await?;
    Error::expect_one("end of import unknown", touched)
}

/// Sending or unknown -> queued: certainly nothing was created.
///
/// # Errors
/// [`Error::RowsTouched`] when it is in another state.
pub async fn not_applied(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ImportId,
    now: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update imports
             set state = 'queued', intent_at = null, intent_until = null, look_at = null, updated_at = $3
             where organisation_id = $1 and id = $2 and state in ('sending', 'unknown')",
            args![organisation, id, now],
        )
        .await?;
    Error::expect_one("import not applied", touched)
}

/// Queued -> needs a decision.
///
/// # Errors
/// [`Error::RowsTouched`] when it is not queued any more.
pub async fn ask(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ImportId,
    matches: &[Match],
    now: Timestamp,
) -> Result<()> {
    let matches = serde_json::to_string(matches).map_err(|_| Error::Inconsistent { column: "matches" })?;
    let touched = tx
        .execute(
            "update imports set state = 'needs_decision', matches = $3, decision = null, updated_at = $4
             where organisation_id = $1 and id = $2 and state = 'queued'",
            args![organisation, id, matches, now],
        )
        .await?;
    Error::expect_one("import needs a decision", touched)?;
    set_way(tx, organisation, id, Way::Deciding).await
}

/// Needs a decision -> queued, with the decision; `false` when somebody was
/// faster.
///
/// # Errors
/// As the database says.
pub async fn decide(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ImportId,
    decision: &Decision,
    now: Timestamp,
) -> Result<bool> {
    let decision = serde_json::to_string(decision).map_err(|_| Error::Inconsistent { column: "decision" })?;
    let touched = tx
        .execute(
            "update imports set state = 'queued', decision = $3, updated_at = $4
             where organisation_id = $1 and id = $2 and state = 'needs_decision'",
            args![organisation, id, decision, now],
        )
        .await?;
    if touched == 1 {
        set_way(tx, organisation, id, Way::Answered).await?;
    }
    Ok(touched == 1)
}

/// Queued, sending or unknown -> imported.
///
/// # Errors
/// [`Error::RowsTouched`] when it is in another state.
pub async fn imported(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ImportId,
    opportunity: &str,
    note: Note,
    now: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update imports
             set state = 'imported', opportunity_id = $3, note = $4, matches = '[]', intent_at = null,
                 intent_until = null, look_at = null, updated_at = $5
             where organisation_id = $1 and id = $2 and state in ('queued', 'sending', 'unknown')",
            args![organisation, id, opportunity, note.code(), now],
        )
        .await?;
    Error::expect_one("imported", touched)?;
    set_way(tx, organisation, id, Way::InLever).await
}

/// Queued, sending or unknown -> failed. Only from *sending* is it known that
/// nothing was created; from *unknown* the intent is kept.
///
/// # Errors
/// [`Error::RowsTouched`] when it is in another state.
pub async fn failed(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ImportId,
    failure: ImportFailure,
    detail: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update imports
             set failure = $3, failure_detail = $4,
                 intent_at = case when state = 'unknown' then intent_at else null end,
                 intent_until = case when state = 'unknown' then intent_until else null end,
                 look_at = case when state = 'unknown' then look_at else null end,
                 state = 'failed', updated_at = $5
             where organisation_id = $1 and id = $2 and state in ('queued', 'sending', 'unknown')",
            args![organisation, id, failure, detail, now],
        )
        .await?;
    Error::expect_one("import failed", touched)
}

/// Another opportunity counts for the candidate: what is written to the import's
/// goes there from now on.
///
/// # Errors
/// As the database says.
pub async fn follow(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
    opportunity: &str,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "update imports set opportunity_id = $3, updated_at = $4
         where organisation_id = $1 and candidate_id = $2 and state = 'imported'",
        args![organisation, candidate, opportunity, now],
    )
    .await?;
    Ok(())
}

/// Imported -> unlinked: the opportunity was deleted in Lever. `false` when it
/// was not imported.
///
/// # Errors
/// As the database says.
pub async fn unlinked(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
    opportunity: &str,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update imports set state = 'unlinked', opportunity_id = null, decision = null, updated_at = $4
             where organisation_id = $1 and candidate_id = $2 and opportunity_id = $3 and state = 'imported'",
            args![organisation, candidate, opportunity, now],
        )
        .await?;
    if touched == 1 {
        tx.execute(
            "update candidates set way = $3 where organisation_id = $1 and id = $2",
            args![organisation, candidate, Way::Answered],
        )
        .await?;
        renew_words(tx, organisation, candidate).await?;
    }
    Ok(touched == 1)
}

/// How far the candidate of an import is, for the list.
async fn set_way(tx: &mut Tx, organisation: OrganisationId, id: ImportId, way: Way) -> Result<()> {
    let changed = tx
        .optional(
            "update candidates set way = $3
             where organisation_id = $1
             and id = (select candidate_id from imports where organisation_id = $1 and id = $2)
             returning id",
            args![organisation, id, way],
        )
        .await?;
    let Some(row) = changed else {
        return Err(Error::RowsTouched { what: "say how far an import is", touched: 0 });
    };
    renew_words(tx, organisation, row.get("id")?).await
}

/// Moves the note on; `false` when it is not at `from`.
///
/// # Errors
/// As the database says.
pub async fn move_note(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ImportId,
    from: Note,
    to: Note,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update imports set note = $4, updated_at = $5
             where organisation_id = $1 and id = $2 and note = $3",
            args![organisation, id, from.code(), to.code(), now],
        )
        .await?;
    Ok(touched == 1)
}

fn import(row: &Row) -> Result<Import> {
    let decision = row
        .get::<Option<String>>("decision")?
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|_| Error::Inconsistent { column: "decision" })?;
    Ok(Import {
        id: row.get("id")?,
        candidate: row.get("candidate_id")?,
        requested_by: row.get("requested_by")?,
        state: row.get("state")?,
        marker: row.get("marker")?,
        choice: Choice {
            posting: row.get("posting_id")?,
            stage: row.get("stage_id")?,
            followers: serde_json::from_str(&row.get::<String>("followers")?)
                .map_err(|_| Error::Inconsistent { column: "followers" })?,
        },
        credited_user: row.get("credited_user")?,
        intent_at: row.get("intent_at")?,
        intent_until: row.get("intent_until")?,
        look_at: row.get("look_at")?,
        failure: row.get("failure")?,
        failure_detail: row.get("failure_detail")?,
        decision,
        matches: serde_json::from_str(&row.get::<String>("matches")?)
            .map_err(|_| Error::Inconsistent { column: "matches" })?,
        opportunity: row.get("opportunity_id")?,
        note: Note::from_code(&row.get::<String>("note")?).ok_or(Error::Inconsistent { column: "note" })?,
        created_at: row.get("created_at")?,
        requested_at: match row.get("requested_at")? {
            Some(at) => at,
            None => row.get("created_at")?,
        },
        updated_at: row.get("updated_at")?,
    })
}
