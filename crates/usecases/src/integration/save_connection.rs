//! *Next* on the first step: the key, the environment and the signing tokens.

use domain::actor::{Action, Actor};
use domain::connection::{ConnectionState, Environment, SetUpStep, signing_tokens};
use domain::event::Change;
use domain::problem::{Field, FieldProblem, Problem};
use secrecy::{ExposeSecret, SecretString};
use store::connections::Connection;
use store::reconciliations::Cause;

use super::key::{RefusedKey, TestedKey};
use super::progress::ConnectDraft;
use super::{check_key, key, progress, secrets, tokens};
use crate::jobs::enqueue_reconciliation;
use crate::{Result, Services, calls};

/// What the form holds. An empty secret keeps the stored one.
#[derive(Debug)]
pub struct ConnectForm {
    /// The API key, or empty.
    pub api_key: SecretString,
    /// The signing tokens, one a line, or empty.
    pub signing_tokens: SecretString,
    /// Which Lever.
    pub environment: Environment,
}

/// What is to be done about the key.
enum KeyPart {
    /// The stored one stays.
    Stays,
    /// There is none.
    Missing,
    /// One was tested.
    Tested(Box<std::result::Result<TestedKey, RefusedKey>>),
}

/// Tests and seals what was pasted; the valid part of a refused form is kept.
/// Also *Reconnect*: maps stay, and paused jobs go on.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::PublicUrlNotHttps`] when Lever could not
/// deliver to this installation; [`Problem::Fields`] with a problem for each
/// field that was refused.
pub async fn save_connection(services: &Services, actor: &Actor, form: ConnectForm) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    progress::require_deliverable(services)?;
    let connection = progress::ensure(services, actor).await?;
    let pasted_key = key::trimmed(&form.api_key);
    let key_part = key_part(services, actor, &connection, form.environment, &pasted_key);
    let key_part = calls::by(actor, None, key_part).await?;
    let texts = signing_tokens(form.signing_tokens.expose_secret());

    let now = services.now();
    let mut tx = services.store.begin().await?;
    let before = store::connections::lock(&mut tx, actor.organisation).await?.ok_or(Problem::NotFound)?;
    let organisation = before.organisation;
    let mut problems = Vec::new();
    let mut draft = ConnectDraft { environment: Some(form.environment), permissions: Vec::new() };
    let mut key_changed = false;
    match key_part {
        KeyPart::Stays => {}
        KeyPart::Missing => problems.push(FieldProblem::Missing(Field::ApiKey)),
        KeyPart::Tested(tested) => match *tested {
            Ok(tested) => match key::keep(&mut tx, services, &before, &tested, now).await? {
                Ok(()) => key_changed = true,
                Err(problem) => {
                    problems.push(problem);
                    draft.permissions = tested.permissions;
                }
            },
            Err(refused) => {
                problems.push(refused.problem);
                draft.permissions = refused.permissions;
            }
        },
    }

    // The one stored before counts as a key too: it must not be taken for a token.
    let stored_key = secrets::key_of(services, &before)?;
    let pasted_key = (!problems.contains(&FieldProblem::KeyIsAToken)).then_some(&pasted_key);
    let keys: Vec<&SecretString> = [pasted_key, stored_key.as_ref()].into_iter().flatten().collect();
    let saved = tokens::save_pasted(&mut tx, services, actor, &before, &texts, &keys).await?;
    problems.extend(saved.problems);
    if texts.is_empty()
        && store::signing_tokens::live(&mut tx, organisation, before.id, now).await?.is_empty()
    {
        problems.push(FieldProblem::Missing(Field::SigningToken));
    }

    let connection = store::connections::find(&mut tx, organisation).await?.ok_or(Problem::NotFound)?;
    if problems.is_empty() {
        finish(&mut tx, services, actor, &connection).await?;
    } else {
        progress::keep_draft(&mut tx, services, actor, SetUpStep::Connect, &draft).await?;
    }
    if key_changed {
        let summary = format!("Stored an API key for Lever ({})", form.environment.label());
        progress::record(&mut tx, services, actor, "lever_key_stored", summary).await?;
    }
    let connection = store::connections::find(&mut tx, organisation).await?.ok_or(Problem::NotFound)?;
    let works_again = connection.state != before.state;
    if connection.state.accepts_imports() && (works_again || saved.added > 0 || key_changed) {
        enqueue_reconciliation(&mut tx, services, organisation, connection.id, Cause::Asked).await?;
    }
    tx.commit().await?;
    services.changes.announce(organisation, Change::Connection);
    services.changes.announce(organisation, Change::Attention);
    services.wake.notify_one();
    if problems.is_empty() { Ok(()) } else { Err(Problem::Fields(problems).into()) }
}

/// Decides about the key, and tests it where it must be.
async fn key_part(
    services: &Services,
    actor: &Actor,
    connection: &Connection,
    environment: Environment,
    pasted: &SecretString,
) -> Result<KeyPart> {
    let base_url = check_key::base_url(services, actor, environment).await?;
    if !pasted.expose_secret().is_empty() {
        if key::was_just_tested(services, connection, environment, pasted)? {
            return Ok(KeyPart::Stays);
        }
        let pasted = pasted.clone();
        let tested = key::test_pasted(services, connection, environment, base_url, pasted).await?;
        return Ok(KeyPart::Tested(Box::new(tested)));
    }
    // A stored key belongs to the Lever it was pasted for.
    let same_lever = connection.environment == environment && connection.base_url == base_url.as_str();
    match secrets::key_of(services, connection)? {
        Some(stored) if same_lever => {
            if connection.state == ConnectionState::CredentialsRejected {
                let tested =
                    key::test(services, connection.organisation, environment, base_url, stored).await;
                Ok(KeyPart::Tested(Box::new(tested)))
            } else {
                Ok(KeyPart::Stays)
            }
        }
        Some(_) | None => Ok(KeyPart::Missing),
    }
}

/// The step is done: on to the next, or back to work when set-up was complete.
async fn finish(
    tx: &mut store::Tx,
    services: &Services,
    actor: &Actor,
    connection: &Connection,
) -> Result<()> {
    let (organisation, id, now) = (connection.organisation, connection.id, services.now());
    store::drafts::discard(tx, organisation, SetUpStep::Connect).await?;
    if connection.step == SetUpStep::Connect {
        store::connections::set_step(tx, organisation, id, SetUpStep::Users, now).await?;
    }
    if connection.state == ConnectionState::Disconnected {
        let complete = progress::is_complete(tx, connection).await?;
        let state = if complete { ConnectionState::Connected } else { ConnectionState::SetUpUnfinished };
        store::connections::set_state(tx, organisation, id, state, None, now).await?;
        // What came while it was switched off was ignored; a reconciliation makes up for it.
        store::quarantine::ignore_all(tx, organisation, id).await?;
        if complete {
            let summary = "Connected Lever again; the maps were kept".to_owned();
            progress::record(tx, services, actor, "lever_reconnected", summary).await?;
        }
    }
    Ok(())
}
