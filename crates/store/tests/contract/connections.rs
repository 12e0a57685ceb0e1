//! The connection of an organisation.

use domain::connection::{ConnectionState, Environment, SetUpStep};
use domain::ids::{ConnectionId, OrganisationId};
use domain::time::Timestamp;
use store::connections::{self, Key, NewConnection};
use store::{Error, Store, Tx, args};
use uuid::Uuid;

use crate::on_both;

/// An organisation that exists.
pub(crate) async fn organisation(tx: &mut Tx) -> OrganisationId {
    let id = OrganisationId(Uuid::new_v4());
    tx.execute(
        "insert into organisations (id, name, practice, created_at) values ($1, 'Acme', 0, 1)",
        args![id],
    )
    .await
    .unwrap();
    id
}

/// An organisation with a connection at its first step.
pub(crate) async fn connected(tx: &mut Tx) -> (OrganisationId, ConnectionId) {
    let organisation = organisation(tx).await;
    let new = new();
    assert!(connections::insert(tx, organisation, &new, Timestamp(1)).await.unwrap());
    (organisation, new.id)
}

fn new() -> NewConnection {
    let id = ConnectionId(Uuid::new_v4());
    NewConnection {
        id,
        environment: Environment::Production,
        base_url: "https://api.lever.co/v1".into(),
        webhook_sealed: vec![1, 2, 3],
        webhook_hash: webhook_hash(id),
    }
}

/// The hash of the secret part of the address of a connection's webhooks.
pub(crate) fn webhook_hash(connection: ConnectionId) -> String {
    format!("hash of {connection}")
}

on_both!(
    the_first_connection_stays_the_only_one,
    every_part_of_a_connection_reads_back,
    only_working_connections_are_scheduled,
    another_organisation_cannot_touch_a_connection,
    a_locked_connection_is_the_same_connection,
);

async fn the_first_connection_stays_the_only_one(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let organisation = organisation(&mut tx).await;
    assert_eq!(connections::find(&mut tx, organisation).await.unwrap(), None);
    let first = new();
    assert!(connections::insert(&mut tx, organisation, &first, Timestamp(10)).await.unwrap());
    assert!(!connections::insert(&mut tx, organisation, &new(), Timestamp(20)).await.unwrap());
    tx.commit().await.unwrap();

    let mut tx = store.read().await.unwrap();
    let found = connections::find(&mut tx, organisation).await.unwrap().unwrap();
    assert_eq!(found.id, first.id);
    assert_eq!(found.state, ConnectionState::SetUpUnfinished);
    assert_eq!(found.step, SetUpStep::Connect);
    assert_eq!(found.permissions, "[]");
    assert_eq!(found.key_sealed, None);
    assert_eq!(found.webhook_sealed, [1, 2, 3]);
    let by_hash = connections::by_webhook(&mut tx, &first.webhook_hash).await.unwrap();
    assert_eq!(by_hash, Some(found));
    assert_eq!(connections::by_webhook(&mut tx, "no such hash").await.unwrap(), None);
}

