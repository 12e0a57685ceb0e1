//! Settings: flags and environment in, typed settings or a refusal out.
//!
//! `fulcrum --help`, `fulcrum serve --help` and so on are the reference; the
//! texts stand here, beside what they describe.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use lever::{BaseUrl, RateConfig};
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};
use usecases::{MailSettingError, Mailer, Timing};

use crate::demo;
use crate::refusal::Refusal;

/// The variable that may hold the sealing key itself. It has no flag: flags are
/// shown to everybody on the machine.
pub const KEY_VARIABLE: &str = "FULCRUM_KEY";

const DEFAULT_ADDR: &str = "127.0.0.1:3000";
const DEFAULT_DATABASE: &str = "sqlite:data/fulcrum.db";
/// Lever documentation, Rate limits.
const LEVERS_RATE: u32 = 10;
const KEY_FILE_NAME: &str = "secret.key";

/// Fulcrum: the sourcing platform's side of its Lever integration.
#[derive(Debug, Parser)]
#[command(
    name = "fulcrum",
    version,
    after_help = "Every setting can be given as a flag or as the environment variable named beside it; the flag wins. \
                  The sealing key may also be given itself, as 64 hexadecimal digits in the variable FULCRUM_KEY, \
                  instead of in a file. RUST_LOG chooses what is logged (default: info)."
)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the pages, take Lever's deliveries and do the background work.
    Serve(ServeArguments),
    /// Bring the database's schema up to date, then stop.
    Migrate(DatabaseArguments),
    /// Say what is wrong with this installation, then stop.
    Doctor(CommonArguments),
}

/// Which database.
#[derive(Clone, Debug, Default, Args)]
pub struct DatabaseArguments {
    /// The database: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME
    /// [default: sqlite:data/fulcrum.db]
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
}

/// What serving and examining share.
#[derive(Clone, Debug, Default, Args)]
pub struct CommonArguments {
    /// Address to listen on.
    #[arg(long, env = "FULCRUM_ADDR", value_name = "ADDR", default_value = DEFAULT_ADDR)]
    pub addr: String,

    /// Address at which people and Lever reach this server. Must be https,
    /// unless it is this machine's own [default: http://ADDR]
    #[arg(long, env = "FULCRUM_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,

    /// Which database.
    #[command(flatten)]
    pub database: DatabaseArguments,

    /// File with the key that seals the stored secrets: 64 hexadecimal digits.
    /// With SQLite the first start writes it; PostgreSQL needs it given
    /// [default: secret.key beside the SQLite database]
    #[arg(long, env = "FULCRUM_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,

    /// The platform's name: shown to people, and the source written into Lever.
    #[arg(long, env = "FULCRUM_PLATFORM_NAME", value_name = "NAME", default_value = "CodeSignal")]
    pub platform_name: String,

    /// Address of Lever's API, instead of Lever's own, with or without /v1.
    /// Must be https, unless it is this machine's own.
    #[arg(long, env = "FULCRUM_LEVER_URL", value_name = "URL")]
    pub lever_url: Option<String>,

    /// The mail server: smtps://USER:PASSWORD@HOST:PORT, or smtp://... for STARTTLS.
    /// Without it messages stay in the outbox. A flag is shown to everybody on the
    /// machine: give the password by the variable.
    #[arg(long, env = "FULCRUM_SMTP_URL", hide_env_values = true, value_name = "URL")]
    pub smtp_url: Option<SecretString>,

    /// Who mail is from: an address, or a name with one: Hiring <hiring@company.com>
    #[arg(long, env = "FULCRUM_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
}

/// What serving takes.
#[derive(Clone, Debug, Default, Args)]
pub struct ServeArguments {
    /// What serving and examining share.
    #[command(flatten)]
    pub common: CommonArguments,

    /// Practice data in ./data/demo and a practice Lever; nothing real.
    #[arg(long)]
    pub demo: bool,

    /// With --demo: members only, no candidates.
    #[arg(long, requires = "demo")]
    pub empty: bool,

    /// With --demo: address of the practice Lever. With --lever-url none is
    /// started, and the one there is used.
    #[arg(long, env = "FULCRUM_PRACTICE_ADDR", value_name = "ADDR", default_value = "127.0.0.1:3100")]
    pub practice_addr: String,

