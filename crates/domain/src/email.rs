//! E-mail addresses.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A plausible address in its canonical form: trimmed, lower case.
///
/// Only what mail needs is checked (RFC 5321 limits; one `@`; a dotted domain,
/// no blanks): whether it exists, only a message can tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct NotAnEmail;

impl EmailAddress {
    /// Reads an address as a person types it.
    ///
    /// # Errors
    /// [`NotAnEmail`] when the text cannot be an address.
    pub fn parse(text: &str) -> Result<Self, NotAnEmail> {
        let text = text.trim().to_lowercase();
        let (local, host) = text.rsplit_once('@').ok_or(NotAnEmail)?;
        let plausible = text.len() <= 254
            && (1..=64).contains(&local.len())
            && host.len() >= 3
            && host.contains('.')
            && !host.starts_with(['.', '-'])
            && !host.ends_with(['.', '-'])
            && !host.contains("..")
            && !local.contains('@')
            && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c));
        if plausible { Ok(Self(text)) } else { Err(NotAnEmail) }
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = NotAnEmail;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_trimmed_and_lowered() {
        assert_eq!(EmailAddress::parse("  Jo@Acme.COM ").unwrap().as_str(), "jo@acme.com");
    }

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        for text in ["", "jo", "@acme.com", "jo@", "jo@acme", "a b@acme.com", "jo@acme..com", "<jo@acme.com>"]
        {
            assert_eq!(EmailAddress::parse(text), Err(NotAnEmail), "{text}");
        }
    }
}
