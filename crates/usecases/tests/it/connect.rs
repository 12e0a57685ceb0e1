//! Connecting Lever: the card, the first step of the wizard, its bad input,
//! reconnecting and switching off.

use std::collections::BTreeSet;

use domain::actor::Role;
use domain::connection::{ConnectionState, Environment, LeverEvent, Light, SetUpStep};
use domain::mapping::Target;
use domain::problem::{Field, FieldProblem, Problem};
use domain::status::Status;
use domain::view::{PermissionWorks, Wizard};
use lever::{BaseUrl, Transport};
use secrecy::SecretString;
use serde_json::json;
use usecases::integration::{self, ConnectForm};
use usecases::webhooks::Receipt;
use usecases::{LeverAccess, Practice, Settings};

use crate::lever_world::*;
use crate::support::{
    World, another_organisation, member, member_of, organisation, settings, world, world_on,
};

#[tokio::test]
async fn the_first_look_makes_the_connection_and_the_second_finds_it() {
    let world = world().await;
    let admin = member(&world, Role::SuperAdmin).await;
    assert_eq!(card(&world, &admin).await.state, ConnectionState::NotConnected);
    let first = connect_step(&world, &admin).await;
    let path = first.webhook_url.strip_prefix("http://127.0.0.1:3000/webhooks/lever/").unwrap();
    assert!(path.len() >= 22, "at least 128 random bits");
    assert_eq!(first.environment, Environment::Operator);
    assert_eq!(first.environments, [Environment::Operator]);
    assert_eq!((first.key, first.tokens.len(), first.reconnecting), (None, 0, false));
    let texts: Vec<String> = first.lights.iter().map(domain::view::LightView::text).collect();
    assert_eq!(
        texts,
        [
            "Candidate Hired: waiting",
            "Candidate Stage Change: waiting",
            "Candidate Archive State Change: waiting"
        ]
    );
    assert_eq!(connect_step(&world, &admin).await.webhook_url, first.webhook_url);
    let card = card(&world, &admin).await;
    assert_eq!(card.state, ConnectionState::SetUpUnfinished);
    assert_eq!(card.resume, Some(SetUpStep::Connect));
    for step in [SetUpStep::Users, SetUpStep::Stages] {
        let there = integration::wizard(&world.services, &admin, step).await.unwrap();
        assert_eq!(there, Wizard::Elsewhere { step: SetUpStep::Connect });
    }
}

#[tokio::test]
async fn only_a_super_admin_sets_lever_up_and_others_see_who_can() {
    let world = world().await;
    let boss = member(&world, Role::SuperAdmin).await;
    let admin = member(&world, Role::Admin).await;
    let recruiter = member(&world, Role::Recruiter).await;
    for actor in [&admin, &recruiter] {
        let services = &world.services;
        let environment = Environment::Operator;
        let refusals = [
            refused(integration::wizard(services, actor, SetUpStep::Connect).await),
            refused(integration::check_key(services, actor, environment, SecretString::from(KEY)).await),
            refused(integration::save_connection(services, actor, form(KEY, TOKEN)).await),
            refused(integration::register_webhooks(services, actor).await),
            refused(integration::save_users(services, actor, [].into(), None).await),
            refused(integration::save_stages(services, actor, [].into(), [].into()).await),
            refused(integration::disconnect(services, actor).await),
            refused(integration::connect_practice(services, actor).await),
        ];
        assert!(refusals.iter().all(|problem| *problem == Problem::NotAllowed), "{refusals:?}");
        let card = card(&world, actor).await;
        assert_eq!(card.managers, std::slice::from_ref(&boss.name));
        assert!(!card.can_manage);
    }
    let look = integration::wizard(&world.services, &admin, SetUpStep::Users).await;
    assert_eq!(refused(look), Problem::NotConnected, "there is nothing to look at yet");
    let look = integration::wizard(&world.services, &recruiter, SetUpStep::Users).await;
    assert_eq!(refused(look), Problem::NotAllowed);
    assert_eq!(card(&world, &boss).await.state, ConnectionState::NotConnected, "nothing was made");
}

