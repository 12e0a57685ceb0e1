//! The candidate list: narrowed to what is asked for, in the order asked for, a
//! page at a time.
//!
//! A million candidates feel like a hundred because no page looks at all of
//! them. First the narrowest way in (a status, an owner, a word ...) is
//! followed to a few thousand matches: [`narrow`]. When there are no more, they
//! are all there are, and a page is cut from them. When there are, they lie
//! close enough together in any order, and a page is read along the index of
//! that order. Every index holds the columns of every filter (migration 0019).
//!
//! Each statement names the columns of the index it means bare, and hides all
//! others from the planner (`c.way + 0`, a subquery with a limit), so that both
//! databases take the way that was chosen here. Where ids are given SQLite is kept
//! from going through the organisation instead (`+c.organisation_id`).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use domain::ids::{CandidateId, OrganisationId};
use domain::time::Timestamp;
use domain::view::{CandidateFilter, CandidateOrder, CandidateSort, InLever};

use crate::candidates::{Candidate, Way, columns, read, sort_name, status_rank, words};
use crate::{Engine, Result, Row, Tx, Value, args};

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

/// What a place in the list is sorted by before age decides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// An instant, a score, or the place of a status.
    Number(i64),
    /// A name.
    Text(String),
}

/// A place in the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// What is sorted by.
    pub key: Key,
    /// When the candidate there was added, which decides among the like.
    pub created_at: Timestamp,
    /// Which candidate it is.
    pub id: CandidateId,
}

impl Cursor {
    /// The place of `candidate` in a list sorted by `sort`.
    #[must_use]
    pub fn of(candidate: &Candidate, sort: CandidateSort) -> Self {
        let key = match sort {
            CandidateSort::Newest => Key::Number(candidate.created_at.0),
            CandidateSort::Since => Key::Number(candidate.status_at.0),
            CandidateSort::Score => Key::Number(candidate.score.unwrap_or(0).into()),
            CandidateSort::Status => Key::Number(status_rank(candidate.status)),
            CandidateSort::Name => Key::Text(sort_name(&candidate.name)),
        };
        Self { key, created_at: candidate.created_at, id: candidate.id }
    }
}

/// Which part of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// From its beginning.
    First,
    /// What follows this place.
    After(Cursor),
    /// What stands before this place, the nearest first.
    Before(Cursor),
}

/// The list narrowed to what is asked for. Made by [`narrow`].
#[derive(Clone, Debug)]
pub struct Narrowed {
    filter: Vec<Value>,
    along: Along,
    /// All there are, unless there are very many.
    all: Option<Vec<CandidateId>>,
}

/// The index that leads in the order of age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Along {
    Age,
    Status,
    Owner,
    Way,
}

/// Most words of a search that count; the first ones do.
const WORDS: usize = 6;
/// So many matches are gathered; more lie close together in any order.
const GATHERED: u32 = 3_000;
/// Up to so many the ways into the list are compared.
const COMPARED: u32 = 20_000;

impl Narrowed {
    /// How many match, unless they are more than were gathered.
    #[must_use]
    pub fn count(&self) -> Option<usize> {
        self.all.as_ref().map(Vec::len)
    }
}

// The filter of every statement. Arguments: $1 organisation, $2 and $3 status,
// $4 and $5 way, $6 and $7 score, $8 owner or nothing, then six pairs of words.

macro_rules! filter {
    (status: $status:expr, way: $way:expr, score: $score:expr, owner: $owner:expr) => {
        concat!(
            "c.organisation_id = $1 and c.status_rank",
            $status,
            " and c.way",
            $way,
            " and c.score_rank",
            $score,
            " between $6 and $7 and ",
            $owner,
            word!("c.id", "$9", "$10"),
            other_words!("c.id"),
        )
    };
    () => {
        filter!(status: hidden!("$2", "$3"), way: hidden!("$4", "$5"), score: " + 0", owner: any_owner!())
    };
}

/// A range, hidden from the planner.
macro_rules! hidden {
    ($from:expr, $to:expr) => {
        concat!(" + 0 between ", $from, " and ", $to)
    };
}

/// A range, for an index.
macro_rules! range {
    ($from:expr, $to:expr) => {
        concat!(" between ", $from, " and ", $to)
    };
}

/// One value, for an index whose next columns are an order.
macro_rules! one {
    ($from:expr, $to:expr) => {
        concat!(" = ", $from, " and ", $from, " + 0 <= ", $to)
    };
}

