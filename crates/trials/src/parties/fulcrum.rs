//! The real `fulcrum` program on demo data: started, killed, started again.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use store::Store;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::{Browser, free_port, until_asking_every};

/// Longest it may take to start: in a debug build on a busy machine.
const START: Duration = Duration::from_secs(30);

/// Between two questions whether it answers: so exactly is its start timed.
const OFTEN: Duration = Duration::from_millis(2);

/// How it is started.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Further flags of `fulcrum serve`, such as the pauses.
    pub flags: Vec<String>,
    /// What is logged; nothing but errors when empty.
    pub log: String,
}

/// Fulcrum with its own folder and its own port.
#[derive(Debug)]
pub struct Fulcrum {
    /// Who uses it.
    pub browser: Browser,
    program: PathBuf,
    address: String,
    lever: String,
    start: Start,
    home: TempDir,
    process: Option<Child>,
    took_to_start: Duration,
}

impl Fulcrum {
    /// Starts a fresh one: an organisation with four members and nobody else,
    /// whose practice Lever is at `lever`.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(program: &Path, lever: &str, start: Start) -> Result<Self> {
        let address = format!("127.0.0.1:{}", free_port()?);
        let mut fulcrum = Self {
            browser: Browser::at(&format!("http://{address}"))?,
            program: program.to_path_buf(),
            address,
            lever: lever.to_owned(),
            start,
            home: tempfile::tempdir().context("no folder for Fulcrum's data")?,
            process: None,
            took_to_start: Duration::ZERO,
        };
        fulcrum.start_again().await?;
        Ok(fulcrum)
    }

    /// Starts it on the data it has. Gives how long it took until it answered.
    ///
    /// # Errors
    /// When it does not start, or runs already.
    pub async fn start_again(&mut self) -> Result<Duration> {
        ensure!(self.process.is_none(), "Fulcrum runs already");
        let log = std::fs::File::options().create(true).append(true).open(self.log())?;
        let filter = if self.start.log.is_empty() { "error" } else { &self.start.log };
        let began = Instant::now();
        let process = Command::new(&self.program)
            .args(["serve", "--demo", "--empty", "--lever-url", &self.lever, "--addr", &self.address])
            .args(&self.start.flags)
            .current_dir(self.home.path())
            .env_clear()
            .env("RUST_LOG", filter)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        self.process = Some(process);
        let answers = until_asking_every(OFTEN, "Fulcrum answers", START, || async {
            Ok(self.browser.page("/healthz").await.is_ok().then_some(()))
        });
        answers.await.with_context(|| self.logged())?;
        self.took_to_start = began.elapsed();
        Ok(self.took_to_start)
    }

    /// How long the last start took until it answered.
    #[must_use]
    pub fn took_to_start(&self) -> Duration {
        self.took_to_start
    }

    /// The memory that its process holds; none on systems that do not tell.
    ///
    /// # Errors
    /// When it does not run.
    pub fn resident_megabytes(&self) -> Result<Option<f64>> {
        let process = self.process().context("Fulcrum does not run")?;
        let Ok(told) = std::fs::read_to_string(format!("/proc/{process}/status")) else { return Ok(None) };
        let kilobytes = told.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        Ok(kilobytes.and_then(|kilobytes| kilobytes.parse::<f64>().ok()).map(|kilobytes| kilobytes / 1_024.0))
    }

    /// Ends it as a power cut would.
    ///
    /// # Errors
    /// When it does not run.
    pub async fn kill(&mut self) -> Result<()> {
        let mut process = self.process.take().context("Fulcrum does not run")?;
        process.kill().await.context("Fulcrum could not be killed")
    }

    /// The id of its process while it runs.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.process.as_ref().and_then(Child::id)
    }

    /// All that it has logged.
    #[must_use]
    pub fn logged(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn log(&self) -> PathBuf {
        self.home.path().join("fulcrum.log")
    }

    /// Its database, to fill it or to judge it; only while it does not run.
    ///
    /// # Errors
    /// When the database cannot be opened, because it runs for instance.
    pub async fn store(&self) -> Result<Store> {
        let file = self.home.path().join("data/demo/fulcrum.db");
        Ok(Store::open(&format!("sqlite:{}", file.display())).await?)
    }
}
