//! Lever changes while nobody looks, and two people look at once.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::actor::Role;
use domain::attention::AttentionKind;
use domain::mapping::Target;
use domain::problem::{Field, FieldProblem, Problem};
use domain::status::Status;
use domain::view::{DriftPage, Mend};
use lever_sim::NewUser;
use serde_json::json;
use usecases::candidates;
use usecases::integration::{self, DriftForm, StagesForm, UsersForm};

use crate::lever_world::*;
use crate::scene::{Scene, scene, scene_on};
use crate::support::member;

/// A stage that somebody adds in Lever.
async fn added(scene: &Scene, name: &str) -> String {
    let added = practice(&scene.lever, "POST", "stages", &json!({ "text": name })).await;
    added["id"].as_str().unwrap().to_owned()
}

async fn renamed(scene: &Scene, stage: &str, name: &str) {
    practice(&scene.lever, "PUT", &format!("stages/{stage}"), &json!({ "text": name })).await;
}

/// A period later, when everything is read again.
async fn period(scene: &Scene) {
    scene.step(scene.services().settings.timing.reconcile_every).await;
    usecases::worker::tick(scene.services()).await.unwrap();
    work(&scene.world).await;
}

async fn page(scene: &Scene) -> DriftPage {
    integration::drift(scene.services(), &scene.admin).await.unwrap()
}

/// The form as it stands on the screen.
fn form(page: &DriftPage) -> DriftForm {
    let codes = |rows: &[domain::view::DriftedPlace]| {
        rows.iter()
            .map(|row| (row.id.clone(), row.target.map_or("", Target::code).to_owned()))
            .collect::<BTreeMap<_, _>>()
    };
    DriftForm {
        stages: codes(&page.stages),
        reasons: codes(&page.reasons),
        users: page
            .members
            .iter()
            .map(|row| (row.member.to_string(), row.lever_user.clone().unwrap_or_default()))
            .collect(),
        stages_version: Some(page.stages_version),
        users_version: Some(page.users_version),
    }
}

async fn apply(scene: &Scene, form: DriftForm) -> usecases::Result<()> {
    let applied = integration::apply_drift(scene.services(), &scene.admin, form).await;
    work(&scene.world).await;
    applied
}

#[tokio::test]
async fn a_new_stage_is_noticed_proposed_previewed_and_applied_on_both_databases() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let id = scene.import_jo().await;
        assert!(!page(&scene).await.asks());
        let stage = added(&scene, "Panel interview").await;
        period(&scene).await;
        let item = scene.asked_about(AttentionKind::LeverChanged).await.unwrap();
        assert!(item.reason.contains("what one stage there means here"), "{}", item.reason);
        let mend = Mend::Open { label: "Look at the changes".into(), href: "/integrations/changes".into() };
        assert_eq!(item.mend, Some(mend));
        let asked = page(&scene).await;
        assert_eq!(asked.stages[0].what, "Stage Panel interview is new.");
        assert_eq!(asked.stages[0].target, Some(Target::Set(Status::Interviewing)));
        assert_eq!(asked.preview, "This moves nobody.");
        assert_eq!(asked.log[0].0, "Stage Panel interview is new.");

        // Somebody is moved there before anybody decided: the status is held, and one item says so.
        scene.lever.set_stage(&id, &stage).await.unwrap();
        scene.deliver(&id, 1).await;
        assert_eq!(scene.status().await, Status::Responded);
        assert!(scene.asked_about(AttentionKind::UnmappedPlace).await.is_some());
        assert_eq!(scene.asked_about(AttentionKind::LeverChanged).await, None, "one item is enough");
        let asked = page(&scene).await;
        assert_eq!(asked.preview, "This moves 1 person: 1 Responded → Interviewing.");
        assert_eq!((asked.stages[0].people, asked.stages[0].preview.as_str()), (1, asked.preview.as_str()));

        // Another choice is looked at first, and nothing of it is saved.
        let mut other = form(&asked);
        other.stages.insert(stage.clone(), "offer".into());
        integration::preview_drift(scene.services(), &scene.admin, other).await.unwrap();
        work(&scene.world).await;
        assert_eq!(page(&scene).await.preview, "This moves 1 person: 1 Responded → Offer.");
        assert_eq!(scene.status().await, Status::Responded);

        apply(&scene, form(&asked)).await.unwrap();
        assert_eq!(scene.status().await, Status::Interviewing);
        assert!(!page(&scene).await.asks());
        assert_eq!(scene.attention().await, []);
        period(&scene).await;
        assert_eq!(scene.attention().await, [], "it is not asked about again");
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn a_held_place_is_mapped_in_its_row() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    let (panel, other) = (added(&scene, "Panel interview").await, added(&scene, "Coffee").await);
    scene.lever.set_stage(&id, &panel).await.unwrap();
    scene.deliver(&id, 1).await;
    let held = scene.asked_about(AttentionKind::UnmappedPlace).await.unwrap();
    let Some(Mend::Place(question)) = held.mend else { panic!("{:?}", held.mend) };
    let proposal = question.target.unwrap();
    assert_eq!(proposal, Target::Set(Status::Interviewing));
    let one = DriftForm {
        stages: [(question.id, proposal.code().to_owned())].into(),
        stages_version: Some(question.version),
        ..DriftForm::default()
    };
    apply(&scene, one).await.unwrap();
    assert_eq!(scene.status().await, Status::Interviewing);
    assert_eq!(scene.asked_about(AttentionKind::UnmappedPlace).await, None);
    // About the other one nothing was decided by it.
    let left: Vec<String> = page(&scene).await.stages.into_iter().map(|row| row.id).collect();
    assert_eq!(left, [other]);
}

