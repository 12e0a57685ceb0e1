//! The practice Lever, through its API under `/_practice`.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use super::{client, free_port, until};

/// The key with which the demo connects itself.
pub const KEY: &str = "practice-key";
/// Longest it may take to start.
const START: Duration = Duration::from_secs(20);

/// Who asks nothing for so long has nothing to ask.
const QUIET: Duration = Duration::from_secs(3);
/// Longest until nothing is asked.
const QUIET_WITHIN: Duration = Duration::from_secs(120);

/// A practice Lever: a process of this trial, or one that runs elsewhere.
#[derive(Debug)]
pub struct PracticeLever {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    client: reqwest::Client,
    /// Ended when dropped.
    _process: Option<Child>,
}

impl PracticeLever {
    /// Starts one whose account lives in memory and has so many opportunities.
    ///
    /// # Errors
    /// When the program does not start.
    pub async fn start(program: &Path, opportunities: usize) -> Result<Self> {
        let address = format!("127.0.0.1:{}", free_port()?);
        let process = Command::new(program)
            .args(["--addr", &address, "--key", KEY, "--opportunities", &opportunities.to_string()])
            .env_clear()
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let lever = Self { _process: Some(process), ..Self::at(&format!("http://{address}"))? };
        until("the practice Lever answers", START, || async {
            Ok(lever.ask(Method::GET, "settings", None).await.ok())
        })
        .await?;
        Ok(lever)
    }

    /// The one at `url`.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn at(url: &str) -> Result<Self> {
        let client = client().build()?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), client, _process: None })
    }

    /// Asks `/_practice/{path}`.
    ///
    /// # Errors
    /// When it cannot be reached or refuses.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let mut request = self.client.request(method, format!("{}/_practice/{path}", self.url));
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.context("the practice Lever cannot be reached")?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "the practice Lever answered {path} with {status}: {text}");
        serde_json::from_str(&text).with_context(|| format!("{path} was not answered with JSON"))
    }

    /// Changes the named settings; `docs/practice-lever.md` lists them.
    ///
    /// # Errors
    /// As [`PracticeLever::ask`].
    pub async fn set(&self, settings: &Value) -> Result<()> {
        self.ask(Method::PUT, "settings", Some(settings)).await.map(drop)
    }

    /// Replaces the faults.
    ///
    /// # Errors
    /// As [`PracticeLever::ask`].
    pub async fn set_faults(&self, faults: &[Value]) -> Result<()> {
        self.ask(Method::PUT, "faults", Some(&json!({ "faults": faults }))).await.map(drop)
    }

    /// The faults, with how often each has struck.
    ///
    /// # Errors
    /// As [`PracticeLever::ask`].
    pub async fn faults(&self) -> Result<Vec<Value>> {
        let answer = self.ask(Method::GET, "faults", None).await?;
        Ok(answer["faults"].as_array().cloned().unwrap_or_default())
    }

    /// Every opportunity, without deleted ones.
    ///
    /// # Errors
    /// As [`PracticeLever::ask`].
    pub async fn opportunities(&self) -> Result<Vec<Value>> {
        let answer = self.ask(Method::GET, "opportunities", None).await?;
        let mut all = answer["opportunities"].as_array().cloned().unwrap_or_default();
        all.retain(|found| found.get("deletedAt").is_none());
        Ok(all)
    }

    /// The number of the newest request to the Data API; 0 before the first.
    ///
    /// # Errors
    /// As [`PracticeLever::ask`].
    pub async fn newest_request(&self) -> Result<u64> {
        Ok(self.requests(0).await?.last().and_then(|request| request["number"].as_u64()).unwrap_or(0))
    }

    /// Waits until it is asked nothing any more: until all is done that
    /// connecting and starting have queued, and its bucket is full again.
    ///
    /// # Errors
    /// As [`PracticeLever::ask`]; when it does not end.
    pub async fn left_alone(&self) -> Result<()> {
        let began = Instant::now();
        let mut asked = None;
        while began.elapsed() < QUIET_WITHIN {
            let newest = Some(self.newest_request().await?);
            if newest == asked {
                return Ok(());
            }
            asked = newest;
            tokio::time::sleep(QUIET).await;
        }
        bail!("the practice Lever is asked on and on")
    }

    /// The requests to the Data API with a number above `since`, oldest first.
    /// Only the newest 10,000 are kept.
    ///
    /// # Errors
    /// As [`PracticeLever::ask`].
    pub async fn requests(&self, since: u64) -> Result<Vec<Value>> {
        let answer = self.ask(Method::GET, &format!("requests?since={since}"), None).await?;
        Ok(answer["requests"].as_array().cloned().unwrap_or_default())
    }
}
