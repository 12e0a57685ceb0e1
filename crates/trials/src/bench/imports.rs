//! Budget: imports use at least 98 % of the 10 requests a second that Lever
//! gives a key, meet no 429, and ask three calls for a clean candidate.
//!
//! Beside it, in the same run, a client as one writes it in an afternoon: it
//! creates, and creates again when it gets no good answer. Both are also given
//! a Lever that fails; what each leaves behind is counted in Lever.
//!
//! All four run at the same time, each against a Lever of its own: at 10 requests
//! a second they take minutes and next to nothing of the machine.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::budgets::Budgets;
use crate::parties::{Fulcrum, PracticeLever, Programs, Start, answered, until};
use crate::say;

/// What is measured.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// How many candidates are imported
    #[arg(long, default_value_t = 500)]
    pub candidates: usize,
}

/// Requests a second that Lever gives a key.
const LEVERS_RATE: f64 = 10.0;
/// The share of it that must be used, in per cent.
const BUDGET: f64 = 98.0;
/// Requests that the full bucket of Fulcrum allows at once; what it held at first
/// does not count as used.
const BURST: usize = 10;
/// Calls of a clean import: look-up, create, note.
const CALLS: f64 = 3.0;
/// The endpoints of these calls.
const OF_IMPORTS: [&str; 3] = ["opportunities.list", "opportunities.create", "notes.create"];
/// Share of the creating calls whose answer is lost, where there are faults.
const LOST: f64 = 0.3;
/// Candidates of those who meet faults.
const WITH_FAULTS: usize = 100;
/// Longest a request to Lever may take.
const DEADLINE: Duration = Duration::from_secs(1);
/// Requests of the naive client at the same time.
const NAIVE_HANDS: usize = 8;
/// How often the naive client tries.
const NAIVE_TRIES: u32 = 5;

/// Measures.
///
/// # Errors
/// The budget that was missed, or what stood in the way.
pub async fn run(programs: &Programs, arguments: &Arguments) -> Result<()> {
    let lost = lost_answers();
    let (clean, naive_clean, under_faults, naive_under_faults) = tokio::try_join!(
        fulcrum(programs, arguments.candidates, &[]),
        naive(programs, arguments.candidates, &[]),
        fulcrum(programs, WITH_FAULTS, &lost),
        naive(programs, WITH_FAULTS, &lost),
    )?;
    say(format!("{} clean imports, {LEVERS_RATE} requests a second:", arguments.candidates));
    say(format!("    Fulcrum       {clean}"));
    say(format!("    naive client  {naive_clean}"));
    say(format!("{WITH_FAULTS} imports of which the answer is lost in {:.0} %:", LOST * 100.0));
    say(format!("    Fulcrum       {under_faults}"));
    say(format!("    naive client  {naive_under_faults}"));

    let mut budgets = Budgets::default();
    let used = 100.0 * clean.requests.saturating_sub(BURST) as f64 / clean.seconds / LEVERS_RATE;
    budgets.at_least("share of Lever's rate in use", used, BUDGET, "%");
    budgets.at_most("clean: answered 429", clean.refused as f64, 0.0, "requests");
    let calls = clean.of_imports as f64 / arguments.candidates.max(1) as f64;
    budgets.at_most("clean: calls for each candidate", calls, CALLS, "calls");
    for (name, run) in [("clean", &clean), ("with faults", &under_faults)] {
        budgets.at_most(&format!("{name}: duplicates"), run.duplicates as f64, 0.0, "people");
        budgets.at_most(&format!("{name}: missing"), run.missing as f64, 0.0, "people");
    }
    budgets.verdict()
}

/// What one run left behind.
struct Run {
    requests: usize,
    /// Those that belong to imports; Fulcrum may ask for something else as well.
    of_imports: usize,
    seconds: f64,
    refused: usize,
    duplicates: usize,
    missing: usize,
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:>5.2} requests/s ({}), {} answered 429, {} duplicates, {} missing",
            self.requests as f64 / self.seconds,
            self.requests,
            self.refused,
            self.duplicates,
            self.missing
        )
    }
}

/// Creating is applied and its answer lost, in two ways.
fn lost_answers() -> Vec<Value> {
    let each = 1.0 - (1.0 - LOST).sqrt();
    ["drop-after", "applied-then-error"]
        .map(|kind| json!({ "endpoint": "opportunities.create", "kind": kind, "when": { "probability": each } }))
        .to_vec()
}

