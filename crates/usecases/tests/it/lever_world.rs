//! A world whose Lever is the practice Lever on a real socket, and deliveries
//! signed as Lever signs them.

use domain::actor::{Actor, Role};
use domain::connection::{LeverEvent, Light, SetUpStep};
use domain::ids::{CandidateId, MemberId};
use domain::problem::Problem;
use domain::view::{ConnectStep, IntegrationCard, StagesStep, UsersStep, Wizard};
use lever::BaseUrl;
use lever::webhook::{SigningToken, sign};
use lever_sim::testing::Running;
use secrecy::SecretString;
use serde_json::{Value, json};
use store::members::Member;
use store::opportunities::Opportunity;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use usecases::integration::{self, ConnectForm};
use usecases::webhooks::{Receipt, receive, take_in_all};

use crate::support::{START, World, member, organisation, settings, world_with};

/// A key with every permission, known before the start.
pub(crate) const KEY: &str = "practice-key-1a2b";
/// A signing token as a person copies it.
pub(crate) const TOKEN: &str = "00112233445566778899aabbccddeeff0011223344556677";
/// Another one.
pub(crate) const OTHER: &str = "ffeeddccbbaa99887766554433221100ffeeddccbbaa9988";
/// And a third.
pub(crate) const THIRD: &str = "a1a2a3a4a5a6a7a8a9a0b1b2b3b4b5b6b7b8b9b0c1c2c3c4";

/// A started practice Lever that knows [`KEY`].
pub(crate) async fn lever() -> Running {
    let settings = lever_sim::Settings { key: Some(KEY.into()), ..lever_sim::Settings::default() };
    lever_sim::testing::start(settings).await.unwrap()
}

/// A world whose Lever is that one.
pub(crate) async fn world_at(lever: &Running) -> World {
    world_with(settings(), BaseUrl::parse_override(&lever.api_url).unwrap()).await
}

/// What a form of the first step holds.
pub(crate) fn form(key: &str, tokens: &str) -> ConnectForm {
    ConnectForm {
        api_key: SecretString::from(key),
        signing_tokens: SecretString::from(tokens),
        environment: domain::connection::Environment::Operator,
    }
}

/// The step as the actor sees it.
pub(crate) async fn connect_step(world: &World, actor: &Actor) -> ConnectStep {
    match integration::wizard(&world.services, actor, SetUpStep::Connect).await.unwrap() {
        Wizard::Connect(step) => step,
        other => panic!("{other:?} is not the first step"),
    }
}

/// The step as the actor sees it.
pub(crate) async fn users_step(world: &World, actor: &Actor) -> UsersStep {
    match integration::wizard(&world.services, actor, SetUpStep::Users).await.unwrap() {
        Wizard::Users(step) => step,
        other => panic!("{other:?} is not the second step"),
    }
}

/// The step as the actor sees it.
pub(crate) async fn stages_step(world: &World, actor: &Actor) -> StagesStep {
    match integration::wizard(&world.services, actor, SetUpStep::Stages).await.unwrap() {
        Wizard::Stages(step) => step,
        other => panic!("{other:?} is not the third step"),
    }
}

/// The card as the actor sees it.
pub(crate) async fn card(world: &World, actor: &Actor) -> IntegrationCard {
    integration::card(&world.services, actor).await.unwrap()
}

/// How far each light is, in the article's order.
pub(crate) async fn lights(world: &World, actor: &Actor) -> Vec<Light> {
    connect_step(world, actor).await.lights.into_iter().map(|light| light.light).collect()
}

/// A member with this name and address.
pub(crate) async fn named_member(world: &World, name: &str, email: &str, role: Role) -> Actor {
    let organisation = organisation(world).await;
    let member = Member {
        id: world.services.new_id::<MemberId>(),
        organisation,
        email: email.into(),
        name: name.into(),
        role,
        active: true,
        created_at: world.services.now(),
    };
    let mut tx = world.services.store.begin().await.unwrap();
    store::members::insert(&mut tx, &member, "").await.unwrap();
    tx.commit().await.unwrap();
    Actor { organisation, member: member.id, role, name: member.name, email: member.email }
}

/// A Super Admin who has finished set-up with [`TOKEN`] and the suggested maps.
pub(crate) async fn connected(world: &World) -> Actor {
    let admin = member(world, Role::SuperAdmin).await;
    integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await.unwrap();
    save_suggested_maps(world, &admin).await;
    admin
}

/// *Next* and *Save* without a change.
pub(crate) async fn save_suggested_maps(world: &World, admin: &Actor) {
    let step = users_step(world, admin).await;
    let users = step
        .members
        .into_iter()
        .map(|row| (row.member.to_string(), row.lever_user.unwrap_or_default()))
        .collect();
    integration::save_users(&world.services, admin, users, step.fallback).await.unwrap();
    let step = stages_step(world, admin).await;
    let codes = |rows: Vec<domain::view::PlaceRow>| {
        rows.into_iter()
            .map(|row| (row.id, row.target.map_or("", domain::mapping::Target::code).to_owned()))
            .collect()
    };
    integration::save_stages(&world.services, admin, codes(step.stages), codes(step.reasons)).await.unwrap();
}