#[tokio::test]
async fn a_stage_whose_new_name_means_something_else_is_held() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    let stage = added(&scene, "Recruiter call").await;
    period(&scene).await;
    let mut chosen = form(&page(&scene).await);
    chosen.stages.insert(stage.clone(), "screening".into());
    apply(&scene, chosen).await.unwrap();

    // A name that tells nothing leaves the map as it is.
    renamed(&scene, &stage, "Round one").await;
    period(&scene).await;
    assert_eq!(scene.attention().await, []);
    assert!(
        page(&scene)
            .await
            .log
            .iter()
            .any(|(text, _)| text == "Stage Recruiter call is now called Round one.")
    );
    scene.lever.set_stage(&id, &stage).await.unwrap();
    scene.deliver(&id, 1).await;
    assert_eq!(scene.status().await, Status::Screening);

    renamed(&scene, &stage, "Offer out").await;
    period(&scene).await;
    assert!(scene.asked_about(AttentionKind::LeverChanged).await.is_some());
    let asked = page(&scene).await;
    assert_eq!(
        asked.stages[0].what,
        "Stage Round one is now called Offer out. What it means here is held until you decide."
    );
    assert_eq!(asked.preview, "This moves 1 person: 1 Screening → Offer.");
    // A delivery about somebody there changes nothing meanwhile.
    scene.deliver(&id, 2).await;
    assert_eq!(scene.status().await, Status::Screening);
    let held = scene.asked_about(AttentionKind::UnmappedPlace).await.unwrap();
    assert_eq!(held.title, "Stage Offer out was renamed: what does it mean now?");
    let Some(Mend::Place(question)) = held.mend else { panic!("{:?}", held.mend) };
    assert_eq!(question.target, Some(Target::Set(Status::Offer)));
    assert_eq!(question.preview, "This moves 1 person: 1 Screening → Offer.");

    // Named as it was, nothing is in question any more.
    renamed(&scene, &stage, "Phone call").await;
    period(&scene).await;
    assert_eq!(scene.attention().await, []);
    assert_eq!(scene.status().await, Status::Screening);

    renamed(&scene, &stage, "Offer out").await;
    period(&scene).await;
    apply(&scene, form(&page(&scene).await)).await.unwrap();
    assert_eq!(scene.status().await, Status::Offer);
    assert_eq!(scene.attention().await, []);
}