#[tokio::test]
async fn a_key_that_works_is_kept_the_moment_it_is_pasted() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let pasted = SecretString::from(format!("  {KEY}\n"));
    let rows = integration::check_key(&world.services, &admin, Environment::Operator, pasted).await.unwrap();
    assert!(rows.iter().all(|row| matches!(row.works, PermissionWorks::Yes | PermissionWorks::NotTried)));
    let step = connect_step(&world, &admin).await;
    assert_eq!(step.key.unwrap().ends_in, "1a2b");
    assert_eq!(step.permissions, rows);
    let later = integration::wizard(&world.services, &admin, SetUpStep::Users).await.unwrap();
    assert_eq!(later, Wizard::Elsewhere { step: SetUpStep::Connect }, "Next was not pressed yet");

    // Next sends the key once more; it is not tested twice.
    lever.forget_received();
    integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await.unwrap();
    assert!(lever.received().is_empty());
    assert_eq!(users_step(&world, &admin).await.members.len(), 1);
}

#[tokio::test]
async fn a_wrong_key_is_refused_beside_its_field_and_changes_nothing() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let key = SecretString::from("no-such-key");
    let checked = integration::check_key(&world.services, &admin, Environment::Operator, key).await;
    assert_eq!(refused(checked), Problem::field(FieldProblem::KeyRejected));
    let saved = integration::save_connection(&world.services, &admin, form("no-such-key", TOKEN)).await;
    assert_eq!(refused(saved), Problem::field(FieldProblem::KeyRejected));
    let step = connect_step(&world, &admin).await;
    assert_eq!(step.key, None);
    assert_eq!(step.tokens[0].ends_in, "6677", "the valid part of the form is kept");
    assert_eq!(card(&world, &admin).await.resume, Some(SetUpStep::Connect));

    // What works already keeps working.
    integration::save_connection(&world.services, &admin, form(KEY, "")).await.unwrap();
    save_suggested_maps(&world, &admin).await;
    let saved = integration::save_connection(&world.services, &admin, form("no-such-key", "")).await;
    assert_eq!(refused(saved), Problem::field(FieldProblem::KeyRejected));
    assert_eq!(connect_step(&world, &admin).await.key.unwrap().ends_in, "1a2b");
    assert_eq!(card(&world, &admin).await.state, ConnectionState::Connected);
}

#[tokio::test]
async fn nothing_pasted_is_said_beside_both_fields() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let blank = SecretString::from(" \n");
    let checked = integration::check_key(&world.services, &admin, Environment::Operator, blank).await;
    assert_eq!(refused(checked), Problem::field(FieldProblem::Missing(Field::ApiKey)));
    let saved = integration::save_connection(&world.services, &admin, form("", " \n ")).await;
    let both = vec![FieldProblem::Missing(Field::ApiKey), FieldProblem::Missing(Field::SigningToken)];
    assert_eq!(refused(saved), Problem::Fields(both));
    let saved = integration::save_connection(&world.services, &admin, form(KEY, "")).await;
    assert_eq!(refused(saved), Problem::field(FieldProblem::Missing(Field::SigningToken)));
    assert!(connect_step(&world, &admin).await.key.is_some(), "the valid part of the form is kept");
    integration::save_connection(&world.services, &admin, form("", TOKEN)).await.unwrap();
}

#[tokio::test]
async fn a_key_that_lacks_a_needed_permission_shows_what_to_tick() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let lacking = key_without(&lever, &["stages.list"]).await;
    let key = SecretString::from(lacking.as_str());
    let checked = integration::check_key(&world.services, &admin, Environment::Operator, key).await;
    assert_eq!(refused(checked), Problem::field(FieldProblem::KeyLacksPermission));
    let step = connect_step(&world, &admin).await;
    assert_eq!(step.key, None);
    let refused_rows: Vec<&str> = step
        .permissions
        .iter()
        .filter(|row| row.works == PermissionWorks::No)
        .map(|row| row.tick.as_str())
        .collect();
    assert_eq!(refused_rows, ["Find all stages"]);

    // One that is not needed only shows in the table.
    let enough = key_without(&lever, &["opportunities.deleted"]).await;
    let key = SecretString::from(enough.as_str());
    let rows = integration::check_key(&world.services, &admin, Environment::Operator, key).await.unwrap();
    let missing: Vec<bool> =
        rows.iter().filter(|row| row.works == PermissionWorks::No).map(|row| row.optional).collect();
    assert_eq!(missing, [true]);
    assert_eq!(connect_step(&world, &admin).await.permissions, rows, "the refused key is forgotten");
}

