//! Postings of a Lever account, and the one each member chose last.

use std::slice::from_ref;

use domain::actor::Role;
use domain::time::Timestamp;
use store::postings::{self, LeverPosting};
use store::{Store, catalogue, members};

use crate::connections::connected;
use crate::fixtures::member;
use crate::on_both;

on_both!(
    a_refresh_takes_over_what_is_published,
    postings_belong_to_one_connection,
    a_member_s_last_posting_is_remembered_until_it_is_not,
);

fn posting(id: &str, text: &str) -> LeverPosting {
    LeverPosting {
        id: id.into(),
        text: text.into(),
        team: "Engineering".into(),
        location: "Berlin".into(),
        published: true,
    }
}

async fn a_refresh_takes_over_what_is_published(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (backend, data) = (posting("p-1", "backend engineer"), posting("p-2", "Data Scientist"));
    let listed = [data.clone(), backend.clone()];
    postings::refresh(&mut tx, organisation, connection, &listed).await.unwrap();
    let found = postings::list(&mut tx, organisation, connection).await.unwrap();
    assert_eq!(found, [backend.clone(), data.clone()]);

    // One has another title, the other is listed no more: its title is kept.
    let renamed = posting("p-1", "Staff engineer");
    postings::refresh(&mut tx, organisation, connection, from_ref(&renamed)).await.unwrap();
    let gone = LeverPosting { published: false, ..data.clone() };
    let found = postings::list(&mut tx, organisation, connection).await.unwrap();
    assert_eq!(found, [gone.clone(), renamed]);
    assert_eq!(postings::find(&mut tx, organisation, connection, "p-2").await.unwrap(), Some(gone));

    // And is published again.
    postings::refresh(&mut tx, organisation, connection, from_ref(&data)).await.unwrap();
    assert_eq!(postings::find(&mut tx, organisation, connection, "p-2").await.unwrap(), Some(data));
    postings::clear(&mut tx, organisation, connection).await.unwrap();
    assert_eq!(postings::list(&mut tx, organisation, connection).await.unwrap(), []);
}

async fn postings_belong_to_one_connection(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, others) = connected(&mut tx).await;
    let known = posting("p-1", "Backend Engineer");
    postings::refresh(&mut tx, organisation, connection, from_ref(&known)).await.unwrap();
    postings::refresh(&mut tx, other, others, &[]).await.unwrap();
    assert_eq!(postings::find(&mut tx, other, connection, "p-1").await.unwrap(), None);
    assert_eq!(postings::list(&mut tx, other, others).await.unwrap(), []);
    postings::clear(&mut tx, other, connection).await.unwrap();
    assert_eq!(postings::list(&mut tx, organisation, connection).await.unwrap(), [known]);
}

async fn a_member_s_last_posting_is_remembered_until_it_is_not(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, others) = connected(&mut tx).await;
    let ana = member(&mut tx, organisation, "Ana", Role::Recruiter).await.id;
    let ben = member(&mut tx, organisation, "Ben", Role::Recruiter).await.id;
    assert_eq!(postings::remembered(&mut tx, organisation, ana).await.unwrap(), None);
    for chosen in ["p-1", "p-2"] {
        postings::remember(&mut tx, organisation, ana, Some(chosen)).await.unwrap();
    }
    postings::remember(&mut tx, organisation, ben, Some("p-3")).await.unwrap();
    assert_eq!(postings::remembered(&mut tx, organisation, ana).await.unwrap().as_deref(), Some("p-2"));
    assert_eq!(postings::remembered(&mut tx, other, ana).await.unwrap(), None);
    postings::remember(&mut tx, other, ana, None).await.unwrap();
    postings::remember(&mut tx, organisation, ana, None).await.unwrap();
    assert_eq!(postings::remembered(&mut tx, organisation, ana).await.unwrap(), None);
    assert_eq!(postings::remembered(&mut tx, organisation, ben).await.unwrap().as_deref(), Some("p-3"));

    // Whoever leaves takes it along, and so does another Lever account.
    assert!(members::remove(&mut tx, organisation, ben, Role::Recruiter, Timestamp(5)).await.unwrap());
    assert_eq!(postings::remembered(&mut tx, organisation, ben).await.unwrap(), None);
    postings::remember(&mut tx, organisation, ana, Some("p-1")).await.unwrap();
    catalogue::clear(&mut tx, other, others).await.unwrap();
    assert_eq!(postings::remembered(&mut tx, organisation, ana).await.unwrap().as_deref(), Some("p-1"));
    catalogue::clear(&mut tx, organisation, connection).await.unwrap();
    assert_eq!(postings::remembered(&mut tx, organisation, ana).await.unwrap(), None);
}