#[tokio::test]
async fn a_lever_user_who_fits_a_member_is_proposed() {
    let scene = scene().await;
    let nia = named_member(&scene.world, "Nia New", "nia@demo.example", Role::Recruiter).await;
    let new = NewUser {
        name: "N. New".into(),
        email: "NIA@demo.example".into(),
        access_role: "team member".into(),
    };
    let user = scene.lever.add_user(new).await.unwrap();
    period(&scene).await;
    let item = scene.asked_about(AttentionKind::LeverChanged).await.unwrap();
    assert_eq!(item.reason, "A Lever user fits one member without one.");
    let asked = page(&scene).await;
    assert_eq!(asked.members.len(), 1);
    assert_eq!(asked.members[0].what, "User N. New is new.");
    assert_eq!(asked.members[0].lever_user.as_deref(), Some(user.as_str()));
    apply(&scene, form(&asked)).await.unwrap();
    assert_eq!(scene.attention().await, []);
    let step = users_step(&scene.world, &scene.admin).await;
    let row = step.members.iter().find(|row| row.member == nia.member).unwrap();
    assert_eq!((row.lever_user.as_deref(), row.suggested_by), (Some(user.as_str()), None));

    // They are deactivated: who is credited instead is chosen here as well.
    scene.lever.set_user_active(&user, false).await.unwrap();
    period(&scene).await;
    assert!(scene.asked_about(AttentionKind::MappedUserGone).await.is_some());
    let asked = page(&scene).await;
    assert_eq!(asked.members[0].what, "N. New is deactivated in Lever.");
    assert_eq!(asked.members[0].lever_user, None);
    apply(&scene, form(&asked)).await.unwrap();
    // Nobody was chosen, and there is no fallback.
    let titles: Vec<_> = scene.attention().await.into_iter().map(|item| item.title).collect();
    assert_eq!(titles, ["Nia New has no Lever user"]);
}

#[tokio::test]
async fn drift_is_shown_to_admins_and_decided_by_super_admins() {
    let scene = scene().await;
    let stage = added(&scene, "Panel").await;
    period(&scene).await;
    let seen = integration::drift(scene.services(), &scene.lee).await.unwrap();
    assert!(!seen.may_apply && seen.asks());
    let chosen = form(&seen);
    let refused_to = |actor| integration::apply_drift(scene.services(), actor, chosen.clone());
    assert_eq!(refused(refused_to(&scene.lee).await), Problem::NotAllowed);
    assert_eq!(refused(integration::drift(scene.services(), &scene.ana).await), Problem::NotAllowed);
    let preview = integration::preview_drift(scene.services(), &scene.lee, chosen.clone()).await;
    assert_eq!(refused(preview), Problem::NotAllowed);

    let mut wrong = chosen;
    wrong.stages.insert(stage.clone(), "promoted".into());
    assert_eq!(
        refused(apply(&scene, wrong).await),
        Problem::field(FieldProblem::NotAChoice(Field::StageMap(stage)))
    );
    assert!(page(&scene).await.asks());
}

fn upon(step: &domain::view::StagesStep, changes: &[(&str, &str)]) -> StagesForm {
    let codes = |rows: &[domain::view::PlaceRow]| -> BTreeMap<String, String> {
        rows.iter().map(|row| (row.id.clone(), row.target.map_or("", Target::code).to_owned())).collect()
    };
    let mut stages = codes(&step.stages);
    stages.extend(changes.iter().map(|(id, code)| ((*id).to_owned(), (*code).to_owned())));
    StagesForm { stages, reasons: codes(&step.reasons), version: Some(step.version) }
}

#[tokio::test]
async fn whoever_saves_a_stage_map_second_is_told_and_loses_nothing() {
    let scene = scene().await;
    let second = member(&scene.world, Role::SuperAdmin).await;
    let services = scene.services();
    let opened = stages_step(&scene.world, &scene.admin).await;
    let targets = async || {
        let step = stages_step(&scene.world, &scene.admin).await;
        ["offer", "lead-responded", "applicant-new"]
            .map(|id| step.stages.iter().find(|row| row.id == id).unwrap().target.unwrap().code())
    };
    // Both opened the same form, and changed different rows: both are kept.
    let mine = upon(&opened, &[("offer", "interviewing")]);
    integration::save_stages_upon(services, &scene.admin, mine).await.unwrap();
    let theirs = upon(&opened, &[("applicant-new", "contacted")]);
    integration::save_stages_upon(services, &second, theirs).await.unwrap();
    assert_eq!(targets().await, ["interviewing", "responded", "contacted"]);

    // And one row differently: the second is told, and nothing is saved yet.
    let theirs = upon(&opened, &[("offer", "hired"), ("lead-responded", "contacted")]);
    let refusal = refused(integration::save_stages_upon(services, &second, theirs.clone()).await);
    let field = Field::StageMap("offer".into());
    let interviewing = Some(Target::Set(Status::Interviewing));
    assert_eq!(refusal, Problem::field(FieldProblem::SavedMeanwhile(field.clone(), interviewing)));
    assert_eq!(
        refusal.beside(&field),
        ["Somebody saved “Interviewing” here meanwhile. Save again to keep your choice."]
    );
    let mut tx = services.store.read().await.unwrap();
    let saved = store::stage_map::load(&mut tx, second.organisation).await.unwrap();
    assert_eq!(saved.target(&domain::mapping::Place::Stage("offer".into())), interviewing);
    drop(tx);
    // What they chose is still there, beside what was saved meanwhile.
    assert_eq!(targets().await, ["hired", "contacted", "contacted"]);

    // Somebody else is told for themselves.
    let other =
        integration::save_stages_upon(services, &scene.admin, upon(&opened, &[("offer", "rejected")]));
    assert!(matches!(refused(other.await), Problem::Fields(_)));
    let again = integration::save_stages_upon(services, &second, theirs.clone()).await;
    assert!(matches!(refused(again), Problem::Fields(_)), "the other one's draft took the place of theirs");
    // Saving once more keeps it.
    integration::save_stages_upon(services, &second, theirs).await.unwrap();
    assert_eq!(targets().await, ["hired", "contacted", "contacted"]);
}

