//! Candidates, their addresses, and the words they are searched by.

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

/// A candidate as the list shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Who.
    pub candidate: Candidate,
    /// Their first address.
    pub email: String,
    /// The owner's name.
    pub owner: Option<String>,
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

/// A place in the list, which is ordered by age, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the candidate there was added.
    pub created_at: Timestamp,
    /// Which candidate it is.
    pub id: CandidateId,
}

impl Candidate {
    /// Their place in the list.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { created_at: self.created_at, id: self.id }
    }
}

/// Which part of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// From the newest on.
    Newest,
    /// Those added before the candidate at this place, newest first.
    OlderThan(Cursor),
    /// Those added after the candidate at this place, oldest first.
    NewerThan(Cursor),
}

/// What the list is narrowed to. Make it with [`filter`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The range of words each word stands for, lowest and first above, the rarest first;
    /// empty where there is none.
    words: Option<[(String, String); WORDS]>,
    /// Whether the first word is so rare that its candidates are looked at one by one.
    rare: bool,
    status: Option<Status>,
}

/// Most words of a search that count; the first ones do.
const WORDS: usize = 6;
/// A word that at most so many candidates bear leads the search; else age does.
const RARE: u32 = 2_000;

/// The words of `text` that can be searched: runs of letters and digits, lower
/// case, of two letters or more.
fn words(text: &str) -> Vec<String> {
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
    tx.execute(
        "insert into candidates
            (id, organisation_id, name, headline, company, location, phones, links, skills, score, owner_id,
             status, status_cause, status_at, last_open_status, conflict_status, messaged_at, answered_at,
             created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19)",
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
        ],
    )
    .await?;
    insert_emails_and_words(tx, organisation, candidate, emails).await
}

async fn insert_emails_and_words(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: &Candidate,
    emails: &[String],
) -> Result<()> {
    let mut found_by: BTreeSet<String> = words(&candidate.name).into_iter().collect();
    found_by.extend(words(&candidate.company));
    for (position, email) in (0i64..).zip(emails) {
        tx.execute(
            "insert into candidate_emails (organisation_id, email, candidate_id, position)
             values ($1, $2, $3, $4)",
            args![organisation, email, candidate.id, position],
        )
        .await?;
        found_by.extend(words(email));
    }
    for word in found_by {
        tx.execute(
            "insert into candidate_words (organisation_id, word, candidate_id) values ($1, $2, $3)",
            args![organisation, word, candidate.id],
        )
        .await?;
    }
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
    let touched = tx
        .execute(
            "update candidates set phones = $3, links = $4, updated_at = $5
             where organisation_id = $1 and id = $2",
            args![
                organisation,
                candidate.id,
                list_text(&candidate.phones, "phones")?,
                list_text(&candidate.links, "links")?,
                now
            ],
        )
        .await?;
    Error::expect_one("set how a candidate can be reached", touched)?;
    for statement in [
        "delete from candidate_emails where organisation_id = $1 and candidate_id = $2",
        "delete from candidate_words where organisation_id = $1 and candidate_id = $2",
    ] {
        tx.execute(statement, args![organisation, candidate.id]).await?;
    }
    insert_emails_and_words(tx, organisation, candidate, emails).await
}

macro_rules! columns {
    () => {
        "c.id, c.organisation_id, c.name, c.headline, c.company, c.location, c.phones, c.links, c.skills,
         c.score, c.owner_id, c.status, c.status_cause, c.status_at, c.last_open_status, c.conflict_status,
         c.messaged_at, c.answered_at, c.created_at"
    };
}

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
             where organisation_id = $1 and id in (select value from json_each($2))"
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
                 updated_at = $5
             where organisation_id = $1 and id = $2",
            args![
                organisation,
                id,
                update.status,
                update.cause,
                update.at,
                update.last_open,
                update.conflict
            ],
        )
        .await?;
    Error::expect_one("set the status of a candidate", touched)
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
            "update candidates set messaged_at = coalesce(messaged_at, $3), updated_at = $3
             where organisation_id = $1 and id = $2",
            args![organisation, id, at],
        )
        .await?;
    Error::expect_one("note a message to a candidate", touched)
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
            "update candidates set answered_at = coalesce(answered_at, $3), updated_at = $3
             where organisation_id = $1 and id = $2",
            args![organisation, id, at],
        )
        .await?;
    Error::expect_one("note an answer of a candidate", touched)
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

/// Prepares a filter: candidates who bear, for each word of `search`, a word
/// that begins with it (in name, company or an address), and who have `status`.
/// Words of one letter are still being typed and do not count; the first six others do.
///
/// # Errors
/// As the database says.
pub async fn filter(
    tx: &mut Tx,
    organisation: OrganisationId,
    search: &str,
    status: Option<Status>,
) -> Result<Filter> {
    let mut ranges = Vec::new();
    for word in words(search).into_iter().take(WORDS) {
        // Words hold letters and digits only, so none that begins with this one is above.
        let above = format!("{word}{}", char::MAX);
        let borne_by: u32 = tx
            .one(
                "select count(*) as n from (
                    select 1 as one from candidate_words
                    where organisation_id = $1 and word >= $2 and word < $3 limit $4) bearers",
                args![organisation, &word, &above, RARE + 1],
            )
            .await?
            .get("n")?;
        ranges.push((borne_by, word, above));
    }
    ranges.sort();
    let rare = ranges.first().is_some_and(|(borne_by, _, _)| *borne_by <= RARE);
    let words = (!ranges.is_empty()).then(|| {
        let mut slots = ranges.into_iter().map(|(_, low, above)| (low, above));
        std::array::from_fn(|_| slots.next().unwrap_or_default())
    });
    Ok(Filter { words, rare, status })
}

