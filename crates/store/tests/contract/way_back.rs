//! Whether statuses set here go to Lever, where each leads, and what is to be written.

use domain::mapping::Place;
use domain::pipeline::Truth;
use domain::status::Status;
use domain::time::Timestamp;
use domain::way_back::{ReturnMap, WriteFailure};
use store::status_writes::{self, State, StatusWrite, Wish};
use store::{Store, Tx, way_back};

use crate::fixtures::{Whose, organisation, somebody};
use crate::on_both;

on_both!(
    it_is_off_and_leads_nowhere_at_first,
    saving_replaces_what_was_saved,
    a_wish_goes_its_way,
    a_second_wish_takes_the_place_of_the_first,
    what_was_refused_is_tried_again,
);

async fn it_is_off_and_leads_nowhere_at_first(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let organisation = organisation(&mut tx).await;
    assert!(!way_back::is_on(&mut tx, organisation).await.unwrap());
    assert!(!way_back::is_saved(&mut tx, organisation).await.unwrap());
    assert!(way_back::map(&mut tx, organisation).await.unwrap().is_empty());
}

async fn saving_replaces_what_was_saved(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (acme, other) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let first: ReturnMap =
        [(Status::Offer, Place::Stage("offer".into())), (Status::Hired, Place::Archived("r-hired".into()))]
            .into_iter()
            .collect();
    way_back::save(&mut tx, acme, true, &first, Timestamp(5)).await.unwrap();
    assert!(way_back::is_on(&mut tx, acme).await.unwrap());
    assert_eq!(way_back::map(&mut tx, acme).await.unwrap(), first);
    let second: ReturnMap = [(Status::Offer, Place::Stage("late".into()))].into_iter().collect();
    way_back::save(&mut tx, acme, false, &second, Timestamp(6)).await.unwrap();
    assert!(!way_back::is_on(&mut tx, acme).await.unwrap());
    assert!(way_back::is_saved(&mut tx, acme).await.unwrap());
    assert_eq!(way_back::map(&mut tx, acme).await.unwrap(), second);
    assert!(!way_back::is_saved(&mut tx, other).await.unwrap());
    assert!(way_back::map(&mut tx, other).await.unwrap().is_empty());
}

fn at(stage: &str, archived: Option<&str>) -> Truth {
    Truth { stage: stage.into(), archived: archived.map(Into::into) }
}

impl Whose {
    fn wish(&self, status: Status, to: Place, seen: Truth) -> Wish {
        Wish { opportunity: "o-1".into(), candidate: self.candidate, member: self.member, status, to, seen }
    }

    async fn written(&self, tx: &mut Tx) -> StatusWrite {
        status_writes::find(tx, self.organisation, "o-1").await.unwrap().unwrap()
    }
}

async fn a_wish_goes_its_way(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let whose = somebody(&mut tx).await;
    let (acme, other) = (whose.organisation, organisation(&mut tx).await);
    let (new, offer) = (at("lead-new", None), at("offer", None));
    let wish = whose.wish(Status::Offer, Place::Stage("offer".into()), new.clone());
    status_writes::want(&mut tx, acme, &wish, Timestamp(5)).await.unwrap();
    let write = whose.written(&mut tx).await;
    assert_eq!(
        write,
        StatusWrite {
            opportunity: "o-1".into(),
            candidate: whose.candidate,
            member: whose.member,
            status: Status::Offer,
            to: Place::Stage("offer".into()),
            seen: new.clone(),
            sent: None,
            revision: 1,
            state: State::Queued,
            refusals: 0,
            look_at: None,
            created_at: Timestamp(5),
        }
    );
    let sending = (&new, &offer);
    let (look_at, now) = (Timestamp(50), Timestamp(6));
    assert!(!status_writes::sending(&mut tx, other, &write, sending, look_at, now).await.unwrap());
    assert!(status_writes::sending(&mut tx, acme, &write, sending, look_at, now).await.unwrap());
    let sent = whose.written(&mut tx).await;
    assert_eq!((sent.state, sent.sent.as_ref(), sent.look_at), (State::Sending, Some(&offer), Some(look_at)));
    status_writes::uncertain(&mut tx, acme, "o-1", Timestamp(70)).await.unwrap();
    assert_eq!(whose.written(&mut tx).await.look_at, Some(Timestamp(70)));
    status_writes::carried_out(&mut tx, acme, "o-1", &offer, Timestamp(8)).await.unwrap();
    let done = whose.written(&mut tx).await;
    assert_eq!((done.state, done.sent, done.seen, done.look_at), (State::Queued, None, offer, None));
    assert_eq!(status_writes::find(&mut tx, other, "o-1").await.unwrap(), None);
    assert!(!status_writes::forget(&mut tx, other, "o-1").await.unwrap());
    assert!(status_writes::forget(&mut tx, acme, "o-1").await.unwrap());
    assert_eq!(status_writes::find(&mut tx, acme, "o-1").await.unwrap(), None);
}

