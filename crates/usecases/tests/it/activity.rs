//! The activity page.

use std::time::Duration;

use domain::actor::Role;
use domain::problem::Problem;
use domain::status::Status;
use domain::view::{ActivitySearch, DeliveryBody};
use serde_json::json;
use usecases::activity::list;
use usecases::webhooks::Receipt;

use crate::lever_world::*;
use crate::scene::{Scene, scene, scene_on};
use crate::support::{another_organisation, candidate, member, member_of, problem, world};

#[tokio::test]
async fn the_log_is_paged_and_an_admins() {
    let world = world().await;
    let admin = member(&world, Role::Admin).await;
    let ana = member(&world, Role::Recruiter).await;
    let elsewhere = another_organisation(&world).await;
    let stranger = member_of(&world, elsewhere, Role::Admin).await;
    for number in 0..150 {
        world.clock.step(Duration::from_millis(number % 2));
        candidate(&world, &ana, &format!("Candidate {number}")).await;
    }
    assert_eq!(problem(list(&world.services, &ana, None).await), Problem::NotAllowed);
    assert_eq!(list(&world.services, &stranger, None).await.unwrap().rows, []);
    let first = list(&world.services, &admin, None).await.unwrap();
    assert_eq!(first.rows.len(), 100);
    assert_eq!((first.rows[0].what.as_str(), &first.rows[0].who), ("Added Candidate 149.", &ana.name));
    let second = list(&world.services, &admin, first.next.as_deref()).await.unwrap();
    assert_eq!((second.rows.len(), second.next), (50, None));
    let mut texts: Vec<String> = first.rows.iter().chain(&second.rows).map(|row| row.what.clone()).collect();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), 150);
    assert_eq!(list(&world.services, &admin, Some("rubbish")).await.unwrap().rows, first.rows);
}

/// What the lines say, newest first.
async fn found(scene: &Scene, search: ActivitySearch) -> Vec<String> {
    let page = usecases::activity::search(scene.services(), &scene.admin, search).await.unwrap();
    page.rows.into_iter().map(|row| row.what).collect()
}

fn search() -> ActivitySearch {
    ActivitySearch::default()
}

fn part(what: &str) -> ActivitySearch {
    ActivitySearch { what: what.into(), ..search() }
}

