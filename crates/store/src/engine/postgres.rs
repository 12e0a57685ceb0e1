//! PostgreSQL 15 or later, shared by several server processes.

use std::time::Duration;

use sqlx::postgres::PgPoolOptions;

use super::Pools;
use crate::error::Result;

/// Connections of one server process.
const CONNECTIONS: u32 = 16;

pub(super) async fn open(url: &str) -> Result<Pools> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(10))
        .connect(url)
        .await?;
    sqlx::migrate!("../../migrations/postgres").run(&pool).await?;
    Ok(Pools::Postgres(pool))
}
