//! Claim: whatever Lever and the machine do, every candidate who is imported is
//! in Lever exactly once.
//!
//! Everybody is imported in one run, and some are clicked on as well. The
//! practice Lever fails three calls in ten, in every way in which a write can
//! fail, and Fulcrum is killed again and again. Judged by what the practice Lever
//! has and by what is stored.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use domain::actor::Role;
use domain::ids::BulkImportId;
use domain::import::{BulkState, ImportState};
use domain::time::Timestamp;
use reqwest::header::LOCATION;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::parties::{Browser, Fulcrum, PracticeLever, Programs, Seeded, Start, answered};
use crate::say;

/// What is claimed.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// How many candidates are imported
    #[arg(long, default_value_t = 10_000)]
    pub candidates: usize,

    /// Share of the calls that fail
    #[arg(long, default_value_t = 0.3)]
    pub faults: f64,

    /// Seconds between two kills of Fulcrum
    #[arg(long, default_value_t = 20)]
    pub kill_every: u64,

    /// Requests a second that the practice Lever and Fulcrum agree on
    #[arg(long, default_value_t = 200)]
    pub rate: u32,

    /// Longest the proof may take, in minutes
    #[arg(long, default_value_t = 60)]
    pub minutes: u64,
}

/// Longest a request to Lever may take.
const DEADLINE_MS: u64 = 1_000;
/// How long Lever may take to list what it created.
const SETTLE_MS: u64 = 2_000;
/// How long a job belongs to whoever claimed it.
const LEASE_MS: u64 = 3_000;
/// Every so many candidates somebody clicks on one as well.
const CLICKED: usize = 50;
/// Clicks at the same time.
const HANDS: usize = 8;
/// Share of the candidates that may be left to a person, and whose note may be
/// missing because Lever kept failing.
const LEFT_TO_A_PERSON: f64 = 0.001;

/// Runs the proof with programs of its own.
///
/// # Errors
/// What was broken, or what stood in the way.
pub async fn run(programs: &Programs, arguments: &Arguments) -> Result<()> {
    let lever = PracticeLever::start(&programs.lever_sim, 0).await?;
    prove(&programs.fulcrum, &lever, arguments).await
}

/// Runs the proof with this `fulcrum` against a practice Lever that runs already.
///
/// # Errors
/// What was broken, or what stood in the way.
pub async fn prove(program: &Path, lever: &PracticeLever, arguments: &Arguments) -> Result<()> {
    let began = Instant::now();
    let limit = Duration::from_secs(arguments.minutes * 60);
    let rate = f64::from(arguments.rate);
    lever.set(&json!({ "rate_per_second": rate, "rate_burst": 2.0 * rate })).await?;
    let flags = [
        ("--lever-deadline-ms", DEADLINE_MS),
        ("--settle-ms", SETTLE_MS),
        ("--lease-ms", LEASE_MS),
        ("--reconcile-seconds", 3_600),
        ("--lever-rate", u64::from(arguments.rate)),
    ];
    let flags = flags.iter().flat_map(|(flag, value)| [(*flag).to_owned(), value.to_string()]).collect();
    let start = Start { flags, log: String::new() };
    let mut fulcrum = Fulcrum::start(program, &lever.url, start).await?;
    fulcrum.browser.sign_in("admin@demo.example").await?;
    fulcrum.browser.post("connect_practice", &[]).await?;
    fulcrum.browser.sign_in("ana@demo.example").await?;
    fulcrum.kill().await?;
    let people = seed(&fulcrum, arguments.candidates).await?;
    lever.set_faults(&faults(arguments.faults)).await?;
    fulcrum.start_again().await?;
    say(format!("{} candidates, faults in {:.0} % of the calls", people.len(), arguments.faults * 100.0));

    let run = start_run(&fulcrum.browser).await?;
    let clicked: Vec<Seeded> = people.iter().step_by(CLICKED).cloned().collect();
    let clicking = tokio::spawn(click_on(fulcrum.browser.clone(), clicked, began + limit));
    let mut kills = 0;
    loop {
        tokio::time::sleep(Duration::from_secs(arguments.kill_every)).await;
        fulcrum.kill().await?;
        kills += 1;
        let standing = Standing::read(&fulcrum, &people, run).await?;
        say(format!("{:>5.0} s, kill {kills}: {standing}", began.elapsed().as_secs_f64()));
        if clicking.is_finished() && standing.is_settled() {
            break;
        }
        ensure!(began.elapsed() < limit, "not settled within {} minutes: {standing}", arguments.minutes);
        fulcrum.start_again().await?;
    }
    clicking.await.context("the clicks ended badly")??;
    for fault in lever.faults().await? {
        say(format!("    {} of {}: {} times", fault["kind"], fault["endpoint"], fault["struck"]));
    }
    judge(&fulcrum, lever, &people).await?;
    say(format!("Proved in {:.0} s, with {kills} kills.", began.elapsed().as_secs_f64()));
    Ok(())
}

