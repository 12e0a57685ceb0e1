//! Each matter is asked about once, until it is mended.

use domain::actor::Role;
use domain::attention::AttentionKind;
use domain::time::Timestamp;
use serde_json::json;
use store::{Store, attention};

use crate::fixtures::{candidate, id, organisation};
use crate::on_both;

on_both!(a_matter_is_open_once, recruiters_are_shown_what_they_can_mend, another_organisation_has_its_own);

async fn a_matter_is_open_once(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let organisation = organisation(&mut tx).await;
    let jo = candidate(&mut tx, organisation, "Jo", 1).await.id;
    let kind = AttentionKind::ImportFailed;
    let (first, second) = (json!({ "failure": "no_email" }), json!({ "failure": "refused" }));
    let (a, b) = (id(), id());
    assert!(
        attention::raise(&mut tx, organisation, kind, "i-1", Some(jo), &first, a, Timestamp(1))
            .await
            .unwrap()
    );
    assert!(
        !attention::raise(&mut tx, organisation, kind, "i-1", Some(jo), &second, b, Timestamp(2))
            .await
            .unwrap()
    );
    let open = attention::list_open(&mut tx, organisation, 10).await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].id, open[0].kind, open[0].candidate), (a, kind, Some(jo)));
    assert_eq!((open[0].subject.as_str(), &open[0].detail), ("i-1", &second));
    assert_eq!(open[0].created_at, Timestamp(1));
    assert_eq!(attention::get_open(&mut tx, organisation, a).await.unwrap().as_ref(), Some(&open[0]));

    assert!(attention::resolve(&mut tx, organisation, kind, "i-1", Timestamp(3)).await.unwrap());
    assert!(!attention::resolve(&mut tx, organisation, kind, "i-1", Timestamp(4)).await.unwrap());
    assert_eq!(attention::get_open(&mut tx, organisation, a).await.unwrap(), None);
    assert!(
        attention::raise(&mut tx, organisation, kind, "i-1", Some(jo), &first, b, Timestamp(5))
            .await
            .unwrap()
    );
    let other = AttentionKind::ImportFoundTwice;
    attention::raise(&mut tx, organisation, other, "i-1", Some(jo), &first, id(), Timestamp(6))
        .await
        .unwrap();
    attention::raise(&mut tx, organisation, kind, "i-2", None, &first, id(), Timestamp(7)).await.unwrap();
    let newest_first: Vec<_> = attention::list_open(&mut tx, organisation, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|item| item.created_at.0)
        .collect();
    assert_eq!(newest_first, [7, 6, 5]);
    assert_eq!(attention::list_open(&mut tx, organisation, 2).await.unwrap().len(), 2);
    let of_kind = attention::open_of(&mut tx, organisation, kind, 10).await.unwrap();
    assert_eq!(of_kind.iter().map(|item| item.created_at.0).collect::<Vec<_>>(), [7, 5]);
    assert_eq!(attention::open_of(&mut tx, organisation, kind, 1).await.unwrap(), of_kind[..1]);
    assert_eq!(attention::open_subjects(&mut tx, organisation, kind).await.unwrap(), ["i-1", "i-2"]);
    assert!(attention::is_open(&mut tx, organisation, kind, "i-2").await.unwrap());
    assert!(!attention::is_open(&mut tx, organisation, other, "i-2").await.unwrap());
    assert_eq!(attention::resolve_all_of(&mut tx, organisation, kind, Timestamp(8)).await.unwrap(), 2);
    assert_eq!(attention::list_open(&mut tx, organisation, 10).await.unwrap().len(), 1);
    assert!(!attention::is_open(&mut tx, organisation, kind, "i-1").await.unwrap());
    assert!(attention::open_subjects(&mut tx, organisation, kind).await.unwrap().is_empty());
}

async fn recruiters_are_shown_what_they_can_mend(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let organisation = organisation(&mut tx).await;
    for kind in AttentionKind::ALL {
        attention::raise(&mut tx, organisation, kind, "x", None, &json!({}), id(), Timestamp(1))
            .await
            .unwrap();
    }
    let all = u32::try_from(AttentionKind::ALL.len()).unwrap();
    assert_eq!(attention::count_open(&mut tx, organisation, Role::Recruiter).await.unwrap(), 8);
    assert_eq!(attention::count_open(&mut tx, organisation, Role::Admin).await.unwrap(), all);
    assert_eq!(attention::count_open(&mut tx, organisation, Role::SuperAdmin).await.unwrap(), all);
}

async fn another_organisation_has_its_own(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let mine = organisation(&mut tx).await;
    let other = organisation(&mut tx).await;
    let kind = AttentionKind::KeyRejected;
    let item = id();
    attention::raise(&mut tx, mine, kind, "c", None, &json!({}), item, Timestamp(1)).await.unwrap();
    assert_eq!(attention::get_open(&mut tx, other, item).await.unwrap(), None);
    assert!(!attention::is_open(&mut tx, other, kind, "c").await.unwrap());
    assert!(attention::open_subjects(&mut tx, other, kind).await.unwrap().is_empty());
    assert!(!attention::resolve(&mut tx, other, kind, "c", Timestamp(2)).await.unwrap());
    assert_eq!(attention::resolve_all_of(&mut tx, other, kind, Timestamp(2)).await.unwrap(), 0);
    assert_eq!(attention::count_open(&mut tx, other, Role::SuperAdmin).await.unwrap(), 0);
    assert!(attention::raise(&mut tx, other, kind, "c", None, &json!({}), id(), Timestamp(3)).await.unwrap());
    assert_eq!(attention::list_open(&mut tx, mine, 10).await.unwrap().len(), 1);
}
