//! Deliveries that were put aside are found by whose they are, whom they are about and how
//! old they are.

use domain::time::Timestamp;
use store::Store;
use store::arrivals::Arrival;
use store::arrivals_aside::{self, Aside};

use crate::connections::connected;
use crate::fixtures::id;
use crate::on_both;
use crate::opportunities::link;

on_both!(what_is_put_aside_is_read_back_and_let_go);

async fn what_is_put_aside_is_read_back_and_let_go(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let ((here, connection), (other, _)) = (connected(&mut tx).await, connected(&mut tx).await);
    let arrival = Arrival {
        signed_by: Some(id()),
        received_at: Timestamp(5),
        headers: vec![("user-agent".into(), "Lever".into())],
        body: vec![b'{', 0, 255],
    };
    let one = Aside { id: id(), connection, opportunity: Some("o-1".into()), arrival };
    arrivals_aside::put(&mut tx, here, &one).await.unwrap();
    let another = Aside { id: id(), opportunity: None, ..one.clone() };
    assert_eq!(arrivals_aside::find(&mut tx, here, one.id).await.unwrap(), Some(one.clone()));
    assert_eq!(arrivals_aside::find(&mut tx, other, one.id).await.unwrap(), None);
    assert_eq!(arrivals_aside::find(&mut tx, here, another.id).await.unwrap(), None);
    let jo = link(&mut tx, here, "Jo", "o-1").await;
    let mo = link(&mut tx, here, "Mo", "o-2").await;
    assert_eq!(arrivals_aside::of_candidate(&mut tx, here, jo).await.unwrap(), [one.id]);
    assert_eq!(arrivals_aside::of_candidate(&mut tx, here, mo).await.unwrap(), []);
    assert_eq!(arrivals_aside::of_candidate(&mut tx, other, jo).await.unwrap(), []);
    arrivals_aside::put(&mut tx, here, &another).await.unwrap();
    assert_eq!(arrivals_aside::of_candidate(&mut tx, here, jo).await.unwrap(), [one.id]);
    arrivals_aside::remove(&mut tx, here, another.id).await.unwrap();
    assert_eq!(arrivals_aside::older(&mut tx, here, Timestamp(5), 10).await.unwrap(), []);
    assert_eq!(arrivals_aside::older(&mut tx, here, Timestamp(6), 10).await.unwrap(), [one.id]);
    assert_eq!(arrivals_aside::older(&mut tx, other, Timestamp(6), 10).await.unwrap(), []);
    arrivals_aside::remove(&mut tx, other, one.id).await.unwrap();
    assert_eq!(arrivals_aside::older(&mut tx, here, Timestamp(6), 10).await.unwrap(), [one.id]);
    arrivals_aside::remove(&mut tx, here, one.id).await.unwrap();
    assert_eq!(arrivals_aside::find(&mut tx, here, one.id).await.unwrap(), None);
}
