//! Budgets: how soon the server answers after it was started, and how much
//! memory it holds while nobody is there.

use std::time::Duration;

use anyhow::Result;

use super::budgets::Budgets;
use super::scene::Scene;
use super::times::Times;
use crate::parties::{Fulcrum, Programs, Start};
use crate::say;

/// What is measured.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// How often it is started
    #[arg(long, default_value_t = 20)]
    pub starts: usize,
}

/// Longest a start may take, in milliseconds.
const START: f64 = 150.0;
/// Most memory of a server that idles, in megabytes.
const MEMORY: f64 = 40.0;
/// Candidates of the organisation.
const PEOPLE: usize = 500;
/// How long nothing is asked before the memory is read.
const IDLE: Duration = Duration::from_secs(3);

/// Measures.
///
/// # Errors
/// The budget that was missed, or what stood in the way.
pub async fn run(programs: &Programs, arguments: &Arguments) -> Result<()> {
    let mut scene = Scene::set(programs, PEOPLE).await?;
    let mut starts = Vec::with_capacity(arguments.starts);
    for _ in 0..arguments.starts.max(1) {
        scene.fulcrum.kill().await?;
        starts.push(scene.fulcrum.start_again().await?);
    }
    let starts = Times::of(starts);
    tokio::time::sleep(IDLE).await;
    let idle = scene.fulcrum.resident_megabytes()?;
    // A password is proved with 19 MiB; the pages are drawn.
    scene.fulcrum.browser.sign_in("ana@demo.example").await?;
    for _ in 0..20 {
        scene.fulcrum.browser.page("/candidates").await?;
    }
    tokio::time::sleep(IDLE).await;
    let visited = scene.fulcrum.resident_megabytes()?;
    let first = first_start(programs, &scene.lever.url).await?;

    say(format!("from the start of the process to its first answer: {starts}"));
    say(format!("on an empty folder, with the schema and the demo's members to be made: {first:.0?}"));
    let told = |memory: Option<f64>| memory.map_or("unknown here".to_owned(), |mb| format!("{mb:.1} MB"));
    say(format!("memory, idle: {}; after somebody was there: {}", told(idle), told(visited)));
    let mut budgets = Budgets::default();
    budgets.at_most("cold start, p90", starts.millis(0.9), START, "ms");
    if let Some(visited) = visited {
        budgets.at_most("idle memory, after somebody was there", visited, MEMORY, "MB");
    }
    budgets.verdict()
}

async fn first_start(programs: &Programs, lever: &str) -> Result<Duration> {
    let mut fulcrum = Fulcrum::start(&programs.fulcrum, lever, Start::default()).await?;
    let took = fulcrum.took_to_start();
    fulcrum.kill().await?;
    Ok(took)
}
