//! The log: entries, calls and deliveries.

use domain::activity::Topic;
use domain::actor::Role;
use domain::ids::{CandidateId, DeliveryId, OrganisationId};
use domain::time::Timestamp;
use store::activity::{self, Activity, Filter, Older, Within};
use store::deliveries::{self, Body, NewDelivery};
use store::lever_calls::{self, LeverCall};
use store::{Store, Tx, args};

use crate::connections::connected;
use crate::fixtures::{candidate, id, member, organisation};

crate::on_both!(
    the_log_reads_back_page_by_page,
    entries_are_found_by_whoever_and_whatever,
    calls_are_found_by_candidate_outcome_and_time,
    deliveries_are_listed_with_whom_they_are_about,
    what_is_old_is_forgotten_some_at_a_time,
    a_page_is_read_along_an_index,
    what_a_member_did_with_a_delivery_is_known_for_as_long_as_is_asked,
);

async fn what_a_member_did_with_a_delivery_is_known_for_as_long_as_is_asked(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, elsewhere) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let ana = member(&mut tx, here, "Ana", Role::SuperAdmin).await;
    let ben = member(&mut tx, here, "Ben", Role::SuperAdmin).await;
    let (opened, other) = (id::<DeliveryId>(), id::<DeliveryId>());
    let entry = Activity {
        id: id(),
        at: Timestamp(10),
        member: Some(ana.id),
        candidate: None,
        kind: "delivery_body_opened",
        summary: "Opened it.".into(),
    };
    activity::record_upon(&mut tx, here, &entry, Some(opened)).await.unwrap();
    let kind = entry.kind;
    for (organisation, member, kind, delivery, since, did) in [
        (here, ana.id, kind, opened, 10, true),
        (here, ana.id, kind, opened, 11, false),
        (here, ben.id, kind, opened, 10, false),
        (here, ana.id, kind, other, 10, false),
        (here, ana.id, "delivery_replayed", opened, 10, false),
        (elsewhere, ana.id, kind, opened, 10, false),
    ] {
        let found = activity::did(&mut tx, organisation, member, kind, delivery, Timestamp(since)).await;
        assert_eq!(found.unwrap(), did);
    }
}

async fn the_log_reads_back_page_by_page(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, elsewhere) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await;
    let nora = candidate(&mut tx, here, "Nora Lind", 10).await;
    // Two of one instant: the id decides.
    for (at, member) in [(1, Some(ana.id)), (2, None), (2, Some(ana.id)), (3, None)] {
        let entry = Activity {
            id: id(),
            at: Timestamp(at),
            member,
            candidate: Some(nora.id),
            kind: "candidate_added",
            summary: format!("At {at}."),
        };
        activity::record(&mut tx, here, &entry).await.unwrap();
        activity::record(&mut tx, elsewhere, &Activity { id: id(), member: None, candidate: None, ..entry })
            .await
            .unwrap();
    }
    let all = Filter::default();
    let everything = activity::list(&mut tx, here, &all, Within::ALL, 10).await.unwrap();
    let instants: Vec<i64> = everything.iter().map(|entry| entry.at.0).collect();
    assert_eq!(instants, [3, 2, 2, 1]);
    assert_eq!(everything[3].member.as_deref(), Some("Ana"));
    assert_eq!(everything[0].member, None);
    assert_eq!(everything[0].summary, "At 3.");
    assert_eq!(everything[0].kind, "candidate_added");
    assert_eq!((everything[0].candidate, everything[0].delivery), (Some(nora.id), None));

    let mut paged = Vec::new();
    let mut older = None;
    loop {
        let page = activity::list(&mut tx, here, &all, Within { older, ..Within::ALL }, 1).await.unwrap();
        let Some(last) = page.last() else { break };
        older = Some(Older { at: last.at, id: last.id.0 });
        paged.extend(page);
    }
    assert_eq!(paged, everything);
    let since = Within { from: Timestamp(3), ..Within::ALL };
    assert_eq!(activity::list(&mut tx, here, &all, since, 10).await.unwrap(), everything[..1]);
}

