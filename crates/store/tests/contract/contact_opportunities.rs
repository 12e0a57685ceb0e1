//! The opportunities of a contact, as they were read last.

use domain::time::Timestamp;
use store::Store;
use store::contact_opportunities::{self, Seen};

use crate::fixtures::organisation;
use crate::on_both;

on_both!(
    what_was_read_last_counts_in_whatever_order_it_comes,
    a_posting_that_was_not_asked_for_stays_known,
    what_was_not_read_again_is_forgotten,
    another_organisation_sees_and_forgets_nothing,
);

fn seen(id: &str, stage: &str, read_at: i64) -> Seen {
    Seen {
        id: id.into(),
        contact: "c-1".into(),
        stage: stage.into(),
        archived_reason: None,
        archived_at: None,
        owner: None,
        posting: None,
        url: format!("https://lever.example/{id}"),
        read_at: Timestamp(read_at),
    }
}

async fn what_was_read_last_counts_in_whatever_order_it_comes(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let acme = organisation(&mut tx).await;
    let archived = Seen {
        archived_reason: Some("r-1".into()),
        archived_at: Some(Timestamp(15)),
        owner: Some("u-1".into()),
        ..seen("o-1", "offer", 20)
    };
    contact_opportunities::keep(&mut tx, acme, &seen("o-2", "new", 10)).await.unwrap();
    contact_opportunities::keep(&mut tx, acme, &archived).await.unwrap();
    contact_opportunities::keep(&mut tx, acme, &seen("o-1", "late", 10)).await.unwrap();
    let all = contact_opportunities::of_contact(&mut tx, acme, "c-1").await.unwrap();
    assert_eq!(all, [archived, seen("o-2", "new", 10)]);
    let back = seen("o-1", "screen", 30);
    contact_opportunities::keep(&mut tx, acme, &back).await.unwrap();
    let all = contact_opportunities::of_contact(&mut tx, acme, "c-1").await.unwrap();
    assert_eq!(all, [back, seen("o-2", "new", 10)]);
}

async fn a_posting_that_was_not_asked_for_stays_known(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let acme = organisation(&mut tx).await;
    let named = Seen { posting: Some("Engineer".into()), ..seen("o-1", "new", 10) };
    contact_opportunities::keep(&mut tx, acme, &named).await.unwrap();
    contact_opportunities::keep(&mut tx, acme, &seen("o-1", "offer", 20)).await.unwrap();
    let all = contact_opportunities::of_contact(&mut tx, acme, "c-1").await.unwrap();
    assert_eq!(all, [Seen { posting: Some("Engineer".into()), ..seen("o-1", "offer", 20) }]);
}

async fn what_was_not_read_again_is_forgotten(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let acme = organisation(&mut tx).await;
    let elsewhere = Seen { contact: "c-2".into(), ..seen("o-9", "new", 1) };
    for one in [seen("o-1", "new", 10), seen("o-2", "new", 20), seen("o-3", "new", 30), elsewhere.clone()] {
        contact_opportunities::keep(&mut tx, acme, &one).await.unwrap();
    }
    contact_opportunities::forget_unread(&mut tx, acme, "c-1", Timestamp(20)).await.unwrap();
    contact_opportunities::forget(&mut tx, acme, "o-3").await.unwrap();
    let left = contact_opportunities::of_contact(&mut tx, acme, "c-1").await.unwrap();
    assert_eq!(left, [seen("o-2", "new", 20)]);
    assert_eq!(contact_opportunities::of_contact(&mut tx, acme, "c-2").await.unwrap(), [elsewhere]);
}

async fn another_organisation_sees_and_forgets_nothing(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (acme, other) = (organisation(&mut tx).await, organisation(&mut tx).await);
    contact_opportunities::keep(&mut tx, acme, &seen("o-1", "new", 10)).await.unwrap();
    contact_opportunities::keep(&mut tx, other, &seen("o-1", "offer", 20)).await.unwrap();
    contact_opportunities::forget(&mut tx, other, "o-1").await.unwrap();
    contact_opportunities::forget_unread(&mut tx, other, "c-1", Timestamp(99)).await.unwrap();
    assert!(contact_opportunities::of_contact(&mut tx, other, "c-1").await.unwrap().is_empty());
    assert!(!contact_opportunities::concerns_us(&mut tx, other, "c-1").await.unwrap());
    let kept = contact_opportunities::of_contact(&mut tx, acme, "c-1").await.unwrap();
    assert_eq!(kept, [seen("o-1", "new", 10)]);
}
