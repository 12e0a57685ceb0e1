//! Typed ids: one type for each kind of thing, so that they cannot be mixed up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self {
                Self(value)
            }
        }
    )*};
}

ids! {
    /// A company using the platform: the tenant.
    OrganisationId;
    /// A person of an organisation who signs in.
    MemberId;
    /// A one-time link that lets somebody in: an invitation or a set-up link.
    InviteId;
    /// A sourced person.
    CandidateId;
    /// A file kept as a candidate's résumé.
    ResumeId;
    /// One message of a candidate's thread.
    MessageId;
    /// A public link by which a candidate answers one message.
    ReplyLinkId;
    /// An organisation's link to a Lever account.
    ConnectionId;
    /// A webhook signing token of a connection.
    SigningTokenId;
    /// The life of one candidate's way into Lever.
    ImportId;
    /// The import of many candidates in one run.
    BulkImportId;
    /// A text to many candidates.
    BulkMessageId;
    /// A saved text.
    TemplateId;
    /// One webhook POST from Lever.
    DeliveryId;
    /// A webhook POST from Lever that could not be taken into the inbox, and was put aside.
    ArrivalId;
    /// One recorded change of a candidate's status.
    StatusChangeId;
    /// A durable unit of background work.
    JobId;
    /// Something a person must decide or mend.
    AttentionId;
    /// One entry of the activity log.
    ActivityId;
    /// One request to Lever, in the log.
    CallId;
    /// One comparison of every linked candidate with Lever.
    ReconciliationId;
    /// One change that a server process tells the others of.
    NewsId;
    /// One run of a server process.
    ProcessId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = CandidateId(Uuid::from_u128(7));
        assert_eq!(id.to_string().parse::<CandidateId>().unwrap(), id);
        assert!("lead-new".parse::<CandidateId>().is_err());
    }
}
