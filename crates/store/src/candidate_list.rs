//! The candidate list: narrowed to what is asked for, in the order asked for, a
//! page at a time.
//!
//! A million candidates feel like a hundred because no page looks at all of them.
//! Every index, that of the words too, holds every column that the list is narrowed
//! to or sorted by (migration 0021): one pass over any of them answers the rest. A
//! look at one candidate in 256 says which is the narrowest, the [`Lead`], and
//! whether very many match: [`narrow`]. When few do, all are gathered, and a page is
//! cut from them. When many do, a page is hoped for along the index of the order,
//! unless those drawn say that it is far (all of one company were added on one day, and
//! the list begins at the other end): then the lead is read to its end. By status, a page
//! of some ways stands at the head of each of them.
//!
//! Each statement names the columns of the index it means bare, and hides all
//! others from the planner (`c.way + 0`), so that both databases take the way that
//! was chosen here. Where ids are given SQLite is kept from going through the
//! organisation instead (`+c.organisation_id`).

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use domain::ids::{CandidateId, OrganisationId};
use domain::time::Timestamp;
use domain::view::{CandidateFilter, CandidateOrder, CandidateSort, InLever};
use serde::Deserialize;

use crate::candidates::{Candidate, Way, columns, read, sort_name, status_rank, words};
use crate::{Engine, Error, Result, Row, Tx, Value, args};

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
        Place::of(candidate).cursor(sort)
    }

    fn arguments(&self) -> [Value; 3] {
        let key = match &self.key {
            Key::Number(number) => (*number).into(),
            Key::Text(text) => text.into(),
        };
        [self.created_at.into(), self.id.into(), key]
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
    asked: Asked,
    lead: Lead,
    /// Rows of its index, about.
    led_to: u32,
    /// Rows of the index of an order that hold one who matches, were they to lie evenly.
    sparse: u32,
    hoped: u32,
    /// All there are, unless there are very many.
    all: Option<Vec<Place>>,
}

/// A candidate, and everything they can be sorted by, as [`Purpose::Gather`] lists it.
#[derive(Clone, Debug, Deserialize)]
struct Place {
    id: CandidateId,
    created_at: Timestamp,
    status_at: Timestamp,
    score_rank: i64,
    status_rank: i64,
    sort_name: String,
}

impl Place {
    fn of(candidate: &Candidate) -> Self {
        Self {
            id: candidate.id,
            created_at: candidate.created_at,
            status_at: candidate.status_at,
            score_rank: candidate.score.unwrap_or(0).into(),
            status_rank: status_rank(candidate.status),
            sort_name: sort_name(&candidate.name),
        }
    }

    fn cursor(&self, sort: CandidateSort) -> Cursor {
        let key = match sort {
            CandidateSort::Newest => Key::Number(self.created_at.0),
            CandidateSort::Since => Key::Number(self.status_at.0),
            CandidateSort::Score => Key::Number(self.score_rank),
            CandidateSort::Status => Key::Number(self.status_rank),
            CandidateSort::Name => Key::Text(self.sort_name.clone()),
        };
        Cursor { key, created_at: self.created_at, id: self.id }
    }
}

/// What the numbers of matches are held against.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// So many matches are counted; of more it may only be known that they are more.
    pub counted: u32,
    /// So many matches are gathered where a page could not be read off an index.
    pub gathered: u32,
    /// Where so many of those drawn match, more match than are gathered.
    pub very_many: u32,
    /// At most so many rows of the index of an order are read in the hope of a page.
    pub hoped: u32,
}

impl Limits {
    /// For a million candidates: where 20 of those drawn match, five thousand of all do,
    /// of whom 30,000 rows hold 150 where they lie evenly, more than a page. Who match
    /// are a thousand at most then, and must be counted, once in a hundred million times;
    /// and where fewer of those drawn match, they are more than 8,000, and gathered in
    /// vain, once in a hundred.
    const USUAL: Self = Self { counted: COUNTED, gathered: 8_000, very_many: 20, hoped: 30_000 };
}