#[tokio::test]
async fn every_call_delivery_and_decision_is_in_one_log() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let id = scene.import_jo().await;
        scene.lever.set_stage(&id, "Offer").await.unwrap();
        scene.deliver(&id, 1).await;
        // Somebody whom nobody here knows.
        scene.deliver("someone-else", 2).await;
        usecases::calls::write(scene.services()).await.unwrap();

        let calls = found(&scene, part("calls")).await;
        assert!(calls.contains(&"Asked Lever: create opportunity, for an import.".to_owned()), "{calls:#?}");
        assert_eq!(calls[0], "Asked Lever: read opportunity, to apply what a delivery told of.");
        let page = usecases::activity::search(scene.services(), &scene.admin, part("calls")).await.unwrap();
        let read = page.rows[0].detail.clone().unwrap();
        assert!(read.starts_with("GET /opportunities/{id}: 200 in "), "{read}");
        assert_eq!(page.rows[0].candidate, Some(scene.jo));
        let everything = format!("{page:?}");
        assert!(!everything.contains(KEY) && !everything.contains(&id), "no key and no id: {everything}");

        let deliveries = found(&scene, part("deliveries")).await;
        assert_eq!(
            deliveries,
            [
                "Delivery Candidate Stage Change: not one of ours.",
                "Delivery Candidate Stage Change about Jo Park: status changed.",
            ]
        );
        let people =
            usecases::activity::search(scene.services(), &scene.admin, part("people")).await.unwrap();
        assert!(people.rows.iter().all(|row| [&*scene.ana.name, &*scene.admin.name].contains(&&*row.who)));
        assert!(people.rows.iter().any(|row| row.what == "Asked to import Jo Park into Lever."));

        // By the beginning of a name, whatever it is that happened.
        let about_jo = found(&scene, ActivitySearch { name: "pa".into(), ..search() }).await;
        assert!(about_jo.iter().any(|what| what.starts_with("Jo Park is now Offer")), "{about_jo:#?}");
        assert!(about_jo.iter().any(|what| what.starts_with("Delivery ")));
        assert!(about_jo.iter().any(|what| what.starts_with("Asked Lever: ")));
        assert!(!about_jo.iter().any(|what| what.contains("not one of ours")));
        assert_eq!(found(&scene, ActivitySearch { name: "nobody".into(), ..search() }).await, [""; 0]);
        let by_id = ActivitySearch { candidate: scene.jo.to_string(), ..search() };
        assert_eq!(found(&scene, by_id).await, about_jo);

        // What failed, and when.
        scene.fault("opportunities.get", lever_sim::FaultKind::InternalError, 1).await;
        scene.deliver(&id, 3).await;
        usecases::calls::write(scene.services()).await.unwrap();
        let failed = found(&scene, ActivitySearch { outcome: "failed".into(), ..search() }).await;
        assert_eq!(failed, ["Asked Lever: read opportunity, to apply what a delivery told of."]);
        let today = ActivitySearch { from: "2026-11-23".into(), until: "2026-11-23".into(), ..part("calls") };
        assert_eq!(found(&scene, today).await.len(), calls.len() + 1);
        let tomorrow = ActivitySearch { from: "2026-11-24".into(), ..search() };
        assert_eq!(found(&scene, tomorrow).await, [""; 0]);
        let before = ActivitySearch { until: "2026-11-22".into(), ..search() };
        assert_eq!(found(&scene, before).await, [""; 0]);
        let anas = ActivitySearch { member: scene.ana.member.to_string(), ..part("imports") };
        assert_eq!(
            found(&scene, anas).await,
            ["Imported Jo Park into Lever, credited to Ana Ruiz.", "Asked to import Jo Park into Lever."]
        );
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn pages_of_the_three_tables_join_without_a_gap() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    for number in 1..=60 {
        scene.deliver(&id, number).await;
    }
    usecases::calls::write(scene.services()).await.unwrap();
    let mut paged = Vec::new();
    let mut before = String::new();
    loop {
        let search = ActivitySearch { before, ..search() };
        let page = usecases::activity::search(scene.services(), &scene.admin, search).await.unwrap();
        paged.extend(page.rows.into_iter().map(|row| row.id));
        let Some(next) = page.next else { break };
        before = next;
    }
    let mut once = paged.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), paged.len());
    let mut parts = 0;
    for what in ["calls", "deliveries", "messages", "imports", "statuses", "candidates", "members", "lever"] {
        parts += found(&scene, part(what)).await.len();
    }
    assert_eq!(paged.len(), parts, "every line is on one page");
}

#[tokio::test]
async fn a_delivery_is_opened_and_replayed() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    let services = scene.services();
    let path = webhook_path(&scene.world, &scene.admin).await;
    let headers = usecases::webhooks::Headers::keep([("User-Agent", "Lever"), ("Cookie", "canary")]);
    let body = stage_change(TOKEN, &id, 1);
    usecases::webhooks::receive_with(services, &path, headers, body.clone()).await;
    usecases::webhooks::take_in_all(services).await.unwrap();
    let page = usecases::activity::search(services, &scene.lee, part("deliveries")).await.unwrap();
    let delivery = page.rows[0].delivery.unwrap();
    let opened = async || usecases::activity::delivery(services, &scene.lee, delivery).await.unwrap();

    let waiting = opened().await;
    assert_eq!((waiting.state, waiting.event.as_str()), ("Waiting", "Candidate Stage Change"));
    assert_eq!(waiting.candidate, Some((scene.jo, "Jo Park".into())));
    assert_eq!(waiting.headers, [("user-agent".to_owned(), "Lever".to_owned())]);
    assert_eq!(waiting.body, text(&body));
    assert!(waiting.said.contains(&("Opportunity", id.clone())));
    assert!(waiting.said.contains(&("To stage", "Offer (offer)".into())), "{:?}", waiting.said);
    assert!(waiting.read.is_empty(), "Lever was not asked yet");
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    work(&scene.world).await;
    let applied = opened().await;
    assert_eq!(applied.state, "Applied");
    assert_eq!(applied.decided[1], "Status: Responded → Offer.");
    assert!(applied.read.contains(&("Stands at", "Stage Offer".into())), "{applied:?}");
    assert_eq!(scene.profile().await.history[0].delivery, None, "a recruiter may not open it");
    let profile = usecases::candidates::profile(services, &scene.lee, scene.jo).await.unwrap();
    assert_eq!(profile.history[0].delivery, Some(delivery));

    // Lever has moved on, and nobody told: a replay reads it anew.
    scene.step(Duration::from_secs(1)).await;
    scene.lever.set_stage(&id, "Recruiter screen").await.unwrap();
    usecases::activity::replay(services, &scene.lee, delivery).await.unwrap();
    assert_eq!(opened().await.state, "Waiting");
    usecases::activity::replay(services, &scene.lee, delivery).await.unwrap();
    work(&scene.world).await;
    assert_eq!((opened().await.state, scene.status().await), ("Applied", Status::Screening));
    let log = found(&scene, part("people")).await;
    assert_eq!(log[0], "Asked to apply a delivery again.");

    let elsewhere = another_organisation(&scene.world).await;
    let stranger = member_of(&scene.world, elsewhere, Role::SuperAdmin).await;
    for (actor, expected) in [(&stranger, Problem::NotFound), (&scene.ana, Problem::NotAllowed)] {
        assert_eq!(problem(usecases::activity::delivery(services, actor, delivery).await), expected);
        assert_eq!(problem(usecases::activity::replay(services, actor, delivery).await), expected);
    }
}

