//! Notes on an opportunity (Lever documentation, Notes).

use serde::Deserialize;
use serde_json::json;

use crate::{Client, Error, client::Request};

/// The documentation shows only `noteId`; recorded answers have `id` as well.
#[derive(Deserialize)]
#[serde(untagged)]
enum CreatedNote {
    NoteId {
        #[serde(rename = "noteId")]
        note_id: String,
    },
    Id {
        id: String,
    },
}

impl Client {
    /// Adds a note and returns its id. A `@username` in the text notifies that user. Without
    /// `perform_as` the note has no author.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. Repeating it adds a second note unless [`Error::certainly_not_applied`].
    pub async fn add_note(
        &self,
        opportunity_id: &str,
        value: &str,
        perform_as: Option<&str>,
    ) -> Result<String, Error> {
        let request = Request::post(
            "add note",
            &["opportunities", opportunity_id, "notes"],
            &json!({ "value": value }),
        )
        .optional("perform_as", perform_as);
        Ok(match self.one(request).await? {
            CreatedNote::NoteId { note_id } => note_id,
            CreatedNote::Id { id } => id,
        })
    }
}
