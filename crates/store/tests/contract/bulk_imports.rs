//! A run gives everybody their turn once, and counts what became of them.

use domain::actor::Role;
use domain::ids::{BulkImportId, CandidateId, MemberId, OrganisationId};
use domain::import::{BulkOutcome, BulkState, ImportFailure, SkipReason};
use domain::status::Status;
use domain::time::Timestamp;
use domain::view::CandidateFilter;
use store::activity::Older;
use store::bulk_imports::{self, BulkImport, Counts, Source};
use store::imports::{self, Note};
use store::{Error, Store, Tx};

use crate::fixtures::{candidate, id, member, organisation};
use crate::on_both;

on_both!(
    everybody_is_collected_once_and_has_one_turn,
    the_counts_follow_the_imports,
    failed_ones_wait_again,
    a_run_moves_from_the_state_it_is_in,
    another_organisation_sees_nothing,
);

const NOW: Timestamp = Timestamp(1_000);

struct Run {
    organisation: OrganisationId,
    member: MemberId,
    bulk: BulkImport,
    people: Vec<CandidateId>,
}

impl Run {
    async fn of(tx: &mut Tx, count: usize) -> Self {
        let organisation = organisation(tx).await;
        let member = member(tx, organisation, "Ana", Role::Recruiter).await.id;
        let mut people = Vec::new();
        for number in 0..count {
            people.push(candidate(tx, organisation, &format!("Person {number}"), 1).await.id);
        }
        let mut bulk = BulkImport {
            id: id(),
            requested_by: member,
            state: BulkState::Running,
            source: Source::Filter(CandidateFilter {
                search: "person".into(),
                status: Some(Status::Responded),
                ..CandidateFilter::default()
            }),
            read_up_to: Some(String::new()),
            total: 0,
            created_at: NOW,
            finished_at: None,
        };
        bulk_imports::insert(tx, organisation, &bulk).await.unwrap();
        bulk.total = bulk_imports::collect(tx, organisation, &bulk, &people, None, NOW).await.unwrap();
        bulk.read_up_to = None;
        Self { organisation, member, bulk, people }
    }

    /// Their turn, and an import that is queued.
    async fn ask(&self, tx: &mut Tx, number: usize) -> domain::ids::ImportId {
        let import = id();
        let person = self.people[number];
        assert!(
            imports::request(tx, self.organisation, import, person, self.member, "m", NOW).await.unwrap()
        );
        bulk_imports::turn(tx, self.organisation, self.bulk.id, person, None).await.unwrap();
        import
    }

    async fn counts(&self, tx: &mut Tx) -> Counts {
        bulk_imports::counts(tx, self.organisation, self.bulk.id).await.unwrap()
    }

    async fn waiting(&self, tx: &mut Tx) -> Vec<CandidateId> {
        bulk_imports::next_waiting(tx, self.organisation, self.bulk.id, 100).await.unwrap()
    }
}

async fn everybody_is_collected_once_and_has_one_turn(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let run = Run::of(&mut tx, 3).await;
    let (organisation, bulk) = (run.organisation, run.bulk.id);
    assert_eq!(run.bulk.total, 3);
    assert_eq!(bulk_imports::get(&mut tx, organisation, bulk).await.unwrap(), Some(run.bulk.clone()));
    // Collected again, as after a crash.
    let total = bulk_imports::collect(&mut tx, organisation, &run.bulk, &run.people, None, NOW).await;
    assert_eq!(total.unwrap(), 3);
    assert_eq!(run.waiting(&mut tx).await, run.people);
    run.ask(&mut tx, 0).await;
    let reason = Some(SkipReason::NotEligible);
    bulk_imports::turn(&mut tx, organisation, bulk, run.people[1], reason).await.unwrap();
    let again = bulk_imports::turn(&mut tx, organisation, bulk, run.people[0], None).await;
    assert!(matches!(again, Err(Error::RowsTouched { touched: 0, .. })));
    assert_eq!(run.waiting(&mut tx).await, [run.people[2]]);
    let skipped =
        bulk_imports::items(&mut tx, organisation, bulk, Some(BulkOutcome::Skipped), None, 9).await.unwrap();
    assert_eq!(skipped.len(), 1);
    assert_eq!((skipped[0].name.as_str(), skipped[0].skipped), ("Person 1", reason));
}