macro_rules! any_owner {
    () => {
        "($8 = '' or c.owner_id = $8) "
    };
}

macro_rules! word {
    ($candidate:expr, $from:expr, $above:expr) => {
        concat!(
            "and (",
            $from,
            " = '' or (select 1 from candidate_words w where w.candidate_id = ",
            $candidate,
            " and w.word >= ",
            $from,
            " and w.word < ",
            $above,
            " limit 1) = 1) "
        )
    };
}

macro_rules! other_words {
    ($candidate:expr) => {
        concat!(
            word!($candidate, "$11", "$12"),
            word!($candidate, "$13", "$14"),
            word!($candidate, "$15", "$16"),
            word!($candidate, "$17", "$18"),
            word!($candidate, "$19", "$20"),
        )
    };
}

// The ways in: at most $21 ids of those who match, in no order.

macro_rules! gather {
    ($filter:expr) => {
        concat!("select c.id as id from candidates c where ", $filter, " limit $21")
    };
}

const EVERYBODY: &str = gather!(filter!());
const BY_STATUS: &str = gather!(filter!(
    status: range!("$2", "$3"), way: hidden!("$4", "$5"), score: " + 0", owner: any_owner!()));
const BY_WAY: &str = gather!(filter!(
    status: hidden!("$2", "$3"), way: range!("$4", "$5"), score: " + 0", owner: any_owner!()));
const BY_SCORE: &str = gather!(filter!(
    status: hidden!("$2", "$3"), way: hidden!("$4", "$5"), score: "", owner: any_owner!()));
const BY_OWNER: &str = gather!(filter!(
    status: hidden!("$2", "$3"), way: hidden!("$4", "$5"), score: " + 0", owner: "c.owner_id = $8 "));
/// The first word leads; whoever bears two words with one beginning is given twice.
const BY_WORD: &str = concat!(
    "select b.candidate_id as id from candidate_words b
     where b.organisation_id = $1 and b.word >= $9 and b.word < $10 and
     (select 1 from candidates c
      where c.id = b.candidate_id and c.status_rank + 0 between $2 and $3 and c.way + 0 between $4 and $5
      and c.score_rank + 0 between $6 and $7 and ($8 = '' or c.owner_id = $8) limit 1) = 1 ",
    other_words!("b.candidate_id"),
    "limit $21"
);
/// As [`BY_WORD`], where words are all that is asked for.
const BY_WORD_ALONE: &str = concat!(
    "select b.candidate_id as id from candidate_words b
     where b.organisation_id = $1 and b.word >= $9 and b.word < $10
     and cast($2 as bigint) <= $3 and cast($4 as bigint) <= $5 and cast($6 as bigint) <= $7 and $8 = '' ",
    other_words!("b.candidate_id"),
    "limit $21"
);

// How many each way leads to, counted up to $4.

macro_rules! counted {
    ($condition:expr) => {
        concat!(
            "select count(*) as n from (select 1 as one from candidates c where c.organisation_id = $1 and ",
            $condition,
            " limit $4) counted"
        )
    };
}

// The orders: at most $21 ids beyond a place, which is $22 to $24.

macro_rules! walk {
    ($filter:expr, $key:expr, up to $highest:expr, down to $lowest:expr) => {
        [
            concat!(
                "select c.id as id from candidates c where ",
                $filter,
                $highest,
                " and (",
                $key,
                ", c.created_at, c.id) > ($22, $23, $24) order by ",
                $key,
                ", c.created_at, c.id limit $21"
            ),
            concat!(
                "select c.id as id from candidates c where ",
                $filter,
                $lowest,
                " and (",
                $key,
                ", c.created_at, c.id) < ($22, $23, $24) order by ",
                $key,
                " desc, c.created_at desc, c.id desc limit $21"
            ),
        ]
    };
    ($filter:expr) => {
        [
            concat!(
                "select c.id as id from candidates c where ",
                $filter,
                " and (c.created_at, c.id) > ($22, $23) order by c.created_at, c.id limit $21"
            ),
            concat!(
                "select c.id as id from candidates c where ",
                $filter,
                " and (c.created_at, c.id) < ($22, $23) order by c.created_at desc, c.id desc limit $21"
            ),
        ]
    };
}

