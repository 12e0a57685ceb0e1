//! An import takes each step once, whoever tries.

use domain::actor::Role;
use domain::ids::{CandidateId, ImportId, MemberId, OrganisationId};
use domain::import::{Choice, Decision, ImportFailure, ImportState};
use domain::time::Timestamp;
use store::imports::{self, Import, Match, Note};
use store::{Error, Store, Tx};

use crate::fixtures::{Whose, candidate, id, member, organisation, somebody};
use crate::on_both;

on_both!(
    a_second_click_changes_nothing,
    the_way_of_a_clean_import,
    an_end_that_is_not_known_is_kept_until_it_is,
    a_failure_after_a_certain_end_starts_afresh,
    a_failure_after_an_uncertain_end_goes_on_by_looking,
    a_decision_is_taken_once,
    a_deleted_opportunity_can_be_imported_again,
    a_note_moves_once,
    another_organisation_sees_and_changes_nothing,
    many_are_read_at_once,
    what_was_chosen_is_kept_for_every_try,
    an_import_follows_the_opportunity_that_counts,
);

const NOW: Timestamp = Timestamp(1_000);

struct Asked {
    organisation: OrganisationId,
    candidate: CandidateId,
    member: MemberId,
    import: ImportId,
}

async fn asked(tx: &mut Tx) -> Asked {
    let Whose { organisation, candidate, member } = somebody(tx).await;
    let import = id();
    assert!(imports::request(tx, organisation, import, candidate, member, "marker", NOW).await.unwrap());
    Asked { organisation, candidate, member, import }
}

async fn read(tx: &mut Tx, asked: &Asked) -> Import {
    imports::get(tx, asked.organisation, asked.import).await.unwrap().unwrap()
}

fn refused(result: Result<(), Error>) -> bool {
    matches!(result, Err(Error::RowsTouched { touched: 0, .. }))
}

async fn a_second_click_changes_nothing(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let asked = asked(&mut tx).await;
    let before = read(&mut tx, &asked).await;
    assert_eq!(before.state, ImportState::Queued);
    assert_eq!((before.marker.as_str(), before.note), ("marker", Note::None));
    assert_eq!(before.requested_by, asked.member);
    let other = member(&mut tx, asked.organisation, "Ben", Role::Recruiter).await.id;
    let again =
        imports::request(&mut tx, asked.organisation, id(), asked.candidate, other, "m2", Timestamp(2_000))
            .await;
    assert!(!again.unwrap());
    assert_eq!(read(&mut tx, &asked).await, before);
    let found = imports::by_candidate(&mut tx, asked.organisation, asked.candidate).await.unwrap();
    assert_eq!(found, Some(before.clone()));
    let of = imports::of_candidates(&mut tx, asked.organisation, &[asked.candidate, id()]).await.unwrap();
    assert_eq!(of, vec![before]);
}

async fn the_way_of_a_clean_import(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let asked = asked(&mut tx).await;
    let (organisation, import) = (asked.organisation, asked.import);
    imports::intend(&mut tx, organisation, import, "u-1", Timestamp(9_000), Timestamp(2_000)).await.unwrap();
    let sending = read(&mut tx, &asked).await;
    assert_eq!(sending.state, ImportState::Sending);
    assert_eq!(sending.credited_user.as_deref(), Some("u-1"));
    assert_eq!((sending.intent_at, sending.intent_until), (Some(Timestamp(2_000)), Some(Timestamp(9_000))));
    let twice = imports::intend(&mut tx, organisation, import, "u-2", Timestamp(9_000), NOW).await;
    assert!(refused(twice));
    imports::imported(&mut tx, organisation, import, "o-1", Note::Pending, Timestamp(3_000)).await.unwrap();
    let imported = read(&mut tx, &asked).await;
    assert_eq!((imported.state, imported.note), (ImportState::Imported, Note::Pending));
    assert_eq!((imported.opportunity.as_deref(), imported.intent_at), (Some("o-1"), None));
    assert!(refused(imports::imported(&mut tx, organisation, import, "o-2", Note::None, NOW).await));
    assert!(refused(imports::failed(&mut tx, organisation, import, ImportFailure::Refused, None, NOW).await));
}

