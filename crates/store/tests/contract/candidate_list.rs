//! The list, whatever it is narrowed to and sorted by, held to a look at every row.

use std::cmp::Ordering;

use domain::actor::Role;
use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use domain::view::{CandidateFilter, CandidateOrder, CandidateSort, InLever};
use store::candidate_list::{self, Cursor, Limits, Listed, Part};
use store::candidates::{self, Candidate, StatusUpdate};
use store::imports::{self, Note};
use store::{Store, Tx, args, erasures};

use uuid::Uuid;

use crate::fixtures::{id, member, new_candidate, organisation};

crate::on_both!(
    every_word_of_a_search_begins_a_word_of_the_candidate,
    every_filter_and_order_agrees_with_a_look_at_every_row,
    what_stands_in_one_stretch_is_found_from_the_other_end,
    the_list_follows_what_becomes_of_a_candidate,
    a_candidate_of_very_many_words_is_found_by_each,
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

/// How many there are: more than are gathered, so that wide questions are read
/// along an index and narrow ones are cut from all there are.
const CROWD: usize = 3_300;
/// Limits that these exceed in every way.
const NARROW: Limits = Limits { counted: 100, gathered: 100, very_many: 12, hoped: 90 };
/// With these more rows are hoped among than would hold a page, where there are so many.
const WIDE: Limits = Limits { hoped: 2_000, ..NARROW };
/// Near those of a million: so few that some are more, and more drawn, who are more here;
/// as they are, three thousand come to them from one side only.
const USUAL: Limits = Limits { counted: 1_000, gathered: 3_000, very_many: 40, hoped: 30_000 };

/// An id; one of 77 is among those that are drawn.
fn id_of(number: usize) -> CandidateId {
    let random = id::<CandidateId>().0.as_u128();
    CandidateId(Uuid::from_u128(if number % 77 == 3 { random & !0xff } else { random | 1 }))
}

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
            id: id_of(number),
            // All who came first, from one place.
            company: if number < 700 { "Zenith".into() } else { String::new() },
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
            let company = candidate.company.to_lowercase();
            let mut borne: Vec<&str> = name.split(' ').collect();
            borne.extend([company.as_str(), "people", "example"]);
            words.iter().all(|word| borne.iter().any(|borne| borne.starts_with(word)))
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
        CandidateFilter { search: "people an".into(), ..any.clone() },
        CandidateFilter { search: "com".into(), status: Some(Status::New), ..any.clone() },
        CandidateFilter { search: "zoe".into(), lever: Some(InLever::Answered), ..any.clone() },
        CandidateFilter { status: Some(Status::New), lever: Some(InLever::Yes), ..any.clone() },
        CandidateFilter { status: Some(Status::New), lever: Some(InLever::Answered), ..any.clone() },
        CandidateFilter { status: Some(Status::New), lever: Some(InLever::No), ..any.clone() },
        CandidateFilter { status: Some(Status::Hired), score_from: Some(1), ..any.clone() },
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
                for (limits, limit) in [(USUAL, 700), (NARROW, 350)] {
                    let found = paged(&mut tx, here, &filter, limits, limit).await;
                    assert!(found == expected, "{filter:?}, {limits:?}");
                }
            }
        }
    }
}

async fn what_stands_in_one_stretch_is_found_from_the_other_end(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let owner = member(&mut tx, here, "Ana", Role::Recruiter).await.id;
    let known = crowd(&mut tx, here, &[owner]).await;
    for search in ["zenith", "zen people", "zenith common zoe", "zen exam"] {
        for (status, owner) in [(None, None), (Some(Status::New), None), (None, Some(owner))] {
            for sort in CandidateSort::ALL {
                for descending in [true, false] {
                    let order = CandidateOrder { sort, descending };
                    let any = CandidateFilter::default();
                    let filter = CandidateFilter { search: search.into(), status, owner, order, ..any };
                    for (limits, limit) in [(NARROW, 150), (WIDE, 60)] {
                        let found = paged(&mut tx, here, &filter, limits, limit).await;
                        assert!(found == expected(&known, &filter), "{filter:?}, {limits:?}");
                    }
                }
            }
        }
    }
}

