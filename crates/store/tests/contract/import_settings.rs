//! Settings of imports, strangers, and how far a conversation stands in Lever.

use std::collections::HashSet;

use domain::actor::Role;
use domain::import_settings::{ImportSettings, KnownPerson, OnReply};
use domain::time::Timestamp;
use store::held_imports::{self, Held};
use store::imports::{self, Note};
use store::noted::{self, Noted};
use store::{Store, import_settings, strangers};

use crate::fixtures::{candidate, id, member, organisation};
use crate::on_both;

on_both!(
    settings_are_replaced,
    a_stranger_is_remembered_for_one_candidate,
    a_note_moves_on,
    an_import_is_held_once,
    credits_of_the_fallback_are_listed,
);

async fn an_import_is_held_once(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (acme, other) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let ana = member(&mut tx, acme, "Ana", Role::Recruiter).await.id;
    let jo = candidate(&mut tx, acme, "Jo", 1).await.id;
    let first = Held { member: ana, due_at: Timestamp(9) };
    let second = Held { member: ana, due_at: Timestamp(11) };
    assert!(held_imports::hold(&mut tx, acme, jo, first, Timestamp(3)).await.unwrap());
    assert!(!held_imports::hold(&mut tx, acme, jo, second, Timestamp(4)).await.unwrap());
    assert_eq!(held_imports::find(&mut tx, acme, jo).await.unwrap(), Some(first));
    assert_eq!(held_imports::find(&mut tx, other, jo).await.unwrap(), None);
    assert_eq!(held_imports::all(&mut tx, acme).await.unwrap()[&jo], Timestamp(9));
    assert!(held_imports::all(&mut tx, other).await.unwrap().is_empty());
    assert!(!held_imports::release(&mut tx, other, jo).await.unwrap());
    assert!(held_imports::release(&mut tx, acme, jo).await.unwrap());
    assert!(!held_imports::release(&mut tx, acme, jo).await.unwrap());
}

async fn credits_of_the_fallback_are_listed(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (acme, other) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let ana = member(&mut tx, acme, "Ana", Role::Recruiter).await.id;
    for (name, fallback) in [("Jo", true), ("Mo", false)] {
        let who = candidate(&mut tx, acme, name, 1).await.id;
        let import = id();
        imports::request(&mut tx, acme, import, who, ana, "m", Timestamp(5)).await.unwrap();
        imports::intend(&mut tx, acme, import, "u-1", Timestamp(9), Timestamp(6)).await.unwrap();
        imports::set_credited_fallback(&mut tx, acme, import, fallback).await.unwrap();
        assert!(imports::credited_to_fallback(&mut tx, acme, 9).await.unwrap().len() < 2);
        imports::imported(&mut tx, acme, import, name, Note::None, Timestamp(7)).await.unwrap();
    }
    let listed = imports::credited_to_fallback(&mut tx, acme, 9).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].name.as_str(), listed[0].requested_by), ("Jo", ana));
    assert_eq!(listed[0].credited_user.as_deref(), Some("u-1"));
    assert!(imports::credited_to_fallback(&mut tx, other, 9).await.unwrap().is_empty());
}

async fn settings_are_replaced(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (acme, other) = (organisation(&mut tx).await, organisation(&mut tx).await);
    assert_eq!(import_settings::load(&mut tx, acme).await.unwrap(), ImportSettings::default());
    for (known_person, on) in [(KnownPerson::Link, true), (KnownPerson::Add, false)] {
        let settings = ImportSettings {
            known_person,
            tags: vec!["Go".into(), "it's \"1\"".into()],
            note_when_linking: on,
            note_of_replies: !on,
            on_reply: if on { OnReply::ByItself } else { OnReply::Ask },
        };
        import_settings::save(&mut tx, acme, &settings, Timestamp(2)).await.unwrap();
        assert_eq!(import_settings::load(&mut tx, acme).await.unwrap(), settings);
    }
    assert_eq!(import_settings::load(&mut tx, other).await.unwrap(), ImportSettings::default());
}

async fn a_stranger_is_remembered_for_one_candidate(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (acme, other) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let ana = member(&mut tx, acme, "Ana", Role::Recruiter).await.id;
    let (jo, mo) = (candidate(&mut tx, acme, "Jo", 1).await.id, candidate(&mut tx, acme, "Mo", 1).await.id);
    for _ in 0..2 {
        strangers::remember(&mut tx, acme, jo, "c-1", ana, Timestamp(3)).await.unwrap();
    }
    let known = strangers::of_candidate(&mut tx, acme, jo).await.unwrap();
    assert_eq!(known, HashSet::from(["c-1".to_owned()]));
    assert!(strangers::of_candidate(&mut tx, acme, mo).await.unwrap().is_empty());
    assert!(strangers::of_candidate(&mut tx, other, jo).await.unwrap().is_empty());
}

async fn a_note_moves_on(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (acme, other) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let ana = member(&mut tx, acme, "Ana", Role::Recruiter).await.id;
    let jo = candidate(&mut tx, acme, "Jo", 1).await.id;
    let import = id();
    imports::request(&mut tx, acme, import, jo, ana, "m", Timestamp(5)).await.unwrap();
    assert_eq!(noted::find(&mut tx, acme, import).await.unwrap(), None);
    for (up_to, state, look_at) in [(6, Note::Sending, Some(9)), (7, Note::Written, None)] {
        let noted = Noted {
            since: look_at.map(|_| Timestamp(4)),
            up_to: Timestamp(up_to),
            at: Timestamp(up_to + 1),
            look_at: look_at.map(Timestamp),
            state,
        };
        noted::save(&mut tx, acme, import, &noted).await.unwrap();
        assert_eq!(noted::find(&mut tx, acme, import).await.unwrap(), Some(noted));
    }
    assert_eq!(noted::find(&mut tx, other, import).await.unwrap(), None);
}
