//! What an organisation wants of its imports.

use domain::ids::OrganisationId;
use domain::import_settings::{ImportSettings, KnownPerson, OnReply};
use domain::time::Timestamp;

use crate::{Error, Result, Tx, args};

/// The settings; what nobody ever set is as at first.
///
/// # Errors
/// As the database says.
pub async fn load(tx: &mut Tx, organisation: OrganisationId) -> Result<ImportSettings> {
    let row = tx
        .optional(
            "select known_person, tags, note_when_linking, note_of_replies, on_reply
             from import_settings where organisation_id = $1",
            args![organisation],
        )
        .await?;
    let Some(row) = row else { return Ok(ImportSettings::default()) };
    Ok(ImportSettings {
        known_person: KnownPerson::from_code(&row.get::<String>("known_person")?)
            .ok_or(Error::Inconsistent { column: "known_person" })?,
        tags: serde_json::from_str(&row.get::<String>("tags")?)
            .map_err(|_| Error::Inconsistent { column: "tags" })?,
        note_when_linking: row.get("note_when_linking")?,
        note_of_replies: row.get("note_of_replies")?,
        on_reply: OnReply::from_code(&row.get::<String>("on_reply")?)
            .ok_or(Error::Inconsistent { column: "on_reply" })?,
    })
}

/// Replaces the settings.
///
/// # Errors
/// As the database says.
pub async fn save(
    tx: &mut Tx,
    organisation: OrganisationId,
    settings: &ImportSettings,
    now: Timestamp,
) -> Result<()> {
    let tags = serde_json::to_string(&settings.tags).map_err(|_| Error::Inconsistent { column: "tags" })?;
    tx.execute(
        "insert into import_settings
            (organisation_id, known_person, tags, note_when_linking, note_of_replies, on_reply,
             updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (organisation_id) do update
            set known_person = excluded.known_person, tags = excluded.tags,
                note_when_linking = excluded.note_when_linking, note_of_replies = excluded.note_of_replies,
                on_reply = excluded.on_reply, updated_at = excluded.updated_at",
        args![
            organisation,
            settings.known_person.code(),
            tags,
            settings.note_when_linking,
            settings.note_of_replies,
            settings.on_reply.code(),
            now,
        ],
    )
    .await?;
    Ok(())
}