#[tokio::test]
async fn whoever_saves_a_user_map_second_is_told_and_loses_nothing() {
    let scene = scene().await;
    let second = member(&scene.world, Role::SuperAdmin).await;
    let services = scene.services();
    let opened = users_step(&scene.world, &scene.admin).await;
    let of =
        |name: &str| opened.lever_users.iter().find(|user| user.label.starts_with(name)).unwrap().id.clone();
    let form = |row: (&domain::actor::Actor, String), fallback: &str| UsersForm {
        users: opened
            .members
            .iter()
            .map(|known| {
                let chosen = if known.member == row.0.member {
                    row.1.clone()
                } else {
                    known.lever_user.clone().unwrap_or_default()
                };
                (known.member.to_string(), chosen)
            })
            .collect(),
        fallback: Some(fallback.to_owned()),
        version: Some(opened.version),
    };
    let (ben, avery) = (of("Ben Okafor"), of("Avery Admin"));
    integration::save_users_upon(services, &scene.admin, form((&scene.ana, ben.clone()), &avery))
        .await
        .unwrap();
    // They chose nothing for Ana: what was saved meanwhile stays, and so does their fallback.
    let theirs = form((&scene.lee, String::new()), "");
    integration::save_users_upon(services, &second, theirs).await.unwrap();
    let step = users_step(&scene.world, &scene.admin).await;
    let of_member = |step: &domain::view::UsersStep, actor: &domain::actor::Actor| {
        step.members.iter().find(|row| row.member == actor.member).unwrap().lever_user.clone()
    };
    assert_eq!(of_member(&step, &scene.ana), Some(ben));
    assert_eq!((of_member(&step, &scene.lee), step.fallback), (None, Some(avery)));

    let theirs = form((&scene.ana, String::new()), "");
    let refusal = refused(integration::save_users_upon(services, &second, theirs.clone()).await);
    let field = Field::MemberMap(scene.ana.member.to_string());
    assert_eq!(refusal, Problem::field(FieldProblem::SavedMeanwhile(field, None)));
    integration::save_users_upon(services, &second, theirs).await.unwrap();
    assert_eq!(of_member(&users_step(&scene.world, &scene.admin).await, &scene.ana), None);
}

#[tokio::test]
async fn a_stage_map_is_previewed_before_it_is_saved() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.deliver(&id, 1).await;
    let opened = stages_step(&scene.world, &scene.admin).await;
    assert_eq!(opened.preview, None);
    let form = upon(&opened, &[("offer", "interviewing")]);
    integration::preview_stages(scene.services(), &scene.admin, form.clone()).await.unwrap();
    work(&scene.world).await;
    let step = stages_step(&scene.world, &scene.admin).await;
    assert_eq!(step.preview.as_deref(), Some("This moves 1 person: 1 Offer → Interviewing."));
    assert_eq!(step.version, opened.version);
    assert_eq!(scene.status().await, Status::Offer, "nothing is saved by it");
    // Looked at and let go of: what is saved is shown again.
    integration::discard_stages(scene.services(), &scene.admin).await.unwrap();
    let again = stages_step(&scene.world, &scene.admin).await;
    assert_eq!((again.preview, again.stages), (None, opened.stages));
    let lead = integration::discard_stages(scene.services(), &scene.lee).await;
    assert_eq!(refused(lead), Problem::NotAllowed);
    integration::save_stages_upon(scene.services(), &scene.admin, form).await.unwrap();
    work(&scene.world).await;
    assert_eq!(scene.status().await, Status::Interviewing);
    assert_eq!(stages_step(&scene.world, &scene.admin).await.preview, None);
    // By hand: a preview says that somebody is asked.
    candidates::set_status(scene.services(), &scene.ana, scene.jo, "screening").await.unwrap();
    let form = upon(&stages_step(&scene.world, &scene.admin).await, &[("offer", "offer")]);
    integration::preview_stages(scene.services(), &scene.admin, form).await.unwrap();
    assert_eq!(
        stages_step(&scene.world, &scene.admin).await.preview.as_deref(),
        Some("This moves nobody."),
        "Lever stands where it stood when they decided"
    );
}

