//! User Account Mapping and Job Stage Mapping.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::actor::{Actor, Role};
use domain::attention::AttentionKind;
use domain::connection::{ConnectionState, SetUpStep};
use domain::event::Change;
use domain::ids::MemberId;
use domain::mapping::{MatchedBy, Target};
use domain::problem::{Field, FieldProblem, Problem};
use domain::status::Status;
use domain::view::{CandidateFilter, ImportView, UsersStep, Wizard};
use serde_json::json;
use usecases::integration;

use crate::lever_world::*;
use crate::support::{answered_candidate, candidate, member};

fn lever_id(step: &UsersStep, name: &str) -> String {
    step.lever_users.iter().find(|user| user.label.starts_with(name)).unwrap().id.clone()
}

fn chosen(step: &UsersStep, member: MemberId) -> (Option<String>, Option<MatchedBy>) {
    let row = step.members.iter().find(|row| row.member == member).unwrap();
    (row.lever_user.clone(), row.suggested_by)
}

#[tokio::test]
async fn members_are_found_by_address_then_by_name() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = named_member(&world, "Avery A.", "ADMIN@demo.example", Role::SuperAdmin).await;
    let lead = named_member(&world, "Lee", "lead@demo.example", Role::Admin).await;
    let ben = named_member(&world, "Ben Okafor", "ben@demo.example", Role::Recruiter).await;
    let former = named_member(&world, "Dana Former", "dana.former@demo.example", Role::Recruiter).await;
    integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await.unwrap();
    let step = users_step(&world, &admin).await;
    let of = |name: &str| Some(lever_id(&step, name));
    assert_eq!(chosen(&step, admin.member), (of("Avery Admin"), Some(MatchedBy::Email)));
    assert_eq!(chosen(&step, lead.member), (of("Lee Lead"), Some(MatchedBy::Email)));
    assert_eq!(chosen(&step, ben.member), (of("Ben Okafor"), Some(MatchedBy::Name)));
    assert_eq!(chosen(&step, former.member), (None, None), "deactivated in Lever");
    assert!(step.lever_users.iter().any(|user| !user.active && user.label.starts_with("Dana Former")));
    assert_eq!(step.fallback, None);
}

#[tokio::test]
async fn somebody_mapped_to_nobody_stays_so() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = named_member(&world, "Avery Admin", "admin@demo.example", Role::SuperAdmin).await;
    let ana = named_member(&world, "Ana Ruiz", "ana@demo.example", Role::Recruiter).await;
    integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await.unwrap();
    let avery = lever_id(&users_step(&world, &admin).await, "Avery Admin");
    let users = [(ana.member.to_string(), String::new())].into();
    integration::save_users(&world.services, &admin, users, Some(avery.clone())).await.unwrap();
    let step = users_step(&world, &admin).await;
    assert_eq!(chosen(&step, ana.member), (None, None));
    assert_eq!(chosen(&step, admin.member), (Some(avery.clone()), Some(MatchedBy::Email)), "not decided yet");
    assert_eq!(step.fallback, Some(avery));
    let next = integration::wizard(&world.services, &admin, SetUpStep::Stages).await.unwrap();
    assert!(matches!(next, Wizard::Stages(_)));

    // A Lever user who was decided to be somebody is suggested to nobody else.
    let ana_ruiz = lever_id(&step, "Ana Ruiz");
    let users = [(admin.member.to_string(), ana_ruiz)].into();
    integration::save_users(&world.services, &admin, users, None).await.unwrap();
    let twin = named_member(&world, "Ana Ruiz", "twin@demo.example", Role::Recruiter).await;
    let step = users_step(&world, &admin).await;
    assert_eq!(chosen(&step, twin.member), (None, None));
    assert_eq!(step.fallback, None);
}

