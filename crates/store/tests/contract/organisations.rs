//! Organisations and the facts about the database.

use domain::time::Timestamp;
use store::organisations::{self, Organisation};
use store::{Store, meta};

use crate::fixtures::id;

crate::on_both!(organisations_read_back, facts_are_replaced);

async fn organisations_read_back(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    assert!(!organisations::any(&mut tx).await.unwrap());
    let first = Organisation { id: id(), name: "Acme".into(), practice: false, created_at: Timestamp(1) };
    let second = Organisation { id: id(), name: "Demo".into(), practice: true, created_at: Timestamp(2) };
    organisations::insert(&mut tx, &second).await.unwrap();
    organisations::insert(&mut tx, &first).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = store.read().await.unwrap();
    assert!(organisations::any(&mut tx).await.unwrap());
    assert_eq!(organisations::get(&mut tx, second.id).await.unwrap(), Some(second.clone()));
    assert_eq!(organisations::get(&mut tx, id()).await.unwrap(), None);
    assert_eq!(organisations::all(&mut tx).await.unwrap(), [first, second]);
}

async fn facts_are_replaced(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    assert_eq!(meta::get(&mut tx, "kind").await.unwrap(), None);
    meta::put(&mut tx, "kind", "real").await.unwrap();
    meta::put(&mut tx, "kind", "demo").await.unwrap();
    meta::put(&mut tx, "other", "x").await.unwrap();
    assert_eq!(meta::get(&mut tx, "kind").await.unwrap().as_deref(), Some("demo"));
}