/// So many who match are counted, whatever is asked for.
pub const COUNTED: u32 = 1_000;
/// So many ways there are, one after the other.
const WAYS: i64 = Way::InLever as i64 + 1;
/// Most words of a search that count; the first ones do.
const WORDS: usize = 6;
/// Most of those drawn who are looked at: those of four million candidates.
const DRAWN: u32 = 16_000;
/// A page is hoped for among so many times the rows that would hold it, did all
/// who match lie evenly.
const UNEVEN: u32 = 4;
/// One candidate in so many is drawn.
const DRAWN_OF: u32 = 256;
/// Before a lead is read, a page is hoped for among one in so many times its rows.
const FIRST: u32 = 8;
/// A page is far where the first of those drawn who match stands so many times behind
/// where one would, did all who match lie evenly: by chance one in twenty does.
const FAR: u32 = 3;

impl Narrowed {
    /// How many match, unless they are more than were gathered.
    #[must_use]
    pub fn count(&self) -> Option<usize> {
        self.all.as_ref().map(Vec::len)
    }

    /// Among how many rows of the index of the order a page is hoped for, one after the
    /// other, before the lead is read: as many as would hold it if it is near, and then
    /// a small part of what reading the lead costs. `reach` is as [`Purpose::Reach`]
    /// says; where it is 0, the list may end behind a few rows.
    fn hopes(&self, reach: u32, limit: u32) -> impl Iterator<Item = u32> + use<> {
        let evenly = self.sparse.saturating_mul(limit).saturating_mul(UNEVEN).min(self.hoped).max(limit);
        let first = (self.led_to / FIRST).min(self.hoped);
        let is_near = (1..=self.sparse.saturating_mul(FAR)).contains(&reach);
        let is_worth_it = first >= if is_near { evenly.saturating_mul(2) } else { limit };
        let within = reach.saturating_mul(DRAWN_OF) < first;
        is_near.then_some(evenly).into_iter().chain((is_worth_it && within).then_some(first))
    }
}

/// The index along which those who match are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Lead {
    Everybody,
    Owner,
    Status,
    /// A range of ways.
    Way,
    /// One way or two, and a status.
    WayAndStatus,
    Score,
    /// Words that begin with the first one; who bears two of them is met twice.
    Words,
    /// The first word alone.
    Word,
}

impl Lead {
    /// Whether a page of this order stands at the head of its index, or of a few stretches
    /// of it.
    fn holds_pages_by(self, sort: CandidateSort) -> bool {
        match sort {
            CandidateSort::Newest => {
                matches!(self, Self::Everybody | Self::Owner | Self::Status | Self::Word)
            }
            CandidateSort::Status => self == Self::Way,
            CandidateSort::Since | CandidateSort::Name | CandidateSort::Score => false,
        }
    }

    /// The table, and its column of the candidate's id.
    fn source(self) -> (&'static str, &'static str) {
        match self {
            Self::Words | Self::Word => ("candidate_words", "c.candidate_id"),
            _ => ("candidates", "c.id"),
        }
    }
}

/// What a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Purpose {
    /// How many of those drawn each lead leads to, and how many match.
    Draw,
    /// At most $21 of those who match, in no order.
    Gather,
    /// At most $21 ids beyond a place along a lead that is sorted by age.
    Along { descending: bool },
    /// At most $21 ids beyond a place by status, along each of some ways at once.
    AlongWays { descending: bool },
    /// At most three of those drawn who match, beyond a place.
    Marks { sort: CandidateSort, descending: bool },
    /// How many of those drawn stand from a place to a mark.
    Reach { sort: CandidateSort, descending: bool },
    /// At most $21 ids among the $22 rows beyond a place along the index of the order.
    Hope { sort: CandidateSort, descending: bool },
    /// How many these rows are.
    Rows { sort: CandidateSort, descending: bool },
    /// At most $21 ids beyond a place, from the whole lead; as far as to a mark only.
    Read { sort: CandidateSort, descending: bool, marked: bool },
}

