//! Saved texts of an organisation, by name.

use domain::ids::{MemberId, OrganisationId, TemplateId};
use domain::time::Timestamp;

use crate::{Error, Result, Row, Tx, args};

/// A saved text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Which.
    pub id: TemplateId,
    /// Its name, once in an organisation.
    pub name: String,
    /// The text, with fields to fill in.
    pub body: String,
    /// Who saved it last.
    pub saved_by: MemberId,
    /// When.
    pub updated_at: Timestamp,
}

/// Saves a text, a new one or one that is there.
///
/// # Errors
/// [`Error::Taken`] when another has its name.
pub async fn save(tx: &mut Tx, organisation: OrganisationId, template: &Template) -> Result<()> {
    let touched = tx
        .execute(
            "insert into message_templates (id, organisation_id, name, body, saved_by, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $6)
             on conflict (id) do update
                set name = excluded.name, body = excluded.body, saved_by = excluded.saved_by,
                    updated_at = excluded.updated_at
                where message_templates.organisation_id = excluded.organisation_id",
            args![
                template.id,
                organisation,
                &template.name,
                &template.body,
                template.saved_by,
                template.updated_at
            ],
        )
        .await?;
    Error::expect_one("save template", touched)
}

/// One text.
///
/// # Errors
/// As the database says.
pub async fn get(tx: &mut Tx, organisation: OrganisationId, id: TemplateId) -> Result<Option<Template>> {
    tx.optional(
        "select id, name, body, saved_by, updated_at from message_templates
         where organisation_id = $1 and id = $2",
        args![organisation, id],
    )
    .await?
    .as_ref()
    .map(read)
    .transpose()
}

/// The texts by name, at most `limit`.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, organisation: OrganisationId, limit: u32) -> Result<Vec<Template>> {
    tx.all(
        "select id, name, body, saved_by, updated_at from message_templates
         where organisation_id = $1 order by name, id limit $2",
        args![organisation, limit],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// Deletes a text; `false` when there is none.
///
/// # Errors
/// As the database says.
pub async fn delete(tx: &mut Tx, organisation: OrganisationId, id: TemplateId) -> Result<bool> {
    let touched = tx
        .execute(
            "delete from message_templates where organisation_id = $1 and id = $2",
            args![organisation, id],
        )
        .await?;
    Ok(touched == 1)
}

fn read(row: &Row) -> Result<Template> {
    Ok(Template {
        id: row.get("id")?,
        name: row.get("name")?,
        body: row.get("body")?,
        saved_by: row.get("saved_by")?,
        updated_at: row.get("updated_at")?,
    })
}