/// Ascending and descending.
type Ways = [&'static str; 2];

const ALONG_AGE: Ways = walk!(filter!());
const ALONG_STATUS: Ways = walk!(filter!(
    status: one!("$2", "$3"), way: hidden!("$4", "$5"), score: " + 0", owner: any_owner!()));
const ALONG_WAY: Ways = walk!(filter!(
    status: hidden!("$2", "$3"), way: one!("$4", "$5"), score: " + 0", owner: any_owner!()));
const ALONG_OWNER: Ways = walk!(filter!(
    status: hidden!("$2", "$3"), way: hidden!("$4", "$5"), score: " + 0", owner: "c.owner_id = $8 "));
const SINCE: Ways = walk!(filter!(), "c.status_at", up to "", down to "");
const NAME: Ways = walk!(filter!(), "c.sort_name", up to "", down to "");
const SCORE: Ways =
    walk!(filter!(), "c.score_rank", up to "and c.score_rank <= $7", down to "and c.score_rank >= $6");
const STATUS: Ways =
    walk!(filter!(), "c.status_rank", up to "and c.status_rank <= $3", down to "and c.status_rank >= $2");

/// Narrows the list to `filter`: candidates who bear, for each word of the
/// search, a word that begins with it (in name, company or an address), and who
/// are what the other choices say. Words of one letter are still being typed and
/// do not count; the first six others do.
///
/// # Errors
/// As the database says.
pub async fn narrow(tx: &mut Tx, organisation: OrganisationId, filter: &CandidateFilter) -> Result<Narrowed> {
    by_index(tx).await?;
    let mut found: Vec<(u32, String, String)> = Vec::new();
    for word in words(&filter.search).into_iter().take(WORDS) {
        // Words hold letters and digits only, so none that begins with this one is above.
        let above = format!("{word}{}", char::MAX);
        let borne_by = tx
            .one(
                "select count(*) as n from (
                    select 1 as one from candidate_words
                    where organisation_id = $1 and word >= $2 and word < $3 limit $4) counted",
                args![organisation, &word, &above, COMPARED],
            )
            .await?
            .get("n")?;
        found.push((borne_by, word, above));
    }
    found.sort();

    let status = filter.status.map(status_rank);
    let (lowest_way, highest_way) = match filter.lever {
        None => (Way::NotAnswered, Way::InLever),
        Some(InLever::Yes) => (Way::InLever, Way::InLever),
        Some(InLever::No) => (Way::NotAnswered, Way::Deciding),
        Some(InLever::Deciding) => (Way::Deciding, Way::Deciding),
        Some(InLever::Answered) => (Way::Answered, Way::Deciding),
    };
    let from = filter.score_from.map_or(i64::MIN, i64::from);
    let to = filter.score_to.map_or(i64::MAX, i64::from);
    // Nobody without a score has a score of so much at most.
    let from = if filter.score_to.is_some() { from.max(1) } else { from };

    let mut ways = Vec::new();
    if let Some(rank) = status {
        let sql = counted!("c.status_rank between $2 and $3");
        ways.push((count(tx, sql, args![organisation, rank, rank, COMPARED]).await?, BY_STATUS));
    }
    if filter.lever.is_some_and(|lever| lever != InLever::No) {
        let sql = counted!("c.way between $2 and $3");
        ways.push((count(tx, sql, args![organisation, lowest_way, highest_way, COMPARED]).await?, BY_WAY));
    }
    if let Some(owner) = filter.owner {
        let sql = counted!("c.owner_id = $2 and $2 = $3");
        ways.push((count(tx, sql, args![organisation, owner, owner, COMPARED]).await?, BY_OWNER));
    }
    if filter.score_from.is_some() || filter.score_to.is_some() {
        let sql = counted!("c.score_rank between $2 and $3");
        ways.push((count(tx, sql, args![organisation, from, to, COMPARED]).await?, BY_SCORE));
    }
    if let Some((borne_by, ..)) = found.first() {
        let alone = ways.is_empty() && filter.lever.is_none();
        ways.push((*borne_by, if alone { BY_WORD_ALONE } else { BY_WORD }));
    }
    let way_in = ways.into_iter().min_by_key(|(count, _)| *count).map_or(EVERYBODY, |(_, way)| way);

    let mut arguments = args![
        organisation,
        status.unwrap_or(i64::MIN),
        status.unwrap_or(i64::MAX),
        lowest_way,
        highest_way,
        from,
        to,
        filter.owner.map(|owner| owner.to_string()).unwrap_or_default(),
    ];
    let mut found = found.into_iter();
    for _ in 0..WORDS {
        let (_, low, above) = found.next().unwrap_or_default();
        arguments.extend(args![low, above]);
    }
    let along = if filter.status.is_some() {
        Along::Status
    } else if filter.owner.is_some() {
        Along::Owner
    } else if lowest_way == highest_way {
        Along::Way
    } else {
        Along::Age
    };
    let all = gather(tx, way_in, &arguments).await?;
    as_ever(tx).await?;
    Ok(Narrowed { filter: arguments, along, all })
}

