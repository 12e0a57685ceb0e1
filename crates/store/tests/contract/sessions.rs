//! Sessions, as tower-sessions uses them.

use domain::time::Timestamp;
use store::sessions::Sessions;
use store::{Store, args};
use time::{Duration, OffsetDateTime};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};

crate::on_both!(
    a_session_reads_back_until_it_is_deleted,
    only_a_hash_of_the_id_is_stored,
    an_expired_session_is_none,
    a_session_that_was_ended_is_not_saved_again,
    two_sessions_never_share_an_id,
);

fn record(lasts: Duration) -> Record {
    let second = OffsetDateTime::from_unix_timestamp((OffsetDateTime::now_utc() + lasts).unix_timestamp());
    Record {
        id: Id::default(),
        data: [("member".to_owned(), "somebody".into())].into(),
        expiry_date: second.unwrap(),
    }
}

async fn a_session_reads_back_until_it_is_deleted(store: &Store) {
    let sessions = Sessions::new(store.clone());
    let mut made = record(Duration::hours(1));
    sessions.create(&mut made).await.unwrap();
    assert_eq!(sessions.load(&made.id).await.unwrap(), Some(made.clone()));
    made.data.insert("more".into(), 7.into());
    sessions.save(&made).await.unwrap();
    assert_eq!(sessions.load(&made.id).await.unwrap(), Some(made.clone()));
    sessions.delete(&made.id).await.unwrap();
    assert_eq!(sessions.load(&made.id).await.unwrap(), None);
}

async fn only_a_hash_of_the_id_is_stored(store: &Store) {
    let sessions = Sessions::new(store.clone());
    let mut made = record(Duration::hours(1));
    sessions.create(&mut made).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let row = tx.one("select id_hash, data from sessions", args![]).await.unwrap();
    let id = made.id.to_string();
    let kept: String = row.get("id_hash").unwrap();
    assert_eq!(kept.len(), 64);
    assert!(!kept.contains(&id) && !row.get::<String>("data").unwrap().contains(&id));
}

async fn an_expired_session_is_none(store: &Store) {
    let sessions = Sessions::new(store.clone());
    let (mut old, mut young) = (record(Duration::seconds(-5)), record(Duration::hours(1)));
    sessions.create(&mut old).await.unwrap();
    sessions.create(&mut young).await.unwrap();
    assert_eq!(sessions.load(&old.id).await.unwrap(), None);
    let expiry = |record: &Record| Timestamp(record.expiry_date.unix_timestamp() * 1000);
    assert_eq!(sessions.delete_expired(expiry(&old)).await.unwrap(), 1);
    assert_eq!(sessions.delete_expired(expiry(&old)).await.unwrap(), 0);
    assert_eq!(sessions.load(&young.id).await.unwrap(), Some(young));
}

async fn a_session_that_was_ended_is_not_saved_again(store: &Store) {
    let sessions = Sessions::new(store.clone());
    let mut made = record(Duration::hours(1));
    sessions.create(&mut made).await.unwrap();
    sessions.delete(&made.id).await.unwrap();
    sessions.save(&made).await.unwrap();
    assert_eq!(sessions.load(&made.id).await.unwrap(), None);
}

async fn two_sessions_never_share_an_id(store: &Store) {
    let sessions = Sessions::new(store.clone());
    let mut first = record(Duration::hours(1));
    sessions.create(&mut first).await.unwrap();
    let mut second = Record { id: first.id, ..record(Duration::hours(2)) };
    sessions.create(&mut second).await.unwrap();
    assert_ne!(first.id, second.id);
    assert_eq!(sessions.load(&first.id).await.unwrap(), Some(first));
    assert_eq!(sessions.load(&second.id).await.unwrap(), Some(second));
}