#[tokio::test]
async fn an_unreachable_lever_is_said_beside_the_key() {
    let world = world().await;
    let admin = member(&world, Role::SuperAdmin).await;
    let key = SecretString::from(KEY);
    let checked = integration::check_key(&world.services, &admin, Environment::Operator, key).await;
    assert_eq!(refused(checked), Problem::field(FieldProblem::KeyNotTested));
    let saved = integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await;
    assert_eq!(refused(saved), Problem::field(FieldProblem::KeyNotTested));
    assert_eq!(connect_step(&world, &admin).await.key, None);
}

#[tokio::test]
async fn the_key_in_the_token_field_is_recognised() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let is_the_key = Problem::field(FieldProblem::TokenIsTheKey);
    let saved = integration::save_connection(&world.services, &admin, form(KEY, &format!(" {KEY} "))).await;
    assert_eq!(refused(saved), is_the_key);
    let step = connect_step(&world, &admin).await;
    assert!(step.tokens.is_empty());
    assert!(step.key.is_some());
    // Also when it was stored before.
    let saved = integration::save_connection(&world.services, &admin, form("", KEY)).await;
    assert_eq!(refused(saved), is_the_key);
    assert!(connect_step(&world, &admin).await.tokens.is_empty());
}

#[tokio::test]
async fn a_key_pasted_as_token_first_is_recognised_when_it_is_pasted_as_key() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let saved = integration::save_connection(&world.services, &admin, form("", KEY)).await;
    assert_eq!(refused(saved), Problem::field(FieldProblem::Missing(Field::ApiKey)));
    let saved = integration::save_connection(&world.services, &admin, form(KEY, "")).await;
    let Problem::Fields(problems) = refused(saved) else { panic!("the token is missing now") };
    assert!(problems.contains(&FieldProblem::TokenIsTheKey), "{problems:?}");
    assert!(connect_step(&world, &admin).await.tokens.is_empty());
}

#[tokio::test]
async fn a_public_address_that_lever_cannot_deliver_to_is_refused() {
    let lever = lever().await;
    let settings = Settings { public_url: "http://fulcrum.example".into(), ..settings() };
    let world = crate::support::world_with(settings, BaseUrl::parse_override(&lever.api_url).unwrap()).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let saved = integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await;
    assert_eq!(refused(saved), Problem::PublicUrlNotHttps);
    assert_eq!(
        refused(integration::register_webhooks(&world.services, &admin).await),
        Problem::PublicUrlNotHttps
    );
    let step = connect_step(&world, &admin).await;
    assert_eq!((step.key, step.tokens.len()), (None, 0));
    assert!(lever.received().is_empty());
}

#[tokio::test]
async fn an_environment_that_is_not_offered_is_refused() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let form = ConnectForm { environment: Environment::Production, ..form(KEY, TOKEN) };
    let saved = integration::save_connection(&world.services, &admin, form).await;
    assert_eq!(refused(saved), Problem::field(FieldProblem::NotAChoice(Field::Environment)));
    assert!(lever.received().is_empty(), "the key went nowhere");
}

#[tokio::test]
async fn a_verify_before_the_token_is_answered_and_checked_when_it_is_pasted() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let path = webhook_path(&world, &admin).await;
    for (number, event) in (1..).zip(LeverEvent::ALL) {
        assert_eq!(post(&world, &path, &verify(TOKEN, event, number)).await, Receipt::Accepted);
    }
    assert_eq!(lights(&world, &admin).await, [Light::Reached; 3]);
    // With blanks around it, as it comes with copying.
    let pasted = format!(" \t{TOKEN} \r\n\n");
    integration::save_connection(&world.services, &admin, form(KEY, &pasted)).await.unwrap();
    let step = connect_step(&world, &admin).await;
    assert!(step.lights.iter().all(|light| light.light == Light::Verified));
    assert_eq!(step.lights[0].text(), "Candidate Hired: verified 20:22");
    assert_eq!(step.tokens.len(), 1);
    // The Verify's token is burnt: the same body is no news.
    let again = verify(TOKEN, LeverEvent::Hired, 1);
    assert_eq!(post(&world, &path, &again).await, Receipt::Accepted);
    // And one for the account signs every event.
    assert_eq!(post(&world, &path, &verify(TOKEN, LeverEvent::Hired, 9)).await, Receipt::Accepted);
}

