//! Invitations and set-up links.

use domain::actor::Role;
use domain::ids::{MemberId, OrganisationId};
use domain::time::Timestamp;
use store::Store;
use store::invites::{self, Invite, InviteKind};

use crate::fixtures::{committed_organisation, id, member, organisation};

crate::on_both!(
    of_all_who_take_a_link_one_gets_it,
    a_link_works_for_its_kind_and_time_only,
    links_are_revoked_one_by_one_by_address_and_by_maker,
    set_up_links_are_revoked_together,
);

fn invitation(organisation: OrganisationId, email: &str, created_by: Option<MemberId>) -> Invite {
    Invite {
        id: id(),
        kind: InviteKind::Invitation,
        organisation: Some(organisation),
        email: Some(email.into()),
        role: Role::Recruiter,
        created_by,
        created_at: Timestamp(10),
        expires_at: Timestamp(20),
    }
}

fn set_up() -> Invite {
    Invite {
        id: id(),
        kind: InviteKind::SetUp,
        organisation: None,
        email: None,
        role: Role::SuperAdmin,
        created_by: None,
        created_at: Timestamp(10),
        expires_at: Timestamp(20),
    }
}

async fn of_all_who_take_a_link_one_gets_it(store: &Store) {
    let here = committed_organisation(store).await;
    let made = invitation(here, "jo@acme.example", None);
    let mut tx = store.begin().await.unwrap();
    invites::insert(&mut tx, &made, "hash").await.unwrap();
    tx.commit().await.unwrap();

    let take = async || {
        let mut tx = store.begin().await.unwrap();
        let taken = invites::consume(&mut tx, InviteKind::Invitation, "hash", Timestamp(15)).await.unwrap();
        tx.commit().await.unwrap();
        taken
    };
    let (a, b, c) = tokio::join!(take(), take(), take());
    let taken: Vec<Invite> = [a, b, c].into_iter().flatten().collect();
    assert_eq!(taken, [made]);
}

async fn a_link_works_for_its_kind_and_time_only(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let made = invitation(here, "jo@acme.example", None);
    invites::insert(&mut tx, &made, "hash").await.unwrap();
    let kind = InviteKind::Invitation;
    for (kind, hash, now) in [
        (InviteKind::SetUp, "hash", Timestamp(15)),
        (kind, "other", Timestamp(15)),
        (kind, "hash", Timestamp(20)),
    ] {
        assert_eq!(invites::open(&mut tx, kind, hash, now).await.unwrap(), None);
        assert_eq!(invites::consume(&mut tx, kind, hash, now).await.unwrap(), None);
    }
    assert_eq!(invites::open(&mut tx, kind, "hash", Timestamp(19)).await.unwrap(), Some(made.clone()));
    assert_eq!(invites::list(&mut tx, here, Timestamp(19)).await.unwrap(), std::slice::from_ref(&made));
    assert_eq!(invites::list(&mut tx, here, Timestamp(20)).await.unwrap(), []);
    assert_eq!(invites::consume(&mut tx, kind, "hash", Timestamp(19)).await.unwrap(), Some(made));
    assert_eq!(invites::open(&mut tx, kind, "hash", Timestamp(19)).await.unwrap(), None);
    assert_eq!(invites::list(&mut tx, here, Timestamp(19)).await.unwrap(), []);
}

async fn links_are_revoked_one_by_one_by_address_and_by_maker(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let ana = member(&mut tx, here, "Ana", Role::Admin).await;
    let one = invitation(here, "one@acme.example", None);
    let two = invitation(here, "two@acme.example", None);
    let three = invitation(here, "three@acme.example", Some(ana.id));
    for (invite, hash) in [(&one, "1"), (&two, "2"), (&three, "3")] {
        invites::insert(&mut tx, invite, hash).await.unwrap();
    }
    assert!(!invites::revoke(&mut tx, id(), one.id).await.unwrap());
    assert_eq!(invites::get(&mut tx, id(), one.id).await.unwrap(), None);
    assert_eq!(invites::get(&mut tx, here, one.id).await.unwrap(), Some(one.clone()));
    assert!(invites::revoke(&mut tx, here, one.id).await.unwrap());
    assert!(!invites::revoke(&mut tx, here, one.id).await.unwrap());
    assert_eq!(invites::revoke_of_address(&mut tx, here, "two@acme.example").await.unwrap(), 1);
    assert_eq!(invites::list(&mut tx, here, Timestamp(15)).await.unwrap(), [three]);
    assert_eq!(invites::revoke_made_by(&mut tx, here, ana.id).await.unwrap(), 1);
    assert_eq!(invites::list(&mut tx, here, Timestamp(15)).await.unwrap(), []);
}

async fn set_up_links_are_revoked_together(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let kept = invitation(here, "jo@acme.example", None);
    invites::insert(&mut tx, &kept, "invitation").await.unwrap();
    invites::insert(&mut tx, &set_up(), "one").await.unwrap();
    invites::insert(&mut tx, &set_up(), "two").await.unwrap();
    assert_eq!(invites::revoke_set_up(&mut tx).await.unwrap(), 2);
    assert_eq!(invites::open(&mut tx, InviteKind::SetUp, "one", Timestamp(15)).await.unwrap(), None);
    assert_eq!(invites::list(&mut tx, here, Timestamp(15)).await.unwrap(), [kept]);
}
