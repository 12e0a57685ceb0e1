//! The list, whatever it is narrowed to and sorted by, held to a look at every row.

use std::cmp::Ordering;

use domain::actor::Role;
use domain::ids::{MemberId, OrganisationId};
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use domain::view::{CandidateFilter, CandidateOrder, CandidateSort, InLever};
use store::candidate_list::{self, Cursor, Listed, Part};
use store::candidates::{self, Candidate, StatusUpdate};
use store::imports::{self, Note};
use store::{Store, Tx, erasures};

use crate::fixtures::{id, member, new_candidate, organisation};

crate::on_both!(
    every_word_of_a_search_begins_a_word_of_the_candidate,
    every_filter_and_order_agrees_with_a_look_at_every_row,
    the_list_follows_what_becomes_of_a_candidate,
);

/// The whole list, newest first.
pub(crate) async fn everybody(tx: &mut Tx, here: OrganisationId) -> Vec<Listed> {
    listed(tx, here, &CandidateFilter::default()).await
}

async fn listed(tx: &mut Tx, here: OrganisationId, filter: &CandidateFilter) -> Vec<Listed> {
    let narrowed = candidate_list::narrow(tx, here, filter).await.unwrap();
    let listed = candidate_list::page(tx, here, &narrowed, filter.order, &Part::First, 10_000).await.unwrap();
    if let Some(count) = narrowed.count() {
        assert_eq!(count, listed.len(), "the count agrees with the list");
    }
    listed
}

