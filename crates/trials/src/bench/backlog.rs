//! Budget: once Lever is there again after an outage, what waited is worked off
//! at 95 % at least of the requests that Lever allows, and nothing is lost.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use super::budgets::Budgets;
use super::load::Line;
use super::scene::Scene;
use crate::parties::{Programs, until};
use crate::say;

/// What is measured.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// How many candidates move in Lever during the outage
    #[arg(long, default_value_t = 300)]
    pub candidates: usize,

    /// Seconds of the outage
    #[arg(long, default_value_t = 30)]
    pub outage: u64,
}

/// Requests a second that Lever gives a key.
const LEVERS_RATE: f64 = 10.0;
/// Requests that may go out at once after a quiet time.
const BURST: f64 = 10.0;
/// The share of what is allowed that must be used, in per cent.
const SHARE: f64 = 95.0;
/// The endpoint by which a delivery is looked up.
const LOOK_UP: &str = "opportunities.get";

/// Measures.
///
/// # Errors
/// The budget that was missed, or what stood in the way.
pub async fn run(programs: &Programs, arguments: &Arguments) -> Result<()> {
    let scene = Scene::set(programs, arguments.candidates).await?;
    scene.lever.left_alone().await?;
    let away = json!({ "endpoint": "*", "kind": "unavailable", "when": { "probability": 1.0 } });
    scene.lever.set_faults(&[away]).await?;
    let stage = interview(&scene).await?;
    let mut line = Line::open(&scene.target).await?;
    let open: Vec<usize> = (0..scene.people.len()).filter(|person| !scene.people[*person].archived).collect();
    for (number, person) in open.iter().enumerate() {
        let path = format!("opportunities/{}/stage", scene.people[*person].opportunity);
        scene.lever.ask(Method::POST, &path, Some(&json!({ "stage": stage }))).await?;
        let answer = line.post(scene.delivery(*person, number)).await?;
        ensure!(answer.is_success(), "a delivery was answered {answer}");
    }
    tokio::time::sleep(Duration::from_secs(arguments.outage)).await;
    let before = scene.lever.newest_request().await?;
    scene.lever.set_faults(&[]).await?;
    let back = Instant::now();

    let most = Duration::from_secs_f64(120.0 + 2.0 * open.len() as f64 / LEVERS_RATE);
    until("everybody was looked up", most, || async {
        let asked = scene.lever.requests(before).await?;
        Ok((answered(&asked).len() >= open.len()).then_some(()))
    })
    .await?;
    let asked = scene.lever.requests(before).await?;
    let instants = answered(&asked);
    let (first, last) = (instants.first().context("nobody was looked up")?, instants.last());
    let lasted = (last.unwrap_or(first) - first) as f64 / 1_000.0;
    let within = asked.iter().filter(|request| request["at"].as_i64() >= Some(*first)).count();
    let refused = asked.iter().filter(|request| request["status"] == 429).count();
    say(format!(
        "{} candidates moved during {} s without Lever; asked again {:.1} s after it came back, worked off in {lasted:.1} s",
        open.len(),
        arguments.outage,
        back.elapsed().as_secs_f64() - lasted,
    ));
    let allowed = BURST + LEVERS_RATE * lasted;
    let mut budgets = Budgets::default();
    budgets.at_least("share of the requests that Lever allows", 100.0 * within as f64 / allowed, SHARE, "%");
    budgets.at_most("requests refused with 429", refused as f64, 0.0, "");
    budgets.verdict()
}

/// When each look-up that was answered was asked, oldest first, in milliseconds.
fn answered(asked: &[Value]) -> Vec<i64> {
    asked
        .iter()
        .filter(|request| request["endpoint"] == LOOK_UP && request["status"] == 200)
        .filter_map(|request| request["at"].as_i64())
        .collect()
}

/// The stage that everybody is moved to.
async fn interview(scene: &Scene) -> Result<Value> {
    let answer = scene.lever.ask(Method::GET, "stages", None).await?;
    let stages = answer["stages"].as_array().context("Lever has no stages")?;
    let found = stages.iter().find(|stage| stage["text"] == "On-site interview");
    Ok(found.context("no such stage")?["id"].clone())
}
