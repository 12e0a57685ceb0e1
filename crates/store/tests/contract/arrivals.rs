//! What arrived, on its way into the inbox.

use domain::connection::LeverEvent;
use domain::ids::{ConnectionId, OrganisationId, SigningTokenId};
use domain::time::Timestamp;
use store::Store;
use store::arrivals::{self, NewArrival, NewBatch};
use store::signing_tokens::{self, Signs};

use crate::connections::{connected, webhook_hash};
use crate::fixtures::id;
use crate::on_both;
use crate::signing_tokens::token;

on_both!(
    arrivals_keep_their_order_until_they_are_taken_in,
    what_waits_is_counted_for_each_by_itself,
    what_is_not_accepted_any_more_is_not_written_down,
);

/// An arrival with this body.
fn arrival(signed_by: Option<SigningTokenId>, at: i64, body: &str) -> NewArrival<'_> {
    NewArrival { signed_by, received_at: Timestamp(at), headers: &[], body: body.as_bytes() }
}

/// Where deliveries to a connection that has no token yet are posted to.
struct Place {
    organisation: OrganisationId,
    connection: ConnectionId,
    address: String,
}

impl Place {
    async fn new(store: &Store) -> Self {
        let mut tx = store.begin().await.unwrap();
        let (organisation, connection) = connected(&mut tx).await;
        tx.commit().await.unwrap();
        Self { organisation, connection, address: webhook_hash(connection) }
    }

    fn batch<'a>(&'a self, tokens: &'a str, arrivals: Vec<NewArrival<'a>>) -> NewBatch<'a> {
        let Self { organisation, connection, ref address } = *self;
        NewBatch { organisation, connection, address, tokens, arrivals }
    }
}

async fn arrivals_keep_their_order_until_they_are_taken_in(store: &Store) {
    let (here, there, signed_by) = (Place::new(store).await, Place::new(store).await, Some(id()));
    let mut tx = store.begin().await.unwrap();
    assert!(!arrivals::any(&mut tx).await.unwrap());
    let nothing = arrivals::next(&mut tx, 7, 9).await.unwrap();
    assert_eq!((nothing.batches.len(), nothing.last, nothing.newest), (0, 7, 7));
    drop(tx);
    let headers = [("user-agent".to_owned(), "Lever".to_owned())];
    let first = NewArrival { headers: &headers, ..arrival(signed_by, 100, "a") };
    let batches = [
        here.batch("", vec![first, arrival(signed_by, 101, "b"), arrival(signed_by, 102, "c")]),
        there.batch("", vec![arrival(signed_by, 103, "d")]),
        there.batch("", vec![]),
    ];
    let written = arrivals::append(store, &batches).await.unwrap();
    assert_eq!(written, [here.connection, there.connection].into());
    arrivals::append(store, &[here.batch("", vec![arrival(signed_by, 104, "e")])]).await.unwrap();

    let mut tx = store.begin().await.unwrap();
    let enough = arrivals::next(&mut tx, 0, 3).await.unwrap();
    assert_eq!(enough.batches.len(), 1, "the first one holds three");
    let first = arrivals::next(&mut tx, 0, 4).await.unwrap();
    let mut all = first.batches;
    assert_eq!(all.len(), 2);
    all.extend(arrivals::next(&mut tx, all[1].place, 10).await.unwrap().batches);
    assert_eq!(all.len(), 3, "nothing is no batch");
    assert_eq!((first.newest, enough.newest), (all[2].place, all[2].place));
    assert_eq!((first.last, enough.last), (all[1].place, all[0].place));
    assert!(arrivals::next(&mut tx, first.newest, 10).await.unwrap().batches.is_empty());
    assert!(arrivals::any(&mut tx).await.unwrap());
    let bodies: Vec<Vec<&[u8]>> =
        all.iter().map(|batch| batch.arrivals.iter().map(|arrival| &*arrival.body).collect()).collect();
    assert_eq!(bodies, [vec![b"a" as &[u8], b"b", b"c"], vec![b"d"], vec![b"e"]]);
    assert_eq!((all[0].organisation, all[0].connection), (here.organisation, here.connection));
    assert_eq!((all[1].organisation, all[1].connection), (there.organisation, there.connection));
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
    assert_eq!(arrivals::waiting(&mut tx, here.organisation).await.unwrap(), (2, Some(Timestamp(100))));
}

