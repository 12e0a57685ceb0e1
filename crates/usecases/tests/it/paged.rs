//! Lists of thousands, newest first: every one of them is on exactly one page, also
//! those of one instant.

use std::collections::BTreeSet;

use domain::attention::AttentionKind;
use domain::bulk_message::BulkMessageState;
use domain::import::BulkState;
use domain::time::Timestamp;
use domain::view::Listed;
use serde_json::json;
use store::attention;
use store::bulk_imports::{BulkImport, Source};
use store::bulk_messages::BulkMessage;
use store::differences::Difference;
use store::reconciliations::Cause;
use usecases::integration::RunsAsked;

use crate::scene::{Scene, scene_on};

async fn on_both() -> [Scene; 2] {
    [scene_on(store::testing::sqlite().await).await, scene_on(store::testing::postgres().await).await]
}

/// Five share an instant, so that pages end within them.
fn instant(number: i64) -> Timestamp {
    Timestamp(1_000 + number / 5)
}

/// Goes from page to page; gives how many stood on each, and all of them.
async fn all<T>(mut page: impl AsyncFnMut(&str) -> Listed<T>) -> (Vec<usize>, Vec<T>) {
    let (mut before, mut sizes, mut found) = (String::new(), Vec::new(), Vec::new());
    loop {
        let Listed { rows, next, is_later } = page(&before).await;
        assert_eq!(is_later, !before.is_empty());
        sizes.push(rows.len());
        found.extend(rows);
        match next {
            Some(next) => before = next,
            None => return (sizes, found),
        }
    }
}

#[tokio::test]
async fn imports_and_messages_of_many_are_reached_to_the_first() {
    for scene in on_both().await {
        let (organisation, services) = (scene.ana.organisation, scene.services());
        let mut tx = services.store.begin().await.unwrap();
        for number in 0..43 {
            let import = BulkImport {
                id: services.new_id(),
                requested_by: scene.ana.member,
                state: BulkState::Done,
                source: Source::Candidates(Vec::new()),
                read_up_to: None,
                total: 0,
                created_at: instant(number),
                finished_at: Some(instant(number)),
            };
            store::bulk_imports::insert(&mut tx, organisation, &import).await.unwrap();
            let message = BulkMessage {
                id: services.new_id(),
                written_by: scene.ana.member,
                state: BulkMessageState::Done,
                source: Source::Candidates(Vec::new()),
                read_up_to: None,
                body: format!("Text {number}"),
                total: 0,
                created_at: instant(number),
                finished_at: Some(instant(number)),
            };
            store::bulk_messages::insert(&mut tx, organisation, &message).await.unwrap();
        }
        tx.commit().await.unwrap();
        let newest =
            async |before: &str| usecases::imports::bulk::newest(services, &scene.ana, before).await.unwrap();
        let (sizes, imports) = all(newest).await;
        assert_eq!(sizes, [20, 20, 3]);
        assert_eq!(imports.iter().map(|run| run.id.0).collect::<BTreeSet<_>>().len(), 43);
        assert!(imports.iter().map(|run| &run.started.iso).is_sorted_by(|one, other| one >= other));

        let newest =
            async |before: &str| usecases::messages::newest(services, &scene.ana, before).await.unwrap();
        let (sizes, messages) = all(newest).await;
        assert_eq!(sizes, [20, 20, 3]);
        assert_eq!(messages.iter().map(|run| run.id.0).collect::<BTreeSet<_>>().len(), 43);
        assert_eq!(
            usecases::messages::newest(services, &scene.ana, "nonsense").await.unwrap().rows.len(),
            20
        );
    }
}

