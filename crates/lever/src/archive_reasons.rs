//! Archive reasons: why an opportunity left the pipeline. *Hired* is one of them (Lever
//! documentation, Archive Reasons).

use serde::{Deserialize, Deserializer};

use crate::{Client, Error, client::Request, lenient::or_default, page::PAGE_SIZE};

/// Why an opportunity was archived.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ArchiveReason {
    /// The id; differs from account to account.
    pub id: String,
    /// What people read; the account may change it.
    #[serde(default, deserialize_with = "or_default")]
    pub text: String,
    /// `active` or `inactive`; inactive ones are listed too.
    #[serde(default, deserialize_with = "or_default")]
    pub status: String,
    /// Whether it means hired. An account has exactly one such reason.
    #[serde(default, rename = "type", deserialize_with = "kind")]
    pub kind: ArchiveReasonKind,
}

impl ArchiveReason {
    /// Whether people can still choose it.
    pub fn is_active(&self) -> bool {
        self.status != "inactive"
    }
}

/// The `type` of an archive reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ArchiveReasonKind {
    /// `hired`
    Hired,
    /// `non-hired`
    NonHired,
    /// Absent, or a value that Lever did not document.
    #[default]
    Unknown,
}

fn kind<'de, D>(deserializer: D) -> Result<ArchiveReasonKind, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(match Option::<String>::deserialize(deserializer)?.as_deref() {
        Some("hired") => ArchiveReasonKind::Hired,
        Some("non-hired") => ArchiveReasonKind::NonHired,
        Some(_) | None => ArchiveReasonKind::Unknown,
    })
}

impl Client {
    /// All archive reasons, inactive ones included; walks all pages.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`crate::ErrorKind::Forbidden`] when the key may not list archive reasons.
    pub async fn archive_reasons(&self) -> Result<Vec<ArchiveReason>, Error> {
        let request = Request::get("list archive reasons", &["archive_reasons"]).query("limit", PAGE_SIZE);
        self.all(request, usize::MAX).await
    }
}
