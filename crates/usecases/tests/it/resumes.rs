//! A candidate's résumé: kept by content, for the organisation only, and in Lever once.

use std::time::Duration;

use domain::actor::Role;
use domain::attention::AttentionKind;
use domain::import::Decision;
use domain::job::Job;
use domain::problem::Problem;
use domain::resume::{Attachment, LARGEST_RESUME, ResumeKind, ResumeRefused};
use lever_sim::FaultKind;
use store::attachments::Attached;
use usecases::{imports, integration, resumes};

use crate::lever_world::*;
use crate::scene::{Scene, scene, scene_on};
use crate::support::{another_organisation, member_of, world};

const PDF: &[u8] = b"%PDF-1.7\nJo Park\n%%EOF";
const NAME: &str = "Jo Park – Résumé 😀.pdf";

async fn keep(scene: &Scene, name: &str, content: &[u8]) {
    resumes::keep(scene.services(), &scene.ana, scene.jo, name, content).await.unwrap().unwrap();
}

/// The files that Lever has for the one opportunity.
async fn in_lever(scene: &Scene) -> Vec<lever::File> {
    let files = scene.client().files(&scene.only_id()).await.unwrap();
    scene.lever.forget_received();
    files
}

/// What the candidate's page says of the résumé in Lever.
async fn told(scene: &Scene) -> Option<String> {
    resumes::panel(scene.services(), &scene.ana, scene.jo).await.unwrap().in_lever
}

async fn attached(scene: &Scene) -> Option<Attached> {
    let id = scene.row().await.id;
    let mut tx = scene.services().store.read().await.unwrap();
    store::attachments::find(&mut tx, scene.ana.organisation, id).await.unwrap()
}

#[tokio::test]
async fn a_file_is_kept_replaced_and_removed() {
    let scene = scene().await;
    let (services, ana) = (scene.services(), &scene.ana);
    let shown = resumes::panel(services, ana, scene.jo).await.unwrap();
    assert_eq!((shown.kept, shown.in_lever), (None, None));
    keep(&scene, "../Jo.PDF", PDF).await;
    let read = resumes::read(services, ana, scene.jo).await.unwrap();
    assert_eq!((read.name.as_str(), read.kind, read.content.as_slice()), ("Jo.pdf", ResumeKind::Pdf, PDF));
    let shown = resumes::panel(services, ana, scene.jo).await.unwrap();
    assert_eq!(shown.in_lever.as_deref(), Some("Goes with the import"));
    let shown = shown.kept.unwrap();
    assert_eq!((shown.what.as_str(), shown.by.as_str()), ("PDF, 22 bytes", "Ana Ruiz"));
    keep(&scene, "Jo.txt", "Jo Park, Straße 1".as_bytes()).await;
    let read = resumes::read(services, &scene.lee, scene.jo).await.unwrap();
    assert_eq!((read.name.as_str(), read.kind), ("Jo.txt", ResumeKind::Text));
    resumes::remove(services, &scene.lee, scene.jo).await.unwrap();
    resumes::remove(services, &scene.lee, scene.jo).await.unwrap();
    assert_eq!(refused(resumes::read(services, ana, scene.jo).await), Problem::NotFound);
    let page = usecases::activity::list(services, &scene.admin, None).await.unwrap();
    // All at one instant, so in no order.
    let told: Vec<String> = page.rows.into_iter().map(|row| row.what).take(3).collect();
    for what in [
        "Added the résumé of Jo Park: Jo.pdf.",
        "Replaced the résumé of Jo Park: Jo.txt.",
        "Removed the résumé of Jo Park.",
    ] {
        assert!(told.iter().any(|told| told == what), "{what} {told:?}");
    }
}

#[tokio::test]
async fn only_a_resume_is_taken_and_a_refused_file_changes_nothing() {
    let scene = scene().await;
    keep(&scene, "Jo.pdf", PDF).await;
    let too_large = [PDF, &vec![b' '; LARGEST_RESUME]].concat();
    for (name, content, why) in [
        ("", &b""[..], ResumeRefused::Missing),
        ("Jo.pdf", b"", ResumeRefused::Empty),
        ("Jo.pdf", b"MZ\x90\0", ResumeRefused::OtherKind),
        ("Jo.docx", b"PK\x03\x04", ResumeRefused::OtherKind),
        ("Jo.txt", b"\xff\xfe\0", ResumeRefused::OtherKind),
        ("Jo.pdf", &too_large, ResumeRefused::TooLarge),
    ] {
        let kept = resumes::keep(scene.services(), &scene.ana, scene.jo, name, content).await.unwrap();
        assert_eq!(kept, Err(why), "{name}");
    }
    assert_eq!(resumes::read(scene.services(), &scene.ana, scene.jo).await.unwrap().content, PDF);
}

