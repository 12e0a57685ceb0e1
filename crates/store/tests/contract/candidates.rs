//! Candidates and the list of them.

use domain::actor::Role;
use domain::candidate::Phone;
use domain::ids::OrganisationId;
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use store::candidates::{self, Candidate, Part, StatusUpdate};
use store::{Error, Store, Tx};

use crate::fixtures::{candidate, id, member, new_candidate, organisation};

crate::on_both!(
    a_candidate_reads_back,
    strangers_are_left_out_of_those_named,
    an_address_belongs_to_one_candidate_of_an_organisation,
    a_status_is_set_with_everything_that_goes_with_it,
    only_the_first_message_and_the_first_answer_are_noted,
    the_list_is_paged_both_ways,
    every_word_of_a_search_begins_a_word_of_the_candidate,
    common_words_are_searched_by_age,
    a_count_stops_at_its_limit,
);

async fn a_candidate_reads_back(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    assert!(!candidates::any(&mut tx, here).await.unwrap());
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await;
    let nora = Candidate {
        headline: "Backend engineer".into(),
        company: "Klarwerk".into(),
        location: "Stockholm".into(),
        phones: vec![Phone { kind: Some("mobile".into()), value: "+46 555".into() }],
        links: vec!["https://nora.example".into()],
        skills: vec!["Rust".into(), "\"quotes\", and ümlauts".into()],
        score: Some(812),
        owner: Some(ana.id),
        status: Status::Rejected,
        cause: StatusCause::Hand,
        status_at: Timestamp(30),
        last_open: Status::Offer,
        conflict: Some(Status::Hired),
        messaged_at: Some(Timestamp(15)),
        answered_at: Some(Timestamp(16)),
        ..new_candidate(here, "Nora Lindgren", 10)
    };
    let emails = ["nora@people.example".to_owned(), "nora@home.example".to_owned()];
    candidates::insert(&mut tx, here, &nora, &emails).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    assert!(candidates::any(&mut tx, here).await.unwrap());
    assert_eq!(candidates::get(&mut tx, here, nora.id).await.unwrap(), Some(nora.clone()));
    assert_eq!(candidates::hold(&mut tx, here, nora.id).await.unwrap(), Some(nora.clone()));
    assert_eq!(candidates::get(&mut tx, id(), nora.id).await.unwrap(), None);
    assert_eq!(candidates::hold(&mut tx, id(), nora.id).await.unwrap(), None);
    assert_eq!(candidates::emails(&mut tx, here, nora.id).await.unwrap(), emails);
    assert_eq!(candidates::of_address(&mut tx, here, &emails[1]).await.unwrap(), Some(nora.id));
    assert_eq!(candidates::of_address(&mut tx, id(), &emails[1]).await.unwrap(), None);
    let everybody = candidates::filter(&mut tx, here, "", None).await.unwrap();
    let listed = candidates::list(&mut tx, here, &everybody, Part::Newest, 10).await.unwrap();
    assert_eq!(listed[0].candidate, nora);
    assert_eq!(listed[0].email, emails[0]);
    assert_eq!(listed[0].owner.as_deref(), Some("Ana"));
}

async fn strangers_are_left_out_of_those_named(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, there) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let (first, second) =
        (candidate(&mut tx, here, "Ana", 1).await, candidate(&mut tx, here, "Ben", 2).await);
    let stranger = candidate(&mut tx, there, "Cleo", 3).await;
    let named = [second.id, stranger.id, id(), first.id];
    assert_eq!(candidates::known(&mut tx, here, &named).await.unwrap(), [second.id, first.id]);
    assert!(candidates::known(&mut tx, here, &[]).await.unwrap().is_empty());
}

async fn an_address_belongs_to_one_candidate_of_an_organisation(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, elsewhere) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let email = ["nora@people.example".to_owned()];
    candidates::insert(&mut tx, here, &new_candidate(here, "Nora", 1), &email).await.unwrap();
    candidates::insert(&mut tx, elsewhere, &new_candidate(elsewhere, "Nora", 1), &email).await.unwrap();
    let twin = candidates::insert(&mut tx, here, &new_candidate(here, "Nora", 1), &email).await;
    assert!(matches!(twin, Err(Error::Taken)));
}

