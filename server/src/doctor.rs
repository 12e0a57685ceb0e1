//! `fulcrum doctor`: says in words what is wrong with an installation.
//!
//! It looks at what `fulcrum serve` would use with the same flags and
//! environment, in the order in which a start would meet it.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use domain::time::Timestamp;
use lever::{BaseUrl, Client, Environment, ErrorKind, RateBudget, SecretString, Transport};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use usecases::{Clock as _, Mailer, SystemClock};

use crate::boot::{find_key, open_store};
use crate::config::{KeySource, PublicUrl, Settings, sqlite_file};
use crate::key_file;
use crate::refusal::Refusal;
use crate::web::health;

/// How long Lever may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long whoever listens on our port may take to answer.
const PATIENCE_HERE: Duration = Duration::from_secs(2);

/// No clock is right that shows less than the year in which this was written,
/// or a time long after it (2026-01-01 and 2100-01-01).
const PLAUSIBLE: std::ops::Range<Timestamp> = Timestamp(1_767_225_600_000)..Timestamp(4_102_444_800_000);

/// What was found about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Finding {
    /// It is as it should be.
    Fine(String),
    /// It works, but somebody should know.
    Note(String),
    /// It is wrong, and what to do.
    Wrong(Refusal),
}

/// Examines everything and prints a line for each finding; the exit code is 1
/// when something is wrong.
///
/// # Errors
/// When the findings cannot be printed.
pub async fn examine(settings: Settings) -> Result<ExitCode, Refusal> {
    let (port, running) = port(settings.addr).await;
    let findings = [
        key(&settings.key),
        database(&settings.database_url, running).await,
        port,
        public_url(&settings),
        lever(settings.lever.as_ref()).await,
        mail(&settings.mail).await,
        clock(SystemClock.now()),
    ];
    let mut out = std::io::stdout().lock();
    for finding in &findings {
        let line = match finding {
            Finding::Fine(text) => format!("fine   {text}"),
            Finding::Note(text) => format!("note   {text}"),
            Finding::Wrong(refusal) => format!("WRONG  {refusal}"),
        };
        writeln!(out, "{line}").map_err(|error| {
            Refusal::new(
                format!("The findings cannot be printed: {error}."),
                "Look at where the output goes.",
            )
        })?;
    }
    let wrong = findings.iter().any(|finding| matches!(finding, Finding::Wrong(_)));
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn key(source: &KeySource) -> Finding {
    match (find_key(source), source) {
        (Err(refusal), _) => Finding::Wrong(refusal),
        (Ok(_), KeySource::Inline(_)) => Finding::Fine("The sealing key in FULCRUM_KEY is strong.".into()),
        (Ok(Some(_)), KeySource::File { path, .. }) => {
            if key_file::readable_by_others(path) == Some(true) {
                Finding::Note(format!(
                    "The sealing key in {0} can be read by other users of this machine: chmod 600 {0}",
                    path.display()
                ))
            } else {
                Finding::Fine(format!("The sealing key in {} is strong.", path.display()))
            }
        }
        (Ok(None), KeySource::File { path, .. }) => Finding::Note(format!(
            "There is no sealing key at {} yet: the first start writes it.",
            path.display()
        )),
    }
}

/// Opens the database as a start would, so its schema is brought up to date; a
/// SQLite file that is not there is not made.
async fn database(url: &str, running: bool) -> Finding {
    if let Some(file) = sqlite_file(url) {
        if !file.exists() {
            return Finding::Note(format!(
                "There is no database at {} yet: the first start makes it.",
                file.display()
            ));
        }
        if running {
            return Finding::Fine(format!(
                "The database {} is in use by the running server.",
                file.display()
            ));
        }
    }
    match open_store(url).await {
        Ok(store) => {
            store.close().await;
            Finding::Fine("The database can be reached and its schema is up to date.".into())
        }
        Err(refusal) => Finding::Wrong(refusal),
    }
}

/// Also says whether a Fulcrum serves there already.
async fn port(addr: SocketAddr) -> (Finding, bool) {
    match TcpListener::bind(addr).await {
        Ok(_) => (Finding::Fine(format!("{addr} is free.")), false),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && serves(addr).await => {
            (Finding::Fine(format!("Fulcrum serves on {addr}.")), true)
        }
        Err(error) => {
            (Finding::Wrong(crate::serve::listen_refusal(addr, &error, "--addr", "FULCRUM_ADDR")), false)
        }
    }
}

async fn serves(addr: SocketAddr) -> bool {
    let asked = tokio::time::timeout(PATIENCE_HERE, async {
        let mut stream = TcpStream::connect(addr).await?;
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(16 * 1024).read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&answer).ends_with(health::ALIVE))
    });
    matches!(asked.await, Ok(Ok(true)))
}

