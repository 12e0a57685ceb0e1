//! That a commit is on the disk when it returns: what SQLite says of the one connection
//! that writes.

use store::args;

#[tokio::test]
async fn sqlite_writes_ahead_and_syncs_every_commit() {
    let fresh = store::testing::sqlite().await;
    let mut tx = fresh.store.begin().await.unwrap();
    let synchronous: i64 = tx.one("pragma synchronous", args![]).await.unwrap().get("synchronous").unwrap();
    let journal: String = tx.one("pragma journal_mode", args![]).await.unwrap().get("journal_mode").unwrap();
    assert_eq!((synchronous, journal.as_str()), (2, "wal"), "2 is FULL");
    drop(tx);
    // There is one such connection: whoever else wants to write waits for it.
    let first = fresh.store.begin().await.unwrap();
    let second = tokio::time::timeout(std::time::Duration::from_millis(100), fresh.store.begin()).await;
    assert!(second.is_err(), "a second writer");
    drop(first);
    fresh.store.begin().await.unwrap();
}
