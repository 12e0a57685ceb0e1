//! Work that is given up is somebody's business: told once, tried again at one press, and
//! gone once it is done.

use domain::attention::AttentionKind;
use domain::bulk_message::BulkMessageState;
use domain::event::Change;
use domain::import::BulkState;
use domain::job::Job;
use domain::problem::Problem;
use domain::resume::Attachment;
use domain::view::{AttentionRow, Mend};
use lever_sim::FaultKind;
use store::args;
use store::attachments::Attached;
use store::bulk_imports::{BulkImport, Source};
use store::bulk_messages::BulkMessage;
use store::held_imports::Held;
use store::imports::Note;
use usecases::{attention, imports, integration};

use crate::lever_world::*;
use crate::scene::{Scene, scene, scene_on};
use crate::support::problem;

/// The job is tried a last time, and given up.
async fn give_up(scene: &Scene, job: &Job) {
    let (services, organisation) = (scene.services(), scene.ana.organisation);
    let now = services.now();
    let mut tx = services.store.begin().await.unwrap();
    store::jobs::enqueue(&mut tx, organisation, job, services.new_id(), now, now).await.unwrap();
    let last = "update jobs set attempt = max_attempts where key = $1 and state = 'queued'";
    tx.execute(last, args![job.key(organisation)]).await.unwrap();
    tx.commit().await.unwrap();
    work(&scene.world).await;
}

async fn queue(scene: &Scene, job: &Job) {
    let (services, now) = (scene.services(), scene.services().now());
    let mut tx = services.store.begin().await.unwrap();
    store::jobs::enqueue(&mut tx, scene.ana.organisation, job, services.new_id(), now, now).await.unwrap();
    tx.commit().await.unwrap();
}

/// What the only item says.
async fn told(scene: &Scene) -> AttentionRow {
    let mut items = scene.attention().await;
    assert_eq!(items.len(), 1, "{items:?}");
    let item = items.remove(0);
    assert_eq!(item.kind, AttentionKind::WorkGivenUp);
    item
}

async fn is_queued(scene: &Scene, job: &Job) -> bool {
    let mut tx = scene.services().store.read().await.unwrap();
    store::jobs::standing(&mut tx, scene.ana.organisation, job).await.unwrap().is_some()
}

async fn dead(scene: &Scene) -> u32 {
    integration::health(scene.services(), &scene.admin).await.unwrap().given_up
}

async fn connection(scene: &Scene) -> domain::ids::ConnectionId {
    let mut tx = scene.services().store.read().await.unwrap();
    store::connections::find(&mut tx, scene.ana.organisation).await.unwrap().unwrap().id
}

#[tokio::test]
async fn every_kind_of_work_that_is_given_up_is_told_and_tried_again_at_one_press() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        scene.import_jo().await;
        let (services, organisation) = (scene.services(), scene.ana.organisation);
        let (import, connection) = (scene.row().await.id, connection(&scene).await);
        let run = services.new_id();
        for (job, title) in [
            (Job::AddReplyNote { import }, "Later answers of Jo Park are not in Lever"),
            (Job::StartHeldImport { candidate: scene.jo }, "The import of Jo Park did not begin"),
            (Job::RefreshCatalogue { connection }, "Lever's users and stages could not be read"),
            (Job::Reconcile { reconciliation: run }, "The last reconciliation was given up"),
            (Job::ReplayQuarantine { connection }, "Held deliveries were not looked at again"),
            (Job::TidyWebhooks { connection }, "A webhook that is no longer used may still be in Lever"),
            (
                Job::SendAttentionMail { about: AttentionKind::KeyRejected, member: scene.admin.member },
                &format!("{} was not told by mail: Lever rejects the API key", scene.admin.name),
            ),
        ] {
            let mut heard = services.changes.listen();
            give_up(&scene, &job).await;
            let item = told(&scene).await;
            assert_eq!(item.title, title);
            assert!(matches!(item.mend, Some(Mend::Retry { .. })), "{title}");
            assert_eq!(dead(&scene).await, 1, "{title}");
            let mut attention = false;
            while let Ok(told) = heard.try_recv() {
                attention |= told.change == Change::Attention;
            }
            assert!(attention, "open screens are told: {title}");
            // Given up twice, it stands once.
            give_up(&scene, &job).await;
            assert_eq!(told(&scene).await.id, item.id);

            assert_eq!(problem(attention::retry(services, &scene.ana, item.id).await), Problem::NotFound);
            attention::retry(services, &scene.lee, item.id).await.unwrap();
            assert!(is_queued(&scene, &job).await, "{title}");
            assert_eq!((scene.attention().await, dead(&scene).await), (Vec::new(), 0), "{title}");
            work(&scene.world).await;
            assert_eq!(scene.attention().await, [], "{title}");
        }
        let mut tx = services.store.read().await.unwrap();
        let run = store::reconciliations::latest(&mut tx, organisation).await.unwrap().unwrap();
        assert!(run.finished_at.is_some() && run.problem.is_none());
        drop(tx);
        services.store.close().await;
    }
}

