//! Fulcrum is killed (SIGKILL) while deliveries are being posted: each one that was
//! answered 200 is in the inbox afterwards, and was applied.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use store::Store;
use tokio::task::JoinSet;

use crate::program::until;
use crate::{NAME, Scene};

/// Who posts at the same time.
const SENDERS: usize = 16;
/// So many are acknowledged before each kill.
const BEFORE_A_KILL: usize = 200;
const KILLS: usize = 3;

/// Where deliveries are posted to, and the token that signs them.
struct Door {
    url: String,
    token: String,
}

/// What was posted, over all kills.
#[derive(Default)]
struct Posted {
    next: AtomicUsize,
    /// The tokens of those that were answered 200.
    acknowledged: Mutex<BTreeSet<String>>,
}

impl Posted {
    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_a_kill_is_applied_after_it() {
    let mut scene = Scene::set().await;
    scene.click_import().await;
    scene.imported().await;
    // Only what is posted from here tells of the change.
    let behaviour = lever_sim::Behaviour { delivery_drop: 1.0, ..scene.lever.behaviour() };
    scene.lever.set_behaviour(behaviour).await.unwrap();
    let opportunity = ours(&scene);
    scene.lever.set_stage(&opportunity, "Offer").await.unwrap();
    let door = Arc::new(door(&scene).await);

    let posted = Arc::new(Posted::default());
    for kill in 1..=KILLS {
        let mut senders = JoinSet::new();
        for _ in 0..SENDERS {
            senders.spawn(post_until_it_is_gone(door.clone(), opportunity.clone(), posted.clone()));
        }
        until("many are acknowledged", || async { (posted.count() >= kill * BEFORE_A_KILL).then_some(()) })
            .await;
        scene.fulcrum.kill().await;
        senders.join_all().await;
        scene.fulcrum.start_again().await;
    }
    let page = format!("/candidates/{}", scene.candidate);
    until("the status came", || async {
        let shown = scene.fulcrum.page(&page).await;
        shown.contains("Stage Offer").then_some(())
    })
    .await;
    scene.fulcrum.sign_in("admin@demo.example").await;
    until("nothing waits", || async {
        let health = scene.fulcrum.page("/integrations/health").await;
        let waits = ["Take in deliveries", "Apply opportunity"].iter().any(|what| health.contains(what));
        (!waits && health.contains("Nothing is running now.")).then_some(())
    })
    .await;
    assert!(scene.fulcrum.page("/candidates").await.contains(NAME));
    scene.fulcrum.kill().await;

    let store = Store::open(&scene.fulcrum.database()).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let rows = tx.all("select token, state from deliveries", store::args![]).await.unwrap();
    let applied: BTreeSet<String> = rows
        .iter()
        .filter(|row| row.get::<String>("state").unwrap() == store::deliveries::APPLIED)
        .map(|row| row.get("token").unwrap())
        .collect();
    let acknowledged = posted.acknowledged.lock().unwrap().clone();
    let lost: Vec<&String> = acknowledged.difference(&applied).collect();
    assert!(acknowledged.len() >= KILLS * BEFORE_A_KILL);
    assert!(lost.is_empty(), "{} of {} were lost: {lost:?}", lost.len(), acknowledged.len());
}

/// Lever's id of the candidate's opportunity.
fn ours(scene: &Scene) -> String {
    let found = scene.lever.opportunities().into_iter().find(|one| one["name"] == NAME).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

/// The webhook that the demo registered.
async fn door(scene: &Scene) -> Door {
    let events: Value = reqwest::get(format!("{}/_practice/events", scene.lever.base_url))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let hook = &events["events"]["candidateStageChange"]["webhooks"][0];
    let text = |key: &str| hook[key].as_str().unwrap_or_else(|| panic!("no {key}: {events}")).to_owned();
    Door { url: text("url"), token: text("signing_token") }
}

/// Posts one delivery after the other, each with a token of its own, until nobody answers.
async fn post_until_it_is_gone(door: Arc<Door>, opportunity: String, posted: Arc<Posted>) {
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    loop {
        let token = format!("{:048x}", posted.next.fetch_add(1, Ordering::Relaxed));
        let at: i64 = 1_795_465_320_000;
        let body = json!({
            "event": "candidateStageChange",
            "triggeredAt": at,
            "token": token,
            "signature": lever_sim::signature(&door.token, &token, at),
            "data": { "opportunityId": opportunity },
        });
        match client.post(&door.url).body(body.to_string()).send().await {
            Ok(answer) if answer.status().is_success() => {
                posted.acknowledged.lock().unwrap().insert(token);
            }
            // It is busy: Lever comes again, and so does the next one.
            Ok(answer) => assert_eq!(answer.status(), reqwest::StatusCode::SERVICE_UNAVAILABLE),
            Err(_) => return,
        }
    }
}