async fn entries_are_found_by_whoever_and_whatever(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await.id;
    let ben = member(&mut tx, here, "Ben", Role::Recruiter).await.id;
    let nora = candidate(&mut tx, here, "Nora Lind", 10).await.id;
    let theo = candidate(&mut tx, here, "Theo Berg", 11).await.id;
    let told: DeliveryId = id();
    for (at, member, candidate, kind, delivery) in [
        (1, Some(ana), Some(nora), "message_sent", None),
        (2, Some(ana), Some(theo), "import_requested", None),
        (3, None, Some(theo), "import_failed", None),
        (4, Some(ben), Some(nora), "status_set", None),
        (5, None, Some(nora), "status_from_lever", Some(told)),
        (6, Some(ben), None, "member_invited", None),
        (7, None, None, "key_rejected", None),
    ] {
        let entry = Activity { id: id(), at: Timestamp(at), member, candidate, kind, summary: String::new() };
        activity::record_upon(&mut tx, here, &entry, delivery).await.unwrap();
    }
    let failed = |failed| Within { failed, ..Within::ALL };
    let any = Filter::default;
    let of = |topic| Filter { topic: Some(topic), ..Filter::default() };
    let about = |candidates: &[CandidateId]| Filter { candidates: Some(candidates.to_vec()), ..any() };
    for (filter, within, expected) in [
        (any(), Within::ALL, &[7, 6, 5, 4, 3, 2, 1][..]),
        (any(), failed(Some(true)), &[7, 3]),
        (any(), failed(Some(false)), &[6, 5, 4, 2, 1]),
        (Filter { people: true, ..any() }, Within::ALL, &[6, 4, 2, 1]),
        (Filter { people: true, ..any() }, failed(Some(true)), &[]),
        (Filter { member: Some(ana), ..any() }, Within::ALL, &[2, 1]),
        (Filter { member: Some(ana), ..of(Topic::Imports) }, Within::ALL, &[2]),
        (of(Topic::Imports), Within::ALL, &[3, 2]),
        (of(Topic::Imports), failed(Some(true)), &[3]),
        (of(Topic::Statuses), failed(Some(false)), &[5, 4]),
        (about(&[nora]), Within::ALL, &[5, 4, 1]),
        (about(&[nora, theo]), Within::ALL, &[5, 4, 3, 2, 1]),
        (Filter { people: true, ..about(&[nora]) }, Within::ALL, &[4, 1]),
        (Filter { member: Some(ben), ..about(&[nora]) }, Within::ALL, &[4]),
        (Filter { topic: Some(Topic::Imports), ..about(&[theo]) }, failed(Some(true)), &[3]),
        (about(&[]), Within::ALL, &[]),
    ] {
        let found = activity::list(&mut tx, here, &filter, within, 10).await.unwrap();
        let instants: Vec<i64> = found.iter().map(|entry| entry.at.0).collect();
        assert_eq!(instants, expected, "{filter:?} {within:?}");
    }
    let newest = activity::list(&mut tx, here, &about(&[nora]), Within::ALL, 1).await.unwrap();
    assert_eq!((newest[0].delivery, newest[0].failed), (Some(told), false));
}

fn call(
    organisation: OrganisationId,
    at: i64,
    candidate: Option<CandidateId>,
    status: Option<u32>,
) -> LeverCall {
    LeverCall {
        id: id(),
        organisation,
        at: Timestamp(at),
        operation: "create opportunity".into(),
        purpose: "import_candidate".into(),
        candidate,
        member: None,
        method: "POST".into(),
        path: "/opportunities".into(),
        status,
        milliseconds: 130,
    }
}

async fn calls_are_found_by_candidate_outcome_and_time(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, elsewhere) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let nora = candidate(&mut tx, here, "Nora Lind", 10).await.id;
    let calls = [
        call(here, 1, Some(nora), Some(201)),
        call(here, 2, None, Some(503)),
        call(here, 3, Some(nora), None),
        call(elsewhere, 4, None, Some(200)),
    ];
    lever_calls::record(&mut tx, &calls).await.unwrap();
    let listed = lever_calls::list(&mut tx, here, None, None, Within::ALL, 10).await.unwrap();
    assert_eq!(listed, [calls[2].clone(), calls[1].clone(), calls[0].clone()]);
    let failed = Within { failed: Some(true), ..Within::ALL };
    assert_eq!(lever_calls::list(&mut tx, here, None, None, failed, 10).await.unwrap(), listed[..2]);
    let well = Within { failed: Some(false), ..Within::ALL };
    assert_eq!(lever_calls::list(&mut tx, here, None, None, well, 10).await.unwrap(), listed[2..]);
    let hers = lever_calls::list(&mut tx, here, Some(&[nora]), None, Within::ALL, 10).await.unwrap();
    assert_eq!(hers, [calls[2].clone(), calls[0].clone()]);
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await.id;
    let ben = member(&mut tx, here, "Ben", Role::Recruiter).await.id;
    let for_ana = [
        LeverCall { member: Some(ana), ..call(here, 5, Some(nora), Some(200)) },
        LeverCall { member: Some(ana), ..call(here, 6, None, Some(200)) },
    ];
    lever_calls::record(&mut tx, &for_ana).await.unwrap();
    let hers = lever_calls::list(&mut tx, here, None, Some(ana), Within::ALL, 10).await.unwrap();
    assert_eq!(hers, [for_ana[1].clone(), for_ana[0].clone()]);
    let both = lever_calls::list(&mut tx, here, Some(&[nora]), Some(ana), Within::ALL, 10).await.unwrap();
    assert_eq!(both, for_ana[..1]);
    let bens = lever_calls::list(&mut tx, here, None, Some(ben), Within::ALL, 10).await.unwrap();
    assert_eq!(bens, []);
    let older = Some(Older { at: Timestamp(2), id: calls[1].id.0 });
    let rest =
        lever_calls::list(&mut tx, here, None, None, Within { older, ..Within::ALL }, 10).await.unwrap();
    assert_eq!(rest, [calls[0].clone()]);
}

