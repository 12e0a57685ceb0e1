//! Budget: a page of the candidate list, in an organisation of a million, with
//! every filter that is offered, any search and any page.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use domain::actor::Role;
use domain::ids::{ImportId, MemberId};
use domain::status::{Status, StatusCause};
use domain::view::{CandidateFilter, CandidateOrder, CandidatePage, CandidateSort, InLever};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use store::candidates::{self, Candidate};
use store::imports::{self, Note};
use store::members::{self, Member};

use super::budgets::Budgets;
use super::times::Times;
use crate::histories::{World, usecase};
use crate::parties::now;
use crate::say;

/// What is measured.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Candidates of the organisation
    #[arg(long, default_value_t = 1_000_000)]
    pub candidates: usize,

    /// How often each question is asked
    #[arg(long, default_value_t = 100)]
    pub times: usize,

    /// On the PostgreSQL server that FULCRUM_TEST_POSTGRES names, instead of on SQLite
    #[arg(long)]
    pub postgres: bool,
}

/// Longest a page may take, in milliseconds.
const PAGE: f64 = 50.0;
/// A question that takes longer is asked so many times as often again, and all its times
/// count: so that what else the machine did for a moment is not held against it.
const AGAIN: usize = 4;
/// Rows of one transaction.
const AT_ONCE: usize = 2_000;
/// Members who own them.
const OWNERS: usize = 20;
/// Pages that are turned in a row.
const TURNED: usize = 20;

const FIRST_NAMES: [&str; 24] = [
    "Ana", "Ben", "Chloe", "Dmitri", "Elif", "Farid", "Grace", "Hiro", "Ines", "Jonas", "Kofi", "Lena",
    "Mateo", "Noor", "Olga", "Priya", "Quinn", "Rosa", "Sven", "Thandi", "Umar", "Vera", "Wei", "Zoe",
];
const LAST_NAMES: [&str; 24] = [
    "Abebe", "Bauer", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Haddad", "Ivanova", "Jensen",
    "Kim", "Lopez", "Meyer", "Nakamura", "Okafor", "Patel", "Quist", "Rossi", "Silva", "Tanaka", "Usman",
    "Varga", "Wagner", "Yilmaz",
];
const COMPANIES: [&str; 11] = [
    "Acme",
    "Borealis",
    "Cobalt",
    "Delta Works",
    "Everest",
    "Fjord",
    "Granite",
    "Harbour",
    "Iris",
    "Juniper",
    "Kestrel",
];
/// The company of the candidates who were added first, of so many in a hundred.
const ZENITH: (&str, usize) = ("Zenith", 8);

/// Words that are common, rare, both, and nobody's.
const SEARCHES: [(&str, &str); 16] = [
    ("everybody", ""),
    ("two letters", "an"),
    ("a first name", "priya"),
    ("a whole name", "noor okafor"),
    ("a company", "delta works"),
    ("common words that rarely meet", "kestrel wei quist"),
    ("an address", "person77777@people"),
    ("the domain of every address", "people example"),
    ("a rare word and a common one", "person4242 people"),
    ("nobody", "nobodyiscalledthis"),
    ("common words that never meet", "ana ben chloe"),
    ("a name, the other way round", "okafor noor"),
    ("a common word and a commoner one", "kestrel people"),
    ("these, the other way round", "people kestrel"),
    ("a company added in one stretch", "zenith"),
    ("this company, and a common word", "people zenith priya"),
];

/// Measures.
///
/// # Errors
/// The budget that was missed, or what stood in the way.
pub async fn run(arguments: &Arguments) -> Result<()> {
    // Reading is measured: that the seeding is not synced makes no difference.
    let fresh = if arguments.postgres {
        store::testing::postgres_unsynced().await
    } else {
        store::testing::sqlite_unsynced().await
    };
    let world = World::new(fresh, 1, 20).await?;
    let began = Instant::now();
    let owners = seed(&world, arguments.candidates).await?;
    say(format!("{} candidates, written in {:.0} s", arguments.candidates, began.elapsed().as_secs_f64()));
    let (mut budgets, mut all) = (Budgets::default(), Times::default());
    let owner = owners.first().copied().context("nobody owns anybody")?;
    for (name, filter) in questions(owner) {
        let times = ask(&world, &filter, arguments.times).await?;
        budgets.at_most(&format!("{name}, p99"), times.millis(0.99), PAGE, "ms");
        all.extend(times);
    }
    for search in ["", "an", "zenith", "people"] {
        for status in [None, Some(Status::New)] {
            for sort in CandidateSort::ALL {
                let order = CandidateOrder { sort, descending: true };
                let filter =
                    CandidateFilter { search: search.into(), status, order, ..CandidateFilter::default() };
                let times = last_pages(&world, &filter, arguments.times).await?;
                let name = format!("the last page of {search:?}, {status:?}, by {}, p99", order.code());
                budgets.at_most(&name, times.millis(0.99), PAGE, "ms");
                all.extend(times);
            }
        }
    }
    let times = turn_pages(&world, arguments.times).await?;
    budgets.at_most("the following pages, forth and back, p99", times.millis(0.99), PAGE, "ms");
    all.extend(times);
    let times = from_anywhere(&world, arguments.times).await?;
    budgets.at_most("a page from anywhere, p99", times.millis(0.99), PAGE, "ms");
    all.extend(times);
    say(format!("all of them: {all}"));
    world.close().await;
    budgets.verdict()
}

