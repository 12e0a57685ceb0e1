//! Mail by SMTP, where it is configured. Otherwise, and always in the demo, nothing
//! leaves: messages stay in the outbox.
//!
//! The Message-ID of a letter is made from the id it is given, so a letter that is
//! sent twice, because nobody could know whether it arrived, is one letter.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use domain::mail::MailFailure;
use domain::text::one_line;
use domain::time::Timestamp;
use lettre::address::AddressError;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::{Host, Url};
use uuid::Uuid;

/// Letters on their way at the same time: a mail server that hangs must not take
/// the places of other work.
const AT_ONCE: usize = 3;
/// How long the mail server may take to answer a command.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a whole letter may take.
const LETTER_DEADLINE: Duration = Duration::from_secs(60);
/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(20);
/// SMTP submission (RFC 6409), and the same within TLS (RFC 8314).
const SUBMISSION: u16 = 587;
const SUBMISSIONS: u16 = 465;

/// Sends letters, if mail is configured. Cheap to clone.
#[derive(Clone, Default)]
pub struct Mailer(Option<Arc<Configured>>);

struct Configured {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    server: String,
    places: Arc<Semaphore>,
}

/// A setting of mail that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailSettingError {
    /// The address of the server.
    #[error(
        "the address of the mail server must look like smtps://USER:PASSWORD@HOST:PORT or smtp://HOST:PORT"
    )]
    Server,
    /// The sender.
    #[error("the sender must be an e-mail address, or a name with one: Hiring <hiring@company.com>")]
    From,
    /// TLS cannot be set up on this machine.
    #[error("TLS cannot be set up for mail")]
    Tls,
}

impl Mailer {
    /// Sends by the server at `url`, from `from`. `smtps` is TLS from the first byte;
    /// `smtp` becomes TLS before anything is said (STARTTLS), but on this machine.
    ///
    /// # Errors
    /// Which setting cannot be used.
    pub fn new(url: &SecretString, from: &str) -> Result<Self, MailSettingError> {
        let url = Url::parse(url.expose_secret()).map_err(|_| MailSettingError::Server)?;
        let from: Mailbox = from.trim().parse().map_err(|_: AddressError| MailSettingError::From)?;
        let host = match url.host().ok_or(MailSettingError::Server)? {
            // Of a scheme that is not the web's, an IPv4 address is a name like any other.
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        };
        let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if host.is_empty() || !matches!(url.path(), "" | "/") || url.query().is_some() {
            return Err(MailSettingError::Server);
        }
        let tls = || TlsParameters::new(host.clone()).map_err(|_| MailSettingError::Tls);
        let (tls, port) = match url.scheme() {
            "smtps" => (Tls::Wrapper(tls()?), SUBMISSIONS),
            "smtp" if here => (Tls::None, SUBMISSION),
            "smtp" => (Tls::Required(tls()?), SUBMISSION),
            _ => return Err(MailSettingError::Server),
        };
        let port = url.port().unwrap_or(port);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&host)
            .port(port)
            .tls(tls)
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(AT_ONCE as u32).idle_timeout(IDLE));
        if let (user, Some(password)) = (url.username(), url.password()) {
            let user = decoded(user).ok_or(MailSettingError::Server)?;
            let password = decoded(password).ok_or(MailSettingError::Server)?;
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self(Some(Arc::new(Configured {
            transport: builder.build(),
            from,
            server: format!("{host}:{port}"),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }))))
    }

    /// Whether letters can be sent.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        self.0.is_some()
    }

    /// The server, without user and password.
    #[must_use]
    pub fn server(&self) -> Option<&str> {
        self.0.as_deref().map(|configured| configured.server.as_str())
    }

    /// Connects, says hello, signs in and leaves: whether letters could be sent now.
    ///
    /// # Errors
    /// What went wrong, for an operator.
    pub async fn try_out(&self) -> Result<(), String> {
        let Some(configured) = &self.0 else { return Err("no mail is configured".to_owned()) };
        match configured.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server does not answer as one".to_owned()),
            Err(error) => Err(inside(&error)),
        }
    }

    /// A place for a letter; `None` while all are taken.
    pub(crate) fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.as_ref()?.places).try_acquire_owned().ok()
    }

    /// Sends a letter.
    ///
    /// # Errors
    /// Whether trying again can help.
    pub(crate) async fn send(&self, letter: &Letter<'_>) -> Result<(), NotSent> {
        let Some(configured) = &self.0 else {
            return Err(NotSent::Later { inside: "no mail is configured".to_owned() });
        };
        let message = letter.message(&configured.from)?;
        match tokio::time::timeout(LETTER_DEADLINE, configured.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(NotSent::of(&error)),
            Err(_) => Err(NotSent::Later { inside: "the mail server took too long".to_owned() }),
        }
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mailer").field(&self.server()).finish()
    }
}

/// What was percent-encoded so that it can stand in an address (RFC 3986, 2.1).
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// A letter to one person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Letter<'a> {
    /// What it is: the same id is the same letter.
    pub(crate) id: Uuid,
    /// To whom.
    pub(crate) to_name: &'a str,
    /// Where.
    pub(crate) to: &'a str,
    /// Who writes, as the reader sees it.
    pub(crate) from_name: &'a str,
    /// The subject.
    pub(crate) subject: &'a str,
    /// The text.
    pub(crate) text: &'a str,
    /// When it was written.
    pub(crate) at: Timestamp,
}