async fn what_waits_is_counted_for_each_by_itself(store: &Store) {
    let (here, elsewhere, by) = (Place::new(store).await, Place::new(store).await, Some(id()));
    let arrived = vec![arrival(by, 100, "a"), arrival(by, 101, "b")];
    arrivals::append(store, &[here.batch("", arrived)]).await.unwrap();
    let mut tx = store.read().await.unwrap();
    assert_eq!(arrivals::waiting(&mut tx, here.organisation).await.unwrap(), (2, Some(Timestamp(100))));
    assert_eq!(arrivals::waiting(&mut tx, elsewhere.organisation).await.unwrap(), (0, None));
}

async fn what_is_not_accepted_any_more_is_not_written_down(store: &Store) {
    let (here, there) = (Place::new(store).await, Place::new(store).await);
    let (old, mut new) = (token(1), token(2));
    let mut tx = store.begin().await.unwrap();
    for token in [&old, &new] {
        signing_tokens::insert(&mut tx, here.organisation, here.connection, token).await.unwrap();
    }
    tx.commit().await.unwrap();
    let taken = async |batches: &[NewBatch<'_>]| arrivals::append(store, batches).await.unwrap();
    let one = |at| vec![arrival(None, at, "a")];
    let both = signing_tokens::mark([&old, &new]);
    assert_eq!(taken(&[here.batch(&both, one(9))]).await, [here.connection].into());
    // Another token is accepted, one less, one more, or none.
    for tokens in [signing_tokens::mark([&old]), signing_tokens::mark([&new, &old]), String::new()] {
        assert!(taken(&[here.batch(&tokens, one(9))]).await.is_empty(), "{tokens:?}");
    }
    // They are told apart: many may come at once, of which some are taken.
    let stale = (0..4).map(|_| here.batch("stale", one(9)));
    let batches: Vec<NewBatch<'_>> = stale.chain([there.batch("", one(9))]).collect();
    assert_eq!(taken(&batches).await, [there.connection].into());
    // An address, and a connection, are the organisation's own.
    let posted_elsewhere = NewBatch { address: &there.address, ..here.batch(&both, one(9)) };
    let of_another = NewBatch { organisation: there.organisation, ..here.batch(&both, one(9)) };
    assert!(taken(&[posted_elsewhere, of_another]).await.is_empty());

    // What a token is known to sign is part of what it is known by, and it may be retired.
    new.signs = Signs::One(LeverEvent::Hired);
    let mut tx = store.begin().await.unwrap();
    signing_tokens::set_signs(&mut tx, here.organisation, new.id, new.signs).await.unwrap();
    signing_tokens::set_signs(&mut tx, here.organisation, old.id, new.signs).await.unwrap();
    signing_tokens::retire_replaced(&mut tx, here.organisation, here.connection, &new, Timestamp(50))
        .await
        .unwrap();
    let before =
        signing_tokens::live(&mut tx, here.organisation, here.connection, Timestamp(49)).await.unwrap();
    let after =
        signing_tokens::live(&mut tx, here.organisation, here.connection, Timestamp(50)).await.unwrap();
    tx.commit().await.unwrap();
    let (before, after) = (signing_tokens::mark(&before), signing_tokens::mark(&after));
    assert!(before != both && after == signing_tokens::mark([&new]), "{before} {after}");
    for (tokens, at, is_taken) in
        [(&both, 49, false), (&before, 49, true), (&before, 50, false), (&after, 50, true)]
    {
        let taken = taken(&[here.batch(tokens, one(at))]).await;
        assert_eq!(!taken.is_empty(), is_taken, "{tokens} at {at}");
    }
    let mut tx = store.read().await.unwrap();
    assert_eq!(arrivals::waiting(&mut tx, here.organisation).await.unwrap().0, 3);
    assert_eq!(arrivals::waiting(&mut tx, there.organisation).await.unwrap().0, 1);
}