async fn an_end_that_is_not_known_is_kept_until_it_is(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let asked = asked(&mut tx).await;
    let (organisation, import) = (asked.organisation, asked.import);
    let look_at = Timestamp(20_000);
    assert!(refused(imports::end_unknown(&mut tx, organisation, import, look_at, NOW).await));
    assert!(refused(imports::not_applied(&mut tx, organisation, import, NOW).await));
    imports::intend(&mut tx, organisation, import, "u-1", Timestamp(9_000), NOW).await.unwrap();
    imports::end_unknown(&mut tx, organisation, import, look_at, NOW).await.unwrap();
    let unknown = read(&mut tx, &asked).await;
    assert_eq!((unknown.state, unknown.look_at), (ImportState::Unknown, Some(look_at)));
    assert!(unknown.intent_at.is_some());
    assert!(refused(imports::intend(&mut tx, organisation, import, "u-1", look_at, NOW).await));
    imports::not_applied(&mut tx, organisation, import, NOW).await.unwrap();
    let queued = read(&mut tx, &asked).await;
    assert_eq!(queued.state, ImportState::Queued);
    assert_eq!((queued.intent_at, queued.look_at), (None, None));
}

async fn a_failure_after_a_certain_end_starts_afresh(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let asked = asked(&mut tx).await;
    let (organisation, import) = (asked.organisation, asked.import);
    imports::intend(&mut tx, organisation, import, "u-1", Timestamp(9_000), NOW).await.unwrap();
    let failure = ImportFailure::Refused;
    imports::failed(&mut tx, organisation, import, failure, Some("400"), NOW).await.unwrap();
    let failed = read(&mut tx, &asked).await;
    assert_eq!((failed.state, failed.failure), (ImportState::Failed, Some(failure)));
    assert_eq!((failed.failure_detail.as_deref(), failed.intent_at), (Some("400"), None));

    let other = member(&mut tx, organisation, "Ben", Role::Admin).await.id;
    let again =
        imports::request(&mut tx, organisation, id(), asked.candidate, other, "m2", NOW).await.unwrap();
    assert!(again);
    let queued = read(&mut tx, &asked).await;
    assert_eq!((queued.state, queued.failure), (ImportState::Queued, None));
    assert_eq!(queued.requested_by, other);
    assert_eq!(queued.marker, "marker", "the marker is the same at every try");
}

async fn a_failure_after_an_uncertain_end_goes_on_by_looking(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let asked = asked(&mut tx).await;
    let (organisation, import) = (asked.organisation, asked.import);
    imports::intend(&mut tx, organisation, import, "u-1", Timestamp(9_000), NOW).await.unwrap();
    imports::end_unknown(&mut tx, organisation, import, Timestamp(20_000), NOW).await.unwrap();
    let failure = ImportFailure::LeverKeptFailing;
    imports::failed(&mut tx, organisation, import, failure, None, NOW).await.unwrap();
    assert!(read(&mut tx, &asked).await.intent_at.is_some());
    imports::request(&mut tx, organisation, id(), asked.candidate, asked.member, "m2", NOW).await.unwrap();
    let again = read(&mut tx, &asked).await;
    assert_eq!((again.state, again.look_at), (ImportState::Unknown, Some(Timestamp(20_000))));
}

