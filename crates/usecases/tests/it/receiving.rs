//! Receiving that explains itself: what is held and why, which tokens are accepted
//! until when, what was heard last, and what grows old.

use std::time::Duration;

use domain::actor::{Actor, Role};
use domain::attention::AttentionKind;
use domain::connection::{ConnectionState, LeverEvent};
use domain::delivery_settings::{Afterwards, Bodies, BodiesKept};
use domain::problem::{Field, FieldProblem, Problem};
use domain::view::{AttentionRow, Mend, Receiving};
use secrecy::SecretString;
use serde_json::json;
use store::testing::Fresh;
use usecases::webhooks::Receipt;
use usecases::{LeverAccess, housekeeping, integration, webhooks};

use crate::lever_world::*;
use crate::support::{World, candidate, member, settings, world, world_on};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn receiving(world: &World, actor: &Actor) -> Receiving {
    integration::receiving(&world.services, actor).await.unwrap().unwrap()
}

async fn held(world: &World, actor: &Actor) -> Vec<(String, u32, u32)> {
    let of = |held: domain::view::HeldEvent| (held.event, held.count, held.refused);
    receiving(world, actor).await.held.into_iter().map(of).collect()
}

async fn asked_about(world: &World, actor: &Actor, kind: AttentionKind) -> Vec<AttentionRow> {
    let page = usecases::attention::list(&world.services, actor, "").await.unwrap();
    page.items.rows.into_iter().filter(|row| row.kind == kind).collect()
}

fn event(token: &str, event: &str, number: u64) -> Vec<u8> {
    delivery(token, event, number, &json!({ "opportunityId": "o-1" }))
}

async fn world_at_on(fresh: Fresh, lever: &lever_sim::testing::Running) -> World {
    let transport = lever::Transport::new(settings().timing.lever_deadline).unwrap();
    let base_url = lever::BaseUrl::parse_override(&lever.api_url).unwrap();
    world_on(fresh, settings(), LeverAccess::new(transport, Some(base_url), None))
}

#[tokio::test]
async fn what_is_held_says_which_token_is_missing_and_takes_it_right_there() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let lever = lever().await;
        let world = world_at_on(fresh, &lever).await;
        let admin = connected(&world).await;
        work(&world).await;
        let path = webhook_path(&world, &admin).await;
        for number in 1..=14 {
            let answer = post(&world, &path, &event(OTHER, "candidateHired", number)).await;
            assert_eq!(answer, Receipt::NotVerified);
        }
        post(&world, &path, &event(THIRD, "candidateDeleted", 15)).await;
        for (number, made_up) in [(16, "<b>"), (17, "another")] {
            post(&world, &path, &event(THIRD, made_up, number)).await;
        }
        let shown = receiving(&world, &admin).await;
        let texts: Vec<String> = shown.held.iter().map(domain::view::HeldEvent::text).collect();
        assert_eq!(
            texts,
            [
                "14 deliveries of Candidate Hired were signed with another token.",
                "1 delivery of Candidate Deleted was signed with another token.",
                "2 deliveries of other events were signed with another token.",
            ]
        );
        assert_eq!(shown.held[0].since.text, "20:22");
        let asked = asked_about(&world, &admin, AttentionKind::UnknownToken).await;
        assert_eq!(asked.len(), 2, "nobody is asked about events that a stranger makes up");
        let hired = asked.iter().find(|row| row.title.starts_with("Candidate Hired")).unwrap();
        assert!(hired.reason.starts_with("14 deliveries of Candidate Hired"), "{}", hired.reason);
        assert!(hired.reason.contains("paste the token of the Candidate Hired webhook"), "{}", hired.reason);
        assert_eq!(hired.mend, Some(Mend::Paste { label: "Signing token of Candidate Hired".into() }));
        let mend = card(&world, &admin).await.mend;
        assert_eq!(mend.as_deref(), Some("/integrations/receiving"));
        assert!(shown.held.iter().map(|held| held.followed).eq([true, true, false]));

        let pasted = SecretString::from(format!(" {OTHER} \n"));
        integration::save_tokens(&world.services, &admin, &pasted).await.unwrap();
        work(&world).await;
        let held = held(&world, &admin).await;
        let other = [("Candidate Deleted".to_owned(), 1, 0), ("other events".to_owned(), 2, 0)];
        assert_eq!(held, other);
        let asked = asked_about(&world, &admin, AttentionKind::UnknownToken).await;
        assert_eq!(asked.len(), 1);
        assert!(asked[0].title.starts_with("Candidate Deleted"));
        let heard = receiving(&world, &admin).await.events;
        assert_eq!(heard[0].heard, "last real event just now");
        assert_eq!(heard[1].heard, "no real event yet");
        assert_eq!(heard[0].signed_by.as_ref().unwrap().ends_in, "9988");
        assert_eq!(heard[1].signed_by, None, "what signs it shows when it is heard of");
        let beats: Vec<String> =
            card(&world, &admin).await.lights.iter().map(domain::view::LightView::text).collect();
        assert_eq!(beats[0], "Candidate Hired: last real event just now");
        assert_eq!(beats[1], "Candidate Stage Change: waiting", "a light keeps its words until then");
        world.services.store.close().await;
    }
}