/// PostgreSQL is to follow the indexes meant, whatever it believes of the numbers.
async fn by_index(tx: &mut Tx) -> Result<()> {
    if tx.engine() == Engine::Postgres {
        tx.one(
            "select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
                    set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true),
                    set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true),
                    set_config('plan_cache_mode', 'force_custom_plan', true)",
            args![],
        )
        .await?;
    }
    Ok(())
}

/// What else the transaction asks is planned as ever.
async fn as_ever(tx: &mut Tx) -> Result<()> {
    if tx.engine() == Engine::Postgres {
        tx.one(
            "select set_config('enable_seqscan', 'on', true), set_config('enable_bitmapscan', 'on', true),
                    set_config('enable_sort', 'on', true), set_config('enable_incremental_sort', 'on', true),
                    set_config('jit', 'on', true), set_config('max_parallel_workers_per_gather', '2', true),
                    set_config('plan_cache_mode', 'auto', true)",
            args![],
        )
        .await?;
    }
    Ok(())
}

async fn count(tx: &mut Tx, sql: &'static str, arguments: Vec<Value>) -> Result<u32> {
    tx.one(sql, arguments).await?.get("n")
}

/// Everybody who matches, each once; `None` when they are more than are gathered.
async fn gather(tx: &mut Tx, way_in: &'static str, filter: &[Value]) -> Result<Option<Vec<CandidateId>>> {
    let mut limit = GATHERED + 1;
    loop {
        let mut arguments = filter.to_vec();
        arguments.extend(args![limit]);
        let mut all = ids(&tx.all(way_in, arguments).await?)?;
        let more = all.len() as u64 == u64::from(limit);
        all.sort_unstable();
        all.dedup();
        if all.len() as u64 > u64::from(GATHERED) {
            return Ok(None);
        }
        if !more {
            return Ok(Some(all));
        }
        // Some were given twice: there may be more behind them.
        limit *= 4;
    }
}

fn ids(rows: &[Row]) -> Result<Vec<CandidateId>> {
    rows.iter().map(|row| row.get("id")).collect()
}

/// At most `limit` candidates of a part of the list. What stands before a place
/// comes in the opposite order, the nearest first.
///
/// # Errors
/// As the database says.
pub async fn page(
    tx: &mut Tx,
    organisation: OrganisationId,
    narrowed: &Narrowed,
    order: CandidateOrder,
    part: &Part,
    limit: u32,
) -> Result<Vec<Listed>> {
    let chosen = match &narrowed.all {
        Some(all) => cut(tx, organisation, all, order, part, limit).await?,
        None => {
            by_index(tx).await?;
            let chosen = walk(tx, narrowed, order, part, limit).await?;
            as_ever(tx).await?;
            chosen
        }
    };
    rows(tx, organisation, &chosen).await
}

/// A page of all there are.
async fn cut(
    tx: &mut Tx,
    organisation: OrganisationId,
    all: &[CandidateId],
    order: CandidateOrder,
    part: &Part,
    limit: u32,
) -> Result<Vec<CandidateId>> {
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "select c.id, c.created_at, c.status_at, c.sort_name, c.score_rank, c.status_rank from candidates c
             where +c.organisation_id = $1 and c.id in (select value from json_each($2))"
        }
        Engine::Postgres => {
            "select c.id, c.created_at, c.status_at, c.sort_name, c.score_rank, c.status_rank from candidates c
             where c.organisation_id = $1 and c.id in (select jsonb_array_elements_text(cast($2 as jsonb)))"
        }
    };
    let mut places = Vec::with_capacity(all.len());
    for row in tx.all(sql, args![organisation, all]).await? {
        let created_at = row.get("created_at")?;
        let key = match order.sort {
            CandidateSort::Newest => Key::Number(row.get("created_at")?),
            CandidateSort::Since => Key::Number(row.get("status_at")?),
            CandidateSort::Score => Key::Number(row.get("score_rank")?),
            CandidateSort::Status => Key::Number(row.get("status_rank")?),
            CandidateSort::Name => Key::Text(row.get("sort_name")?),
        };
        places.push(Cursor { key, created_at, id: row.get("id")? });
    }
    let descending = order.descending != matches!(part, Part::Before(_));
    // An id's bytes go the same way as its text, by which the databases compare.
    let in_order = |a: &Cursor, b: &Cursor| if descending { b.cmp(a) } else { a.cmp(b) };
    places.sort_unstable_by(in_order);
    let begin = match part {
        Part::First => 0,
        Part::After(cursor) | Part::Before(cursor) => {
            places.partition_point(|place| in_order(place, cursor) != Ordering::Greater)
        }
    };
    Ok(places.into_iter().skip(begin).take(limit as usize).map(|place| place.id).collect())
}

