//! What goes into a statement and what comes out of a row: 64-bit integers,
//! text and bytes, each of which may be null. Both databases speak these.

use domain::actor::Role;
use domain::attention::AttentionKind;
use domain::connection::{ConnectionState, Environment, LeverEvent, Light, SetUpStep};
use domain::ids;
use domain::import::{ImportFailure, ImportState};
use domain::mapping::Target;
use domain::resume::{Attachment, ResumeKind};
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::error::{Error, Result};

/// An argument of a statement. Write lists of them with [`crate::args!`].
#[derive(Clone, Debug)]
pub enum Value {
    /// An integer, an instant or a truth value.
    Int(Option<i64>),
    /// Text, an id or a code.
    Text(Option<String>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
}

/// A list of arguments: `args![organisation, candidate, now]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(Some(value.into()))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(Some(value.into()))
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Int(Some(value.0))
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(value: Option<Timestamp>) -> Self {
        Self::Int(value.map(|at| at.0))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(Some(value.clone()))
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Some(value))
    }
}

impl From<Option<Vec<u8>>> for Value {
    fn from(value: Option<Vec<u8>>) -> Self {
        Self::Bytes(value)
    }
}

/// A row of an answer.
#[derive(Debug)]
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

/// What a column can be read as.
pub trait Column: Sized {
    /// Reads `column` of `row`.
    ///
    /// # Errors
    /// When the column is absent or holds something else.
    fn read(row: &Row, column: &'static str) -> Result<Self>;
}

impl Row {
    /// Reads a column: `row.get::<Option<Timestamp>>("answered_at")`.
    ///
    /// # Errors
    /// When the column is absent or holds something else.
    pub fn get<T: Column>(&self, column: &'static str) -> Result<T> {
        T::read(self, column)
    }
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn read(row: &Row, column: &'static str) -> Result<Self> {
                Ok(match row {
                    Row::Sqlite(row) => row.try_get(column)?,
                    Row::Postgres(row) => row.try_get(column)?,
                })
            }
        }
    )*};
}

plain!(i64, Option<i64>, String, Option<String>, Vec<u8>, Option<Vec<u8>>);

macro_rules! through {
    ($from:ty => $($type:ty: $convert:expr),* $(,)?) => {$(
        impl Column for $type {
            fn read(row: &Row, column: &'static str) -> Result<Self> {
                let convert: fn($from) -> Option<$type> = $convert;
                convert(row.get::<$from>(column)?).ok_or(Error::Inconsistent { column })
            }
        }

        impl Column for Option<$type> {
            fn read(row: &Row, column: &'static str) -> Result<Self> {
                let convert: fn($from) -> Option<$type> = $convert;
                match row.get::<Option<$from>>(column)? {
                    None => Ok(None),
                    Some(value) => match convert(value) {
                        Some(value) => Ok(Some(value)),
                        None => Err(Error::Inconsistent { column }),
                    },
                }
            }
        }
    )*};
}

through!(i64 =>
    Timestamp: |value| Some(Timestamp(value)),
    bool: |value| Some(value != 0),
    u32: |value| u32::try_from(value).ok(),
    u16: |value| u16::try_from(value).ok(),
);

macro_rules! ids {
    ($($name:ident),* $(,)?) => {
        through!(String => $(ids::$name: |value| value.parse().ok()),*);

        $(
            impl From<ids::$name> for Value {
                fn from(value: ids::$name) -> Self {
                    Self::Text(Some(value.to_string()))
                }
            }

            impl From<Option<ids::$name>> for Value {
                fn from(value: Option<ids::$name>) -> Self {
                    Self::Text(value.map(|value| value.to_string()))
                }
            }
        )*
    };
}

/// A list of ids as JSON text, for `in (...)`: ids need no escapes.
impl From<&[ids::CandidateId]> for Value {
    fn from(ids: &[ids::CandidateId]) -> Self {
        let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
        Self::Text(Some(format!("[{}]", ids.join(","))))
    }
}

/// A list of numbers as JSON text, for `in (...)`.
impl From<&[i64]> for Value {
    fn from(numbers: &[i64]) -> Self {
        let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
        Self::Text(Some(format!("[{}]", numbers.join(","))))
    }
}

ids!(
    ActivityId,
    ArrivalId,
    AttentionId,
    BulkImportId,
    BulkMessageId,
    CallId,
    CandidateId,
    ConnectionId,
    DeliveryId,
    ImportId,
    InviteId,
    JobId,
    MemberId,
    MessageId,
    NewsId,
    OrganisationId,
    ProcessId,
    ReconciliationId,
    ReplyLinkId,
    ResumeId,
    SigningTokenId,
    StatusChangeId,
    TemplateId,
);

macro_rules! codes {
    ($($name:ty),* $(,)?) => {
        through!(String => $($name: |value| <$name>::from_code(&value)),*);

        $(
            impl From<$name> for Value {
                fn from(value: $name) -> Self {
                    Self::Text(Some(value.code().to_owned()))
                }
            }

            impl From<Option<$name>> for Value {
                fn from(value: Option<$name>) -> Self {
                    Self::Text(value.map(|value| value.code().to_owned()))
                }
            }
        )*
    };
}

codes!(
    Attachment,
    AttentionKind,
    ConnectionState,
    Environment,
    ImportFailure,
    ImportState,
    LeverEvent,
    Light,
    ResumeKind,
    Role,
    SetUpStep,
    Status,
    StatusCause,
    Target,
);
