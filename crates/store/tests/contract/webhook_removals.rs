//! Webhooks that are removed after a connection was switched off.

use domain::connection::Environment;
use domain::time::Timestamp;
use store::webhook_removals::{self, ASKED, FAILED, REMOVED, Removal};
use store::{Error, Store};

use crate::connections::connected;
use crate::on_both;

on_both!(a_removal_ends_once_and_forgets_its_key);

async fn a_removal_ends_once_and_forgets_its_key(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, other_connection) = connected(&mut tx).await;
    assert_eq!(webhook_removals::find(&mut tx, organisation, connection).await.unwrap(), None);
    let (eu, url) = (Environment::Eu, "https://lever.example/v1");
    let asked = Removal {
        environment: eu,
        base_url: url.into(),
        key_sealed: Some(vec![7, 0, 255]),
        state: ASKED.into(),
        asked_at: Timestamp(5),
        ended_at: None,
    };
    for (of, id) in [(organisation, connection), (other, other_connection)] {
        webhook_removals::ask(&mut tx, of, id, eu, url, &[7, 0, 255], Timestamp(5)).await.unwrap();
    }
    assert_eq!(webhook_removals::find(&mut tx, organisation, connection).await.unwrap(), Some(asked));
    assert_eq!(webhook_removals::find(&mut tx, other, connection).await.unwrap(), None);

    let now = Timestamp(8);
    let no_end = webhook_removals::end(&mut tx, organisation, connection, ASKED, now).await;
    assert!(matches!(no_end, Err(Error::Inconsistent { .. })));
    assert!(webhook_removals::end(&mut tx, other, connection, REMOVED, now).await.is_err());
    webhook_removals::end(&mut tx, organisation, connection, REMOVED, now).await.unwrap();
    let ended = webhook_removals::find(&mut tx, organisation, connection).await.unwrap().unwrap();
    assert_eq!((ended.state.as_str(), ended.key_sealed, ended.ended_at), (REMOVED, None, Some(now)));
    let twice = webhook_removals::end(&mut tx, organisation, connection, FAILED, now).await;
    assert!(matches!(twice, Err(Error::RowsTouched { touched: 0, .. })));

    // Another one takes its place.
    webhook_removals::ask(&mut tx, organisation, connection, eu, url, &[8], now).await.unwrap();
    let again = webhook_removals::find(&mut tx, organisation, connection).await.unwrap().unwrap();
    assert_eq!((again.state.as_str(), again.ended_at), (ASKED, None));
    assert_eq!(webhook_removals::forget(&mut tx, organisation, connection).await.unwrap(), 1);
    let left = webhook_removals::find(&mut tx, other, other_connection).await.unwrap().unwrap();
    assert_eq!(left.key_sealed, Some(vec![7, 0, 255]));
}
