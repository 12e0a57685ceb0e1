//! The history of a candidate's status.

use domain::actor::Role;
use domain::ids::CandidateId;
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use store::Store;
use store::status_changes::{self, StatusChange};

use crate::fixtures::{candidate, id, member, organisation};
use crate::on_both;

on_both!(history_is_newest_first_and_keeps_its_provenance);

async fn history_is_newest_first_and_keeps_its_provenance(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let mine = organisation(&mut tx).await;
    let other = organisation(&mut tx).await;
    let ana = member(&mut tx, mine, "Ana", Role::Recruiter).await.id;
    let jo: CandidateId = candidate(&mut tx, mine, "Jo", 1).await.id;
    let by_hand = StatusChange {
        id: id(),
        candidate: jo,
        from: Status::New,
        to: Status::Offer,
        cause: StatusCause::Hand,
        member: Some(ana),
        place: None,
        lever_actor: None,
        delivery: None,
        at: Timestamp(10),
    };
    let by_lever = StatusChange {
        id: id(),
        from: Status::Offer,
        to: Status::Hired,
        cause: StatusCause::Lever,
        member: None,
        place: Some("Archived as Hired".into()),
        lever_actor: Some("Sam Doe".into()),
        delivery: Some(id()),
        at: Timestamp(20),
        ..by_hand.clone()
    };
    status_changes::record(&mut tx, mine, &by_hand).await.unwrap();
    status_changes::record(&mut tx, mine, &by_lever).await.unwrap();
    assert_eq!(status_changes::list(&mut tx, mine, jo).await.unwrap(), vec![by_lever, by_hand]);
    assert!(status_changes::list(&mut tx, other, jo).await.unwrap().is_empty());
}
