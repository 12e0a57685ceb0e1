//! What can go wrong between us and the database.

/// A result of the store.
pub type Result<T> = std::result::Result<T, Error>;

/// Absence is `Ok(None)`, never an error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL names no database we know.
    #[error("the database URL must begin with sqlite: or postgres:")]
    UnknownScheme,
    /// Another process has the SQLite file.
    #[error("another server process uses this database file")]
    AlreadyInUse,
    /// The database is busy, full or away; trying again can help.
    #[error("the database is busy or unavailable")]
    Busy(#[source] sqlx::Error),
    /// A row with this key exists.
    #[error("a row with this key exists")]
    Taken,
    /// A row holds what it must not hold.
    #[error("column {column} holds an unexpected value")]
    Inconsistent {
        /// Which column.
        column: &'static str,
    },
    /// An update that must touch one row touched another number.
    #[error("{what}: expected one row, touched {touched}")]
    RowsTouched {
        /// Which update.
        what: &'static str,
        /// How many it touched.
        touched: u64,
    },
    /// A migration failed.
    #[error("migrating the database failed")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The lock file or folder could not be used.
    #[error("the database folder could not be used")]
    Folder(#[source] std::io::Error),
    /// Anything else the driver says.
    #[error("the database answered with an error")]
    Driver(#[source] sqlx::Error),
}

impl Error {
    /// Whether trying again can help.
    #[must_use]
    pub fn retryable(&self) -> bool {
        match self {
            Self::Busy(_) => true,
            Self::UnknownScheme
            | Self::AlreadyInUse
            | Self::Taken
            | Self::Inconsistent { .. }
            | Self::RowsTouched { .. }
            | Self::Migration(_)
            | Self::Folder(_)
            | Self::Driver(_) => false,
        }
    }

    /// `touched` must be one.
    ///
    /// # Errors
    /// [`Error::RowsTouched`] when it is not.
    pub fn expect_one(what: &'static str, touched: u64) -> Result<()> {
        if touched == 1 { Ok(()) } else { Err(Self::RowsTouched { what, touched }) }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::Taken,
            sqlx::Error::Database(inner) if is_passing(inner.code().as_deref()) => Self::Busy(error),
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => Self::Busy(error),
            _ => Self::Driver(error),
        }
    }
}

/// SQLite: busy (5), locked (6), I/O (10), full (13) and their extended codes.
/// PostgreSQL: serialisation failure, deadlock, and classes 53 and 57.
fn is_passing(code: Option<&str>) -> bool {
    let Some(code) = code else { return false };
    if matches!(code, "40001" | "40P01") {
        return true;
    }
    if code.len() == 5 && (code.starts_with("53") || code.starts_with("57")) {
        return true;
    }
    code.parse::<i64>().is_ok_and(|number| code.len() < 5 && matches!(number & 0xff, 5 | 6 | 10 | 13))
}
