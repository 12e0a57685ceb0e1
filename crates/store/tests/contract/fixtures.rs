//! Rows that other rows stand on.

use domain::actor::Role;
use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use store::candidates::{self, Candidate};
use store::members::{self, Member};
use store::messages::{self, Message};
use store::organisations::{self, Organisation};
use store::{Store, Tx};
use uuid::Uuid;

/// An id never given before.
pub(crate) fn id<T: From<Uuid>>() -> T {
    T::from(Uuid::new_v4())
}

/// A new organisation.
pub(crate) async fn organisation(tx: &mut Tx) -> OrganisationId {
    let organisation =
        Organisation { id: id(), name: "Acme".into(), practice: false, created_at: Timestamp(1_000) };
    organisations::insert(tx, &organisation).await.unwrap();
    organisation.id
}

/// A new organisation, committed.
pub(crate) async fn committed_organisation(store: &Store) -> OrganisationId {
    let mut tx = store.begin().await.unwrap();
    let organisation = organisation(&mut tx).await;
    tx.commit().await.unwrap();
    organisation
}

/// A new member with an address of their own.
pub(crate) async fn member(tx: &mut Tx, organisation: OrganisationId, name: &str, role: Role) -> Member {
    let member = Member {
        id: id(),
        organisation,
        email: format!("{}@acme.example", id::<Uuid>()),
        name: name.into(),
        role,
        active: true,
        created_at: Timestamp(1_000),
    };
    members::insert(tx, &member, "hash").await.unwrap();
    member
}

/// A candidate as they are before anything happened.
pub(crate) fn new_candidate(organisation: OrganisationId, name: &str, created_at: i64) -> Candidate {
    let created_at = Timestamp(created_at);
    Candidate {
        id: id(),
        organisation,
        name: name.into(),
        headline: String::new(),
        company: String::new(),
        location: String::new(),
        phones: Vec::new(),
        links: Vec::new(),
        skills: Vec::new(),
        score: None,
        owner: None,
        status: Status::New,
        cause: StatusCause::Added,
        status_at: created_at,
        last_open: Status::New,
        conflict: None,
        messaged_at: None,
        answered_at: None,
        created_at,
    }
}

/// A new candidate with an address of their own.
pub(crate) async fn candidate(
    tx: &mut Tx,
    organisation: OrganisationId,
    name: &str,
    created_at: i64,
) -> Candidate {
    let candidate = new_candidate(organisation, name, created_at);
    let email = format!("c{}@people.example", id::<Uuid>().simple());
    candidates::insert(tx, organisation, &candidate, &[email]).await.unwrap();
    candidate
}

/// A recruiter and a candidate of one organisation.
pub(crate) struct Whose {
    pub(crate) organisation: OrganisationId,
    pub(crate) candidate: CandidateId,
    pub(crate) member: MemberId,
}

/// A new organisation with a recruiter and a candidate.
pub(crate) async fn somebody(tx: &mut Tx) -> Whose {
    let organisation = organisation(tx).await;
    let candidate = candidate(tx, organisation, "Jo", 1).await.id;
    let member = member(tx, organisation, "Ana", Role::Recruiter).await.id;
    Whose { organisation, candidate, member }
}

/// A message to `candidate`.
pub(crate) async fn message(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: &Candidate,
    author: &Member,
    created_at: i64,
) -> Message {
    let message = Message {
        id: id(),
        candidate: candidate.id,
        inbound: false,
        author: Some(author.id),
        body: "Would you like to talk?".into(),
        answers: None,
        created_at: Timestamp(created_at),
    };
    messages::insert(tx, organisation, &message).await.unwrap();
    message
}