    /// Longest a request to Lever may take, in milliseconds.
    #[arg(long, env = "FULCRUM_LEVER_DEADLINE_MS", value_name = "MS", default_value_t = millis(Timing::default().lever_deadline), help_heading = "Timing")]
    pub lever_deadline_ms: u64,

    /// How long Lever may take to list what it created, in milliseconds.
    #[arg(long, env = "FULCRUM_SETTLE_MS", value_name = "MS", default_value_t = millis(Timing::default().settle), help_heading = "Timing")]
    pub settle_ms: u64,

    /// How long a job belongs to whoever claimed it, in milliseconds.
    #[arg(long, env = "FULCRUM_LEASE_MS", value_name = "MS", default_value_t = millis(Timing::default().lease), help_heading = "Timing")]
    pub lease_ms: u64,

    /// Requests a second that Lever gives each API key.
    #[arg(long, env = "FULCRUM_LEVER_RATE", value_name = "N", default_value_t = LEVERS_RATE, value_parser = clap::value_parser!(u32).range(1..=1_000), help_heading = "Timing")]
    pub lever_rate: u32,

    /// Seconds between two reconciliations with Lever.
    #[arg(long, env = "FULCRUM_RECONCILE_SECONDS", value_name = "S", default_value_t = Timing::default().reconcile_every.as_secs(), help_heading = "Timing")]
    pub reconcile_seconds: u64,
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// How this server is set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address to listen on.
    pub addr: SocketAddr,
    /// Where people and Lever reach it; `None`: where it listens.
    pub public_url: Option<PublicUrl>,
    /// The database.
    pub database_url: String,
    /// Where the sealing key is.
    pub key: KeySource,
    /// The platform's name.
    pub platform: String,
    /// The operator's override of Lever's address.
    pub lever: Option<BaseUrl>,
    /// The way to people's mailboxes, where there is one.
    pub mail: Mailer,
    /// Demo mode.
    pub demo: Option<Demo>,
    /// Pauses and deadlines.
    pub timing: Timing,
    /// How fast Lever lets each API key ask.
    pub lever_rate: RateConfig,
}

/// Demo mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    /// Members only.
    pub empty: bool,
    /// Where the practice Lever listens.
    pub practice_addr: SocketAddr,
}

/// Where the sealing key is.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// Given itself, in the environment.
    Inline(SecretString),
    /// In a file.
    File {
        /// Which.
        path: PathBuf,
        /// Whether the first start writes it.
        write_at_first_start: bool,
    },
}

impl Settings {
    /// What `fulcrum serve` is started with.
    ///
    /// # Errors
    /// A sentence that names the flag and the variable that must change.
    pub fn for_serve(arguments: ServeArguments, inline_key: Option<String>) -> Result<Self, Refusal> {
        let timing = timing(&arguments)?;
        let rate = lever_rate(arguments.lever_rate);
        let demo = if arguments.demo {
            let practice_addr =
                address(&arguments.practice_addr, "--practice-addr", "FULCRUM_PRACTICE_ADDR")?;
            if !practice_addr.ip().is_loopback() {
                return Err(demo::refuse_address(
                    "--practice-addr",
                    "FULCRUM_PRACTICE_ADDR",
                    "127.0.0.1:3100",
                ));
            }
            Some(Demo { empty: arguments.empty, practice_addr })
        } else {
            None
        };
        Self::new(arguments.common, demo, timing, rate, inline_key)
    }

    /// What `fulcrum doctor` examines.
    ///
    /// # Errors
    /// As [`Settings::for_serve`].
    pub fn for_doctor(arguments: CommonArguments, inline_key: Option<String>) -> Result<Self, Refusal> {
        Self::new(arguments, None, Timing::default(), RateConfig::default(), inline_key)
    }