#[tokio::test]
async fn two_members_with_one_lever_user_are_refused_beside_both() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = named_member(&world, "Avery Admin", "admin@demo.example", Role::SuperAdmin).await;
    let ana = named_member(&world, "Ana Ruiz", "ana@demo.example", Role::Recruiter).await;
    integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await.unwrap();
    let step = users_step(&world, &admin).await;
    let avery = lever_id(&step, "Avery Admin");
    let users: BTreeMap<String, String> =
        [admin.member, ana.member].map(|member| (member.to_string(), avery.clone())).into();
    let problem = refused(integration::save_users(&world.services, &admin, users, Some(avery.clone())).await);
    for actor in [&admin, &ana] {
        let texts = problem.beside(&Field::MemberMap(actor.member.to_string()));
        assert_eq!(texts.len(), 1, "{problem:?}");
        assert!(texts[0].contains("Another member"));
    }
    // What was chosen is still there, and nothing of it was saved.
    let step = users_step(&world, &admin).await;
    assert_eq!(chosen(&step, ana.member).0, Some(avery.clone()));
    assert_eq!(step.fallback, Some(avery.clone()));
    let next = integration::wizard(&world.services, &admin, SetUpStep::Stages).await.unwrap();
    assert_eq!(next, Wizard::Elsewhere { step: SetUpStep::Users });
    let mut tx = world.services.store.read().await.unwrap();
    assert!(store::user_map::load(&mut tx, admin.organisation).await.unwrap().is_empty());
    drop(tx);

    // A choice that collides with one that is saved counts too.
    let users = [(admin.member.to_string(), avery.clone())].into();
    integration::save_users(&world.services, &admin, users, None).await.unwrap();
    let users = [(ana.member.to_string(), avery)].into();
    let problem = refused(integration::save_users(&world.services, &admin, users, None).await);
    assert_eq!(problem.beside(&Field::MemberMap(admin.member.to_string())).len(), 1);
}

#[tokio::test]
async fn a_lever_user_who_cannot_be_credited_is_refused() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let ana = member(&world, Role::Recruiter).await;
    integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await.unwrap();
    let dana = lever_id(&users_step(&world, &admin).await, "Dana Former");
    let users: BTreeMap<String, String> = [
        (admin.member.to_string(), dana.clone()),
        (ana.member.to_string(), "nobody-of-this-account".into()),
        ("not-a-member".into(), String::new()),
    ]
    .into();
    let problem = refused(integration::save_users(&world.services, &admin, users, Some(dana)).await);
    let Problem::Fields(problems) = problem else { panic!("{problem:?}") };
    let field = |member: MemberId| Field::MemberMap(member.to_string());
    for expected in [
        FieldProblem::DeactivatedLeverUser(field(admin.member)),
        FieldProblem::NotAChoice(field(ana.member)),
        FieldProblem::NotAChoice(Field::MemberMap("not-a-member".into())),
        FieldProblem::DeactivatedLeverUser(Field::Fallback),
    ] {
        assert!(problems.contains(&expected), "{expected:?} is not among {problems:?}");
    }
    assert_eq!(problems.len(), 4);
}

#[tokio::test]
async fn levers_pipeline_maps_itself_and_saving_completes_the_set_up() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await.unwrap();
    integration::save_users(&world.services, &admin, [].into(), None).await.unwrap();
    let step = stages_step(&world, &admin).await;
    let texts: Vec<(&str, Option<&str>)> =
        step.stages.iter().map(|row| (row.text.as_str(), row.target.map(Target::label))).collect();
    assert_eq!(
        texts,
        [
            ("New lead", Some("Keep current status")),
            ("Reached out", Some("Contacted")),
            ("Responded", Some("Responded")),
            ("New applicant", Some("Responded")),
            ("Recruiter screen", Some("Screening")),
            ("Phone interview", Some("Screening")),
            ("On-site interview", Some("Interviewing")),
            ("Reference check", Some("Interviewing")),
            ("Offer", Some("Offer")),
        ]
    );
    assert!(step.stages.iter().chain(&step.reasons).all(|row| row.suggested));
    assert_eq!(step.targets.len(), 10);
    save_suggested_maps(&world, &admin).await;
    let step = stages_step(&world, &admin).await;
    assert!(step.stages.iter().chain(&step.reasons).all(|row| !row.suggested && row.target.is_some()));
    let card = card(&world, &admin).await;
    assert_eq!((card.state, card.resume), (ConnectionState::Connected, None));
    assert!(queued(&world, &admin).await.iter().any(|key| key.starts_with("reconcile:")));

    // An Admin may look, and change nothing.
    let lead = member(&world, Role::Admin).await;
    assert_eq!(stages_step(&world, &lead).await, step);
    users_step(&world, &lead).await;
}