/// A page along the index of the order.
async fn walk(
    tx: &mut Tx,
    narrowed: &Narrowed,
    order: CandidateOrder,
    part: &Part,
    limit: u32,
) -> Result<Vec<CandidateId>> {
    let statements = match (order.sort, narrowed.along) {
        (CandidateSort::Newest, Along::Age) => ALONG_AGE,
        (CandidateSort::Newest, Along::Status) => ALONG_STATUS,
        (CandidateSort::Newest, Along::Owner) => ALONG_OWNER,
        (CandidateSort::Newest, Along::Way) => ALONG_WAY,
        (CandidateSort::Since, _) => SINCE,
        (CandidateSort::Name, _) => NAME,
        (CandidateSort::Score, _) => SCORE,
        (CandidateSort::Status, _) => STATUS,
    };
    let descending = order.descending != matches!(part, Part::Before(_));
    let [ascends, descends] = statements;
    let outermost = if descending { i64::MAX } else { i64::MIN };
    let mut arguments = narrowed.filter.clone();
    arguments.extend(args![limit]);
    if order.sort != CandidateSort::Newest {
        arguments.push(match part {
            Part::First if order.sort == CandidateSort::Name && descending => char::MAX.to_string().into(),
            Part::First if order.sort == CandidateSort::Name => "".into(),
            Part::First => match (order.sort, narrowed.filter.as_slice()) {
                // Where the range that is asked for begins.
                (CandidateSort::Score, [_, _, _, _, _, from, to, ..])
                | (CandidateSort::Status, [_, from, to, ..]) => {
                    if descending {
                        to.clone()
                    } else {
                        from.clone()
                    }
                }
                _ => outermost.into(),
            },
            Part::After(cursor) | Part::Before(cursor) => match &cursor.key {
                Key::Number(number) => (*number).into(),
                Key::Text(text) => text.into(),
            },
        });
    }
    match part {
        Part::First => arguments.extend(args![outermost, ""]),
        Part::After(cursor) | Part::Before(cursor) => {
            arguments.extend(args![cursor.created_at, cursor.id]);
        }
    }
    ids(&tx.all(if descending { descends } else { ascends }, arguments).await?)
}

/// The rows of these candidates, in this order.
async fn rows(tx: &mut Tx, organisation: OrganisationId, chosen: &[CandidateId]) -> Result<Vec<Listed>> {
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let sql = match tx.engine() {
        Engine::Sqlite => concat!(
            "select ",
            columns!(),
            ", (select e.email from candidate_emails e where e.candidate_id = c.id and e.position = 0) as email,
             (select m.name from members m where m.id = c.owner_id) as owner_name
             from candidates c
             where +c.organisation_id = $1 and c.id in (select value from json_each($2))"
        ),
        Engine::Postgres => concat!(
            "select ",
            columns!(),
            ", (select e.email from candidate_emails e where e.candidate_id = c.id and e.position = 0) as email,
             (select m.name from members m where m.id = c.owner_id) as owner_name
             from candidates c
             where c.organisation_id = $1
             and c.id in (select jsonb_array_elements_text(cast($2 as jsonb)))"
        ),
    };
    let mut found = BTreeMap::new();
    for row in tx.all(sql, args![organisation, chosen]).await? {
        let candidate = read(&row)?;
        let email = row.get::<Option<String>>("email")?.unwrap_or_default();
        found.insert(candidate.id, Listed { candidate, email, owner: row.get("owner_name")? });
    }
    Ok(chosen.iter().filter_map(|id| found.remove(id)).collect())
}
