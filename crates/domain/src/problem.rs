//! The closed set of problems a person can be shown.
//!
//! A problem carries codes and field names only: without JavaScript it travels
//! in an address. The texts come from here, so a forged address can say
//! nothing of its own. What went wrong inside goes to the log instead.

use serde::{Deserialize, Serialize};

use crate::bulk_message::NotWritten;
use crate::connection::LeverEvent;
use crate::mapping::Target;
use crate::resume::ResumeRefused;
use crate::status::Status;

/// Why something was not done, for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// Fields of the form need mending; each text belongs beside its field.
    #[error("some fields need attention")]
    Fields(Vec<FieldProblem>),
    /// Nobody is signed in.
    #[error("not signed in")]
    SignedOut,
    /// Signed in, but the role does not allow it.
    #[error("not allowed")]
    NotAllowed,
    /// It does not exist, or belongs to somebody else.
    #[error("not found")]
    NotFound,
    /// The e-mail and password do not match.
    #[error("wrong e-mail or password")]
    WrongCredentials,
    /// Too many tries; wait this many minutes.
    #[error("too many tries")]
    TooManyTries {
        /// Minutes to wait.
        minutes: u32,
    },
    /// The link was used, has expired or never existed.
    #[error("the link is no longer valid")]
    LinkNotValid,
    /// Somebody changed it in the meantime.
    #[error("changed in the meantime")]
    ChangedMeanwhile,
    /// Lever is not connected.
    #[error("Lever is not connected")]
    NotConnected,
    /// The candidate cannot be imported yet.
    #[error("not eligible for import")]
    NotEligible,
    /// Nobody was chosen.
    #[error("nobody was chosen")]
    NobodyChosen,
    /// The last Super Admin cannot be removed or demoted.
    #[error("the last Super Admin")]
    LastSuperAdmin,
    /// Lever could not be reached.
    #[error("Lever could not be reached")]
    LeverUnreachable,
    /// Lever did not accept the stored key.
    #[error("Lever rejected the key")]
    LeverRejectedKey,
    /// Lever answered with an error.
    #[error("Lever answered with an error")]
    LeverFailed,
    /// The address given to Lever must be https.
    #[error("the public address is not https")]
    PublicUrlNotHttps,
    /// The store is busy or full; try again.
    #[error("busy")]
    Busy,
    /// A fault of ours; the log has the details.
    #[error("internal fault")]
    Internal,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// A person's name.
    Name,
    /// An e-mail address.
    Email,
    /// A password.
    Password,
    /// An organisation's name.
    Organisation,
    /// A member's role.
    Role,
    /// A candidate's headline.
    Headline,
    /// A candidate's company.
    Company,
    /// A candidate's location.
    Location,
    /// A message to a candidate.
    Message,
    /// A candidate's answer.
    Answer,
    /// A candidate's status.
    Status,
    /// Lever's API key.
    ApiKey,
    /// Lever's webhook signing token or tokens.
    SigningToken,
    /// Which Lever environment.
    Environment,
    /// The Lever user of one member; the id is the member's.
    MemberMap(String),
    /// The Lever user who is credited when a member has none.
    Fallback,
    /// The status of one stage; the id is Lever's.
    StageMap(String),
    /// The status of one archive reason; the id is Lever's.
    ReasonMap(String),
    /// The stage map as a whole.
    Stages,
    /// The tags of every import.
    Tags,
    /// What happens with a person who is in Lever already.
    KnownPerson,
    /// What an answer starts.
    OnReply,
    /// The posting of an import.
    Posting,
    /// The stage an import lands in.
    Stage,
    /// Who follows the opportunity of an import.
    Followers,
    /// How long the bodies of deliveries are kept.
    BodiesKept,
    /// What becomes of the bodies of deliveries then.
    BodiesThen,
    /// A candidate's résumé.
    Resume,
    /// Where in Lever a status leads.
    WayBack(Status),
    /// A candidate's phone numbers.
    Phones,
    /// A candidate's links.
    Links,
    /// The name of a saved text.
    TemplateName,
}