async fn a_second_wish_takes_the_place_of_the_first(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let whose = somebody(&mut tx).await;
    let acme = whose.organisation;
    let (new, offer) = (at("lead-new", None), at("offer", None));
    let first = whose.wish(Status::Offer, Place::Stage("offer".into()), new.clone());
    status_writes::want(&mut tx, acme, &first, Timestamp(5)).await.unwrap();
    let write = whose.written(&mut tx).await;
    let (look_at, now) = (Timestamp(50), Timestamp(6));
    assert!(status_writes::sending(&mut tx, acme, &write, (&new, &offer), look_at, now).await.unwrap());
    let second = whose.wish(Status::Hired, Place::Archived("r-hired".into()), new.clone());
    status_writes::want(&mut tx, acme, &second, Timestamp(9)).await.unwrap();
    let both = whose.written(&mut tx).await;
    assert_eq!((both.status, both.revision, both.state), (Status::Hired, 2, State::Sending));
    assert_eq!(
        (both.sent.as_ref(), both.look_at),
        (Some(&offer), Some(look_at)),
        "what is on its way stays known"
    );
    // The first one can neither be sent again nor given up any more.
    assert!(!status_writes::sending(&mut tx, acme, &write, (&new, &offer), look_at, now).await.unwrap());
    assert!(!status_writes::refuse(&mut tx, acme, &write, WriteFailure::Refused, now).await.unwrap());
    status_writes::not_sent(&mut tx, acme, "o-1", false, now).await.unwrap();
    let back = whose.written(&mut tx).await;
    assert_eq!((back.state, back.sent, back.seen, back.refusals), (State::Queued, None, new, 0));
}

async fn what_was_refused_is_tried_again(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let whose = somebody(&mut tx).await;
    let acme = whose.organisation;
    let wish = whose.wish(Status::Offer, Place::Stage("offer".into()), at("screen", Some("r-no")));
    status_writes::want(&mut tx, acme, &wish, Timestamp(5)).await.unwrap();
    let write = whose.written(&mut tx).await;
    assert_eq!(write.seen, at("screen", Some("r-no")));
    assert!(
        !status_writes::try_again(&mut tx, acme, "o-1", Timestamp(6)).await.unwrap(),
        "nothing was refused"
    );
    assert_eq!(status_writes::refused(&mut tx, acme).await.unwrap(), []);
    assert!(
        status_writes::refuse(&mut tx, acme, &write, WriteFailure::PlaceGone, Timestamp(6)).await.unwrap()
    );
    let refused = status_writes::refused(&mut tx, acme).await.unwrap();
    assert_eq!(
        refused.iter().map(|write| write.state).collect::<Vec<_>>(),
        [State::Refused(WriteFailure::PlaceGone)]
    );
    let to = Place::Stage("late".into());
    status_writes::redirect(&mut tx, acme, "o-1", &to, Timestamp(7)).await.unwrap();
    assert!(status_writes::try_again(&mut tx, acme, "o-1", Timestamp(8)).await.unwrap());
    let again = whose.written(&mut tx).await;
    assert_eq!((again.state, again.to, again.revision), (State::Queued, to, 2));
}