#[tokio::test]
async fn whoever_is_archived_for_a_kept_reason_goes_with_the_stage_on_both_databases() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let id = scene.import_jo().await;
        let opened = stages_step(&scene.world, &scene.admin).await;
        let reason = opened.reasons.iter().find(|row| row.text == "Timing").unwrap().id.clone();
        let mut form = upon(&opened, &[]);
        form.reasons.insert(reason.clone(), "keep".into());
        integration::save_stages_upon(scene.services(), &scene.admin, form).await.unwrap();
        scene.lever.set_stage(&id, "Offer").await.unwrap();
        scene.lever.archive(&id, "Timing").await.unwrap();
        scene.deliver(&id, 1).await;
        assert_eq!(scene.status().await, Status::Offer, "the reason keeps what the stage says");

        // What the preview says is what saving does.
        let form = upon(&stages_step(&scene.world, &scene.admin).await, &[("offer", "interviewing")]);
        integration::preview_stages(scene.services(), &scene.admin, form.clone()).await.unwrap();
        let step = stages_step(&scene.world, &scene.admin).await;
        assert_eq!(step.preview.as_deref(), Some("This moves 1 person: 1 Offer → Interviewing."));
        integration::save_stages_upon(scene.services(), &scene.admin, form).await.unwrap();
        scene.settle().await;
        assert_eq!(scene.status().await, Status::Interviewing);

        // Where the reason says it alone, nobody is asked about again.
        let mut form = upon(&stages_step(&scene.world, &scene.admin).await, &[]);
        form.reasons.insert(reason, "rejected".into());
        integration::save_stages_upon(scene.services(), &scene.admin, form).await.unwrap();
        scene.settle().await;
        assert_eq!(scene.status().await, Status::Rejected);
        scene.lever.forget_received();
        let form = upon(&stages_step(&scene.world, &scene.admin).await, &[("offer", "offer")]);
        integration::preview_stages(scene.services(), &scene.admin, form.clone()).await.unwrap();
        let step = stages_step(&scene.world, &scene.admin).await;
        assert_eq!(step.preview.as_deref(), Some("This moves nobody."));
        integration::save_stages_upon(scene.services(), &scene.admin, form).await.unwrap();
        scene.settle().await;
        assert_eq!((scene.status().await, scene.times_asked("opportunities.get")), (Status::Rejected, 0));
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn a_preview_leaves_out_whom_saving_leaves_alone() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.deliver(&id, 1).await;
    candidates::set_status(scene.services(), &scene.ana, scene.jo, "screening").await.unwrap();
    scene.lever.set_stage(&id, "On-site interview").await.unwrap();
    scene.deliver(&id, 2).await;
    assert!(scene.asked_about(AttentionKind::StatusConflict).await.is_some());
    let previewed = async |changes: &[(&str, &str)]| {
        let form = upon(&stages_step(&scene.world, &scene.admin).await, changes);
        integration::preview_stages(scene.services(), &scene.admin, form).await.unwrap();
        stages_step(&scene.world, &scene.admin).await.preview.unwrap()
    };
    assert_eq!(previewed(&[("offer", "interviewing")]).await, "This moves nobody.", "it is asked already");
    let onsite = scene.only()["stage"].as_str().unwrap().to_owned();
    let preview = previewed(&[(&onsite, "offer")]).await;
    assert_eq!(preview, "This moves nobody. One status was set by hand: it is kept, and somebody is asked.");
}

#[tokio::test]
async fn what_is_noticed_at_a_reconnect_is_no_less() {
    let scene = scene().await;
    added(&scene, "Panel interview").await;
    scene.step(Duration::from_secs(120)).await;
    let key = key_without(&scene.lever, &[]).await;
    integration::save_connection(scene.services(), &scene.admin, crate::lever_world::form(&key, TOKEN))
        .await
        .unwrap();
    assert!(scene.asked_about(AttentionKind::LeverChanged).await.is_some());
    assert_eq!(page(&scene).await.log.len(), 1);
}