async fn the_counts_follow_the_imports(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let run = Run::of(&mut tx, 5).await;
    let organisation = run.organisation;
    let [done, failed, asked] =
        [run.ask(&mut tx, 0).await, run.ask(&mut tx, 1).await, run.ask(&mut tx, 2).await];
    run.ask(&mut tx, 3).await;
    let later = Timestamp(5_000);
    imports::imported(&mut tx, organisation, done, "o-1", Note::None, later).await.unwrap();
    imports::failed(&mut tx, organisation, failed, ImportFailure::Refused, None, later).await.unwrap();
    imports::ask(&mut tx, organisation, asked, &[], Timestamp(500)).await.unwrap();
    let counts = run.counts(&mut tx).await;
    let expected = Counts { waiting: 1, under_way: 1, imported: 1, needs_decision: 1, failed: 1, skipped: 0 };
    assert_eq!(counts, expected);
    for (outcome, number) in [
        (BulkOutcome::Imported, 0),
        (BulkOutcome::Failed, 1),
        (BulkOutcome::NeedsDecision, 2),
        (BulkOutcome::UnderWay, 3),
        (BulkOutcome::Waiting, 4),
    ] {
        let items =
            bulk_imports::items(&mut tx, organisation, run.bulk.id, Some(outcome), None, 9).await.unwrap();
        let found: Vec<_> = items.iter().map(|item| (item.candidate, item.outcome)).collect();
        assert_eq!(found, [(run.people[number], outcome)]);
        let failure = (outcome == BulkOutcome::Failed).then_some(ImportFailure::Refused);
        assert_eq!(items[0].failure, failure);
    }
    let all = bulk_imports::items(&mut tx, organisation, run.bulk.id, None, Some(1), 2).await.unwrap();
    assert_eq!(all.iter().map(|item| item.position).collect::<Vec<_>>(), [2, 3]);
    let since = Timestamp(4_000);
    assert_eq!(bulk_imports::ended_since(&mut tx, organisation, run.bulk.id, since).await.unwrap(), 2);
}

async fn failed_ones_wait_again(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let run = Run::of(&mut tx, 4).await;
    let (organisation, bulk) = (run.organisation, run.bulk.id);
    let failed = run.ask(&mut tx, 0).await;
    imports::failed(&mut tx, organisation, failed, ImportFailure::Refused, None, NOW).await.unwrap();
    run.ask(&mut tx, 1).await;
    for (number, reason) in [(2, SkipReason::NotEligible), (3, SkipReason::InLever)] {
        bulk_imports::turn(&mut tx, organisation, bulk, run.people[number], Some(reason)).await.unwrap();
    }
    assert_eq!(bulk_imports::wait_again(&mut tx, organisation, bulk).await.unwrap(), 2);
    assert_eq!(run.waiting(&mut tx).await, [run.people[0], run.people[2]]);
}

async fn a_run_moves_from_the_state_it_is_in(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let run = Run::of(&mut tx, 1).await;
    let (organisation, bulk) = (run.organisation, run.bulk.id);
    let moved = [
        (BulkState::Running, BulkState::Paused, true),
        (BulkState::Running, BulkState::Done, false),
        (BulkState::Paused, BulkState::Stopped, true),
    ];
    for (from, to, expected) in moved {
        let moved = bulk_imports::move_state(&mut tx, organisation, bulk, from, to, NOW).await.unwrap();
        assert_eq!(moved, expected);
    }
    let stored = bulk_imports::get(&mut tx, organisation, bulk).await.unwrap().unwrap();
    assert_eq!((stored.state, stored.finished_at), (BulkState::Stopped, Some(NOW)));
    assert_eq!(bulk_imports::newest(&mut tx, organisation, None, 5).await.unwrap(), [stored]);
    // Page by page, also within one instant.
    let twin = BulkImport { id: id(), ..run.bulk };
    bulk_imports::insert(&mut tx, organisation, &twin).await.unwrap();
    let first = bulk_imports::newest(&mut tx, organisation, None, 1).await.unwrap();
    let after = Some(Older { at: first[0].created_at, id: first[0].id.0 });
    let second = bulk_imports::newest(&mut tx, organisation, after, 5).await.unwrap();
    let mut both = [first[0].id, second[0].id];
    both.sort();
    let mut expected = [bulk, twin.id];
    expected.sort();
    assert_eq!((both, second.len()), (expected, 1));
}

async fn another_organisation_sees_nothing(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let run = Run::of(&mut tx, 2).await;
    let stranger = organisation(&mut tx).await;
    let bulk: BulkImportId = run.bulk.id;
    assert_eq!(bulk_imports::get(&mut tx, stranger, bulk).await.unwrap(), None);
    assert_eq!(bulk_imports::newest(&mut tx, stranger, None, 5).await.unwrap(), []);
    assert_eq!(bulk_imports::next_waiting(&mut tx, stranger, bulk, 5).await.unwrap(), []);
    assert_eq!(bulk_imports::counts(&mut tx, stranger, bulk).await.unwrap(), Counts::default());
    assert_eq!(bulk_imports::items(&mut tx, stranger, bulk, None, None, 5).await.unwrap(), []);
    let (from, to) = (BulkState::Running, BulkState::Stopped);
    assert!(!bulk_imports::move_state(&mut tx, stranger, bulk, from, to, NOW).await.unwrap());
}
