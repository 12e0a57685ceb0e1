//! Choices of a refused form of the wizard, so that nothing chosen is lost.
//! Secrets are never among them: a key or token that is valid is kept sealed.

use domain::connection::SetUpStep;
use domain::ids::OrganisationId;
use domain::time::Timestamp;

use crate::{Result, Tx, args};

/// Keeps the draft of a step, instead of an earlier one.
///
/// # Errors
/// As the database says.
pub async fn save(
    tx: &mut Tx,
    organisation: OrganisationId,
    step: SetUpStep,
    body: &str,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "insert into drafts (organisation_id, step, body, updated_at) values ($1, $2, $3, $4)
         on conflict (organisation_id, step) do update
            set body = excluded.body, updated_at = excluded.updated_at",
        args![organisation, step, body, now],
    )
    .await?;
    Ok(())
}

/// The draft of a step.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, organisation: OrganisationId, step: SetUpStep) -> Result<Option<String>> {
    let row = tx
        .optional(
            "select body from drafts where organisation_id = $1 and step = $2",
            args![organisation, step],
        )
        .await?;
    row.map(|row| row.get("body")).transpose()
}

/// Forgets the draft of a step, if there is one.
///
/// # Errors
/// As the database says.
pub async fn discard(tx: &mut Tx, organisation: OrganisationId, step: SetUpStep) -> Result<()> {
    tx.execute("delete from drafts where organisation_id = $1 and step = $2", args![organisation, step])
        .await?;
    Ok(())
}
