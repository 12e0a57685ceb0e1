//! Saving: an append-only file of JSON lines, one line a change.
//!
//! The first line names the format. Every other line is an array of
//! `[table, id, row or null]`, all of one change: it counts whole or, when its
//! end is missing after a crash, not at all. A line is flushed to the disk
//! before the change is answered; changes that wait together share one flush.
//! On opening, the file is read, then written anew without what was overwritten
//! (temporary file, flush, rename). A lock file keeps a second process out.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use tokio::sync::watch;

use crate::state::table::{Put, Sink};

const HEADER: &str = r#"{"format":"practice-lever","version":1}"#;
const LOCK_TRIES: u32 = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The open file of an account.
#[derive(Debug)]
pub(crate) struct Saver {
    lines: mpsc::Sender<(u64, Vec<u8>)>,
    saved: watch::Receiver<Saved>,
    /// The number of the last change handed over.
    handed: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Saved {
    through: u64,
    failed: bool,
}

/// Something to wait on: the change with this number.
#[derive(Debug)]
pub(crate) struct Ticket {
    number: u64,
    saved: watch::Receiver<Saved>,
}

impl Ticket {
    /// Waits until the change is on the disk.
    pub(crate) async fn wait(mut self) -> anyhow::Result<()> {
        let number = self.number;
        let saved = self
            .saved
            .wait_for(|saved| saved.failed || saved.through >= number)
            .await
            .context("the practice account is not being saved any more")?;
        ensure!(saved.through >= number, "the practice account could not be saved");
        Ok(())
    }
}

/// Reads an account, change by change; `false` when there is no file yet.
///
/// # Errors
/// A file that cannot be read, or that is not a practice account, or a change
/// that `take` refuses.
pub(crate) fn read(
    path: &Path,
    mut take: impl FnMut(Vec<Put>) -> anyhow::Result<()>,
) -> anyhow::Result<bool> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(|| format!("cannot open {}", path.display())),
    };
    let mut reader = BufReader::new(file);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    ensure!(line.trim_end() == HEADER, "{} is not a practice Lever's file", path.display());
    let mut number = 1_usize;
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        number += 1;
        if reader.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        if bytes.last() != Some(&b'\n') {
            tracing::warn!(
                line = number,
                "the last change was cut off while it was written, before it was answered; it is left out"
            );
            break;
        }
        serde_json::from_slice(&bytes)
            .map_err(anyhow::Error::from)
            .and_then(&mut take)
            .with_context(|| format!("line {number} of {} is damaged", path.display()))?;
    }
    Ok(true)
}

impl Saver {
    /// Takes the lock of a data file. Hold it as long as the account is open.
    ///
    /// # Errors
    /// Another process has the account open.
    pub(crate) fn lock(path: &Path) -> anyhow::Result<File> {
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        let lock_path = beside(path, "lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .with_context(|| format!("cannot open {}", lock_path.display()))?;
        // A process that was just stopped may hold it for an instant.
        for _ in 0..LOCK_TRIES {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("cannot lock {}", lock_path.display()));
                }
            }
        }
        bail!("another practice Lever has {} open; stop it or name another file", path.display())
    }

    /// Writes the whole account anew, as `dump` hands it over, and keeps the file
    /// open for changes.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn start(
        path: &Path,
        lock: File,
        dump: impl FnOnce(Sink<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let file = rewrite(path, dump).with_context(|| format!("cannot write {}", path.display()))?;
        let (lines, queue) = mpsc::channel();
        let (report, saved) = watch::channel(Saved::default());
        thread::Builder::new()
            .name("practice-lever-saver".to_owned())
            .spawn(move || {
                append(file, &queue, &report);
                // The lock ends with the last change, not with the handle.
                drop(lock);
            })
            .context("cannot start the thread that saves")?;
        Ok(Self { lines, saved, handed: 0 })
    }

    /// Hands a change over, in the order in which it happened.
    ///
    /// # Errors
    /// The change cannot be written as JSON, or saving has stopped.
    pub(crate) fn hand_over(&mut self, change: &[Put]) -> anyhow::Result<Ticket> {
        let mut line = serde_json::to_vec(change)?;
        line.push(b'\n');
        self.handed += 1;
        self.lines.send((self.handed, line)).context("the practice account is not being saved any more")?;
        Ok(Ticket { number: self.handed, saved: self.saved.clone() })
    }
}