/// What the list is narrowed to. A statement asks nothing else: a million rows would
/// be asked it in turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Asked {
    status: bool,
    way: bool,
    score: bool,
    owner: bool,
    words: usize,
}

impl Asked {
    /// What is sorted by: all of one status stand by age.
    fn sort(self, order: CandidateOrder) -> CandidateSort {
        match order.sort {
            CandidateSort::Status if self.status => CandidateSort::Newest,
            sort => sort,
        }
    }
}

/// The statement for a purpose, made when it is first asked for and kept for good.
fn statement(engine: Engine, lead: Lead, asked: Asked, purpose: Purpose) -> &'static str {
    type Made = HashMap<(Engine, Lead, Asked, Purpose), &'static str>;
    static MADE: LazyLock<Mutex<Made>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.entry((engine, lead, asked, purpose)).or_insert_with(|| text(engine, lead, asked, purpose).leak())
}

// Arguments: $1 organisation, $2 and $3 status, $4 and $5 way, $6 and $7 score, $8
// owner or nothing, six pairs of words (its beginning, and what is above all words
// that begin so), $21 and $22 as above, then the place: $23 age, $24 id, $25 key, and
// the mark: $26 age, $27 id, $28 key.

fn text(engine: Engine, lead: Lead, asked: Asked, purpose: Purpose) -> String {
    let (table, id) = lead.source();
    let filter = filter(engine, lead, asked);
    match purpose {
        Purpose::Draw => {
            let mut counted = vec![("everybody", "true".to_owned()), ("matched", filter)];
            let status = "c.status_rank between $2 and $3";
            let way = "c.way between $4 and $5";
            counted.extend(asked.owner.then(|| ("by_owner", "c.owner_id = $8".to_owned())));
            counted.extend(asked.status.then(|| ("by_status", status.to_owned())));
            counted.extend(asked.way.then(|| ("by_way", way.to_owned())));
            counted.extend(
                (asked.status && asked.way).then(|| ("by_way_and_status", format!("{way} and {status}"))),
            );
            counted.extend(asked.score.then(|| ("by_score", "c.score_rank between $6 and $7".to_owned())));
            counted.extend((0..asked.words).map(|place| (DRAWN_BY[place], word(engine, id, place))));
            let counts: Vec<String> = counted
                .into_iter()
                .map(|(column, holds)| format!("count(case when {holds} then 1 end) as {column}"))
                .collect();
            format!("select {} from {THOSE_DRAWN} c", counts.join(", "))
        }
        Purpose::Marks { sort, descending } => {
            let (beyond, desc) = direction(descending);
            let (key, [place, _]) = key(sort);
            format!(
                "select {key} as key, c.created_at, c.id from {THOSE_DRAWN} c
                 where ({key}, c.created_at, c.id) {beyond} ({place}, $23, $24) and {filter}
                 order by {key}{desc}, c.created_at{desc}, c.id{desc} limit 3"
            )
        }
        Purpose::Reach { sort, descending } => {
            let (beyond, _) = direction(descending);
            let (key, [place, mark]) = key(sort);
            format!(
                "select count(*) as n from {THOSE_DRAWN} c
                 where ({key}, c.created_at, c.id) {beyond} ({place}, $23, $24)
                   and ({key}, c.created_at, c.id) {} ({mark}, $26, $27)",
                until(descending)
            )
        }
        // One row of many: thousands of rows take longer to hand over than to find.
        Purpose::Gather => {
            let [list, each] = match engine {
                Engine::Sqlite => ["json_group_array", "json_array"],
                Engine::Postgres => ["json_agg", "json_build_array"],
            };
            format!(
                "select cast(coalesce({list}({each}(c.id, c.created_at, c.status_at, c.score_rank, c.status_rank,
                    c.sort_name)), '[]') as text) as places
                 from (select {id} as id, c.created_at, c.status_at, c.score_rank, c.status_rank, c.sort_name
                       from {table} c where c.organisation_id = $1 and {filter} limit $21) c"
            )
        }
        Purpose::Along { descending } => {
            let (beyond, desc) = direction(descending);
            format!(
                "select {id} as id from {table} c
                 where c.organisation_id = $1 and {filter} and (c.created_at, {id}) {beyond} ($23, $24)
                 order by c.created_at{desc}, {id}{desc} limit $21"
            )
        }
        Purpose::AlongWays { descending } => {
            let (beyond, desc) = direction(descending);
            let order = format!("c.status_rank{desc}, c.created_at{desc}, c.id{desc}");
            // Which ways they are is asked of each of them instead.
            let filter = self::filter(engine, lead, Asked { way: false, ..asked });
            let along = (0..WAYS).map(|way| {
                format!(
                    "select * from (
                        select c.id, c.status_rank, c.created_at from candidates c
                        where c.organisation_id = $1 and c.way = $4 + {way} and $4 + {way} <= $5 and {filter}
                          and (c.status_rank, c.created_at, c.id) {beyond} ($25, $23, $24)
                        order by {order} limit $21) w{way}"
                )
            });
            let along: Vec<String> = along.collect();
            format!("select c.id as id from ({}) c order by {order} limit $21", along.join(" union all "))
        }
        // Both databases keep the order of the rows within.
        Purpose::Hope { sort, descending } => {
            format!("select c.id as id from ({}) c where {filter} limit $21", in_order(sort, descending))
        }
        Purpose::Rows { sort, descending } => {
            format!("select count(*) as n from ({}) c", in_order(sort, descending))
        }
        Purpose::Read { sort, descending, marked } => {
            let (beyond, desc) = direction(descending);
            let (key, [place, mark]) = key(sort);
            let within = if marked {
                format!("and ({key}, c.created_at, {id}) {} ({mark}, $26, $27)", until(descending))
            } else {
                String::new()
            };
            format!(
                "select {id} as id from {table} c
                 where c.organisation_id = $1 and {filter}
                   and ({key}, c.created_at, {id}) {beyond} ({place}, $23, $24) {within}
                 order by {key}{desc}, c.created_at{desc}, {id}{desc} limit $21"
            )
        }
    }
}

