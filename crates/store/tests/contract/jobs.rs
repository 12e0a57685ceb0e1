//! Work is done by one at a time, survives whoever does it, and waits its turn.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::connection::ConnectionState;
use domain::ids::{ConnectionId, ImportId, JobId, OrganisationId, ReconciliationId};
use domain::job::{Job, Priority};
use domain::time::Timestamp;
use serde_json::json;
use store::jobs::{self, Claimed};
use store::{Error, Store, Tx, attention, connections};

use crate::connections::connected;
use crate::fixtures::id;
use crate::on_both;

on_both!(
    a_job_belongs_to_whoever_claimed_it,
    clicks_go_first_and_nothing_before_its_time,
    only_what_has_a_place_is_claimed,
    an_expired_lease_is_taken_over_and_the_former_holder_can_change_nothing,
    a_running_job_may_have_one_queued_twin_that_waits,
    a_retry_meets_its_queued_twin,
    a_job_that_waits_has_not_failed,
    dead_letters_stay_until_the_same_work_succeeds,
    dead_letters_are_forgotten_with_what_is_asked_about_them,
    jobs_of_a_paused_organisation_wait,
    leases_of_a_former_process_end_at_once,
    a_queued_job_is_hastened,
    two_workers_never_claim_one_job,
    an_undone_transaction_queues_nothing,
    the_oldest_can_be_claimed_whatever_its_urgency,
    an_urgency_of_its_own_is_kept_and_a_click_raises_it,
    work_for_lever_rests_and_other_work_does_not,
    waiting_is_no_failure_and_a_lost_holder_is,
);

const LEASE: Duration = Duration::from_secs(30);

fn at(seconds: i64) -> Timestamp {
    Timestamp(seconds * 1000)
}

fn apply(opportunity: &str) -> Job {
    Job::ApplyOpportunity { opportunity: opportunity.into() }
}

async fn working(tx: &mut Tx) -> (OrganisationId, ConnectionId) {
    let (organisation, connection) = connected(tx).await;
    let state = ConnectionState::Connected;
    connections::set_state(tx, organisation, connection, state, None, at(0)).await.unwrap();
    (organisation, connection)
}

async fn enqueue(tx: &mut Tx, organisation: OrganisationId, job: &Job, run_at: Timestamp) {
    jobs::enqueue(tx, organisation, job, id::<JobId>(), run_at, at(0)).await.unwrap();
}

/// Commits what is claimed, as a worker does.
async fn claim(store: &Store, owner: &str, now: Timestamp) -> Option<Claimed> {
    let mut tx = store.begin().await.unwrap();
    let claimed = jobs::claim(&mut tx, owner, now, LEASE, Priority::Background).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

async fn organisation_with(store: &Store, queued: &[Job]) -> OrganisationId {
    let mut tx = store.begin().await.unwrap();
    let (organisation, _) = working(&mut tx).await;
    for job in queued {
        enqueue(&mut tx, organisation, job, at(0)).await;
    }
    tx.commit().await.unwrap();
    organisation
}

async fn live(store: &Store, organisation: OrganisationId) -> u32 {
    jobs::count_live(&mut store.read().await.unwrap(), organisation, at(1_000_000)).await.unwrap()
}

async fn a_job_belongs_to_whoever_claimed_it(store: &Store) {
    let organisation = organisation_with(store, &[apply("o-1")]).await;
    let claimed = claim(store, "a", at(10)).await.unwrap();
    assert_eq!(claimed.job, apply("o-1"));
    assert_eq!(claimed.organisation, organisation);
    assert_eq!((claimed.owner.as_str(), claimed.attempt), ("a", 1));
    assert_eq!(claimed.lease_until, at(40));
    assert_eq!(claim(store, "b", at(11)).await, None);

    let mut tx = store.begin().await.unwrap();
    assert!(jobs::holds_lease(&mut tx, &claimed, at(39)).await.unwrap());
    assert!(!jobs::holds_lease(&mut tx, &claimed, at(40)).await.unwrap());
    assert!(jobs::still_holds(&mut tx, &claimed, at(39)).await.unwrap());
    assert_eq!(jobs::renew(&mut tx, &claimed, at(39), LEASE).await.unwrap(), Some(at(69)));
    assert!(jobs::holds_lease(&mut tx, &claimed, at(60)).await.unwrap());
    jobs::finish(&mut tx, &claimed).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(live(store, organisation).await, 0);
    assert_eq!(claim(store, "b", at(1000)).await, None);
}

async fn clicks_go_first_and_nothing_before_its_time(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, _) = working(&mut tx).await;
    let click = Job::ImportCandidate { import: id::<ImportId>() };
    let sync = Job::Reconcile { reconciliation: id::<ReconciliationId>() };
    enqueue(&mut tx, organisation, &sync, at(1)).await;
    enqueue(&mut tx, organisation, &apply("later"), at(3)).await;
    enqueue(&mut tx, organisation, &apply("sooner"), at(2)).await;
    enqueue(&mut tx, organisation, &click, at(4)).await;
    enqueue(&mut tx, organisation, &apply("not yet"), at(35)).await;
    tx.commit().await.unwrap();

    for expected in [click, apply("sooner"), apply("later"), sync] {
        assert_eq!(claim(store, "a", at(10)).await.map(|claimed| claimed.job), Some(expected));
    }
    assert_eq!(claim(store, "a", at(10)).await, None);
    assert_eq!(claim(store, "b", at(35)).await.map(|claimed| claimed.job), Some(apply("not yet")));
}

