//! Failed sign-ins.

use domain::time::Timestamp;
use store::sign_in_failures::{forget, forget_all_of, forget_until, nth_newest, record};
use store::{Store, Tx};
use uuid::Uuid;

use crate::fixtures::id;

crate::on_both!(failures_count_by_subject_and_age, failures_are_forgotten);

async fn tries(tx: &mut Tx, subject: &str, instants: &[i64]) -> Vec<Uuid> {
    let mut made = Vec::new();
    for at in instants {
        let one: Uuid = id();
        record(tx, one, subject, Timestamp(*at)).await.unwrap();
        made.push(one);
    }
    made
}

async fn failures_count_by_subject_and_age(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    tries(&mut tx, "ana", &[1, 2, 3]).await;
    tries(&mut tx, "ben", &[9]).await;
    assert_eq!(nth_newest(&mut tx, "ana", Timestamp(0), 0).await.unwrap(), Some(Timestamp(3)));
    assert_eq!(nth_newest(&mut tx, "ana", Timestamp(0), 2).await.unwrap(), Some(Timestamp(1)));
    assert_eq!(nth_newest(&mut tx, "ana", Timestamp(0), 3).await.unwrap(), None);
    assert_eq!(nth_newest(&mut tx, "ana", Timestamp(1), 2).await.unwrap(), None);
}

async fn failures_are_forgotten(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let ana = tries(&mut tx, "ana", &[1, 2, 3]).await;
    tries(&mut tx, "ben", &[2]).await;
    forget(&mut tx, ana[2]).await.unwrap();
    assert_eq!(nth_newest(&mut tx, "ana", Timestamp(0), 0).await.unwrap(), Some(Timestamp(2)));
    assert_eq!(forget_until(&mut tx, Timestamp(1)).await.unwrap(), 1);
    assert_eq!(nth_newest(&mut tx, "ana", Timestamp(0), 1).await.unwrap(), None);
    assert_eq!(forget_all_of(&mut tx, "ana").await.unwrap(), 1);
    assert_eq!(nth_newest(&mut tx, "ben", Timestamp(0), 0).await.unwrap(), Some(Timestamp(2)));
}
