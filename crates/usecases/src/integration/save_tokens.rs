//! Pasting signing tokens on the Integrations page, when Lever has others.

use domain::actor::{Action, Actor};
use domain::connection::signing_tokens;
use domain::event::Change;
use domain::problem::{Field, FieldProblem, Problem};
use secrecy::{ExposeSecret, SecretString};
use store::reconciliations::Cause;

use super::{secrets, tokens};
use crate::jobs::enqueue_reconciliation;
use crate::{Result, Services};

/// Keeps the pasted tokens, one a line. What was held because of them comes in by
/// itself, and a reconciliation makes up for what could not be held.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::NotConnected`] before set-up is finished;
/// [`Problem::Fields`] when nothing was pasted, or something else than a token.
/// Those that can be right are kept all the same.
pub async fn save_tokens(services: &Services, actor: &Actor, pasted: &SecretString) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let texts = signing_tokens(pasted.expose_secret());
    if texts.is_empty() {
        return Err(Problem::field(FieldProblem::Missing(Field::SigningToken)).into());
    }
    let organisation = actor.organisation;
    let mut tx = services.store.begin().await?;
    let connection = store::connections::lock(&mut tx, organisation)
        .await?
        .filter(|connection| connection.state.accepts_imports())
        .ok_or(Problem::NotConnected)?;
    let key = secrets::key_of(services, &connection)?;
    let keys: Vec<&SecretString> = key.iter().collect();
    let saved = tokens::save_pasted(&mut tx, services, actor, &connection, &texts, &keys).await?;
    if saved.added > 0 {
        enqueue_reconciliation(&mut tx, services, organisation, connection.id, Cause::Asked).await?;
    }
    tx.commit().await?;
    services.changes.announce(organisation, Change::Connection);
    services.changes.announce(organisation, Change::Attention);
    services.wake.notify_one();
    if saved.problems.is_empty() { Ok(()) } else { Err(Problem::Fields(saved.problems).into()) }
}