#[tokio::test]
async fn what_was_given_up_of_an_import_goes_on_where_it_was() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let services = scene.services();
        usecases::resumes::keep(services, &scene.ana, scene.jo, "Jo.pdf", b"%PDF-1.7\n%%EOF")
            .await
            .unwrap()
            .unwrap();
        scene.import_jo().await;
        let (organisation, import) = (scene.ana.organisation, scene.row().await.id);
        let notes = async || scene.client().notes(&scene.only_id()).await.unwrap().len();
        let files = async || scene.client().files(&scene.only_id()).await.unwrap().len();
        assert_eq!((notes().await, files().await), (1, 1));

        // As if neither had been begun, and as if it were not known whether they arrived.
        for arrived in [false, true] {
            let now = services.now();
            let (note, state) = match arrived {
                false => (Note::Pending, Attachment::Pending),
                true => (Note::Sending, Attachment::Sending),
            };
            let mut tx = services.store.begin().await.unwrap();
            store::imports::move_note(&mut tx, organisation, import, Note::Written, note, now).await.unwrap();
            let attached = store::attachments::find(&mut tx, organisation, import).await.unwrap().unwrap();
            let attached = Attached { state, look_at: arrived.then_some(now), ..attached };
            store::attachments::save(&mut tx, organisation, import, &attached).await.unwrap();
            tx.commit().await.unwrap();
            let before = (notes().await, files().await);
            for (job, title) in [
                (Job::AddImportNote { import }, "The conversation with Jo Park is not in Lever"),
                (Job::AttachResume { import }, "The résumé of Jo Park is not in Lever"),
            ] {
                give_up(&scene, &job).await;
                let item = told(&scene).await;
                assert_eq!((item.title.as_str(), item.candidate), (title, Some(scene.jo)));
                attention::retry(services, &scene.lee, item.id).await.unwrap();
                work(&scene.world).await;
                assert_eq!((scene.attention().await, dead(&scene).await), (Vec::new(), 0));
            }
            // What arrived is found, and not sent again.
            let more = usize::from(!arrived);
            assert_eq!((notes().await, files().await), (before.0 + more, before.1 + more));
            assert_eq!(scene.row().await.note, Note::Written);
        }
        services.store.close().await;
    }
}

#[tokio::test]
async fn imports_and_messages_of_many_go_on_or_are_seen_to_on_their_page() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let (services, organisation) = (scene.services(), scene.ana.organisation);
        let now = services.now();
        let (bulk, text) = (services.new_id(), services.new_id());
        let run = BulkImport {
            id: bulk,
            requested_by: scene.ana.member,
            state: BulkState::Running,
            source: Source::Candidates(Vec::new()),
            read_up_to: None,
            total: 0,
            created_at: now,
            finished_at: None,
        };
        let message = BulkMessage {
            id: text,
            written_by: scene.ana.member,
            state: BulkMessageState::Running,
            source: Source::Candidates(Vec::new()),
            read_up_to: None,
            body: "Hello".into(),
            total: 0,
            created_at: now,
            finished_at: None,
        };
        let mut tx = services.store.begin().await.unwrap();
        store::bulk_imports::insert(&mut tx, organisation, &run).await.unwrap();
        store::bulk_messages::insert(&mut tx, organisation, &message).await.unwrap();
        tx.commit().await.unwrap();
        let state = async || {
            let mut tx = services.store.read().await.unwrap();
            let run = store::bulk_imports::get(&mut tx, organisation, bulk).await.unwrap().unwrap();
            let text = store::bulk_messages::get(&mut tx, organisation, text).await.unwrap().unwrap();
            (run.state, text.state)
        };
        let import = Job::RunBulkImport { bulk };
        give_up(&scene, &import).await;
        assert_eq!(told(&scene).await.title, "An import of many was paused");
        assert_eq!(state().await.0, BulkState::Paused);
        // Whoever resumes it on its page has seen to it.
        imports::bulk::resume(services, &scene.ana, bulk).await.unwrap();
        assert_eq!(scene.attention().await, []);
        give_up(&scene, &import).await;
        attention::retry(services, &scene.lee, told(&scene).await.id).await.unwrap();
        assert_eq!(state().await.0, BulkState::Running);
        assert!(is_queued(&scene, &import).await);
        imports::bulk::stop(services, &scene.ana, bulk).await.unwrap();
        work(&scene.world).await;

        give_up(&scene, &Job::RunBulkMessage { bulk: text }).await;
        assert_eq!(state().await.1, BulkMessageState::Stopped);
        let item = told(&scene).await;
        assert_eq!(item.title, "Writing to many candidates was stopped");
        attention::retry(services, &scene.lee, item.id).await.unwrap();
        work(&scene.world).await;
        assert_eq!(state().await.1, BulkMessageState::Done);
        assert_eq!((scene.attention().await, dead(&scene).await), (Vec::new(), 0));
        services.store.close().await;
    }
}

