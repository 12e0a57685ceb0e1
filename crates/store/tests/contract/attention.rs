//! Each matter is asked about once, until it is mended.

use std::collections::BTreeSet;

use domain::actor::Role;
use domain::attention::AttentionKind;
use domain::ids::{ImportId, OrganisationId};
use domain::import::ImportFailure;
use domain::time::Timestamp;
use serde_json::json;
use store::activity::Older;
use store::attention::Item;
use store::{Store, Tx, attention, imports};

use crate::fixtures::{candidate, id, member, organisation};
use crate::on_both;

on_both!(
    a_matter_is_open_once,
    recruiters_are_shown_what_they_can_mend,
    pages_of_each_role_hold_what_is_counted,
    failed_imports_that_can_be_tried_again_are_counted,
    another_organisation_has_its_own,
);

/// The newest items that somebody who sees all is shown.
async fn list(tx: &mut Tx, organisation: OrganisationId, limit: u32) -> Vec<Item> {
    attention::list_open(tx, organisation, Role::SuperAdmin, None, limit).await.unwrap()
}

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
    let open = list(&mut tx, organisation, 10).await;
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
    let newest_first: Vec<_> =
        list(&mut tx, organisation, 10).await.into_iter().map(|item| item.created_at.0).collect();
    assert_eq!(newest_first, [7, 6, 5]);
    assert_eq!(list(&mut tx, organisation, 2).await.len(), 2);
    let of_kind = attention::open_of(&mut tx, organisation, kind, None, 10).await.unwrap();
    assert_eq!(of_kind.iter().map(|item| item.created_at.0).collect::<Vec<_>>(), [7, 5]);
    assert_eq!(attention::open_of(&mut tx, organisation, kind, None, 1).await.unwrap(), of_kind[..1]);
    assert_eq!(attention::open_subjects(&mut tx, organisation, kind).await.unwrap(), ["i-1", "i-2"]);
    assert!(attention::is_open(&mut tx, organisation, kind, "i-2").await.unwrap());
    assert!(!attention::is_open(&mut tx, organisation, other, "i-2").await.unwrap());
    assert_eq!(attention::resolve_all_of(&mut tx, organisation, kind, Timestamp(8)).await.unwrap(), 2);
    assert_eq!(list(&mut tx, organisation, 10).await.len(), 1);
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

async fn pages_of_each_role_hold_what_is_counted(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, other) = (organisation(&mut tx).await, organisation(&mut tx).await);
    // Three share an instant, so that pages end within them.
    for number in 0..20 {
        let at = Timestamp(number / 3);
        for kind in [AttentionKind::ImportOffered, AttentionKind::UnmappedPlace] {
            let subject = format!("{number}");
            attention::raise(&mut tx, here, kind, &subject, None, &json!({}), id(), at).await.unwrap();
            attention::raise(&mut tx, other, kind, &subject, None, &json!({}), id(), at).await.unwrap();
        }
    }
    for (role, kinds) in [(Role::Recruiter, 1), (Role::Admin, 2), (Role::SuperAdmin, 2)] {
        let (mut found, mut older) = (Vec::<Item>::new(), None);
        loop {
            let page = attention::list_open(&mut tx, here, role, older, 7).await.unwrap();
            let Some(last) = page.last() else { break };
            older = Some(Older { at: last.created_at, id: last.id.0 });
            found.extend(page);
        }
        assert_eq!(found.len(), 20 * kinds, "{role:?}");
        assert!(found.is_sorted_by(|one, next| (one.created_at, one.id) > (next.created_at, next.id)));
        assert!(found.iter().all(|item| attention::shown_to(role, item.kind)));
        let counted = attention::count_open(&mut tx, here, role).await.unwrap();
        assert_eq!(usize::try_from(counted).unwrap(), found.len(), "{role:?}");
        let by_kind = attention::count_by_kind(&mut tx, here, role).await.unwrap();
        assert_eq!(by_kind.len(), kinds);
        assert!(by_kind.iter().all(|(_, count)| *count == 20));
    }
    let kind = AttentionKind::UnmappedPlace;
    let first = attention::open_of(&mut tx, here, kind, None, 12).await.unwrap();
    let place = Older { at: first[11].created_at, id: first[11].id.0 };
    let rest = attention::open_of(&mut tx, here, kind, Some(place), 12).await.unwrap();
    let subjects: BTreeSet<_> = first.iter().chain(&rest).map(|item| &item.subject).collect();
    assert_eq!((first.len(), rest.len(), subjects.len()), (12, 8, 20));
}

async fn failed_imports_that_can_be_tried_again_are_counted(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let other = organisation(&mut tx).await;
    let ana = member(&mut tx, here, "ana@acme.example", Role::Recruiter).await.id;
    let ben = member(&mut tx, here, "ben@acme.example", Role::Recruiter).await.id;
    for (number, (by, failure)) in [
        (ana, ImportFailure::NoEmail),
        (ana, ImportFailure::Refused),
        (ana, ImportFailure::PostingGone),
        (ben, ImportFailure::Refused),
    ]
    .into_iter()
    .enumerate()
    {
        let candidate = candidate(&mut tx, here, "Jo", i64::try_from(number).unwrap()).await.id;
        let (import, at): (ImportId, _) = (id(), Timestamp(1));
        let marker = import.to_string();
        assert!(imports::request(&mut tx, here, import, candidate, by, &marker, at).await.unwrap());
        imports::failed(&mut tx, here, import, failure, None, at).await.unwrap();
        let (kind, detail) = (AttentionKind::ImportFailed, json!({ "failure": failure.code() }));
        attention::raise(&mut tx, here, kind, &import.to_string(), Some(candidate), &detail, id(), at)
            .await
            .unwrap();
    }
    assert_eq!(attention::count_imports_to_retry(&mut tx, here, Some(ana)).await.unwrap(), 2);
    assert_eq!(attention::count_imports_to_retry(&mut tx, here, Some(ben)).await.unwrap(), 1);
    assert_eq!(attention::count_imports_to_retry(&mut tx, here, None).await.unwrap(), 3);
    assert_eq!(attention::count_imports_to_retry(&mut tx, other, None).await.unwrap(), 0);
    attention::resolve_all_of(&mut tx, here, AttentionKind::ImportFailed, Timestamp(2)).await.unwrap();
    assert_eq!(attention::count_imports_to_retry(&mut tx, here, None).await.unwrap(), 0);
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
    assert_eq!(list(&mut tx, mine, 10).await.len(), 1);
}