impl Letter<'_> {
    fn message(&self, from: &Mailbox) -> Result<Message, NotSent> {
        let to: Address = self.to.parse().map_err(|error: AddressError| NotSent::Never {
            failure: MailFailure::NoAddress,
            inside: error.to_string(),
        })?;
        let id = format!("<{}@{}>", self.id, from.email.domain());
        let written = Duration::from_millis(u64::try_from(self.at.0).unwrap_or(0));
        Message::builder()
            .message_id(Some(id))
            .date(SystemTime::UNIX_EPOCH + written)
            // A line break would end a header.
            .from(Mailbox::new(Some(one_line(self.from_name)), from.email.clone()))
            .to(Mailbox::new(Some(one_line(self.to_name)), to))
            .subject(one_line(self.subject))
            .header(ContentType::TEXT_PLAIN)
            .body(self.text.to_owned())
            .map_err(|error| NotSent::Never {
                failure: MailFailure::MessageRefused,
                inside: error.to_string(),
            })
    }
}

/// Why a letter did not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotSent {
    /// Trying again can help: the server is away, busy, or says so (4xx).
    Later {
        /// For the log.
        inside: String,
    },
    /// The server has refused it for good (5xx), or it cannot be written.
    Never {
        /// For people.
        failure: MailFailure,
        /// For the log.
        inside: String,
    },
}

impl NotSent {
    fn of(error: &lettre::transport::smtp::Error) -> Self {
        let inside = inside(error);
        if !error.is_permanent() {
            return Self::Later { inside };
        }
        // RFC 5321, 4.2.3, and RFC 4954, 6: what the codes mean.
        let failure = match error.status().map(u16::from) {
            Some(530 | 534 | 535 | 538) => MailFailure::SignInRefused,
            Some(550 | 551 | 553) => MailFailure::AddressRefused,
            _ => MailFailure::MessageRefused,
        };
        Self::Never { failure, inside }
    }
}

/// What went wrong, for the log: the code and the kind. The words of the server may
/// repeat the address.
fn inside(error: &lettre::transport::smtp::Error) -> String {
    let kind = if error.is_timeout() {
        "the mail server took too long"
    } else if error.is_tls() {
        "no secure connection to the mail server"
    } else if error.is_transient() {
        "the mail server asks to come again"
    } else if error.is_permanent() {
        "the mail server refused"
    } else if error.is_response() {
        "the mail server gave an answer that cannot be read"
    } else {
        "the mail server cannot be reached"
    };
    match error.status() {
        Some(code) => format!("{kind} ({code})"),
        None => kind.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(url: &str, from: &str) -> Result<Mailer, MailSettingError> {
        Mailer::new(&SecretString::from(url), from)
    }

    #[tokio::test]
    async fn settings_are_read_and_never_shown() {
        let mailer =
            new("smtp://ana%40corp:can%3Aary@127.0.0.1:2525", "Hiring <hiring@corp.example>").unwrap();
        assert_eq!(format!("{mailer:?}"), "Mailer(Some(\"127.0.0.1:2525\"))");
        assert_eq!(new("smtps://mail.example", "a@b.example").unwrap().server(), Some("mail.example:465"));
        assert_eq!(new("smtp://mail.example/", "a@b.example").unwrap().server(), Some("mail.example:587"));
        for url in ["", "mail.example", "http://mail.example", "smtp://", "smtp://a/b", "smtp://a:%zz@b"] {
            assert_eq!(new(url, "a@b.example").unwrap_err(), MailSettingError::Server, "{url}");
        }
        for from in ["", "nobody", "a@"] {
            assert_eq!(new("smtp://localhost", from).unwrap_err(), MailSettingError::From, "{from}");
        }
        assert!(!Mailer::default().is_configured());
    }

    #[test]
    fn one_letter_is_one_letter_however_often_it_is_written() {
        let from: Mailbox = "Hiring <hiring@corp.example>".parse().unwrap();
        let letter = Letter {
            id: Uuid::from_u128(7),
            to_name: "Nora\r\nBcc: all@corp.example",
            to: "nora@people.example",
            from_name: "Ana Ruiz",
            subject: "Hello\r\nBcc: all@corp.example",
            text: "Grüße",
            at: Timestamp(1_795_465_320_000),
        };
        let written = String::from_utf8(letter.message(&from).unwrap().formatted()).unwrap();
        assert_eq!(written, String::from_utf8(letter.message(&from).unwrap().formatted()).unwrap());
        assert!(
            written.contains("Message-ID: <00000000-0000-0000-0000-000000000007@corp.example>"),
            "{written}"
        );
        assert!(written.lines().all(|line| !line.starts_with("Bcc:")), "{written}");
        let nowhere = Letter { to: "nobody", ..letter };
        assert!(matches!(
            nowhere.message(&from),
            Err(NotSent::Never { failure: MailFailure::NoAddress, .. })
        ));
    }
}
