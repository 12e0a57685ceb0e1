//! A PostgreSQL for one test run: a cluster in a temporary folder, on a free
//! port of 127.0.0.1, removed at the end. Durability is switched off in it,
//! because nothing in it outlives the run.

use std::env;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command;
use crate::system;

/// The oldest major version that Fulcrum supports.
const OLDEST: u32 = 15;
/// How long a cluster may take to accept connections.
const START: Duration = Duration::from_secs(60);
const ADVICE: &str = "PostgreSQL 15 or later is needed for the tests: install it (its folder of \
     programs on the search path) and run the same command again.";

/// A running cluster; dropping it stops and removes it.
pub(crate) struct Cluster {
    server: Child,
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes and starts a cluster, installing PostgreSQL through apt-get where it is missing.
    ///
    /// # Errors
    /// When PostgreSQL is missing or does not start.
    pub(crate) fn start() -> Result<Self> {
        let programs = match programs() {
            Some(programs) => programs,
            None => {
                system::install(&["postgresql"], ADVICE)?;
                programs().context(ADVICE)?
            }
        };
        let owner = owner()?;
        let folder = folder();
        fs::create_dir(&folder).with_context(|| format!("Could not make the folder {}", folder.display()))?;
        // From here on the folder is removed whatever happens.
        Self::start_in(&programs, owner, &folder).inspect_err(|_| remove(&folder))
    }

    fn start_in(programs: &Path, owner: Option<(u32, u32)>, folder: &Path) -> Result<Self> {
        give(folder, owner)?;
        let mut create = command_as(&programs.join("initdb"), owner, folder);
        create
            .args(["--pgdata=data", "--auth=trust", "--username=postgres"])
            .args(["--encoding=UTF8", locale(), "--no-sync"])
            .stdout(Stdio::null());
        command::run(&mut create, "PostgreSQL could not make a cluster.")?;

        let port = free_port()?;
        let log = folder.join("log");
        let mut serve = command_as(&programs.join("postgres"), owner, folder);
        serve.args(["-D", "data", "-p", &port.to_string()]);
        for setting in [
            "listen_addresses=127.0.0.1",
            &format!("unix_socket_directories={}", folder.display()),
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=300",
        ] {
            serve.args(["-c", setting]);
        }
        serve
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).context("Could not write the log of PostgreSQL")?);
        let mut cluster = Self { server: command::start(&mut serve)?, folder: folder.to_path_buf(), port };
        cluster.wait(&programs.join("pg_isready"), &log)?;
        Ok(cluster)
    }

    /// The address for tests, as `DATABASE_URL` would hold it.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn wait(&mut self, is_ready: &Path, log: &Path) -> Result<()> {
        let started = Instant::now();
        loop {
            let ready = command::clean(is_ready)
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status()
                .context("Could not ask PostgreSQL whether it is ready")?;
            if ready.success() {
                return Ok(());
            }
            let ended = self.server.try_wait()?.is_some();
            if ended || started.elapsed() > START {
                let log = fs::read_to_string(log).unwrap_or_default();
                bail!("PostgreSQL did not start. Its log:\n{log}");
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let id = self.server.id();
        // Interrupted, PostgreSQL ends its sessions and then itself.
        command::interrupt(id);
        if let Err(error) = self.server.wait() {
            eprintln!("PostgreSQL could not be waited for: {error}");
        }
        command::ended(id);
        remove(&self.folder);
    }
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        eprintln!("{} could not be removed: {error}", folder.display());
    }
}

/// The folder of the newest PostgreSQL's programs.
fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let programs = entry.path().join("bin");
            programs.join("initdb").is_file().then_some((version, programs))
        })
        .filter(|(version, _)| *version >= OLDEST)
        .max()
        .map(|(_, programs)| programs);
    debian.or_else(|| command::find("initdb")?.parent().map(Path::to_path_buf))
}

/// PostgreSQL refuses to run as root: then it runs as its own user, or as nobody.
fn owner() -> Result<Option<(u32, u32)>> {
    if !system::is_root() {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .into_iter()
        .find_map(system::account)
        .map(Some)
        .context("PostgreSQL cannot run as root, and there is no user postgres or nobody")
}

/// Where every user may enter.
fn folder() -> PathBuf {
    let shared = PathBuf::from("/tmp");
    let parent = if system::is_root() && shared.is_dir() { shared } else { env::temp_dir() };
    parent.join(format!("fulcrum-postgres-{}", process::id()))
}

/// Letters compare by their numbers and lower case knows all of Unicode, as in
/// PostgreSQL's usual container image.
fn locale() -> &'static str {
    if cfg!(target_os = "linux") { "--locale=C.UTF-8" } else { "--no-locale" }
}

/// A port that nobody listens on at this moment.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("No free port for PostgreSQL")?;
    Ok(listener.local_addr()?.port())
}

#[cfg(unix)]
fn give(folder: &Path, owner: Option<(u32, u32)>) -> Result<()> {
    if let Some((user, group)) = owner {
        std::os::unix::fs::chown(folder, Some(user), Some(group))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn give(_folder: &Path, _owner: Option<(u32, u32)>) -> Result<()> {
    Ok(())
}

/// A command of PostgreSQL's, as its owner, in its folder.
#[cfg_attr(not(unix), allow(unused_variables))]
fn command_as(program: &Path, owner: Option<(u32, u32)>, folder: &Path) -> Command {
    let mut command = command::clean(program);
    command.current_dir(folder);
    #[cfg(unix)]
    if let Some((user, group)) = owner {
        use std::os::unix::process::CommandExt;
        command.uid(user).gid(group);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_answers_while_it_lives_and_leaves_nothing() {
        let Some(programs) = programs() else {
            eprintln!("PostgreSQL is not installed; `cargo xtask test` installs it");
            return;
        };
        let cluster = Cluster::start().unwrap();
        let (folder, port) = (cluster.folder.clone(), cluster.port);
        let ask = || {
            command::clean(programs.join("psql"))
                .args(["--no-psqlrc", "--tuples-only", "--no-align"])
                .args(["--command", "select lower('É')", &cluster.url()])
                .stdout(Stdio::piped())
                .output()
                .unwrap()
        };
        let answer = ask();
        assert_eq!(String::from_utf8_lossy(&answer.stdout).trim(), "é");
        drop(cluster);
        assert!(!folder.exists());
        TcpListener::bind(("127.0.0.1", port)).unwrap();
    }
}
