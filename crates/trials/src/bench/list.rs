//! Budget: a page of the candidate list, in an organisation of a million, with
//! every filter that is offered, any search and any page.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use domain::actor::Actor;
use domain::status::{Status, StatusCause};
use domain::view::{CandidateFilter, CandidatePage};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use store::candidates::{self, Candidate};

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
}

/// Longest a page may take, in milliseconds.
const PAGE: f64 = 50.0;
/// Rows of one transaction.
const AT_ONCE: usize = 2_000;
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
const COMPANIES: [&str; 12] = [
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
    "Lumen",
];

/// Measures.
///
/// # Errors
/// The budget that was missed, or what stood in the way.
pub async fn run(arguments: &Arguments) -> Result<()> {
    // Reading is measured: that the seeding is not synced makes no difference.
    let world = World::new(store::testing::sqlite_unsynced().await, 1, 20).await?;
    let began = Instant::now();
    seed(&world, arguments.candidates).await?;
    say(format!("{} candidates, written in {:.0} s", arguments.candidates, began.elapsed().as_secs_f64()));
    let mut budgets = Budgets::default();
    for (name, filter) in questions() {
        let times = ask(&world, &filter, arguments.times).await?;
        budgets.at_most(&format!("{name}, p99"), times.millis(0.99), PAGE, "ms");
    }
    let times = turn_pages(&world, arguments.times).await?;
    budgets.at_most("the following pages, forth and back, p99", times.millis(0.99), PAGE, "ms");
    let times = from_anywhere(&world, arguments.times).await?;
    budgets.at_most("a page from anywhere, p99", times.millis(0.99), PAGE, "ms");
    world.close().await;
    budgets.verdict()
}

/// What people look for: common, rare, both, and nobody; with each status.
fn questions() -> Vec<(String, CandidateFilter)> {
    let searches = [
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
    ];
    let statuses = std::iter::once(None).chain(Status::ALL.into_iter().map(Some));
    statuses
        .flat_map(|status| {
            searches.map(|(name, search)| {
                let with = status.map_or(String::new(), |status| format!(", {}", status.code()));
                let filter = CandidateFilter { search: search.into(), status, ..CandidateFilter::default() };
                (format!("{name}{with}"), filter)
            })
        })
        .collect()
}

async fn page(world: &World, filter: &CandidateFilter) -> Result<CandidatePage> {
    usecases::candidates::list(&world.services, &world.admin, filter).await.map_err(usecase)
}

async fn ask(world: &World, filter: &CandidateFilter, count: usize) -> Result<Times> {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let began = Instant::now();
        page(world, filter).await?;
        times.push(began.elapsed());
    }
    Ok(Times::of(times))
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

/// Goes on from a candidate anywhere in the list.
async fn from_anywhere(world: &World, count: usize) -> Result<Times> {
    let mut chance = StdRng::seed_from_u64(3);
    let newest = page(world, &CandidateFilter::default()).await?;
    let cursor = newest.next.context("the list has one page")?;
    let (millis, id) = cursor.split_once('.').context("a place in the list looks otherwise")?;
    let newest: i64 = millis.parse()?;
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        // A candidate was added every second.
        let after = Some(format!("{}.{id}", newest - chance.random_range(0..900_000) * 1_000));
        let filter = CandidateFilter { after, ..CandidateFilter::default() };
        let began = Instant::now();
        page(world, &filter).await?;
        times.push(began.elapsed());
    }
    Ok(Times::of(times))
}

async fn seed(world: &World, count: usize) -> Result<()> {
    let mut chance = StdRng::seed_from_u64(2);
    let numbers: Vec<usize> = (0..count).collect();
    for chunk in numbers.chunks(AT_ONCE) {
        let mut tx = world.services.store.begin().await?;
        for number in chunk {
            let (candidate, email) = person(world, &world.admin, &mut chance, *number)?;
            candidates::insert(&mut tx, world.admin.organisation, &candidate, &[email]).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

fn person(world: &World, owner: &Actor, chance: &mut StdRng, number: usize) -> Result<(Candidate, String)> {
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
    let candidate = Candidate {
        id: world.services.new_id(),
        organisation: owner.organisation,
        name: format!("{first} {last}"),
        headline: "Engineer".into(),
        company: one_of(chance, &COMPANIES).into(),
        location: "Lisbon".into(),
        phones: Vec::new(),
        links: Vec::new(),
        skills: vec!["Rust".into()],
        score: Some(700),
        owner: Some(owner.member),
        status,
        cause: StatusCause::Reply,
        status_at: added,
        last_open: Status::New,
        conflict: None,
        messaged_at: Some(added),
        answered_at: None,
        created_at: added,
    };
    Ok((candidate, format!("person{number}@people.example")))
}
