//! User Account Mapping, Job Stage Mapping and the drafts of the wizard.

use std::collections::{BTreeMap, HashMap};

use domain::connection::SetUpStep;
use domain::ids::{MemberId, OrganisationId};
use domain::mapping::{Place, Target};
use domain::status::Status;
use domain::time::Timestamp;
use store::map_saves::{self, Map};
use store::{Store, Tx, args, drafts, stage_map, user_map};
use uuid::Uuid;

use crate::connections::organisation;
use crate::on_both;

on_both!(
    members_keep_their_lever_user,
    places_keep_their_target,
    a_place_in_question_is_not_mapped,
    a_map_is_kept_as_it_was_saved,
    a_draft_is_replaced_and_discarded,
);

async fn member(tx: &mut Tx, organisation: OrganisationId) -> MemberId {
    let id = MemberId(Uuid::new_v4());
    tx.execute(
        "insert into members (id, organisation_id, email, name, role, password_hash, active, created_at,
            updated_at)
         values ($1, $2, $3, 'Ana', 'recruiter', '', 1, 1, 1)",
        args![id, organisation, format!("{id}@acme.com")],
    )
    .await
    .unwrap();
    id
}

async fn members_keep_their_lever_user(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let acme = organisation(&mut tx).await;
    let other = organisation(&mut tx).await;
    let (ana, ben) = (member(&mut tx, acme).await, member(&mut tx, acme).await);
    user_map::save(&mut tx, acme, ana, "u-1").await.unwrap();
    user_map::save(&mut tx, acme, ben, "u-2").await.unwrap();
    user_map::save(&mut tx, acme, ben, "").await.unwrap();
    let expected = BTreeMap::from([(ana, "u-1".to_owned()), (ben, String::new())]);
    assert_eq!(user_map::load(&mut tx, acme).await.unwrap(), expected);
    assert_eq!(user_map::of_member(&mut tx, acme, ana).await.unwrap().as_deref(), Some("u-1"));
    assert_eq!(user_map::of_member(&mut tx, acme, ben).await.unwrap(), None, "nobody was chosen");
    assert_eq!(user_map::of_member(&mut tx, other, ana).await.unwrap(), None);
    assert!(user_map::load(&mut tx, other).await.unwrap().is_empty());
    assert_eq!(user_map::clear(&mut tx, other).await.unwrap(), 0);
    assert_eq!(user_map::clear(&mut tx, acme).await.unwrap(), 2);
    assert!(user_map::load(&mut tx, acme).await.unwrap().is_empty());
}

async fn places_keep_their_target(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let acme = organisation(&mut tx).await;
    let other = organisation(&mut tx).await;
    let stage = Place::Stage("x".into());
    let reason = Place::Archived("x".into());
    let emptied = Place::Stage("y".into());
    stage_map::save(&mut tx, acme, &stage, Some(Target::Keep)).await.unwrap();
    stage_map::save(&mut tx, acme, &stage, Some(Target::Set(Status::Offer))).await.unwrap();
    stage_map::save(&mut tx, acme, &reason, Some(Target::Set(Status::Hired))).await.unwrap();
    stage_map::save(&mut tx, acme, &emptied, None).await.unwrap();
    let map = stage_map::load(&mut tx, acme).await.unwrap();
    assert_eq!(map.target(&stage), Some(Target::Set(Status::Offer)));
    assert_eq!(map.target(&reason), Some(Target::Set(Status::Hired)));
    assert_eq!(map.target(&emptied), None);
    let decided = stage_map::decided(&mut tx, acme).await.unwrap();
    let expected = HashMap::from([
        (stage, Some(Target::Set(Status::Offer))),
        (reason, Some(Target::Set(Status::Hired))),
        (emptied, None),
    ]);
    assert_eq!(decided, expected);
    assert!(stage_map::decided(&mut tx, other).await.unwrap().is_empty());
}

