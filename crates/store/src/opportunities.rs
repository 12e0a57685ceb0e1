//! Table `opportunities`: the opportunities of Lever that stand for a
//! candidate, and what was read of them last.

use std::collections::BTreeSet;

use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::mapping::Place;
use domain::pipeline::{Belief, Truth};
use domain::time::Timestamp;

use crate::{Engine, Error, Result, Row, Tx, args};

/// An opportunity that stands, or stood, for a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opportunity {
    /// Lever's id.
    pub id: String,
    /// For whom.
    pub candidate: CandidateId,
    /// Lever's id of the person.
    pub contact: Option<String>,
    /// Lever's page.
    pub url: String,
    /// The stage as last applied; `None` before the first reading.
    pub stage: Option<String>,
    /// The archive reason as last applied; `None` while not archived, empty
    /// when Lever gave none.
    pub archived_reason: Option<String>,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Whether the candidate's status is held because the place is not mapped.
    pub held: bool,
    /// Lever's own time of the last change.
    pub lever_updated_at: Option<Timestamp>,
    /// When Lever was last read.
    pub read_at: Timestamp,
    /// When it was unlinked: it was deleted in Lever.
    pub unlinked_at: Option<Timestamp>,
}

impl Opportunity {
    /// The place last applied, as the stage map sees it; `None` before the first reading.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        match (&self.archived_reason, &self.stage) {
            (Some(reason), _) => Some(Place::Archived(reason.clone())),
            (None, Some(stage)) => Some(Place::Stage(stage.clone())),
            (None, None) => None,
        }
    }

    /// Where it stands in full, as last applied; `None` before the first reading.
    #[must_use]
    pub fn truth(&self) -> Option<Truth> {
        let stage = self.stage.clone()?;
        Some(Truth { stage, archived: self.archived_reason.clone() })
    }
}

/// What was read of an opportunity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The stage.
    pub stage: String,
    /// The archive reason; see [`Opportunity::archived_reason`].
    pub archived_reason: Option<String>,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Whether the place is not mapped.
    pub held: bool,
    /// Lever's own time of the last change.
    pub lever_updated_at: Option<Timestamp>,
    /// When it was read.
    pub read_at: Timestamp,
}

