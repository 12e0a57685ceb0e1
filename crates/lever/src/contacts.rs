//! Contacts: the person behind one or more opportunities (Lever documentation, Contacts).

use serde::Deserialize;

use crate::{
    Client, Error, ErrorKind, Phone,
    client::Request,
    lenient::{location, or_default},
};

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// The id, which opportunities carry as `contact`.
    pub id: String,
    /// The full name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// The line under the name.
    #[serde(default, deserialize_with = "or_default")]
    pub headline: String,
    /// Whether the personal data was erased.
    #[serde(default, deserialize_with = "or_default")]
    pub is_anonymized: bool,
    /// The place; empty when there is none.
    #[serde(default, deserialize_with = "location")]
    pub location: String,
    /// The e-mail addresses.
    #[serde(default, deserialize_with = "or_default")]
    pub emails: Vec<String>,
    /// The telephone numbers.
    #[serde(default, deserialize_with = "or_default")]
    pub phones: Vec<Phone>,
}

impl Client {
    /// One contact; `None` when Lever does not have it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] but [`ErrorKind::NotFound`].
    pub async fn contact(&self, id: &str) -> Result<Option<Contact>, Error> {
        match self.one(Request::get("read contact", &["contacts", id])).await {
            Ok(contact) => Ok(Some(contact)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