#[tokio::test]
async fn what_is_pasted_beside_the_held_is_checked_like_in_the_wizard() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let save = async |actor: &Actor, text: &str| {
        integration::save_tokens(&world.services, actor, &SecretString::from(text)).await
    };
    assert_eq!(refused(save(&admin, TOKEN).await), Problem::NotConnected);
    let admin = connected(&world).await;
    let lead = member(&world, Role::Admin).await;
    assert_eq!(refused(save(&lead, OTHER).await), Problem::NotAllowed);
    let missing = Problem::field(FieldProblem::Missing(Field::SigningToken));
    assert_eq!(refused(save(&admin, " \n ").await), missing);
    assert_eq!(refused(save(&admin, KEY).await), Problem::field(FieldProblem::TokenIsTheKey));
    assert_eq!(receiving(&world, &admin).await.tokens.len(), 1);
    // The right one among wrong ones is kept.
    assert_eq!(
        refused(save(&admin, &format!("{KEY}\n{OTHER}")).await),
        Problem::field(FieldProblem::TokenIsTheKey)
    );
    assert_eq!(receiving(&world, &admin).await.tokens.len(), 2);
    assert!(queued(&world, &admin).await.iter().any(|key| key.starts_with("quarantine:")));
    let read = receiving(&world, &lead).await;
    assert!(read.tokens.is_empty(), "not for those who cannot change them");
    assert_eq!((read.bodies, read.events[0].signed_by.as_ref()), (None, None));
    assert_eq!(receiving(&world, &admin).await.bodies, Some(Bodies::default()));
    let recruiter = member(&world, Role::Recruiter).await;
    let refusal = integration::receiving(&world.services, &recruiter).await;
    assert_eq!(refused(refusal), Problem::NotAllowed);
}

#[tokio::test]
async fn a_token_in_the_field_of_the_key_is_recognised() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    let path = webhook_path(&world, &admin).await;
    let is_a_token = Problem::field(FieldProblem::KeyIsAToken);
    let environment = domain::connection::Environment::Operator;
    let check = async |text: &str| {
        let pasted = SecretString::from(text);
        integration::check_key(&world.services, &admin, environment, pasted).await
    };
    // It has signed nothing yet: Lever says that it is no key.
    assert_eq!(refused(check(TOKEN).await), is_a_token);
    post(&world, &path, &verify(TOKEN, LeverEvent::Hired, 1)).await;
    lever.forget_received();
    assert_eq!(refused(check(&format!(" {TOKEN}")).await), is_a_token);
    let saved = integration::save_connection(&world.services, &admin, form(TOKEN, "")).await;
    assert_eq!(refused(saved), is_a_token);
    assert!(lever.received().is_empty(), "a token that signs is not sent as a key");
    // Nothing was lost by it.
    let step = connect_step(&world, &admin).await;
    assert_eq!((step.key.unwrap().ends_in.as_str(), step.tokens.len()), ("1a2b", 1));
    assert_eq!(post(&world, &path, &stage_change(TOKEN, "o-1", 2)).await, Receipt::Accepted);
    assert_eq!(refused(check("no-such-key").await), Problem::field(FieldProblem::KeyRejected));
}