/// Judges a run by what the practice Lever was asked and has.
async fn judged(lever: &PracticeLever, since: u64, count: usize) -> Result<Run> {
    let requests = lever.requests(since).await?;
    let at = |request: &Value| request["at"].as_i64();
    let first = requests.first().and_then(at).context("Lever was asked nothing")?;
    let last = requests.last().and_then(at).unwrap_or(first);
    let refused = requests.iter().filter(|request| request["status"] == 429).count();
    let mut found: HashMap<String, usize> = HashMap::new();
    for opportunity in lever.opportunities().await? {
        let email = opportunity["emails"][0].as_str().unwrap_or_default().to_owned();
        *found.entry(email).or_default() += 1;
    }
    let is_of_imports = |request: &&Value| {
        request["endpoint"].as_str().is_some_and(|endpoint| OF_IMPORTS.contains(&endpoint))
    };
    Ok(Run {
        requests: requests.len(),
        of_imports: requests.iter().filter(is_of_imports).count(),
        seconds: (last - first).max(1) as f64 / 1_000.0,
        refused,
        duplicates: found.values().map(|times| times - 1).sum(),
        missing: count - found.len(),
    })
}

/// Fulcrum imports `count` candidates.
async fn fulcrum(programs: &Programs, count: usize, faults: &[Value]) -> Result<Run> {
    let lever = PracticeLever::start(&programs.lever_sim, 0).await?;
    let millis = DEADLINE.as_millis().to_string();
    let flags = ["--lever-deadline-ms", &millis, "--settle-ms", "2000", "--reconcile-seconds", "3600"];
    let start = Start { flags: flags.map(str::to_owned).to_vec(), log: String::new() };
    let mut fulcrum = Fulcrum::start(&programs.fulcrum, &lever.url, start).await?;
    fulcrum.browser.sign_in("admin@demo.example").await?;
    fulcrum.browser.post("connect_practice", &[]).await?;
    fulcrum.browser.sign_in("ana@demo.example").await?;
    fulcrum.kill().await?;
    let store = fulcrum.store().await?;
    answered(&store, "ana@demo.example", count).await?;
    store.close().await;
    // The file's lock goes with it.
    drop(store);
    fulcrum.start_again().await?;
    lever.left_alone().await?;
    let since = lever.newest_request().await?;
    lever.set_faults(faults).await?;
    fulcrum.browser.post("import_matching", &[("search", ""), ("status", "responded")]).await?;
    let longest = Duration::from_secs(60 + 2 * u64::try_from(count)?);
    until("everybody has a note in Lever", longest, || async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let found = lever.opportunities().await?;
        let complete = found
            .iter()
            .filter(|opportunity| opportunity["notes"].as_array().is_some_and(|notes| !notes.is_empty()));
        Ok((complete.count() >= count).then_some(()))
    })
    .await?;
    judged(&lever, since, count).await
}

/// The naive client imports `count` candidates.
async fn naive(programs: &Programs, count: usize, faults: &[Value]) -> Result<Run> {
    let lever = PracticeLever::start(&programs.lever_sim, 0).await?;
    let client = crate::parties::client().timeout(DEADLINE).build()?;
    let key = crate::parties::PRACTICE_KEY;
    let users: Value =
        client.get(format!("{}/v1/users", lever.url)).basic_auth(key, Some("")).send().await?.json().await?;
    let user = users["data"][0]["id"].as_str().context("Lever has no user")?.to_owned();
    let create = format!("{}/v1/opportunities?perform_as={user}", lever.url);
    let since = lever.newest_request().await?;
    lever.set_faults(faults).await?;
    let mut hands = JoinSet::new();
    for hand in 0..NAIVE_HANDS {
        let (client, create) = (client.clone(), create.clone());
        hands.spawn(async move {
            for number in (hand..count).step_by(NAIVE_HANDS) {
                let body = json!({ "name": format!("Person {number}"), "emails": [format!("person{number}@people.example")] });
                for attempt in 0..NAIVE_TRIES {
                    let answer =
                        client.post(&create).basic_auth(key, Some("")).json(&body).send().await;
                    if answer.is_ok_and(|answer| answer.status() == StatusCode::CREATED) {
                        break;
                    }
                    tokio::time::sleep(Duration::from_secs(1 << attempt)).await;
                }
            }
        });
    }
    hands.join_all().await;
    judged(&lever, since, count).await
}
