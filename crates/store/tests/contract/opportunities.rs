//! Which opportunity stands for whom, and what was read of it.

use domain::ids::{CandidateId, OrganisationId};
use domain::mapping::Place;
use domain::pipeline::Truth;
use domain::time::Timestamp;
use store::opportunities::{self, Crowd, Opportunity, Reading, Standing};
use store::{Error, Store, Tx, args};

use crate::fixtures::{candidate, id, organisation};
use crate::on_both;

on_both!(
    an_opportunity_stands_for_one_candidate,
    a_reading_is_kept,
    unlinked_ones_are_out_of_sight,
    people_are_found_where_they_stand,
    linked_ones_are_walked_in_order,
    what_a_preview_needs_is_read,
    a_preview_counts_everybody,
    another_organisation_sees_and_changes_nothing,
    whoever_is_on_their_way_is_counted,
    agreement_is_kept_until_a_member_decides_again,
);

async fn whoever_is_on_their_way_is_counted(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (acme, other) = (organisation(&mut tx).await, organisation(&mut tx).await);
    for (name, opportunity) in [("Jo", "o-1"), ("Mo", "o-2"), ("Zo", "o-3")] {
        link(&mut tx, acme, name, opportunity).await;
    }
    assert_eq!(opportunities::count_active(&mut tx, acme).await.unwrap(), 3);
    let archived = reading("offer", Some("r-1"), false);
    opportunities::record_reading(&mut tx, acme, "o-1", &archived).await.unwrap();
    opportunities::unlink(&mut tx, acme, "o-2", Timestamp(30)).await.unwrap();
    assert_eq!(opportunities::count_active(&mut tx, acme).await.unwrap(), 1);
    assert_eq!(opportunities::count_active(&mut tx, other).await.unwrap(), 0);
}

async fn agreement_is_kept_until_a_member_decides_again(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (acme, other) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let jo = link(&mut tx, acme, "Jo", "o-1").await;
    opportunities::record_reading(&mut tx, acme, "o-1", &reading("screen", None, false)).await.unwrap();
    let truth = Truth { stage: "offer".into(), archived: None };
    opportunities::agree(&mut tx, acme, "o-1", &truth).await.unwrap();
    let memory = opportunities::memory(&mut tx, acme, "o-1").await.unwrap();
    assert_eq!((memory.agreed, memory.decided_stage.as_deref()), (true, Some("offer")));
    let standings = opportunities::standings(&mut tx, acme, None).await.unwrap();
    assert!(standings[0].belief.agreed && standings[0].belief.decided.as_ref() == Some(&truth));
    opportunities::decided(&mut tx, acme, jo).await.unwrap();
    let memory = opportunities::memory(&mut tx, acme, "o-1").await.unwrap();
    assert_eq!((memory.agreed, memory.decided_stage.as_deref()), (false, Some("screen")));
    opportunities::decided_at(&mut tx, acme, "o-1", &truth).await.unwrap();
    let memory = opportunities::memory(&mut tx, acme, "o-1").await.unwrap();
    assert_eq!((memory.agreed, memory.decided_stage.as_deref()), (false, Some("offer")));
    opportunities::disagree(&mut tx, acme, "o-1").await.unwrap();
    assert_eq!(opportunities::memory(&mut tx, acme, "o-1").await.unwrap().decided_stage, None);
    opportunities::set_changed(&mut tx, acme, "o-1", Some("u-1"), Some(Timestamp(7))).await.unwrap();
    let changed = opportunities::changed(&mut tx, acme, "o-1").await.unwrap();
    assert_eq!(changed, (Some("u-1".to_owned()), Some(Timestamp(7))));
    for strange in [
        opportunities::agree(&mut tx, other, "o-1", &truth).await,
        opportunities::decided_at(&mut tx, other, "o-1", &truth).await,
        opportunities::disagree(&mut tx, other, "o-1").await,
        opportunities::set_changed(&mut tx, other, "o-1", None, None).await,
    ] {
        assert!(matches!(strange, Err(Error::RowsTouched { .. })));
    }
    assert_eq!(opportunities::changed(&mut tx, other, "o-1").await.unwrap(), (None, None));
}

