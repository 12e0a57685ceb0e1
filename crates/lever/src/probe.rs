//! What a key may do: every right that is needed, tried out where that is possible.
//!
//! Lever gives each key a list of permissions, one for each endpoint, and answers 403 for those
//! that are missing. Reading can be tried; writing cannot without writing.

use serde::de::IgnoredAny;

use crate::{Client, Error, ErrorKind, client::Request};

/// Something a key must be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Need {
    /// `GET /users`
    ListUsers,
    /// `GET /stages`
    ListStages,
    /// `GET /archive_reasons`
    ListArchiveReasons,
    /// `GET /postings`
    ListPostings,
    /// `GET /opportunities`
    ListOpportunities,
    /// `GET /opportunities/deleted`
    ListDeletedOpportunities,
    /// `GET /opportunities?confidentiality=all`
    ConfidentialData,
    /// `GET /webhooks`
    ListWebhooks,
    /// `POST /opportunities`
    CreateOpportunity,
    /// `POST /opportunities/:id/notes`
    AddNote,
    /// `GET /opportunities/:id/notes`
    ListNotes,
    /// `POST /opportunities/:id/files`
    UploadFile,
    /// `GET /opportunities/:id/files`
    ListFiles,
    /// `PUT /opportunities/:id/stage`
    MoveStage,
    /// `PUT /opportunities/:id/archived`
    Archive,
    /// `PUT /contacts/:id`
    UpdateContact,
    /// `POST /opportunities/:id/addLinks`
    AddLinks,
    /// `POST /webhooks`
    CreateWebhook,
}

impl Need {
    /// All needs, what can be tried first, in the order in which they are shown to people.
    pub const ALL: [Need; 18] = [
        Need::ListUsers,
        Need::ListStages,
        Need::ListArchiveReasons,
        Need::ListPostings,
        Need::ListOpportunities,
        Need::ListDeletedOpportunities,
        Need::ConfidentialData,
        Need::ListWebhooks,
        Need::CreateOpportunity,
        Need::AddNote,
        Need::ListNotes,
        Need::UploadFile,
        Need::ListFiles,
        Need::MoveStage,
        Need::Archive,
        Need::UpdateContact,
        Need::AddLinks,
        Need::CreateWebhook,
    ];

    /// What it is for, in plain words.
    pub fn needed_for(self) -> &'static str {
        match self {
            Need::ListUsers => "mapping users",
            Need::ListStages => "mapping stages",
            Need::ListArchiveReasons => "mapping archive reasons, hired among them",
            Need::ListPostings => "choosing a posting for an import",
            Need::ListOpportunities => {
                "finding people who are in Lever already, and keeping statuses up to date"
            }
            Need::ListDeletedOpportunities => "noticing candidates deleted in Lever",
            Need::ConfidentialData => "following candidates of confidential postings",
            Need::ListWebhooks => "seeing which webhooks are registered through the API",
            Need::CreateOpportunity => "importing candidates",
            Need::AddNote => "adding the conversation as a note",
            Need::ListNotes => "seeing whether a note arrived before adding it again",
            Need::UploadFile => "attaching résumés",
            Need::ListFiles => "seeing whether a résumé arrived before attaching it again",
            Need::MoveStage => "moving candidates to another stage",
            Need::Archive => "archiving and un-archiving candidates",
            Need::UpdateContact => "adding new addresses and phone numbers to a contact",
            Need::AddLinks => "adding new links to a contact",
            Need::CreateWebhook => "registering the webhooks through the API",
        }
    }

    /// Without it the rest still works.
    pub fn is_optional(self) -> bool {
        match self {
            Need::ListUsers
            | Need::ListStages
            | Need::ListArchiveReasons
            | Need::ListOpportunities
            | Need::CreateOpportunity => false,
            Need::ListPostings
            | Need::ListDeletedOpportunities
            | Need::ConfidentialData
            | Need::ListWebhooks
            | Need::AddNote
            | Need::ListNotes
            | Need::UploadFile
            | Need::ListFiles
            | Need::MoveStage
            | Need::Archive
            | Need::UpdateContact
            | Need::AddLinks
            | Need::CreateWebhook => true,
        }
    }

    /// What to tick when a key is made in Lever (Settings, Integrations and API, API
    /// Credentials). Lever has worded some of them differently over the years.
    pub fn tick_in_lever(self) -> &'static str {
        match self {
            Need::ListUsers => "Find all users",
            Need::ListStages => "Find all stages",
            Need::ListArchiveReasons => "Find all archive reasons",
            Need::ListPostings => "Find all postings",
            Need::ListOpportunities => "Find all opportunities",
            Need::ListDeletedOpportunities => "Find deleted opportunities",
            Need::ConfidentialData => "Allow access to confidential data (only when the key is made)",
            Need::ListWebhooks => "Find all webhooks",
            Need::CreateOpportunity => "Create an opportunity",
            Need::AddNote => "Create an opportunity note",
            Need::ListNotes => "Find all opportunity notes",
            Need::UploadFile => "Upload an opportunity file",
            Need::ListFiles => "Find all opportunity files",
            Need::MoveStage => "Update an opportunity's stage",
            Need::Archive => "Update an opportunity's archived state",
            Need::UpdateContact => "Update a contact",
            Need::AddLinks => "Add opportunity links",
            Need::CreateWebhook => "Create a webhook",
        }
    }

    /// The harmless request that tries it out; `None` for writes.
    fn request(self) -> Option<Request> {
        const OPERATION: &str = "check permission";
        let path: &[&str] = match self {
            Need::ListUsers => &["users"],
            Need::ListStages => &["stages"],
            Need::ListArchiveReasons => &["archive_reasons"],
            Need::ListPostings => &["postings"],
            Need::ListOpportunities | Need::ConfidentialData => &["opportunities"],
            Need::ListDeletedOpportunities => &["opportunities", "deleted"],
            // This list has no pages.
            Need::ListWebhooks => return Some(Request::get(OPERATION, &["webhooks"])),
            Need::CreateOpportunity
            | Need::AddNote
            | Need::ListNotes
            | Need::UploadFile
            | Need::ListFiles
            | Need::MoveStage
            | Need::Archive
            | Need::UpdateContact
            | Need::AddLinks
            | Need::CreateWebhook => return None,
        };
        let request = Request::get(OPERATION, path).query("limit", 1);
        Some(match self {
            Need::ConfidentialData => request.query("confidentiality", "all"),
            _ => request,
        })
    }
}

