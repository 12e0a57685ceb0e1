//! Demo mode: practice and real never mix.
//!
//! The demo keeps to its own folder and to this machine, and its database is
//! marked: a marked one is refused without `--demo`, an unmarked one with it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use lever::BaseUrl;
use lever_sim::Simulator;
use secrecy::SecretString;
use store::Store;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use usecases::{Practice, PracticeSwitches};

use crate::boot::store_refusal;
use crate::config::{Demo, PublicUrl};
use crate::refusal::Refusal;
use crate::serve::listen_refusal;

/// Where everything of the demo is kept, below the current folder.
const FOLDER: &str = "data/demo";

/// A key that the practice Lever knows, for the one-button connection.
const PRACTICE_KEY: &str = "practice-key";

/// How many people are in a fresh practice Lever.
const PRACTICE_OPPORTUNITIES: usize = 40;

/// The name of the mark in the database.
const MARK: &str = "practice";

/// The four who can sign in to a demo, and their role.
pub const SIGN_INS: [(&str, &str); 4] = [
    ("admin@demo.example", "Super Admin"),
    ("lead@demo.example", "Admin"),
    ("ana@demo.example", "Recruiter"),
    ("ben@demo.example", "Recruiter"),
];

/// Their password.
pub const PASSWORD: &str = "fulcrum-demo";

/// The demo's database.
#[must_use]
pub fn database_url() -> String {
    format!("sqlite:{FOLDER}/fulcrum.db")
}

/// The demo's sealing key.
#[must_use]
pub fn key_file() -> PathBuf {
    Path::new(FOLDER).join("secret.key")
}

/// Refuses settings under which practice data could meet real ones.
///
/// # Errors
/// A sentence that names the flag and the variable.
pub fn check(
    addr: SocketAddr,
    public_url: Option<&PublicUrl>,
    database_url_given: Option<&str>,
    lever: Option<&BaseUrl>,
) -> Result<(), Refusal> {
    if database_url_given.is_some_and(|url| url != database_url()) {
        return Err(Refusal::new(
            format!("The demo uses only its own database under {FOLDER}."),
            "Leave --database-url away and unset DATABASE_URL.",
        ));
    }
    if !addr.ip().is_loopback() {
        return Err(refuse_address("--addr", "FULCRUM_ADDR", "127.0.0.1:3000"));
    }
    if public_url.is_some_and(|url| !url.is_loopback()) {
        return Err(refuse_address("--public-url", "FULCRUM_PUBLIC_URL", "http://127.0.0.1:3000"));
    }
    if lever.is_some_and(|url| !url.is_loopback()) {
        return Err(Refusal::new(
            "The demo talks only to a practice Lever on this machine.",
            "Leave --lever-url away and unset FULCRUM_LEVER_URL, or name a practice Lever on 127.0.0.1.",
        ));
    }
    Ok(())
}

/// The demo's passwords are known to everybody: it stays on this machine.
#[must_use]
pub fn refuse_address(flag: &str, variable: &str, example: &str) -> Refusal {
    Refusal::new(
        "The demo stays on this machine, because everybody knows its passwords.",
        format!("Set {flag} ({variable}) to an address of this machine, such as {example}."),
    )
}

/// Marks a fresh database as practice or real for life, and refuses one of the
/// other kind.
///
/// # Errors
/// A sentence on which start fits this database.
pub async fn mark(store: &Store, database_url: &str, demo: bool) -> Result<(), Refusal> {
    let refused = |error| store_refusal(database_url, error);
    let mut tx = store.begin().await.map_err(refused)?;
    let marked = store::meta::get(&mut tx, MARK).await.map_err(refused)?;
    let wanted = if demo { "yes" } else { "no" };
    match marked.as_deref() {
        Some(mark) if mark == wanted => Ok(()),
        Some("yes") => Err(Refusal::new(
            "This database holds practice data.",
            "Start it with --demo, or name another database by --database-url (DATABASE_URL).",
        )),
        Some(_) => Err(Refusal::new(
            format!("The database under {FOLDER} holds real data."),
            "Move it away, or start without --demo and name it by --database-url (DATABASE_URL).",
        )),
        None => {
            store::meta::put(&mut tx, MARK, wanted).await.map_err(refused)?;
            tx.commit().await.map_err(refused)
        }
    }
}