fn linked(id: &str, candidate: CandidateId) -> Opportunity {
    Opportunity {
        id: id.into(),
        candidate,
        contact: Some("c-1".into()),
        url: format!("https://hire.lever.co/candidates/{id}"),
        stage: None,
        archived_reason: None,
        archived_at: None,
        held: false,
        lever_updated_at: None,
        read_at: Timestamp(10),
        unlinked_at: None,
    }
}

fn reading(stage: &str, reason: Option<&str>, held: bool) -> Reading {
    Reading {
        stage: stage.into(),
        archived_reason: reason.map(Into::into),
        archived_at: reason.map(|_| Timestamp(15)),
        held,
        lever_updated_at: Some(Timestamp(16)),
        read_at: Timestamp(20),
    }
}

pub(crate) async fn link(
    tx: &mut Tx,
    organisation: OrganisationId,
    name: &str,
    opportunity: &str,
) -> CandidateId {
    let candidate = candidate(tx, organisation, name, 1).await.id;
    assert!(opportunities::link(tx, organisation, &linked(opportunity, candidate)).await.unwrap());
    candidate
}

async fn an_opportunity_stands_for_one_candidate(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let organisation = organisation(&mut tx).await;
    let jo = link(&mut tx, organisation, "Jo", "o-1").await;
    let sam = candidate(&mut tx, organisation, "Sam", 1).await.id;
    assert!(!opportunities::link(&mut tx, organisation, &linked("o-1", sam)).await.unwrap());
    assert!(opportunities::link(&mut tx, organisation, &linked("o-1", jo)).await.unwrap());
    let found = opportunities::by_candidate(&mut tx, organisation, jo).await.unwrap();
    assert_eq!(found, Some(linked("o-1", jo)));
    assert_eq!(opportunities::by_candidate(&mut tx, organisation, sam).await.unwrap(), None);
    assert!(opportunities::is_linked(&mut tx, organisation, "o-1").await.unwrap());
    let all = opportunities::of_candidates(&mut tx, organisation, &[sam, jo]).await.unwrap();
    assert_eq!(all, vec![linked("o-1", jo)]);
    // Once it is free it may stand for somebody else.
    assert!(opportunities::unlink(&mut tx, organisation, "o-1", Timestamp(30)).await.unwrap());
    assert!(opportunities::link(&mut tx, organisation, &linked("o-1", sam)).await.unwrap());
    assert_eq!(opportunities::by_candidate(&mut tx, organisation, jo).await.unwrap(), None);
}

async fn a_reading_is_kept(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let organisation = organisation(&mut tx).await;
    let jo = link(&mut tx, organisation, "Jo", "o-1").await;
    let archived = reading("offer", Some("r-1"), true);
    opportunities::record_reading(&mut tx, organisation, "o-1", &archived).await.unwrap();
    let found = opportunities::lock(&mut tx, organisation, "o-1").await.unwrap().unwrap();
    let expected = Opportunity {
        stage: Some("offer".into()),
        archived_reason: Some("r-1".into()),
        archived_at: Some(Timestamp(15)),
        held: true,
        lever_updated_at: Some(Timestamp(16)),
        read_at: Timestamp(20),
        ..linked("o-1", jo)
    };
    assert_eq!(found, expected);
    assert_eq!(found.place(), Some(Place::Archived("r-1".into())));
    assert_eq!(linked("o-1", jo).place(), None);
}

async fn unlinked_ones_are_out_of_sight(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let organisation = organisation(&mut tx).await;
    let jo = link(&mut tx, organisation, "Jo", "o-1").await;
    link(&mut tx, organisation, "Sam", "o-2").await;
    assert_eq!(opportunities::count_linked(&mut tx, organisation).await.unwrap(), 2);
    assert!(opportunities::unlink(&mut tx, organisation, "o-1", Timestamp(30)).await.unwrap());
    assert!(!opportunities::unlink(&mut tx, organisation, "o-1", Timestamp(31)).await.unwrap());
    assert_eq!(opportunities::count_linked(&mut tx, organisation).await.unwrap(), 1);
    assert_eq!(opportunities::by_candidate(&mut tx, organisation, jo).await.unwrap(), None);
    assert!(!opportunities::is_linked(&mut tx, organisation, "o-1").await.unwrap());
    let kept = opportunities::get(&mut tx, organisation, "o-1").await.unwrap().unwrap();
    assert_eq!(kept.unlinked_at, Some(Timestamp(30)));
    let late =
        opportunities::record_reading(&mut tx, organisation, "o-1", &reading("offer", None, false)).await;
    assert!(matches!(late, Err(Error::RowsTouched { .. })));
}