/// Links an opportunity to its candidate; `false` when it stands for another
/// candidate already.
///
/// # Errors
/// As the database says.
pub async fn link(tx: &mut Tx, organisation: OrganisationId, opportunity: &Opportunity) -> Result<bool> {
    let touched = tx
        .execute(
            "insert into opportunities (organisation_id, id, candidate_id, contact_id, url, stage, archived_reason,
                                        archived_at, held, lever_updated_at, read_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             on conflict (organisation_id, id) do update
             set candidate_id = excluded.candidate_id, contact_id = excluded.contact_id, url = excluded.url,
                 stage = excluded.stage, archived_reason = excluded.archived_reason,
                 archived_at = excluded.archived_at, held = excluded.held,
                 lever_updated_at = excluded.lever_updated_at, read_at = excluded.read_at, unlinked_at = null,
                 landed_moves = null, decided_stage = null, decided_reason = null, moved = 0,
                 chosen_by = null, chosen_at = null, agreed = 0, changed_by = null, changed_at = null
             where opportunities.candidate_id = excluded.candidate_id or opportunities.unlinked_at is not null",
            args![
                organisation,
                opportunity.id.as_str(),
                opportunity.candidate,
                opportunity.contact.as_deref(),
                opportunity.url.as_str(),
                opportunity.stage.as_deref(),
                opportunity.archived_reason.as_deref(),
                opportunity.archived_at,
                opportunity.held,
                opportunity.lever_updated_at,
                opportunity.read_at
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// One opportunity, linked or unlinked.
///
/// # Errors
/// As the database says.
pub async fn get(tx: &mut Tx, organisation: OrganisationId, id: &str) -> Result<Option<Opportunity>> {
    tx.optional(
        "select id, candidate_id, contact_id, url, stage, archived_reason, archived_at, held, lever_updated_at,
                read_at, unlinked_at
         from opportunities where organisation_id = $1 and id = $2",
        args![organisation, id],
    )
    .await?
    .as_ref()
    .map(opportunity)
    .transpose()
}

/// As [`get`], and until the end of the transaction nobody else changes it.
///
/// # Errors
/// As the database says.
pub async fn lock(tx: &mut Tx, organisation: OrganisationId, id: &str) -> Result<Option<Opportunity>> {
    if tx.engine() == Engine::Sqlite {
        return get(tx, organisation, id).await;
    }
    tx.optional(
        "select id, candidate_id, contact_id, url, stage, archived_reason, archived_at, held, lever_updated_at,
                read_at, unlinked_at
         from opportunities where organisation_id = $1 and id = $2 for update",
        args![organisation, id],
    )
    .await?
    .as_ref()
    .map(opportunity)
    .transpose()
}

/// What is remembered of an opportunity besides the last reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// How often Lever had moved it when it came to stand for the candidate;
    /// `None` before the first reading.
    pub landed_moves: Option<u32>,
    /// The stage in which it stood when a member decided about the status last.
    pub decided_stage: Option<String>,
    /// The archive reason at that time; see [`Opportunity::archived_reason`].
    pub decided_reason: Option<String>,
    /// Whether Lever has moved it since it came to stand for the candidate.
    pub moved: bool,
    /// Whether Lever stood, or was brought, where the decision of a member leads.
    pub agreed: bool,
}

/// What is remembered of an opportunity.
///
/// # Errors
/// As the database says; also when there is no such opportunity.
pub async fn memory(tx: &mut Tx, organisation: OrganisationId, id: &str) -> Result<Memory> {
    let row = tx
        .one(
            "select landed_moves, decided_stage, decided_reason, moved, agreed from opportunities
             where organisation_id = $1 and id = $2",
            args![organisation, id],
        )
        .await?;
    Ok(Memory {
        landed_moves: row.get("landed_moves")?,
        decided_stage: row.get("decided_stage")?,
        decided_reason: row.get("decided_reason")?,
        moved: row.get("moved")?,
        agreed: row.get("agreed")?,
    })
}

/// Remembers how often Lever had moved it at the first reading.
///
/// # Errors
/// [`Error::RowsTouched`] when it is not linked.
pub async fn set_landed(tx: &mut Tx, organisation: OrganisationId, id: &str, moves: u32) -> Result<()> {
    let touched = tx
        .execute(
            "update opportunities set landed_moves = $3
             where organisation_id = $1 and id = $2 and unlinked_at is null",
            args![organisation, id, moves],
        )
        .await?;
    Error::expect_one("landed moves", touched)
}

/// Remembers whether Lever has moved it since it came to stand for the candidate.
///
/// # Errors
/// [`Error::RowsTouched`] when it is not linked.
pub async fn set_moved(tx: &mut Tx, organisation: OrganisationId, id: &str, moved: bool) -> Result<()> {
    let touched = tx
        .execute(
            "update opportunities set moved = $3
             where organisation_id = $1 and id = $2 and unlinked_at is null",
            args![organisation, id, moved],
        )
        .await?;
    Error::expect_one("moved opportunity", touched)
}

/// A member chose that this opportunity of several counts.
///
/// # Errors
/// [`Error::RowsTouched`] when it is not linked.
pub async fn set_chosen(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: &str,
    member: MemberId,
    now: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update opportunities set chosen_by = $3, chosen_at = $4
             where organisation_id = $1 and id = $2 and unlinked_at is null",
            args![organisation, id, member, now],
        )
        .await?;
    Error::expect_one("chosen opportunity", touched)
}

/// Who chose that this opportunity of several counts, and when; `None`: the
/// import did.
///
/// # Errors
/// As the database says.
pub async fn chosen(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: &str,
) -> Result<Option<(MemberId, Timestamp)>> {
    tx.optional(
        "select chosen_by, chosen_at from opportunities
         where organisation_id = $1 and id = $2 and chosen_by is not null and chosen_at is not null",
        args![organisation, id],
    )
    .await?
    .map(|row| Ok((row.get("chosen_by")?, row.get("chosen_at")?)))
    .transpose()
}

/// Locks the opportunities that stand for a candidate. Whoever needs them and
/// the candidate locks them first, so that two never wait for each other.
///
/// # Errors
/// As the database says.
pub async fn lock_of(tx: &mut Tx, organisation: OrganisationId, candidate: CandidateId) -> Result<()> {
    if tx.engine() == Engine::Postgres {
        tx.all(
            "select id from opportunities
             where organisation_id = $1 and candidate_id = $2 and unlinked_at is null order by id for update",
            args![organisation, candidate],
        )
        .await?;
    }
    Ok(())
}

/// A member decided about the candidate's status: where Lever stands, as last
/// read, is known to them and no news any more.
///
/// # Errors
/// As the database says.
pub async fn decided(tx: &mut Tx, organisation: OrganisationId, candidate: CandidateId) -> Result<()> {
    tx.execute(
        "update opportunities set decided_stage = stage, decided_reason = archived_reason, agreed = 0
         where organisation_id = $1 and candidate_id = $2 and unlinked_at is null",
        args![organisation, candidate],
    )
    .await?;
    Ok(())
}

/// A member decided about the candidate's status knowing that Lever stands there.
///
/// # Errors
/// [`Error::RowsTouched`] when it is not linked.
pub async fn decided_at(tx: &mut Tx, organisation: OrganisationId, id: &str, truth: &Truth) -> Result<()> {
    let touched = tx
        .execute(
            "update opportunities set decided_stage = $3, decided_reason = $4, agreed = 0
             where organisation_id = $1 and id = $2 and unlinked_at is null",
            args![organisation, id, truth.stage.as_str(), truth.archived.as_deref()],
        )
        .await?;
    Error::expect_one("decided opportunity", touched)
}

/// Lever stands where the decision of a member leads: what it does next is news.
///
/// # Errors
/// [`Error::RowsTouched`] when it is not linked.
pub async fn agree(tx: &mut Tx, organisation: OrganisationId, id: &str, truth: &Truth) -> Result<()> {
    let touched = tx
        .execute(
            "update opportunities set decided_stage = $3, decided_reason = $4, agreed = 1
             where organisation_id = $1 and id = $2 and unlinked_at is null",
            args![organisation, id, truth.stage.as_str(), truth.archived.as_deref()],
        )
        .await?;
    Error::expect_one("agreed opportunity", touched)
}

/// What a member decided was not to be had: wherever Lever stands is a question
/// until somebody decides again.
///
/// # Errors
/// [`Error::RowsTouched`] when it is not linked.
pub async fn disagree(tx: &mut Tx, organisation: OrganisationId, id: &str) -> Result<()> {
    let touched = tx
        .execute(
            "update opportunities set decided_stage = null, decided_reason = null, agreed = 0
             where organisation_id = $1 and id = $2 and unlinked_at is null",
            args![organisation, id],
        )
        .await?;
    Error::expect_one("disagreed opportunity", touched)
}

/// Remembers who changed it last in Lever, by Lever's id, and when.
///
/// # Errors
/// [`Error::RowsTouched`] when it is not linked.
pub async fn set_changed(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: &str,
    by: Option<&str>,
    at: Option<Timestamp>,
) -> Result<()> {
    let touched = tx
        .execute(
            "update opportunities set changed_by = $3, changed_at = $4
             where organisation_id = $1 and id = $2 and unlinked_at is null",
            args![organisation, id, by, at],
        )
        .await?;
    Error::expect_one("changed opportunity", touched)
}

/// Who changed it last in Lever, by Lever's id, where Lever says so, and when.
///
/// # Errors
/// As the database says.
pub async fn changed(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: &str,
) -> Result<(Option<String>, Option<Timestamp>)> {
    let row = tx
        .optional(
            "select changed_by, changed_at from opportunities where organisation_id = $1 and id = $2",
            args![organisation, id],
        )
        .await?;
    match row {
        Some(row) => Ok((row.get("changed_by")?, row.get("changed_at")?)),
        None => Ok((None, None)),
    }
}

/// Whether the opportunity stands for a candidate.
///
/// # Errors
/// As the database says.
pub async fn is_linked(tx: &mut Tx, organisation: OrganisationId, id: &str) -> Result<bool> {
    let row = tx
        .optional(
            "select id from opportunities where organisation_id = $1 and id = $2 and unlinked_at is null",
            args![organisation, id],
        )
        .await?;
    Ok(row.is_some())
}

/// Those of `named` that stand for a candidate.
///
/// # Errors
/// As the database says.
pub async fn linked_of(
    tx: &mut Tx,
    organisation: OrganisationId,
    named: &BTreeSet<&str>,
) -> Result<BTreeSet<String>> {
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "select id from opportunities
             where organisation_id = $1 and unlinked_at is null and id in (select value from json_each($2))"
        }
        Engine::Postgres => {
            "select id from opportunities
             where organisation_id = $1 and unlinked_at is null
               and id in (select jsonb_array_elements_text(cast($2 as jsonb)))"
        }
    };
    let named = serde_json::to_string(named).map_err(|_| Error::Inconsistent { column: "id" })?;
    tx.all(sql, args![organisation, named]).await?.iter().map(|row| row.get("id")).collect()
}

