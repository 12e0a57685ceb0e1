//! Testing a key the moment it is pasted.

use domain::actor::{Action, Actor};
use domain::connection::{Environment, SetUpStep};
use domain::event::Change;
use domain::problem::{Field, FieldProblem, Problem};
use domain::view::PermissionRow;
use secrecy::{ExposeSecret, SecretString};

use super::progress::ConnectDraft;
use super::{key, progress};
use crate::{Result, Services, calls};

/// Tries every endpoint needed, and keeps the key sealed when Lever knows it
/// and it may do what is needed. Gives the table of permissions.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::Fields`] when the key is missing,
/// rejected, lacks a permission that is needed, opens another account than the
/// one connected before, or could not be tested. What a refused key may do is
/// then shown by the wizard.
pub async fn check_key(
    services: &Services,
    actor: &Actor,
    environment: Environment,
    key: SecretString,
) -> Result<Vec<PermissionRow>> {
    services.require(actor, Action::ManageIntegration)?;
    let key = key::trimmed(&key);
    if key.expose_secret().is_empty() {
        return Err(Problem::field(FieldProblem::Missing(Field::ApiKey)).into());
    }
    let connection = progress::ensure(services, actor).await?;
    let base_url = base_url(services, actor, environment).await?;
    let tested = key::test_pasted(services, &connection, environment, base_url, key);
    let tested = calls::by(actor, None, tested).await?;

    let mut tx = services.store.begin().await?;
    let connection = store::connections::lock(&mut tx, actor.organisation).await?.ok_or(Problem::NotFound)?;
    let (permissions, refused) = match tested {
        Ok(tested) => {
            let kept = key::keep(&mut tx, services, &connection, &tested, services.now()).await?;
            (tested.permissions, kept.err())
        }
        Err(refused) => (refused.permissions, Some(refused.problem)),
    };
    match &refused {
        Some(_) => {
            let draft = ConnectDraft { environment: Some(environment), permissions: permissions.clone() };
            progress::keep_draft(&mut tx, services, actor, SetUpStep::Connect, &draft).await?;
        }
        None => {
            store::drafts::discard(&mut tx, actor.organisation, SetUpStep::Connect).await?;
            let summary = format!("Stored an API key for Lever ({})", environment.label());
            progress::record(&mut tx, services, actor, "lever_key_stored", summary).await?;
        }
    }
    tx.commit().await?;
    services.changes.announce(actor.organisation, Change::Connection);
    services.changes.announce(actor.organisation, Change::Attention);
    services.wake.notify_one();
    match refused {
        Some(problem) => Err(Problem::field(problem).into()),
        None => Ok(permissions),
    }
}

/// Where `environment` is, when this organisation may choose it.
///
/// # Errors
/// [`FieldProblem::NotAChoice`] when it may not.
pub(super) async fn base_url(
    services: &Services,
    actor: &Actor,
    environment: Environment,
) -> Result<lever::BaseUrl> {
    let mut tx = services.store.read().await?;
    let organisation =
        store::organisations::get(&mut tx, actor.organisation).await?.ok_or(Problem::NotFound)?;
    Some(environment)
        .filter(|environment| progress::offered(services, &organisation).contains(environment))
        .and_then(|environment| services.lever.base_url(environment))
        .ok_or_else(|| Problem::field(FieldProblem::NotAChoice(Field::Environment)).into())
}