#[tokio::test]
async fn the_log_is_kept_for_a_while_and_bodies_for_less() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    scene.deliver(&id, 1).await;
    usecases::calls::write(scene.services()).await.unwrap();
    let days = |days: u64| Duration::from_secs(days * 24 * 60 * 60);
    let page = usecases::activity::search(scene.services(), &scene.lee, part("deliveries")).await.unwrap();
    let delivery = page.rows[0].delivery.unwrap();
    scene.world.clock.step(days(31));
    usecases::housekeeping::sweep(scene.services()).await;
    assert_eq!(found(&scene, part("calls")).await, [""; 0]);
    let opened = usecases::activity::delivery(scene.services(), &scene.lee, delivery).await.unwrap();
    assert_eq!(
        (opened.body, opened.headers, opened.kept_for.as_str()),
        (DeliveryBody::Scrubbed, Vec::new(), "30 days")
    );
    assert!(!found(&scene, part("people")).await.is_empty());
    scene.world.clock.step(days(370));
    usecases::housekeeping::sweep(scene.services()).await;
    let left = found(&scene, search()).await;
    assert!(left.iter().all(|what| !what.starts_with("Asked to import")), "{left:?}");
    let gone = usecases::activity::delivery(scene.services(), &scene.lee, delivery).await;
    assert_eq!(problem(gone), Problem::NotFound);
}

/// What a person is shown of a delivery's body.
fn text(body: &[u8]) -> DeliveryBody {
    DeliveryBody::Sent(std::str::from_utf8(body).unwrap().to_owned())
}