async fn seed(fulcrum: &Fulcrum, count: usize) -> Result<Vec<Seeded>> {
    let store = fulcrum.store().await?;
    let people = answered(&store, "ana@demo.example", count).await?;
    store.close().await;
    Ok(people)
}

/// Faults that strike `share` of the calls of an import together.
fn faults(share: f64) -> Vec<Value> {
    let one = |endpoint: &str, kind: Value, probability: f64| {
        let mut fault = kind;
        fault["endpoint"] = json!(endpoint);
        fault["when"] = json!({ "probability": probability });
        fault
    };
    // Of n that strike independently, one or more strike with probability 1 - (1 - p)^n.
    let each = |count: i32| 1.0 - (1.0 - share).powf(1.0 / f64::from(count));
    let late = json!({ "kind": "slow-answer", "delay_ms": DEADLINE_MS + 200 });
    let of_writes = [
        late,
        json!({ "kind": "applied-then-error" }),
        json!({ "kind": "drop-after" }),
        json!({ "kind": "drop-before" }),
        json!({ "kind": "too-many-requests" }),
        json!({ "kind": "unavailable" }),
    ];
    let of_reads = [
        json!({ "kind": "internal-error" }),
        json!({ "kind": "drop-before" }),
        json!({ "kind": "too-many-requests" }),
        json!({ "kind": "unavailable" }),
    ];
    let mut all = Vec::new();
    for endpoint in ["opportunities.create", "notes.create"] {
        all.extend(of_writes.iter().map(|kind| one(endpoint, kind.clone(), each(6))));
    }
    all.extend(of_reads.iter().map(|kind| one("opportunities.list", kind.clone(), each(4))));
    all
}

/// Starts the import of everybody whom the list shows.
async fn start_run(browser: &Browser) -> Result<BulkImportId> {
    let answer = browser.post("import_matching", &[("search", ""), ("status", "responded")]).await?;
    let location = answer.headers().get(LOCATION).context("starting the run led nowhere")?.to_str()?;
    let id = location.rsplit('/').next().and_then(|id| id.parse().ok());
    id.with_context(|| format!("{location} is not the page of a run"))
}

/// Clicks on candidates, each until the click is taken.
async fn click_on(browser: Browser, people: Vec<Seeded>, until: Instant) -> Result<()> {
    let hands = std::sync::Arc::new(Semaphore::new(HANDS));
    let mut clicks = JoinSet::new();
    for person in people {
        let hand = hands.clone().acquire_owned().await?;
        let browser = browser.clone();
        clicks.spawn(async move {
            let _hand = hand;
            let id = person.id.to_string();
            while browser.post("request_import", &[("candidate", &id)]).await.is_err() {
                ensure!(Instant::now() < until, "the click on {} was never taken", person.email);
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Ok(())
        });
    }
    for click in clicks.join_all().await {
        click?;
    }
    Ok(())
}

/// How far the imports are, by what is stored.
#[derive(Debug, Default)]
struct Standing {
    not_asked: usize,
    under_way: usize,
    imported: usize,
    left_to_a_person: usize,
    jobs: u32,
    run_is_over: bool,
}

impl Standing {
    async fn read(fulcrum: &Fulcrum, people: &[Seeded], run: BulkImportId) -> Result<Self> {
        let store = fulcrum.store().await?;
        let mut standing = Self::default();
        {
            let mut tx = store.read().await?;
            let organisation = only_organisation(&mut tx).await?;
            let ids: Vec<_> = people.iter().map(|person| person.id).collect();
            for chunk in ids.chunks(CHUNK) {
                let imports = store::imports::of_candidates(&mut tx, organisation, chunk).await?;
                standing.not_asked += chunk.len() - imports.len();
                for import in imports {
                    match import.state {
                        ImportState::Queued | ImportState::Sending | ImportState::Unknown => {
                            standing.under_way += 1;
                        }
                        ImportState::Imported => standing.imported += 1,
                        ImportState::NeedsDecision | ImportState::Failed | ImportState::Unlinked => {
                            standing.left_to_a_person += 1;
                        }
                    }
                }
            }
            let run = store::bulk_imports::get(&mut tx, organisation, run).await?;
            standing.run_is_over = run.context("the run is gone")?.state == BulkState::Done;
            standing.jobs = store::jobs::count_live(&mut tx, organisation, Timestamp(i64::MAX)).await?;
        }
        store.close().await;
        Ok(standing)
    }

    fn is_settled(&self) -> bool {
        self.run_is_over && self.not_asked == 0 && self.under_way == 0 && self.jobs == 0
    }
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} imported, {} under way, {} not asked for, {} left to a person, {} jobs",
            self.imported, self.under_way, self.not_asked, self.left_to_a_person, self.jobs
        )
    }
}