async fn a_status_is_set_with_everything_that_goes_with_it(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let nora = candidate(&mut tx, here, "Nora", 10).await;
    let update = StatusUpdate {
        status: Status::Rejected,
        cause: StatusCause::Lever,
        at: Timestamp(50),
        last_open: Status::Offer,
        conflict: Some(Status::Hired),
    };
    candidates::set_status(&mut tx, here, nora.id, &update).await.unwrap();
    let after = Candidate {
        status: Status::Rejected,
        cause: StatusCause::Lever,
        status_at: Timestamp(50),
        last_open: Status::Offer,
        conflict: Some(Status::Hired),
        ..nora.clone()
    };
    assert_eq!(candidates::get(&mut tx, here, nora.id).await.unwrap(), Some(after.clone()));
    candidates::set_conflict(&mut tx, here, nora.id, None).await.unwrap();
    let decided = Candidate { conflict: None, ..after };
    assert_eq!(candidates::get(&mut tx, here, nora.id).await.unwrap(), Some(decided));
    let stranger = candidates::set_status(&mut tx, id(), nora.id, &update).await;
    assert!(matches!(stranger, Err(Error::RowsTouched { touched: 0, .. })));
    let stranger = candidates::set_conflict(&mut tx, id(), nora.id, None).await;
    assert!(matches!(stranger, Err(Error::RowsTouched { touched: 0, .. })));
}

async fn only_the_first_message_and_the_first_answer_are_noted(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let nora = candidate(&mut tx, here, "Nora", 10).await;
    for at in [20, 21] {
        candidates::set_messaged(&mut tx, here, nora.id, Timestamp(at)).await.unwrap();
        candidates::set_answered(&mut tx, here, nora.id, Timestamp(at + 10)).await.unwrap();
    }
    let after = candidates::get(&mut tx, here, nora.id).await.unwrap().unwrap();
    assert_eq!(after.messaged_at, Some(Timestamp(20)));
    assert_eq!(after.answered_at, Some(Timestamp(30)));
    assert!(candidates::set_messaged(&mut tx, id(), nora.id, Timestamp(1)).await.is_err());
    assert!(candidates::set_answered(&mut tx, id(), nora.id, Timestamp(1)).await.is_err());
}

async fn names(tx: &mut Tx, here: OrganisationId, search: &str, status: Option<Status>) -> Vec<String> {
    let filter = candidates::filter(tx, here, search, status).await.unwrap();
    let listed = candidates::list(tx, here, &filter, Part::Newest, 100).await.unwrap();
    let count = candidates::count(tx, here, &filter, 1_000).await.unwrap();
    assert_eq!(count as usize, listed.len(), "the count agrees with the list");
    listed.into_iter().map(|listed| listed.candidate.name).collect()
}

async fn the_list_is_paged_both_ways(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let elsewhere = organisation(&mut tx).await;
    candidate(&mut tx, elsewhere, "Stranger", 5).await;
    for number in 0..12 {
        // Three of each instant: the id decides among them.
        let made = candidate(&mut tx, here, &format!("Candidate {number:02}"), number / 3).await;
        if number % 2 == 0 {
            let update = StatusUpdate {
                status: Status::Contacted,
                cause: StatusCause::Message,
                at: Timestamp(9),
                last_open: Status::Contacted,
                conflict: None,
            };
            candidates::set_status(&mut tx, here, made.id, &update).await.unwrap();
        }
    }
    for (search, status, expected) in [
        ("", None, 12),
        ("", Some(Status::Contacted), 6),
        ("candi", None, 12),
        ("candi", Some(Status::New), 6),
        ("", Some(Status::Hired), 0),
    ] {
        let filter = candidates::filter(&mut tx, here, search, status).await.unwrap();
        let all = candidates::list(&mut tx, here, &filter, Part::Newest, 100).await.unwrap();
        assert_eq!(all.len(), expected, "{search} {status:?}");
        assert!(all.is_sorted_by_key(|listed| std::cmp::Reverse(listed.candidate.created_at)));

        let mut down = Vec::new();
        let mut part = Part::Newest;
        loop {
            let page = candidates::list(&mut tx, here, &filter, part, 5).await.unwrap();
            let Some(last) = page.last() else { break };
            part = Part::OlderThan(last.candidate.cursor());
            down.extend(page);
        }
        assert_eq!(down, all);

        let Some(last) = all.last() else { continue };
        let mut up = vec![last.clone()];
        let mut part = Part::NewerThan(last.candidate.cursor());
        loop {
            let page = candidates::list(&mut tx, here, &filter, part, 5).await.unwrap();
            let Some(last) = page.last() else { break };
            part = Part::NewerThan(last.candidate.cursor());
            up.extend(page);
        }
        up.reverse();
        assert_eq!(up, all);
    }
}