/// The secret part of the webhook address.
pub(crate) async fn webhook_path(world: &World, admin: &Actor) -> String {
    connect_step(world, admin).await.webhook_url.rsplit('/').next().unwrap().to_owned()
}

/// The body of a delivery signed with `token`.
pub(crate) fn delivery(token: &str, event: &str, number: u64, data: &Value) -> Vec<u8> {
    let delivery_token = format!("{number:048x}");
    let triggered_at = START.0;
    let signing = SigningToken::new(&SecretString::from(token));
    let signature = sign(&signing, &delivery_token, &triggered_at.to_string());
    json!({
        "id": format!("event-{number}"),
        "event": event,
        "triggeredAt": triggered_at,
        "token": delivery_token,
        "signature": signature,
        "data": data,
    })
    .to_string()
    .into_bytes()
}

/// What *Verify Connection* sends.
pub(crate) fn verify(token: &str, event: LeverEvent, number: u64) -> Vec<u8> {
    delivery(token, event.code(), number, &json!({}))
}

/// A stage change of an opportunity.
pub(crate) fn stage_change(token: &str, opportunity: &str, number: u64) -> Vec<u8> {
    delivery(
        token,
        "candidateStageChange",
        number,
        &json!({ "opportunityId": opportunity, "contactId": "c-1", "fromStageId": "lead-new", "toStageId": "offer" }),
    )
}

/// Posts to the webhook address; what was acknowledged is in the inbox then.
pub(crate) async fn post(world: &World, path: &str, body: &[u8]) -> Receipt {
    let receipt = receive(&world.services, path, body).await;
    if receipt == Receipt::Accepted {
        take_in_all(&world.services).await.unwrap();
    }
    receipt
}

/// The problem that a refused use case gives.
pub(crate) fn refused<T: std::fmt::Debug>(result: usecases::Result<T>) -> Problem {
    result.unwrap_err().problem().clone()
}

/// Links an opportunity to a candidate, as an import does.
pub(crate) async fn link(
    world: &World,
    admin: &Actor,
    candidate: CandidateId,
    id: &str,
    stage: &str,
    held: bool,
) {
    let row = Opportunity {
        id: id.into(),
        candidate,
        contact: None,
        url: format!("https://lever.example/{id}"),
        stage: Some(stage.into()),
        archived_reason: None,
        archived_at: None,
        held,
        lever_updated_at: None,
        read_at: world.services.now(),
        unlinked_at: None,
    };
    let mut tx = world.services.store.begin().await.unwrap();
    assert!(store::opportunities::link(&mut tx, admin.organisation, &row).await.unwrap());
    tx.commit().await.unwrap();
}

/// The keys of the jobs that are queued for the actor's organisation.
pub(crate) async fn queued(world: &World, actor: &Actor) -> Vec<String> {
    let mut tx = world.services.store.read().await.unwrap();
    let rows = tx
        .all(
            "select key from jobs where organisation_id = $1 and state = 'queued' order by key",
            store::args![actor.organisation],
        )
        .await
        .unwrap();
    rows.iter().map(|row| row.get("key").unwrap()).collect()
}

/// Runs what is due, until nothing is.
pub(crate) async fn work(world: &World) {
    while usecases::worker::step(&world.services).await.unwrap() {}
}

/// Users, stages, archive reasons and postings are read from Lever again.
pub(crate) async fn read_catalogue(world: &World, actor: &Actor) {
    let (services, organisation) = (&world.services, actor.organisation);
    let mut tx = services.store.begin().await.unwrap();
    let connection = store::connections::find(&mut tx, organisation).await.unwrap().unwrap().id;
    let job = domain::job::Job::RefreshCatalogue { connection };
    let now = services.now();
    store::jobs::enqueue(&mut tx, organisation, &job, services.new_id(), now, now).await.unwrap();
    tx.commit().await.unwrap();
    work(world).await;
}

/// Asks the practice Lever's admin API.
pub(crate) async fn practice(lever: &Running, method: &str, path: &str, body: &Value) -> Value {
    let body = body.to_string();
    let mut stream = TcpStream::connect(lever.address).await.unwrap();
    let request = format!(
        "{method} /_practice/{path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        lever.address,
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 2"), "{head}\n{body}");
    let json = &body[body.find('{').unwrap()..=body.rfind('}').unwrap()];
    serde_json::from_str(json).unwrap()
}

/// A key that may do all but `without`.
pub(crate) async fn key_without(lever: &Running, without: &[&str]) -> String {
    let body = json!({ "without": without, "confidential": true });
    practice(lever, "POST", "keys", &body).await["key"].as_str().unwrap().to_owned()
}