#[tokio::test]
async fn what_finds_the_quarantine_full_is_counted_and_asked_about() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    work(&world).await;
    let path = webhook_path(&world, &admin).await;
    let filler = "x".repeat(60_000);
    for number in 1..=72 {
        let data = json!({ "opportunityId": "o-1", "filler": filler });
        post(&world, &path, &delivery(THIRD, "made up", number, &data)).await;
    }
    let late = delivery(OTHER, "candidateHired", 100, &json!({ "opportunityId": "o-1", "filler": filler }));
    assert_eq!(post(&world, &path, &late).await, Receipt::NotVerified);
    let expected = [("Candidate Hired".to_owned(), 0, 1), ("other events".to_owned(), 69, 3)];
    assert_eq!(held(&world, &admin).await, expected);
    let asked = asked_about(&world, &admin, AttentionKind::UnknownToken).await;
    assert!(asked[0].reason.contains("1 delivery found no room"), "{}", asked[0].reason);

    // Once a token is here, a reconciliation makes up for it.
    integration::save_tokens(&world.services, &admin, &SecretString::from(OTHER)).await.unwrap();
    assert!(queued(&world, &admin).await.iter().any(|key| key.starts_with("reconcile:")));
    work(&world).await;
    assert_eq!(held(&world, &admin).await, [("other events".to_owned(), 69, 0)]);
    assert!(asked_about(&world, &admin, AttentionKind::UnknownToken).await.is_empty());
}

#[tokio::test]
async fn what_was_held_for_two_weeks_goes_with_its_item() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let lever = lever().await;
        let world = world_at_on(fresh, &lever).await;
        let admin = connected(&world).await;
        let path = webhook_path(&world, &admin).await;
        post(&world, &path, &event(OTHER, "candidateHired", 1)).await;
        world.clock.step(DAY * 14);
        post(&world, &path, &event(OTHER, "candidateStageChange", 2)).await;
        housekeeping::sweep(&world.services).await;
        assert_eq!(held(&world, &admin).await.len(), 2, "two weeks are not over");
        world.clock.step(Duration::from_millis(1));
        let mut news = world.services.changes.listen();
        housekeeping::sweep(&world.services).await;
        assert_eq!(held(&world, &admin).await, [("Candidate Stage Change".to_owned(), 1, 0)]);
        let asked = asked_about(&world, &admin, AttentionKind::UnknownToken).await;
        assert_eq!(asked.len(), 1);
        assert!(news.try_recv().is_ok(), "open screens are told");
        world.services.store.close().await;
    }
}

#[tokio::test]
async fn a_token_is_replaced_once_the_newer_one_signs_the_same() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    let path = webhook_path(&world, &admin).await;
    assert_eq!(post(&world, &path, &event(TOKEN, "candidateHired", 1)).await, Receipt::Accepted);
    world.clock.step(Duration::from_secs(60));
    integration::save_tokens(&world.services, &admin, &SecretString::from(OTHER)).await.unwrap();
    let until = async || {
        let tokens = receiving(&world, &admin).await.tokens;
        tokens.into_iter().map(|token| (token.ends_in, token.signs, token.until)).collect::<Vec<_>>()
    };
    let unused = "has signed nothing yet".to_owned();
    assert_eq!(
        until().await,
        [("6677".to_owned(), "Candidate Hired".to_owned(), None), ("9988".to_owned(), unused, None)]
    );
    // Only what it signs shows what it is for.
    assert_eq!(post(&world, &path, &event(OTHER, "candidateHired", 2)).await, Receipt::Accepted);
    let shown = until().await;
    assert_eq!(shown[0].2.as_ref().unwrap().text, "24 Nov, 20:23");
    assert_eq!(shown[1].2, None);
    assert_eq!(post(&world, &path, &event(TOKEN, "candidateHired", 3)).await, Receipt::Accepted);
    world.clock.step(DAY);
    assert_eq!(post(&world, &path, &event(TOKEN, "candidateHired", 4)).await, Receipt::NotVerified);
    housekeeping::sweep(&world.services).await;
    assert_eq!(until().await.len(), 1);
}