async fn deliveries_are_listed_with_whom_they_are_about(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, connection) = connected(&mut tx).await;
    let nora = candidate(&mut tx, here, "Nora Lind", 10).await.id;
    linked(&mut tx, here, nora, "o-1").await;
    let headers = [("user-agent".to_owned(), "Lever".to_owned())];
    let mut ids = Vec::new();
    for (at, token, opportunity) in [(1, "a", "o-1"), (2, "b", "o-2"), (3, "c", "o-1")] {
        let new = NewDelivery {
            id: id(),
            connection,
            token,
            event: "candidateStageChange",
            opportunity: Some(opportunity),
            triggered_at: Timestamp(at),
            received_at: Timestamp(at),
            headers: &headers,
            body: b"{}",
            ignored: None,
        };
        assert!(deliveries::insert(&mut tx, here, &new).await.unwrap());
        ids.push(new.id);
    }
    deliveries::settle(&mut tx, here, &ids[2..], deliveries::FAILED, "no", Timestamp(9)).await.unwrap();
    deliveries::tried(&mut tx, here, &ids[2..], 7).await.unwrap();
    let listed = async |tx: &mut Tx, candidates: Option<&[CandidateId]>, within| {
        let found = deliveries::listed(tx, here, candidates, within, 10).await.unwrap();
        found.into_iter().map(|one| (one.delivery.received_at.0, one.name)).collect::<Vec<_>>()
    };
    let name = Some("Nora Lind".to_owned());
    assert_eq!(listed(&mut tx, None, Within::ALL).await, [(3, name.clone()), (2, None), (1, name.clone())]);
    assert_eq!(listed(&mut tx, Some(&[nora]), Within::ALL).await, [(3, name.clone()), (1, name.clone())]);
    let failed = Within { failed: Some(true), ..Within::ALL };
    assert_eq!(listed(&mut tx, None, failed).await, [(3, name)]);

    let kept = deliveries::kept(&mut tx, here, ids[2]).await.unwrap().unwrap();
    assert_eq!(
        (kept.headers.as_slice(), kept.body, kept.attempts),
        (&headers[..], Body::Sent(b"{}".to_vec()), 7)
    );
    assert_eq!(deliveries::kept(&mut tx, id(), ids[2]).await.unwrap(), None);
    assert!(deliveries::reopen(&mut tx, here, ids[2]).await.unwrap());
    assert!(!deliveries::reopen(&mut tx, here, ids[2]).await.unwrap(), "it waits already");
    assert!(!deliveries::reopen(&mut tx, id(), ids[2]).await.unwrap());
    assert_eq!(deliveries::pending_for(&mut tx, here, "o-1").await.unwrap().len(), 2);
    // All of an opportunity that could not be applied, and no others.
    deliveries::settle(&mut tx, here, &ids[..1], deliveries::APPLIED, "", Timestamp(9)).await.unwrap();
    deliveries::settle(&mut tx, here, &ids[1..], deliveries::FAILED, "no", Timestamp(9)).await.unwrap();
    assert_eq!(deliveries::reopen_failed(&mut tx, id(), "o-1").await.unwrap(), 0);
    assert_eq!(deliveries::reopen_failed(&mut tx, here, "o-1").await.unwrap(), 1);
    let waits = deliveries::pending_for(&mut tx, here, "o-1").await.unwrap();
    assert_eq!(waits.iter().map(|one| (one.id, one.outcome.clone())).collect::<Vec<_>>(), [(ids[2], None)]);
    for id in &ids[..2] {
        deliveries::reopen(&mut tx, here, *id).await.unwrap();
    }
    assert_eq!(deliveries::scrub(&mut tx, here, Timestamp(10), 10).await.unwrap(), 3);
    let kept = deliveries::kept(&mut tx, here, ids[2]).await.unwrap().unwrap();
    assert_eq!((kept.headers, kept.body), (Vec::new(), Body::Scrubbed));
    // What waits stays, however old it is.
    deliveries::settle(&mut tx, here, &ids[..1], deliveries::APPLIED, "", Timestamp(9)).await.unwrap();
    assert_eq!(deliveries::forget(&mut tx, here, Timestamp(10), 10).await.unwrap(), 1);
    assert_eq!(deliveries::get(&mut tx, here, ids[0]).await.unwrap(), None);
}

