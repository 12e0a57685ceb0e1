//! The door: opening a database, transactions, and the few types that let one
//! SQL text run on two drivers.

mod many;
mod postgres;
mod sqlite;
mod value;

use std::fs::File;
use std::sync::Arc;

use sqlx::postgres::PgPool;
use sqlx::sqlite::{SqlitePool, SqliteSynchronous};
use sqlx::{Postgres, Sqlite, Transaction};

pub(crate) use many::{InsertMany, places};
pub use value::{Row, Value};

use crate::error::{Error, Result};

/// Which database answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The embedded one: one writer, readers beside it.
    Sqlite,
    /// The shared one: several server processes.
    Postgres,
}

/// An open database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pools: Pools,
    /// Whether people are told by mail of what needs attention.
    tells: bool,
}

#[derive(Clone, Debug)]
enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool, _lock: Arc<File> },
    Postgres(PgPool),
}

/// A transaction. Dropping it undoes everything since it began.
#[derive(Debug)]
pub struct Tx {
    inner: Inner,
    tells: bool,
}

#[derive(Debug)]
enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

macro_rules! bound {
    ($sql:expr, $args:expr) => {{
        let mut query = sqlx::query($sql);
        for value in $args {
            query = match value {
                Value::Int(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Store {
    /// Opens the database that `url` names and brings its schema up to date.
    ///
    /// `sqlite:PATH` (created when missing) or `postgres://...`.
    ///
    /// # Errors
    /// When the scheme is unknown, the file is in use by another process, or
    /// the database cannot be reached or migrated.
    pub async fn open(url: &str) -> Result<Self> {
        let pools = if url.starts_with("sqlite:") {
            // In WAL mode FULL syncs at every commit: what was answered survives a power cut.
            sqlite::open(url, SqliteSynchronous::Full).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            postgres::open(url).await?
        } else {
            return Err(Error::UnknownScheme);
        };
        Ok(Self { pools, tells: false })
    }

    /// As [`Store::open`] on SQLite, but commits are not synced: for proofs that
    /// are about something else and make very many of them.
    ///
    /// # Errors
    /// As [`Store::open`].
    #[cfg(feature = "testing")]
    pub(crate) async fn open_unsynced(url: &str) -> Result<Self> {
        Ok(Self { pools: sqlite::open(url, SqliteSynchronous::Off).await?, tells: false })
    }

    /// The same database, for an installation that has mail: the first attention item
    /// of a kind queues the mails about it in its own transaction, whoever raises it.
    #[must_use]
    pub fn telling(self) -> Self {
        Self { tells: true, ..self }
    }

    /// Which database it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.pools {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// Starts a transaction that may write. On SQLite there is one writer at a
    /// time: keep it short, and never wait for the network inside.
    ///
    /// # Errors
    /// When the database is busy or away.
    pub async fn begin(&self) -> Result<Tx> {
        let inner = match &self.pools {
            Pools::Sqlite { writer, .. } => Inner::Sqlite(writer.begin_with("begin immediate").await?),
            Pools::Postgres(pool) => Inner::Postgres(pool.begin().await?),
        };
        Ok(Tx { inner, tells: self.tells })
    }

    /// Runs a statement that is a transaction of its own, and durable when this returns:
    /// one trip where [`Store::begin`], the statement and [`Tx::commit`] are three.
    ///
    /// # Errors
    /// As the driver says; then nothing happened.
    pub(crate) async fn alone(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>> {
        Ok(match &self.pools {
            Pools::Sqlite { writer, .. } => {
                bound!(sql, args).fetch_all(writer).await?.into_iter().map(Row::Sqlite).collect()
            }
            Pools::Postgres(pool) => {
                bound!(sql, args).fetch_all(pool).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Starts a transaction that only reads: a consistent picture, beside the writer.
    ///
    /// # Errors
    /// When the database is busy or away.
    pub async fn read(&self) -> Result<Tx> {
        let inner = match &self.pools {
            Pools::Sqlite { readers, .. } => Inner::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => {
                Inner::Postgres(pool.begin_with("begin isolation level repeatable read read only").await?)
            }
        };
        Ok(Tx { inner, tells: self.tells })
    }

    /// Closes every connection; later calls fail.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Whether the first attention item of a kind is told by mail.
    pub(crate) fn tells(&self) -> bool {
        self.tells
    }

    /// Which database it is on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// Makes everything since [`Store::begin`] true and durable.
    ///
    /// # Errors
    /// When the database could not; then nothing happened.
    pub async fn commit(self) -> Result<()> {
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Runs a statement; gives the number of rows touched.
    ///
    /// # Errors
    /// [`Error::Taken`] on a unique violation, else as the driver says.
    pub async fn execute(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => bound!(sql, args).execute(&mut **tx).await?.rows_affected(),
            Inner::Postgres(tx) => bound!(sql, args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Runs a query; gives its first row, if any.
    ///
    /// # Errors
    /// As the driver says.
    pub async fn optional(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Option<Row>> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => bound!(sql, args).fetch_optional(&mut **tx).await?.map(Row::Sqlite),
            Inner::Postgres(tx) => bound!(sql, args).fetch_optional(&mut **tx).await?.map(Row::Postgres),
        })
    }

    /// Runs a query that always has a row, such as a count.
    ///
    /// # Errors
    /// As the driver says; also when there is no row.
    pub async fn one(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Row> {
        self.optional(sql, args).await?.ok_or(Error::Driver(sqlx::Error::RowNotFound))
    }

    /// Runs a query; gives every row. Bound it by a limit.
    ///
    /// # Errors
    /// As the driver says.
    pub async fn all(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => {
                bound!(sql, args).fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite).collect()
            }
            Inner::Postgres(tx) => {
                bound!(sql, args).fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }
}