async fn a_place_in_question_is_not_mapped(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let acme = organisation(&mut tx).await;
    let other = organisation(&mut tx).await;
    let stage = Place::Stage("x".into());
    assert!(!stage_map::question(&mut tx, acme, &stage, true).await.unwrap(), "nobody decided about it");
    let offer = Some(Target::Set(Status::Offer));
    stage_map::save(&mut tx, acme, &stage, offer).await.unwrap();
    assert!(!stage_map::question(&mut tx, other, &stage, true).await.unwrap());
    assert!(stage_map::question(&mut tx, acme, &stage, true).await.unwrap());
    assert_eq!(stage_map::load(&mut tx, acme).await.unwrap().target(&stage), None);
    assert_eq!(stage_map::decided(&mut tx, acme).await.unwrap()[&stage], offer, "what was said is kept");
    assert_eq!(stage_map::in_question(&mut tx, acme).await.unwrap().len(), 1);
    assert!(stage_map::in_question(&mut tx, other).await.unwrap().is_empty());
    stage_map::save(&mut tx, acme, &stage, offer).await.unwrap();
    assert_eq!(stage_map::load(&mut tx, acme).await.unwrap().target(&stage), offer);
}

async fn a_map_is_kept_as_it_was_saved(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let acme = organisation(&mut tx).await;
    let other = organisation(&mut tx).await;
    let ana = member(&mut tx, acme).await;
    let choices = |code: &str| BTreeMap::from([("stage:offer".to_owned(), code.to_owned())]);
    assert_eq!(map_saves::last(&mut tx, acme, Map::Stages).await.unwrap(), None);
    for (at, code) in [(1, "offer"), (2, "hired")] {
        let version = map_saves::keep(&mut tx, acme, Map::Stages, &choices(code), Some(ana), Timestamp(at))
            .await
            .unwrap();
        assert_eq!(i64::from(version), at);
    }
    map_saves::keep(&mut tx, acme, Map::Users, &choices("u-1"), None, Timestamp(3)).await.unwrap();
    let last = map_saves::last(&mut tx, acme, Map::Stages).await.unwrap().unwrap();
    assert_eq!((last.version, last.member, last.at), (2, Some(ana), Timestamp(2)));
    assert_eq!(map_saves::choices(&mut tx, acme, Map::Stages, 1).await.unwrap(), choices("offer"));
    assert_eq!(map_saves::choices(&mut tx, acme, Map::Stages, 2).await.unwrap(), choices("hired"));
    assert!(map_saves::choices(&mut tx, acme, Map::Stages, 0).await.unwrap().is_empty());
    assert!(map_saves::choices(&mut tx, other, Map::Stages, 1).await.unwrap().is_empty());
    for at in 3..60 {
        map_saves::keep(&mut tx, acme, Map::Stages, &choices("offer"), None, Timestamp(at)).await.unwrap();
    }
    let oldest_kept = map_saves::choices(&mut tx, acme, Map::Stages, 2).await.unwrap();
    assert_eq!(oldest_kept, choices("offer"), "old ones make room");
}

async fn a_draft_is_replaced_and_discarded(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let acme = organisation(&mut tx).await;
    let other = organisation(&mut tx).await;
    drafts::save(&mut tx, acme, SetUpStep::Users, "{1}", Timestamp(1)).await.unwrap();
    drafts::save(&mut tx, acme, SetUpStep::Users, "{2}", Timestamp(2)).await.unwrap();
    drafts::save(&mut tx, acme, SetUpStep::Stages, "{3}", Timestamp(3)).await.unwrap();
    assert_eq!(drafts::find(&mut tx, acme, SetUpStep::Users).await.unwrap().as_deref(), Some("{2}"));
    assert_eq!(drafts::find(&mut tx, other, SetUpStep::Users).await.unwrap(), None);
    drafts::discard(&mut tx, other, SetUpStep::Users).await.unwrap();
    drafts::discard(&mut tx, acme, SetUpStep::Users).await.unwrap();
    assert_eq!(drafts::find(&mut tx, acme, SetUpStep::Users).await.unwrap(), None);
    assert_eq!(drafts::find(&mut tx, acme, SetUpStep::Stages).await.unwrap().as_deref(), Some("{3}"));
}
