//! Webhooks that are registered, rotated and removed through Lever's API: however it
//! ends, Lever has at most one of ours for an event, and we know its token.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::actor::Actor;
use domain::connection::{ConnectionState, LeverEvent};
use domain::problem::Problem;
use lever::{BaseUrl, Transport};
use lever_sim::testing::Running;
use lever_sim::{Fault, FaultKind, TokenMode, When};
use serde_json::{Value, json};
use store::testing::Fresh;
use store::webhook_removals::{ASKED, FAILED, REMOVED, Removal};
use usecases::integration::RunsAsked;
use usecases::webhooks::Receipt;
use usecases::{LeverAccess, integration};

use crate::lever_world::*;
use crate::support::{World, settings, world_on};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// A connected organisation whose webhooks we registered, at a Lever where
/// each has a token of its own.
struct Registered {
    lever: Running,
    world: World,
    admin: Actor,
    path: String,
}

impl Registered {
    async fn on(fresh: Fresh) -> Self {
        let settings_of_lever = lever_sim::Settings {
            key: Some(KEY.into()),
            tokens: TokenMode::PerWebhook,
            // Nobody listens at our address: that a Verify fails is not what is told here.
            behaviour: lever_sim::Behaviour { verify_connection_refuses: false, ..Default::default() },
            ..lever_sim::Settings::default()
        };
        let lever = lever_sim::testing::start(settings_of_lever).await.unwrap();
        let transport = Transport::new(Duration::from_secs(2)).unwrap();
        let base_url = BaseUrl::parse_override(&lever.api_url).unwrap();
        let world = world_on(fresh, settings(), LeverAccess::new(transport, Some(base_url), None));
        let admin = connected(&world).await;
        integration::register_webhooks(&world.services, &admin).await.unwrap();
        let path = webhook_path(&world, &admin).await;
        let registered = Self { lever, world, admin, path };
        registered.later(HOUR).await;
        registered
    }

    async fn new() -> Self {
        Self::on(store::testing::sqlite().await).await
    }

    /// Time passes, and what is due is done.
    async fn later(&self, by: Duration) {
        self.world.clock.step(by);
        work(&self.world).await;
    }

    /// The webhooks that Lever has for each event: id and token.
    async fn in_lever(&self) -> BTreeMap<&'static str, Vec<(String, String)>> {
        let events = practice(&self.lever, "GET", "events", &json!({})).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        LeverEvent::FOLLOWED
            .into_iter()
            .map(|event| {
                let hooks = events["events"][event.code()]["webhooks"].as_array().unwrap();
                let hooks = hooks.iter().map(|hook| (text(&hook["id"]), text(&hook["signing_token"])));
                (event.code(), hooks.collect())
            })
            .collect()
    }

    async fn tokens(&self) -> Vec<String> {
        let one = |(event, hooks): (&str, Vec<(String, String)>)| {
            assert_eq!(hooks.len(), 1, "one webhook of {event}");
            hooks[0].1.clone()
        };
        self.in_lever().await.into_iter().map(one).collect()
    }

    /// What Lever signs now is accepted, whichever event it is.
    async fn all_verify(&self, number: u64) {
        for (place, (event, hooks)) in (0..).zip(self.in_lever().await) {
            let data = json!({ "opportunityId": "o-1" });
            let body = delivery(&hooks[0].1, event, number * 10 + place, &data);
            assert_eq!(post(&self.world, &self.path, &body).await, Receipt::Accepted, "{event}");
        }
    }

    async fn rotate(&self, event: Option<LeverEvent>) -> usecases::Result<()> {
        integration::rotate_webhooks(&self.world.services, &self.admin, event).await
    }

    async fn fault(&self, endpoint: &str, kind: FaultKind, times: u32) {
        self.lever.set_faults(vec![Fault::new(endpoint, kind, When::Count(times))]).await.unwrap();
    }

    async fn removal(&self) -> Option<Removal> {
        let mut tx = self.world.services.store.read().await.unwrap();
        let connection =
            store::connections::find(&mut tx, self.admin.organisation).await.unwrap().unwrap().id;
        store::webhook_removals::find(&mut tx, self.admin.organisation, connection).await.unwrap()
    }

    async fn removal_text(&self) -> String {
        let shown = integration::receiving(&self.world.services, &self.admin).await.unwrap().unwrap();
        shown.removal.unwrap()
    }

    async fn disconnect(&self) {
        integration::disconnect(&self.world.services, &self.admin).await.unwrap();
    }
}