/// The saving thread: everything that waits goes out with one flush.
fn append(mut file: File, queue: &mpsc::Receiver<(u64, Vec<u8>)>, report: &watch::Sender<Saved>) {
    while let Ok((mut through, mut bytes)) = queue.recv() {
        while let Ok((number, more)) = queue.try_recv() {
            through = number;
            bytes.extend(more);
        }
        if let Err(error) = file.write_all(&bytes).and_then(|()| file.sync_data()) {
            tracing::error!(%error, "the practice account could not be saved");
            report.send_modify(|saved| saved.failed = true);
            return;
        }
        report.send_modify(|saved| saved.through = through);
    }
}

fn rewrite(path: &Path, dump: impl FnOnce(Sink<'_>) -> anyhow::Result<()>) -> anyhow::Result<File> {
    let new = beside(path, "new");
    let mut file = File::create(&new)?;
    {
        let mut writer = std::io::BufWriter::new(&mut file);
        writeln!(writer, "{HEADER}")?;
        dump(&mut |row| {
            serde_json::to_writer(&mut writer, &[row])?;
            writer.write_all(b"\n")?;
            Ok(())
        })?;
        writer.flush()?;
    }
    file.sync_all()?;
    fs::rename(&new, path)?;
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        // The rename itself is durable once the folder is.
        File::open(folder)?.sync_all()?;
    }
    Ok(file)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use serde_json::{json, value::to_raw_value};

    use super::*;

    fn row(id: &str, n: i64) -> Put {
        ("t".to_owned(), id.to_owned(), Some(to_raw_value(&json!({ "n": n })).unwrap()))
    }

    fn gone(id: &str) -> Put {
        ("t".to_owned(), id.to_owned(), None)
    }

    /// The rows of a file as JSON.
    fn rows(path: &Path) -> anyhow::Result<Option<serde_json::Value>> {
        let mut all = Vec::new();
        let found = read(path, |change| {
            all.extend(change);
            Ok(())
        })?;
        Ok(found.then(|| json!(all)))
    }

    #[tokio::test]
    async fn a_change_is_in_the_file_once_its_ticket_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/account.jsonl");
        let lock = Saver::lock(&path).unwrap();
        assert_eq!(rows(&path).unwrap(), None);
        let mut saver = Saver::start(&path, lock, |out| out(row("a", 1))).unwrap();
        saver.hand_over(&[row("b", 2), gone("a")]).unwrap().wait().await.unwrap();
        assert_eq!(rows(&path).unwrap().unwrap(), json!([row("a", 1), row("b", 2), gone("a")]));
    }

    #[test]
    fn a_change_that_was_cut_off_is_left_out_and_damage_before_the_end_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("account.jsonl");
        fs::write(&path, format!("{HEADER}\n[[\"t\",\"a\",{{\"n\":1}}]]\n[[\"t\",\"b\"")).unwrap();
        assert_eq!(rows(&path).unwrap().unwrap(), json!([row("a", 1)]));
        fs::write(&path, format!("{HEADER}\n[[\"t\"\n[]\n")).unwrap();
        assert!(rows(&path).unwrap_err().to_string().contains("line 2"));
        fs::write(&path, "{}\n").unwrap();
        assert!(rows(&path).is_err());
    }

    #[test]
    fn a_second_holder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("account.jsonl");
        let first = Saver::lock(&path).unwrap();
        assert!(Saver::lock(&path).is_err());
        drop(first);
        assert!(Saver::lock(&path).is_ok());
    }
}