/// What the columns of [`Purpose::Draw`] are called.
const DRAWN_BY: [&str; WORDS] =
    ["by_word_1", "by_word_2", "by_word_3", "by_word_4", "by_word_5", "by_word_6"];

/// Those drawn, whom $21 bounds.
const THOSE_DRAWN: &str = "(select c.id, c.created_at, c.status_rank, c.way, c.score_rank, c.owner_id,
        c.status_at, c.sort_name, c.found_by
     from candidates c where c.organisation_id = $1 and substr(c.id, 35) = '00' limit $21)";

/// What is sorted by, hidden from the planner, and the arguments that say where a part
/// begins, and where a mark is.
fn key(sort: CandidateSort) -> (&'static str, [&'static str; 2]) {
    match sort {
        CandidateSort::Newest => ("c.created_at + 0", ["$23", "$26"]),
        CandidateSort::Since => ("c.status_at + 0", ["$25", "$28"]),
        CandidateSort::Name => ("c.sort_name || ''", ["$25", "$28"]),
        CandidateSort::Score => ("c.score_rank + 0", ["$25", "$28"]),
        CandidateSort::Status => ("c.status_rank + 0", ["$25", "$28"]),
    }
}

fn direction(descending: bool) -> (&'static str, &'static str) {
    if descending { ("<", " desc") } else { (">", "") }
}

/// Not behind a mark.
fn until(descending: bool) -> &'static str {
    if descending { ">=" } else { "<=" }
}

