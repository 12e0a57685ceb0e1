//! The worker as the server runs it.

use std::sync::Arc;
use std::time::Duration;

use domain::event::Change;
use domain::view::ImportView;
use tokio::sync::oneshot;
use usecases::{Services, SystemClock, worker};

use crate::scene::{Scene, scene};

/// A running worker, stopped by hand.
struct Running {
    stop: oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<()>,
}

fn start(services: Services) -> Running {
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(worker::run(services, async move {
        stopped.await.ok();
    }));
    Running { stop, ended }
}

impl Running {
    async fn stop(self) {
        self.stop.send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(10), self.ended).await.expect("it stops").unwrap();
    }
}

/// Real time, for work that waits.
fn on_the_clock(scene: &Scene) -> Services {
    Services { clock: Arc::new(SystemClock), ..scene.services().clone() }
}

/// Waits for news of the candidate until the import is shown as wanted.
async fn shown(scene: &Scene, within: Duration, wanted: impl Fn(&ImportView) -> bool) {
    let mut news = scene.services().changes.listen();
    tokio::time::timeout(within, async {
        while !wanted(&scene.import().await) {
            loop {
                if let Change::Candidate { .. } = news.recv().await.unwrap().change {
                    break;
                }
            }
        }
    })
    .await
    .expect("in time");
}

fn imported(view: &ImportView) -> bool {
    matches!(view, ImportView::Imported { .. })
}

#[tokio::test]
async fn a_click_is_worked_off_at_once_and_open_screens_are_told() {
    let scene = scene().await;
    let running = start(on_the_clock(&scene));
    scene.click().await;
    shown(&scene, Duration::from_secs(5), imported).await;
    running.stop().await;
    assert_eq!(scene.times_asked("opportunities.create"), 1);
}

#[tokio::test]
async fn work_of_a_process_that_was_killed_goes_on_within_three_seconds() {
    let scene = scene().await;
    scene.click().await;
    // Its lease would last half a minute; on SQLite nobody else can be alive.
    scene.lost_worker().await;
    let running = start(scene.services().clone());
    shown(&scene, Duration::from_secs(3), imported).await;
    running.stop().await;
    assert_eq!(scene.in_lever().len(), 1);
}

#[tokio::test]
async fn a_worker_that_stops_leaves_nothing_claimed() {
    let scene = scene().await;
    let running = start(scene.services().clone());
    running.stop().await;
    scene.click().await;
    assert!(worker::step(scene.services()).await.unwrap());
    assert!(imported(&scene.import().await));
}