/// Candidates asked about at once.
const CHUNK: usize = 500;

async fn only_organisation(tx: &mut store::Tx) -> Result<domain::ids::OrganisationId> {
    Ok(store::organisations::all(tx).await?.first().context("no organisation")?.id)
}

/// Holds what is stored against what Lever has. Fulcrum does not run.
async fn judge(fulcrum: &Fulcrum, lever: &PracticeLever, people: &[Seeded]) -> Result<()> {
    let mut in_lever: HashMap<String, Vec<Value>> = HashMap::new();
    for found in lever.opportunities().await? {
        let email = found["emails"][0].as_str().context("an opportunity without an address")?.to_owned();
        in_lever.entry(email).or_default().push(found);
    }
    let store = fulcrum.store().await?;
    let (mut duplicates, mut missing, mut stuck, mut untold) = (0, 0, 0, 0);
    let (mut left, mut wrong_link, mut notes_missing, mut notes_twice) = (0, 0, 0, 0);
    {
        let mut tx = store.read().await?;
        let organisation = only_organisation(&mut tx).await?;
        let told: HashSet<_> =
            store::attention::list_open(&mut tx, organisation, Role::SuperAdmin, None, u32::MAX)
                .await?
                .into_iter()
                .filter_map(|item| item.candidate)
                .collect();
        for chunk in people.chunks(CHUNK) {
            let ids: Vec<_> = chunk.iter().map(|person| person.id).collect();
            let imports: HashMap<_, _> = store::imports::of_candidates(&mut tx, organisation, &ids)
                .await?
                .into_iter()
                .map(|import| (import.candidate, import))
                .collect();
            for person in chunk {
                let found = in_lever.get(&person.email).map_or(&[][..], Vec::as_slice);
                duplicates += found.len().saturating_sub(1);
                let import = imports.get(&person.id);
                match import.map(|import| import.state) {
                    Some(ImportState::Imported) => {
                        missing += usize::from(found.is_empty());
                        let linked = import.and_then(|import| import.opportunity.as_deref());
                        wrong_link += usize::from(found.first().is_some_and(|o| o["id"].as_str() != linked));
                        let notes = found.first().and_then(|o| o["notes"].as_array()).map_or(0, Vec::len);
                        notes_missing += usize::from(notes == 0);
                        notes_twice += usize::from(notes > 1);
                    }
                    Some(ImportState::NeedsDecision | ImportState::Failed | ImportState::Unlinked) => {
                        left += 1;
                        untold += usize::from(!told.contains(&person.id));
                    }
                    Some(ImportState::Queued | ImportState::Sending | ImportState::Unknown) | None => {
                        stuck += 1;
                    }
                }
            }
        }
    }
    store.close().await;
    let share = 100.0 * left as f64 / people.len().max(1) as f64;
    let bound = people.len() as f64 * LEFT_TO_A_PERSON;
    say(format!("duplicates {duplicates}, missing {missing}, linked wrongly {wrong_link}, stuck {stuck}"));
    say(format!("left to a person {left} ({share:.2} %), of whom without an attention item {untold}"));
    say(format!("notes in Lever: twice {notes_twice}, missing {notes_missing}"));
    ensure!(duplicates == 0, "{duplicates} duplicates in Lever");
    ensure!(missing == 0 && wrong_link == 0, "{missing} are not in Lever, {wrong_link} are linked wrongly");
    ensure!(stuck == 0, "{stuck} imports are stuck");
    ensure!(notes_twice == 0, "{notes_twice} have two notes");
    ensure!(notes_missing as f64 <= bound, "{notes_missing} have no note");
    ensure!(left as f64 <= bound, "{left} were left to a person");
    ensure!(untold == 0, "{untold} were left to a person who was not told");
    Ok(())
}
