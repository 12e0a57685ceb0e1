//! SQLite: WAL, FULL synchronous commits, one writer, readers beside it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Executor as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::Pools;
use crate::error::{Error, Result};

/// Readers beside the one writer.
const READERS: u32 = 4;
/// From so many bytes on a reader maps the file: a page of the candidate list reads
/// thousands of pages of it then, and copying them took a third of its time. A smaller
/// file fits into what the readers keep anyway.
const MAPPED_FROM: u64 = 256 * 1024 * 1024;
/// Bytes that are mapped at most: the whole file. SQLite is built to allow more than 2 GiB
/// (`.cargo/config.toml`).
const MAPPED: &str = "pragma mmap_size = 1099511627776";

pub(super) async fn open(url: &str, synchronous: SqliteSynchronous) -> Result<Pools> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("wal_autocheckpoint", "4000");
    let lock = lock(options.get_filename())?;
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        // A connection to a file does not break while it lies idle.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options.clone())
        .await?;
    sqlx::migrate!("../../migrations/sqlite").run(&writer).await?;
    let database = options.get_filename().to_owned();
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .after_connect(move |reader, _| {
            let database = database.clone();
            Box::pin(async move {
                // A file that grows is mapped by the readers that follow, half an hour later.
                if fs::metadata(&database)?.len() >= MAPPED_FROM {
                    reader.execute(MAPPED).await?;
                }
                Ok(())
            })
        })
        .connect_lazy_with(options.create_if_missing(false).pragma("query_only", "on"));
    Ok(Pools::Sqlite { writer, readers, _lock: Arc::new(lock) })
}

/// A second server on one file would break the promise of one writer.
fn lock(database: &Path) -> Result<File> {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    let path = Path::new(&name);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::Folder)?;
    }
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(Error::Folder)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::AlreadyInUse),
        Err(TryLockError::Error(error)) => Err(Error::Folder(error)),
    }
}