/// The $22 rows beyond a place along the index of an order.
fn in_order(sort: CandidateSort, descending: bool) -> String {
    let (beyond, desc) = direction(descending);
    // The other end of the range that is asked for.
    let (key, end) = match (sort, descending) {
        (CandidateSort::Newest, _) => ("", ""),
        (CandidateSort::Since, _) => ("c.status_at", ""),
        (CandidateSort::Name, _) => ("c.sort_name", ""),
        (CandidateSort::Score, false) => ("c.score_rank", "and c.score_rank <= $7"),
        (CandidateSort::Score, true) => ("c.score_rank", "and c.score_rank >= $6"),
        (CandidateSort::Status, false) => ("c.status_rank", "and c.status_rank <= $3"),
        (CandidateSort::Status, true) => ("c.status_rank", "and c.status_rank >= $2"),
    };
    let (place, order) = if key.is_empty() {
        (format!("(c.created_at, c.id) {beyond} ($23, $24)"), String::new())
    } else {
        (format!("({key}, c.created_at, c.id) {beyond} ($25, $23, $24)"), format!("{key}{desc}, "))
    };
    format!(
        "select c.id, c.status_rank, c.way, c.score_rank, c.owner_id, c.found_by from candidates c
         where c.organisation_id = $1 {end} and {place}
         order by {order}c.created_at{desc}, c.id{desc} limit $22"
    )
}

/// Everything that is asked for, in the terms of the index of `lead`.
fn filter(engine: Engine, lead: Lead, asked: Asked) -> String {
    let (_, id) = lead.source();
    let mut all = Vec::new();
    let status = match lead {
        Lead::Status | Lead::WayAndStatus => "c.status_rank = $2 and $3 >= $2",
        _ => "c.status_rank + 0 between $2 and $3",
    };
    let way = match lead {
        Lead::Way => "c.way between $4 and $5",
        Lead::WayAndStatus => "c.way in ($4, $5)",
        _ => "c.way + 0 between $4 and $5",
    };
    let score = match lead {
        Lead::Score => "c.score_rank between $6 and $7",
        _ => "c.score_rank + 0 between $6 and $7",
    };
    let owner = match lead {
        Lead::Owner => "c.owner_id = $8",
        _ => "c.owner_id || '' = $8",
    };
    for (is_asked, holds) in
        [(asked.status, status), (asked.way, way), (asked.score, score), (asked.owner, owner)]
    {
        all.extend(is_asked.then(|| holds.to_owned()));
    }
    all.extend((0..asked.words).map(|place| match (lead, place) {
        (Lead::Words, 0) => "c.word >= $9 and c.word < $10".to_owned(),
        (Lead::Word, 0) => "c.word = $9 and $10 > $9".to_owned(),
        _ => word(engine, id, place),
    }));
    if all.is_empty() { "true".to_owned() } else { all.join(" and ") }
}

/// Whether a candidate bears a word that begins with the one at `place`.
fn word(engine: Engine, id: &str, place: usize) -> String {
    let (low, above) = (9 + 2 * place, 10 + 2 * place);
    let position = match engine {
        Engine::Sqlite => "instr",
        Engine::Postgres => "strpos",
    };
    format!(
        "({position}(c.found_by, ' ' || ${low}) > 0 or (c.found_by is null and
          (select 1 from candidate_words w
           where w.candidate_id = {id} and w.word >= ${low} and w.word < ${above} limit 1) = 1))"
    )
}

/// Narrows the list to `filter`: candidates who bear, for each word of the
/// search, a word that begins with it (in name, company or an address), and who
/// are what the other choices say. Words of one letter are still being typed and
/// do not count; the first six others do.
///
/// # Errors
/// As the database says.
pub async fn narrow(tx: &mut Tx, organisation: OrganisationId, filter: &CandidateFilter) -> Result<Narrowed> {
    within(tx, organisation, filter, Limits::USUAL).await
}

/// As [`narrow`], with limits that a few candidates exceed.
///
/// # Errors
/// As the database says.
#[cfg(feature = "testing")]
pub async fn narrow_within(
    tx: &mut Tx,
    organisation: OrganisationId,
    filter: &CandidateFilter,
    limits: Limits,
) -> Result<Narrowed> {
    within(tx, organisation, filter, limits).await
}

