//! Two processes on one PostgreSQL: what one changes, screens at the other see.

use std::future::pending;
use std::time::Duration;

use domain::actor::Role;
use domain::event::Change;
use tokio::sync::broadcast::Receiver;
use tokio::task::JoinHandle;
use usecases::{Announced, Changes, Origin, Services, news};

use crate::support::{World, member, postgres_world};

/// Another process on the same database, and what carries its news.
fn process(world: &World) -> (Services, JoinHandle<()>) {
    let services = Services { changes: Changes::default(), ..world.services.clone() };
    let carrier = tokio::spawn(news::carry(services.clone(), pending()));
    (services, carrier)
}

async fn hear(screen: &mut Receiver<Announced>) -> Announced {
    tokio::time::timeout(Duration::from_secs(20), screen.recv()).await.expect("nothing was heard").unwrap()
}

#[tokio::test]
async fn what_one_process_changes_screens_at_another_hear_once() {
    let world = postgres_world().await;
    let actor = member(&world, Role::Recruiter).await;
    let (here, one) = process(&world);
    let (there, two) = process(&world);
    let (mut screen_here, mut screen_there) = (here.changes.listen(), there.changes.listen());
    let organisation = actor.organisation;
    // The carriers listen from some moment on; until then a change is told again.
    let first = loop {
        here.changes.announce(organisation, Change::Attention);
        let waited = tokio::time::timeout(Duration::from_millis(500), screen_there.recv()).await;
        if let Ok(heard) = waited {
            break heard.unwrap();
        }
    };
    let elsewhere = |change| Announced { organisation, change, origin: Origin::Elsewhere };
    assert_eq!(first, elsewhere(Change::Attention));
    there.changes.announce(organisation, Change::Connection);
    loop {
        let heard = hear(&mut screen_here).await;
        if heard.origin == Origin::Elsewhere {
            assert_eq!(heard, elsewhere(Change::Connection), "its own news do not come back");
            break;
        }
    }
    // More at once than anybody wants to hear singly: everything, once.
    for _ in 0..200 {
        here.changes.announce(organisation, Change::Candidate { id: here.new_id() });
    }
    loop {
        let heard = hear(&mut screen_there).await;
        if heard == elsewhere(Change::All) {
            break;
        }
        assert_ne!(heard, elsewhere(Change::Connection), "its own news do not come back");
    }
    one.abort();
    two.abort();
}