/// The opportunity that stands for a candidate.
///
/// # Errors
/// As the database says.
pub async fn by_candidate(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> Result<Option<Opportunity>> {
    tx.optional(
        "select id, candidate_id, contact_id, url, stage, archived_reason, archived_at, held, lever_updated_at,
                read_at, unlinked_at
         from opportunities where organisation_id = $1 and candidate_id = $2 and unlinked_at is null
         order by read_at desc, id limit 1",
        args![organisation, candidate],
    )
    .await?
    .as_ref()
    .map(opportunity)
    .transpose()
}

/// The opportunities that stand for these candidates.
///
/// # Errors
/// As the database says.
pub async fn of_candidates(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidates: &[CandidateId],
) -> Result<Vec<Opportunity>> {
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "select id, candidate_id, contact_id, url, stage, archived_reason, archived_at, held, lever_updated_at,
                    read_at, unlinked_at
             from opportunities
             where organisation_id = $1 and candidate_id in (select value from json_each($2))
               and unlinked_at is null
             order by candidate_id, read_at desc, id"
        }
        Engine::Postgres => {
            "select id, candidate_id, contact_id, url, stage, archived_reason, archived_at, held, lever_updated_at,
                    read_at, unlinked_at
             from opportunities
             where organisation_id = $1
               and candidate_id in (select jsonb_array_elements_text(cast($2 as jsonb)))
               and unlinked_at is null
             order by candidate_id, read_at desc, id"
        }
    };
    let rows = tx.all(sql, args![organisation, candidates]).await?;
    let mut found = rows.iter().map(opportunity).collect::<Result<Vec<_>>>()?;
    // As `by_candidate` chooses: the one read last.
    found.dedup_by_key(|opportunity| opportunity.candidate);
    Ok(found)
}

