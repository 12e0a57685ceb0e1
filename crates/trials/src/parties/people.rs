//! Candidates by the thousand, written into the database directly: the way in
//! is not what is tried.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use store::Store;
use store::candidates::{self, Candidate};
use store::messages::{self, Message};
use uuid::Uuid;

/// Rows of one transaction.
const AT_ONCE: usize = 500;

/// A candidate of a trial.
#[derive(Clone, Debug)]
pub struct Seeded {
    /// Which.
    pub id: CandidateId,
    /// Their one address.
    pub email: String,
}

/// Adds `count` candidates to the one organisation of `store`, to whom the
/// member `author` (an address) wrote and who have answered.
///
/// # Errors
/// When the database cannot be written.
pub async fn answered(store: &Store, author: &str, count: usize) -> Result<Vec<Seeded>> {
    let (organisation, member) = {
        let mut tx = store.read().await?;
        let organisation =
            store::organisations::all(&mut tx).await?.into_iter().next().context("no organisation")?.id;
        let members = store::members::list(&mut tx, organisation).await?;
        let member = members.into_iter().find(|member| member.email == author).context("no such member")?.id;
        (organisation, member)
    };
    let numbers: Vec<usize> = (0..count).collect();
    let mut seeded = Vec::with_capacity(count);
    for chunk in numbers.chunks(AT_ONCE) {
        let mut tx = store.begin().await?;
        for number in chunk {
            seeded.push(add(&mut tx, organisation, member, *number).await?);
        }
        tx.commit().await?;
    }
    Ok(seeded)
}

async fn add(
    tx: &mut store::Tx,
    organisation: OrganisationId,
    author: MemberId,
    number: usize,
) -> Result<Seeded> {
    let now = now();
    // Older the higher the number, so that the list has one order.
    let added = now.minus(Duration::from_secs(86_400) + Duration::from_millis(number as u64));
    let id = CandidateId(Uuid::new_v4());
    let email = format!("person{number}@people.example");
    let candidate = Candidate {
        id,
        organisation,
        name: format!("Person {number}"),
        headline: "Engineer".into(),
        company: "Acme".into(),
        location: "Lisbon".into(),
        phones: Vec::new(),
        links: Vec::new(),
        skills: vec!["Rust".into()],
        score: Some(700),
        owner: Some(author),
        status: Status::Responded,
        cause: StatusCause::Reply,
        status_at: now,
        last_open: Status::Responded,
        conflict: None,
        messaged_at: Some(added),
        answered_at: Some(now),
        created_at: added,
    };
    candidates::insert(tx, organisation, &candidate, std::slice::from_ref(&email)).await?;
    let question = Message {
        id: Uuid::new_v4().into(),
        candidate: id,
        inbound: false,
        author: Some(author),
        body: "Would you like to talk?".into(),
        answers: None,
        created_at: added,
    };
    messages::insert(tx, organisation, &question).await?;
    let answer = Message {
        id: Uuid::new_v4().into(),
        inbound: true,
        author: None,
        body: "Yes, gladly.".into(),
        answers: Some(question.id),
        created_at: now,
        ..question
    };
    messages::insert(tx, organisation, &answer).await?;
    Ok(Seeded { id, email })
}

/// What the clock says.
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