async fn a_decision_is_taken_once(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let asked = asked(&mut tx).await;
    let (organisation, import) = (asked.organisation, asked.import);
    let matches = vec![Match {
        opportunity: "o-9".into(),
        name: "Jo".into(),
        stage: "Offer".into(),
        owner: None,
        postings: vec!["Backend Engineer".into()],
        archived: Some("Withdrew".into()),
        archived_at: Some(Timestamp(5)),
        last_activity: Some(Timestamp(6)),
        url: "https://hire.lever.co/candidates/o-9".into(),
        contact: Some("c-9".into()),
        known_by: "Same e-mail address".into(),
    }];
    let decision = Decision::Link("o-9".into());
    assert!(!imports::decide(&mut tx, organisation, import, &decision, NOW).await.unwrap());
    imports::ask(&mut tx, organisation, import, &matches, NOW).await.unwrap();
    let asking = read(&mut tx, &asked).await;
    assert_eq!((asking.state, &asking.matches), (ImportState::NeedsDecision, &matches));
    assert!(imports::decide(&mut tx, organisation, import, &decision, NOW).await.unwrap());
    assert!(!imports::decide(&mut tx, organisation, import, &Decision::Add, NOW).await.unwrap());
    let decided = read(&mut tx, &asked).await;
    assert_eq!((decided.state, decided.decision), (ImportState::Queued, Some(decision)));
}

async fn a_deleted_opportunity_can_be_imported_again(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let asked = asked(&mut tx).await;
    let (organisation, import) = (asked.organisation, asked.import);
    imports::imported(&mut tx, organisation, import, "o-1", Note::Written, NOW).await.unwrap();
    assert!(!imports::unlinked(&mut tx, organisation, asked.candidate, "o-2", NOW).await.unwrap());
    assert!(imports::unlinked(&mut tx, organisation, asked.candidate, "o-1", NOW).await.unwrap());
    assert!(!imports::unlinked(&mut tx, organisation, asked.candidate, "o-1", NOW).await.unwrap());
    assert_eq!(read(&mut tx, &asked).await.state, ImportState::Unlinked);
    imports::request(&mut tx, organisation, id(), asked.candidate, asked.member, "m2", NOW).await.unwrap();
    let again = read(&mut tx, &asked).await;
    assert_eq!((again.state, again.opportunity, again.note), (ImportState::Queued, None, Note::None));
}

async fn a_note_moves_once(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let asked = asked(&mut tx).await;
    let (organisation, import) = (asked.organisation, asked.import);
    imports::imported(&mut tx, organisation, import, "o-1", Note::Pending, NOW).await.unwrap();
    let (pending, sending) = (Note::Pending, Note::Sending);
    assert!(imports::move_note(&mut tx, organisation, import, pending, sending, NOW).await.unwrap());
    assert!(!imports::move_note(&mut tx, organisation, import, pending, sending, NOW).await.unwrap());
    for (from, to) in [(sending, Note::Written), (Note::Written, Note::Unknown), (Note::Unknown, Note::None)]
    {
        assert!(imports::move_note(&mut tx, organisation, import, from, to, NOW).await.unwrap());
        assert_eq!(read(&mut tx, &asked).await.note, to);
    }
}

async fn another_organisation_sees_and_changes_nothing(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let asked = asked(&mut tx).await;
    let before = read(&mut tx, &asked).await;
    let other = organisation(&mut tx).await;
    let import = asked.import;
    assert_eq!(imports::get(&mut tx, other, import).await.unwrap(), None);
    assert_eq!(imports::by_candidate(&mut tx, other, asked.candidate).await.unwrap(), None);
    assert!(refused(imports::intend(&mut tx, other, import, "u", NOW, NOW).await));
    assert!(refused(imports::ask(&mut tx, other, import, &[], NOW).await));
    assert!(refused(imports::imported(&mut tx, other, import, "o", Note::None, NOW).await));
    assert!(refused(imports::failed(&mut tx, other, import, ImportFailure::NoEmail, None, NOW).await));
    assert!(!imports::decide(&mut tx, other, import, &Decision::Add, NOW).await.unwrap());
    assert!(!imports::move_note(&mut tx, other, import, Note::None, Note::Pending, NOW).await.unwrap());
    assert_eq!(read(&mut tx, &asked).await, before);
}