    fn new(
        common: CommonArguments,
        demo: Option<Demo>,
        timing: Timing,
        lever_rate: RateConfig,
        inline_key: Option<String>,
    ) -> Result<Self, Refusal> {
        let addr = address(&common.addr, "--addr", "FULCRUM_ADDR")?;
        let public_url = given(common.public_url).map(|text| PublicUrl::parse(&text)).transpose()?;
        let lever = given(common.lever_url)
            .map(|text| {
                BaseUrl::parse_override(&text).map_err(|error| {
                    Refusal::new(
                        "The address of Lever cannot be used.",
                        format!("Change --lever-url (FULCRUM_LEVER_URL): {error}."),
                    )
                })
            })
            .transpose()?;
        let database_url = given(common.database.database_url);
        let key_file = common.key_file.filter(|path| !path.as_os_str().is_empty());
        let inline_key = given(inline_key).map(SecretString::from);
        let mail = mail(common.smtp_url, common.mail_from)?;
        let platform = common.platform_name.trim().to_owned();
        if platform.is_empty() {
            return Err(Refusal::new(
                "The platform's name is empty.",
                "Set --platform-name (FULCRUM_PLATFORM_NAME), or leave it away.",
            ));
        }

        let (database_url, key) = if demo.is_some() {
            demo::check(addr, public_url.as_ref(), database_url.as_deref(), lever.as_ref())?;
            if mail.is_configured() {
                return Err(Refusal::new(
                    "The demo never sends mail.",
                    "Leave --smtp-url away and unset FULCRUM_SMTP_URL.",
                ));
            }
            if key_file.is_some() || inline_key.is_some() {
                return Err(Refusal::new(
                    "The demo has a sealing key of its own, so that no real key meets practice data.",
                    "Leave --key-file away and unset FULCRUM_KEY_FILE and FULCRUM_KEY.",
                ));
            }
            let key = KeySource::File { path: demo::key_file(), write_at_first_start: true };
            (demo::database_url(), key)
        } else {
            if public_url.is_none() && !addr.ip().is_loopback() {
                return Err(Refusal::new(
                    format!(
                        "{addr} can be reached from other machines, but the address at which they do so is not known."
                    ),
                    "Set --public-url (FULCRUM_PUBLIC_URL) to an https address, such as https://fulcrum.example.com.",
                ));
            }
            let database_url = database_url.unwrap_or_else(|| DEFAULT_DATABASE.to_owned());
            let key = key_source(&database_url, key_file, inline_key)?;
            (database_url, key)
        };
        Ok(Self { addr, public_url, database_url, key, platform, lever, mail, demo, timing, lever_rate })
    }
}

/// The database that `arguments` name.
#[must_use]
pub fn database_url(arguments: &DatabaseArguments) -> String {
    given(arguments.database_url.clone()).unwrap_or_else(|| DEFAULT_DATABASE.to_owned())
}

/// The file behind a SQLite URL (`sqlite:PATH`, `sqlite://PATH`, with or without
/// a query); `None` for other databases.
#[must_use]
pub fn sqlite_file(database_url: &str) -> Option<PathBuf> {
    let path = database_url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or(path);
    Some(PathBuf::from(path))
}

fn key_source(
    database_url: &str,
    key_file: Option<PathBuf>,
    inline_key: Option<SecretString>,
) -> Result<KeySource, Refusal> {
    let sqlite = sqlite_file(database_url);
    match (key_file, inline_key, sqlite) {
        (Some(_), Some(_), _) => Err(Refusal::new(
            "The sealing key is given twice.",
            "Set either --key-file (FULCRUM_KEY_FILE) or FULCRUM_KEY, not both.",
        )),
        (None, Some(key), _) => Ok(KeySource::Inline(key)),
        (Some(path), None, sqlite) => Ok(KeySource::File { path, write_at_first_start: sqlite.is_some() }),
        (None, None, Some(database)) => {
            let folder = database.parent().unwrap_or_else(|| Path::new(""));
            Ok(KeySource::File { path: folder.join(KEY_FILE_NAME), write_at_first_start: true })
        }
        (None, None, None) => Err(Refusal::new(
            "With PostgreSQL the sealing key must be given, because every server process needs the same one.",
            "Write 64 random hexadecimal digits into a file (openssl rand -hex 32) and name it by --key-file (FULCRUM_KEY_FILE).",
        )),
    }
}