/// Records what was read.
///
/// # Errors
/// [`Error::RowsTouched`] when it is not linked.
pub async fn record_reading(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: &str,
    reading: &Reading,
) -> Result<()> {
    let touched = tx
        .execute(
            "update opportunities
             set stage = $3, archived_reason = $4, archived_at = $5, held = $6, lever_updated_at = $7, read_at = $8
             where organisation_id = $1 and id = $2 and unlinked_at is null",
            args![
                organisation,
                id,
                reading.stage.as_str(),
                reading.archived_reason.as_deref(),
                reading.archived_at,
                reading.held,
                reading.lever_updated_at,
                reading.read_at
            ],
        )
        .await?;
    Error::expect_one("record reading", touched)
}

/// Unlinks: it was deleted in Lever. `false` when it was not linked.
///
/// # Errors
/// As the database says.
pub async fn unlink(tx: &mut Tx, organisation: OrganisationId, id: &str, now: Timestamp) -> Result<bool> {
    let touched = tx
        .execute(
            "update opportunities set unlinked_at = $3
             where organisation_id = $1 and id = $2 and unlinked_at is null",
            args![organisation, id, now],
        )
        .await?;
    Ok(touched == 1)
}

/// How many are linked.
///
/// # Errors
/// As the database says.
pub async fn count_linked(tx: &mut Tx, organisation: OrganisationId) -> Result<u32> {
    tx.one(
        "select count(*) as linked from opportunities where organisation_id = $1 and unlinked_at is null",
        args![organisation],
    )
    .await?
    .get("linked")
}

