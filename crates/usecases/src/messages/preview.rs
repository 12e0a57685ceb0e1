//! How a text reads for one candidate.

use domain::actor::{Action, Actor};
use domain::candidate::message_text;
use domain::ids::CandidateId;
use domain::problem::{Field, Problem};
use domain::template::{self, Values};
use store::candidates::{self, Candidate};

use crate::{Result, Services};

/// The text as it would be sent to this candidate. Nobody is written to.
///
/// # Errors
/// Fields; [`Problem::NotFound`].
pub async fn preview(
    services: &Services,
    actor: &Actor,
    candidate: CandidateId,
    text: &str,
) -> Result<String> {
    services.require(actor, Action::WorkWithCandidates)?;
    let mut tx = services.store.read().await?;
    let known = candidates::get(&mut tx, actor.organisation, candidate).await?.ok_or(Problem::NotFound)?;
    Ok(for_one(actor, &known, text)?)
}

/// A text of `actor` to one candidate: checked, and its fields filled in.
///
/// # Errors
/// What is wrong with it, beside the field.
pub(crate) fn for_one(
    actor: &Actor,
    candidate: &Candidate,
    text: &str,
) -> std::result::Result<String, Problem> {
    let text = message_text(Field::Message, text)?;
    let values = Values { name: &candidate.name, company: &candidate.company, my_name: &actor.name };
    template::fill_checked(Field::Message, &text, &values)
}
