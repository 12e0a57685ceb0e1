//! News between processes.

use domain::event::Change;
use domain::ids::ProcessId;
use domain::time::Timestamp;
use store::Store;
use store::news::{self, News};

use crate::fixtures::{candidate, id, organisation};

crate::on_both!(a_process_hears_the_others_and_not_itself);

async fn a_process_hears_the_others_and_not_itself(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let organisation = organisation(&mut tx).await;
    let nora = candidate(&mut tx, organisation, "Nora Lind", 10).await;
    let (here, there): (ProcessId, ProcessId) = (id(), id());
    let told = [Change::Connection, Change::Candidate { id: nora.id }, Change::All].map(|change| News {
        id: id(),
        organisation,
        change,
    });
    for (at, news) in (1..).zip(&told) {
        news::tell(&mut tx, there, news, Timestamp(at)).await.unwrap();
    }
    assert_eq!(news::heard(&mut tx, there, Timestamp(0)).await.unwrap(), []);
    assert_eq!(news::heard(&mut tx, here, Timestamp(0)).await.unwrap(), told);
    assert_eq!(news::heard(&mut tx, here, Timestamp(2)).await.unwrap(), told[1..]);
    assert_eq!(news::forget(&mut tx, Timestamp(3)).await.unwrap(), 2);
    assert_eq!(news::heard(&mut tx, here, Timestamp(0)).await.unwrap(), told[2..]);
}
