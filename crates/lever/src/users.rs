//! Users: the people of a Lever account (Lever documentation, Users).

use serde::Deserialize;

use crate::{Client, Error, client::Request, lenient::or_default, page::PAGE_SIZE};

/// A person who can sign in to Lever.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The id, which `perform_as` takes.
    pub id: String,
    /// The full name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// The name behind the `@` in notes.
    #[serde(default, deserialize_with = "or_default")]
    pub username: String,
    /// The e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// `super admin`, `admin`, `team member`, `limited team member`, `interviewer`, or the id of
    /// a custom role.
    #[serde(default)]
    pub access_role: Option<String>,
    /// When the user was made, in milliseconds since the epoch.
    #[serde(default)]
    pub created_at: Option<i64>,
    /// When the user was deactivated, in milliseconds since the epoch; `None` for active users.
    #[serde(default)]
    pub deactivated_at: Option<i64>,
}

impl User {
    /// Whether the user can sign in.
    pub fn is_active(&self) -> bool {
        self.deactivated_at.is_none()
    }
}

/// Which users to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Lever leaves deactivated users out unless asked.
    pub include_deactivated: bool,
    /// Only the user with this address. Sent trimmed and in lower case, as Lever compares with
    /// its canonical form.
    pub email: Option<String>,
}

impl Client {
    /// All users that match, newest first; walks all pages.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`crate::ErrorKind::Forbidden`] when the key may not list users.
    pub async fn users(&self, filter: UserFilter) -> Result<Vec<User>, Error> {
        const OPERATION: &str = "list users";
        let email = filter.email.map(|email| email.trim().to_lowercase());
        if email.as_deref() == Some("") {
            return Err(Error::invalid(OPERATION, "the e-mail address is empty"));
        }
        let request = Request::get(OPERATION, &["users"])
            .query("limit", PAGE_SIZE)
            .optional("includeDeactivated", filter.include_deactivated.then_some("true"))
            .optional("email", email);
        self.all(request, usize::MAX).await
    }
}