/// A connected organisation with so many people on their way in Lever.
async fn with_active(world: &World, active: u32) -> (Actor, String) {
    let admin = connected(world).await;
    for number in 0..active {
        let who = candidate(world, &admin, &format!("Jo {number}")).await;
        link(world, &admin, who, &format!("o-{number}"), "lead-new", false).await;
    }
    let path = webhook_path(world, &admin).await;
    (admin, path)
}

#[tokio::test]
async fn six_silent_days_with_people_on_their_way_are_asked_about_until_the_next_event() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let lever = lever().await;
        let world = world_at_on(fresh, &lever).await;
        let (admin, path) = with_active(&world, 14).await;
        let asked = async || asked_about(&world, &admin, AttentionKind::SilentWebhooks).await;
        post(&world, &path, &event(TOKEN, "candidateHired", 1)).await;
        world.clock.step(DAY * 6 - Duration::from_millis(1));
        housekeeping::sweep(&world.services).await;
        assert!(asked().await.is_empty());
        world.clock.step(Duration::from_millis(1));
        housekeeping::sweep(&world.services).await;
        let items = asked().await;
        assert_eq!(items.len(), 1);
        assert_eq!(items[0].title, "No event from Lever for 6 days");
        assert!(items[0].reason.starts_with("14 people are on their way"), "{}", items[0].reason);
        assert_eq!(receiving(&world, &admin).await.events[0].heard, "last real event 6 days ago");
        // It stays one item, and knows better as time goes on.
        world.clock.step(DAY);
        housekeeping::sweep(&world.services).await;
        let items = asked().await;
        assert_eq!((items.len(), items[0].title.as_str()), (1, "No event from Lever for 7 days"));

        // What does not verify is not from Lever.
        post(&world, &path, &event(OTHER, "candidateHired", 2)).await;
        assert_eq!(asked().await.len(), 1);
        let mut news = world.services.changes.listen();
        post(&world, &path, &event(TOKEN, "candidateStageChange", 3)).await;
        assert!(asked().await.is_empty());
        let told = news.recv().await.unwrap();
        assert_eq!(told.change, domain::event::Change::Attention);
        housekeeping::sweep(&world.services).await;
        assert!(asked().await.is_empty());
        world.services.store.close().await;
    }
}

#[tokio::test]
async fn silence_is_no_matter_where_nothing_can_happen() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let (admin, _) = with_active(&world, 2).await;
    let asked = async || asked_about(&world, &admin, AttentionKind::SilentWebhooks).await.len();
    world.clock.step(DAY * 30);
    housekeeping::sweep(&world.services).await;
    assert_eq!(asked().await, 0, "two people may well stand still for a week");
    for number in 2..4 {
        let who = candidate(&world, &admin, &format!("Jo {number}")).await;
        link(&world, &admin, who, &format!("o-{number}"), "lead-new", false).await;
    }
    housekeeping::sweep(&world.services).await;
    assert_eq!(asked().await, 1);
    // Whoever leaves the pipeline takes the question along.
    let mut tx = world.services.store.begin().await.unwrap();
    for number in 0..4 {
        let id = format!("o-{number}");
        store::opportunities::unlink(&mut tx, admin.organisation, &id, world.services.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    housekeeping::sweep(&world.services).await;
    assert_eq!(asked().await, 0);
}

#[tokio::test]
async fn a_verify_and_switching_off_answer_the_question_too() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let (admin, path) = with_active(&world, 3).await;
    let asked = async || asked_about(&world, &admin, AttentionKind::SilentWebhooks).await.len();
    world.clock.step(DAY * 7);
    housekeeping::sweep(&world.services).await;
    assert_eq!(asked().await, 1);
    post(&world, &path, &verify(TOKEN, LeverEvent::Hired, 1)).await;
    housekeeping::sweep(&world.services).await;
    assert_eq!(asked().await, 0, "Lever reaches us");
    world.clock.step(DAY * 7);
    housekeeping::sweep(&world.services).await;
    assert_eq!(asked().await, 1);
    integration::disconnect(&world.services, &admin).await.unwrap();
    assert_eq!(asked().await, 0);
    housekeeping::sweep(&world.services).await;
    assert_eq!(asked().await, 0);
    assert_eq!(card(&world, &admin).await.state, ConnectionState::Disconnected);
}