/// How many candidates are on their way in Lever: linked and not archived.
///
/// # Errors
/// As the database says.
pub async fn count_active(tx: &mut Tx, organisation: OrganisationId) -> Result<u32> {
    tx.one(
        "select count(distinct candidate_id) as active from opportunities
         where organisation_id = $1 and unlinked_at is null and archived_at is null",
        args![organisation],
    )
    .await?
    .get("active")
}

/// Lever's ids of linked opportunities that were not read after `at`, in their
/// order, after the id `after`, at most `limit`, each with Lever's id of the person.
///
/// # Errors
/// As the database says.
pub async fn linked_unread(
    tx: &mut Tx,
    organisation: OrganisationId,
    after: &str,
    at: Timestamp,
    limit: u32,
) -> Result<Vec<(String, Option<String>)>> {
    tx.all(
        "select id, contact_id from opportunities
         where organisation_id = $1 and unlinked_at is null and id > $2 and read_at <= $3
         order by id limit $4",
        args![organisation, after, at, limit],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("contact_id")?)))
    .collect()
}

/// Linked people who are alike: what a change of the stage map would be decided by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where they stand in Lever, as last read.
    pub truth: Truth,
    /// What we believe.
    pub belief: Belief,
    /// How many they are.
    pub people: u32,
}

macro_rules! standings {
    ($which:literal) => {
        concat!(
            "select o.stage, o.archived_reason, o.decided_stage, o.decided_reason, o.moved, o.agreed,
                    c.status, c.last_open_status, c.status_cause, count(*) as people
             from opportunities o join candidates c on c.organisation_id = o.organisation_id and c.id = o.candidate_id
             where o.organisation_id = $1 and o.unlinked_at is null and o.stage is not null ",
            $which,
            " group by o.stage, o.archived_reason, o.decided_stage, o.decided_reason, o.moved, o.agreed,
                       c.status, c.last_open_status, c.status_cause"
        )
    };
}

/// Where everybody linked stands in Lever, as last read, and what we believe. With
/// a place only those of that stage, archived or not, or of that reason.
///
/// # Errors
/// As the database says.
pub async fn standings(
    tx: &mut Tx,
    organisation: OrganisationId,
    at: Option<&Place>,
) -> Result<Vec<Standing>> {
    let rows = match at {
        None => tx.all(standings!(""), args![organisation]).await?,
        Some(Place::Stage(stage)) => {
            tx.all(standings!("and o.stage = $2"), args![organisation, stage]).await?
        }
        Some(Place::Archived(reason)) => {
            tx.all(standings!("and o.archived_reason = $2"), args![organisation, reason]).await?
        }
    };
    rows.iter()
        .map(|row| {
            let truth = Truth { stage: row.get("stage")?, archived: row.get("archived_reason")? };
            let decided_reason: Option<String> = row.get("decided_reason")?;
            let decided = row
                .get::<Option<String>>("decided_stage")?
                .map(|stage| Truth { stage, archived: decided_reason });
            let belief = Belief {
                status: row.get("status")?,
                last_open: row.get("last_open_status")?,
                cause: row.get("status_cause")?,
                moved: row.get("moved")?,
                decided,
                agreed: row.get("agreed")?,
            };
            Ok(Standing { truth, belief, people: row.get("people")? })
        })
        .collect()
}