impl Field {
    /// Its name in a page, for what is written beside it.
    #[must_use]
    pub fn code(&self) -> String {
        let code = match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Password => "password",
            Self::Organisation => "organisation",
            Self::Role => "role",
            Self::Headline => "headline",
            Self::Company => "company",
            Self::Location => "location",
            Self::Message => "message",
            Self::Answer => "answer",
            Self::Status => "status",
            Self::ApiKey => "api_key",
            Self::SigningToken => "signing_token",
            Self::Environment => "environment",
            Self::Fallback => "fallback",
            Self::Stages => "stages",
            Self::Tags => "tags",
            Self::KnownPerson => "known_person",
            Self::OnReply => "on_reply",
            Self::Posting => "posting",
            Self::Stage => "stage",
            Self::Followers => "followers",
            Self::BodiesKept => "bodies_kept",
            Self::BodiesThen => "bodies_then",
            Self::Resume => "resume",
            Self::Phones => "phones",
            Self::Links => "links",
            Self::WayBack(status) => status.code(),
            Self::TemplateName => "template_name",
            Self::MemberMap(id) | Self::StageMap(id) | Self::ReasonMap(id) => id,
        };
        code.to_owned()
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldProblem {
    /// It must not be empty.
    Missing(Field),
    /// It is longer than allowed.
    TooLong(Field),
    /// It is not an e-mail address.
    NotAnEmail(Field),
    /// A password of fewer than 10 characters.
    TooShort(Field),
    /// It is taken: one e-mail, one organisation; one e-mail, one candidate.
    Taken(Field),
    /// It is not one of the choices.
    NotAChoice(Field),
    /// Lever does not know this key.
    KeyRejected,
    /// The key lacks a permission; the table of permissions says which.
    KeyLacksPermission,
    /// The key opens another Lever account than the one connected before.
    KeyOfAnotherAccount,
    /// Lever could not be reached to test the key.
    KeyNotTested,
    /// What was pasted as API key is a signing token.
    KeyIsAToken,
    /// What was pasted as signing token is the API key.
    TokenIsTheKey,
    /// The token did not sign the Verify of this event.
    TokenOfAnotherWebhook(LeverEvent),
    /// Two members are mapped to one Lever user.
    SameLeverUser(Field),
    /// The Lever user is deactivated.
    DeactivatedLeverUser(Field),
    /// No stage and no reason has a status.
    NothingMapped,
    /// Something in braces is none of the fields that can be filled in.
    UnknownTemplateField(Field),
    /// Somebody else saved another choice since the form was opened.
    SavedMeanwhile(Field, Option<Target>),
    /// The file is not taken as a résumé.
    Resume(ResumeRefused),
    /// It is no longer in Lever.
    GoneInLever(Field),
    /// What is written there would come back as another status, or as none.
    ComesBackAs(Field, Option<Status>),
    /// It is not a web address.
    NotALink(Field),
    /// The candidate needs at least one e-mail address.
    AtLeastOneEmail,
    /// Something is to be filled in that is not known of the candidate.
    NothingToFillIn(Field),
}

impl FieldProblem {
    /// The field the text belongs beside.
    #[must_use]
    pub fn field(&self) -> Field {
        match self {
            Self::Missing(field)
            | Self::TooLong(field)
            | Self::NotAnEmail(field)
            | Self::TooShort(field)
            | Self::Taken(field)
            | Self::NotAChoice(field)
            | Self::SameLeverUser(field)
            | Self::DeactivatedLeverUser(field)
            | Self::GoneInLever(field)
            | Self::ComesBackAs(field, _)
            | Self::NotALink(field)
            | Self::UnknownTemplateField(field)
            | Self::NothingToFillIn(field)
            | Self::SavedMeanwhile(field, _) => field.clone(),
            Self::AtLeastOneEmail => Field::Email,
            Self::KeyRejected
            | Self::KeyLacksPermission
            | Self::KeyOfAnotherAccount
            | Self::KeyNotTested
            | Self::KeyIsAToken => Field::ApiKey,
            Self::TokenIsTheKey | Self::TokenOfAnotherWebhook(_) => Field::SigningToken,
            Self::NothingMapped => Field::Stages,
            Self::Resume(_) => Field::Resume,
        }
    }