/// How many bytes of body each delivery has, in the order they came.
async fn bytes_kept(world: &World, admin: &Actor) -> Vec<i64> {
    let mut tx = world.services.store.read().await.unwrap();
    let rows = tx
        .all(
            "select cast(length(body) as bigint) as bytes from deliveries
             where organisation_id = $1 order by received_at, id",
            store::args![admin.organisation],
        )
        .await
        .unwrap();
    rows.iter().map(|row| row.get("bytes").unwrap()).collect()
}

#[tokio::test]
async fn bodies_are_kept_as_long_as_the_organisation_says() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let lever = lever().await;
        let world = world_at_on(fresh, &lever).await;
        let (admin, path) = with_active(&world, 1).await;
        assert_eq!(webhooks::bodies_kept(&world.services, &admin).await.unwrap(), Bodies::default());
        post(&world, &path, &event(TOKEN, "candidateHired", 1)).await;
        world.clock.step(DAY * 8);
        post(&world, &path, &event(TOKEN, "candidateHired", 2)).await;
        let kept = async || {
            housekeeping::sweep(&world.services).await;
            bytes_kept(&world, &admin).await.iter().map(|bytes| *bytes > 0).collect::<Vec<_>>()
        };
        assert_eq!(kept().await, [true, true]);
        webhooks::save_bodies_kept(&world.services, &admin, "7", "scrub").await.unwrap();
        let week = Bodies { kept: BodiesKept::Week, then: Afterwards::Scrub };
        assert_eq!(webhooks::bodies_kept(&world.services, &admin).await.unwrap(), week);
        assert_eq!(kept().await, [false, true]);
        webhooks::save_bodies_kept(&world.services, &admin, "90", "scrub").await.unwrap();
        world.clock.step(DAY * 82);
        assert_eq!(kept().await, [false, true]);
        world.clock.step(DAY * 9);
        assert_eq!(kept().await, [false, false]);
        // The token stays burnt, and what came of it on record.
        assert_eq!(post(&world, &path, &event(TOKEN, "candidateHired", 1)).await, Receipt::Accepted);
        assert_eq!(bytes_kept(&world, &admin).await, [0, 0]);
        world.services.store.close().await;
    }
}

#[tokio::test]
async fn only_a_super_admin_says_how_long_and_only_one_of_the_choices() {
    let world = world().await;
    let admin = member(&world, Role::SuperAdmin).await;
    let lead = member(&world, Role::Admin).await;
    assert_eq!(refused(webhooks::bodies_kept(&world.services, &lead).await), Problem::NotAllowed);
    let saved = webhooks::save_bodies_kept(&world.services, &lead, "7", "scrub").await;
    assert_eq!(refused(saved), Problem::NotAllowed);
    for wrong in ["", "8", "-7", "7 days", "99999999999999999999"] {
        let saved = webhooks::save_bodies_kept(&world.services, &admin, wrong, "scrub").await;
        assert_eq!(refused(saved), Problem::field(FieldProblem::NotAChoice(Field::BodiesKept)), "{wrong}");
    }
    for wrong in ["", "Seal", "keep"] {
        let saved = webhooks::save_bodies_kept(&world.services, &admin, "7", wrong).await;
        assert_eq!(refused(saved), Problem::field(FieldProblem::NotAChoice(Field::BodiesThen)), "{wrong}");
    }
    assert_eq!(webhooks::bodies_kept(&world.services, &admin).await.unwrap(), Bodies::default());
}