#[tokio::test]
async fn what_comes_by_the_clock_is_not_told_beside_a_missing_permission() {
    let scene = scene().await;
    let connection = connection(&scene).await;
    scene.fault("users.list", FaultKind::PermissionMissing, 1).await;
    queue(&scene, &Job::RefreshCatalogue { connection }).await;
    work(&scene.world).await;
    let kinds: Vec<AttentionKind> = scene.attention().await.into_iter().map(|item| item.kind).collect();
    assert_eq!(kinds, [AttentionKind::PermissionMissing]);
}

#[tokio::test]
async fn it_goes_when_a_later_run_succeeds_and_with_what_it_is_about() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let services = scene.services();
        let connection = connection(&scene).await;
        let job = Job::RefreshCatalogue { connection };
        give_up(&scene, &job).await;
        told(&scene).await;
        let mut heard = services.changes.listen();
        queue(&scene, &job).await;
        work(&scene.world).await;
        assert_eq!((scene.attention().await, dead(&scene).await), (Vec::new(), 0));
        let mut attention = false;
        while let Ok(told) = heard.try_recv() {
            attention |= told.change == Change::Attention;
        }
        assert!(attention, "open screens are told");

        // The hold of an import that did not begin: undone.
        let mut tx = services.store.begin().await.unwrap();
        let held = Held { member: scene.ana.member, due_at: services.now() };
        let now = services.now();
        store::held_imports::hold(&mut tx, scene.ana.organisation, scene.jo, held, now).await.unwrap();
        tx.commit().await.unwrap();
        give_up(&scene, &Job::StartHeldImport { candidate: scene.jo }).await;
        told(&scene).await;
        imports::undo(services, &scene.ana, scene.jo).await.unwrap();
        assert_eq!(scene.attention().await, []);

        // A former member is told nothing.
        let ben = crate::support::member(&scene.world, domain::actor::Role::SuperAdmin).await;
        let mail = Job::SendAttentionMail { about: AttentionKind::StageGone, member: ben.member };
        give_up(&scene, &mail).await;
        told(&scene).await;
        usecases::members::remove(services, &scene.admin, ben.member).await.unwrap();
        assert_eq!((scene.attention().await, dead(&scene).await), (Vec::new(), 0));

        // The connection's own work.
        for job in [
            Job::RefreshCatalogue { connection },
            Job::Reconcile { reconciliation: services.new_id() },
            Job::ReplayQuarantine { connection },
            Job::TidyWebhooks { connection },
        ] {
            give_up(&scene, &job).await;
        }
        assert_eq!(scene.attention().await.len(), 4);
        let page = attention::list(services, &scene.lee, "").await.unwrap();
        assert_eq!(page.several[0].label, "Try all 4 again that were given up");
        integration::disconnect(services, &scene.admin).await.unwrap();
        assert_eq!((scene.attention().await, dead(&scene).await), (Vec::new(), 0));
        services.store.close().await;
    }
}

#[tokio::test]
async fn all_that_was_given_up_is_tried_again_at_one_press() {
    let scene = scene().await;
    let connection = connection(&scene).await;
    let jobs = [Job::RefreshCatalogue { connection }, Job::TidyWebhooks { connection }];
    for job in &jobs {
        give_up(&scene, job).await;
    }
    let kind = AttentionKind::WorkGivenUp;
    let refused = attention::retry_all(scene.services(), &scene.ana, kind).await;
    assert_eq!(problem(refused), Problem::NotFound);
    assert_eq!(attention::retry_all(scene.services(), &scene.lee, kind).await.unwrap(), 2);
    for job in &jobs {
        assert!(is_queued(&scene, job).await);
    }
    work(&scene.world).await;
    assert_eq!((scene.attention().await, dead(&scene).await), (Vec::new(), 0));
}