async fn many_are_read_at_once(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let asked = asked(&mut tx).await;
    let other = candidate(&mut tx, asked.organisation, "Kim", 2).await.id;
    let stranger = organisation(&mut tx).await;
    let both = [asked.candidate, other];
    let found = imports::of_candidates(&mut tx, asked.organisation, &both).await.unwrap();
    assert_eq!(found, [read(&mut tx, &asked).await]);
    assert_eq!(imports::of_candidates(&mut tx, stranger, &both).await.unwrap(), []);
    assert_eq!(imports::of_candidates(&mut tx, asked.organisation, &[]).await.unwrap(), []);
}

async fn what_was_chosen_is_kept_for_every_try(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let asked = asked(&mut tx).await;
    let (organisation, import) = (asked.organisation, asked.import);
    assert_eq!(read(&mut tx, &asked).await.choice, Choice::default());
    let choice = Choice {
        posting: Some("p-1".into()),
        stage: Some("s-1".into()),
        followers: vec!["u-2".into(), "u-3".into()],
    };
    imports::choose(&mut tx, organisation, import, &choice, NOW).await.unwrap();
    assert_eq!(read(&mut tx, &asked).await.choice, choice);
    let of = imports::of_candidates(&mut tx, organisation, &[asked.candidate]).await.unwrap();
    assert_eq!(of[0].choice, choice);
    let stranger = crate::fixtures::organisation(&mut tx).await;
    assert!(refused(imports::choose(&mut tx, stranger, import, &Choice::default(), NOW).await));

    // A worker has it: too late to choose.
    imports::intend(&mut tx, organisation, import, "u-1", Timestamp(9_000), NOW).await.unwrap();
    assert!(refused(imports::choose(&mut tx, organisation, import, &Choice::default(), NOW).await));
    imports::failed(&mut tx, organisation, import, ImportFailure::PostingGone, None, NOW).await.unwrap();
    assert_eq!(read(&mut tx, &asked).await.failure, Some(ImportFailure::PostingGone));
    imports::request(&mut tx, organisation, id(), asked.candidate, asked.member, "m2", NOW).await.unwrap();
    assert_eq!(read(&mut tx, &asked).await.choice, choice, "a retry sends the same");

    // Deleted in Lever and imported anew: nothing was chosen for that.
    imports::imported(&mut tx, organisation, import, "o-1", Note::None, NOW).await.unwrap();
    assert!(imports::unlinked(&mut tx, organisation, asked.candidate, "o-1", NOW).await.unwrap());
    imports::request(&mut tx, organisation, id(), asked.candidate, asked.member, "m2", NOW).await.unwrap();
    assert_eq!(read(&mut tx, &asked).await.choice, Choice::default());
}

async fn an_import_follows_the_opportunity_that_counts(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let asked = asked(&mut tx).await;
    let (organisation, candidate) = (asked.organisation, asked.candidate);
    let other = crate::fixtures::organisation(&mut tx).await;
    imports::follow(&mut tx, organisation, candidate, "o-2", NOW).await.unwrap();
    assert_eq!(read(&mut tx, &asked).await.opportunity, None, "nothing was imported yet");
    imports::intend(&mut tx, organisation, asked.import, "u-1", Timestamp(9_000), NOW).await.unwrap();
    imports::imported(&mut tx, organisation, asked.import, "o-1", Note::None, NOW).await.unwrap();
    imports::follow(&mut tx, other, candidate, "o-2", NOW).await.unwrap();
    assert_eq!(read(&mut tx, &asked).await.opportunity.as_deref(), Some("o-1"));
    imports::follow(&mut tx, organisation, candidate, "o-2", NOW).await.unwrap();
    assert_eq!(read(&mut tx, &asked).await.opportunity.as_deref(), Some("o-2"));
    assert!(!imports::unlinked(&mut tx, organisation, candidate, "o-1", NOW).await.unwrap());
    assert!(imports::unlinked(&mut tx, organisation, candidate, "o-2", NOW).await.unwrap());
}