async fn every_part_of_a_connection_reads_back(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, id) = connected(&mut tx).await;
    let key = Key {
        environment: Environment::Eu,
        base_url: "https://api.eu.lever.co/v1".into(),
        sealed: vec![9; 40],
        ends_in: "1a2b".into(),
    };
    connections::set_key(&mut tx, organisation, id, &key, Timestamp(30)).await.unwrap();
    connections::set_permissions(&mut tx, organisation, id, "[1]", Timestamp(31)).await.unwrap();
    connections::set_account(&mut tx, organisation, id, Some("hired-reason"), Timestamp(32)).await.unwrap();
    connections::set_step(&mut tx, organisation, id, SetUpStep::Stages, Timestamp(33)).await.unwrap();
    connections::set_fallback(&mut tx, organisation, id, Some("user-1"), Timestamp(34)).await.unwrap();
    connections::set_reconciled(&mut tx, organisation, id, Timestamp(20), Timestamp(35)).await.unwrap();
    connections::set_catalogue_read(&mut tx, organisation, id, Timestamp(29)).await.unwrap();
    connections::set_state(
        &mut tx,
        organisation,
        id,
        ConnectionState::NeedsAttention,
        Some("why"),
        Timestamp(36),
    )
    .await
    .unwrap();
    let found = connections::find(&mut tx, organisation).await.unwrap().unwrap();
    assert_eq!(found.environment, Environment::Eu);
    assert_eq!(found.base_url, key.base_url);
    assert_eq!(found.key_sealed, Some(vec![9; 40]));
    assert_eq!(found.key_ends_in.as_deref(), Some("1a2b"));
    assert_eq!(found.key_set_at, Some(Timestamp(30)));
    assert_eq!(found.permissions, "[1]");
    assert_eq!(found.account.as_deref(), Some("hired-reason"));
    assert_eq!(found.step, SetUpStep::Stages);
    assert_eq!(found.fallback_user.as_deref(), Some("user-1"));
    assert_eq!(found.read_up_to, Some(Timestamp(20)));
    assert_eq!(found.reconciled_at, Some(Timestamp(35)));
    assert_eq!(found.catalogue_read_at, Some(Timestamp(29)));
    assert_eq!(found.state, ConnectionState::NeedsAttention);
    assert_eq!(found.state_reason.as_deref(), Some("why"));
    assert_eq!(found.updated_at, Timestamp(36));

    connections::set_fallback(&mut tx, organisation, id, None, Timestamp(40)).await.unwrap();
    connections::forget_key(&mut tx, organisation, id, Timestamp(41)).await.unwrap();
    let found = connections::find(&mut tx, organisation).await.unwrap().unwrap();
    assert_eq!((found.key_sealed, found.key_ends_in, found.key_set_at), (None, None, None));
    assert_eq!(found.fallback_user, None);
    assert_eq!(found.account.as_deref(), Some("hired-reason"), "the account stays known");
}

async fn only_working_connections_are_scheduled(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let mut expected = Vec::new();
    for (state, works) in [
        (ConnectionState::SetUpUnfinished, false),
        (ConnectionState::Connected, true),
        (ConnectionState::NeedsAttention, true),
        (ConnectionState::CredentialsRejected, false),
        (ConnectionState::Disconnected, false),
    ] {
        let (organisation, id) = connected(&mut tx).await;
        connections::set_state(&mut tx, organisation, id, state, None, Timestamp(2)).await.unwrap();
        if works {
            expected.push(id);
        }
    }
    let mut found: Vec<_> = connections::all_connected(&mut tx)
        .await
        .unwrap()
        .into_iter()
        .map(|connection| connection.id)
        .collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

async fn another_organisation_cannot_touch_a_connection(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, id) = connected(&mut tx).await;
    let (other, _) = connected(&mut tx).await;
    let before = connections::find(&mut tx, organisation).await.unwrap();
    let key = Key {
        environment: Environment::Sandbox,
        base_url: "https://api.sandbox.lever.co/v1".into(),
        sealed: vec![1],
        ends_in: "zzzz".into(),
    };
    let at = Timestamp(50);
    let refused = [
        connections::set_key(&mut tx, other, id, &key, at).await,
        connections::forget_key(&mut tx, other, id, at).await,
        connections::set_permissions(&mut tx, other, id, "[]", at).await,
        connections::set_account(&mut tx, other, id, None, at).await,
        connections::set_step(&mut tx, other, id, SetUpStep::Users, at).await,
        connections::set_fallback(&mut tx, other, id, None, at).await,
        connections::set_reconciled(&mut tx, other, id, at, at).await,
        connections::set_state(&mut tx, other, id, ConnectionState::Disconnected, None, at).await,
        connections::set_catalogue_read(&mut tx, other, id, at).await,
    ];
    for result in refused {
        assert!(matches!(result, Err(Error::RowsTouched { touched: 0, .. })), "{result:?}");
    }
    assert_eq!(connections::find(&mut tx, organisation).await.unwrap(), before);
}

async fn a_locked_connection_is_the_same_connection(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, id) = connected(&mut tx).await;
    assert_eq!(connections::lock(&mut tx, organisation).await.unwrap().unwrap().id, id);
    let nobody = OrganisationId(Uuid::new_v4());
    assert_eq!(connections::lock(&mut tx, nobody).await.unwrap(), None);
}
