//! How the practice Lever bears 100,000 opportunities: start, memory, and the time
//! of one answer beside a route that does nothing, in the same run.
//!
//! `cargo bench -p lever-sim --bench scale`. It prints one line a measurement and
//! ends with 1 when a budget is missed: a page of a list p99 <= 20 ms, memory
//! <= 1 GB, start <= 5 s.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a program for the terminal, that may fail by panicking"
)]

use std::{
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

const OPPORTUNITIES: &str = "100000";
const KEY: &str = "bench-key";
const PAGE_BUDGET: Duration = Duration::from_millis(20);
const START_BUDGET: Duration = Duration::from_secs(5);
const MEMORY_BUDGET_KB: u64 = 1_000_000;

/// The program under measure; ended when dropped.
struct Lever {
    child: Child,
    base: String,
    http: reqwest::Client,
    started_in: Duration,
}

impl Drop for Lever {
    fn drop(&mut self) {
        // It ends with the measurement, however that ends.
        let _already_gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Lever {
    async fn start(data: Option<&Path>) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_lever-sim"));
        command
            .args(["--addr", &format!("127.0.0.1:{port}"), "--opportunities", OPPORTUNITIES, "--key", KEY])
            .env("RUST_LOG", "warn")
            .stderr(Stdio::null());
        if let Some(data) = data {
            command.arg("--data").arg(data);
        }
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let began = Instant::now();
        let child = command.spawn().unwrap();
        let mut lever =
            Self { child, base: format!("http://127.0.0.1:{port}"), http, started_in: Duration::ZERO };
        while lever.http.get(format!("{}/healthz", lever.base)).send().await.is_err() {
            assert!(began.elapsed() < Duration::from_secs(120), "the program does not start");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        lever.started_in = began.elapsed();
        let fast = json!({"rate_per_second": 1e9, "rate_burst": 1e9});
        let url = format!("{}/_practice/settings", lever.base);
        assert!(lever.http.put(url).json(&fast).send().await.unwrap().status().is_success());
        lever
    }

    /// Peak and present memory of the process, in kB; `None` where /proc is not.
    fn memory_kb(&self) -> Option<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let kb = |name: &str| {
            status.lines().find(|line| line.starts_with(name))?.split_whitespace().nth(1)?.parse().ok()
        };
        Some((kb("VmHWM:")?, kb("VmRSS:")?))
    }

    /// The body of an answer, and how long it took to its last byte.
    async fn get(&self, path: &str) -> (String, Duration) {
        let began = Instant::now();
        let request = self.http.get(format!("{}{path}", self.base)).basic_auth(KEY, Some(""));
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let text = answer.text().await.unwrap();
        (text, began.elapsed())
    }

    async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(path).await.0).unwrap()
    }

    async fn times(&self, path: &str, count: usize) -> Vec<Duration> {
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            times.push(self.get(path).await.1);
        }
        times
    }

    /// Every page of a list, up to a number of pages.
    async fn walk(&self, path: &str, most: usize) -> (usize, Vec<Duration>) {
        let (mut rows, mut times, mut offset) = (0, Vec::new(), String::new());
        while times.len() < most {
            let (text, took) = self.get(&format!("{path}&limit=100{offset}")).await;
            times.push(took);
            let page: Value = serde_json::from_str(&text).unwrap();
            rows += page["data"].as_array().unwrap().len();
            match page["next"].as_str() {
                Some(next) => offset = format!("&offset={next}"),
                None => break,
            }
        }
        (rows, times)
    }
}

fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort();
    times[((times.len() - 1) as f64 * share).round() as usize]
}

/// Prints a line; returns whether its p99 is within the budget.
fn line(name: &str, mut times: Vec<Duration>, nothing: Duration, budget: Option<Duration>) -> bool {
    let (half, most) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99));
    let fine = budget.is_none_or(|budget| most <= budget);
    println!(
        "{name:<44} p50 {:>8.2} ms  p99 {:>8.2} ms  {:>6.1} x nothing{}",
        half.as_secs_f64() * 1e3,
        most.as_secs_f64() * 1e3,
        half.as_secs_f64() / nothing.as_secs_f64(),
        if fine { "" } else { "  OVER BUDGET" },
    );
    fine
}

