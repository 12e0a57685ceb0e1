//! Stages: the steps of the pipeline (Lever documentation, Stages).

use serde::Deserialize;

use crate::{Client, Error, client::Request, lenient::or_default, page::PAGE_SIZE};

/// A step of the pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Stage {
    /// The id: a UUID, or one of the fixed ids `lead-new`, `lead-reached-out`, `lead-responded`,
    /// `applicant-new` and `offer`.
    pub id: String,
    /// What people read; the account may change it.
    #[serde(default, deserialize_with = "or_default")]
    pub text: String,
}

impl Stage {
    /// The id of the stage *New lead*, the same in every account.
    pub const NEW_LEAD: &'static str = "lead-new";
    /// The id of the stage *Reached out*, the same in every account.
    pub const REACHED_OUT: &'static str = "lead-reached-out";
    /// The id of the stage *Responded*, the same in every account.
    pub const RESPONDED: &'static str = "lead-responded";
    /// The id of the stage *New applicant*, the same in every account.
    pub const NEW_APPLICANT: &'static str = "applicant-new";
    /// The id of the stage *Offer*, the same in every account.
    pub const OFFER: &'static str = "offer";
}

impl Client {
    /// All stages in pipeline order; walks all pages.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`crate::ErrorKind::Forbidden`] when the key may not list stages.
    pub async fn stages(&self) -> Result<Vec<Stage>, Error> {
        let request = Request::get("list stages", &["stages"]).query("limit", PAGE_SIZE);
        self.all(request, usize::MAX).await
    }
}
