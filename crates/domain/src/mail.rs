//! Mail: how far a message is, and why it may not have left.

/// How far an outbound message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// No mail is configured: it stands in the outbox.
    Outbox,
    /// It is going to be sent.
    Queued,
    /// The mail server took it.
    Sent,
    /// It was not sent.
    Failed,
}

impl MailState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Outbox, Self::Queued, Self::Sent, Self::Failed];

    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Outbox => "outbox",
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    /// Reads [`MailState::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// Why a message was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailFailure {
    /// The candidate has no address, or none that mail can be sent to.
    NoAddress,
    /// The mail server does not take mail for this address.
    AddressRefused,
    /// The mail server does not accept our user or password.
    SignInRefused,
    /// The mail server does not take this message.
    MessageRefused,
    /// The mail server could not be reached for hours.
    KeptFailing,
}

impl MailFailure {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::NoAddress, Self::AddressRefused, Self::SignInRefused, Self::MessageRefused, Self::KeptFailing];

    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoAddress => "no_address",
            Self::AddressRefused => "address_refused",
            Self::SignInRefused => "sign_in_refused",
            Self::MessageRefused => "message_refused",
            Self::KeptFailing => "kept_failing",
        }
    }

    /// Reads [`MailFailure::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }

    /// The sentence for a person.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::NoAddress => "They have no address that mail can be sent to.",
            Self::AddressRefused => {
                "The mail server says that there is no such address. Check it with the candidate."
            }
            Self::SignInRefused => {
                "The mail server does not accept our user and password: tell your operator."
            }
            Self::MessageRefused => "The mail server did not take this message: tell your operator.",
            Self::KeptFailing => "The mail server could not be reached for hours.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_and_reasons_read_back() {
        assert!(MailState::ALL.iter().all(|state| MailState::from_code(state.code()) == Some(*state)));
        assert!(MailFailure::ALL.iter().all(|why| MailFailure::from_code(why.code()) == Some(*why)));
        assert_eq!(MailState::from_code("received"), None);
    }
}
