//! The health page, after what makes it show something.

use domain::problem::Problem;
use domain::view::LeverAnswers;
use lever_sim::FaultKind;
use usecases::integration::health;

use crate::lever_world::{TOKEN, post, refused, stage_change, webhook_path};
use crate::scene::scene;

#[tokio::test]
async fn a_quiet_day_shows_its_one_delivery() {
    let scene = scene().await;
    let opportunity = scene.import_jo().await;
    scene.deliver(&opportunity, 1).await;

    let page = health(scene.services(), &scene.lee).await.unwrap();
    assert_eq!(page.lever, LeverAnswers::Yes);
    assert_eq!(page.hours.len(), 24);
    let busy: Vec<_> = page.hours.iter().filter(|hour| hour.received > 0).collect();
    assert_eq!(busy.len(), 1);
    assert_eq!(page.hours.last(), busy.first().copied());
    assert_eq!((busy[0].received, busy[0].slowest), (1, Some(0)));
    assert_eq!(busy[0].waited, 0);
    assert!(page.last_delivery.is_some());
    assert_eq!((page.running, page.given_up), (0, 0));
    assert!(page.queue.iter().all(|waiting| waiting.due == 0), "{:?}", page.queue);
}

#[tokio::test]
async fn work_that_lever_holds_up_is_seen_waiting() {
    let scene = scene().await;
    let opportunity = scene.import_jo().await;
    scene.step(std::time::Duration::from_secs(1)).await;
    let path = webhook_path(&scene.world, &scene.admin).await;
    post(&scene.world, &path, &stage_change(TOKEN, &opportunity, 1)).await;

    let page = health(scene.services(), &scene.lee).await.unwrap();
    let waiting = page.queue.iter().find(|waiting| waiting.what == "Apply opportunity").unwrap();
    assert_eq!((waiting.due, waiting.later), (1, 0));
    assert_eq!(waiting.waits, "under a minute");
    assert_eq!(page.hours.last().map(|hour| (hour.received, hour.waited)), Some((1, 1)));

    // It waited over the end of the hour: seen from the next one, at both ends.
    scene.step(std::time::Duration::from_secs(3_600)).await;
    scene.fault("opportunities.get", FaultKind::InternalError, 1).await;
    crate::lever_world::work(&scene.world).await;
    let page = health(scene.services(), &scene.lee).await.unwrap();
    assert_eq!(page.lever, LeverAnswers::Failing(1));
    let waited: Vec<u32> = page.hours.iter().map(|hour| hour.waited).collect();
    assert_eq!(waited[22..], [1, 1]);

    // It is due again after a pause, and applied.
    scene.step(std::time::Duration::from_secs(60)).await;
    crate::lever_world::work(&scene.world).await;
    let page = health(scene.services(), &scene.lee).await.unwrap();
    let waited: Vec<u32> = page.hours.iter().map(|hour| hour.waited).collect();
    assert_eq!(waited[22..], [1, 0]);
}

#[tokio::test]
async fn requests_are_seen_in_the_minute_they_were_made() {
    let scene = scene().await;
    scene.import_jo().await;
    usecases::calls::write(scene.services()).await.unwrap();
    let page = health(scene.services(), &scene.lee).await.unwrap();
    assert_eq!(page.minutes.len(), 60);
    let (now, before) = page.minutes.split_last().unwrap();
    assert!(now.requests > 0, "{:?}", page.minutes);

    scene.step(std::time::Duration::from_secs(60)).await;
    usecases::calls::write(scene.services()).await.unwrap();
    let later = health(scene.services(), &scene.lee).await.unwrap();
    assert_eq!(later.minutes[58].requests, now.requests);
    assert_eq!(later.minutes[57], before[58]);
}

#[tokio::test]
async fn recruiters_are_not_shown_it() {
    let scene = scene().await;
    assert_eq!(refused(health(scene.services(), &scene.ana).await), Problem::NotAllowed);
}
