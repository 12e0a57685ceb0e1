//! Signing tokens of a connection.

use domain::connection::LeverEvent;
use domain::ids::SigningTokenId;
use domain::time::Timestamp;
use store::signing_tokens::{self, SigningToken, Signs};
use store::{Error, Store};
use uuid::Uuid;

use crate::connections::connected;
use crate::on_both;

on_both!(
    tokens_live_until_they_are_retired,
    tokens_belong_to_one_connection,
    a_token_replaces_those_before_it,
);

async fn a_token_replaces_those_before_it(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, other_connection) = connected(&mut tx).await;
    let hired = Signs::One(LeverEvent::Hired);
    let made = |created_at, signs| SigningToken { signs, ..token(created_at) };
    let (old, of_another, unused, new, newer) = (
        made(1, hired),
        made(1, Signs::One(LeverEvent::StageChange)),
        made(1, Signs::Unknown),
        made(2, hired),
        made(3, hired),
    );
    for token in [&old, &of_another, &unused, &new, &newer] {
        signing_tokens::insert(&mut tx, organisation, connection, token).await.unwrap();
    }
    signing_tokens::insert(&mut tx, other, other_connection, &made(1, hired)).await.unwrap();
    let at = Timestamp(9);
    let by = |signs| SigningToken { signs, ..new.clone() };
    let unknown = by(Signs::Unknown);
    let retire = async |tx: &mut store::Tx, by: &SigningToken, at: Timestamp| {
        signing_tokens::retire_replaced(tx, organisation, connection, by, at).await.unwrap()
    };
    assert_eq!(retire(&mut tx, &unknown, at).await, 0);
    assert_eq!(retire(&mut tx, &by(hired), at).await, 1);
    assert_eq!(retire(&mut tx, &by(hired), Timestamp(99)).await, 0, "what was said stays");
    let live = signing_tokens::live(&mut tx, organisation, connection, at).await.unwrap();
    assert!(live.iter().all(|token| token.id != old.id) && live.len() == 4);
    assert_eq!(retire(&mut tx, &by(Signs::Several), at).await, 2, "all that came before it");
    let live = signing_tokens::live(&mut tx, organisation, connection, at).await.unwrap();
    assert_eq!(live.iter().map(|token| token.id).collect::<Vec<_>>(), [new.id, newer.id]);
    assert_eq!(signing_tokens::live(&mut tx, other, other_connection, at).await.unwrap().len(), 1);
    assert_eq!(signing_tokens::delete_all_retired(&mut tx, Timestamp(8)).await.unwrap(), 0);
    assert_eq!(signing_tokens::delete_all_retired(&mut tx, at).await.unwrap(), 3);
}

pub(crate) fn token(created_at: i64) -> SigningToken {
    SigningToken {
        id: SigningTokenId(Uuid::new_v4()),
        sealed: vec![7, 8],
        ends_in: "beef".into(),
        signs: Signs::Unknown,
        created_at: Timestamp(created_at),
        retired_at: None,
    }
}

async fn tokens_live_until_they_are_retired(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (old, new) = (token(1), token(2));
    for token in [&new, &old] {
        signing_tokens::insert(&mut tx, organisation, connection, token).await.unwrap();
    }
    let live = signing_tokens::live(&mut tx, organisation, connection, Timestamp(5)).await.unwrap();
    assert_eq!(live, [old.clone(), new.clone()]);

    let known = Signs::One(LeverEvent::StageChange);
    signing_tokens::set_signs(&mut tx, organisation, new.id, known).await.unwrap();
    signing_tokens::set_retired(&mut tx, organisation, old.id, Some(Timestamp(10))).await.unwrap();
    let live = signing_tokens::live(&mut tx, organisation, connection, Timestamp(9)).await.unwrap();
    assert_eq!(live.len(), 2);
    assert_eq!(live[0].retired_at, Some(Timestamp(10)));
    let live = signing_tokens::live(&mut tx, organisation, connection, Timestamp(10)).await.unwrap();
    assert_eq!(live.iter().map(|token| token.id).collect::<Vec<_>>(), [new.id]);
    assert_eq!(live[0].signs, known);
    signing_tokens::set_signs(&mut tx, organisation, new.id, Signs::Several).await.unwrap();
    let live = signing_tokens::live(&mut tx, organisation, connection, Timestamp(10)).await.unwrap();
    assert_eq!(live[0].signs, Signs::Several);

    assert_eq!(
        signing_tokens::delete_retired(&mut tx, organisation, connection, Timestamp(9)).await.unwrap(),
        0
    );
    assert_eq!(
        signing_tokens::delete_retired(&mut tx, organisation, connection, Timestamp(10)).await.unwrap(),
        1
    );
    let gone = signing_tokens::set_signs(&mut tx, organisation, old.id, Signs::Unknown).await;
    assert!(matches!(gone, Err(Error::RowsTouched { touched: 0, .. })));
    assert_eq!(signing_tokens::delete_all(&mut tx, organisation, connection).await.unwrap(), 1);
    assert!(signing_tokens::live(&mut tx, organisation, connection, Timestamp(0)).await.unwrap().is_empty());
}

async fn tokens_belong_to_one_connection(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, other_connection) = connected(&mut tx).await;
    let mine = token(1);
    signing_tokens::insert(&mut tx, organisation, connection, &mine).await.unwrap();
    assert!(signing_tokens::live(&mut tx, other, connection, Timestamp(1)).await.unwrap().is_empty());
    assert!(signing_tokens::live(&mut tx, other, other_connection, Timestamp(1)).await.unwrap().is_empty());
    assert!(signing_tokens::set_retired(&mut tx, other, mine.id, None).await.is_err());
    assert_eq!(signing_tokens::delete_all(&mut tx, other, connection).await.unwrap(), 0);
    assert!(!signing_tokens::delete(&mut tx, other, mine.id).await.unwrap());
    let live = signing_tokens::live(&mut tx, organisation, connection, Timestamp(1)).await.unwrap();
    assert_eq!(live, std::slice::from_ref(&mine));
    assert!(signing_tokens::delete(&mut tx, organisation, mine.id).await.unwrap());
    assert!(!signing_tokens::delete(&mut tx, organisation, mine.id).await.unwrap());
}
