//! The real `fulcrum` program: started, used over HTTP as a browser would,
//! killed.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use reqwest::header;
use reqwest::redirect::Policy;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// Longest anything may take before a test gives up.
const LIMIT: Duration = Duration::from_secs(30);

/// Pauses of the import, short enough for a test. A taker-over waits their sum.
const LEVER_DEADLINE_MS: u64 = 1_000;
const SETTLE_MS: u64 = 700;
const LEASE_MS: u64 = 1_500;

/// Fulcrum with its own folder and its own port.
pub(crate) struct Fulcrum {
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
    port: u16,
    lever: String,
    home: TempDir,
    child: Option<Child>,
    client: reqwest::Client,
    cookie: String,
}

impl Fulcrum {
    /// Starts a fresh one on an empty practice organisation.
    pub(crate) async fn start(lever: &str) -> Self {
        let port = free_port();
        let client = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        let mut fulcrum = Self {
            url: format!("http://127.0.0.1:{port}"),
            port,
            lever: lever.to_owned(),
            home: tempfile::tempdir().unwrap(),
            child: None,
            client,
            cookie: String::new(),
        };
        fulcrum.start_again().await;
        fulcrum
    }

    /// Starts it on the data it has.
    pub(crate) async fn start_again(&mut self) {
        assert!(self.child.is_none(), "it runs already");
        let log = std::fs::File::options().create(true).append(true).open(self.log()).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_fulcrum"))
            .args(["serve", "--demo", "--empty", "--lever-url", &self.lever])
            .args(["--addr", &format!("127.0.0.1:{}", self.port)])
            .args(["--lever-deadline-ms", &LEVER_DEADLINE_MS.to_string()])
            .args(["--settle-ms", &SETTLE_MS.to_string()])
            .args(["--lease-ms", &LEASE_MS.to_string()])
            .current_dir(self.home.path())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        self.child = Some(child);
        let health = format!("{}/healthz", self.url);
        until("it answers", || async {
            self.client
                .get(&health)
                .send()
                .await
                .is_ok_and(|answer| answer.status().is_success())
                .then_some(())
        })
        .await;
    }

    /// Ends it as a power cut would.
    pub(crate) async fn kill(&mut self) {
        let mut child = self.child.take().expect("it does not run");
        child.kill().await.unwrap();
    }

    /// Whether it was started and not killed since.
    pub(crate) fn is_running(&self) -> bool {
        self.child.is_some()
    }

    /// The URL of its database, to judge it while it does not run.
    pub(crate) fn database(&self) -> String {
        format!("sqlite:{}", self.home.path().join("data/demo/fulcrum.db").display())
    }

    /// All that it has logged.
    pub(crate) fn logged(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn log(&self) -> std::path::PathBuf {
        Path::new(self.home.path()).join("fulcrum.log")
    }

    /// Signs in; everything afterwards is asked as this member.
    pub(crate) async fn sign_in(&mut self, email: &str) {
        self.cookie = String::new();
        let answer = self.post("sign_in", &[("email", email), ("password", "fulcrum-demo")]).await;
        let cookie = answer.headers().get(header::SET_COOKIE).expect("no session").to_str().unwrap();
        self.cookie = cookie.split(';').next().unwrap().to_owned();
    }

    /// Sends a form to a server function, as a browser without JavaScript does.
    pub(crate) async fn post(&self, function: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        let answer = self
            .client
            .post(format!("{}/api/{function}", self.url))
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, &self.url)
            .header(header::REFERER, format!("{}/candidates", self.url))
            .header(header::COOKIE, &self.cookie)
            .form(fields)
            .send()
            .await
            .unwrap();
        let location =
            answer.headers().get(header::LOCATION).map(|location| location.to_str().unwrap().to_owned());
        assert!(
            answer.status().is_redirection() && !location.as_deref().unwrap_or_default().contains("__err"),
            "{function} was refused: {} {location:?}\n{}",
            answer.status(),
            self.logged()
        );
        answer
    }

    /// A page, as HTML.
    pub(crate) async fn page(&self, path: &str) -> String {
        let answer = self
            .client
            .get(format!("{}{path}", self.url))
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, &self.cookie)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{path} answered {}", answer.status());
        answer.text().await.unwrap()
    }
}

/// Asks again and again until there is something, within the limit.
pub(crate) async fn until<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(began.elapsed() < LIMIT, "not within {LIMIT:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A free port below the range from which the system takes ports for outgoing
/// connections, so that it is still free at the next start.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 23_000 + u16::try_from(std::process::id() % 400).unwrap() * 20;
    (0..20)
        .map(|_| first + NEXT.fetch_add(1, Ordering::Relaxed) % 20)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("no free port")
}