    /// The sentence beside the field.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Missing(field) => match field {
                Field::Name => "Enter a name.".into(),
                Field::Email => "Enter an e-mail address.".into(),
                Field::Password => "Enter a password.".into(),
                Field::Organisation => "Enter the organisation's name.".into(),
                Field::Message => "Write a message first.".into(),
                Field::TemplateName => "Enter a name for the template.".into(),
                Field::Answer => "Write an answer first.".into(),
                Field::ApiKey => "Paste the API key generated in Lever.".into(),
                Field::SigningToken => "Paste the webhook signing token from Lever.".into(),
                _ => "This field must not be empty.".into(),
            },
            Self::TooLong(Field::Message | Field::Answer) => "At most 10,000 characters.".into(),
            Self::TooLong(Field::Tags) => "At most 20 tags of at most 200 characters each.".into(),
            Self::TooLong(Field::Phones) => "At most 20 numbers of at most 200 characters each.".into(),
            Self::TooLong(Field::Links) => "At most 20 links of at most 2,000 characters each.".into(),
            Self::TooLong(_) => "At most 200 characters.".into(),
            Self::NotAnEmail(_) => "This is not an e-mail address. It should look like name@company.com.".into(),
            Self::TooShort(_) => "Use at least 10 characters.".into(),
            Self::Taken(Field::Email) => "This e-mail address is already in use.".into(),
            Self::Taken(Field::TemplateName) => "Another template has this name.".into(),
            Self::Taken(_) => "This is already in use.".into(),
            Self::NotAChoice(_) => "Choose one of the options.".into(),
            Self::KeyRejected => "Lever does not accept this key. Generate a new one in Lever and paste it here.".into(),
            Self::KeyLacksPermission => {
                "This key lacks a permission that is needed. The table shows what to tick in Lever.".into()
            }
            Self::KeyOfAnotherAccount => {
                "This key opens another Lever account than the one connected before. Use a key of the same account.".into()
            }
            Self::KeyNotTested => "Lever could not be reached to test the key. Try again in a moment.".into(),
            Self::KeyIsAToken => {
                "This is a webhook signing token. The API key is on Lever's page Integrations and API.".into()
            }
            Self::TokenIsTheKey => {
                "This is the API key. The signing token is on Lever's Webhooks page.".into()
            }
            Self::TokenOfAnotherWebhook(event) => {
                format!("This is not the token of {}. Copy it from Lever's Webhooks page again.", event.label())
            }
            Self::SameLeverUser(_) => "Another member is mapped to this Lever user. Each Lever user can stand for one member.".into(),
            Self::DeactivatedLeverUser(_) => "This Lever user is deactivated. Choose an active one.".into(),
            Self::NothingMapped => "Choose a status for at least one stage.".into(),
            Self::GoneInLever(_) => "This is no longer in Lever. Choose another one, or nothing.".into(),
            Self::ComesBackAs(_, Some(status)) => format!(
                "By Job Stage Mapping this means {}. Choose one that means this status, or nothing.",
                status.label()
            ),
            Self::ComesBackAs(_, None) => {
                "By Job Stage Mapping this has no status. Choose one that means this status, or nothing.".into()
            }
            Self::NotALink(_) => "Each line must be a web address that begins with http:// or https://.".into(),
            Self::AtLeastOneEmail => "At least one address is needed to write to them.".into(),
            Self::UnknownTemplateField(_) => {
                "Only {first name}, {name}, {company} and {my name} can be filled in: check what stands in braces.".into()
            }
            Self::NothingToFillIn(_) => NotWritten::FieldUnknown.text().into(),
            Self::SavedMeanwhile(_, Some(target)) => {
                format!("Somebody saved “{}” here meanwhile. Save again to keep your choice.", target.label())
            }
            Self::SavedMeanwhile(_, None) => {
                "Somebody saved another choice here meanwhile. Save again to keep yours.".into()
            }
            Self::Resume(refused) => refused.text().into(),
        }
    }
}

impl Problem {
    /// A problem with one field.
    #[must_use]
    pub fn field(problem: FieldProblem) -> Self {
        Self::Fields(vec![problem])
    }

    /// The texts that belong beside `field`.
    #[must_use]
    pub fn beside(&self, field: &Field) -> Vec<String> {
        match self {
            Self::Fields(problems) => {
                problems.iter().filter(|p| p.field() == *field).map(FieldProblem::text).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The sentence for a banner.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Fields(_) => "Nothing was saved yet: see the marked fields.".into(),
            Self::SignedOut => {
                "You are signed out. Sign in and try again; what you typed is kept on this page.".into()
            }
            Self::NotAllowed => "Your role does not allow this. Ask a Super Admin.".into(),
            Self::NotFound => "This does not exist (any more).".into(),
            Self::WrongCredentials => "The e-mail address and the password do not match.".into(),
            Self::TooManyTries { minutes } => {
                format!("Too many tries. Wait {minutes} minutes and try again.")
            }
            Self::LinkNotValid => "This link was used already or has expired. Ask for a new one.".into(),
            Self::ChangedMeanwhile => {
                "Somebody changed this in the meantime. Look at it again and repeat your change.".into()
            }
            Self::NotConnected => {
                "Lever is not connected yet. A Super Admin can set it up on the Integrations page.".into()
            }
            Self::NotEligible => {
                "A candidate can be imported once you have messaged them and they have answered.".into()
            }
            Self::NobodyChosen => "Choose at least one candidate first.".into(),
            Self::LastSuperAdmin => {
                "An organisation needs at least one Super Admin. Make somebody else one first.".into()
            }
            Self::LeverUnreachable => "Lever could not be reached. Try again in a moment.".into(),
            Self::LeverRejectedKey => {
                "Lever no longer accepts the API key. A Super Admin can reconnect on the Integrations page."
                    .into()
            }
            Self::LeverFailed => "Lever answered with an error. Try again in a moment.".into(),
            Self::PublicUrlNotHttps => {
                "Lever delivers to https addresses only. Ask your operator to set the public address.".into()
            }
            Self::Busy => "The server is busy. Try again in a moment.".into(),
            Self::Internal => "Something went wrong on our side. It has been logged; try again.".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_belongs_beside_its_field_only() {
        let problem = Problem::field(FieldProblem::KeyRejected);
        assert_eq!(problem.beside(&Field::ApiKey).len(), 1);
        assert!(problem.beside(&Field::SigningToken).is_empty());
    }
}