async fn people_are_found_where_they_stand(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let organisation = organisation(&mut tx).await;
    link(&mut tx, organisation, "Sam", "o-1").await;
    link(&mut tx, organisation, "Jo", "o-2").await;
    link(&mut tx, organisation, "Ada", "o-3").await;
    link(&mut tx, organisation, "Not read yet", "o-4").await;
    for (id, reading) in [
        ("o-1", reading("offer", None, false)),
        ("o-2", reading("offer", Some("r-1"), true)),
        ("o-3", reading("new", None, true)),
    ] {
        opportunities::record_reading(&mut tx, organisation, id, &reading).await.unwrap();
    }
    let (offer, new) = (Place::Stage("offer".into()), Place::Stage("new".into()));
    let archived = Place::Archived("r-1".into());
    let crowds = opportunities::crowds(&mut tx, organisation, 3).await.unwrap();
    let stands = |place: &Place, names: [&str; 1]| Crowd {
        place: place.clone(),
        people: 1,
        names: names.map(str::to_owned).to_vec(),
    };
    assert_eq!(crowds.len(), 3, "whoever was not read yet stands nowhere");
    for crowd in [stands(&new, ["Ada"]), stands(&archived, ["Jo"]), stands(&offer, ["Sam"])] {
        assert!(crowds.contains(&crowd), "{crowd:?} is not among {crowds:?}");
    }
    assert_eq!(
        opportunities::archived_in(&mut tx, organisation, "offer").await.unwrap(),
        [("o-2".to_owned(), "r-1".to_owned())]
    );
    assert_eq!(opportunities::ids_at(&mut tx, organisation, &offer).await.unwrap(), ["o-1"]);
    assert_eq!(opportunities::ids_at(&mut tx, organisation, &archived).await.unwrap(), ["o-2"]);
    assert_eq!(opportunities::held(&mut tx, organisation).await.unwrap(), ["o-2", "o-3"]);
    assert!(opportunities::any_held_at(&mut tx, organisation, &archived).await.unwrap());
    assert!(opportunities::any_held_at(&mut tx, organisation, &new).await.unwrap());
    assert!(!opportunities::any_held_at(&mut tx, organisation, &offer).await.unwrap());
}

async fn linked_ones_are_walked_in_order(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let organisation = organisation(&mut tx).await;
    for number in 1..=5 {
        link(&mut tx, organisation, "Jo", &format!("o-{number}")).await;
    }
    let ids = |found: Vec<(String, Option<String>)>| -> Vec<String> {
        found.into_iter().map(|(id, _)| id).collect()
    };
    let first = opportunities::linked_unread(&mut tx, organisation, "", Timestamp(99), 3).await.unwrap();
    assert_eq!(ids(first), ["o-1", "o-2", "o-3"]);
    let rest = opportunities::linked_unread(&mut tx, organisation, "o-3", Timestamp(99), 3).await.unwrap();
    assert_eq!(ids(rest), ["o-4", "o-5"]);
    opportunities::record_reading(
        &mut tx,
        organisation,
        "o-4",
        &Reading { read_at: Timestamp(100), ..reading("offer", None, false) },
    )
    .await
    .unwrap();
    let unread = opportunities::linked_unread(&mut tx, organisation, "o-3", Timestamp(99), 3).await.unwrap();
    assert_eq!(ids(unread), ["o-5"], "a run that goes on leaves out what it has read");
}

async fn what_a_preview_needs_is_read(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let organisation = organisation(&mut tx).await;
    let jo = link(&mut tx, organisation, "Jo", "o-1").await;
    link(&mut tx, organisation, "Sam", "o-2").await;
    opportunities::record_reading(&mut tx, organisation, "o-1", &reading("offer", Some("r-1"), false))
        .await
        .unwrap();
    opportunities::decided(&mut tx, organisation, jo).await.unwrap();
    assert!(!opportunities::memory(&mut tx, organisation, "o-1").await.unwrap().moved);
    opportunities::set_moved(&mut tx, organisation, "o-1", true).await.unwrap();
    assert!(opportunities::memory(&mut tx, organisation, "o-1").await.unwrap().moved);
    let Standing { truth, belief, people } =
        opportunities::standings(&mut tx, organisation, None).await.unwrap().remove(0);
    assert_eq!(people, 1);
    assert_eq!((truth.stage.as_str(), truth.archived.as_deref()), ("offer", Some("r-1")));
    assert_eq!(belief.decided.as_ref(), Some(&truth));
    assert!(belief.moved);
    assert_eq!(opportunities::chosen(&mut tx, organisation, "o-1").await.unwrap(), None);
    let ana = crate::fixtures::member(&mut tx, organisation, "Ana", domain::actor::Role::Recruiter).await.id;
    opportunities::set_chosen(&mut tx, organisation, "o-1", ana, Timestamp(7)).await.unwrap();
    assert_eq!(opportunities::chosen(&mut tx, organisation, "o-1").await.unwrap(), Some((ana, Timestamp(7))));
}