/// What people look for: words with each status, then every other filter and
/// every order, alone and together.
fn questions(owner: MemberId) -> Vec<(String, CandidateFilter)> {
    let everybody = CandidateFilter::default;
    let mut questions = Vec::new();
    for status in std::iter::once(None).chain(Status::ALL.into_iter().map(Some)) {
        for (name, search) in SEARCHES {
            let with = status.map_or(String::new(), |status| format!(", {}", status.code()));
            let filter = CandidateFilter { search: search.into(), status, ..everybody() };
            questions.push((format!("{name}{with}"), filter));
        }
    }
    let mut filters = vec![
        ("everybody".to_owned(), everybody()),
        ("an owner".to_owned(), CandidateFilter { owner: Some(owner), ..everybody() }),
        ("a narrow range of scores".to_owned(), scores(Some(700), Some(705))),
        ("a wide range of scores".to_owned(), scores(Some(500), None)),
        (
            "everything at once".to_owned(),
            CandidateFilter {
                search: "an".into(),
                status: Some(Status::Responded),
                owner: Some(owner),
                lever: Some(InLever::Answered),
                ..scores(Some(400), Some(800))
            },
        ),
        (
            "an owner's, in Lever".to_owned(),
            CandidateFilter { owner: Some(owner), lever: Some(InLever::Yes), ..everybody() },
        ),
        (
            "a first name, answered".to_owned(),
            CandidateFilter { search: "priya".into(), lever: Some(InLever::Answered), ..everybody() },
        ),
        (
            "contacted, in Lever: nobody".to_owned(),
            CandidateFilter { status: Some(Status::Contacted), lever: Some(InLever::Yes), ..everybody() },
        ),
    ];
    filters.extend(
        InLever::ALL
            .map(|lever| (lever.label().to_owned(), CandidateFilter { lever: Some(lever), ..everybody() })),
    );
    filters.extend(
        Status::ALL.map(|status| {
            (status.label().to_owned(), CandidateFilter { status: Some(status), ..everybody() })
        }),
    );
    // Each word with each filter; the company's were all added first.
    for search in ["priya", "zenith", "people", "an"] {
        let narrowed = |filter: CandidateFilter| CandidateFilter { search: search.into(), ..filter };
        filters.push((search.to_owned(), narrowed(everybody())));
        filters.push((
            format!("{search}, an owner"),
            narrowed(CandidateFilter { owner: Some(owner), ..everybody() }),
        ));
        filters.push((format!("{search}, a narrow range of scores"), narrowed(scores(Some(700), Some(705)))));
        filters.push((format!("{search}, a wide range of scores"), narrowed(scores(Some(500), None))));
        for lever in InLever::ALL {
            let filter = CandidateFilter { lever: Some(lever), ..everybody() };
            filters.push((format!("{search}, {}", lever.label()), narrowed(filter)));
        }
        for status in [Status::New, Status::Contacted, Status::Hired] {
            let filter = CandidateFilter { status: Some(status), ..everybody() };
            filters.push((format!("{search}, {}", status.code()), narrowed(filter)));
        }
    }
    for (name, filter) in filters {
        for sort in CandidateSort::ALL {
            for descending in [true, false] {
                let order = CandidateOrder { sort, descending };
                let filter = CandidateFilter { order, ..filter.clone() };
                questions.push((format!("{name}, by {}", order.code()), filter));
            }
        }
    }
    questions
}

fn scores(score_from: Option<u16>, score_to: Option<u16>) -> CandidateFilter {
    CandidateFilter { score_from, score_to, ..CandidateFilter::default() }
}

async fn page(world: &World, filter: &CandidateFilter) -> Result<CandidatePage> {
    usecases::candidates::list(&world.services, &world.admin, filter).await.map_err(usecase)
}

async fn ask(world: &World, filter: &CandidateFilter, count: usize) -> Result<Times> {
    let (mut times, mut asked) = (Times::default(), Vec::with_capacity(count));
    for rounds in [1, AGAIN] {
        for _ in 0..rounds * count {
            let began = Instant::now();
            page(world, filter).await?;
            asked.push(began.elapsed());
        }
        times.extend(Times::of(std::mem::take(&mut asked)));
        if times.millis(0.99) <= PAGE {
            break;
        }
    }
    Ok(times)
}

/// Turns pages as a reader does.
async fn turn_pages(world: &World, count: usize) -> Result<Times> {
    let mut times = Vec::new();
    for search in ["", "an", "kestrel"] {
        let mut filter = CandidateFilter { search: search.into(), ..CandidateFilter::default() };
        let mut shown = page(world, &filter).await?;
        for turned in 0..count.max(2 * TURNED) {
            let forth = (turned / TURNED).is_multiple_of(2);
            let (after, before) = if forth { (shown.next, None) } else { (None, shown.previous) };
            filter = CandidateFilter { after, before, ..filter };
            let began = Instant::now();
            shown = page(world, &filter).await?;
            times.push(began.elapsed());
        }
    }
    Ok(Times::of(times))
}

