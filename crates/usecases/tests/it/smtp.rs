//! A mail server for tests: a few lines of RFC 5321 on loopback, with faults.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use usecases::Mailer;

/// What goes wrong with a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The address is answered with this.
    Recipient(&'static str),
    /// The letter is answered with this, and not kept.
    Letter(&'static str),
    /// The letter is kept, and the line breaks before that is said.
    KeptAndGone,
    /// The line breaks at once.
    Gone,
}

/// What arrived, and what goes wrong next.
#[derive(Clone, Default)]
pub(crate) struct Smtp {
    letters: Arc<Mutex<Vec<String>>>,
    faults: Arc<Mutex<VecDeque<Fault>>>,
    port: u16,
}

impl Smtp {
    /// A server on a free port.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let smtp = Self { port: listener.local_addr().unwrap().port(), ..Self::default() };
        let serving = smtp.clone();
        drop(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                drop(tokio::spawn(async move { serving.talk(stream).await }));
            }
        }));
        smtp
    }

    /// A way to it.
    pub(crate) fn mailer(&self) -> Mailer {
        let url = SecretString::from(format!("smtp://127.0.0.1:{}", self.port));
        Mailer::new(&url, "Hiring <hiring@acme.example>").unwrap()
    }

    /// The next letters meet these.
    pub(crate) fn faults(&self, faults: &[Fault]) {
        self.faults.lock().unwrap().extend(faults);
    }

    /// From now on letters meet nothing.
    pub(crate) fn heal(&self) {
        self.faults.lock().unwrap().clear();
    }

    /// The letters kept, with soft line breaks undone.
    pub(crate) fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().iter().map(|letter| letter.replace("=\n", "")).collect()
    }

    async fn talk(self, stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut fault = None;
        write.write_all(b"220 mail.test\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            let answer = match verb.as_str() {
                "EHLO" => "250 mail.test",
                "MAIL" => {
                    fault = self.faults.lock().unwrap().pop_front();
                    if fault == Some(Fault::Gone) {
                        return None;
                    }
                    "250 ok"
                }
                "RCPT" => match fault {
                    Some(Fault::Recipient(answer)) => answer,
                    _ => "250 ok",
                },
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut letter = String::new();
                    while let Some(line) = lines.next_line().await.ok()? {
                        if line == "." {
                            break;
                        }
                        letter.push_str(&line);
                        letter.push('\n');
                    }
                    match fault {
                        Some(Fault::Letter(answer)) => answer,
                        kept => {
                            self.letters.lock().unwrap().push(letter);
                            if kept == Some(Fault::KeptAndGone) {
                                return None;
                            }
                            "250 kept"
                        }
                    }
                }
                "QUIT" => return None,
                _ => "250 ok",
            };
            write.write_all(answer.as_bytes()).await.ok()?;
            write.write_all(b"\r\n").await.ok()?;
        }
        Some(())
    }
}

/// A header of a letter.
pub(crate) fn header<'a>(letter: &'a str, name: &str) -> &'a str {
    letter.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default()
}
