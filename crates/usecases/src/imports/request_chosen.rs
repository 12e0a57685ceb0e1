//! *Import NAME into Lever* on the sheet: the click, with a posting, a stage and
//! followers.

use std::collections::HashSet;

use domain::actor::{Action, Actor};
use domain::event::Change;
use domain::ids::CandidateId;
use domain::import::Choice;
use domain::job::Priority;
use domain::mapping::Place;
use domain::problem::{Field, FieldProblem, Problem};
use lever::Stage;
use store::connections::Connection;
use store::{Tx, catalogue, connections, imports, postings, user_map};

use super::{Asked, ask};
use crate::{Result, Services};

/// What the form holds; empty texts choose nothing.
#[derive(Clone, Debug, Default)]
pub struct ChoiceForm {
    /// Lever's id of a published posting.
    pub posting: String,
    /// Lever's id of a stage.
    pub stage: String,
    /// Lever's ids of mapped users.
    pub followers: Vec<String>,
}

/// Queues the import, or a retry of a failed one, with what was chosen, and
/// remembers the member's posting. The same form a second time changes nothing.
///
/// # Errors
/// As [`super::request()`]; [`Problem::Fields`]; [`Problem::ChangedMeanwhile`]
/// when the import is under way, or done, with another choice.
pub async fn request_chosen(
    services: &Services,
    actor: &Actor,
    candidate: CandidateId,
    form: ChoiceForm,
) -> Result<()> {
    services.require(actor, Action::WorkWithCandidates)?;
    let (organisation, now) = (actor.organisation, services.now());
    let mut tx = services.store.begin().await?;
    let connection = connections::find(&mut tx, organisation)
        .await?
        .filter(|connection| connection.state.accepts_imports())
        .ok_or(Problem::NotConnected)?;
    let choice = choice(&mut tx, &connection, form).await?;
    let asked = ask(services, &mut tx, actor, candidate, Priority::Click).await?;
    let import =
        imports::by_candidate(&mut tx, organisation, candidate).await?.ok_or(Problem::ChangedMeanwhile)?;
    let Asked::Queued { mended } = asked else {
        // Another tab was faster: what it chose is sent.
        if import.choice != choice {
            return Err(Problem::ChangedMeanwhile.into());
        }
        tx.commit().await?;
        services.wake.notify_one();
        return Ok(());
    };
    imports::choose(&mut tx, organisation, import.id, &choice, now).await?;
    postings::remember(&mut tx, organisation, actor.member, choice.posting.as_deref()).await?;
    tx.commit().await?;

    services.changes.announce(organisation, Change::Candidate { id: candidate });
    if mended {
        services.changes.announce(organisation, Change::Attention);
    }
    services.wake.notify_one();
    Ok(())
}

/// The form's choice, each part one of those the sheet offers.
async fn choice(tx: &mut Tx, connection: &Connection, form: ChoiceForm) -> Result<Choice> {
    let (organisation, id) = (connection.organisation, connection.id);
    let mut problems = Vec::new();
    let posting = Some(form.posting).filter(|posting| !posting.is_empty());
    if let Some(posting) = &posting
        && !postings::find(tx, organisation, id, posting).await?.is_some_and(|known| known.published)
    {
        problems.push(FieldProblem::NotAChoice(Field::Posting));
    }
    let stage = Some(form.stage).filter(|stage| !stage.is_empty() && stage != Stage::NEW_LEAD);
    if let Some(stage) = &stage {
        let known = catalogue::find_place(tx, organisation, id, &Place::Stage(stage.clone())).await?;
        if !known.is_some_and(|known| known.active) {
            problems.push(FieldProblem::NotAChoice(Field::Stage));
        }
    }
    let mapped: HashSet<String> = user_map::load(tx, organisation).await?.into_values().collect();
    let mut followers: Vec<String> = Vec::new();
    for follower in form.followers {
        let known = catalogue::user(tx, organisation, id, &follower).await?;
        if !mapped.contains(&follower) || !known.is_some_and(|known| known.active) {
            problems.push(FieldProblem::NotAChoice(Field::Followers));
            break;
        }
        if !followers.contains(&follower) {
            followers.push(follower);
        }
    }
    if problems.is_empty() {
        Ok(Choice { posting, stage, followers })
    } else {
        Err(Problem::Fields(problems).into())
    }
}
