//! Fulcrum is killed (SIGKILL) at every step of an import. Whatever the step,
//! Lever ends up with exactly one opportunity for the candidate and at most one
//! note, and the import says *imported*. And it is killed while deliveries come in.

// Helpers of tests are not themselves marked as tests, which is what clippy goes by.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod deliveries;
mod gate;
mod program;

use std::time::Duration;

use gate::{Call, Fate, Gate, Point};
use lever_sim::testing::Running;
use program::{Fulcrum, until};

const NAME: &str = "Noor Haddad";
const EMAIL: &str = "noor.haddad@people.example";

/// Fulcrum, the gate, the practice Lever, and a candidate who has answered.
struct Scene {
    fulcrum: Fulcrum,
    gate: Gate,
    lever: Running,
    candidate: String,
}

impl Scene {
    async fn set() -> Self {
        let lever = lever_sim::testing::start(lever_sim::Settings {
            // The demo connects with it.
            key: Some("practice-key".into()),
            opportunities: 3,
            ..lever_sim::Settings::default()
        })
        .await
        .unwrap();
        let gate = Gate::open(&lever.base_url).await;
        let mut fulcrum = Fulcrum::start(&gate.url).await;
        fulcrum.sign_in("admin@demo.example").await;
        fulcrum.post("connect_practice", &[]).await;

        fulcrum.sign_in("ana@demo.example").await;
        let fields = [("name", NAME), ("email", EMAIL), ("headline", ""), ("company", ""), ("location", "")];
        fulcrum.post("add_candidate", &fields).await;
        let candidate = between(&fulcrum.page("/candidates").await, "href=\"/candidates/", "\"", is_id);
        fulcrum.post("send_message", &[("candidate", &candidate), ("text", "Shall we talk?")]).await;
        let profile = fulcrum.page(&format!("/candidates/{candidate}")).await;
        let token = between(&profile, "/r/", "\"", |_| true);
        fulcrum.post("answer_reply", &[("token", &token), ("text", "Gladly.")]).await;
        Self { fulcrum, gate, lever, candidate }
    }

    async fn click_import(&self) {
        self.fulcrum.post("request_import", &[("candidate", &self.candidate)]).await;
    }

    /// Clicks, and kills Fulcrum once `call` stands at `point`.
    async fn click_and_kill(&mut self, call: Call, point: Point, fate_after: Fate) {
        let mut held = self.gate.hold(call, point);
        self.click_import().await;
        held.reached().await;
        self.fulcrum.kill().await;
        held.settle(fate_after);
    }

    async fn imported(&self) {
        until("the candidate is imported", || async {
            let page = self.fulcrum.page("/candidates").await;
            page.contains(&format!("View {NAME} in Lever")).then_some(())
        })
        .await;
    }

    /// What Lever has of the candidate: for each opportunity the number of notes.
    fn in_lever(&self) -> Vec<usize> {
        self.lever
            .opportunities()
            .iter()
            .filter(|opportunity| {
                opportunity["emails"].as_array().is_some_and(|emails| emails.iter().any(|e| e == EMAIL))
            })
            .map(|opportunity| opportunity["notes"].as_array().map_or(0, Vec::len))
            .collect()
    }