/// The practice Lever of a demo: how to reach it and, when it runs in this
/// process, the task that serves it.
#[derive(Debug)]
pub struct Hosted {
    /// How to reach it.
    pub practice: Practice,
    /// Its pages.
    pub url: String,
    serving: Option<JoinHandle<()>>,
}

/// Hosts the practice Lever in this process until `stop`, or uses the one at
/// `elsewhere`.
///
/// # Errors
/// Its port is taken, or its file cannot be used.
pub async fn practice_lever(
    demo: &Demo,
    elsewhere: Option<&BaseUrl>,
    platform: &str,
    stop: CancellationToken,
) -> Result<Hosted, Refusal> {
    if let Some(base_url) = elsewhere {
        let url = base_url.as_str().trim_end_matches("/v1").to_owned();
        return Ok(Hosted {
            practice: practice(base_url.clone(), PRACTICE_KEY.into(), &url),
            url,
            serving: None,
        });
    }
    let listener = TcpListener::bind(demo.practice_addr).await.map_err(|error| {
        listen_refusal(demo.practice_addr, &error, "--practice-addr", "FULCRUM_PRACTICE_ADDR")
    })?;
    let cannot_start = |error: String| {
        Refusal::new(
            format!("The practice Lever cannot start: {error}."),
            format!("Look at {FOLDER}/practice-lever.json; without that file it starts afresh."),
        )
    };
    let addr = listener.local_addr().map_err(|error| cannot_start(error.to_string()))?;
    std::fs::create_dir_all(FOLDER).map_err(|error| {
        Refusal::new(format!("The folder {FOLDER} cannot be made: {error}."), "Start where you may write.")
    })?;
    let simulator = Simulator::open(lever_sim::Settings {
        opportunities: if demo.empty { 0 } else { PRACTICE_OPPORTUNITIES },
        key: Some(PRACTICE_KEY.to_owned()),
        data_file: Some(Path::new(FOLDER).join("practice-lever.json")),
        platform_name: platform.to_owned(),
        ..lever_sim::Settings::default()
    })
    .await
    .map_err(|error| cannot_start(format!("{error:#}")))?;
    let url = format!("http://{addr}");
    let base_url = BaseUrl::parse_override(&url).map_err(|error| cannot_start(error.to_string()))?;
    let serving = tokio::spawn(async move {
        if let Err(error) = simulator.serve(listener, stop.cancelled_owned()).await {
            tracing::error!(error = format!("{error:#}"), "the practice Lever failed");
        }
    });
    Ok(Hosted { practice: practice(base_url, PRACTICE_KEY.into(), &url), url, serving: Some(serving) })
}

/// How to reach the practice Lever whose pages are at `url`, with a key it knows.
#[must_use]
pub fn practice(base_url: BaseUrl, key: SecretString, url: &str) -> Practice {
    let url = url.to_owned();
    let switches = PracticeSwitches::new(move |event| {
        let url = url.clone();
        async move { lever_sim::switch_on(&url, event).await.map_err(|error| format!("{error:#}")) }
    });
    Practice { base_url, key: Some(key), switches }
}

impl Hosted {
    /// Waits until the practice Lever has stopped, if it runs here.
    pub async fn ended(self) {
        if let Some(serving) = self.serving
            && let Err(error) = serving.await
        {
            tracing::error!(%error, "the practice Lever ended badly");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_is_practice_or_real_for_life() {
        for demo in [true, false] {
            let fresh = store::testing::sqlite().await;
            mark(&fresh.store, &fresh.url, demo).await.unwrap();
            mark(&fresh.store, &fresh.url, demo).await.unwrap();
            let refusal = mark(&fresh.store, &fresh.url, !demo).await.unwrap_err().to_string();
            assert!(refusal.contains("--demo"), "{refusal}");
        }
    }
}
