//! Notes on an opportunity.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One comment of a note's thread.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Comment {
    pub(crate) value: String,
    pub(crate) score: Option<i64>,
    pub(crate) user: Option<String>,
    pub(crate) stage: String,
    pub(crate) created_at: i64,
}

/// A note.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) id: String,
    pub(crate) opportunity: String,
    pub(crate) user: Option<String>,
    pub(crate) secret: bool,
    pub(crate) comments: Vec<Comment>,
    pub(crate) created_at: i64,
    /// Only notes made through the API can be changed through it.
    pub(crate) by_api: bool,
}

impl Note {
    /// The note as recorded; `noteId` stands only in the answer of a create.
    pub(crate) fn to_json(&self, created: bool) -> Value {
        let fields: Vec<Value> = self
            .comments
            .iter()
            .map(|comment| {
                json!({
                    "createdAt": comment.created_at,
                    "score": comment.score,
                    "stage": comment.stage,
                    "text": "Comment",
                    "type": if comment.score.is_some() { "score" } else { "note" },
                    "user": comment.user,
                    "value": comment.value,
                })
            })
            .collect();
        let mut note = json!({
            "id": self.id,
            "text": "Note",
            "fields": fields,
            "user": self.user,
            "secret": self.secret,
            "completedAt": self.created_at,
            "deletedAt": null,
            "createdAt": self.created_at,
        });
        if created {
            note["noteId"] = json!(self.id);
        }
        note
    }
}