#[tokio::test]
async fn a_held_delivery_is_in_the_log_with_its_headers_and_why() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let id = scene.import_jo().await;
        let services = scene.services();
        let path = webhook_path(&scene.world, &scene.admin).await;
        let headers = usecases::webhooks::Headers::keep([("User-Agent", "Lever"), ("Cookie", "canary")]);
        let body = stage_change(OTHER, &id, 1);
        let receipt = usecases::webhooks::receive_with(services, &path, headers, body.clone()).await;
        assert_eq!(receipt, Receipt::NotVerified);

        let held = ActivitySearch { outcome: "held".into(), ..search() };
        let line = "Delivery Candidate Stage Change about Jo Park: held, its signature is unknown.";
        assert_eq!(found(&scene, held.clone()).await, [line]);
        assert_eq!(found(&scene, part("deliveries")).await, [line]);
        let about_jo = ActivitySearch { candidate: scene.jo.to_string(), ..part("deliveries") };
        assert_eq!(found(&scene, about_jo.clone()).await, [line]);
        for (what, outcome) in [("deliveries", "failed"), ("deliveries", "well"), ("calls", "held")] {
            let none = ActivitySearch { outcome: outcome.into(), ..part(what) };
            assert_eq!(found(&scene, none).await, [""; 0], "{what} {outcome}");
        }
        let page = usecases::activity::search(services, &scene.lee, held.clone()).await.unwrap();
        assert!(page.rows[0].held && !page.rows[0].failed);
        let delivery = page.rows[0].delivery.unwrap();
        let opened = async || usecases::activity::delivery(services, &scene.lee, delivery).await.unwrap();
        let shown = opened().await;
        assert_eq!((shown.state, shown.event.as_str()), ("Held", "Candidate Stage Change"));
        assert!(shown.decided[0].starts_with("No signing token that was here when it came"), "{shown:?}");
        assert!(shown.decided[1].starts_with("It is held until 7 Dec, "), "{shown:?}");
        assert_eq!(shown.candidate, Some((scene.jo, "Jo Park".into())));
        let lever = [("user-agent".to_owned(), "Lever".to_owned())];
        assert_eq!((shown.headers.as_slice(), shown.body), (&lever[..], text(&body)));
        assert!(shown.said.contains(&("To stage", "Offer (offer)".into())), "{:?}", shown.said);
        assert!(shown.held && !shown.can_replay && shown.read.is_empty());

        // Nobody else's, and nothing that a Recruiter may see.
        let elsewhere = another_organisation(&scene.world).await;
        let stranger = member_of(&scene.world, elsewhere, Role::SuperAdmin).await;
        let theirs = usecases::activity::search(services, &stranger, held.clone()).await.unwrap();
        assert_eq!(theirs.rows, []);
        for (actor, expected) in [(&stranger, Problem::NotFound), (&scene.ana, Problem::NotAllowed)] {
            assert_eq!(problem(usecases::activity::delivery(services, actor, delivery).await), expected);
        }

        // Its token comes: it is the same delivery, with all that was kept of it.
        usecases::integration::save_connection(services, &scene.admin, form("", OTHER)).await.unwrap();
        work(&scene.world).await;
        let applied = opened().await;
        assert_eq!((applied.state, applied.held), ("Applied", false));
        assert_eq!((applied.headers.as_slice(), applied.body), (&lever[..], text(&body)));
        assert_eq!(found(&scene, held).await, [""; 0]);
        services.store.close().await;
    }
}

#[tokio::test]
async fn what_comes_while_disconnected_is_recorded_and_nothing_more() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let id = scene.import_jo().await;
        let (services, admin) = (scene.services(), &scene.admin);
        let path = webhook_path(&scene.world, admin).await;
        // One is held when Lever is disconnected, one comes after that.
        post(&scene.world, &path, &stage_change(OTHER, &id, 1)).await;
        usecases::integration::disconnect(services, admin).await.unwrap();
        scene.world.clock.step(Duration::from_secs(1));
        let late = stage_change(TOKEN, &id, 2);
        assert_eq!(post(&scene.world, &path, &late).await, Receipt::Accepted);
        let line = "Delivery Candidate Stage Change about Jo Park: ignored, Lever was disconnected.";
        assert_eq!(found(&scene, part("deliveries")).await, [line, line]);
        let well = ActivitySearch { outcome: "well".into(), ..part("deliveries") };
        assert_eq!(found(&scene, well).await, [line, line]);
        let held = ActivitySearch { outcome: "held".into(), ..search() };
        assert_eq!(found(&scene, held.clone()).await, [""; 0]);
        let page = usecases::activity::search(services, admin, part("deliveries")).await.unwrap();
        let delivery = page.rows[0].delivery.unwrap();
        let opened = usecases::activity::delivery(services, admin, delivery).await.unwrap();
        assert_eq!((opened.state, opened.body, opened.held), ("Ignored", text(&late), false));
        assert!(opened.decided[0].starts_with("Lever was disconnected when it came"), "{:?}", opened.decided);

        // On again, with the very tokens that signed them: they stand in the log, and that is all.
        let tokens = format!("{TOKEN}\n{OTHER}");
        usecases::integration::save_connection(services, admin, form(KEY, &tokens)).await.unwrap();
        work(&scene.world).await;
        assert_eq!(found(&scene, part("deliveries")).await, [line, line]);
        assert_eq!(card(&scene.world, admin).await.held, 0);
        let receiving = usecases::integration::receiving(services, admin).await.unwrap().unwrap();
        assert!(receiving.held.is_empty());
        // After two weeks they are gone.
        scene.world.clock.step(Duration::from_secs(14 * 24 * 60 * 60 + 2));
        usecases::housekeeping::sweep(services).await;
        assert_eq!(found(&scene, part("deliveries")).await, [""; 0]);
        services.store.close().await;
    }
}