#[tokio::main]
async fn main() -> ExitCode {
    let _already_chosen = rustls::crypto::ring::default_provider().install_default();
    let lever = Lever::start(None).await;
    let mut fine = lever.started_in <= START_BUDGET;
    println!("start with {OPPORTUNITIES} opportunities: {:.2} s", lever.started_in.as_secs_f64());

    let mut nothing = lever.times("/healthz", 500).await;
    let base = quantile(&mut nothing, 0.5);
    line("a route that does nothing", nothing, base, None);
    let (rows, pages) = lever.walk("/v1/opportunities?confidentiality=all", 2_000).await;
    println!("{rows} rows in {} pages", pages.len());
    fine &= line("a page of all opportunities", pages, base, Some(PAGE_BUDGET));

    let first = lever.json("/v1/opportunities?limit=100").await;
    let one = &first["data"][0];
    let id = one["id"].as_str().unwrap();
    let recent = lever.json("/v1/opportunities/deleted").await["data"].as_array().unwrap().len();
    assert_eq!(recent, 0);
    let since = 1_780_304_400_000_i64 - 30 * 24 * 3_600_000;
    for (name, query) in [
        ("a page of active ones", "archived=false".to_owned()),
        ("a page of one stage", "stage_id=offer".to_owned()),
        ("a page of one tag", "tag=Rust".to_owned()),
        ("a page of those changed in a month", format!("updated_at_start={since}")),
        ("a page of archived ones in a month", format!("archived_at_start={since}")),
        (
            "a page with everything expanded",
            "expand=stage&expand=owner&expand=contact&expand=applications&expand=followers&expand=sourcedBy"
                .to_owned(),
        ),
    ] {
        let (_, times) = lever.walk(&format!("/v1/opportunities?{query}"), 150).await;
        fine &= line(name, times, base, Some(PAGE_BUDGET));
    }
    let email = one["emails"][0].as_str().unwrap();
    for (name, path) in [
        ("a look-up by e-mail", format!("/v1/opportunities?email={email}")),
        ("a look-up that finds nobody", "/v1/opportunities?email=nobody@example.com".to_owned()),
        ("one opportunity", format!("/v1/opportunities/{id}")),
        ("notes of one opportunity", format!("/v1/opportunities/{id}/notes")),
        ("sources with their counts", "/v1/sources".to_owned()),
        ("tags with their counts", "/v1/tags".to_owned()),
    ] {
        fine &= line(name, lever.times(&path, 150).await, base, Some(PAGE_BUDGET));
    }
    for (name, path) in [
        ("the board", "/candidates".to_owned()),
        ("a search on the board", "/candidates?q=zhang".to_owned()),
        ("a candidate's page", format!("/candidates/{id}")),
    ] {
        line(name, lever.times(&path, 50).await, base, None);
    }
    let creator = one["followers"][0].as_str().unwrap();
    let mut creates = Vec::new();
    for number in 0..300 {
        let body = json!({"name": "Bench", "emails": [format!("bench{number}@example.com")]});
        let url = format!("{}/v1/opportunities?perform_as={creator}", lever.base);
        let began = Instant::now();
        let answer = lever.http.post(url).basic_auth(KEY, Some("")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        creates.push(began.elapsed());
    }
    line("a create, in memory", creates, base, None);
    if let Some((peak, present)) = lever.memory_kb() {
        fine &= peak <= MEMORY_BUDGET_KB;
        println!("memory: {} MB now, {} MB at most", present / 1_000, peak / 1_000);
    }
    drop(lever);

    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("account.jsonl");
    let first = Lever::start(Some(&data)).await;
    println!("first start with a data file: {:.2} s", first.started_in.as_secs_f64());
    drop(first);
    let again = Lever::start(Some(&data)).await;
    fine &= again.started_in <= START_BUDGET;
    println!("start from the data file: {:.2} s", again.started_in.as_secs_f64());
    if let Some((peak, _)) = again.memory_kb() {
        fine &= peak <= MEMORY_BUDGET_KB;
        println!("memory after that: {} MB at most", peak / 1_000);
    }
    if fine {
        println!("every budget is kept");
        ExitCode::SUCCESS
    } else {
        println!("a budget is missed");
        ExitCode::FAILURE
    }
}
