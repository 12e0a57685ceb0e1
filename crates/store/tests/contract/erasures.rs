//! Candidates who were anonymised in Lever.

use domain::attention::AttentionKind;
use domain::ids::ActivityId;
use domain::time::Timestamp;
use serde_json::json;
use store::activity::{self, Activity};
use store::erasures::{self, Decision};
use store::{Store, args, attention, candidates, messages};

use crate::fixtures::{candidate, id, member, message, organisation};
use crate::on_both;

on_both!(a_question_is_asked_once_and_decided_once, what_names_a_candidate_is_erased);

async fn a_question_is_asked_once_and_decided_once(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let acme = organisation(&mut tx).await;
    let other = organisation(&mut tx).await;
    let ana = member(&mut tx, acme, "Ana", domain::actor::Role::SuperAdmin).await.id;
    let jo = candidate(&mut tx, acme, "Jo", 1).await.id;
    assert_eq!(erasures::find(&mut tx, acme, jo).await.unwrap(), None);
    let keep = Decision::Keep;
    assert!(!erasures::decide(&mut tx, acme, jo, keep, ana, Timestamp(2)).await.unwrap(), "nobody asked");
    assert!(erasures::ask(&mut tx, acme, jo, Timestamp(9), Timestamp(2)).await.unwrap());
    assert!(!erasures::ask(&mut tx, acme, jo, Timestamp(99), Timestamp(3)).await.unwrap());
    let asked = erasures::find(&mut tx, acme, jo).await.unwrap().unwrap();
    assert_eq!((asked.due_at, asked.decision, asked.erased_at), (Timestamp(9), None, None));
    assert_eq!(erasures::find(&mut tx, other, jo).await.unwrap(), None);
    assert!(!erasures::decide(&mut tx, other, jo, keep, ana, Timestamp(4)).await.unwrap());
    assert!(erasures::decide(&mut tx, acme, jo, keep, ana, Timestamp(4)).await.unwrap());
    assert!(!erasures::decide(&mut tx, acme, jo, Decision::Erase, ana, Timestamp(5)).await.unwrap());
    assert_eq!(erasures::find(&mut tx, acme, jo).await.unwrap().unwrap().decision, Some(keep));
}

async fn what_names_a_candidate_is_erased(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let acme = organisation(&mut tx).await;
    let other = organisation(&mut tx).await;
    let ana = member(&mut tx, acme, "Ana", domain::actor::Role::SuperAdmin).await;
    let (jo, kim) = (candidate(&mut tx, acme, "Jo", 1).await, candidate(&mut tx, acme, "Kim", 1).await);
    for person in [&jo, &kim] {
        message(&mut tx, acme, person, &ana, 5).await;
        let entry = Activity {
            id: id::<ActivityId>(),
            at: Timestamp(5),
            member: Some(ana.id),
            candidate: Some(person.id),
            kind: "message_sent",
            summary: format!("Wrote to {}.", person.name),
        };
        activity::record(&mut tx, acme, &entry).await.unwrap();
    }
    let kind = AttentionKind::Anonymised;
    attention::raise(&mut tx, acme, kind, &jo.id.to_string(), Some(jo.id), &json!({}), id(), Timestamp(6))
        .await
        .unwrap();
    assert!(!erasures::erase(&mut tx, acme, jo.id, Timestamp(7)).await.unwrap(), "nobody asked");
    erasures::ask(&mut tx, acme, jo.id, Timestamp(7), Timestamp(6)).await.unwrap();
    assert!(!erasures::erase(&mut tx, other, jo.id, Timestamp(7)).await.unwrap());
    assert!(!erasures::is_erased(&mut tx, acme, jo.id).await.unwrap());
    assert!(erasures::erase(&mut tx, acme, jo.id, Timestamp(7)).await.unwrap());
    assert!(!erasures::erase(&mut tx, acme, jo.id, Timestamp(8)).await.unwrap());
    assert!(erasures::is_erased(&mut tx, acme, jo.id).await.unwrap());
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    let left = candidates::get(&mut tx, acme, jo.id).await.unwrap().unwrap();
    assert_eq!((left.name.as_str(), left.status), ("Erased candidate", jo.status));
    assert!(candidates::emails(&mut tx, acme, jo.id).await.unwrap().is_empty());
    let thread = messages::list(&mut tx, acme, jo.id).await.unwrap();
    assert_eq!((thread.len(), thread[0].body.as_str()), (1, ""), "that somebody wrote stays");
    assert!(!attention::is_open(&mut tx, acme, kind, &jo.id.to_string()).await.unwrap());
    // Nothing holds the name any more, and the others are as they were.
    for (sql, found) in [
        ("select count(*) as n from activity where summary like '%Jo%'", 0_u32),
        ("select count(*) as n from candidate_words where word = 'jo'", 0),
        ("select count(*) as n from activity where summary like '%Kim%'", 1),
        ("select count(*) as n from candidate_words where word = 'kim'", 1),
    ] {
        assert_eq!(tx.one(sql, args![]).await.unwrap().get::<u32>("n").unwrap(), found, "{sql}");
    }
    assert_eq!(candidates::emails(&mut tx, acme, kim.id).await.unwrap().len(), 1);
}
