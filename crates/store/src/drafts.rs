//! Choices of a refused form of the wizard or of the way back, so that nothing
//! chosen is lost.
//! Secrets are never among them: a key or token that is valid is kept sealed.

use domain::connection::SetUpStep;
use domain::ids::OrganisationId;
use domain::time::Timestamp;

use crate::{Result, Tx, args};

/// Which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A step of the wizard.
    Step(SetUpStep),
    /// The way back.
    WayBack,
}

impl Form {
    fn code(self) -> &'static str {
        match self {
            Self::Step(step) => step.code(),
            Self::WayBack => "way_back",
        }
    }
}

impl From<SetUpStep> for Form {
    fn from(step: SetUpStep) -> Self {
        Self::Step(step)
    }
}

/// Keeps the draft of a form, instead of an earlier one.
///
/// # Errors
/// As the database says.
pub async fn save(
    tx: &mut Tx,
    organisation: OrganisationId,
    form: impl Into<Form>,
    body: &str,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "insert into drafts (organisation_id, step, body, updated_at) values ($1, $2, $3, $4)
         on conflict (organisation_id, step) do update
            set body = excluded.body, updated_at = excluded.updated_at",
        args![organisation, form.into().code(), body, now],
    )
    .await?;
    Ok(())
}

/// The draft of a form.
///
/// # Errors
/// As the database says.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    form: impl Into<Form>,
) -> Result<Option<String>> {
    let row = tx
        .optional(
            "select body from drafts where organisation_id = $1 and step = $2",
            args![organisation, form.into().code()],
        )
        .await?;
    row.map(|row| row.get("body")).transpose()
}

/// Forgets the draft of a form, if there is one.
///
/// # Errors
/// As the database says.
pub async fn discard(tx: &mut Tx, organisation: OrganisationId, form: impl Into<Form>) -> Result<()> {
    tx.execute(
        "delete from drafts where organisation_id = $1 and step = $2",
        args![organisation, form.into().code()],
    )
    .await?;
    Ok(())
}
