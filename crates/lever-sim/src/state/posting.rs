//! Job postings.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{State, problem::Problem};

/// The states of a posting.
pub(crate) const STATES: [&str; 6] = ["published", "internal", CLOSED, "draft", "pending", "rejected"];
/// The state of a posting that nobody is hired for any more.
pub(crate) const CLOSED: &str = "closed";

/// A posting.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Posting {
    pub(crate) id: String,
    pub(crate) text: String,
    /// `published`, `internal`, `closed`, `draft`, `pending` or `rejected`.
    pub(crate) state: String,
    pub(crate) user: String,
    pub(crate) owner: String,
    pub(crate) hiring_manager: Option<String>,
    pub(crate) followers: Vec<String>,
    pub(crate) confidential: bool,
    pub(crate) team: String,
    pub(crate) department: String,
    pub(crate) location: String,
    pub(crate) commitment: String,
    pub(crate) tags: Vec<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// `confidential` or `non-confidential`.
pub(crate) fn confidentiality(confidential: bool) -> &'static str {
    if confidential { "confidential" } else { "non-confidential" }
}

impl Posting {
    /// Where it is posted. Only a published one says so (recorded traffic).
    pub(crate) fn channels(&self) -> &'static [&'static str] {
        if self.state == "published" { &["public", "internal"] } else { &[] }
    }

    /// The keys and their order as recorded in July 2026.
    pub(crate) fn to_json(&self) -> Value {
        let channels = self.channels();
        let site = "https://jobs.lever.co/practice";
        let urls = matches!(self.state.as_str(), "published" | "internal" | "closed").then(|| {
            json!({
                "list": site,
                "show": format!("{site}/{}", self.id),
                "apply": format!("{site}/{}/apply", self.id),
            })
        });
        json!({
            "id": self.id,
            "text": self.text,
            "state": self.state,
            "distributionChannels": (!channels.is_empty()).then_some(channels),
            "user": self.user,
            "owner": self.owner,
            "hiringManager": self.hiring_manager,
            "categories": {
                "commitment": self.commitment,
                "department": self.department,
                "level": null,
                "location": self.location,
                "team": self.team,
                "allLocations": [self.location],
            },
            "tags": self.tags,
            "content": {
                "description": "",
                "descriptionHtml": "",
                "lists": [],
                "closing": "",
                "closingHtml": "",
            },
            "country": "US",
            "followers": self.followers,
            "reqCode": null,
            "requisitionCodes": [],
            "urls": urls,
            "confidentiality": confidentiality(self.confidential),
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
            "workplaceType": "unspecified",
            "transcribeInterviews": false,
            "screening": { "enabled": false },
        })
    }

    /// What a create with this posting appends to the opportunity's tags
    /// (recorded traffic): title, department, team, location, commitment.
    pub(crate) fn tags_for_opportunity(&self) -> [&str; 5] {
        [&self.text, &self.department, &self.team, &self.location, &self.commitment]
    }
}

impl State {
    /// Publishes, closes or otherwise moves a posting.
    pub(crate) fn set_posting_state(&mut self, id: &str, to: &str, at: i64) -> Result<(), Problem> {
        if !STATES.contains(&to) {
            return Err(Problem::invalid("state is not a state of postings"));
        }
        let posting = self.postings.edit(id).ok_or_else(|| Problem::missing("postings", id))?;
        to.clone_into(&mut posting.state);
        posting.updated_at = at;
        Ok(())
    }

    /// Deletes a posting; the applications to it stay.
    pub(crate) fn delete_posting(&mut self, id: &str) -> Result<(), Problem> {
        self.postings.remove(id).map(|_| ()).ok_or_else(|| Problem::missing("postings", id))
    }
}