#[tokio::test]
async fn each_of_several_tokens_finds_its_event() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let path = webhook_path(&world, &admin).await;
    let tokens = [TOKEN, OTHER, THIRD];
    for (number, (event, token)) in (1..).zip(LeverEvent::ALL.into_iter().zip(tokens)) {
        post(&world, &path, &verify(token, event, number)).await;
    }
    // Only one of them: the other two lights say so, and so does the field.
    let saved = integration::save_connection(&world.services, &admin, form(KEY, OTHER)).await;
    let wrong = vec![
        FieldProblem::TokenOfAnotherWebhook(LeverEvent::Hired),
        FieldProblem::TokenOfAnotherWebhook(LeverEvent::ArchiveChange),
    ];
    assert_eq!(refused(saved), Problem::Fields(wrong));
    assert_eq!(lights(&world, &admin).await, [Light::OtherToken, Light::Verified, Light::OtherToken]);
    assert_eq!(connect_step(&world, &admin).await.tokens.len(), 1, "the right one is kept");

    // A token that fits nothing is not kept.
    let saved = integration::save_connection(&world.services, &admin, form("", "nonsense")).await;
    assert!(matches!(refused(saved), Problem::Fields(problems) if problems.len() == 2));
    assert_eq!(connect_step(&world, &admin).await.tokens.len(), 1);

    let rest = format!("{THIRD}\n{TOKEN}");
    integration::save_connection(&world.services, &admin, form("", &rest)).await.unwrap();
    assert_eq!(lights(&world, &admin).await, [Light::Verified; 3]);
    assert_eq!(connect_step(&world, &admin).await.tokens.len(), 3);
}

#[tokio::test]
async fn next_works_while_the_lights_still_wait() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await.unwrap();
    assert_eq!(lights(&world, &admin).await, [Light::Waiting; 3]);
    let step = integration::wizard(&world.services, &admin, SetUpStep::Users).await.unwrap();
    assert!(matches!(step, Wizard::Users(_)));
    let step = integration::wizard(&world.services, &admin, SetUpStep::Stages).await.unwrap();
    assert_eq!(step, Wizard::Elsewhere { step: SetUpStep::Users });
}

#[tokio::test]
async fn a_key_of_another_account_is_no_reconnect() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    let address = lever.address;
    lever.stop().await.unwrap();
    let other = "another-accounts-key";
    let another = lever_sim::Settings { seed: 8, key: Some(other.into()), ..lever_sim::Settings::default() };
    let another = lever_sim::testing::start_at(another, address).await.unwrap();

    let before = stages_step(&world, &admin).await;
    let refusal = Problem::field(FieldProblem::KeyOfAnotherAccount);
    let key = SecretString::from(other);
    let checked = integration::check_key(&world.services, &admin, Environment::Operator, key).await;
    assert_eq!(refused(checked), refusal);
    let saved = integration::save_connection(&world.services, &admin, form(other, "")).await;
    assert_eq!(refused(saved), refusal);
    assert_eq!(stages_step(&world, &admin).await, before);
    assert_eq!(connect_step(&world, &admin).await.key.unwrap().ends_in, "1a2b");
    drop(another);
}

#[tokio::test]
async fn before_anything_is_mapped_another_account_takes_the_place() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await.unwrap();
    let before: BTreeSet<String> =
        users_step(&world, &admin).await.lever_users.into_iter().map(|user| user.id).collect();
    let address = lever.address;
    lever.stop().await.unwrap();
    let other = "another-accounts-key";
    let another = lever_sim::Settings { seed: 8, key: Some(other.into()), ..lever_sim::Settings::default() };
    let _another = lever_sim::testing::start_at(another, address).await.unwrap();
    integration::save_connection(&world.services, &admin, form(other, "")).await.unwrap();
    let after = users_step(&world, &admin).await.lever_users;
    assert!(!after.is_empty());
    assert!(after.iter().all(|user| !before.contains(&user.id)), "nobody of the first account is left");
}