fn public_url(settings: &Settings) -> Finding {
    let url = settings.public_url.clone().unwrap_or_else(|| PublicUrl::of(settings.addr));
    if url.is_https() {
        Finding::Fine(format!("People and Lever reach this server at {}.", url.origin()))
    } else {
        Finding::Note(format!(
            "Only this machine reaches {}: for Lever's deliveries set --public-url (FULCRUM_PUBLIC_URL) to an https address.",
            url.origin()
        ))
    }
}

async fn lever(operator: Option<&BaseUrl>) -> Finding {
    let base_url = operator.cloned().unwrap_or_else(|| Environment::Production.base_url());
    let client = match Transport::new(PATIENCE) {
        // No key of anybody: Lever answers 401, and so shows that it can be reached.
        Ok(transport) => {
            Client::new(&transport, &base_url, SecretString::from("none"), Arc::new(RateBudget::default()))
        }
        Err(error) => {
            return Finding::Wrong(Refusal::new(
                format!("TLS cannot be set up: {error}."),
                "Look at this machine's certificate authorities.",
            ));
        }
    };
    match client.stages().await {
        Ok(_) => Finding::Fine(format!("Lever answers at {base_url}.")),
        Err(error) if error.kind() == ErrorKind::Unauthorized => {
            Finding::Fine(format!("Lever answers at {base_url}."))
        }
        Err(error) => Finding::Wrong(Refusal::new(
            format!("Lever does not answer as expected at {base_url}: {error}."),
            "Look at this machine's way to the Internet, its firewall and --lever-url (FULCRUM_LEVER_URL).",
        )),
    }
}

/// Connects, says hello and signs in, as a letter would; nothing is sent.
async fn mail(mailer: &Mailer) -> Finding {
    let Some(server) = mailer.server() else {
        return Finding::Note(
            "No mail is configured: messages stay in the outbox. Set --smtp-url (FULCRUM_SMTP_URL) and --mail-from (FULCRUM_MAIL_FROM) to send them."
                .into(),
        );
    };
    match mailer.try_out().await {
        Ok(()) => Finding::Fine(format!("The mail server {server} lets us in.")),
        Err(error) => Finding::Wrong(Refusal::new(
            format!("Mail cannot be sent by {server}: {error}."),
            "Look at --smtp-url (FULCRUM_SMTP_URL): host, port, user and password, and whether it is smtps.",
        )),
    }
}

fn clock(now: Timestamp) -> Finding {
    if PLAUSIBLE.contains(&now) {
        Finding::Fine("The clock shows a plausible time.".into())
    } else {
        Finding::Wrong(Refusal::new(
            "The clock of this machine is wrong.",
            "Set it, and keep it right by NTP: links, sessions and leases depend on it.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_at_the_epoch_is_wrong() {
        assert!(matches!(clock(Timestamp(0)), Finding::Wrong(_)));
        assert!(matches!(clock(Timestamp(1_795_465_320_000)), Finding::Fine(_)));
    }

    #[tokio::test]
    async fn lever_is_found_and_missed() {
        let practice = lever_sim::testing::start(lever_sim::Settings::default()).await.unwrap();
        let base_url = BaseUrl::parse_override(&practice.api_url).unwrap();
        assert!(matches!(lever(Some(&base_url)).await, Finding::Fine(_)));
        practice.stop().await.unwrap();
        assert!(matches!(lever(Some(&base_url)).await, Finding::Wrong(_)));
    }

    #[tokio::test]
    async fn a_mail_server_that_is_not_there_is_told() {
        assert!(matches!(mail(&Mailer::default()).await, Finding::Note(_)));
        let url = SecretString::from("smtp://ana:canary@127.0.0.1:9");
        let mailer = Mailer::new(&url, "hiring@corp.example").unwrap();
        let Finding::Wrong(refusal) = mail(&mailer).await else { panic!() };
        let said = refusal.to_string();
        assert!(said.contains("127.0.0.1:9") && !said.contains("canary"), "{said}");
    }

    #[tokio::test]
    async fn a_port_of_another_program_is_wrong() {
        let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = other.local_addr().unwrap();
        drop(tokio::spawn(async move {
            // Answers, but not as Fulcrum.
            while let Ok((mut stream, _)) = other.accept().await {
                if stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhello").await.is_err() {
                    return;
                }
            }
        }));
        assert!(matches!(port(addr).await, (Finding::Wrong(_), false)));
    }

    #[tokio::test]
    async fn a_database_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("fulcrum.db");
        let found = database(&format!("sqlite:{}", file.display()), false).await;
        assert!(matches!(found, Finding::Note(_)));
        assert!(!file.exists());
    }
}