async fn only_what_has_a_place_is_claimed(store: &Store) {
    organisation_with(store, &[apply("o-1")]).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(jobs::claim(&mut tx, "a", at(10), LEASE, Priority::Click).await.unwrap(), None);
    assert!(jobs::claim(&mut tx, "a", at(10), LEASE, Priority::Delivery).await.unwrap().is_some());
}

async fn an_expired_lease_is_taken_over_and_the_former_holder_can_change_nothing(store: &Store) {
    let organisation = organisation_with(store, &[apply("o-1")]).await;
    let former = claim(store, "a", at(0)).await.unwrap();
    assert_eq!(claim(store, "b", at(29)).await, None);
    let present = claim(store, "b", at(30)).await.unwrap();
    assert_eq!((present.id, present.attempt), (former.id, 2));

    for settle in ["finish", "retry", "defer", "bury", "release"] {
        let mut tx = store.begin().await.unwrap();
        assert!(!jobs::holds_lease(&mut tx, &former, at(31)).await.unwrap());
        assert_eq!(jobs::renew(&mut tx, &former, at(31), LEASE).await.unwrap(), None);
        let settled = match settle {
            "finish" => jobs::finish(&mut tx, &former).await,
            "retry" => jobs::retry(&mut tx, &former, at(31), "late", at(31)).await,
            "defer" => jobs::defer(&mut tx, &former, at(31), at(31)).await,
            "bury" => jobs::bury(&mut tx, &former, "late", at(31)).await,
            _ => jobs::release(&mut tx, &former, at(31)).await,
        };
        assert!(matches!(settled, Err(Error::RowsTouched { touched: 0, .. })), "{settle}");
    }
    let mut tx = store.begin().await.unwrap();
    jobs::finish(&mut tx, &present).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(live(store, organisation).await, 0);
}

async fn a_running_job_may_have_one_queued_twin_that_waits(store: &Store) {
    let organisation = organisation_with(store, &[apply("o-1")]).await;
    let first = claim(store, "a", at(1)).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    enqueue(&mut tx, organisation, &apply("o-1"), at(9)).await;
    enqueue(&mut tx, organisation, &apply("o-1"), at(5)).await;
    enqueue(&mut tx, organisation, &apply("o-1"), at(7)).await;
    tx.commit().await.unwrap();
    assert_eq!(live(store, organisation).await, 2);

    // It waits for the first one even beyond the end of its lease, which is then taken over.
    assert_eq!(claim(store, "b", at(6)).await, None);
    let again = claim(store, "b", at(60)).await.unwrap();
    assert_eq!(again.id, first.id);
    assert_eq!(claim(store, "c", at(60)).await, None);
    let mut tx = store.begin().await.unwrap();
    jobs::finish(&mut tx, &again).await.unwrap();
    tx.commit().await.unwrap();
    let second = claim(store, "c", at(60)).await.unwrap();
    assert_ne!(second.id, first.id);
    // One job of another organisation with the same opportunity is another job.
    organisation_with(store, &[apply("o-1")]).await;
    assert!(claim(store, "d", at(60)).await.is_some());
}

