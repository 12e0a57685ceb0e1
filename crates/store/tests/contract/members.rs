//! Members.

use std::collections::BTreeMap;

use domain::actor::Role;
use domain::time::Timestamp;
use store::members::{self, Member};
use store::{Error, Store, user_map};

use crate::fixtures::{id, member, organisation};

crate::on_both!(
    members_read_back_by_name,
    an_address_belongs_to_one_member_anywhere,
    a_removed_member_leaves_a_name_and_frees_the_rest,
    a_role_changes_only_from_the_one_it_was,
);

async fn members_read_back_by_name(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, elsewhere) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let zoe = member(&mut tx, here, "zoe", Role::Recruiter).await;
    let ana = member(&mut tx, here, "Ana", Role::SuperAdmin).await;
    let stranger = member(&mut tx, elsewhere, "Stranger", Role::SuperAdmin).await;
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    assert_eq!(members::list(&mut tx, here).await.unwrap(), [ana.clone(), zoe.clone()]);
    assert_eq!(members::get(&mut tx, here, zoe.id).await.unwrap(), Some(zoe.clone()));
    assert_eq!(members::get(&mut tx, here, stranger.id).await.unwrap(), None);
    assert_eq!(members::of_session(&mut tx, stranger.id).await.unwrap(), Some(stranger));
    assert_eq!(
        members::of_sign_in(&mut tx, &ana.email).await.unwrap(),
        Some((ana.clone(), "hash".to_owned()))
    );
    assert_eq!(members::of_sign_in(&mut tx, "nobody@acme.example").await.unwrap(), None);
    let names = BTreeMap::from([(ana.id, "Ana".to_owned()), (zoe.id, "zoe".to_owned())]);
    assert_eq!(members::names(&mut tx, here).await.unwrap(), names);
    assert_eq!(members::hold_super_admins(&mut tx, here).await.unwrap(), [ana.id]);
}

async fn an_address_belongs_to_one_member_anywhere(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, elsewhere) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await;
    assert!(members::address_taken(&mut tx, &ana.email).await.unwrap());
    assert!(!members::address_taken(&mut tx, "free@acme.example").await.unwrap());
    let twin = Member { id: id(), organisation: elsewhere, ..ana };
    assert!(matches!(members::insert(&mut tx, &twin, "hash").await, Err(Error::Taken)));
}

async fn a_removed_member_leaves_a_name_and_frees_the_rest(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let ana = member(&mut tx, here, "Ana", Role::Admin).await;
    user_map::save(&mut tx, here, ana.id, "lever-user").await.unwrap();

    assert!(!members::remove(&mut tx, here, ana.id, Role::Recruiter, Timestamp(5)).await.unwrap());
    assert!(!members::remove(&mut tx, id(), ana.id, Role::Admin, Timestamp(5)).await.unwrap());
    assert!(members::remove(&mut tx, here, ana.id, Role::Admin, Timestamp(5)).await.unwrap());
    assert!(!members::remove(&mut tx, here, ana.id, Role::Admin, Timestamp(6)).await.unwrap());

    assert_eq!(members::list(&mut tx, here).await.unwrap(), []);
    assert_eq!(members::of_session(&mut tx, ana.id).await.unwrap(), None);
    assert_eq!(members::of_sign_in(&mut tx, &ana.email).await.unwrap(), None);
    assert!(!members::address_taken(&mut tx, &ana.email).await.unwrap());
    assert_eq!(user_map::of_member(&mut tx, here, ana.id).await.unwrap(), None);
    assert_eq!(members::names(&mut tx, here).await.unwrap().get(&ana.id).map(String::as_str), Some("Ana"));
    let kept = members::get(&mut tx, here, ana.id).await.unwrap().unwrap();
    assert!(!kept.active);
    assert_eq!(kept.name, "Ana");
}

async fn a_role_changes_only_from_the_one_it_was(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await;
    let (from, to) = (Role::Recruiter, Role::SuperAdmin);
    assert!(!members::set_role(&mut tx, here, ana.id, Role::Admin, to, Timestamp(5)).await.unwrap());
    assert!(members::set_role(&mut tx, here, ana.id, from, to, Timestamp(5)).await.unwrap());
    assert_eq!(members::get(&mut tx, here, ana.id).await.unwrap().unwrap().role, Role::SuperAdmin);
    assert_eq!(members::hold_super_admins(&mut tx, here).await.unwrap(), [ana.id]);
}