async fn a_preview_counts_everybody(store: &Store) {
    /// More than a preview used to read.
    const MANY: u32 = 10_003;
    let mut tx = store.begin().await.unwrap();
    let organisation = organisation(&mut tx).await;
    let jo = link(&mut tx, organisation, "Jo", "o-jo").await;
    for (id, reading) in [
        ("o-jo", reading("offer", None, false)),
        ("o-ada", reading("offer", Some("r-1"), false)),
        ("o-sam", reading("screen", Some("r-1"), false)),
    ] {
        if id != "o-jo" {
            link(&mut tx, organisation, id, id).await;
        }
        opportunities::record_reading(&mut tx, organisation, id, &reading).await.unwrap();
    }
    let inserted = tx
        .execute(
            "insert into opportunities (organisation_id, id, candidate_id, url, stage, held, read_at)
             with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < $3)
             select $1, 'o-' || n, $2, '', 'offer', 0, 10 from numbers",
            args![organisation, jo, MANY],
        )
        .await
        .unwrap();
    assert_eq!(inserted, u64::from(MANY));
    let (offer, archived) = (Place::Stage("offer".into()), Place::Archived("r-1".into()));
    let counted = async |tx: &mut Tx, at: Option<&Place>| -> (usize, u32) {
        let standings = opportunities::standings(tx, organisation, at).await.unwrap();
        (standings.len(), standings.iter().map(|standing| standing.people).sum())
    };
    assert_eq!(counted(&mut tx, None).await, (3, MANY + 3));
    assert_eq!(counted(&mut tx, Some(&offer)).await, (2, MANY + 2), "the archived one stands there too");
    assert_eq!(counted(&mut tx, Some(&archived)).await, (2, 2));
    let crowds = opportunities::crowds(&mut tx, organisation, 2).await.unwrap();
    let of = |place: &Place| crowds.iter().find(|crowd| crowd.place == *place).unwrap();
    assert_eq!((of(&offer).people, of(&offer).names.len()), (MANY + 1, 2));
    assert_eq!(
        (of(&archived).people, of(&archived).names.as_slice()),
        (2, &["o-ada".to_owned(), "o-sam".to_owned()][..])
    );
    assert_eq!(crowds.len(), 2);
}

async fn another_organisation_sees_and_changes_nothing(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let mine = organisation(&mut tx).await;
    let other = organisation(&mut tx).await;
    link(&mut tx, mine, "Jo", "o-1").await;
    opportunities::record_reading(&mut tx, mine, "o-1", &reading("offer", None, true)).await.unwrap();
    assert_eq!(opportunities::get(&mut tx, other, "o-1").await.unwrap(), None);
    assert_eq!(opportunities::lock(&mut tx, other, "o-1").await.unwrap(), None);
    assert!(!opportunities::unlink(&mut tx, other, "o-1", Timestamp(30)).await.unwrap());
    assert!(opportunities::crowds(&mut tx, other, 3).await.unwrap().is_empty());
    assert!(opportunities::standings(&mut tx, other, None).await.unwrap().is_empty());
    assert!(opportunities::held(&mut tx, other).await.unwrap().is_empty());
    assert!(opportunities::linked_unread(&mut tx, other, "", Timestamp(99), 10).await.unwrap().is_empty());
    // Two organisations with one Lever account each have their own.
    link(&mut tx, other, "Jo", "o-1").await;
    assert_eq!(opportunities::count_linked(&mut tx, mine).await.unwrap(), 1);
    let nobody: CandidateId = id();
    assert_eq!(opportunities::by_candidate(&mut tx, mine, nobody).await.unwrap(), None);
}