#[tokio::test]
async fn another_organisation_has_no_part_in_it() {
    let scene = scene().await;
    keep(&scene, "Jo.pdf", PDF).await;
    let other = another_organisation(&scene.world).await;
    let stranger = member_of(&scene.world, other, Role::SuperAdmin).await;
    let services = scene.services();
    assert_eq!(refused(resumes::read(services, &stranger, scene.jo).await), Problem::NotFound);
    assert_eq!(refused(resumes::panel(services, &stranger, scene.jo).await), Problem::NotFound);
    assert_eq!(refused(resumes::remove(services, &stranger, scene.jo).await), Problem::NotFound);
    let kept = resumes::keep(services, &stranger, scene.jo, "Theirs.pdf", b"%PDF-9").await;
    assert_eq!(refused(kept), Problem::NotFound);
    assert_eq!(resumes::read(services, &scene.ana, scene.jo).await.unwrap().content, PDF);
}

#[tokio::test]
async fn an_import_attaches_it() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        keep(&scene, NAME, PDF).await;
        scene.click().await;
        scene.settle().await;
        let files = in_lever(&scene).await;
        assert_eq!(files.len(), 1);
        assert_eq!((files[0].name.as_str(), files[0].size), (NAME, Some(22)));
        assert_eq!(told(&scene).await, Some(format!("Attached: {NAME}")));
        assert!(scene.attention().await.is_empty());
        // What comes later stays here, and what Lever has stays there.
        keep(&scene, "Newer.pdf", PDF).await;
        scene.settle().await;
        assert_eq!(in_lever(&scene).await.len(), 1);
        assert_eq!(told(&scene).await, Some(format!("Attached: {NAME}")));
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn without_a_file_nothing_is_uploaded_and_a_later_one_is_not_sent() {
    let scene = scene().await;
    scene.import_jo().await;
    assert_eq!(scene.asked(), ["opportunities.list", "opportunities.create", "notes.create"]);
    assert_eq!(told(&scene).await, None);
    keep(&scene, NAME, PDF).await;
    scene.settle().await;
    assert_eq!(in_lever(&scene).await, []);
    assert_eq!(told(&scene).await.unwrap(), "Not attached: it was added after the import");
}

#[tokio::test]
async fn whatever_lever_does_to_the_upload_there_is_one_file() {
    for (kind, uploads) in [
        (FaultKind::DropAfter, 1),
        (FaultKind::DropMidBody, 1),
        (FaultKind::AppliedThenError, 1),
        (FaultKind::SlowAnswer { delay_ms: 6_000 }, 1),
        (FaultKind::InternalError, 2),
        (FaultKind::Unavailable, 2),
        (FaultKind::DropBefore, 2),
        (FaultKind::TooManyRequests { retry_after_seconds: None }, 2),
    ] {
        let scene = scene().await;
        keep(&scene, NAME, PDF).await;
        scene.fault("files.create", kind.clone(), 1).await;
        scene.click().await;
        scene.settle().await;
        assert_eq!(scene.times_asked("files.create"), uploads, "{kind:?}");
        assert_eq!(in_lever(&scene).await.len(), 1, "{kind:?}");
        assert_eq!(told(&scene).await, Some(format!("Attached: {NAME}")), "{kind:?}");
        assert_eq!(scene.only()["notes"].as_array().unwrap().len(), 1, "the note does not suffer");
    }
}

#[tokio::test]
async fn a_crash_with_a_file_on_its_way_looks_before_it_uploads() {
    for arrived in [true, false] {
        let scene = scene().await;
        keep(&scene, NAME, PDF).await;
        scene.click().await;
        // The import and its note; the upload is what is left.
        for _ in 0..2 {
            assert!(usecases::worker::step(scene.services()).await.unwrap());
        }
        let claimed = scene.lost_worker().await;
        assert!(matches!(claimed.job, Job::AttachResume { .. }), "{:?}", claimed.job);
        let timing = scene.services().settings.timing;
        let wait = timing.lease + timing.lever_deadline * 6 + timing.settle;
        let sending = Attached {
            state: Attachment::Sending,
            look_at: Some(scene.services().now() + wait),
            ..attached(&scene).await.unwrap()
        };
        let mut tx = scene.services().store.begin().await.unwrap();
        let import = scene.row().await.id;
        store::attachments::save(&mut tx, scene.ana.organisation, import, &sending).await.unwrap();
        tx.commit().await.unwrap();
        if arrived {
            let user = scene.row().await.credited_user.unwrap();
            let file = lever::NewFile {
                name: NAME.into(),
                media_type: "application/pdf".into(),
                bytes: PDF.to_vec(),
            };
            scene.client().upload_file(&scene.only_id(), file, &user, wait).await.unwrap();
        }
        scene.lever.forget_received();
        scene.step(wait - Duration::from_millis(1)).await;
        work(&scene.world).await;
        assert_eq!(scene.asked(), Vec::<String>::new(), "neither looked for nor repeated too early");
        scene.step(Duration::from_millis(1)).await;
        work(&scene.world).await;
        assert_eq!(scene.times_asked("files.create"), usize::from(!arrived));
        assert_eq!(in_lever(&scene).await.len(), 1);
        assert_eq!(told(&scene).await, Some(format!("Attached: {NAME}")));
    }
}

