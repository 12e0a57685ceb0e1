//! Contacts: the person behind one or more opportunities (Lever documentation, Contacts).

use serde::{Deserialize, Serialize};

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

/// What to change about a person; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContactChange {
    /// All e-mail addresses: those left out are removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emails: Option<Vec<String>>,
    /// All telephone numbers: those left out are removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phones: Option<Vec<Phone>>,
}

impl Client {
    /// Changes a contact. Lever takes no `perform_as` here, and refuses it for one whose personal
    /// data was erased.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. Repeating it does no harm, but undoes what somebody changed in between.
    pub async fn update_contact(&self, id: &str, change: &ContactChange) -> Result<(), Error> {
        self.done(Request::put("update contact", &["contacts", id], change)).await
    }

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