#[tokio::test]
async fn reconnecting_after_a_rejected_key_keeps_the_maps() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    let maps = stages_step(&world, &admin).await;
    let mut tx = world.services.store.begin().await.unwrap();
    let connection = store::connections::find(&mut tx, admin.organisation).await.unwrap().unwrap();
    let (state, now) = (ConnectionState::CredentialsRejected, world.services.now());
    store::connections::set_state(&mut tx, admin.organisation, connection.id, state, None, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let rejected = card(&world, &admin).await;
    assert_eq!(rejected.state, ConnectionState::CredentialsRejected);
    assert!(rejected.reason.unwrap().contains("API key"));
    assert!(connect_step(&world, &admin).await.reconnecting);

    let fresh = key_without(&lever, &[]).await;
    integration::save_connection(&world.services, &admin, form(&fresh, "")).await.unwrap();
    assert_eq!(card(&world, &admin).await.state, ConnectionState::Connected);
    assert_eq!(stages_step(&world, &admin).await, maps);
    assert!(queued(&world, &admin).await.iter().any(|key| key.starts_with("reconcile:")));
}

#[tokio::test]
async fn switching_off_forgets_the_secrets_and_keeps_the_maps() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    let path = webhook_path(&world, &admin).await;
    post(&world, &path, &verify(TOKEN, LeverEvent::Hired, 1)).await;
    let maps = stages_step(&world, &admin).await;
    integration::disconnect(&world.services, &admin).await.unwrap();
    integration::disconnect(&world.services, &admin).await.unwrap();
    let off = card(&world, &admin).await;
    assert_eq!((off.state, off.reason, off.resume), (ConnectionState::Disconnected, None, None));
    let step = connect_step(&world, &admin).await;
    assert_eq!((step.key, step.tokens.len(), step.reconnecting), (None, 0, true));
    assert!(step.lights.iter().all(|light| light.light == Light::Waiting));
    assert!(step.permissions.is_empty());
    let later = integration::wizard(&world.services, &admin, SetUpStep::Stages).await.unwrap();
    assert_eq!(later, Wizard::Elsewhere { step: SetUpStep::Connect });
    let saved = integration::save_stages(&world.services, &admin, [].into(), [].into()).await;
    assert_eq!(refused(saved), Problem::NotConnected);
    // Lever goes on sending: it is answered, and nothing comes of it.
    assert_eq!(post(&world, &path, &stage_change(TOKEN, "o-1", 2)).await, Receipt::Accepted);
    assert!(queued(&world, &admin).await.iter().all(|key| !key.starts_with("apply:")));

    // On again, with a new token: the maps are as they were.
    let saved = integration::save_connection(&world.services, &admin, form(KEY, "")).await;
    assert_eq!(refused(saved), Problem::field(FieldProblem::Missing(Field::SigningToken)));
    assert_eq!(card(&world, &admin).await.state, ConnectionState::Disconnected);
    integration::save_connection(&world.services, &admin, form("", OTHER)).await.unwrap();
    assert_eq!(card(&world, &admin).await.state, ConnectionState::Connected);
    assert_eq!(stages_step(&world, &admin).await, maps);
    let verified = post(&world, &path, &verify(OTHER, LeverEvent::Hired, 3)).await;
    assert_eq!(verified, Receipt::Accepted);
}

#[tokio::test]
async fn a_stored_key_is_never_sent_to_another_address() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    let elsewhere = crate::lever_world::lever().await;
    let transport = Transport::new(settings().timing.lever_deadline).unwrap();
    let base_url = BaseUrl::parse_override(&elsewhere.api_url).unwrap();
    let mut services = world.services.clone();
    services.lever = LeverAccess::new(transport, Some(base_url), None);

    let moved = integration::card(&services, &admin).await.unwrap();
    assert_eq!(moved.state, ConnectionState::NeedsAttention);
    assert!(moved.reason.unwrap().contains("address"));
    let registered = integration::register_webhooks(&services, &admin).await;
    assert_eq!(refused(registered), Problem::field(FieldProblem::Missing(Field::ApiKey)));
    let saved = integration::save_connection(&services, &admin, form("", "")).await;
    assert_eq!(refused(saved), Problem::field(FieldProblem::Missing(Field::ApiKey)));
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn webhooks_are_registered_once_and_their_tokens_kept() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let early = integration::register_webhooks(&world.services, &admin).await;
    assert_eq!(refused(early), Problem::field(FieldProblem::Missing(Field::ApiKey)));
    let key = SecretString::from(KEY);
    integration::check_key(&world.services, &admin, Environment::Operator, key).await.unwrap();
    integration::register_webhooks(&world.services, &admin).await.unwrap();
    integration::register_webhooks(&world.services, &admin).await.unwrap();

    let step = connect_step(&world, &admin).await;
    let events = practice(&lever, "GET", "events", &json!({})).await;
    for event in LeverEvent::FOLLOWED {
        let hooks = events["events"][event.code()]["webhooks"].as_array().unwrap();
        assert_eq!(hooks.len(), 1, "{event:?}");
        assert_eq!(hooks[0]["url"], step.webhook_url);
    }
    assert!(!step.tokens.is_empty());
    assert_eq!(lights(&world, &admin).await, [Light::Waiting; 3], "only a Verify turns a light");
    // No token needs to be pasted any more, and what Lever signs verifies.
    integration::save_connection(&world.services, &admin, form("", "")).await.unwrap();
    let path = webhook_path(&world, &admin).await;
    for (number, event) in (1..).zip(LeverEvent::FOLLOWED) {
        let token = events["events"][event.code()]["webhooks"][0]["signing_token"].as_str().unwrap();
        assert_eq!(post(&world, &path, &verify(token, event, number)).await, Receipt::Accepted);
    }
    assert_eq!(lights(&world, &admin).await, [Light::Verified; 3]);
}