#[tokio::test]
async fn a_key_that_may_not_upload_or_look_says_so() {
    for (without, said, files) in [
        ("files.create", "Not attached: the API key may not upload files", 0),
        ("files.list", "Perhaps attached", 1),
    ] {
        let scene = scene().await;
        let key = key_without(&scene.lever, &[without]).await;
        integration::save_connection(scene.services(), &scene.admin, form(&key, "")).await.unwrap();
        scene.settle().await;
        keep(&scene, NAME, PDF).await;
        scene.fault("files.create", FaultKind::DropAfter, u32::from(without == "files.list")).await;
        scene.click().await;
        scene.settle().await;
        assert!(told(&scene).await.unwrap().starts_with(said), "{without}: {:?}", told(&scene).await);
        let asked = scene.asked_about(AttentionKind::PermissionMissing).await.unwrap();
        assert!(asked.reason.contains(if without == "files.list" { "list files" } else { "upload file" }));
        assert_eq!(in_lever(&scene).await.len(), files, "{without}");
    }
}

#[tokio::test]
async fn what_lever_does_not_take_is_told_and_changes_nothing_else() {
    let scene = scene().await;
    let behaviour = lever_sim::Behaviour { upload_limit_bytes: 2_000, ..scene.lever.behaviour() };
    scene.lever.set_behaviour(behaviour).await.unwrap();
    keep(&scene, NAME, &[PDF, &[b' '; 3_000]].concat()).await;
    scene.click().await;
    scene.settle().await;
    assert_eq!(told(&scene).await.unwrap(), "Not attached: Lever did not take the file");
    assert_eq!(scene.only()["notes"].as_array().unwrap().len(), 1);
    assert_eq!(in_lever(&scene).await, []);
}

#[tokio::test]
async fn the_file_that_is_kept_when_the_upload_begins_is_sent_or_none() {
    let scene = scene().await;
    keep(&scene, "Old.pdf", PDF).await;
    scene.click().await;
    assert!(usecases::worker::step(scene.services()).await.unwrap());
    keep(&scene, "New.pdf", b"%PDF-2").await;
    scene.settle().await;
    let files = in_lever(&scene).await;
    assert_eq!((files.len(), files[0].name.as_str()), (1, "New.pdf"));
    assert_eq!(told(&scene).await.unwrap(), "Attached: New.pdf");

    let scene = crate::scene::scene().await;
    keep(&scene, "Old.pdf", PDF).await;
    scene.click().await;
    assert!(usecases::worker::step(scene.services()).await.unwrap());
    resumes::remove(scene.services(), &scene.ana, scene.jo).await.unwrap();
    scene.settle().await;
    assert_eq!(in_lever(&scene).await, []);
    assert!(told(&scene).await.unwrap().starts_with("Not attached: it was removed here"));
}

#[tokio::test]
async fn an_adopted_opportunity_gets_it_and_a_linked_one_does_not() {
    // Created by us, and its end was not known: adopted.
    let scene = scene().await;
    keep(&scene, NAME, PDF).await;
    scene.fault("opportunities.create", FaultKind::DropAfter, 1).await;
    scene.click().await;
    scene.settle().await;
    assert_eq!(scene.times_asked("opportunities.create"), 1);
    assert_eq!(in_lever(&scene).await.len(), 1);

    // Theirs: linking writes nothing.
    let scene = crate::scene::scene().await;
    keep(&scene, NAME, PDF).await;
    let known = scene.known_in_lever().await;
    scene.click().await;
    work(&scene.world).await;
    imports::decide(scene.services(), &scene.ana, scene.jo, Decision::Link(known)).await.unwrap();
    scene.settle().await;
    assert_eq!(in_lever(&scene).await, []);
    assert!(told(&scene).await.unwrap().starts_with("Not attached: linking"));
}

#[tokio::test]
async fn a_candidate_nobody_knows_has_no_file() {
    let world = world().await;
    let ana = crate::support::member(&world, Role::Recruiter).await;
    let nobody = world.services.new_id();
    let kept = resumes::keep(&world.services, &ana, nobody, "a.txt", b"a").await;
    assert_eq!(refused(kept), Problem::NotFound);
}