    /// Starts again and sees the import through to its end: one opportunity, at
    /// most one note, and nothing more happens afterwards.
    async fn ends_well(&mut self) {
        if !self.fulcrum.is_running() {
            self.fulcrum.start_again().await;
        }
        self.imported().await;
        until("the note is settled", || async {
            let notes = self.in_lever();
            (self.gate.count(Call::Note) > 0 || notes == [1]).then_some(())
        })
        .await;
        let notes = self.in_lever();
        assert!(notes == [1] || notes == [0], "{notes:?}");
        // A second click, and a look at what a late repeat would have done.
        self.click_import().await;
        let created = self.gate.count(Call::Create);
        self.fulcrum.kill().await;
        self.fulcrum.start_again().await;
        self.imported().await;
        assert_eq!(self.in_lever().len(), 1);
        assert_eq!(self.gate.count(Call::Create), created);
        assert!(!self.fulcrum.logged().contains("panicked"), "{}", self.fulcrum.logged());
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 36
}

/// The first text between `before` and `after` that is fit.
fn between(page: &str, before: &str, after: &str, fit: impl Fn(&str) -> bool) -> String {
    page.split(before)
        .skip(1)
        .filter_map(|rest| rest.split(after).next())
        .find(|text| fit(text))
        .unwrap_or_else(|| panic!("there is no {before}... on the page"))
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_killed() {
    let mut scene = Scene::set().await;
    scene.click_import().await;
    scene.imported().await;
    until("the note is written", || async { (scene.in_lever() == [1]).then_some(()) }).await;
    assert_eq!(scene.gate.count(Call::LookUpByEmail), 1);
    assert_eq!(scene.gate.count(Call::LookUpByMarker), 0);
    assert_eq!(scene.gate.count(Call::Create), 1);
    assert_eq!(scene.gate.count(Call::Note), 1);
    scene.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_look_up_is_answered() {
    let mut scene = Scene::set().await;
    scene.click_and_kill(Call::LookUpByEmail, Point::Received, Fate::Lose).await;
    scene.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_once_the_look_up_is_answered() {
    let mut scene = Scene::set().await;
    scene.click_and_kill(Call::LookUpByEmail, Point::Answered, Fate::Proceed).await;
    scene.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_the_create_is_received_and_never_applied() {
    let mut scene = Scene::set().await;
    scene.click_and_kill(Call::Create, Point::Received, Fate::Lose).await;
    assert!(scene.in_lever().is_empty());
    scene.ends_well().await;
    assert_eq!(scene.gate.count(Call::LookUpByMarker), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_the_create_is_received_and_applied_later() {
    let mut scene = Scene::set().await;
    // It is applied while Fulcrum is away or starting again.
    scene.click_and_kill(Call::Create, Point::Received, Fate::Proceed).await;
    scene.ends_well().await;
    assert_eq!(scene.gate.count(Call::Create), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_the_create_is_applied_and_not_answered() {
    let mut scene = Scene::set().await;
    scene.click_and_kill(Call::Create, Point::Applied, Fate::Lose).await;
    assert_eq!(scene.in_lever().len(), 1);
    scene.ends_well().await;
    assert_eq!(scene.gate.count(Call::Create), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_the_create_is_applied_and_lists_lag_behind() {
    let mut scene = Scene::set().await;
    let behaviour = lever_sim::Behaviour { list_lag_ms: 600, ..scene.lever.behaviour() };
    scene.lever.set_behaviour(behaviour).await.unwrap();
    scene.click_and_kill(Call::Create, Point::Applied, Fate::Lose).await;
    scene.ends_well().await;
    assert_eq!(scene.gate.count(Call::Create), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_right_after_the_create_is_answered() {
    // The answer is on its way: the end may come before, within or after the
    // transaction that writes it down.
    for pause in [0, 1, 3, 8] {
        let mut scene = Scene::set().await;
        let mut held = scene.gate.hold(Call::Create, Point::Answered);
        scene.click_import().await;
        held.reached().await;
        tokio::time::sleep(Duration::from_millis(pause)).await;
        scene.fulcrum.kill().await;
        scene.ends_well().await;
        assert_eq!(scene.gate.count(Call::Create), 1, "killed after {pause} ms");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_again_while_looking_before_a_repeat() {
    for (point, applied) in
        [(Point::Received, true), (Point::Answered, true), (Point::Received, false), (Point::Answered, false)]
    {
        let mut scene = Scene::set().await;
        let at_create = if applied { Point::Applied } else { Point::Received };
        scene.click_and_kill(Call::Create, at_create, Fate::Lose).await;
        let mut held = scene.gate.hold(Call::LookUpByMarker, point);
        scene.fulcrum.start_again().await;
        held.reached().await;
        scene.fulcrum.kill().await;
        held.settle(Fate::Lose);
        scene.ends_well().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_the_repeat_is_applied_and_not_answered() {
    let mut scene = Scene::set().await;
    scene.click_and_kill(Call::Create, Point::Received, Fate::Lose).await;
    let mut held = scene.gate.hold(Call::Create, Point::Applied);
    scene.fulcrum.start_again().await;
    held.reached().await;
    scene.fulcrum.kill().await;
    held.settle(Fate::Lose);
    assert_eq!(scene.in_lever().len(), 1);
    scene.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_during_the_note() {
    for (point, fate) in [
        (Point::Received, Fate::Lose),
        (Point::Received, Fate::Proceed),
        (Point::Applied, Fate::Lose),
        (Point::Answered, Fate::Proceed),
    ] {
        let mut scene = Scene::set().await;
        scene.click_and_kill(Call::Note, point, fate).await;
        scene.ends_well().await;
        assert_eq!(scene.gate.count(Call::Create), 1, "{point:?}, {fate:?}");
        // A lost note is better than two.
        assert_eq!(scene.gate.count(Call::Note), 1, "{point:?}, {fate:?}");
    }
}