#[tokio::test]
async fn a_map_with_nothing_mapped_is_refused_and_kept_as_a_draft() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await.unwrap();
    integration::save_users(&world.services, &admin, [].into(), None).await.unwrap();
    let step = stages_step(&world, &admin).await;
    let mut stages: BTreeMap<String, String> =
        step.stages.iter().map(|row| (row.id.clone(), String::new())).collect();
    stages.insert("lead-new".into(), "keep".into());
    let reasons = step.reasons.iter().map(|row| (row.id.clone(), String::new())).collect();
    let saved = integration::save_stages(&world.services, &admin, stages, reasons).await;
    assert_eq!(refused(saved), Problem::field(FieldProblem::NothingMapped));
    let step = stages_step(&world, &admin).await;
    let mapped: Vec<&str> = step
        .stages
        .iter()
        .chain(&step.reasons)
        .filter(|row| row.target.is_some())
        .map(|row| row.id.as_str())
        .collect();
    assert_eq!(mapped, ["lead-new"], "what was chosen is still there");
    assert_eq!(card(&world, &admin).await.state, ConnectionState::SetUpUnfinished);

    let stages = [("offer".into(), "offer".into()), ("no-such-stage".into(), "offer".into())].into();
    let reasons = [("no-such-reason".into(), String::new())].into();
    let Problem::Fields(problems) =
        refused(integration::save_stages(&world.services, &admin, stages, reasons).await)
    else {
        panic!("what is not in Lever cannot be mapped")
    };
    let unknown = [
        FieldProblem::NotAChoice(Field::StageMap("no-such-stage".into())),
        FieldProblem::NotAChoice(Field::ReasonMap("no-such-reason".into())),
    ];
    assert_eq!(problems, unknown);
    let stages = [("offer".into(), "promoted".into())].into();
    let saved = integration::save_stages(&world.services, &admin, stages, [].into()).await;
    assert_eq!(refused(saved), Problem::field(FieldProblem::NotAChoice(Field::StageMap("offer".into()))));
}

#[tokio::test]
async fn a_place_that_somebody_left_unmapped_is_not_suggested_again() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    let stages = [("offer".into(), String::new())].into();
    integration::save_stages(&world.services, &admin, stages, [].into()).await.unwrap();
    let step = stages_step(&world, &admin).await;
    let offer = step.stages.iter().find(|row| row.id == "offer").unwrap();
    assert_eq!((offer.target, offer.suggested), (None, false));
    assert_eq!(card(&world, &admin).await.state, ConnectionState::Connected);
}

