//! Whatever happens on the way, Lever has each note once: not missing, not twice.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::job::Job;
use domain::time::Timestamp;
use lever_sim::FaultKind;
use store::imports::Note;
use store::noted::Noted;
use usecases::{imports, integration};

use crate::lever_world::*;
use crate::scene::{Scene, scene, scene_on};

/// The texts of the notes of the one opportunity, newest first.
fn notes(scene: &Scene) -> Vec<String> {
    let only = scene.only();
    let notes = only["notes"].as_array().unwrap().iter();
    notes.map(|note| note["fields"][0]["value"].as_str().unwrap().to_owned()).collect()
}

/// Every way in which Lever can spoil a note, and how often it is asked to write
/// it: twice only where it did not arrive.
fn spoilt() -> [(FaultKind, usize); 8] {
    [
        (FaultKind::DropAfter, 1),
        (FaultKind::DropMidBody, 1),
        (FaultKind::AppliedThenError, 1),
        (FaultKind::SlowAnswer { delay_ms: 2_000 }, 1),
        (FaultKind::InternalError, 2),
        (FaultKind::Unavailable, 2),
        (FaultKind::DropBefore, 2),
        (FaultKind::TooManyRequests { retry_after_seconds: None }, 2),
    ]
}

#[tokio::test]
async fn whatever_lever_does_to_the_note_of_an_import_there_is_one() {
    for (kind, written) in spoilt() {
        let scene = scene().await;
        scene.fault("notes.create", kind.clone(), 1).await;
        scene.click().await;
        scene.settle().await;
        assert_eq!(notes(&scene).len(), 1, "{kind:?}");
        assert_eq!(scene.times_asked("notes.create"), written, "{kind:?}");
        assert_eq!(scene.row().await.note, Note::Written, "{kind:?}");
        assert!(scene.attention().await.is_empty(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_note_is_one_however_often_its_end_is_not_known() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        // Neither of the first two arrives, the third does and says that it did not,
        // and looking for it fails as well.
        let fault = |endpoint: &str, kind, calls| lever_sim::Fault::new(endpoint, kind, calls);
        let faults = vec![
            fault("notes.create", FaultKind::InternalError, lever_sim::When::Schedule(vec![1, 2])),
            fault("notes.create", FaultKind::DropAfter, lever_sim::When::Schedule(vec![3])),
            fault("notes.list", FaultKind::InternalError, lever_sim::When::Count(2)),
        ];
        scene.lever.set_faults(faults).await.unwrap();
        scene.click().await;
        scene.settle().await;
        assert_eq!(notes(&scene).len(), 1);
        assert_eq!(scene.times_asked("notes.create"), 3);
        assert_eq!(scene.row().await.note, Note::Written);
        scene.services().store.close().await;
    }
}

/// A worker that is lost after it committed that the note is on its way. Gives the
/// last line of that note.
async fn lost_with_a_note(scene: &Scene) -> String {
    scene.click().await;
    assert!(usecases::worker::step(scene.services()).await.unwrap());
    let claimed = scene.lost_worker().await;
    assert!(matches!(claimed.job, Job::AddImportNote { .. }));
    let row = scene.row().await;
    let timing = scene.services().settings.timing;
    let now = scene.services().now();
    let noted = Noted {
        since: Some(Timestamp(0)),
        up_to: now,
        at: now,
        look_at: Some(now + timing.lease + timing.lever_deadline + timing.settle),
        state: Note::Sending,
    };
    let organisation = scene.ana.organisation;
    let mut tx = scene.services().store.begin().await.unwrap();
    store::noted::save(&mut tx, organisation, row.id, &noted).await.unwrap();
    let moved =
        store::imports::move_note(&mut tx, organisation, row.id, Note::Pending, Note::Sending, now).await;
    assert!(moved.unwrap());
    tx.commit().await.unwrap();
    scene.lever.forget_received();
    format!("Reference: {}/{}", row.marker, now.0)
}

#[tokio::test]
async fn a_crash_with_a_note_on_its_way_looks_before_it_writes() {
    for arrived in [true, false] {
        let scene = scene().await;
        let reference = lost_with_a_note(&scene).await;
        if arrived {
            let text = format!("Imported from CodeSignal.\n\n{reference}\n");
            scene.client().add_note(&scene.only_id(), &text, None).await.unwrap();
        }
        // Somebody's note about ours is not ours.
        let about = format!("{reference}\nWhat is this?");
        scene.client().add_note(&scene.only_id(), &about, None).await.unwrap();
        scene.lever.forget_received();
        let timing = scene.services().settings.timing;
        let wait = timing.lease + timing.lever_deadline + timing.settle;
        scene.step(wait - Duration::from_millis(1)).await;
        work(&scene.world).await;
        assert_eq!(scene.asked(), Vec::<String>::new(), "neither looked for nor repeated too early");
        scene.step(Duration::from_millis(1)).await;
        work(&scene.world).await;
        assert_eq!(scene.times_asked("notes.list"), 1);
        assert_eq!(scene.times_asked("notes.create"), usize::from(!arrived));
        let ours = notes(&scene).into_iter().filter(|note| note.trim_end().ends_with(&reference)).count();
        assert_eq!(ours, 1, "arrived: {arrived}");
        assert_eq!(scene.row().await.note, Note::Written);
    }
}

#[tokio::test]
async fn a_note_without_a_reference_is_not_repeated() {
    let scene = scene().await;
    lost_with_a_note(&scene).await;
    // As a version left it that knew no references.
    let row = scene.row().await;
    let mut tx = scene.services().store.begin().await.unwrap();
    let noted = store::noted::find(&mut tx, scene.ana.organisation, row.id).await.unwrap().unwrap();
    let noted = Noted { since: None, look_at: None, ..noted };
    store::noted::save(&mut tx, scene.ana.organisation, row.id, &noted).await.unwrap();
    tx.commit().await.unwrap();
    scene.settle().await;
    assert!(notes(&scene).is_empty());
    assert_eq!(scene.row().await.note, Note::Unknown);
}

#[tokio::test]
async fn a_key_that_may_not_look_or_write_says_so() {
    for (without, written, note) in [("notes.list", 1, Note::Unknown), ("notes.create", 0, Note::None)] {
        let scene = scene().await;
        let key = key_without(&scene.lever, &[without]).await;
        integration::save_connection(scene.services(), &scene.admin, form(&key, "")).await.unwrap();
        scene.settle().await;
        scene.fault("notes.create", FaultKind::DropAfter, u32::from(without == "notes.list")).await;
        scene.click().await;
        scene.settle().await;
        assert_eq!(notes(&scene).len(), written, "{without}");
        assert_eq!(scene.row().await.note, note, "{without}");
        assert!(scene.asked_about(AttentionKind::PermissionMissing).await.is_some(), "{without}");
    }
}

#[tokio::test]
async fn whatever_lever_does_to_a_note_of_answers_there_is_one() {
    for (kind, written) in spoilt() {
        let scene = scene().await;
        let form = imports::SettingsForm {
            known_person: "ask".into(),
            on_reply: "off".into(),
            note_of_replies: true,
            ..imports::SettingsForm::default()
        };
        imports::save_settings(scene.services(), &scene.admin, form).await.unwrap();
        scene.import_jo().await;
        scene.step(Duration::from_secs(25 * 3600)).await;
        answers(&scene, "One more thing.").await;
        scene.lever.forget_received();
        scene.fault("notes.create", kind.clone(), 1).await;
        // While its end is not known somebody answers again.
        for _ in 0..11 {
            scene.step(Duration::from_secs(60)).await;
            work(&scene.world).await;
        }
        answers(&scene, "And another.").await;
        for _ in 0..3 {
            scene.step(Duration::from_secs(60)).await;
            work(&scene.world).await;
        }
        scene.step(Duration::from_secs(25 * 3600)).await;
        scene.settle().await;
        assert_eq!(scene.times_asked("notes.create"), written + 1, "{kind:?}");
        let notes = notes(&scene);
        assert_eq!(notes.len(), 3, "{kind:?}");
        for text in ["Yes, gladly.", "One more thing.", "And another."] {
            assert_eq!(notes.iter().filter(|note| note.contains(text)).count(), 1, "{kind:?}: {text}");
        }
    }
}

/// Jo answers once more.
async fn answers(scene: &Scene, text: &str) {
    let mut tx = scene.services().store.read().await.unwrap();
    let link = store::reply_links::list(&mut tx, scene.ana.organisation, scene.jo).await.unwrap().remove(0);
    drop(tx);
    let token = scene.services().capabilities.reply_token(link.id).unwrap();
    usecases::replies::answer(scene.services(), &token, text).await.unwrap();
}
