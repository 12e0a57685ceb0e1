//! Candidates.

use domain::actor::Role;
use domain::candidate::Phone;
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use store::candidates::{self, Candidate, StatusUpdate};
use store::{Error, Store};

use crate::fixtures::{candidate, id, member, new_candidate, organisation};

crate::on_both!(
    a_candidate_reads_back,
    strangers_are_left_out_of_those_named,
    an_address_belongs_to_one_candidate_of_an_organisation,
    a_status_is_set_with_everything_that_goes_with_it,
    only_the_first_message_and_the_first_answer_are_noted,
    ways_to_reach_somebody_are_replaced_and_found,
);

async fn a_candidate_reads_back(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    assert!(!candidates::any(&mut tx, here).await.unwrap());
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await;
    let nora = Candidate {
        headline: "Backend engineer".into(),
        company: "Klarwerk".into(),
        location: "Stockholm".into(),
        phones: vec![Phone { kind: Some("mobile".into()), value: "+46 555".into() }],
        links: vec!["https://nora.example".into()],
        skills: vec!["Rust".into(), "\"quotes\", and ümlauts".into()],
        score: Some(812),
        owner: Some(ana.id),
        status: Status::Rejected,
        cause: StatusCause::Hand,
        status_at: Timestamp(30),
        last_open: Status::Offer,
        conflict: Some(Status::Hired),
        messaged_at: Some(Timestamp(15)),
        answered_at: Some(Timestamp(16)),
        ..new_candidate(here, "Nora Lindgren", 10)
    };
    let emails = ["nora@people.example".to_owned(), "nora@home.example".to_owned()];
    candidates::insert(&mut tx, here, &nora, &emails).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    assert!(candidates::any(&mut tx, here).await.unwrap());
    assert_eq!(candidates::get(&mut tx, here, nora.id).await.unwrap(), Some(nora.clone()));
    assert_eq!(candidates::hold(&mut tx, here, nora.id).await.unwrap(), Some(nora.clone()));
    assert_eq!(candidates::get(&mut tx, id(), nora.id).await.unwrap(), None);
    assert_eq!(candidates::hold(&mut tx, id(), nora.id).await.unwrap(), None);
    assert_eq!(candidates::emails(&mut tx, here, nora.id).await.unwrap(), emails);
    assert_eq!(candidates::of_address(&mut tx, here, &emails[1]).await.unwrap(), Some(nora.id));
    assert_eq!(candidates::of_address(&mut tx, id(), &emails[1]).await.unwrap(), None);
    let listed = crate::candidate_list::everybody(&mut tx, here).await;
    assert_eq!(listed[0].candidate, nora);
    assert_eq!(listed[0].email, emails[0]);
    assert_eq!(listed[0].owner.as_deref(), Some("Ana"));
}

async fn strangers_are_left_out_of_those_named(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, there) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let (first, second) =
        (candidate(&mut tx, here, "Ana", 1).await, candidate(&mut tx, here, "Ben", 2).await);
    let stranger = candidate(&mut tx, there, "Cleo", 3).await;
    let named = [second.id, stranger.id, id(), first.id];
    assert_eq!(candidates::known(&mut tx, here, &named).await.unwrap(), [second.id, first.id]);
    assert!(candidates::known(&mut tx, here, &[]).await.unwrap().is_empty());
}

async fn an_address_belongs_to_one_candidate_of_an_organisation(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, elsewhere) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let email = ["nora@people.example".to_owned()];
    candidates::insert(&mut tx, here, &new_candidate(here, "Nora", 1), &email).await.unwrap();
    candidates::insert(&mut tx, elsewhere, &new_candidate(elsewhere, "Nora", 1), &email).await.unwrap();
    let twin = candidates::insert(&mut tx, here, &new_candidate(here, "Nora", 1), &email).await;
    assert!(matches!(twin, Err(Error::Taken)));
}

async fn a_status_is_set_with_everything_that_goes_with_it(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let nora = candidate(&mut tx, here, "Nora", 10).await;
    let update = StatusUpdate {
        status: Status::Rejected,
        cause: StatusCause::Lever,
        at: Timestamp(50),
        last_open: Status::Offer,
        conflict: Some(Status::Hired),
    };
    candidates::set_status(&mut tx, here, nora.id, &update).await.unwrap();
    let after = Candidate {
        status: Status::Rejected,
        cause: StatusCause::Lever,
        status_at: Timestamp(50),
        last_open: Status::Offer,
        conflict: Some(Status::Hired),
        ..nora.clone()
    };
    assert_eq!(candidates::get(&mut tx, here, nora.id).await.unwrap(), Some(after.clone()));
    candidates::set_conflict(&mut tx, here, nora.id, None).await.unwrap();
    let decided = Candidate { conflict: None, ..after };
    assert_eq!(candidates::get(&mut tx, here, nora.id).await.unwrap(), Some(decided));
    let stranger = candidates::set_status(&mut tx, id(), nora.id, &update).await;
    assert!(matches!(stranger, Err(Error::RowsTouched { touched: 0, .. })));
    let stranger = candidates::set_conflict(&mut tx, id(), nora.id, None).await;
    assert!(matches!(stranger, Err(Error::RowsTouched { touched: 0, .. })));
}

async fn only_the_first_message_and_the_first_answer_are_noted(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let nora = candidate(&mut tx, here, "Nora", 10).await;
    for at in [20, 21] {
        candidates::set_messaged(&mut tx, here, nora.id, Timestamp(at)).await.unwrap();
        candidates::set_answered(&mut tx, here, nora.id, Timestamp(at + 10)).await.unwrap();
    }
    let after = candidates::get(&mut tx, here, nora.id).await.unwrap().unwrap();
    assert_eq!(after.messaged_at, Some(Timestamp(20)));
    assert_eq!(after.answered_at, Some(Timestamp(30)));
    assert!(candidates::set_messaged(&mut tx, id(), nora.id, Timestamp(1)).await.is_err());
    assert!(candidates::set_answered(&mut tx, id(), nora.id, Timestamp(1)).await.is_err());
}

async fn ways_to_reach_somebody_are_replaced_and_found(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, elsewhere) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let nora = new_candidate(here, "Nora Lindgren", 10);
    let (old, new, usual) = ("nora@old.example", "nora@new.example", "nora@usual.example");
    candidates::insert(&mut tx, here, &nora, &[old.to_owned(), usual.to_owned()]).await.unwrap();
    let changed = Candidate {
        phones: vec![Phone { kind: None, value: "+46 555".into() }],
        links: vec!["https://nora.example".into()],
        ..nora.clone()
    };
    let emails = [usual.to_owned(), new.to_owned()];
    candidates::set_reach(&mut tx, here, &changed, &emails, Timestamp(20)).await.unwrap();
    assert_eq!(candidates::get(&mut tx, here, nora.id).await.unwrap(), Some(changed.clone()));
    assert_eq!(candidates::emails(&mut tx, here, nora.id).await.unwrap(), emails);
    assert_eq!(candidates::of_address(&mut tx, here, new).await.unwrap(), Some(nora.id));
    assert_eq!(candidates::of_address(&mut tx, here, old).await.unwrap(), None);
    let strange = candidates::set_reach(&mut tx, elsewhere, &changed, &emails, Timestamp(30)).await;
    assert!(matches!(strange, Err(Error::RowsTouched { touched: 0, .. })));

    // Last, because a refusal spoils the transaction.
    let other = candidate(&mut tx, here, "Jo", 11).await;
    let taken = candidates::set_reach(&mut tx, here, &other, &[new.to_owned()], Timestamp(40)).await;
    assert!(matches!(taken, Err(Error::Taken)));
}
