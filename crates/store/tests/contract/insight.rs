//! The funnel and the time in each status.

use std::time::Duration;

use domain::actor::Role;
use domain::ids::CandidateId;
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use store::candidates::{self, Candidate};
use store::insight::{self, OwnersStay, Reached, Stay};
use store::members;
use store::status_changes::{self, StatusChange};
use store::{Store, Tx};

use crate::fixtures::{id, member, new_candidate, organisation};

crate::on_both!(how_far_people_came_and_how_long_they_stayed);

async fn change(tx: &mut Tx, candidate: &Candidate, from: Status, to: Status, at: i64) {
    let change = StatusChange {
        id: id(),
        candidate: candidate.id,
        from,
        to,
        cause: StatusCause::Lever,
        member: None,
        place: None,
        lever_actor: None,
        delivery: None,
        at: Timestamp(at),
    };
    status_changes::record(tx, candidate.organisation, &change).await.unwrap();
}

async fn how_far_people_came_and_how_long_they_stayed(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, elsewhere) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await;
    let former = member(&mut tx, here, "Former", Role::Recruiter).await;
    let mut add = async |organisation, owner, status, messaged_at: Option<i64>, answered: bool| {
        let candidate = Candidate {
            owner,
            status,
            messaged_at: messaged_at.map(Timestamp),
            answered_at: answered.then_some(Timestamp(500)),
            ..new_candidate(organisation, "Nora", 1)
        };
        let email = format!("{}@people.example", id::<CandidateId>());
        candidates::insert(&mut tx, organisation, &candidate, &[email]).await.unwrap();
        candidate
    };
    let offered = add(here, Some(ana.id), Status::Rejected, Some(100), true).await;
    let quick = add(here, Some(ana.id), Status::Interviewing, Some(150), true).await;
    let orphaned = add(here, Some(former.id), Status::Responded, Some(199), true).await;
    add(here, None, Status::Contacted, Some(199), false).await;
    add(here, None, Status::New, None, false).await;
    add(here, None, Status::Responded, Some(200), true).await;
    add(elsewhere, None, Status::Hired, Some(150), true).await;
    for (from, to, at) in [
        (Status::New, Status::Contacted, 100),
        (Status::Contacted, Status::Responded, 500),
        (Status::Responded, Status::Offer, 1_500),
        (Status::Offer, Status::Rejected, 1_600),
    ] {
        change(&mut tx, &offered, from, to, at).await;
    }
    change(&mut tx, &orphaned, Status::New, Status::Contacted, 199).await;
    change(&mut tx, &orphaned, Status::Contacted, Status::Responded, 1_099).await;
    change(&mut tx, &quick, Status::New, Status::Contacted, 150).await;
    change(&mut tx, &quick, Status::Contacted, Status::Interviewing, 250).await;

    let (from, until) = (Timestamp(100), Timestamp(200));
    let mut reached = insight::reached(&mut tx, here, from, until).await.unwrap();
    reached.sort_by_key(|row| row.step);
    let row = |owner, step| Reached { owner, step, people: 1 };
    assert_eq!(reached, [row(None, 0), row(Some(former.id), 1), row(Some(ana.id), 3), row(Some(ana.id), 4)]);

    let stays = insight::stays(&mut tx, here, None, from, until).await.unwrap();
    let found: Vec<_> = stays.iter().map(|stay| (stay.status, stay.median, stay.stays)).collect();
    let millis = Duration::from_millis;
    // Three left Contacted, after 100, 400 and 900.
    assert_eq!(
        found,
        [
            (Status::Contacted, millis(400), 3),
            (Status::Responded, millis(1_000), 1),
            (Status::Offer, millis(100), 1)
        ]
    );
    let nobody = insight::stays(&mut tx, here, Some(id()), from, until).await.unwrap();
    assert_eq!(nobody, []);

    // Whoever is no member any more owns nothing.
    let gone = members::remove(&mut tx, here, former.id, Role::Recruiter, Timestamp(2_000)).await;
    assert!(gone.unwrap());
    let mut by_owner = insight::stays_by_owner(&mut tx, here, from, until).await.unwrap();
    by_owner.sort_by_key(|row| (row.owner, row.stay.status));
    let of = |owner, status, median, stays| OwnersStay {
        owner,
        stay: Stay { status, median: millis(median), stays },
    };
    // The lower one is the median of two.
    assert_eq!(
        by_owner,
        [
            of(None, Status::Contacted, 900, 1),
            of(Some(ana.id), Status::Contacted, 100, 2),
            of(Some(ana.id), Status::Responded, 1_000, 1),
            of(Some(ana.id), Status::Offer, 100, 1)
        ]
    );
    assert_eq!(insight::stays_by_owner(&mut tx, elsewhere, from, until).await.unwrap(), []);
}
