//! The `fulcrum` program itself: what it prints, what it refuses, how it ends.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdout, Command};

use crate::support::{LIMIT, client};

fn fulcrum(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fulcrum"));
    command.args(arguments).current_dir(home).env_clear().stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn run(mut command: Command) -> Output {
    tokio::time::timeout(LIMIT, command.output()).await.expect("it does not end").unwrap()
}

/// A start that is refused: exit code 1 and one line that says why.
async fn refused(command: Command) -> String {
    let output = run(command).await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("fulcrum: ")).collect();
    assert_eq!(lines.len(), 1, "{said}");
    assert!(!said.contains("panicked") && !said.contains("backtrace"), "{said}");
    lines[0].to_owned()
}

struct Running {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, said }
    }

    /// The next line printed that starts with `start`, without it.
    async fn line(&mut self, start: &str) -> String {
        loop {
            let line = tokio::time::timeout(LIMIT, self.said.next_line()).await.expect("nothing was printed");
            let line = line.unwrap().expect("it ended");
            if let Some(rest) = line.strip_prefix(start) {
                return rest.trim().to_owned();
            }
        }
    }

    /// Ends it by SIGTERM; gives the exit code and how long that took.
    #[cfg(unix)]
    async fn terminate(mut self) -> (Option<i32>, Duration) {
        let id = self.child.id().unwrap().to_string();
        let begun = Instant::now();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        let status = tokio::time::timeout(LIMIT, self.child.wait()).await.expect("it does not stop").unwrap();
        (status.code(), begun.elapsed())
    }
}

async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_prints_a_set_up_link_and_a_signal_ends_it_in_good_order() {
    let home = tempfile::tempdir().unwrap();
    let mut first = Running::start(fulcrum(home.path(), &["serve", "--addr", "127.0.0.1:0"]));
    let url = first.line("Fulcrum:").await;
    let link = first.line("Set up:").await;
    assert!(link.starts_with(&format!("{url}/set-up/")), "{link}");
    let http = client();
    assert_eq!(
        http.get(format!("{url}/healthz")).send().await.unwrap().text().await.unwrap(),
        "fulcrum ok\n"
    );

    // The same file is not for a second server.
    let second = refused(fulcrum(home.path(), &["serve", "--addr", "127.0.0.1:0"])).await;
    assert!(second.contains("Another server process"), "{second}");
    // Nor is the port.
    let address = url.strip_prefix("http://").unwrap();
    let second = refused(fulcrum(home.path(), &["serve", "--addr", address])).await;
    assert!(second.contains("taken") && second.contains("FULCRUM_ADDR"), "{second}");

    let (code, took) = first.terminate().await;
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");

    // The demo is not for real data, and the other way round.
    let data = home.path().join("data");
    std::fs::create_dir_all(data.join("demo")).unwrap();
    for file in ["fulcrum.db", "secret.key"] {
        std::fs::copy(data.join(file), data.join("demo").join(file)).unwrap();
    }
    let practice = format!("127.0.0.1:{}", free_port().await);
    let demo = ["serve", "--demo", "--addr", "127.0.0.1:0", "--practice-addr", &practice];
    let said = refused(fulcrum(home.path(), &demo)).await;
    assert!(said.contains("real data"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_keeps_to_itself() {
    let home = tempfile::tempdir().unwrap();
    let practice = format!("127.0.0.1:{}", free_port().await);
    let demo = ["serve", "--demo", "--empty", "--addr", "127.0.0.1:0", "--practice-addr", &practice];
    let mut first = Running::start(fulcrum(home.path(), &demo));
    first.line("Fulcrum:").await;
    assert_eq!(first.line("Practice Lever:").await, format!("http://{practice}"));
    for who in ["admin@demo.example", "lead@demo.example", "ana@demo.example", "ben@demo.example"] {
        first.line(&format!("  {who}")).await;
    }
    assert_eq!(first.line("with the password").await, "fulcrum-demo");
    let (code, _) = first.terminate().await;
    assert_eq!(code, Some(0));
    for file in ["fulcrum.db", "secret.key", "practice-lever.json"] {
        assert!(home.path().join("data/demo").join(file).exists(), "{file}");
    }
    let said = refused(fulcrum(
        home.path(),
        &["serve", "--addr", "127.0.0.1:0", "--database-url", "sqlite:data/demo/fulcrum.db"],
    ))
    .await;
    assert!(said.contains("practice data") && said.contains("--demo"), "{said}");

    let mut variable = fulcrum(home.path(), &demo);
    variable.env("DATABASE_URL", "sqlite:elsewhere.db");
    assert!(refused(variable).await.contains("DATABASE_URL"));

    // The practice Lever's port, too, is told by its own name.
    let _taken = TcpListener::bind(&practice).await.unwrap();
    let said = refused(fulcrum(home.path(), &demo)).await;
    assert!(said.contains("FULCRUM_PRACTICE_ADDR"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_setting_is_one_sentence() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("weak.key"), "changeme\n").unwrap();
    for (arguments, word) in [
        (vec!["serve", "--addr", "nonsense"], "FULCRUM_ADDR"),
        (vec!["serve", "--public-url", "http://fulcrum.example.com"], "FULCRUM_PUBLIC_URL"),
        (vec!["serve", "--addr", "127.0.0.1:0", "--key-file", "weak.key"], "weak"),
        (vec!["serve", "--addr", "127.0.0.1:0", "--key-file", "."], "cannot be read"),
        (
            vec![
                "serve",
                "--addr",
                "127.0.0.1:0",
                "--database-url",
                "mysql://localhost/x",
                "--key-file",
                "weak.key",
            ],
            "weak",
        ),
        (
            vec!["serve", "--addr", "127.0.0.1:0", "--database-url", "sqlite:/proc/none/fulcrum.db"],
            "DATABASE_URL",
        ),
        (vec!["serve", "--database-url", "postgres://u:canary@127.0.0.1:1/x"], "FULCRUM_KEY_FILE"),
        (vec!["migrate", "--database-url", "mysql://localhost/x"], "neither SQLite nor PostgreSQL"),
    ] {
        let said = refused(fulcrum(home.path(), &arguments)).await;
        assert!(said.contains(word), "{arguments:?}: {said}");
        assert!(!said.contains("canary") && !said.contains("changeme"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_is_migrated_and_the_doctor_content() {
    let home = tempfile::tempdir().unwrap();
    let output = run(fulcrum(home.path(), &["migrate"])).await;
    assert!(output.status.success());
    assert!(home.path().join("data/fulcrum.db").exists());

    let practice = lever_sim::testing::start(lever_sim::Settings::default()).await.unwrap();
    let address = format!("127.0.0.1:{}", free_port().await);
    let lever = practice.base_url.clone();
    let examine = ["doctor", "--addr", &address, "--lever-url", &lever];
    let output = run(fulcrum(home.path(), &examine)).await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Lever answers") && !said.contains("WRONG"), "{said}");

    std::fs::write(home.path().join("data/secret.key"), "weak").unwrap();
    let _taken = TcpListener::bind(&address).await.unwrap();
    practice.stop().await.unwrap();
    let output = run(fulcrum(home.path(), &examine)).await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(said.matches("WRONG").count(), 3, "key, port and Lever: {said}");
}