async fn within(
    tx: &mut Tx,
    organisation: OrganisationId,
    filter: &CandidateFilter,
    limits: Limits,
) -> Result<Narrowed> {
    by_index(tx).await?;
    let mut found: Vec<String> = words(&filter.search).into_iter().take(WORDS).collect();
    let (ways, scores) = (ways(filter.lever), scores(filter));
    let status = filter.status.map(status_rank);
    let mut arguments = args![
        organisation,
        status.unwrap_or(i64::MIN),
        status.unwrap_or(i64::MAX),
        ways.0,
        ways.1,
        scores.0,
        scores.1,
        filter.owner.map(|owner| owner.to_string()).unwrap_or_default(),
    ];
    let asked = Asked {
        status: status.is_some(),
        way: filter.lever.is_some(),
        score: filter.score_from.is_some() || filter.score_to.is_some(),
        owner: filter.owner.is_some(),
        words: found.len(),
    };
    let mut draw = arguments.clone();
    draw.extend(word_arguments(&found));
    draw.extend(args![DRAWN]);
    let drawn = tx.one(statement(tx.engine(), Lead::Everybody, asked, Purpose::Draw), draw).await?;

    let mut leads: Vec<(u32, Lead)> = Vec::new();
    let mut by_word = Vec::new();
    for (word, column) in found.drain(..).zip(DRAWN_BY) {
        by_word.push((drawn.get::<u32>(column)?, word));
    }
    by_word.sort();
    leads.extend(by_word.first().map(|(borne_by, _)| (*borne_by, Lead::Words)));
    found.extend(by_word.into_iter().map(|(_, word)| word));
    if asked.owner {
        leads.push((drawn.get("by_owner")?, Lead::Owner));
    }
    if asked.way {
        leads.push((drawn.get("by_way")?, Lead::Way));
    }
    if asked.status {
        leads.push((drawn.get("by_status")?, Lead::Status));
        if asked.way && ways.1 as i64 - ways.0 as i64 <= 1 {
            leads.push((drawn.get("by_way_and_status")?, Lead::WayAndStatus));
        }
    }
    if asked.score {
        leads.push((drawn.get("by_score")?, Lead::Score));
    }
    let everybody = drawn.get::<u32>("everybody")?;
    let (led_to, mut lead) =
        leads.into_iter().min_by_key(|(led_to, _)| *led_to).unwrap_or((everybody, Lead::Everybody));

    if let (Lead::Words, Some(first)) = (lead, found.first_mut())
        && let Some(only) = only_word(tx, organisation, first).await?
    {
        *first = only;
        lead = Lead::Word;
    }
    arguments.extend(word_arguments(&found));
    let matched = drawn.get::<u32>("matched")?;
    let most = if lead.holds_pages_by(asked.sort(filter.order)) { limits.counted } else { limits.gathered };
    let all =
        if matched >= limits.very_many { None } else { gather(tx, lead, asked, &arguments, most).await? };
    as_ever(tx).await?;
    let sparse = everybody.div_ceil(matched.max(1));
    let led_to = led_to.saturating_mul(DRAWN_OF);
    Ok(Narrowed { filter: arguments, asked, lead, led_to, sparse, hoped: limits.hoped, all })
}

/// The ways that mean this.
fn ways(lever: Option<InLever>) -> (Way, Way) {
    match lever {
        None => (Way::NotAnswered, Way::InLever),
        Some(InLever::Yes) => (Way::InLever, Way::InLever),
        Some(InLever::No) => (Way::NotAnswered, Way::Deciding),
        Some(InLever::Deciding) => (Way::Deciding, Way::Deciding),
        Some(InLever::Answered) => (Way::Answered, Way::Deciding),
    }
}

/// The scores that are asked for.
fn scores(filter: &CandidateFilter) -> (i64, i64) {
    let from = filter.score_from.map_or(i64::MIN, i64::from);
    let to = filter.score_to.map_or(i64::MAX, i64::from);
    // Nobody without a score has a score of so much at most.
    (if filter.score_to.is_some() { from.max(1) } else { from }, to)
}

/// What is above every word that begins with this one: words hold letters and
/// digits only.
fn above(word: &str) -> String {
    format!("{word}{}", char::MAX)
}