#[tokio::test]
async fn runs_and_their_differences_are_reached_to_the_first() {
    for scene in on_both().await {
        let (organisation, services) = (scene.ana.organisation, scene.services());
        let mut tx = services.store.begin().await.unwrap();
        let connection = store::connections::find(&mut tx, organisation).await.unwrap().unwrap().id;
        for number in 0..103 {
            let (run, at) = (services.new_id(), instant(number));
            let cause = Cause::Due;
            store::reconciliations::insert(&mut tx, organisation, run, connection, cause, at).await.unwrap();
            store::reconciliations::finish(&mut tx, organisation, run, None, at).await.unwrap();
            let found = Difference {
                run,
                candidate: scene.jo,
                ours: "Stage New lead".into(),
                levers: "Stage Offer".into(),
                done: format!("now Offer {number}"),
                at,
            };
            store::differences::record(&mut tx, organisation, &found).await.unwrap();
        }
        tx.commit().await.unwrap();
        let asked =
            async |asked: RunsAsked| usecases::integration::runs(services, &scene.lee, asked).await.unwrap();
        let before = scene_runs(&scene).await - 103;
        let (sizes, runs) = all(async |before: &str| {
            asked(RunsAsked { before: before.to_owned(), ..RunsAsked::default() }).await.runs
        })
        .await;
        assert_eq!(sizes, [50, 50, 3 + before]);
        assert_eq!(runs.iter().map(|run| run.id.0).collect::<BTreeSet<_>>().len(), 103 + before);

        let (sizes, found) = all(async |before: &str| {
            asked(RunsAsked { differences_before: before.to_owned(), ..RunsAsked::default() })
                .await
                .differences
        })
        .await;
        assert_eq!(sizes, [50, 50, 3]);
        assert_eq!(found.iter().map(|row| &row.done).collect::<BTreeSet<_>>().len(), 103);

        // One run is chosen, on whatever page it stands.
        let oldest = runs.last().unwrap();
        let page = asked(RunsAsked { run: Some(oldest.id), ..RunsAsked::default() }).await;
        assert_eq!(page.chosen, Some((oldest.id, oldest.started.clone())));
    }
}

#[tokio::test]
async fn what_needs_attention_is_reached_counted_and_tried_again_to_the_first() {
    for scene in on_both().await {
        let (organisation, services) = (scene.ana.organisation, scene.services());
        let mut tx = services.store.begin().await.unwrap();
        for number in 0..113 {
            let subject = format!("o-{number}");
            let (kind, candidate) = (AttentionKind::DeliveryNotApplied, Some(scene.jo));
            let (id, at) = (services.new_id(), instant(number));
            attention::raise(&mut tx, organisation, kind, &subject, candidate, &json!({}), id, at)
                .await
                .unwrap();
        }
        for number in 0..60 {
            let subject = format!("gone-{number}");
            let (kind, candidate) = (AttentionKind::ImportFoundTwice, Some(scene.jo));
            let (id, at) = (services.new_id(), instant(number));
            attention::raise(&mut tx, organisation, kind, &subject, candidate, &json!({}), id, at)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        for (actor, expected) in [(&scene.ana, vec![50, 10]), (&scene.lee, vec![50, 50, 50, 23])] {
            let page =
                async |before: &str| usecases::attention::list(services, actor, before).await.unwrap().items;
            let (sizes, rows) = all(page).await;
            assert_eq!(sizes, expected);
            let ids: BTreeSet<_> = rows.iter().map(|row| row.id.0).collect();
            assert_eq!(ids.len(), rows.len(), "each stands on one page");
            let counted = usecases::attention::count(services, actor).await.unwrap();
            assert_eq!(usize::try_from(counted).unwrap(), rows.len(), "as the menu says");
            let later = usecases::attention::list(services, actor, "9.00000000-0000-7000-8000-000000000001");
            assert_eq!(later.await.unwrap().open, counted, "as every page says");
        }
        let page = usecases::attention::list(services, &scene.lee, "").await.unwrap();
        assert_eq!(page.several.len(), 1);
        assert_eq!(page.several[0].label, "Retry all 113 updates from Lever");
        let kind = AttentionKind::DeliveryNotApplied;
        assert_eq!(usecases::attention::retry_all(services, &scene.lee, kind).await.unwrap(), 113);
        assert_eq!(usecases::attention::count(services, &scene.lee).await.unwrap(), 60);
        let mut tx = services.store.read().await.unwrap();
        let now = services.now();
        assert_eq!(store::jobs::count_live(&mut tx, organisation, now).await.unwrap(), 113);
    }
}

/// How many runs are over.
async fn scene_runs(scene: &Scene) -> usize {
    let mut tx = scene.services().store.read().await.unwrap();
    store::reconciliations::list(&mut tx, scene.ana.organisation, None, 1_000).await.unwrap().len()
}
