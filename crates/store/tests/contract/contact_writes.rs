//! What is to be added to a contact: the newest wish counts, and what was added
//! to it meanwhile is not lost with an older one.

use domain::time::Timestamp;
use domain::way_back::WriteFailure;
use store::contact_writes::{self, ContactWrite, Ways};
use store::{Store, Tx};

use crate::fixtures::{Whose, organisation, somebody};
use crate::on_both;

on_both!(
    the_newest_wish_takes_the_place_of_the_one_before,
    what_was_sent_is_forgotten_unless_more_was_added,
    what_was_refused_waits_until_somebody_adds_again,
    another_organisation_sees_and_changes_nothing,
);

const NOW: Timestamp = Timestamp(1_000);

impl Whose {
    async fn want(&self, tx: &mut Tx, ways: &Ways) {
        contact_writes::want(tx, self.organisation, self.candidate, self.member, ways, NOW).await.unwrap();
    }

    async fn find(&self, tx: &mut Tx) -> Option<ContactWrite> {
        contact_writes::find(tx, self.organisation, self.candidate).await.unwrap()
    }
}

fn ways(email: &str) -> Ways {
    Ways {
        emails: vec![email.into()],
        phones: vec!["+49 30 1".into()],
        links: vec!["https://a.example/?x=\"y\"".into()],
    }
}

async fn the_newest_wish_takes_the_place_of_the_one_before(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let whose = somebody(&mut tx).await;
    assert_eq!(whose.find(&mut tx).await, None);
    whose.want(&mut tx, &ways("a@b.example")).await;
    let first = whose.find(&mut tx).await.unwrap();
    assert_eq!((first.ways.clone(), first.revision, first.refusals), (ways("a@b.example"), 1, 0));
    assert_eq!((first.failure, first.look_at, first.member), (None, None, whose.member));
    let both = Ways { emails: vec!["a@b.example".into(), "c@d.example".into()], ..Ways::default() };
    whose.want(&mut tx, &both).await;
    let second = whose.find(&mut tx).await.unwrap();
    assert_eq!((second.ways, second.revision), (both, 2));
}

async fn what_was_sent_is_forgotten_unless_more_was_added(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let whose = somebody(&mut tx).await;
    whose.want(&mut tx, &ways("a@b.example")).await;
    let sent = whose.find(&mut tx).await.unwrap();
    let look_at = Some(Timestamp(5_000));
    assert!(contact_writes::tried(&mut tx, whose.organisation, &sent, look_at, false, NOW).await.unwrap());
    assert_eq!(whose.find(&mut tx).await.unwrap().look_at, look_at);
    whose.want(&mut tx, &ways("c@d.example")).await;
    assert!(!contact_writes::tried(&mut tx, whose.organisation, &sent, None, true, NOW).await.unwrap());
    assert!(!contact_writes::forget(&mut tx, whose.organisation, &sent).await.unwrap());
    let newer = whose.find(&mut tx).await.unwrap();
    assert_eq!((newer.ways.clone(), newer.refusals), (ways("c@d.example"), 0));
    assert!(contact_writes::forget(&mut tx, whose.organisation, &newer).await.unwrap());
    assert_eq!(whose.find(&mut tx).await, None);
}

async fn what_was_refused_waits_until_somebody_adds_again(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let whose = somebody(&mut tx).await;
    whose.want(&mut tx, &ways("a@b.example")).await;
    let write = whose.find(&mut tx).await.unwrap();
    assert!(contact_writes::tried(&mut tx, whose.organisation, &write, None, true, NOW).await.unwrap());
    assert!(
        contact_writes::refuse(&mut tx, whose.organisation, &write, WriteFailure::Refused, NOW)
            .await
            .unwrap()
    );
    let refused = whose.find(&mut tx).await.unwrap();
    assert_eq!((refused.failure, refused.refusals), (Some(WriteFailure::Refused), 1));
    whose.want(&mut tx, &ways("a@b.example")).await;
    let again = whose.find(&mut tx).await.unwrap();
    assert_eq!((again.failure, again.refusals), (None, 0));
    let old = contact_writes::refuse(&mut tx, whose.organisation, &write, WriteFailure::GaveUp, NOW).await;
    assert!(!old.unwrap());
}

async fn another_organisation_sees_and_changes_nothing(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let whose = somebody(&mut tx).await;
    let other = organisation(&mut tx).await;
    whose.want(&mut tx, &ways("a@b.example")).await;
    let write = whose.find(&mut tx).await.unwrap();
    assert_eq!(contact_writes::find(&mut tx, other, whose.candidate).await.unwrap(), None);
    assert!(!contact_writes::tried(&mut tx, other, &write, None, true, NOW).await.unwrap());
    assert!(!contact_writes::refuse(&mut tx, other, &write, WriteFailure::Nobody, NOW).await.unwrap());
    assert!(!contact_writes::forget(&mut tx, other, &write).await.unwrap());
    assert_eq!(whose.find(&mut tx).await, Some(write));
}