#[tokio::test]
async fn a_changed_map_looks_again_at_whom_it_concerns() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    let (jo, ann, kim) = (
        candidate(&world, &admin, "Jo Doe").await,
        candidate(&world, &admin, "Ann Poe").await,
        candidate(&world, &admin, "Kim Roe").await,
    );
    link(&world, &admin, jo, "o-offer", "offer", false).await;
    link(&world, &admin, ann, "o-lead", "lead-new", false).await;
    link(&world, &admin, kim, "o-held", "brand-new", true).await;
    let mut tx = world.services.store.begin().await.unwrap();
    let (kind, now) = (AttentionKind::UnmappedPlace, world.services.now());
    for subject in ["stage:offer", "stage:brand-new"] {
        let id = world.services.new_id();
        store::attention::raise(&mut tx, admin.organisation, kind, subject, None, &json!({}), id, now)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let offer =
        |step: domain::view::StagesStep| step.stages.into_iter().find(|row| row.id == "offer").unwrap();
    let row = offer(stages_step(&world, &admin).await);
    assert_eq!((row.people, row.names), (1, vec!["Jo Doe".to_owned()]));

    // Unchanged: only those who are held are looked at.
    let same: BTreeMap<String, String> = [("offer".into(), "offer".into())].into();
    integration::save_stages(&world.services, &admin, same, [].into()).await.unwrap();
    let applies = |keys: Vec<String>| -> Vec<String> {
        keys.into_iter()
            .filter_map(|key| key.starts_with("apply:").then(|| key.rsplit(':').next().unwrap().to_owned()))
            .collect()
    };
    assert_eq!(applies(queued(&world, &admin).await), ["o-held"]);
    let changed: BTreeMap<String, String> = [("offer".into(), "interviewing".into())].into();
    integration::save_stages(&world.services, &admin, changed, [].into()).await.unwrap();
    assert_eq!(applies(queued(&world, &admin).await), ["o-held", "o-offer"]);
    let row = offer(stages_step(&world, &admin).await);
    assert_eq!(row.target, Some(Target::Set(Status::Interviewing)));
    let page = usecases::attention::list(&world.services, &admin, "").await.unwrap();
    assert_eq!(page.items.rows.len(), 1, "what is mapped now is settled: {:?}", page.items.rows);
}

#[tokio::test]
async fn whoever_maps_sees_what_is_new_in_lever() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    work(&world).await;
    let new = lever_sim::NewUser {
        name: "Nora Newcomer".into(),
        email: "nora@corp.example".into(),
        access_role: "team member".into(),
    };
    lever.add_user(new).await.unwrap();
    let has_nora = |step: &UsersStep| step.lever_users.iter().any(|user| user.label.starts_with("Nora"));
    assert!(!has_nora(&users_step(&world, &admin).await));
    work(&world).await;
    assert!(!has_nora(&users_step(&world, &admin).await), "it was read less than a minute ago");
    world.clock.step(Duration::from_secs(61));
    let mut news = world.services.changes.listen();
    users_step(&world, &admin).await;
    work(&world).await;
    assert_eq!(news.recv().await.unwrap().change, Change::Connection);
    assert!(has_nora(&users_step(&world, &admin).await));
}

#[tokio::test]
async fn credit_goes_to_the_mapped_user_then_to_the_fallback_then_to_nobody() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = named_member(&world, "Avery Admin", "admin@demo.example", Role::SuperAdmin).await;
    let ana = named_member(&world, "Ana Ruiz", "ana@demo.example", Role::Recruiter).await;
    let new = named_member(&world, "Nia New", "nia@demo.example", Role::Recruiter).await;
    integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await.unwrap();
    save_suggested_maps(&world, &admin).await;
    answered_candidate(&world, &ana, "Jo Doe").await;
    let credited = async |actor: &Actor| {
        let page =
            usecases::candidates::list(&world.services, actor, &CandidateFilter::default()).await.unwrap();
        match &page.rows[0].import {
            ImportView::Available { credited_to } => credited_to.clone(),
            other => panic!("{other:?} is not available"),
        }
    };
    assert_eq!(credited(&ana).await.as_deref(), Some("Ana Ruiz"));
    assert_eq!(credited(&new).await, None);
    let step = users_step(&world, &admin).await;
    let ben = lever_id(&step, "Ben Okafor");
    integration::save_users(&world.services, &admin, [].into(), Some(ben.clone())).await.unwrap();
    assert_eq!(credited(&new).await.as_deref(), Some("Ben Okafor"));
    // Deactivated in Lever: the fallback, and when that is too, nobody.
    let refresh = async || {
        world.clock.step(Duration::from_secs(61));
        users_step(&world, &admin).await;
        work(&world).await;
    };
    lever.set_user_active(&lever_id(&step, "Ana Ruiz"), false).await.unwrap();
    refresh().await;
    assert_eq!(credited(&ana).await.as_deref(), Some("Ben Okafor"));
    lever.set_user_active(&ben, false).await.unwrap();
    refresh().await;
    assert_eq!(credited(&ana).await, None);
}
