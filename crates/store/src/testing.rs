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
    let (folder, url) = file();
    let store = Store::open(&url).await.expect("a fresh SQLite database");
    Fresh { store, url, _folder: Some(folder) }
}

/// A fresh SQLite file whose commits are not synced to the disk: for proofs that
/// are not about durability and commit very often.
///
/// # Panics
/// As [`sqlite`].
#[allow(clippy::expect_used)]
pub async fn sqlite_unsynced() -> Fresh {
    let (folder, url) = file();
    let store = Store::open_unsynced(&url).await.expect("a fresh SQLite database");
    Fresh { store, url, _folder: Some(folder) }
}

#[allow(clippy::expect_used)]
fn file() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("fulcrum.db").display());
    (folder, url)
}

/// A fresh database on the server that `FULCRUM_TEST_POSTGRES` names.
/// `cargo xtask test` starts one and sets it.
///
/// # Panics
/// When there is no server: the test cannot go on.
pub async fn postgres() -> Fresh {
    postgres_with("").await
}

/// As [`postgres`], but commits do not wait for the disk: see [`sqlite_unsynced`].
///
/// # Panics
/// As [`postgres`].
pub async fn postgres_unsynced() -> Fresh {
    postgres_with("set synchronous_commit to off").await
}

/// A fresh database with a setting of its own.
#[allow(clippy::expect_used)]
async fn postgres_with(setting: &str) -> Fresh {
    let server = std::env::var("FULCRUM_TEST_POSTGRES")
        .expect("FULCRUM_TEST_POSTGRES names no server: run the tests by `cargo xtask test`");
    let name = format!("test_{}", uuid::Uuid::from_u128(random()).simple());
    let admin = sqlx::PgPool::connect(&server).await.expect("the PostgreSQL server");
    let mut statements = vec![format!("create database {name}")];
    if !setting.is_empty() {
        statements.push(format!("alter database {name} {setting}"));
    }
    for statement in statements {
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&admin)
            .await
            .expect("a fresh PostgreSQL database");
    }
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
