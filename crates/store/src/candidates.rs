//! Candidates, their addresses, and the words they are searched by. How they are
//! listed is in `candidate_list`.

use std::collections::BTreeSet;

use domain::candidate::Phone;
use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Engine, Error, Result, Row, Tx, Value, args};

/// A sourced person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub id: CandidateId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Full name.
    pub name: String,
    /// A line about them.
    pub headline: String,
    /// Current company.
    pub company: String,
    /// Where they are.
    pub location: String,
    /// Numbers, the usual one first.
    pub phones: Vec<Phone>,
    /// Addresses on the web, as given.
    pub links: Vec<String>,
    /// What they know.
    pub skills: Vec<String>,
    /// Coding score, 300 to 850.
    pub score: Option<u16>,
    /// The member who looks after them.
    pub owner: Option<MemberId>,
    /// Where they stand.
    pub status: Status,
    /// What set the status.
    pub cause: StatusCause,
    /// Since when.
    pub status_at: Timestamp,
    /// The last status that was open.
    pub last_open: Status,
    /// Lever's status while it differs from one set by hand.
    pub conflict: Option<Status>,
    /// When somebody of the organisation wrote to them first.
    pub messaged_at: Option<Timestamp>,
    /// When they answered first.
    pub answered_at: Option<Timestamp>,
    /// When they were added.
    pub created_at: Timestamp,
}

/// A new status and everything that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusUpdate {
    /// Where they stand now.
    pub status: Status,
    /// What set it.
    pub cause: StatusCause,
    /// When.
    pub at: Timestamp,
    /// The last status that was open, this one included.
    pub last_open: Status,
    /// Lever's status, if it differs from this one set by hand.
    pub conflict: Option<Status>,
}

/// The furthest a candidate is on the way into Lever, as the list is narrowed to
/// it. The numbers are the database's: what the list asks for is a range of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// Not written to, or no answer yet.
    NotAnswered = 0,
    /// Answered, and not in Lever.
    Answered = 1,
    /// Answered, and a member decides first.
    Deciding = 2,
    /// In Lever.
    InLever = 3,
}

impl From<Way> for Value {
    fn from(way: Way) -> Self {
        Self::from(way as i64)
    }
}

/// Letters of a name that count for its place in the list.
const SORTED_BY: usize = 64;

/// What the list sorts a name by: the same on both databases.
pub(crate) fn sort_name(name: &str) -> String {
    name.to_lowercase().chars().take(SORTED_BY).collect()
}

/// Most bytes of the words that stand beside each other in every index: PostgreSQL
/// takes entries of 2,700 bytes at most.
const FOUND_BY: usize = 500;

/// The words as they stand beside each other, each with a space before it; nothing
/// where they are too long for that.
fn found_by(words: &BTreeSet<String>) -> Option<String> {
    let text: String = words.iter().flat_map(|word| [" ", word]).collect();
    (text.len() <= FOUND_BY).then_some(text)
}

/// What the list sorts a status by: its place in the pipeline.
pub(crate) fn status_rank(status: Status) -> i64 {
    status as i64
}

/// The words of `text` that can be searched: runs of letters and digits, lower
/// case, of two letters or more.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().nth(1).is_some())
        .map(str::to_owned)
        .collect()
}