/// The list, page by page to its end, and back from there.
async fn paged(
    tx: &mut Tx,
    here: OrganisationId,
    filter: &CandidateFilter,
    limits: Limits,
    limit: u32,
) -> Vec<Candidate> {
    let narrowed = candidate_list::narrow_within(tx, here, filter, limits).await.unwrap();
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
        // More are counted where the index of what leads holds no pages of this order.
        let counted = match order.sort {
            CandidateSort::Since | CandidateSort::Name | CandidateSort::Score => limits.gathered,
            CandidateSort::Newest | CandidateSort::Status => limits.counted,
        };
        assert!(down.len() > counted as usize, "{filter:?}");
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
        assert_words_agree(tx, here, "a change").await;
        let mut ways = Vec::new();
        for lever in InLever::ALL {
            let filter = CandidateFilter { lever: Some(lever), ..CandidateFilter::default() };
            let by_name = CandidateFilter { search: "nora".into(), ..filter.clone() };
            let found = listed(tx, here, &filter).await;
            assert_eq!(listed(tx, here, &by_name).await, found);
            if !found.is_empty() {
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
    assert_words_agree(&mut tx, here, "a status").await;
    assert_eq!(names(&mut tx, here, "nor", Some(Status::Hired)).await, ["Nora"]);
    assert_eq!(names(&mut tx, here, "nor", Some(Status::New)).await, [""; 0]);
    let reach = ["nora@elsewhere.example".to_owned()];
    candidates::set_reach(&mut tx, here, &nora, &reach, Timestamp(52)).await.unwrap();
    assert_words_agree(&mut tx, here, "another address").await;
    assert_eq!(names(&mut tx, here, "elsewhere nora", Some(Status::Hired)).await, ["Nora"]);
    assert_eq!(names(&mut tx, here, "people", None).await, [""; 0]);
    erasures::ask(&mut tx, here, nora.id, Timestamp(60), Timestamp(55)).await.unwrap();
    assert!(erasures::erase(&mut tx, here, nora.id, Timestamp(60)).await.unwrap());
    let with_score = CandidateFilter { score_from: Some(300), ..CandidateFilter::default() };
    assert_eq!(listed(&mut tx, here, &with_score).await, []);
    assert_eq!(names(&mut tx, here, "", Some(Status::Hired)).await, ["Erased candidate"]);
}

/// Asserts that what stands beside the words is what stands in `candidates`.
async fn assert_words_agree(tx: &mut Tx, here: OrganisationId, after: &str) {
    let differing = tx
        .one(
            "select count(*) as n from candidate_words w join candidates c on c.id = w.candidate_id
             where w.organisation_id = $1
             and not (w.organisation_id = c.organisation_id and w.created_at = c.created_at
                      and w.status_at = c.status_at and w.status_rank = c.status_rank and w.way = c.way
                      and w.score_rank = c.score_rank and coalesce(w.owner_id, '') = coalesce(c.owner_id, '')
                      and w.sort_name = c.sort_name and coalesce(w.found_by, '-') = coalesce(c.found_by, '-'))",
            args![here],
        )
        .await
        .unwrap();
    assert_eq!(differing.get::<i64>("n").unwrap(), 0, "{after}");
}

async fn a_candidate_of_very_many_words_is_found_by_each(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let here = organisation(&mut tx).await;
    let words: Vec<String> = (0..80).map(|number| format!("word{number}longer")).collect();
    let many = Candidate { company: words.join(" "), ..new_candidate(here, "Nora Many", 1) };
    let few = Candidate { company: "word7longer".into(), ..new_candidate(here, "Nora Few", 2) };
    for (number, candidate) in [&many, &few].into_iter().enumerate() {
        let email = format!("c{number}@people.example");
        candidates::insert(&mut tx, here, candidate, &[email]).await.unwrap();
    }
    for word in &words {
        let both: &[&str] = if word == "word7longer" { &["Nora Few", "Nora Many"] } else { &["Nora Many"] };
        assert_eq!(names(&mut tx, here, word, None).await, both, "{word}");
        assert_eq!(names(&mut tx, here, &format!("nor {word}"), Some(Status::New)).await, both, "{word}");
    }
    assert_eq!(names(&mut tx, here, "word7longer many", None).await, ["Nora Many"]);
    assert_eq!(names(&mut tx, here, "nora word81longer", None).await, [""; 0]);

    // With fewer words they stand beside each other again, and the other way round.
    let short = Candidate { company: "word3longer".into(), ..many.clone() };
    let emails = ["c0@people.example".to_owned()];
    candidates::set_reach(&mut tx, here, &short, &emails, Timestamp(5)).await.unwrap();
    assert_words_agree(&mut tx, here, "fewer words").await;
    assert_eq!(names(&mut tx, here, "nor word3", None).await, ["Nora Many"]);
    assert_eq!(names(&mut tx, here, "nor word79", None).await, [""; 0]);
    candidates::set_reach(&mut tx, here, &many, &emails, Timestamp(6)).await.unwrap();
    assert_words_agree(&mut tx, here, "more words").await;
    assert_eq!(names(&mut tx, here, "nor word79", None).await, ["Nora Many"]);
}
