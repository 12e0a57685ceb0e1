//! Messages to many, and saved texts. The server draws all of it.

use crate::bulk_message::BulkMessageState;
use crate::ids::{BulkMessageId, CandidateId, TemplateId};
use crate::time::Moment;

/// Whom a text is for, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhomView {
    /// How many: `12 candidates`, `1,000+ candidates`.
    pub count: String,
    /// The names of the first ones.
    pub first: Vec<String>,
    /// Whether there are more.
    pub more: bool,
}

/// Where a text to many is begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessagePage {
    /// Whom it is for.
    pub whom: WhomView,
    /// The saved texts to begin with, by id and name.
    pub templates: Vec<(TemplateId, String)>,
    /// The one that was chosen.
    pub chosen: Option<TemplateId>,
    /// The text to begin with.
    pub text: String,
}

/// How the text reads for one candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewView {
    /// For whom.
    pub name: String,
    /// The text; `None`: something in it is not known of them, so they are left out.
    pub text: Option<String>,
}

/// A text to many: while it is written, while it is sent, afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkMessagePage {
    /// The text and how far it is.
    pub run: BulkMessageView,
    /// Whom it is for.
    pub whom: WhomView,
    /// What is wrong with the text.
    pub problems: Vec<String>,
    /// How it reads for the first candidates.
    pub previews: Vec<PreviewView>,
    /// One page of those written to.
    pub items: Vec<BulkMessageItemView>,
    /// From where *Next* goes on, when there is more.
    pub next: Option<u32>,
    /// Whether mail is configured: else messages stay in the outbox.
    pub mails: bool,
}

/// A text to many in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkMessageView {
    /// Which.
    pub id: BulkMessageId,
    /// Where it stands.
    pub state: BulkMessageState,
    /// Who writes.
    pub written_by: String,
    /// When it was begun.
    pub begun: Moment,
    /// The text, with its fields.
    pub text: String,
    /// How many candidates, as far as known.
    pub total: u32,
    /// Whether the candidates are still being gathered.
    pub collecting: bool,
    /// How many have had their turn.
    pub ended: u32,
    /// How many are how far, without those that are none: `12 sent`.
    pub counts: Vec<String>,
    /// Whether this viewer may change, send and stop it.
    pub may_steer: bool,
}

/// One candidate of a text to many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkMessageItemView {
    /// Who.
    pub candidate: CandidateId,
    /// Their name.
    pub name: String,
    /// How far it is, in a word.
    pub state: &'static str,
    /// Why, where that needs saying.
    pub reason: &'static str,
}

/// The saved texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplatesPage {
    /// By name.
    pub rows: Vec<TemplateRow>,
    /// The one that is being changed.
    pub edited: Option<TemplateRow>,
    /// Whether this viewer may save and delete.
    pub may_save: bool,
}

/// A saved text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateRow {
    /// Which.
    pub id: TemplateId,
    /// Its name.
    pub name: String,
    /// The text, with its fields.
    pub body: String,
    /// Who saved it last.
    pub saved_by: String,
    /// When.
    pub saved: Moment,
}

/// The saved texts as they read for one candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateChoice {
    /// For whom.
    pub candidate: CandidateId,
    /// By name and text.
    pub texts: Vec<(String, String)>,
}