async fn names(tx: &mut Tx, here: OrganisationId, search: &str, status: Option<Status>) -> Vec<String> {
    let filter = CandidateFilter { search: search.into(), status, ..CandidateFilter::default() };
    listed(tx, here, &filter).await.into_iter().map(|listed| listed.candidate.name).collect()
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

/// How many there are: more than are gathered, so that wide questions are walked
/// and narrow ones are cut from all there are.
const CROWD: usize = 3_300;

/// Somebody, and what the test knows of them beside.
#[derive(Clone)]
struct Known {
    candidate: Candidate,
    in_lever: bool,
    deciding: bool,
}

async fn crowd(tx: &mut Tx, here: OrganisationId, owners: &[MemberId]) -> Vec<Known> {
    let mut known = Vec::new();
    for number in 0..CROWD {
        let at = |unit: usize| i64::try_from(number / unit).unwrap();
        // Some of one name, of one age, of one score: the next column decides.
        let name = format!("{} Common{}", ["Zoe", "ana", "Ben", "Élodie"][number % 4], number % 700);
        let answered = number % 5 == 0;
        let candidate = Candidate {
            owner: owners.get(number % 7).copied(),
            score: (number % 3 != 0).then(|| 300 + u16::try_from(number % 90).unwrap()),
            status: Status::ALL[if number % 100 < 60 { 0 } else { number % 9 }],
            status_at: Timestamp(at(2) % 50),
            messaged_at: answered.then_some(Timestamp(1)),
            answered_at: answered.then_some(Timestamp(2)),
            ..new_candidate(here, &name, at(3))
        };
        let email = format!("c{number}@people.example");
        candidates::insert(tx, here, &candidate, &[email]).await.unwrap();
        let in_lever = number % 25 == 0;
        let deciding = !in_lever && number % 40 == 5;
        if in_lever || deciding {
            let import = id();
            imports::request(tx, here, import, candidate.id, owners[0], "marker", Timestamp(3))
                .await
                .unwrap();
            if in_lever {
                let opportunity = format!("o-{number}");
                imports::imported(tx, here, import, &opportunity, Note::None, Timestamp(4)).await.unwrap();
            } else {
                imports::ask(tx, here, import, &[], Timestamp(4)).await.unwrap();
            }
        }
        known.push(Known { candidate, in_lever, deciding });
    }
    known
}

/// The look at every row.
fn expected(known: &[Known], filter: &CandidateFilter) -> Vec<Candidate> {
    let words: Vec<String> = filter.search.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<Candidate> = known
        .iter()
        .filter(|Known { candidate, in_lever, deciding }| {
            let name = candidate.name.to_lowercase();
            let answered = candidate.answered_at.is_some();
            words.iter().all(|word| name.split(' ').any(|of_name| of_name.starts_with(word)))
                && filter.status.is_none_or(|status| status == candidate.status)
                && filter.owner.is_none_or(|owner| Some(owner) == candidate.owner)
                && filter.score_from.is_none_or(|from| candidate.score.is_some_and(|score| score >= from))
                && filter.score_to.is_none_or(|to| candidate.score.is_some_and(|score| score <= to))
                && match filter.lever {
                    None => true,
                    Some(InLever::Yes) => *in_lever,
                    Some(InLever::No) => !in_lever,
                    Some(InLever::Deciding) => *deciding,
                    Some(InLever::Answered) => answered && !in_lever,
                }
        })
        .map(|known| known.candidate.clone())
        .collect();
    found.sort_by(|a, b| {
        let first = match filter.order.sort {
            CandidateSort::Newest => Ordering::Equal,
            CandidateSort::Since => a.status_at.cmp(&b.status_at),
            CandidateSort::Name => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
            CandidateSort::Score => a.score.cmp(&b.score),
            CandidateSort::Status => a.status.cmp(&b.status),
        };
        let order = first.then(a.created_at.cmp(&b.created_at)).then(a.id.cmp(&b.id));
        if filter.order.descending { order.reverse() } else { order }
    });
    found
}

async fn every_filter_and_order_agrees_with_a_look_at_every_row(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, elsewhere) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let stranger = new_candidate(elsewhere, "Ana Common1", 5);
    candidates::insert(&mut tx, elsewhere, &stranger, &["ana@people.example".to_owned()]).await.unwrap();
    let owners = [
        member(&mut tx, here, "Ana", Role::Recruiter).await.id,
        member(&mut tx, here, "Ben", Role::Recruiter).await.id,
    ];
    let known = crowd(&mut tx, here, &owners).await;
    let any = CandidateFilter::default();
    let mut questions = vec![
        any.clone(),
        CandidateFilter { search: "common".into(), ..any.clone() },
        CandidateFilter { search: "zoe common1".into(), ..any.clone() },
        CandidateFilter { search: "ana ben".into(), ..any.clone() },
        CandidateFilter { owner: Some(owners[1]), ..any.clone() },
        CandidateFilter { owner: Some(id()), ..any.clone() },
        CandidateFilter { score_from: Some(350), ..any.clone() },
        CandidateFilter { score_to: Some(320), ..any.clone() },
        CandidateFilter { score_from: Some(310), score_to: Some(312), ..any.clone() },
        CandidateFilter { score_from: Some(400), score_to: Some(300), ..any.clone() },
        CandidateFilter {
            search: "common".into(),
            status: Some(Status::New),
            owner: Some(owners[0]),
            lever: Some(InLever::No),
            score_from: Some(301),
            ..any.clone()
        },
        CandidateFilter { owner: Some(owners[0]), lever: Some(InLever::Answered), ..any.clone() },
    ];
    questions.extend(InLever::ALL.map(|lever| CandidateFilter { lever: Some(lever), ..any.clone() }));
    questions.extend(Status::ALL.map(|status| CandidateFilter { status: Some(status), ..any.clone() }));
    for question in questions {
        for sort in CandidateSort::ALL {
            for descending in [true, false] {
                let order = CandidateOrder { sort, descending };
                let filter = CandidateFilter { order, ..question.clone() };
                let expected = expected(&known, &filter);
                assert_eq!(paged(&mut tx, here, &filter, 700).await, expected, "{filter:?}");
            }
        }
    }
}

