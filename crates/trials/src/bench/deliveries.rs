//! Budgets: how many deliveries a second are made durable, how fast one is
//! acknowledged, and how fast it is on somebody's screen.
//!
//! The first is held against what this machine can do at all, measured in the
//! same run: a route that does nothing, and the disk. And against the same code
//! with a commit for each delivery.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use domain::ids::CandidateId;
use domain::status::Status;
use hyper::body::Bytes;
use lever::webhook::SigningToken;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use usecases::webhooks::{Inbox, Receipt, receive};

use super::budgets::Budgets;
use super::disk;
use super::load::{Bodies, Line, closed_loop, open_loop};
use super::no_op::NoOp;
use super::scene::{Scene, stage_change};
use super::times::Times;
use crate::histories::World;
use crate::parties::{Browser, Programs};
use crate::say;

/// What is measured.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Seconds of each measurement
    #[arg(long, default_value_t = 5)]
    pub seconds: u64,

    /// Connections that deliver at the same time
    #[arg(long, default_value_t = 64)]
    pub connections: usize,

    /// Deliveries a second of the open loop
    #[arg(long, default_value_t = 1_000)]
    pub per_second: u32,

    /// How often the way to the screen is measured
    #[arg(long, default_value_t = 200)]
    pub probes: usize,
}

/// Candidates in Lever.
const PEOPLE: usize = 500;
/// Rows of the first page of the list.
const ON_THE_PAGE: usize = 50;
/// Deliveries a second that nothing here exceeds: so many are made ready.
const MOST_PER_SECOND: u64 = 100_000;
/// The least share of what the machine can do.
const SHARE: f64 = 50.0;
/// Deliveries that one sync of the disk must carry, at least, when it bounds.
const BY_ONE_SYNC: f64 = 64.0;
/// How much faster than with a commit for each delivery.
const FACTOR: f64 = 15.0;
/// Longest an acknowledgement takes, in milliseconds, or in syncs of the disk.
const ACKNOWLEDGED: (f64, f64) = (25.0, 6.0);
/// Longest a delivery takes to the screen, in milliseconds.
const ON_SCREEN: f64 = 250.0;
/// How long the practice Lever takes to answer, in milliseconds.
const LEVERS_LATENCY: u64 = 20;
/// Between two probes: each asks Lever once, and the budget is ten a second.
const BETWEEN_PROBES: Duration = Duration::from_millis(120);

/// Measures.
///
/// # Errors
/// The budget that was missed, or what stood in the way.
pub async fn run(programs: &Programs, arguments: &Arguments) -> Result<()> {
    let lasting = Duration::from_secs(arguments.seconds.max(1));
    let folder = tempfile::tempdir()?;
    let disk_folder = folder.path().to_path_buf();
    let syncs =
        tokio::task::spawn_blocking(move || disk::syncs_per_second(&disk_folder, Duration::from_secs(2)))
            .await??;
    let on_screen = to_the_screen(&Scene::set(programs, ON_THE_PAGE).await?, arguments.probes).await?;

    let mut scene = Scene::set(programs, PEOPLE).await?;
    scene.lever.left_alone().await?;
    let open_count = usize::try_from(u64::from(arguments.per_second) * lasting.as_secs() * 2)?;
    let acknowledged = open_loop(
        &scene.target,
        &deliveries(&scene, 1 << 20, open_count),
        arguments.connections,
        arguments.per_second,
        lasting * 2,
    )
    .await?;

    let closed_count = usize::try_from(MOST_PER_SECOND * (lasting.as_secs() * 6 / 5 + 1))?;
    let bodies = deliveries(&scene, 1 << 30, closed_count);
    let no_op = {
        let no_op = NoOp::start()?;
        closed_loop(&no_op.target, &bodies.over_and_over(), arguments.connections, lasting).await?
    };
    let durable = closed_loop(&scene.target, &bodies, arguments.connections, lasting).await?;
    scene.fulcrum.kill().await?;
    let together = in_process(Inbox::default(), arguments.connections, lasting).await?;
    let one_by_one = in_process(Inbox::at_most(1), arguments.connections, lasting).await?;

    let (by_disk, connections) = (BY_ONE_SYNC * syncs, arguments.connections);
    say(format!("deliveries, {connections} connections, SQLite with every commit synced:"));
    say(format!("    {durable:>8.0} a second made durable"));
    say(format!("    {no_op:>8.0} requests a second to a route that does nothing"));
    say(format!(
        "    {syncs:>8.0} syncs a second of the disk, {by_disk:.0} at {BY_ONE_SYNC} deliveries each"
    ));
    say(format!("    {together:>8.0} a second without HTTP, {one_by_one:.0} with a commit for each"));
    say(format!("acknowledged, {} a second whatever comes: {acknowledged}", arguments.per_second));
    say(format!("on the screen, with {LEVERS_LATENCY} ms to Lever: {on_screen}"));
    let mut budgets = Budgets::default();
    let share = 100.0 * durable / no_op.min(by_disk);
    budgets.at_least("share of the smaller of no-op route and disk", share, SHARE, "%");
    budgets.at_least("times as many as with a commit for each", together / one_by_one, FACTOR, "x");
    let (millis, in_syncs) = ACKNOWLEDGED;
    let longest = millis.max(in_syncs * 1_000.0 / syncs);
    budgets.at_most("acknowledgement at a fixed rate, p99", acknowledged.millis(0.99), longest, "ms");
    budgets.at_most("delivery to screen, p99", on_screen.millis(0.99), ON_SCREEN, "ms");
    budgets.verdict()
}