#[tokio::test]
async fn rotating_gives_each_its_own_new_token_and_the_old_one_lasts_a_day() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = Registered::on(fresh).await;
        let before = scene.in_lever().await;
        scene.all_verify(1).await;
        scene.rotate(None).await.unwrap();
        let after = scene.in_lever().await;
        for event in LeverEvent::FOLLOWED.map(LeverEvent::code) {
            assert_eq!(after[event].len(), 1);
            assert_ne!(after[event][0], before[event][0]);
        }
        scene.all_verify(2).await;
        let shown = integration::receiving(&scene.world.services, &scene.admin).await.unwrap().unwrap();
        assert!(shown.events.iter().all(|event| event.rotates));
        let of_hired: Vec<bool> = shown
            .tokens
            .iter()
            .filter(|token| token.signs == "Candidate Hired")
            .map(|token| token.until.is_some())
            .collect();
        assert_eq!(of_hired, [true, false], "the old one says until when");
        // What Lever was sending again is signed with the old one.
        let old = &before["candidateHired"][0].1;
        let late = |number| delivery(old, "candidateHired", number, &json!({ "opportunityId": "o-1" }));
        assert_eq!(post(&scene.world, &scene.path, &late(301)).await, Receipt::Accepted);
        scene.later(24 * HOUR).await;
        assert_eq!(post(&scene.world, &scene.path, &late(302)).await, Receipt::NotVerified);
        scene.all_verify(4).await;
        scene.world.services.store.close().await;
    }
}

#[tokio::test]
async fn new_tokens_start_a_reconciliation_however_they_came() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = Registered::on(fresh).await;
        let (services, admin) = (&scene.world.services, &scene.admin);
        let runs = async || integration::runs(services, admin, RunsAsked::default()).await.unwrap().runs.rows;
        let before = runs().await.len();
        assert_eq!(runs().await[0].why, "Asked for, in full");
        let waits = async || {
            let queued = queued(&scene.world, admin).await;
            queued.iter().filter(|key| key.starts_with("reconcile:")).count()
        };
        assert_eq!(waits().await, 0);
        scene.rotate(None).await.unwrap();
        assert_eq!(waits().await, 1, "one for all of them");
        scene.later(HOUR).await;
        assert_eq!(runs().await.len(), before + 1);

        // Registered anew, because one is gone in Lever.
        let hooks = scene.in_lever().await;
        let lost = &hooks[LeverEvent::ALL[0].code()][0].0;
        let base = BaseUrl::parse_override(&scene.lever.api_url).unwrap();
        services.lever.client(&base, KEY.into()).delete_webhook(lost).await.unwrap();
        integration::register_webhooks(services, admin).await.unwrap();
        assert_eq!(waits().await, 1);
        services.store.close().await;
    }
}

#[tokio::test]
async fn one_alone_can_be_rotated_and_only_what_we_registered() {
    let scene = Registered::new().await;
    let before = scene.in_lever().await;
    scene.rotate(Some(LeverEvent::StageChange)).await.unwrap();
    let after = scene.in_lever().await;
    for event in LeverEvent::FOLLOWED {
        let same = after[event.code()] == before[event.code()];
        assert_eq!(same, event != LeverEvent::StageChange, "{event:?}");
    }
    let log = usecases::activity::list(&scene.world.services, &scene.admin, None).await.unwrap();
    let expected = "Rotated the signing token of Candidate Stage Change in Lever";
    assert!(log.rows.iter().any(|row| row.what == expected));

    // Nothing of ours is there: nothing to rotate.
    scene.disconnect().await;
    assert_eq!(refused(scene.rotate(None).await), Problem::NotConnected);
    integration::save_connection(&scene.world.services, &scene.admin, form(KEY, TOKEN)).await.unwrap();
    assert_eq!(refused(scene.rotate(None).await), Problem::NotFound);
    let lead = crate::support::member(&scene.world, domain::actor::Role::Admin).await;
    let rotated = integration::rotate_webhooks(&scene.world.services, &lead, None).await;
    assert_eq!(refused(rotated), Problem::NotAllowed);
}

