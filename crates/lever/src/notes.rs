//! Notes on an opportunity (Lever documentation, Notes).

use serde::Deserialize;
use serde_json::json;

use crate::{
    Client, Error,
    client::Request,
    lenient::{or_default, text},
    page::PAGE_SIZE,
};

/// A note: a text and the comments on it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Note {
    /// The id.
    pub id: String,
    /// The text first, then the comments.
    #[serde(default, deserialize_with = "or_default")]
    pub fields: Vec<NoteField>,
}

/// A text of a note.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NoteField {
    /// What was written; empty where it is no text.
    #[serde(default, deserialize_with = "text")]
    pub value: String,
}

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
    /// All notes of an opportunity, newest first; walks all pages.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`crate::ErrorKind::NotFound`] when there is no such opportunity.
    pub async fn notes(&self, opportunity_id: &str) -> Result<Vec<Note>, Error> {
        let path = ["opportunities", opportunity_id, "notes"];
        self.all(Request::get("list notes", &path).query("limit", PAGE_SIZE), usize::MAX).await
    }

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
