//! Postings: the jobs people are hired for (Lever documentation, Postings).

use serde::Deserialize;

use crate::{
    Client, Error, ErrorKind,
    client::Request,
    lenient::{or_default, reference},
    page::PAGE_SIZE,
};

/// A job, as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Posting {
    /// The id, which a new opportunity names.
    pub id: String,
    /// The title.
    #[serde(default, deserialize_with = "or_default")]
    pub text: String,
    /// `published`, `internal`, `closed`, `draft`, and with approvals `pending` or `rejected`.
    #[serde(default, deserialize_with = "or_default")]
    pub state: String,
    /// The id of the user who owns it: the recruiter.
    #[serde(default, deserialize_with = "reference")]
    pub owner: Option<String>,
    /// Where it belongs.
    #[serde(default, deserialize_with = "or_default")]
    pub categories: Categories,
    /// `non-confidential` or `confidential`.
    #[serde(default)]
    pub confidentiality: Option<String>,
}

impl Posting {
    /// The state of a posting that people can apply to.
    pub const PUBLISHED: &'static str = "published";

    /// Whether people can apply to it.
    pub fn is_published(&self) -> bool {
        self.state == Self::PUBLISHED
    }

    /// Whether only keys and people with access to confidential data see it.
    pub fn is_confidential(&self) -> bool {
        self.confidentiality.as_deref() == Some("confidential")
    }
}

/// Where a posting belongs; each text may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Categories {
    /// The place of work.
    #[serde(default, deserialize_with = "or_default")]
    pub location: String,
    /// The team.
    #[serde(default, deserialize_with = "or_default")]
    pub team: String,
    /// The department.
    #[serde(default, deserialize_with = "or_default")]
    pub department: String,
}

impl Client {
    /// All published postings that are not confidential, newest first; walks all pages. Both
    /// channels are named, because Lever otherwise leaves out what is published internally only.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`ErrorKind::Forbidden`] when the key may not list postings.
    pub async fn published_postings(&self) -> Result<Vec<Posting>, Error> {
        let request = Request::get("list postings", &["postings"])
            .query("limit", PAGE_SIZE)
            .query("state", Posting::PUBLISHED)
            .query("distributionChannel", "public")
            .query("distributionChannel", "internal");
        self.all(request, usize::MAX).await
    }

    /// One posting, whatever its state; `None` when Lever does not have it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] but [`ErrorKind::NotFound`]; [`ErrorKind::Forbidden`] also for a confidential
    /// one when the key has no access to those.
    pub async fn posting(&self, id: &str) -> Result<Option<Posting>, Error> {
        match self.one(Request::get("read posting", &["postings", id])).await {
            Ok(posting) => Ok(Some(posting)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