async fn a_retry_meets_its_queued_twin(store: &Store) {
    let organisation = organisation_with(store, &[apply("o-1")]).await;
    let first = claim(store, "a", at(0)).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    enqueue(&mut tx, organisation, &apply("o-1"), at(50)).await;
    jobs::retry(&mut tx, &first, at(20), "Lever was away", at(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(live(store, organisation).await, 1);
    assert_eq!(claim(store, "a", at(19)).await, None);
    let second = claim(store, "a", at(20)).await.unwrap();
    assert_eq!(second.attempt, 1, "the fresh one stands for both");

    // Without a twin the attempts go on counting.
    let mut tx = store.begin().await.unwrap();
    jobs::retry(&mut tx, &second, at(30), "Lever was away", at(21)).await.unwrap();
    tx.commit().await.unwrap();
    let third = claim(store, "a", at(30)).await.unwrap();
    assert_eq!((third.id, third.attempt), (second.id, 2));
}

async fn a_job_that_waits_has_not_failed(store: &Store) {
    organisation_with(store, &[apply("o-1")]).await;
    let mut claimed = claim(store, "a", at(0)).await.unwrap();
    let left = claimed.max_attempts - claimed.attempt;
    for turn in 1..=5 {
        let mut tx = store.begin().await.unwrap();
        jobs::defer(&mut tx, &claimed, at(turn), at(turn)).await.unwrap();
        tx.commit().await.unwrap();
        let next = claim(store, "a", at(turn)).await.unwrap();
        assert!(next.attempt > claimed.attempt, "every claim is told apart");
        claimed = next;
        assert_eq!(claimed.max_attempts - claimed.attempt, left);
    }
}

async fn dead_letters_stay_until_the_same_work_succeeds(store: &Store) {
    let organisation = organisation_with(store, &[apply("o-1")]).await;
    let claimed = claim(store, "a", at(0)).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    jobs::bury(&mut tx, &claimed, "no use", at(5)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(claim(store, "a", at(1000)).await, None);
    let mut tx = store.begin().await.unwrap();
    let dead = jobs::dead(&mut tx, organisation, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!((dead[0].job.clone(), dead[0].error.as_deref()), (apply("o-1"), Some("no use")));
    assert_eq!((dead[0].attempt, dead[0].at), (1, at(5)));
    let (other, _) = connected(&mut tx).await;
    assert!(jobs::dead(&mut tx, other, 10).await.unwrap().is_empty());

    let (kind, detail, key) = (AttentionKind::WorkGivenUp, json!({}), &claimed.key);
    attention::raise(&mut tx, organisation, kind, key, None, &detail, id(), at(5)).await.unwrap();
    enqueue(&mut tx, organisation, &apply("o-1"), at(10)).await;
    enqueue(&mut tx, organisation, &apply("o-2"), at(11)).await;
    tx.commit().await.unwrap();
    let again = claim(store, "a", at(10)).await.unwrap();
    assert!(again.given_up);
    assert!(!claim(store, "a", at(11)).await.unwrap().given_up);
    let mut tx = store.begin().await.unwrap();
    jobs::finish(&mut tx, &again).await.unwrap();
    assert!(jobs::dead(&mut tx, organisation, 10).await.unwrap().is_empty());
    assert!(!attention::is_open(&mut tx, organisation, kind, key).await.unwrap());
}

async fn dead_letters_are_forgotten_with_what_is_asked_about_them(store: &Store) {
    let organisation = organisation_with(store, &[apply("o-1")]).await;
    let claimed = claim(store, "a", at(0)).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    jobs::bury(&mut tx, &claimed, "no use", at(5)).await.unwrap();
    assert!(!jobs::forget_dead(&mut tx, organisation, &apply("o-1"), at(6)).await.unwrap());
    assert!(jobs::dead(&mut tx, organisation, 10).await.unwrap().is_empty());
    tx.commit().await.unwrap();

    let organisation = organisation_with(store, &[apply("o-1")]).await;
    let claimed = claim(store, "a", at(0)).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    jobs::bury(&mut tx, &claimed, "no use", at(5)).await.unwrap();
    let (kind, detail, key) = (AttentionKind::WorkGivenUp, json!({}), &claimed.key);
    attention::raise(&mut tx, organisation, kind, key, None, &detail, id(), at(5)).await.unwrap();
    let (other, _) = connected(&mut tx).await;
    assert!(!jobs::forget_dead(&mut tx, other, &apply("o-1"), at(6)).await.unwrap());
    assert!(!jobs::forget_dead(&mut tx, organisation, &apply("o-2"), at(6)).await.unwrap());
    assert_eq!(jobs::dead(&mut tx, organisation, 10).await.unwrap().len(), 1);
    assert!(jobs::forget_dead(&mut tx, organisation, &apply("o-1"), at(6)).await.unwrap());
    assert!(jobs::dead(&mut tx, organisation, 10).await.unwrap().is_empty());
    assert!(!attention::is_open(&mut tx, organisation, kind, key).await.unwrap());
}

async fn jobs_of_a_paused_organisation_wait(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = working(&mut tx).await;
    enqueue(&mut tx, organisation, &apply("o-1"), at(0)).await;
    tx.commit().await.unwrap();
    for state in [
        ConnectionState::CredentialsRejected,
        ConnectionState::Disconnected,
        ConnectionState::SetUpUnfinished,
    ] {
        let mut tx = store.begin().await.unwrap();
        connections::set_state(&mut tx, organisation, connection, state, None, at(1)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claim(store, "a", at(10)).await, None, "{state:?}");
    }
    // What needs no Lever goes on, and so does everybody else.
    let mut tx = store.begin().await.unwrap();
    let replay = Job::ReplayQuarantine { connection };
    enqueue(&mut tx, organisation, &replay, at(0)).await;
    tx.commit().await.unwrap();
    assert_eq!(claim(store, "a", at(10)).await.map(|claimed| claimed.job), Some(replay));
    organisation_with(store, &[apply("o-2")]).await;
    assert_eq!(claim(store, "a", at(10)).await.map(|claimed| claimed.job), Some(apply("o-2")));

    let mut tx = store.begin().await.unwrap();
    let state = ConnectionState::NeedsAttention;
    connections::set_state(&mut tx, organisation, connection, state, None, at(11)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(claim(store, "a", at(12)).await.map(|claimed| claimed.job), Some(apply("o-1")));
}

async fn leases_of_a_former_process_end_at_once(store: &Store) {
    organisation_with(store, &[apply("o-1")]).await;
    let former = claim(store, "a", at(0)).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert_eq!(jobs::void_leases(&mut tx, at(1)).await.unwrap(), 1);
    assert_eq!(jobs::void_leases(&mut tx, at(1)).await.unwrap(), 0);
    tx.commit().await.unwrap();
    let present = claim(store, "b", at(1)).await.unwrap();
    assert_eq!(present.id, former.id);

    let mut tx = store.begin().await.unwrap();
    jobs::release(&mut tx, &present, at(2)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(claim(store, "c", at(2)).await.map(|claimed| claimed.attempt), Some(3));
}

async fn a_queued_job_is_hastened(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, _) = working(&mut tx).await;
    let first = Job::Reconcile { reconciliation: id() };
    enqueue(&mut tx, organisation, &first, at(500)).await;
    // The key is the organisation's: whichever run is meant.
    let any = Job::Reconcile { reconciliation: id() };
    assert!(jobs::hasten(&mut tx, organisation, &any, at(5)).await.unwrap());
    assert!(!jobs::hasten(&mut tx, organisation, &any, at(6)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(claim(store, "a", at(5)).await.map(|claimed| claimed.job), Some(first));
}

async fn two_workers_never_claim_one_job(store: &Store) {
    let names: Vec<String> = (0..40).map(|number| format!("o-{number}")).collect();
    let queued: Vec<Job> = names.iter().map(|name| apply(name)).collect();
    organisation_with(store, &queued).await;
    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..4 {
        let store = store.clone();
        workers.spawn(async move {
            let mut mine = Vec::new();
            let mut empty = 0;
            // On PostgreSQL a claim passes over rows that another is just claiming.
            while empty < 3 {
                match claim(&store, &format!("w{worker}"), at(1)).await {
                    Some(claimed) => {
                        let mut tx = store.begin().await.unwrap();
                        jobs::finish(&mut tx, &claimed).await.unwrap();
                        tx.commit().await.unwrap();
                        mine.push(claimed.key);
                    }
                    None => empty += 1,
                }
            }
            mine
        });
    }
    let mut done: Vec<String> = workers.join_all().await.concat();
    let all = done.len();
    done.sort();
    done.dedup();
    assert_eq!((done.len(), all), (40, 40));
}

async fn an_undone_transaction_queues_nothing(store: &Store) {
    let organisation = organisation_with(store, &[]).await;
    let mut tx = store.begin().await.unwrap();
    enqueue(&mut tx, organisation, &apply("o-1"), at(0)).await;
    drop(tx);
    assert_eq!(claim(store, "a", at(1)).await, None);
}

async fn the_oldest_can_be_claimed_whatever_its_urgency(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, _) = working(&mut tx).await;
    let sync = Job::Reconcile { reconciliation: id::<ReconciliationId>() };
    enqueue(&mut tx, organisation, &Job::ImportCandidate { import: id() }, at(2)).await;
    enqueue(&mut tx, organisation, &sync, at(1)).await;
    let claimed = jobs::claim_oldest(&mut tx, "a", at(10), LEASE).await.unwrap().unwrap();
    assert_eq!(claimed.job, sync);
    let click = jobs::claim_oldest(&mut tx, "a", at(10), LEASE).await.unwrap().unwrap();
    jobs::finish(&mut tx, &click).await.unwrap();
    // A lease that has run out counts by when the job was due.
    enqueue(&mut tx, organisation, &apply("o-1"), at(20)).await;
    let again = jobs::claim_oldest(&mut tx, "b", at(50), LEASE).await.unwrap().unwrap();
    assert_eq!((again.job, again.attempt), (sync, 2));
}

async fn an_urgency_of_its_own_is_kept_and_a_click_raises_it(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, _) = working(&mut tx).await;
    let [a, b] = [0, 1].map(|_| Job::ImportCandidate { import: id() });
    for job in [&a, &b] {
        let least = Priority::Background;
        jobs::enqueue_at(&mut tx, organisation, job, least, id(), at(0), at(0)).await.unwrap();
    }
    assert_eq!(jobs::claim(&mut tx, "a", at(1), LEASE, Priority::Click).await.unwrap(), None);
    jobs::enqueue(&mut tx, organisation, &b, id(), at(0), at(0)).await.unwrap();
    let claimed = jobs::claim(&mut tx, "a", at(1), LEASE, Priority::Click).await.unwrap().unwrap();
    assert_eq!((&claimed.job, claimed.priority), (&b, Priority::Click));
    let claimed = jobs::claim(&mut tx, "a", at(1), LEASE, Priority::Background).await.unwrap().unwrap();
    assert_eq!((&claimed.job, claimed.priority), (&a, Priority::Background));
    // It stays what it was through a retry.
    jobs::retry(&mut tx, &claimed, at(2), "no", at(1)).await.unwrap();
    assert_eq!(jobs::claim(&mut tx, "a", at(3), LEASE, Priority::Click).await.unwrap(), None);
}

async fn work_for_lever_rests_and_other_work_does_not(store: &Store) {
    use store::lever_rests;

    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = working(&mut tx).await;
    enqueue(&mut tx, organisation, &apply("o-1"), at(0)).await;
    enqueue(&mut tx, organisation, &Job::ReplayQuarantine { connection }, at(1)).await;
    let (other, _) = working(&mut tx).await;
    enqueue(&mut tx, other, &apply("o-2"), at(2)).await;
    lever_rests::begin(&mut tx, organisation, at(20), at(5)).await.unwrap();
    lever_rests::begin(&mut tx, organisation, at(15), at(6)).await.unwrap();
    let rest = lever_rests::find(&mut tx, organisation, at(6)).await.unwrap().unwrap();
    assert_eq!((rest.since, rest.until), (at(5), at(20)));
    assert_eq!(lever_rests::find(&mut tx, other, at(6)).await.unwrap(), None);
    tx.commit().await.unwrap();

    let quarantine = claim(store, "a", at(10)).await.unwrap();
    assert_eq!(quarantine.job, Job::ReplayQuarantine { connection });
    assert_eq!(claim(store, "a", at(10)).await.unwrap().organisation, other);
    assert_eq!(claim(store, "a", at(19)).await, None);
    assert_eq!(claim(store, "a", at(20)).await.unwrap().job, apply("o-1"));
    // A rest soon after belongs to the same trouble, one much later does not.
    let mut tx = store.begin().await.unwrap();
    lever_rests::begin(&mut tx, organisation, at(60), at(50)).await.unwrap();
    assert_eq!(lever_rests::find(&mut tx, organisation, at(61)).await.unwrap().unwrap().since, at(5));
    assert_eq!(lever_rests::find(&mut tx, organisation, at(500)).await.unwrap(), None);
    lever_rests::begin(&mut tx, organisation, at(510), at(500)).await.unwrap();
    assert_eq!(lever_rests::find(&mut tx, organisation, at(501)).await.unwrap().unwrap().since, at(500));
}

async fn waiting_is_no_failure_and_a_lost_holder_is(store: &Store) {
    organisation_with(store, &[apply("o-1")]).await;
    let mut now = at(0);
    for _ in 0..3 {
        let claimed = claim(store, "a", now).await.unwrap();
        assert_eq!(claimed.failures(), 1);
        let mut tx = store.begin().await.unwrap();
        jobs::defer(&mut tx, &claimed, now, now).await.unwrap();
        tx.commit().await.unwrap();
    }
    claim(store, "a", now).await.unwrap();
    now = now + LEASE;
    assert_eq!(claim(store, "b", now).await.unwrap().failures(), 2);
}