/// Adds a candidate with at least one address, canonical and the usual one first.
///
/// # Errors
/// [`Error::Taken`] when an address is another candidate's.
pub async fn insert(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: &Candidate,
    emails: &[String],
) -> Result<()> {
    let words = words_of(candidate, emails);
    tx.execute(
        "insert into candidates
            (id, organisation_id, name, headline, company, location, phones, links, skills, score, owner_id,
             status, status_cause, status_at, last_open_status, conflict_status, messaged_at, answered_at,
             created_at, updated_at, sort_name, score_rank, status_rank, way, found_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19,
                 $20, $21, $22, $23, $24)",
        args![
            candidate.id,
            organisation,
            &candidate.name,
            &candidate.headline,
            &candidate.company,
            &candidate.location,
            list_text(&candidate.phones, "phones")?,
            list_text(&candidate.links, "links")?,
            list_text(&candidate.skills, "skills")?,
            candidate.score.map(i64::from),
            candidate.owner,
            candidate.status,
            candidate.cause,
            candidate.status_at,
            candidate.last_open,
            candidate.conflict,
            candidate.messaged_at,
            candidate.answered_at,
            candidate.created_at,
            sort_name(&candidate.name),
            i64::from(candidate.score.unwrap_or(0)),
            status_rank(candidate.status),
            if candidate.messaged_at.and(candidate.answered_at).is_some() {
                Way::Answered
            } else {
                Way::NotAnswered
            },
            found_by(&words),
        ],
    )
    .await?;
    insert_emails(tx, organisation, candidate.id, emails).await?;
    insert_words(tx, organisation, candidate.id, &words).await
}

/// The words of name, company and addresses.
fn words_of(candidate: &Candidate, emails: &[String]) -> BTreeSet<String> {
    let texts = [&candidate.name, &candidate.company];
    texts.into_iter().chain(emails).flat_map(|text| words(text)).collect()
}

async fn insert_emails(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
    emails: &[String],
) -> Result<()> {
    for (position, email) in (0i64..).zip(emails) {
        tx.execute(
            "insert into candidate_emails (organisation_id, email, candidate_id, position)
             values ($1, $2, $3, $4)",
            args![organisation, email, candidate, position],
        )
        .await?;
    }
    Ok(())
}

/// Enters a candidate under each of the words, with what the list asks about them.
async fn insert_words(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
    words: &BTreeSet<String>,
) -> Result<()> {
    macro_rules! insert_each {
        ($word:literal) => {
            concat!(
                "insert into candidate_words
                    (organisation_id, word, candidate_id, created_at, status_at, status_rank, way, score_rank,
                     owner_id, sort_name, found_by)
                 select c.organisation_id, w.value, c.id, c.created_at, c.status_at, c.status_rank, c.way,
                        c.score_rank, c.owner_id, c.sort_name, c.found_by
                 from candidates c, ",
                $word,
                " w where c.organisation_id || '' = $1 and c.id = $2"
            )
        };
    }
    let sql = match tx.engine() {
        Engine::Sqlite => insert_each!("json_each($3)"),
        Engine::Postgres => insert_each!("jsonb_array_elements_text(cast($3 as jsonb))"),
    };
    tx.execute(sql, args![organisation, candidate, list_text(words, "words")?]).await?;
    Ok(())
}