/// The way to people's mailboxes; without a server there is none.
fn mail(url: Option<SecretString>, from: Option<String>) -> Result<Mailer, Refusal> {
    let Some(url) = url.filter(|url| !url.expose_secret().trim().is_empty()) else {
        return Ok(Mailer::default());
    };
    let Some(from) = given(from) else {
        return Err(Refusal::new(
            "There is a mail server, but nobody mail is from.",
            "Set --mail-from (FULCRUM_MAIL_FROM) to an address, such as Hiring <hiring@company.com>.",
        ));
    };
    // What was given is not shown: it may hold a password.
    Mailer::new(&url, &from).map_err(|error| match error {
        MailSettingError::Server => {
            Refusal::new("Mail cannot be sent.", format!("Change --smtp-url (FULCRUM_SMTP_URL): {error}."))
        }
        MailSettingError::From => {
            Refusal::new("Mail cannot be sent.", format!("Change --mail-from (FULCRUM_MAIL_FROM): {error}."))
        }
        MailSettingError::Tls => Refusal::new(
            format!("Mail cannot be sent: {error}."),
            "Look at this machine's certificate authorities.",
        ),
    })
}

/// An empty variable counts as not set.
fn given(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn address(text: &str, flag: &str, variable: &str) -> Result<SocketAddr, Refusal> {
    let numeric = match text.trim().strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.trim().to_owned(),
    };
    numeric.parse().map_err(|_| {
        Refusal::new(
            format!("{text:?} is no address to listen on."),
            format!("Write {flag} ({variable}) as IP:PORT, such as {DEFAULT_ADDR}."),
        )
    })
}

/// What goes out at once after a quiet time is half of what Lever allows when it can.
fn lever_rate(per_second: u32) -> RateConfig {
    RateConfig { per_second: f64::from(per_second), ..RateConfig::default() }
}

fn timing(arguments: &ServeArguments) -> Result<Timing, Refusal> {
    for (value, flag) in [
        (arguments.lever_deadline_ms, "--lever-deadline-ms"),
        (arguments.lease_ms, "--lease-ms"),
        (arguments.reconcile_seconds, "--reconcile-seconds"),
    ] {
        if value == 0 {
            return Err(Refusal::new(format!("{flag} is 0."), "Give it at least 1."));
        }
    }
    Ok(Timing {
        lever_deadline: Duration::from_millis(arguments.lever_deadline_ms),
        settle: Duration::from_millis(arguments.settle_ms),
        lease: Duration::from_millis(arguments.lease_ms),
        reconcile_every: Duration::from_secs(arguments.reconcile_seconds),
    })
}

/// The address at which people and Lever reach this server: an origin
/// (RFC 6454), https unless its host is this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    https: bool,
    loopback: bool,
}