/// The list, page by page to its end, and back from there.
async fn paged(tx: &mut Tx, here: OrganisationId, filter: &CandidateFilter, limit: u32) -> Vec<Candidate> {
    let narrowed = candidate_list::narrow(tx, here, filter).await.unwrap();
    let (order, mut down, mut part) = (filter.order, Vec::new(), Part::First);
    loop {
        let page = candidate_list::page(tx, here, &narrowed, order, &part, limit).await.unwrap();
        let Some(last) = page.last() else { break };
        part = Part::After(Cursor::of(&last.candidate, order.sort));
        down.extend(page.into_iter().map(|listed| listed.candidate));
    }
    if let Some(last) = down.last() {
        let mut up = vec![last.clone()];
        let mut part = Part::Before(Cursor::of(last, order.sort));
        loop {
            let page = candidate_list::page(tx, here, &narrowed, order, &part, limit).await.unwrap();
            let Some(last) = page.last() else { break };
            part = Part::Before(Cursor::of(&last.candidate, order.sort));
            up.extend(page.into_iter().map(|listed| listed.candidate));
        }
        up.reverse();
        assert_eq!(up, down, "back from the end of {filter:?}");
    }
    if let Some(count) = narrowed.count() {
        assert_eq!(count, down.len(), "the count of {filter:?}");
    } else {
        assert!(down.len() > 3_000, "{filter:?}");
    }
    down
}

async fn the_list_follows_what_becomes_of_a_candidate(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let ana = member(&mut tx, here, "Ana", Role::Recruiter).await;
    let nora = Candidate { score: Some(700), ..new_candidate(here, "Nora", 1) };
    candidates::insert(&mut tx, here, &nora, &["nora@people.example".to_owned()]).await.unwrap();
    let ways = async |tx: &mut Tx| {
        let mut ways = Vec::new();
        for lever in InLever::ALL {
            let filter = CandidateFilter { lever: Some(lever), ..CandidateFilter::default() };
            if !listed(tx, here, &filter).await.is_empty() {
                ways.push(lever);
            }
        }
        ways
    };
    let (answered, not) = ([InLever::Answered, InLever::No], [InLever::No]);
    assert_eq!(ways(&mut tx).await, not);
    candidates::set_answered(&mut tx, here, nora.id, Timestamp(3)).await.unwrap();
    assert_eq!(ways(&mut tx).await, not, "an answer to nothing");
    candidates::set_messaged(&mut tx, here, nora.id, Timestamp(2)).await.unwrap();
    assert_eq!(ways(&mut tx).await, answered);

    let import = id();
    assert!(imports::request(&mut tx, here, import, nora.id, ana.id, "m", Timestamp(4)).await.unwrap());
    assert_eq!(ways(&mut tx).await, answered);
    imports::ask(&mut tx, here, import, &[], Timestamp(5)).await.unwrap();
    assert_eq!(ways(&mut tx).await, [InLever::Answered, InLever::Deciding, InLever::No]);
    let decision = domain::import::Decision::Add;
    assert!(imports::decide(&mut tx, here, import, &decision, Timestamp(6)).await.unwrap());
    assert_eq!(ways(&mut tx).await, answered);
    imports::imported(&mut tx, here, import, "o-1", Note::None, Timestamp(7)).await.unwrap();
    assert_eq!(ways(&mut tx).await, [InLever::Yes]);
    candidates::set_messaged(&mut tx, here, nora.id, Timestamp(8)).await.unwrap();
    candidates::set_answered(&mut tx, here, nora.id, Timestamp(8)).await.unwrap();
    assert_eq!(ways(&mut tx).await, [InLever::Yes]);
    assert!(imports::unlinked(&mut tx, here, nora.id, "o-1", Timestamp(9)).await.unwrap());
    assert_eq!(ways(&mut tx).await, answered);

    let update = StatusUpdate {
        status: Status::Hired,
        cause: StatusCause::Lever,
        at: Timestamp(50),
        last_open: Status::Offer,
        conflict: None,
    };
    candidates::set_status(&mut tx, here, nora.id, &update).await.unwrap();
    assert_eq!(names(&mut tx, here, "", Some(Status::Hired)).await, ["Nora"]);
    assert_eq!(names(&mut tx, here, "", Some(Status::New)).await, [""; 0]);
    erasures::ask(&mut tx, here, nora.id, Timestamp(60), Timestamp(55)).await.unwrap();
    assert!(erasures::erase(&mut tx, here, nora.id, Timestamp(60)).await.unwrap());
    let with_score = CandidateFilter { score_from: Some(300), ..CandidateFilter::default() };
    assert_eq!(listed(&mut tx, here, &with_score).await, []);
    assert_eq!(names(&mut tx, here, "", Some(Status::Hired)).await, ["Erased candidate"]);
}
