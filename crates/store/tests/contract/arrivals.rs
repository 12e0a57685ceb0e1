//! What arrived, on its way into the inbox.

use domain::ids::SigningTokenId;
use domain::time::Timestamp;
use store::Store;
use store::arrivals::{self, NewArrival, Next};

use crate::connections::connected;
use crate::fixtures::id;
use crate::on_both;

on_both!(arrivals_keep_their_order_until_they_are_taken_in, what_waits_is_counted_for_each_by_itself,);

/// An arrival with this body.
fn arrival(signed_by: Option<SigningTokenId>, at: i64, body: &str) -> NewArrival<'_> {
    NewArrival { signed_by, received_at: Timestamp(at), headers: &[], body: body.as_bytes() }
}

async fn arrivals_keep_their_order_until_they_are_taken_in(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let ((here, one), (there, other), signed_by) =
        (connected(&mut tx).await, connected(&mut tx).await, Some(id()));
    assert!(arrivals::next(&mut tx, 0, 9).await.unwrap().batches.is_empty());
    let headers = [("user-agent".to_owned(), "Lever".to_owned())];
    let first = NewArrival { headers: &headers, ..arrival(signed_by, 100, "a") };
    let batches = [
        (here, one, vec![first, arrival(signed_by, 101, "b"), arrival(signed_by, 102, "c")]),
        (there, other, vec![arrival(signed_by, 103, "d")]),
        (there, other, vec![]),
    ];
    arrivals::append(&mut tx, &batches).await.unwrap();
    arrivals::append(&mut tx, &[(here, one, vec![arrival(signed_by, 104, "e")])]).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    let enough = arrivals::next(&mut tx, 0, 3).await.unwrap();
    assert_eq!(enough.batches.len(), 1, "the first one holds three");
    let first = arrivals::next(&mut tx, 0, 4).await.unwrap();
    let mut all = first.batches;
    assert_eq!(all.len(), 2);
    all.extend(arrivals::next(&mut tx, all[1].place, 10).await.unwrap().batches);
    assert_eq!(all.len(), 3, "nothing is no batch");
    assert_eq!((first.newest, enough.newest), (all[2].place, all[2].place));
    assert_eq!(arrivals::next(&mut tx, first.newest, 10).await.unwrap(), Next::default());
    let bodies: Vec<Vec<&[u8]>> =
        all.iter().map(|batch| batch.arrivals.iter().map(|arrival| &*arrival.body).collect()).collect();
    assert_eq!(bodies, [vec![b"a" as &[u8], b"b", b"c"], vec![b"d"], vec![b"e"]]);
    assert_eq!((all[0].organisation, all[0].connection), (here, one));
    assert_eq!((all[1].organisation, all[1].connection), (there, other));
    let read = &all[0].arrivals[0];
    assert_eq!((read.signed_by, read.received_at), (signed_by, Timestamp(100)));
    assert_eq!(read.headers, headers);

    // One is kept, the others are taken in.
    arrivals::keep(&mut tx, all[0].place, &all[0].arrivals[1..2]).await.unwrap();
    arrivals::remove(&mut tx, &all[1..2]).await.unwrap();
    assert!(arrivals::keep(&mut tx, all[1].place, &all[1].arrivals).await.is_err(), "it is gone");
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let left = arrivals::next(&mut tx, 0, 10).await.unwrap().batches;
    assert_eq!(left.iter().map(|batch| batch.place).collect::<Vec<_>>(), [all[0].place, all[2].place]);
    assert_eq!(left[0].arrivals, all[0].arrivals[1..2]);
    assert_eq!(arrivals::waiting(&mut tx, here).await.unwrap(), (2, Some(Timestamp(100))));
}

async fn what_waits_is_counted_for_each_by_itself(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let ((here, connection), (elsewhere, _), by) =
        (connected(&mut tx).await, connected(&mut tx).await, Some(id()));
    let arrived = vec![arrival(by, 100, "a"), arrival(by, 101, "b")];
    arrivals::append(&mut tx, &[(here, connection, arrived)]).await.unwrap();
    assert_eq!(arrivals::waiting(&mut tx, here).await.unwrap(), (2, Some(Timestamp(100))));
    assert_eq!(arrivals::waiting(&mut tx, elsewhere).await.unwrap(), (0, None));
}