/// However making one ends, the webhook that is known stays until there is another.
#[tokio::test]
async fn an_ambiguous_end_leaves_the_known_one_and_nothing_else() {
    for kind in
        [FaultKind::DropAfter, FaultKind::DropMidBody, FaultKind::AppliedThenError, FaultKind::DropBefore]
    {
        let scene = Registered::new().await;
        let before = scene.tokens().await;
        scene.fault("webhooks.create", kind.clone(), 1).await;
        assert!(scene.rotate(Some(LeverEvent::Hired)).await.is_err(), "{kind:?}");
        assert_eq!(scene.tokens().await, before, "{kind:?}: what was made and lost is gone again");
        scene.all_verify(1).await;
        // It was looked at, so the next press need not wait.
        scene.rotate(Some(LeverEvent::Hired)).await.unwrap();
        assert_ne!(scene.tokens().await, before);
        scene.all_verify(2).await;
        scene.later(HOUR).await;
        scene.all_verify(3).await;
    }
}

#[tokio::test]
async fn what_nobody_could_look_at_is_removed_later() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = Registered::on(fresh).await;
        let before = scene.in_lever().await;
        // The answer is lost, and then Lever cannot be asked at all.
        scene
            .lever
            .set_faults(vec![
                Fault::new("webhooks.create", FaultKind::DropAfter, When::Count(1)),
                // The first list is the look before.
                Fault::new("webhooks.list", FaultKind::DropBefore, When::Schedule(vec![2, 3, 4, 5])),
            ])
            .await
            .unwrap();
        assert!(scene.rotate(Some(LeverEvent::Hired)).await.is_err());
        assert_eq!(scene.in_lever().await["candidateHired"].len(), 2, "one is lost");
        // Nobody begins another while the first may still be on its way.
        scene.lever.set_faults(vec![]).await.unwrap();
        assert_eq!(refused(scene.rotate(Some(LeverEvent::Hired)).await), Problem::ChangedMeanwhile);
        scene.later(HOUR).await;
        assert_eq!(scene.in_lever().await, before);
        scene.rotate(Some(LeverEvent::Hired)).await.unwrap();
        scene.all_verify(1).await;
        scene.world.services.store.close().await;
    }
}

#[tokio::test]
async fn an_old_one_that_could_not_be_removed_goes_later() {
    let scene = Registered::new().await;
    scene.fault("webhooks.delete", FaultKind::InternalError, 9).await;
    scene.rotate(Some(LeverEvent::Hired)).await.unwrap();
    assert_eq!(scene.in_lever().await["candidateHired"].len(), 2);
    scene.lever.set_faults(vec![]).await.unwrap();
    scene.later(HOUR).await;
    scene.all_verify(1).await;
    assert_eq!(scene.tokens().await.len(), 4);
}

#[tokio::test]
async fn two_who_press_at_once_leave_one_webhook() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = Registered::on(fresh).await;
        let (one, two) = tokio::join!(scene.rotate(None), scene.rotate(None));
        assert!(one.is_ok() || two.is_ok(), "{one:?} {two:?}");
        scene.later(HOUR).await;
        assert_eq!(scene.tokens().await.len(), 4);
        scene.all_verify(1).await;
        scene.world.services.store.close().await;
    }
}