/// So many deliveries about everybody in turn; `first` keeps their tokens apart
/// from those of others.
fn deliveries(scene: &Scene, first: usize, count: usize) -> Bodies {
    Bodies::each_once((0..count).map(|number| scene.delivery(number, first + number)).collect())
}

/// Deliveries a second that the use case makes durable, without HTTP.
async fn in_process(inbox: Inbox, connections: usize, lasting: Duration) -> Result<f64> {
    let mut world = World::new(store::testing::sqlite().await, 1, PEOPLE).await?;
    world.services.inbox = inbox;
    let signing = SigningToken::new(&SecretString::from(world.token.as_str()));
    let at = world.services.now();
    let count = usize::try_from(MOST_PER_SECOND * (lasting.as_secs() + 1))?;
    let bodies = (0..count)
        .map(|number| stage_change(&signing, &world.people[number % PEOPLE].opportunity, at, number))
        .collect();
    let bodies = Bodies::each_once(bodies);
    let mut hands = JoinSet::new();
    let began = Instant::now();
    for _ in 0..connections {
        let (services, path, bodies) = (world.services.clone(), world.path.clone(), bodies.clone());
        hands.spawn(async move {
            let mut done = 0_u64;
            while began.elapsed() < lasting {
                let body: Bytes = bodies.next().context("more deliveries than were made ready")?;
                let receipt = receive(&services, &path, &body).await;
                ensure!(receipt == Receipt::Accepted, "a delivery was answered {receipt:?}");
                done += 1;
            }
            anyhow::Ok(done)
        });
    }
    let mut done = 0;
    for hand in hands.join_all().await {
        done += hand?;
    }
    let rate = done as f64 / began.elapsed().as_secs_f64();
    world.close().await;
    Ok(rate)
}

/// From the sending of a delivery until the list, fetched again because the
/// stream of news said so, shows the status.
async fn to_the_screen(scene: &Scene, probes: usize) -> Result<Times> {
    scene.lever.left_alone().await?;
    let slow = json!({ "endpoint": "*", "kind": "slow", "delay_ms": LEVERS_LATENCY, "when": { "probability": 1.0 } });
    scene.lever.set_faults(&[slow]).await?;
    let stages = mapped_stages(scene).await?;
    let watched: Vec<usize> =
        (0..scene.people.len()).filter(|person| !scene.people[*person].archived).collect();
    let (news, mut told) = mpsc::unbounded_channel();
    let listening = tokio::spawn(listen(scene.fulcrum.browser.clone(), news));
    told.recv().await.context("the stream of news did not begin")?;
    let mut line = Line::open(&scene.target).await?;
    let mut times = Vec::with_capacity(probes);
    for probe in 0..probes {
        let person = watched[probe % watched.len()];
        let (candidate, opportunity) =
            (scene.people[person].candidate.id, scene.people[person].opportunity.clone());
        let (stage, status) = &stages[probe / watched.len() % stages.len()];
        let path = format!("opportunities/{opportunity}/stage");
        scene.lever.ask(Method::POST, &path, Some(&json!({ "stage": stage }))).await?;
        let delivery = scene.delivery(person, probe);
        let sent = Instant::now();
        let answer = line.post(delivery).await?;
        ensure!(answer.is_success(), "a delivery was answered {answer}");
        let shown = tokio::time::timeout(
            Duration::from_secs(10),
            shows(&scene.fulcrum.browser, &mut told, candidate, *status),
        );
        shown.await.with_context(|| format!("{opportunity} at {stage} never came to the screen"))??;
        times.push(sent.elapsed());
        tokio::time::sleep(BETWEEN_PROBES).await;
    }
    listening.abort();
    Ok(Times::of(times))
}

/// Two stages that mean two different statuses.
async fn mapped_stages(scene: &Scene) -> Result<[(String, Status); 2]> {
    let answer = scene.lever.ask(Method::GET, "stages", None).await?;
    let named = |text: &str| -> Result<String> {
        let stages = answer["stages"].as_array().context("Lever has no stages")?;
        let found = stages.iter().find(|stage| stage["text"] == text);
        Ok(found
            .and_then(|stage| stage["id"].as_str())
            .with_context(|| format!("no stage {text}"))?
            .to_owned())
    };
    Ok([(named("Recruiter screen")?, Status::Screening), (named("On-site interview")?, Status::Interviewing)])
}

/// Passes the news on: an empty one first, once the stream is open.
async fn listen(browser: Browser, news: mpsc::UnboundedSender<String>) -> Result<()> {
    let mut stream = browser.stream("/events").await?;
    news.send(String::new())?;
    let mut rest = String::new();
    while let Some(chunk) = stream.chunk().await? {
        rest.push_str(&String::from_utf8_lossy(&chunk));
        while let Some((line, after)) = rest.split_once('\n') {
            if let Some(told) = line.strip_prefix("data:") {
                news.send(told.trim().to_owned())?;
            }
            rest = after.to_owned();
        }
    }
    anyhow::bail!("the stream of news ended")
}

/// Fetches the list at each news of the candidate, until it shows the status.
async fn shows(
    browser: &Browser,
    told: &mut mpsc::UnboundedReceiver<String>,
    candidate: CandidateId,
    status: Status,
) -> Result<()> {
    loop {
        let news = told.recv().await.context("the stream of news ended")?;
        if news != format!("candidate {candidate}") {
            continue;
        }
        let page: String = browser.ask("draw_candidates", &[("address", "")]).await?;
        let row = page.split("<tr").find(|row| row.contains(&format!("c-{candidate}")));
        if row.is_some_and(|row| row.contains(&format!("data-tone=\"{}\"", status.code()))) {
            return Ok(());
        }
    }
}
