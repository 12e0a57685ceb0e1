//! The activity log.

use domain::actor::Role;
use domain::time::Timestamp;
use store::Store;
use store::activity::{self, Activity, Older};

use crate::fixtures::{candidate, id, member, organisation};

crate::on_both!(the_log_reads_back_page_by_page);

async fn the_log_reads_back_page_by_page(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, elsewhere) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await;
    let nora = candidate(&mut tx, here, "Nora Lind", 10).await;
    // Two of one instant: the id decides.
    for (at, member) in [(1, Some(ana.id)), (2, None), (2, Some(ana.id)), (3, None)] {
        let entry = Activity {
            id: id(),
            at: Timestamp(at),
            member,
            candidate: Some(nora.id),
            kind: "candidate_added",
            summary: format!("At {at}."),
        };
        activity::record(&mut tx, here, &entry).await.unwrap();
        activity::record(&mut tx, elsewhere, &Activity { id: id(), member: None, candidate: None, ..entry })
            .await
            .unwrap();
    }
    let everything = activity::list(&mut tx, here, None, 10).await.unwrap();
    let instants: Vec<i64> = everything.iter().map(|entry| entry.at.0).collect();
    assert_eq!(instants, [3, 2, 2, 1]);
    assert_eq!(everything[3].member.as_deref(), Some("Ana"));
    assert_eq!(everything[0].member, None);
    assert_eq!(everything[0].summary, "At 3.");
    assert_eq!(everything[0].kind, "candidate_added");
    assert_eq!(everything[0].candidate, Some(nora.id));

    let mut paged = Vec::new();
    let mut older = None;
    loop {
        let page = activity::list(&mut tx, here, older, 1).await.unwrap();
        let Some(last) = page.last() else { break };
        older = Some(Older { at: last.at, id: last.id });
        paged.extend(page);
    }
    assert_eq!(paged, everything);
}