/// The last page of what `filter` asks for, which its page from the other end leads to.
async fn last_pages(world: &World, filter: &CandidateFilter, count: usize) -> Result<Times> {
    let CandidateOrder { sort, descending } = filter.order;
    let reverse = CandidateOrder { sort, descending: !descending };
    let from_the_end = page(world, &CandidateFilter { order: reverse, ..filter.clone() }).await?;
    ask(world, &CandidateFilter { after: from_the_end.next, ..filter.clone() }, count).await
}

/// Goes on from a candidate anywhere in the list.
async fn from_anywhere(world: &World, count: usize) -> Result<Times> {
    let mut chance = StdRng::seed_from_u64(3);
    let newest = page(world, &CandidateFilter::default()).await?;
    let cursor = newest.next.context("the list has one page")?;
    let (millis, rest) = cursor.split_once('.').context("a place in the list looks otherwise")?;
    let (id, _) = rest.split_once('.').context("a place in the list looks otherwise")?;
    let newest: i64 = millis.parse()?;
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        // A candidate was added every second.
        let at = newest - chance.random_range(0..900_000) * 1_000;
        let after = Some(format!("{at}.{id}.{at}"));
        let filter = CandidateFilter { after, ..CandidateFilter::default() };
        let began = Instant::now();
        page(world, &filter).await?;
        times.push(began.elapsed());
    }
    Ok(Times::of(times))
}

/// Writes the candidates, and says who owns them.
async fn seed(world: &World, count: usize) -> Result<Vec<MemberId>> {
    let organisation = world.admin.organisation;
    let mut tx = world.services.store.begin().await?;
    let mut owners = Vec::new();
    for number in 0..OWNERS {
        let owner = Member {
            id: world.services.new_id(),
            organisation,
            email: format!("owner{number}@acme.example"),
            name: format!("Owner {number}"),
            role: Role::Recruiter,
            active: true,
            created_at: now(),
        };
        members::insert(&mut tx, &owner, "hash").await?;
        owners.push(owner.id);
    }
    tx.commit().await?;
    let mut chance = StdRng::seed_from_u64(2);
    let numbers: Vec<usize> = (0..count).collect();
    for chunk in numbers.chunks(AT_ONCE) {
        let mut tx = world.services.store.begin().await?;
        for number in chunk {
            let owner = owners.choose(&mut chance).copied();
            let (mut candidate, email) = person(world, owner, &mut chance, *number)?;
            // They are written from the newest to the oldest.
            let (company, of_a_hundred) = ZENITH;
            if number * 100 >= count * (100 - of_a_hundred) {
                candidate.company = company.into();
            }
            candidates::insert(&mut tx, organisation, &candidate, &[email]).await?;
            // Of those who answered some are in Lever, and a few wait for a decision.
            let fate = chance.random_range(0..100);
            if candidate.answered_at.is_some() && fate < 41 {
                let import: ImportId = world.services.new_id();
                let marker = domain::import::marker(import);
                let by = world.admin.member;
                imports::request(&mut tx, organisation, import, candidate.id, by, &marker, now()).await?;
                if fate == 40 {
                    imports::ask(&mut tx, organisation, import, &[], now()).await?;
                } else {
                    imports::imported(&mut tx, organisation, import, &marker, Note::None, now()).await?;
                }
            }
        }
        tx.commit().await?;
    }
    Ok(owners)
}

fn person(
    world: &World,
    owner: Option<MemberId>,
    chance: &mut StdRng,
    number: usize,
) -> Result<(Candidate, String)> {
    let one_of =
        |chance: &mut StdRng, names: &[&'static str]| names.choose(chance).copied().unwrap_or_default();
    let (first, last) = (one_of(chance, &FIRST_NAMES), one_of(chance, &LAST_NAMES));
    let added = now().minus(Duration::from_secs(u64::try_from(number)?));
    // Most are new, and few come far.
    let status = match chance.random_range(0..100) {
        0..60 => Status::New,
        60..85 => Status::Contacted,
        85..93 => Status::Responded,
        _ => Status::ALL.choose(chance).copied().unwrap_or(Status::New),
    };
    let answered = !matches!(status, Status::New | Status::Contacted);
    let candidate = Candidate {
        id: world.services.new_id(),
        organisation: world.admin.organisation,
        name: format!("{first} {last}"),
        headline: "Engineer".into(),
        company: one_of(chance, &COMPANIES).into(),
        location: "Lisbon".into(),
        phones: Vec::new(),
        links: Vec::new(),
        skills: vec!["Rust".into()],
        score: (chance.random_range(0..10) > 0).then(|| chance.random_range(300..=850)),
        owner,
        status,
        cause: StatusCause::Reply,
        status_at: added + Duration::from_secs(chance.random_range(0..2_000_000)),
        last_open: Status::New,
        conflict: None,
        messaged_at: Some(added),
        answered_at: answered.then_some(added),
        created_at: added,
    };
    Ok((candidate, format!("person{number}@people.example")))
}