/// The six pairs of words.
fn word_arguments(words: &[String]) -> Vec<Value> {
    let pair = |word: Option<&String>| match word {
        Some(word) => args![word, above(word)],
        None => args!["", ""],
    };
    (0..WORDS).flat_map(|place| pair(words.get(place))).collect()
}

/// The one word that begins with this one, if there is no other.
async fn only_word(tx: &mut Tx, organisation: OrganisationId, word: &str) -> Result<Option<String>> {
    let mut ends = Vec::new();
    for sql in [
        "select word from candidate_words where organisation_id = $1 and word >= $2 and word < $3
         order by word limit 1",
        "select word from candidate_words where organisation_id = $1 and word >= $2 and word < $3
         order by word desc limit 1",
    ] {
        if let Some(row) = tx.optional(sql, args![organisation, word, above(word)]).await? {
            ends.push(row.get::<String>("word")?);
        }
    }
    Ok(match ends.as_slice() {
        [first, last] if first == last => ends.pop(),
        _ => None,
    })
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

/// Everybody who matches, each once; `None` when they are more than are gathered.
async fn gather(
    tx: &mut Tx,
    lead: Lead,
    asked: Asked,
    filter: &[Value],
    most: u32,
) -> Result<Option<Vec<Place>>> {
    let mut limit = most + 1;
    loop {
        let mut arguments = filter.to_vec();
        arguments.extend(args![limit]);
        let row = tx.one(statement(tx.engine(), lead, asked, Purpose::Gather), arguments).await?;
        let mut all: Vec<Place> = serde_json::from_str(&row.get::<String>("places")?)
            .map_err(|_| Error::Inconsistent { column: "places" })?;
        let more = all.len() as u64 == u64::from(limit);
        all.sort_unstable_by_key(|place| place.id);
        all.dedup_by_key(|place| place.id);
        if all.len() as u64 > u64::from(most) {
            return Ok(None);
        }
        if !more {
            return Ok(Some(all));
        }
        // Some were given twice: there may be more behind them.
        limit *= 4;
    }
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
        Some(all) => cut(all, order, part, limit),
        None => {
            by_index(tx).await?;
            let chosen = beyond(tx, narrowed, order, part, limit).await?;
            as_ever(tx).await?;
            chosen
        }
    };
    rows(tx, organisation, &chosen).await
}

/// A page of all there are.
fn cut(all: &[Place], order: CandidateOrder, part: &Part, limit: u32) -> Vec<CandidateId> {
    let mut places: Vec<Cursor> = all.iter().map(|place| place.cursor(order.sort)).collect();
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
    places.into_iter().skip(begin).take(limit as usize).map(|place| place.id).collect()
}