/// Writes beside the words of a candidate where they stand now. Whoever changes
/// a status or `way` calls it in the same transaction.
pub(crate) async fn renew_words(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> Result<()> {
    // Not through the whole organisation: SQLite would take its words in turn.
    tx.execute(
        "update candidate_words
         set (status_at, status_rank, way) = (
            select c.status_at, c.status_rank, c.way from candidates c
            where c.id = candidate_words.candidate_id)
         where organisation_id || '' = $1 and candidate_id = $2
           and exists (
            select 1 from candidates c
            where c.id = candidate_words.candidate_id
              and (c.status_at <> candidate_words.status_at or c.status_rank <> candidate_words.status_rank
                   or c.way <> candidate_words.way))",
        args![organisation, candidate],
    )
    .await?;
    Ok(())
}

/// Replaces how a candidate can be reached: addresses, canonical and the usual one
/// first, phone numbers and links.
///
/// # Errors
/// [`Error::Taken`] when an address is another candidate's; [`Error::RowsTouched`]
/// when there is no such candidate.
pub async fn set_reach(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: &Candidate,
    emails: &[String],
    now: Timestamp,
) -> Result<()> {
    let words = words_of(candidate, emails);
    let touched = tx
        .execute(
            "update candidates set phones = $3, links = $4, updated_at = $5, found_by = $6
             where organisation_id = $1 and id = $2",
            args![
                organisation,
                candidate.id,
                list_text(&candidate.phones, "phones")?,
                list_text(&candidate.links, "links")?,
                now,
                found_by(&words),
            ],
        )
        .await?;
    Error::expect_one("set how a candidate can be reached", touched)?;
    for statement in [
        "delete from candidate_emails where organisation_id = $1 and candidate_id = $2",
        "delete from candidate_words where organisation_id || '' = $1 and candidate_id = $2",
    ] {
        tx.execute(statement, args![organisation, candidate.id]).await?;
    }
    insert_emails(tx, organisation, candidate.id, emails).await?;
    insert_words(tx, organisation, candidate.id, &words).await
}

/// The columns that `read` reads, of `candidates c`.
macro_rules! columns {
    () => {
        "c.id, c.organisation_id, c.name, c.headline, c.company, c.location, c.phones, c.links, c.skills,
         c.score, c.owner_id, c.status, c.status_cause, c.status_at, c.last_open_status, c.conflict_status,
         c.messaged_at, c.answered_at, c.created_at"
    };
}
pub(crate) use columns;

/// Those of `named` that the organisation has, in the same order.
///
/// # Errors
/// As the database says.
pub async fn known(
    tx: &mut Tx,
    organisation: OrganisationId,
    named: &[CandidateId],
) -> Result<Vec<CandidateId>> {
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "select id from candidates
             where +organisation_id = $1 and id in (select value from json_each($2))"
        }
        Engine::Postgres => {
            "select id from candidates
             where organisation_id = $1 and id in (select jsonb_array_elements_text(cast($2 as jsonb)))"
        }
    };
    let rows = tx.all(sql, args![organisation, named]).await?;
    let known: BTreeSet<CandidateId> = rows.iter().map(|row| row.get("id")).collect::<Result<_>>()?;
    Ok(named.iter().copied().filter(|id| known.contains(id)).collect())
}

/// One candidate.
///
/// # Errors
/// As the database says.
pub async fn get(tx: &mut Tx, organisation: OrganisationId, id: CandidateId) -> Result<Option<Candidate>> {
    tx.optional(
        concat!("select ", columns!(), " from candidates c where c.organisation_id = $1 and c.id = $2"),
        args![organisation, id],
    )
    .await?
    .map(|row| read(&row))
    .transpose()
}

/// One candidate, held until the transaction ends: nobody changes them between
/// this reading and the change that follows from it.
///
/// # Errors
/// As the database says.
pub async fn hold(tx: &mut Tx, organisation: OrganisationId, id: CandidateId) -> Result<Option<Candidate>> {
    // On SQLite there is one writer: beginning a transaction holds everything.
    let sql = match tx.engine() {
        Engine::Sqlite => {
            concat!("select ", columns!(), " from candidates c where c.organisation_id = $1 and c.id = $2")
        }
        Engine::Postgres => concat!(
            "select ",
            columns!(),
            " from candidates c where c.organisation_id = $1 and c.id = $2 for update"
        ),
    };
    tx.optional(sql, args![organisation, id]).await?.map(|row| read(&row)).transpose()
}

/// Their addresses, the usual one first.
///
/// # Errors
/// As the database says.
pub async fn emails(tx: &mut Tx, organisation: OrganisationId, id: CandidateId) -> Result<Vec<String>> {
    tx.all(
        "select email from candidate_emails where organisation_id = $1 and candidate_id = $2
         order by position",
        args![organisation, id],
    )
    .await?
    .iter()
    .map(|row| row.get("email"))
    .collect()
}

/// Whose address it is.
///
/// # Errors
/// As the database says.
pub async fn of_address(
    tx: &mut Tx,
    organisation: OrganisationId,
    email: &str,
) -> Result<Option<CandidateId>> {
    tx.optional(
        "select candidate_id from candidate_emails where organisation_id = $1 and email = $2",
        args![organisation, email],
    )
    .await?
    .map(|row| row.get("candidate_id"))
    .transpose()
}