#[tokio::test]
async fn a_key_that_may_not_register_webhooks_says_so() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let lacking = key_without(&lever, &["webhooks.create"]).await;
    let key = SecretString::from(lacking.as_str());
    integration::check_key(&world.services, &admin, Environment::Operator, key).await.unwrap();
    let registered = integration::register_webhooks(&world.services, &admin).await;
    assert_eq!(refused(registered), Problem::field(FieldProblem::KeyLacksPermission));
}

async fn demo_at(lever: &lever_sim::testing::Running) -> World {
    let practice = Practice {
        base_url: BaseUrl::parse_override(&lever.api_url).unwrap(),
        key: Some(SecretString::from(KEY)),
        switches: usecases::PracticeSwitches::default(),
    };
    let transport = Transport::new(settings().timing.lever_deadline).unwrap();
    let access = LeverAccess::new(transport, None, Some(practice));
    world_on(store::testing::sqlite().await, Settings { demo: true, ..settings() }, access)
}

#[tokio::test]
async fn one_button_connects_the_practice_lever() {
    let lever = lever().await;
    let world = demo_at(&lever).await;
    let admin = named_member(&world, "Avery Admin", "admin@demo.example", Role::SuperAdmin).await;
    let ben = named_member(&world, "Ben Okafor", "ben@demo.example", Role::Recruiter).await;
    let nobody = named_member(&world, "Nia Nobody", "nia@demo.example", Role::Recruiter).await;
    assert!(card(&world, &admin).await.practice_offer);
    assert!(!card(&world, &ben).await.practice_offer);
    integration::connect_practice(&world.services, &admin).await.unwrap();

    let on = card(&world, &admin).await;
    assert_eq!((on.state, on.reason.as_deref()), (ConnectionState::Connected, None));
    assert_eq!(on.environment, Some(Environment::Practice));
    assert!(!on.practice_offer);
    let users = users_step(&world, &admin).await;
    let name_of =
        |id: &str| users.lever_users.iter().find(|user| user.id == id).map(|user| user.label.clone());
    let chosen = |member: domain::ids::MemberId| {
        users.members.iter().find(|row| row.member == member).and_then(|row| row.lever_user.as_deref())
    };
    assert_eq!(name_of(chosen(admin.member).unwrap()).unwrap(), "Avery Admin (admin@demo.example)");
    assert_eq!(name_of(chosen(ben.member).unwrap()).unwrap(), "Ben Okafor (ben.okafor@corp.example)");
    assert_eq!(chosen(nobody.member), None);
    assert_eq!(users.fallback.as_deref(), chosen(admin.member));
    let stages = stages_step(&world, &admin).await;
    assert!(stages.stages.iter().all(|row| row.target.is_some() && !row.suggested));
    let hired = stages.reasons.iter().find(|row| row.text == "Hired").unwrap();
    assert_eq!(hired.target, Some(Target::Set(Status::Hired)));
    // Again: nothing breaks, nothing doubles.
    integration::connect_practice(&world.services, &admin).await.unwrap();
    let events = practice(&lever, "GET", "events", &json!({})).await;
    assert_eq!(events["events"]["candidateHired"]["webhooks"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn practice_and_real_never_mix() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    assert_eq!(refused(integration::connect_practice(&world.services, &admin).await), Problem::NotAllowed);
    assert!(!card(&world, &admin).await.practice_offer);

    let demo = demo_at(&lever).await;
    let admin = member(&demo, Role::SuperAdmin).await;
    assert_eq!(connect_step(&demo, &admin).await.environments, [Environment::Practice]);
    let saved = integration::save_connection(&demo.services, &admin, form(KEY, TOKEN)).await;
    assert_eq!(refused(saved), Problem::field(FieldProblem::NotAChoice(Field::Environment)));
}

#[tokio::test]
async fn what_a_super_admin_changes_stands_in_the_activity_log_without_secrets() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    integration::disconnect(&world.services, &admin).await.unwrap();
    let log = usecases::activity::list(&world.services, &admin, None).await.unwrap();
    let said: Vec<&str> = log.rows.iter().map(|row| row.what.as_str()).collect();
    for expected in [
        "Began to set up Lever",
        "Stored an API key for Lever (Set by the operator)",
        "Stored a webhook signing token",
        "Connected Lever",
        "Disconnected Lever; the maps and the links were kept",
    ] {
        assert!(said.contains(&expected), "{expected} is not among {said:?}");
    }
    assert!(log.rows.iter().all(|row| row.who == admin.name));
    assert!(said.iter().all(|text| !text.contains(KEY) && !text.contains(TOKEN)));
}

#[tokio::test]
async fn another_organisation_sees_nothing_of_it() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    let other = another_organisation(&world).await;
    assert_ne!(other, organisation(&world).await);
    let stranger = member_of(&world, other, Role::SuperAdmin).await;
    assert_eq!(card(&world, &stranger).await.state, ConnectionState::NotConnected);
    assert_eq!(card(&world, &stranger).await.managers, std::slice::from_ref(&stranger.name));
    let own = connect_step(&world, &stranger).await;
    assert_ne!(own.webhook_url, connect_step(&world, &admin).await.webhook_url);
    assert_eq!(
        refused(integration::save_users(&world.services, &stranger, [].into(), None).await),
        Problem::NotConnected
    );
    assert_eq!(card(&world, &admin).await.state, ConnectionState::Connected);
}

