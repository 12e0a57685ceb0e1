//! Settings of imports, strangers, and how far a conversation stands in Lever.

use std::collections::HashSet;

use domain::actor::Role;
use domain::import_settings::{ImportSettings, KnownPerson};
use domain::time::Timestamp;
use store::imports::{self, Note};
use store::noted::{self, Noted};
use store::{Store, import_settings, strangers};

use crate::fixtures::{candidate, id, member, organisation};
use crate::on_both;

on_both!(settings_are_replaced, a_stranger_is_remembered_for_one_candidate, a_note_moves_on);

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
    for (up_to, state) in [(6, Note::Sending), (7, Note::Written)] {
        let noted = Noted { up_to: Timestamp(up_to), at: Timestamp(up_to + 1), state };
        noted::save(&mut tx, acme, import, &noted).await.unwrap();
        assert_eq!(noted::find(&mut tx, acme, import).await.unwrap(), Some(noted));
    }
    assert_eq!(noted::find(&mut tx, other, import).await.unwrap(), None);
}
