//! Sessions, for tower-sessions. They are found by the SHA-256 of their id, so
//! whoever reads the table can enter nowhere.

use async_trait::async_trait;
use domain::time::Timestamp;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store;

use crate::{Result, Store, args};

/// The session store of the web server.
#[derive(Clone, Debug)]
pub struct Sessions {
    store: Store,
}

impl Sessions {
    /// Sessions kept in `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Deletes what expired up to `now`; says how many.
    ///
    /// # Errors
    /// As the database says.
    pub async fn delete_expired(&self, now: Timestamp) -> Result<u64> {
        let mut tx = self.store.begin().await?;
        let deleted = tx.execute("delete from sessions where expires_at <= $1", args![now]).await?;
        tx.commit().await?;
        Ok(deleted)
    }

    async fn insert(&self, record: &Record) -> session_store::Result<bool> {
        let mut tx = self.store.begin().await.map_err(backend)?;
        let touched = tx
            .execute(
                "insert into sessions (id_hash, data, expires_at) values ($1, $2, $3)
                 on conflict (id_hash) do nothing",
                args![hash(&record.id), data(record)?, expiry(record)],
            )
            .await
            .map_err(backend)?;
        tx.commit().await.map_err(backend)?;
        Ok(touched == 1)
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        // Ids are 128 random bits: a second round would already be a wonder.
        while !self.insert(record).await? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let mut tx = self.store.begin().await.map_err(backend)?;
        // Never inserts: a session that was ended meanwhile stays ended.
        tx.execute(
            "update sessions set data = $2, expires_at = $3 where id_hash = $1",
            args![hash(&record.id), data(record)?, expiry(record)],
        )
        .await
        .map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let mut tx = self.store.read().await.map_err(backend)?;
        let row = tx
            .optional("select data, expires_at from sessions where id_hash = $1", args![hash(id)])
            .await
            .map_err(backend)?;
        let Some(row) = row else { return Ok(None) };
        let expires_at: Timestamp = row.get("expires_at").map_err(backend)?;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(expires_at.0) * 1_000_000)
            .map_err(|error| session_store::Error::Decode(error.to_string()))?;
        // tower-sessions dates its records by the machine's clock, so that clock judges them too.
        if expiry_date <= OffsetDateTime::now_utc() {
            return Ok(None);
        }
        let data: String = row.get("data").map_err(backend)?;
        let data =
            serde_json::from_str(&data).map_err(|error| session_store::Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let mut tx = self.store.begin().await.map_err(backend)?;
        tx.execute("delete from sessions where id_hash = $1", args![hash(id)]).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

fn hash(id: &Id) -> String {
    hex::encode(Sha256::digest(id.to_string().as_bytes()))
}

fn data(record: &Record) -> session_store::Result<String> {
    serde_json::to_string(&record.data).map_err(|error| session_store::Error::Encode(error.to_string()))
}

fn expiry(record: &Record) -> Timestamp {
    let millis = record.expiry_date.unix_timestamp_nanos() / 1_000_000;
    Timestamp(i64::try_from(millis).unwrap_or(i64::MAX))
}

fn backend(error: crate::Error) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}
