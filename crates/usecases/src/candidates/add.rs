//! Adding a candidate by hand.

use domain::actor::{Action, Actor};
use domain::candidate::NewCandidate;
use domain::event::Change;
use domain::ids::CandidateId;
use domain::problem::{Field, FieldProblem, Problem};
use domain::status::{Status, StatusCause};
use store::activity::{self, Activity};
use store::candidates::{self, Candidate};

use crate::{Error, Result, Services};

/// What the form holds.
#[derive(Clone, Debug, Default)]
pub struct CandidateForm {
    /// Full name.
    pub name: String,
    /// First address.
    pub email: String,
    /// A line about them.
    pub headline: String,
    /// Company.
    pub company: String,
    /// Place.
    pub location: String,
}

/// Adds a candidate, owned by the actor.
///
/// # Errors
/// Fields, also when the address is another candidate's.
pub async fn add(services: &Services, actor: &Actor, form: CandidateForm) -> Result<CandidateId> {
    services.require(actor, Action::WorkWithCandidates)?;
    let new = NewCandidate::parse(&form.name, &form.email, &form.headline, &form.company, &form.location)?;
    let now = services.now();
    let candidate = Candidate {
        id: services.new_id(),
        organisation: actor.organisation,
        name: new.name,
        headline: new.headline,
        company: new.company,
        location: new.location,
        phones: Vec::new(),
        links: Vec::new(),
        skills: Vec::new(),
        score: None,
        owner: Some(actor.member),
        status: Status::New,
        cause: StatusCause::Added,
        status_at: now,
        last_open: Status::New,
        conflict: None,
        messaged_at: None,
        answered_at: None,
        created_at: now,
    };
    let emails: Vec<String> = new.emails.iter().map(ToString::to_string).collect();
    let mut tx = services.store.begin().await?;
    candidates::insert(&mut tx, actor.organisation, &candidate, &emails).await.map_err(
        |error| match error {
            store::Error::Taken => Problem::field(FieldProblem::Taken(Field::Email)).into(),
            other => Error::from(other),
        },
    )?;
    let added = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: Some(candidate.id),
        kind: "candidate_added",
        summary: format!("Added {}.", candidate.name),
    };
    activity::record(&mut tx, actor.organisation, &added).await?;
    tx.commit().await?;
    services.changes.announce(actor.organisation, Change::Candidate { id: candidate.id });
    Ok(candidate.id)
}
