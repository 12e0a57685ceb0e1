//! Fresh databases for tests.

use crate::Store;

/// A database of its own, gone when dropped.
#[derive(Debug)]
pub struct Fresh {
    /// The open store.
    pub store: Store,
    /// Its URL.
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

/// A fresh SQLite file.
///
/// # Panics
/// When the file cannot be made: the test cannot go on.
#[allow(clippy::expect_used)]
pub async fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("fulcrum.db").display());
    let store = Store::open(&url).await.expect("a fresh SQLite database");
    Fresh { store, url, _folder: Some(folder) }
}

/// A fresh database on the server that `FULCRUM_TEST_POSTGRES` names.
/// `cargo xtask test` starts one and sets it.
///
/// # Panics
/// When there is no server: the test cannot go on.
#[allow(clippy::expect_used)]
pub async fn postgres() -> Fresh {
    let server = std::env::var("FULCRUM_TEST_POSTGRES")
        .expect("FULCRUM_TEST_POSTGRES names no server: run the tests by `cargo xtask test`");
    let name = format!("test_{}", uuid::Uuid::from_u128(random()).simple());
    let admin = sqlx::PgPool::connect(&server).await.expect("the PostgreSQL server");
    let create = sqlx::AssertSqlSafe(format!("create database {name}"));
    sqlx::query(create).execute(&admin).await.expect("a fresh PostgreSQL database");
    admin.close().await;
    let (base, _) = server.rsplit_once('/').expect("a database name in FULCRUM_TEST_POSTGRES");
    let url = format!("{base}/{name}");
    let store = Store::open(&url).await.expect("the fresh PostgreSQL database");
    Fresh { store, url, _folder: None }
}

fn random() -> u128 {
    use std::hash::{BuildHasher, RandomState};
    let half = || u128::from(RandomState::new().hash_one(std::process::id()));
    half() << 64 | half()
}