async fn every_word_of_a_search_begins_a_word_of_the_candidate(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let elsewhere = organisation(&mut tx).await;
    for (place, number, name, company, email) in [
        (here, 1, "Nora Lindgren", "Klarwerk AB", "n.lindgren@mail.people.example"),
        (here, 2, "Ana-Maria Órlova", "Lind & Söhne", "anamaria@orlova.example"),
        (here, 3, "Norbert Klar", "", "bert@klar.example"),
        (elsewhere, 4, "Nora Lindgren", "Klarwerk AB", "n.lindgren@mail.people.example"),
    ] {
        let made = Candidate { company: company.into(), ..new_candidate(place, name, number) };
        candidates::insert(&mut tx, place, &made, &[email.to_owned()]).await.unwrap();
    }
    let (nora, ana, norbert) = ("Nora Lindgren", "Ana-Maria Órlova", "Norbert Klar");
    for (search, expected) in [
        ("", &[norbert, ana, nora][..]),
        ("nor", &[norbert, nora]),
        ("NORA", &[nora]),
        ("lind", &[ana, nora]),
        ("lind nor", &[nora]),
        ("nor kl", &[norbert, nora]),
        ("n.lindgren@mail.people.example", &[nora]),
        ("people", &[nora]),
        ("ör", &[]),
        ("órl", &[ana]),
        ("söhne maria lind", &[ana]),
        ("indgren", &[]),
        ("n", &[norbert, ana, nora]),
        ("zz", &[]),
        ("%", &[norbert, ana, nora]),
        ("no%", &[norbert, nora]),
        ("no' or '1'='1", &[]),
        ("nora nora nora nora nora nora nora nora", &[nora]),
        ("lindgren nora klarwerk ab mail people example", &[nora]),
    ] {
        assert_eq!(names(&mut tx, here, search, None).await, expected, "{search}");
    }
    assert_eq!(names(&mut tx, here, "nor", Some(Status::New)).await, [norbert, nora]);
    assert_eq!(names(&mut tx, here, "nor", Some(Status::Hired)).await, [""; 0]);
}

/// More than two thousand bear the same word: the list no longer begins with them.
async fn common_words_are_searched_by_age(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    for number in 0..2_050 {
        let made = new_candidate(here, if number % 1_000 == 3 { "Common Rarely" } else { "Common" }, number);
        let update =
            Candidate { status: if number % 1_000 == 4 { Status::Offer } else { Status::New }, ..made };
        candidates::insert(&mut tx, here, &update, &[]).await.unwrap();
    }
    let filter = candidates::filter(&mut tx, here, "comm", None).await.unwrap();
    let newest = candidates::list(&mut tx, here, &filter, Part::Newest, 3).await.unwrap();
    let ages: Vec<i64> = newest.iter().map(|listed| listed.candidate.created_at.0).collect();
    assert_eq!(ages, [2_049, 2_048, 2_047]);
    let part = Part::NewerThan(newest[2].candidate.cursor());
    let newer = candidates::list(&mut tx, here, &filter, part, 3).await.unwrap();
    assert_eq!(newer.len(), 2);
    assert_eq!(candidates::count(&mut tx, here, &filter, 1_001).await.unwrap(), 1_001);
    let filter = candidates::filter(&mut tx, here, "comm", Some(Status::Offer)).await.unwrap();
    assert_eq!(candidates::list(&mut tx, here, &filter, Part::Newest, 9).await.unwrap().len(), 3);
    assert_eq!(candidates::count(&mut tx, here, &filter, 1_001).await.unwrap(), 3);
    assert_eq!(names(&mut tx, here, "comm rare", None).await, ["Common Rarely"; 3]);
    assert_eq!(names(&mut tx, here, "comm co", Some(Status::Offer)).await, ["Common"; 3]);
}

async fn a_count_stops_at_its_limit(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    for number in 0..5 {
        candidate(&mut tx, here, "Somebody", number).await;
    }
    let everybody = candidates::filter(&mut tx, here, "", None).await.unwrap();
    assert_eq!(candidates::count(&mut tx, here, &everybody, 4).await.unwrap(), 4);
    assert_eq!(candidates::count(&mut tx, here, &everybody, 6).await.unwrap(), 5);
}