#[tokio::test]
async fn the_whole_set_up_on_postgresql() {
    let lever = lever().await;
    let transport = Transport::new(settings().timing.lever_deadline).unwrap();
    let base_url = BaseUrl::parse_override(&lever.api_url).unwrap();
    let access = LeverAccess::new(transport, Some(base_url), None);
    let world = world_on(store::testing::postgres().await, settings(), access);
    let admin = member(&world, Role::SuperAdmin).await;
    let path = webhook_path(&world, &admin).await;
    assert_eq!(post(&world, &path, &verify(TOKEN, LeverEvent::Hired, 1)).await, Receipt::Accepted);
    assert_eq!(post(&world, &path, &stage_change(TOKEN, "o-1", 2)).await, Receipt::NotVerified);
    integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await.unwrap();
    assert_eq!(lights(&world, &admin).await, [Light::Verified, Light::Waiting, Light::Waiting]);
    save_suggested_maps(&world, &admin).await;
    work(&world).await;
    let on = card(&world, &admin).await;
    assert_eq!((on.state, on.held), (ConnectionState::Connected, 0), "what was held came in");
    integration::register_webhooks(&world.services, &admin).await.unwrap();
    assert_eq!(post(&world, &path, &stage_change(TOKEN, "o-1", 3)).await, Receipt::Accepted);
    integration::disconnect(&world.services, &admin).await.unwrap();
    integration::save_connection(&world.services, &admin, form(KEY, OTHER)).await.unwrap();
    assert_eq!(card(&world, &admin).await.state, ConnectionState::Connected);
    world.services.store.close().await;
}

/// On PostgreSQL several server processes look at once; one connection is made.
#[tokio::test]
async fn first_looks_at_once_make_one_connection() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let transport = Transport::new(settings().timing.lever_deadline).unwrap();
        let dead = BaseUrl::parse_override(crate::support::DEAD_LEVER).unwrap();
        let world = world_on(fresh, settings(), LeverAccess::new(transport, Some(dead), None));
        let admin = member(&world, Role::SuperAdmin).await;
        let looks = async || connect_step(&world, &admin).await.webhook_url;
        let (a, b, c, d) = tokio::join!(looks(), looks(), looks(), looks());
        assert!(a == b && b == c && c == d);
        world.services.store.close().await;
    }
}