/// Ids of those whose status is held because their place is not mapped: they
/// are applied again when the map is saved.
///
/// # Errors
/// As the database says.
pub async fn held(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<String>> {
    tx.all(
        "select id from opportunities where organisation_id = $1 and unlinked_at is null and held = 1 order by id",
        args![organisation],
    )
    .await?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}

/// Ids of linked ones that stood at `place` when last read.
///
/// # Errors
/// As the database says.
pub async fn ids_at(tx: &mut Tx, organisation: OrganisationId, place: &Place) -> Result<Vec<String>> {
    let rows = match place {
        Place::Stage(stage) => {
            tx.all(
                "select id from opportunities
                 where organisation_id = $1 and unlinked_at is null and stage = $2 and archived_reason is null
                 order by id",
                args![organisation, stage],
            )
            .await?
        }
        Place::Archived(reason) => {
            tx.all(
                "select id from opportunities
                 where organisation_id = $1 and unlinked_at is null and archived_reason = $2 order by id",
                args![organisation, reason],
            )
            .await?
        }
    };
    rows.iter().map(|row| row.get("id")).collect()
}

/// Ids of linked ones that were archived in `stage` when last read, each with the
/// reason.
///
/// # Errors
/// As the database says.
pub async fn archived_in(
    tx: &mut Tx,
    organisation: OrganisationId,
    stage: &str,
) -> Result<Vec<(String, String)>> {
    tx.all(
        "select id, archived_reason from opportunities
         where organisation_id = $1 and unlinked_at is null and stage = $2 and archived_reason is not null
         order by id",
        args![organisation, stage],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("archived_reason")?)))
    .collect()
}

/// Whether any candidate's status is held because they stand at `place`.
///
/// # Errors
/// As the database says.
pub async fn any_held_at(tx: &mut Tx, organisation: OrganisationId, place: &Place) -> Result<bool> {
    let row = match place {
        Place::Stage(stage) => {
            tx.optional(
                "select id from opportunities
                 where organisation_id = $1 and unlinked_at is null and held = 1 and stage = $2
                   and archived_reason is null limit 1",
                args![organisation, stage],
            )
            .await?
        }
        Place::Archived(reason) => {
            tx.optional(
                "select id from opportunities
                 where organisation_id = $1 and unlinked_at is null and held = 1 and archived_reason = $2 limit 1",
                args![organisation, reason],
            )
            .await?
        }
    };
    Ok(row.is_some())
}

/// Who stands at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// Where, as last read.
    pub place: Place,
    /// How many.
    pub people: u32,
    /// The first of their names.
    pub names: Vec<String>,
}

/// Who stands where in Lever, as last read: whom a change of the stage map would
/// concern. Of each place so many names at most.
///
/// # Errors
/// As the database says.
pub async fn crowds(tx: &mut Tx, organisation: OrganisationId, names: u32) -> Result<Vec<Crowd>> {
    let rows = tx
        .all(
            "select stage, archived_reason, name, people from (
                 select stage, archived_reason, name,
                        count(*) over (partition by stage, archived_reason) as people,
                        row_number() over (partition by stage, archived_reason order by name, id) as nth
                 from (select case when o.archived_reason is null then o.stage end as stage, o.archived_reason,
                              c.name, c.id
                       from opportunities o
                       join candidates c on c.organisation_id = o.organisation_id and c.id = o.candidate_id
                       where o.organisation_id = $1 and o.unlinked_at is null and o.stage is not null) as standing
             ) as ranked
             where nth <= $2 order by stage, archived_reason, nth",
            args![organisation, names],
        )
        .await?;
    let mut crowds: Vec<Crowd> = Vec::new();
    for row in &rows {
        let place = match row.get::<Option<String>>("archived_reason")? {
            Some(reason) => Place::Archived(reason),
            None => Place::Stage(row.get("stage")?),
        };
        let name = row.get("name")?;
        match crowds.last_mut().filter(|last| last.place == place) {
            Some(last) => last.names.push(name),
            None => crowds.push(Crowd { place, people: row.get("people")?, names: vec![name] }),
        }
    }
    Ok(crowds)
}

fn opportunity(row: &Row) -> Result<Opportunity> {
    Ok(Opportunity {
        id: row.get("id")?,
        candidate: row.get("candidate_id")?,
        contact: row.get("contact_id")?,
        url: row.get("url")?,
        stage: row.get("stage")?,
        archived_reason: row.get("archived_reason")?,
        archived_at: row.get("archived_at")?,
        held: row.get("held")?,
        lever_updated_at: row.get("lever_updated_at")?,
        read_at: row.get("read_at")?,
        unlinked_at: row.get("unlinked_at")?,
    })
}