/// One need and what trying it out has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What was tried.
    pub need: Need,
    /// What came of it.
    pub outcome: ProbeOutcome,
}

/// What trying out a need has shown. Texts are plain words without anything secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeOutcome {
    /// Allowed.
    Works,
    /// 403: the key lacks this permission.
    Forbidden,
    /// 401: Lever does not know the key at all.
    Unauthorized,
    /// Lever could not be reached; says why.
    Unreachable(String),
    /// Something else went wrong; says what.
    Failed(String),
    /// A write, which cannot be tried without writing, or something of an opportunity, which cannot
    /// be tried without one.
    NotProbed,
}

impl ProbeOutcome {
    fn of(result: Result<(), Error>) -> ProbeOutcome {
        let Err(error) = result else {
            return ProbeOutcome::Works;
        };
        match error.kind() {
            ErrorKind::Unauthorized => ProbeOutcome::Unauthorized,
            ErrorKind::Forbidden => ProbeOutcome::Forbidden,
            ErrorKind::NotSent | ErrorKind::Resting { .. } | ErrorKind::Ambiguous => {
                ProbeOutcome::Unreachable(error.to_string())
            }
            ErrorKind::NotFound
            | ErrorKind::BadRequest
            | ErrorKind::Conflict
            | ErrorKind::RateLimited { .. }
            | ErrorKind::Redirected
            | ErrorKind::Unavailable
            | ErrorKind::ServerFault
            | ErrorKind::Unreadable
            | ErrorKind::InvalidArgument
            | ErrorKind::Setup => ProbeOutcome::Failed(error.to_string()),
        }
    }

    /// Whether every other need would end the same way.
    fn concerns_all(&self) -> bool {
        match self {
            ProbeOutcome::Unauthorized | ProbeOutcome::Unreachable(_) => true,
            ProbeOutcome::Works
            | ProbeOutcome::Forbidden
            | ProbeOutcome::Failed(_)
            | ProbeOutcome::NotProbed => false,
        }
    }
}

impl Client {
    /// Tries out every need, one probe for each of [`Need::ALL`] in that order. When Lever does
    /// not know the key or cannot be reached, the remaining reads are not tried and share the
    /// outcome.
    pub async fn probe(&self) -> Vec<Probe> {
        let mut probes = Vec::with_capacity(Need::ALL.len());
        let mut common: Option<ProbeOutcome> = None;
        for need in Need::ALL {
            let outcome = match (need.request(), &common) {
                (None, _) => ProbeOutcome::NotProbed,
                (Some(_), Some(outcome)) => outcome.clone(),
                (Some(request), None) => {
                    let result = self.page::<IgnoredAny>(request).await.map(|_| ());
                    let outcome = ProbeOutcome::of(result);
                    if outcome.concerns_all() {
                        common = Some(outcome.clone());
                    }
                    outcome
                }
            };
            probes.push(Probe { need, outcome });
        }
        probes
    }
}