/// A page of very many.
async fn beyond(
    tx: &mut Tx,
    narrowed: &Narrowed,
    order: CandidateOrder,
    part: &Part,
    limit: u32,
) -> Result<Vec<CandidateId>> {
    let (engine, lead, asked) = (tx.engine(), narrowed.lead, narrowed.asked);
    let sort = asked.sort(order);
    let descending = order.descending != matches!(part, Part::Before(_));
    let place = place(narrowed, sort, part, descending);
    let arguments = |limit: u32, rows: u32| {
        let mut arguments = narrowed.filter.clone();
        arguments.extend(args![limit, rows]);
        arguments.extend(place.iter().cloned());
        arguments
    };
    if sort == CandidateSort::Newest && lead.holds_pages_by(sort) {
        let sql = statement(engine, lead, asked, Purpose::Along { descending });
        return ids(&tx.all(sql, arguments(limit, 0)).await?);
    }
    if lead.holds_pages_by(sort) {
        let sql = statement(engine, lead, asked, Purpose::AlongWays { descending });
        return ids(&tx.all(sql, arguments(limit, 0)).await?);
    }
    let marks = match lead {
        Lead::Everybody => Vec::new(),
        _ => {
            let sql = statement(engine, Lead::Everybody, asked, Purpose::Marks { sort, descending });
            let marks = tx.all(sql, arguments(DRAWN, 0)).await?;
            marks.iter().map(|row| mark(row, sort)).collect::<Result<Vec<_>>>()?
        }
    };
    let to_mark = |limit: u32, mark: &Cursor| {
        let mut arguments = arguments(limit, 0);
        arguments.extend(mark.arguments());
        arguments
    };
    let reach = match (lead, marks.first()) {
        (Lead::Everybody, _) => 1,
        (_, None) => 0,
        (_, Some(first)) => {
            let sql = statement(engine, Lead::Everybody, asked, Purpose::Reach { sort, descending });
            tx.one(sql, to_mark(DRAWN, first)).await?.get::<u32>("n")?
        }
    };
    for rows in narrowed.hopes(reach, limit) {
        let sql = statement(engine, Lead::Everybody, asked, Purpose::Hope { sort, descending });
        let found = ids(&tx.all(sql, arguments(limit, rows)).await?)?;
        if found.len() as u64 == u64::from(limit) {
            return Ok(found);
        }
        let sql = statement(engine, Lead::Everybody, asked, Purpose::Rows { sort, descending });
        if tx.one(sql, arguments(limit, rows)).await?.get::<u32>("n")? < rows {
            // There is nothing behind these rows.
            return Ok(found);
        }
    }
    // Hardly ever does less than a page stand before the third mark, and to sort those alone
    // who do takes a third off.
    if let Some(mark) = marks.get(2) {
        let sql = statement(engine, lead, asked, Purpose::Read { sort, descending, marked: true });
        let found = read_lead(tx, sql, |most| to_mark(most, mark), limit).await?;
        if found.len() as u64 == u64::from(limit) {
            return Ok(found);
        }
    }
    let sql = statement(engine, lead, asked, Purpose::Read { sort, descending, marked: false });
    read_lead(tx, sql, |most| arguments(most, 0), limit).await
}

/// At most `limit` candidates, each once, whom a statement finds that may find some twice.
async fn read_lead(
    tx: &mut Tx,
    sql: &'static str,
    arguments: impl Fn(u32) -> Vec<Value>,
    limit: u32,
) -> Result<Vec<CandidateId>> {
    let mut most = limit;
    loop {
        let read = ids(&tx.all(sql, arguments(most)).await?)?;
        let more = read.len() as u64 == u64::from(most);
        let mut met = HashSet::new();
        let mut each: Vec<CandidateId> = read.into_iter().filter(|id| met.insert(*id)).collect();
        if each.len() as u64 >= u64::from(limit) || !more {
            each.truncate(limit as usize);
            return Ok(each);
        }
        // Some were given twice: there may be more behind them.
        most = most.saturating_mul(4);
    }
}

fn mark(row: &Row, sort: CandidateSort) -> Result<Cursor> {
    let key = match sort {
        CandidateSort::Name => Key::Text(row.get("key")?),
        CandidateSort::Newest | CandidateSort::Since | CandidateSort::Score | CandidateSort::Status => {
            Key::Number(row.get("key")?)
        }
    };
    Ok(Cursor { key, created_at: row.get("created_at")?, id: row.get("id")? })
}

/// The arguments that say where a part begins.
fn place(narrowed: &Narrowed, sort: CandidateSort, part: &Part, descending: bool) -> Vec<Value> {
    let outermost = if descending { i64::MAX } else { i64::MIN };
    match (part, sort, narrowed.filter.as_slice()) {
        (Part::After(cursor) | Part::Before(cursor), _, _) => cursor.arguments().into(),
        // It begins where the range begins that is asked for.
        (Part::First, CandidateSort::Score, [_, _, _, _, _, from, to, ..])
        | (Part::First, CandidateSort::Status, [_, from, to, ..]) => {
            let range = if descending { to } else { from };
            args![outermost, "", range.clone()]
        }
        (Part::First, CandidateSort::Name, _) if descending => args![outermost, "", char::MAX.to_string()],
        (Part::First, CandidateSort::Name, _) => args![outermost, "", ""],
        (Part::First, _, _) => args![outermost, "", outermost],
    }
}

fn ids(rows: &[Row]) -> Result<Vec<CandidateId>> {
    rows.iter().map(|row| row.get("id")).collect()
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