/// Sets the status. The history entry belongs into the same transaction.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such candidate.
pub async fn set_status(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: CandidateId,
    update: &StatusUpdate,
) -> Result<()> {
    let touched = tx
        .execute(
            "update candidates
             set status = $3, status_cause = $4, status_at = $5, last_open_status = $6, conflict_status = $7,
                 status_rank = $8, updated_at = $5
             where organisation_id = $1 and id = $2",
            args![
                organisation,
                id,
                update.status,
                update.cause,
                update.at,
                update.last_open,
                update.conflict,
                status_rank(update.status)
            ],
        )
        .await?;
    Error::expect_one("set the status of a candidate", touched)?;
    renew_words(tx, organisation, id).await
}

/// Sets or removes the mark that Lever's status differs from one set by hand.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such candidate.
pub async fn set_conflict(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: CandidateId,
    conflict: Option<Status>,
) -> Result<()> {
    let touched = tx
        .execute(
            "update candidates set conflict_status = $3 where organisation_id = $1 and id = $2",
            args![organisation, id, conflict],
        )
        .await?;
    Error::expect_one("set the conflict of a candidate", touched)
}

/// Notes that somebody wrote to them; only the first time counts.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such candidate.
pub async fn set_messaged(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: CandidateId,
    at: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update candidates set messaged_at = coalesce(messaged_at, $3), updated_at = $3,
                way = case when way = 0 and answered_at is not null then 1 else way end
             where organisation_id = $1 and id = $2",
            args![organisation, id, at],
        )
        .await?;
    Error::expect_one("note a message to a candidate", touched)?;
    renew_words(tx, organisation, id).await
}

/// Notes that they answered; only the first time counts.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such candidate.
pub async fn set_answered(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: CandidateId,
    at: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update candidates set answered_at = coalesce(answered_at, $3), updated_at = $3,
                way = case when way = 0 and messaged_at is not null then 1 else way end
             where organisation_id = $1 and id = $2",
            args![organisation, id, at],
        )
        .await?;
    Error::expect_one("note an answer of a candidate", touched)?;
    renew_words(tx, organisation, id).await
}

/// Whether the organisation has any candidate.
///
/// # Errors
/// As the database says.
pub async fn any(tx: &mut Tx, organisation: OrganisationId) -> Result<bool> {
    Ok(tx
        .optional("select id from candidates where organisation_id = $1 limit 1", args![organisation])
        .await?
        .is_some())
}

pub(crate) fn read(row: &Row) -> Result<Candidate> {
    Ok(Candidate {
        id: row.get("id")?,
        organisation: row.get("organisation_id")?,
        name: row.get("name")?,
        headline: row.get("headline")?,
        company: row.get("company")?,
        location: row.get("location")?,
        phones: list_of(row, "phones")?,
        links: list_of(row, "links")?,
        skills: list_of(row, "skills")?,
        score: row.get("score")?,
        owner: row.get("owner_id")?,
        status: row.get("status")?,
        cause: row.get("status_cause")?,
        status_at: row.get("status_at")?,
        last_open: row.get("last_open_status")?,
        conflict: row.get("conflict_status")?,
        messaged_at: row.get("messaged_at")?,
        answered_at: row.get("answered_at")?,
        created_at: row.get("created_at")?,
    })
}

fn list_text<T: Serialize + ?Sized>(list: &T, column: &'static str) -> Result<String> {
    serde_json::to_string(list).map_err(|_| Error::Inconsistent { column })
}

fn list_of<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<Vec<T>> {
    serde_json::from_str(&row.get::<String>(column)?).map_err(|_| Error::Inconsistent { column })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_by_each_of_its_parts() {
        let found_by = words("Ana.Ruiz+x@Mail.People.example");
        assert_eq!(found_by, ["ana", "ruiz", "mail", "people", "example"]);
    }
}