// The statements of the list. Arguments: $1 organisation, $2 and $3 the place,
// $4 the limit, then six pairs of words if any, then the status if any.

macro_rules! listed {
    () => {
        concat!(
            "select ",
            columns!(),
            ", (select e.email from candidate_emails e where e.candidate_id = c.id and e.position = 0) as email,
             (select m.name from members m where m.id = c.owner_id) as owner_name "
        )
    };
}

/// Everybody.
macro_rules! everybody {
    () => {
        "from candidates c where c.organisation_id = $1 "
    };
}

/// The first word is rare: begin with its bearers. `cross join` keeps SQLite to that order.
macro_rules! by_word {
    () => {
        concat!(
            "from (select distinct w.candidate_id from candidate_words w
                   where w.organisation_id = $1 and w.word >= $5 and w.word < $6) hit
             cross join candidates c
             where c.organisation_id = $1 and c.id = hit.candidate_id ",
            other_words!()
        )
    };
}

/// Every word is common: begin with the newest candidates and keep those who bear them.
macro_rules! by_age {
    () => {
        concat!(
            "from candidates c
             where c.organisation_id = $1
             and exists (select 1 from candidate_words w
                         where w.candidate_id = c.id and w.word >= $5 and w.word < $6) ",
            other_words!()
        )
    };
}

macro_rules! other_words {
    () => {
        "and ($7 = '' or exists (select 1 from candidate_words w
                                 where w.candidate_id = c.id and w.word >= $7 and w.word < $8))
         and ($9 = '' or exists (select 1 from candidate_words w
                                 where w.candidate_id = c.id and w.word >= $9 and w.word < $10))
         and ($11 = '' or exists (select 1 from candidate_words w
                                  where w.candidate_id = c.id and w.word >= $11 and w.word < $12))
         and ($13 = '' or exists (select 1 from candidate_words w
                                  where w.candidate_id = c.id and w.word >= $13 and w.word < $14))
         and ($15 = '' or exists (select 1 from candidate_words w
                                  where w.candidate_id = c.id and w.word >= $15 and w.word < $16)) "
    };
}

macro_rules! older {
    () => {
        " and (c.created_at, c.id) < ($2, $3) order by c.created_at desc, c.id desc limit $4"
    };
}

macro_rules! newer {
    () => {
        " and (c.created_at, c.id) > ($2, $3) order by c.created_at, c.id limit $4"
    };
}

macro_rules! counted {
    ($from:expr, $status:expr) => {
        concat!(
            "select count(*) as n from (select 1 as one ",
            $from,
            $status,
            " and (c.created_at, c.id) < ($2, $3) limit $4) counted"
        )
    };
}

/// Picks among the forms of a statement: [everybody, by word, by age].
macro_rules! pick {
    ($filter:expr, $form:ident) => {
        match (&$filter.words, $filter.rare, $filter.status) {
            (None, _, None) => $form!(everybody!(), ""),
            (None, _, Some(_)) => $form!(everybody!(), "and c.status = $5"),
            (Some(_), true, None) => $form!(by_word!(), ""),
            (Some(_), true, Some(_)) => $form!(by_word!(), "and c.status = $17"),
            (Some(_), false, None) => $form!(by_age!(), ""),
            (Some(_), false, Some(_)) => $form!(by_age!(), "and c.status = $17"),
        }
    };
}

macro_rules! older_page {
    ($from:expr, $status:expr) => {
        concat!(listed!(), $from, $status, older!())
    };
}

macro_rules! newer_page {
    ($from:expr, $status:expr) => {
        concat!(listed!(), $from, $status, newer!())
    };
}

impl Filter {
    fn args(&self, organisation: OrganisationId, at: Timestamp, id: String, limit: u32) -> Vec<Value> {
        let mut args = args![organisation, at, id, limit];
        for (low, above) in self.words.iter().flatten() {
            args.push(low.into());
            args.push(above.into());
        }
        if let Some(status) = self.status {
            args.push(status.into());
        }
        args
    }
}

/// At most `limit` candidates of a part of the list, in the order of that part.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    filter: &Filter,
    part: Part,
    limit: u32,
) -> Result<Vec<Listed>> {
    let (sql, at, id) = match part {
        Part::Newest => (pick!(filter, older_page), Timestamp(i64::MAX), String::new()),
        Part::OlderThan(cursor) => (pick!(filter, older_page), cursor.created_at, cursor.id.to_string()),
        Part::NewerThan(cursor) => (pick!(filter, newer_page), cursor.created_at, cursor.id.to_string()),
    };
    tx.all(sql, filter.args(organisation, at, id, limit))
        .await?
        .iter()
        .map(|row| {
            Ok(Listed {
                candidate: read(row)?,
                email: row.get::<Option<String>>("email")?.unwrap_or_default(),
                owner: row.get("owner_name")?,
            })
        })
        .collect()
}

/// How many candidates match, counted up to `limit`.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx, organisation: OrganisationId, filter: &Filter, limit: u32) -> Result<u32> {
    let args = filter.args(organisation, Timestamp(i64::MAX), String::new(), limit);
    tx.one(pick!(filter, counted), args).await?.get("n")
}

fn read(row: &Row) -> Result<Candidate> {
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

fn list_text<T: Serialize>(list: &[T], column: &'static str) -> Result<String> {
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