impl PublicUrl {
    /// Reads a setting.
    ///
    /// # Errors
    /// A sentence that names the variable.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let example = "Write --public-url (FULCRUM_PUBLIC_URL) like https://fulcrum.example.com.";
        let not_an_address = || Refusal::new(format!("{text:?} is no public address."), example);
        let url = Url::parse(text).map_err(|_| not_an_address())?;
        let loopback = match url.host().ok_or_else(not_an_address)? {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        };
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(not_an_address()),
        };
        if !url.username().is_empty()
            || url.password().is_some()
            || url.path() != "/"
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(Refusal::new(
                "The public address must be a scheme, a host and perhaps a port.",
                example,
            ));
        }
        if !https && !loopback {
            return Err(Refusal::new(
                "The public address must be https: passwords and candidates' data would travel open over http.",
                "Set --public-url (FULCRUM_PUBLIC_URL) to an https address; http is for this machine only.",
            ));
        }
        Ok(Self { origin: url.origin().ascii_serialization(), https, loopback })
    }

    /// Where a server listens on this machine.
    #[must_use]
    pub fn of(addr: SocketAddr) -> Self {
        let mut addr = addr;
        if addr.ip().is_unspecified() {
            addr.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        // Written as a browser does: without the port that http implies.
        let origin = match (addr.port(), addr.ip()) {
            (80, IpAddr::V4(ip)) => format!("http://{ip}"),
            (80, IpAddr::V6(ip)) => format!("http://[{ip}]"),
            _ => format!("http://{addr}"),
        };
        Self { origin, https: false, loopback: addr.ip().is_loopback() }
    }

    /// Scheme, host and port, without a trailing slash.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether it is https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether its host is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments() -> ServeArguments {
        ServeArguments {
            common: CommonArguments {
                addr: DEFAULT_ADDR.into(),
                platform_name: "CodeSignal".into(),
                ..CommonArguments::default()
            },
            practice_addr: "127.0.0.1:3100".into(),
            lever_deadline_ms: 1,
            settle_ms: 0,
            lease_ms: 1,
            reconcile_seconds: 1,
            ..ServeArguments::default()
        }
    }

    fn refusal(arguments: ServeArguments) -> String {
        Settings::for_serve(arguments, None).unwrap_err().to_string()
    }

    #[test]
    fn nothing_given_means_sqlite_on_loopback() {
        let settings = Settings::for_serve(arguments(), None).unwrap();
        assert_eq!(settings.database_url, "sqlite:data/fulcrum.db");
        assert_eq!(settings.public_url, None);
        assert!(settings.demo.is_none());
        let KeySource::File { path, write_at_first_start: true } = settings.key else { panic!() };
        assert_eq!(path, Path::new("data/secret.key"));
    }

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let mut given = arguments();
        given.common.public_url = Some(String::new());
        given.common.lever_url = Some("  ".into());
        given.common.database.database_url = Some(String::new());
        given.common.key_file = Some(PathBuf::new());
        let settings = Settings::for_serve(given, Some(String::new())).unwrap();
        assert!(settings.lever.is_none() && settings.public_url.is_none());
        assert!(matches!(settings.key, KeySource::File { .. }));
    }

    #[test]
    fn http_is_for_this_machine_only() {
        for (text, origin) in [
            ("https://Fulcrum.Example.com/", "https://fulcrum.example.com"),
            ("https://fulcrum.example.com:8443", "https://fulcrum.example.com:8443"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://127.0.0.1:80", "http://127.0.0.1"),
            ("http://[::1]:3000/", "http://[::1]:3000"),
        ] {
            assert_eq!(PublicUrl::parse(text).unwrap().origin(), origin);
        }
        for text in [
            "http://fulcrum.example.com",
            "http://192.168.1.5:3000",
            "http://localhost.example.com",
            "ftp://localhost",
            "fulcrum.example.com",
            "https://user@fulcrum.example.com",
            "https://fulcrum.example.com/fulcrum",
            "https://fulcrum.example.com/?a",
        ] {
            let refusal = PublicUrl::parse(text).unwrap_err().to_string();
            assert!(refusal.contains("FULCRUM_PUBLIC_URL"), "{text}: {refusal}");
        }
    }

    #[test]
    fn an_address_that_others_reach_needs_a_public_url() {
        let mut open = arguments();
        open.common.addr = "0.0.0.0:3000".into();
        assert!(refusal(open.clone()).contains("FULCRUM_PUBLIC_URL"));
        open.common.public_url = Some("https://fulcrum.example.com".into());
        assert!(Settings::for_serve(open, None).is_ok());
    }

    #[test]
    fn an_address_is_told_by_its_variable() {
        let mut wrong = arguments();
        wrong.common.addr = "3000".into();
        assert!(refusal(wrong).contains("FULCRUM_ADDR"));
        let mut named = arguments();
        named.common.addr = "localhost:3001".into();
        assert_eq!(Settings::for_serve(named, None).unwrap().addr.to_string(), "127.0.0.1:3001");
    }

    #[test]
    fn lever_elsewhere_must_be_https_or_this_machine() {
        let mut elsewhere = arguments();
        elsewhere.common.lever_url = Some("http://lever.example.com".into());
        assert!(refusal(elsewhere.clone()).contains("FULCRUM_LEVER_URL"));
        for (text, base) in [
            ("http://127.0.0.1:3100", "http://127.0.0.1:3100/v1"),
            ("http://127.0.0.1:3100/v1", "http://127.0.0.1:3100/v1"),
            ("https://lever.example.com/v1/", "https://lever.example.com/v1"),
        ] {
            elsewhere.common.lever_url = Some(text.into());
            let settings = Settings::for_serve(elsewhere.clone(), None).unwrap();
            assert_eq!(settings.lever.unwrap().as_str(), base);
        }
    }

    #[test]
    fn the_key_comes_from_one_place() {
        let mut twice = arguments();
        twice.common.key_file = Some("a.key".into());
        let refusal = Settings::for_serve(twice, Some("00".into())).unwrap_err().to_string();
        assert!(refusal.contains("FULCRUM_KEY_FILE") && refusal.contains("not both"), "{refusal}");

        let mut postgres = arguments();
        postgres.common.database.database_url = Some("postgres://localhost/fulcrum".into());
        let refusal = Settings::for_serve(postgres.clone(), None).unwrap_err().to_string();
        assert!(refusal.contains("FULCRUM_KEY_FILE"), "{refusal}");
        postgres.common.key_file = Some("a.key".into());
        let settings = Settings::for_serve(postgres, None).unwrap();
        assert!(matches!(settings.key, KeySource::File { write_at_first_start: false, .. }));
    }

    #[test]
    fn the_file_behind_a_sqlite_url_is_found() {
        for (url, path) in [
            ("sqlite:data/fulcrum.db", "data/fulcrum.db"),
            ("sqlite://data/fulcrum.db?mode=rwc", "data/fulcrum.db"),
            ("sqlite:///var/lib/fulcrum.db", "/var/lib/fulcrum.db"),
        ] {
            assert_eq!(sqlite_file(url).unwrap(), Path::new(path));
        }
        assert_eq!(sqlite_file("postgres://localhost/fulcrum"), None);
    }

    #[test]
    fn the_demo_meets_nothing_real() {
        let mut demo = arguments();
        demo.demo = true;
        let settings = Settings::for_serve(demo.clone(), None).unwrap();
        assert_eq!(settings.database_url, "sqlite:data/demo/fulcrum.db");

        let mut database = demo.clone();
        database.common.database.database_url = Some("sqlite:data/fulcrum.db".into());
        assert!(refusal(database).contains("DATABASE_URL"));
        let mut open = demo.clone();
        open.common.addr = "0.0.0.0:3000".into();
        assert!(refusal(open).contains("FULCRUM_ADDR"));
        let mut public = demo.clone();
        public.common.public_url = Some("https://fulcrum.example.com".into());
        assert!(refusal(public).contains("FULCRUM_PUBLIC_URL"));
        let mut practice = demo.clone();
        practice.practice_addr = "0.0.0.0:3100".into();
        assert!(refusal(practice).contains("FULCRUM_PRACTICE_ADDR"));
        let mut lever = demo.clone();
        lever.common.lever_url = Some("https://api.lever.co/v1".into());
        assert!(refusal(lever).contains("FULCRUM_LEVER_URL"));
        let mut key = demo.clone();
        key.common.key_file = Some("secret.key".into());
        assert!(refusal(key).contains("FULCRUM_KEY_FILE"));
        demo.common.lever_url = Some("http://127.0.0.1:3100".into());
        assert!(Settings::for_serve(demo, None).is_ok());
    }

    // A mail transport is let go of inside a runtime only.
    #[tokio::test]
    async fn mail_needs_a_server_and_a_sender_and_shows_no_password() {
        let mut mailing = arguments();
        mailing.common.mail_from = Some("hiring@corp.example".into());
        assert!(!Settings::for_serve(mailing.clone(), None).unwrap().mail.is_configured());
        mailing.common.smtp_url = Some("smtps://ana:canary@mail.example".into());
        let settings = Settings::for_serve(mailing.clone(), None).unwrap();
        assert_eq!(settings.mail.server(), Some("mail.example:465"));
        assert!(!format!("{mailing:?} {settings:?}").contains("canary"));
        let mut demo = mailing.clone();
        demo.demo = true;
        assert!(refusal(demo).contains("FULCRUM_SMTP_URL"));
        let mut nobody = mailing.clone();
        nobody.common.mail_from = None;
        assert!(refusal(nobody).contains("FULCRUM_MAIL_FROM"));
        mailing.common.smtp_url = Some("https://ana:canary@mail.example".into());
        let said = refusal(mailing);
        assert!(said.contains("FULCRUM_SMTP_URL") && !said.contains("canary"), "{said}");
    }

    #[test]
    fn every_setting_has_a_flag_and_a_variable() {
        use clap::CommandFactory as _;
        let command = CommandLine::command();
        command.clone().debug_assert();
        let serve = command.find_subcommand("serve").unwrap();
        let switches = ["demo", "empty", "help"];
        for argument in
            serve.get_arguments().filter(|argument| !switches.contains(&argument.get_id().as_str()))
        {
            assert!(argument.get_long().is_some(), "{}", argument.get_id());
            assert!(argument.get_env().is_some(), "{}", argument.get_id());
            assert!(argument.get_help().is_some(), "{}", argument.get_id());
        }
    }
}