async fn linked(tx: &mut Tx, here: OrganisationId, candidate: CandidateId, opportunity: &str) {
    tx.execute(
        "insert into opportunities (organisation_id, id, candidate_id, url, held, read_at)
         values ($1, $2, $3, '', 0, 1)",
        args![here, opportunity, candidate],
    )
    .await
    .unwrap();
}

async fn what_is_old_is_forgotten_some_at_a_time(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    for at in 1..=5 {
        let (kind, summary) = ("reconciled", String::new());
        let entry = Activity { id: id(), at: Timestamp(at), member: None, candidate: None, kind, summary };
        activity::record(&mut tx, here, &entry).await.unwrap();
        lever_calls::record(&mut tx, &[call(here, at, None, Some(200))]).await.unwrap();
    }
    let before = Timestamp(4);
    assert_eq!(activity::forget(&mut tx, before, 2).await.unwrap(), 2);
    assert_eq!(activity::forget(&mut tx, before, 2).await.unwrap(), 1);
    assert_eq!(lever_calls::forget(&mut tx, before, 10).await.unwrap(), 3);
    let left = activity::list(&mut tx, here, &Filter::default(), Within::ALL, 10).await.unwrap();
    assert_eq!(left.iter().map(|entry| entry.at.0).collect::<Vec<_>>(), [5, 4]);
    assert_eq!(lever_calls::list(&mut tx, here, None, None, Within::ALL, 10).await.unwrap().len(), 2);
}

/// Twenty thousand lines, and a page of them: neither database reads them all.
async fn a_page_is_read_along_an_index(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await.id;
    let insert = match tx.engine() {
        store::Engine::Sqlite => {
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
             insert into activity (id, organisation_id, at, member_id, kind, summary, topic, failed)
             select 'e' || i, $1, i, $2, '', '', case when i % 20 = 0 then 'messages' else 'lever' end, 0 from n"
        }
        store::Engine::Postgres => {
            "insert into activity (id, organisation_id, at, member_id, kind, summary, topic, failed)
             select 'e' || i, $1, i, $2, '', '', case when i % 20 = 0 then 'messages' else 'lever' end, 0
             from generate_series(1, 20000) i"
        }
    };
    tx.execute(insert, args![here, ana]).await.unwrap();
    tx.execute("analyze activity", args![]).await.unwrap();
    let explain = match tx.engine() {
        store::Engine::Sqlite => {
            "explain query plan select a.id as plan, a.id as detail from activity a
             where a.organisation_id = $1 and (a.at, a.id) < (9000, '') and a.topic = 'messages'
             order by a.at desc, a.id desc limit 100"
        }
        store::Engine::Postgres => {
            "explain select a.id from activity a
             where a.organisation_id = $1 and (a.at, a.id) < (9000, '') and a.topic = 'messages'
             order by a.at desc, a.id desc limit 100"
        }
    };
    let rows = tx.all(explain, args![here]).await.unwrap();
    let column = match tx.engine() {
        store::Engine::Sqlite => "detail",
        store::Engine::Postgres => "QUERY PLAN",
    };
    let plan: Vec<String> = rows.iter().map(|row| row.get(column).unwrap()).collect();
    let plan = plan.join("\n");
    assert!(plan.contains("activity_by_topic"), "{plan}");
    assert!(!plan.to_lowercase().contains("sort") && !plan.contains("TEMP B-TREE"), "{plan}");
}