#[tokio::test]
async fn every_delivery_says_what_was_read_and_decided() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let id = scene.import_jo().await;
        let services = scene.services();
        let path = webhook_path(&scene.world, &scene.admin).await;
        scene.step(Duration::from_secs(1)).await;
        scene.lever.set_stage(&id, "Offer").await.unwrap();
        for number in 1..=3 {
            post(&scene.world, &path, &stage_change(TOKEN, &id, number)).await;
        }
        work(&scene.world).await;
        let opened = async || {
            let page = usecases::activity::search(services, &scene.lee, part("deliveries")).await.unwrap();
            let mut opened = Vec::new();
            for row in page.rows {
                let id = row.delivery.unwrap();
                opened.push(usecases::activity::delivery(services, &scene.lee, id).await.unwrap());
            }
            opened
        };
        let all = opened().await;
        assert_eq!(all.len(), 3);
        for page in &all {
            assert!(page.decided[0].contains("from Lever, for this delivery and 2 others, and"), "{page:?}");
            assert_eq!(page.decided[1], "Status: Responded → Offer.");
            assert!(page.read.contains(&("Stands at", "Stage Offer".into())), "{page:?}");
            assert!(page.read.iter().any(|(name, who)| *name == "By" && !who.is_empty()), "{page:?}");
        }

        // Read again, and nothing was new.
        scene.deliver(&id, 4).await;
        let page = opened().await.remove(0);
        assert!(page.decided[0].ends_with(": nothing changed."), "{page:?}");
        assert_eq!(page.decided[1], "Status: Offer, as before.");
        assert!(page.read.contains(&("Stands at", "Stage Offer".into())), "{page:?}");

        // Who deleted it has a name, in the log and on the page.
        let users = scene.client().users(lever::UserFilter::default()).await.unwrap();
        scene.step(Duration::from_secs(1)).await;
        scene.lever.delete(&id).await.unwrap();
        let data = json!({ "opportunityId": id, "deletedBy": users[0].id });
        post(&scene.world, &path, &delivery(TOKEN, "candidateDeleted", 5, &data)).await;
        work(&scene.world).await;
        let page = opened().await.remove(0);
        assert!(page.said.contains(&("Deleted by", users[0].name.clone())), "{page:?}");
        assert!(page.read.contains(&("Stands at", "Not found, and listed as deleted".into())), "{page:?}");
        let by = page.read.iter().find(|(name, _)| *name == "By").map(|(_, who)| who.clone()).unwrap();
        let log = usecases::activity::search(services, &scene.lee, part("statuses")).await.unwrap();
        assert_eq!(
            log.rows[0].what,
            format!("Jo Park was deleted in Lever by {by} and is no longer linked.")
        );
        assert_eq!(log.rows[0].delivery, Some(page.id));
        services.store.close().await;
    }
}

#[tokio::test]
async fn what_lever_was_asked_for_a_member_is_found_by_them() {
    let scene = scene().await;
    scene.import_jo().await;
    let services = scene.services();
    usecases::candidates::look_for_opportunities(services, &scene.lee, scene.jo).await.unwrap();
    usecases::calls::write(services).await.unwrap();
    let of = async |member: &domain::actor::Actor| {
        let search = ActivitySearch { member: member.member.to_string(), ..part("calls") };
        usecases::activity::search(services, &scene.admin, search).await.unwrap().rows
    };
    let anas = of(&scene.ana).await;
    let said: Vec<&str> = anas.iter().map(|row| row.what.as_str()).collect();
    assert!(said.contains(&"Asked Lever: create opportunity, for an import."), "{said:?}");
    assert!(anas.iter().all(|row| row.candidate == Some(scene.jo) && row.who == "CodeSignal, for Ana Ruiz"));
    let lees = of(&scene.lee).await;
    let said: Vec<&str> = lees.iter().map(|row| row.what.as_str()).collect();
    assert_eq!(said, ["Asked Lever: list opportunities, because somebody waited for the answer."]);
    assert_eq!(lees[0].candidate, Some(scene.jo));
    // Whoever set Lever up waited for the test of the key.
    assert!(
        of(&scene.admin).await.iter().any(|row| row.detail.as_deref().unwrap().starts_with("GET /stages"))
    );
}