#[tokio::test]
async fn switching_off_removes_what_we_registered_and_forgets_the_key_with_it() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = Registered::on(fresh).await;
        // What a person made in Lever, or another installation, is none of ours.
        let base_url = BaseUrl::parse_override(&scene.lever.api_url).unwrap();
        let client = scene.world.services.lever.client(&base_url, KEY.into());
        let theirs = "https://elsewhere.example/webhooks/lever/x";
        let event = lever::webhook::Event::from_name("candidateHired");
        let kept = client.create_webhook(theirs, &event, false).await.unwrap().id;

        scene.disconnect().await;
        assert_eq!(scene.removal().await.unwrap().state, ASKED);
        assert!(scene.removal_text().await.contains("are being removed"));
        work(&scene.world).await;
        let left = scene.in_lever().await;
        assert_eq!(left["candidateHired"].iter().map(|hook| &hook.0).collect::<Vec<_>>(), [&kept]);
        assert!(left["candidateStageChange"].is_empty() && left["candidateArchiveChange"].is_empty());
        let removal = scene.removal().await.unwrap();
        assert_eq!((removal.state.as_str(), removal.key_sealed), (REMOVED, None));
        assert!(scene.removal_text().await.contains("were removed from Lever"));

        // Connected again: nothing is registered unless somebody asks.
        integration::save_connection(&scene.world.services, &scene.admin, form(KEY, TOKEN)).await.unwrap();
        scene.later(HOUR).await;
        assert!(scene.in_lever().await["candidateStageChange"].is_empty());
        let shown = integration::receiving(&scene.world.services, &scene.admin).await.unwrap().unwrap();
        assert_eq!(shown.removal, None);
        integration::register_webhooks(&scene.world.services, &scene.admin).await.unwrap();
        scene.later(HOUR).await;
        let after = scene.in_lever().await;
        assert_eq!((after["candidateStageChange"].len(), after["candidateHired"].len()), (1, 2));
        scene.world.services.store.close().await;
    }
}

#[tokio::test]
async fn webhooks_made_by_hand_need_no_key_to_be_kept() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    integration::disconnect(&world.services, &admin).await.unwrap();
    let shown = integration::receiving(&world.services, &admin).await.unwrap().unwrap();
    assert_eq!(shown.removal, None);
    lever.forget_received();
    work(&world).await;
    assert!(lever.received().is_empty(), "nothing is asked of Lever any more");
}

#[tokio::test]
async fn a_lever_that_is_away_is_asked_again_until_the_webhooks_are_gone() {
    let scene = Registered::new().await;
    scene.fault("*", FaultKind::Unavailable, 1_000).await;
    scene.disconnect().await;
    // Fewer failures than make the client rest, which it does by the machine's clock.
    for _ in 0..6 {
        scene.later(Duration::from_secs(600)).await;
    }
    assert_eq!(scene.removal().await.unwrap().state, ASKED, "an hour is no reason to give up");
    scene.lever.set_faults(vec![]).await.unwrap();
    scene.later(Duration::from_secs(600)).await;
    assert_eq!(scene.removal().await.unwrap().state, REMOVED);
    assert!(scene.in_lever().await.values().all(Vec::is_empty));
}

#[tokio::test]
async fn a_key_that_is_revoked_or_a_day_that_is_over_ends_it_and_the_key_is_forgotten() {
    let scene = Registered::new().await;
    scene.fault("webhooks.list", FaultKind::KeyRejected, 1).await;
    scene.disconnect().await;
    work(&scene.world).await;
    let removal = scene.removal().await.unwrap();
    assert_eq!((removal.state.as_str(), removal.key_sealed), (FAILED, None));
    assert!(scene.removal_text().await.contains("could not be removed"));
    assert_eq!(card(&scene.world, &scene.admin).await.state, ConnectionState::Disconnected);

    let scene = Registered::new().await;
    scene.fault("*", FaultKind::Unavailable, 10_000).await;
    scene.disconnect().await;
    for _ in 0..25 {
        scene.later(HOUR).await;
    }
    let removal = scene.removal().await.unwrap();
    assert_eq!((removal.state.as_str(), removal.key_sealed), (FAILED, None));
}

#[tokio::test]
async fn registering_again_before_the_old_ones_are_gone_keeps_the_new_ones() {
    let scene = Registered::new().await;
    let before = scene.in_lever().await;
    scene.disconnect().await;
    // The job has not run yet.
    integration::save_connection(&scene.world.services, &scene.admin, form(KEY, TOKEN)).await.unwrap();
    integration::register_webhooks(&scene.world.services, &scene.admin).await.unwrap();
    scene.later(HOUR).await;
    let after = scene.in_lever().await;
    for event in LeverEvent::FOLLOWED.map(LeverEvent::code) {
        assert_eq!(after[event].len(), 1, "{event}");
        assert_ne!(after[event], before[event]);
    }
    scene.all_verify(1).await;
    assert_eq!(scene.removal().await.unwrap().state, REMOVED);
}
