//! What is said of work that was given up.

use domain::ids::OrganisationId;
use domain::job::Job;
use store::attention::Item;
use store::{Tx, members};

use super::retry::given_up_job;
use crate::Result;

/// The words of its item.
pub(super) struct GivenUp {
    pub(super) title: String,
    pub(super) reason: &'static str,
    /// The name of the button, which names one of several.
    pub(super) again: String,
}

/// What is said of the work that `item` is about, which concerns the candidate of this `name`
/// where it concerns one.
pub(super) async fn given_up(
    tx: &mut Tx,
    organisation: OrganisationId,
    item: &Item,
    name: &str,
) -> Result<GivenUp> {
    let words = |title: &str, reason, what: &str| GivenUp {
        title: title.to_owned(),
        reason,
        again: format!("Try again {what}"),
    };
    Ok(match given_up_job(item) {
        Some(Job::RunBulkImport { .. }) => words(
            "An import of many was paused",
            "It kept failing. Those who had their turn are not concerned; it goes on with the others.",
            "to import many",
        ),
        Some(Job::RunBulkMessage { .. }) => words(
            "Writing to many candidates was stopped",
            "It kept failing. Those who had their turn are not concerned; it goes on with the others.",
            "to write to many",
        ),
        Some(Job::StartHeldImport { .. }) => words(
            &format!("The import of {name} did not begin"),
            "It was to begin by itself after their answer, and kept failing.",
            &format!("to import {name}"),
        ),
        Some(Job::AddImportNote { .. }) => words(
            &format!("The conversation with {name} is not in Lever"),
            "They were imported, but writing the note kept failing.",
            &format!("to write the note about {name}"),
        ),
        Some(Job::AddReplyNote { .. }) => words(
            &format!("Later answers of {name} are not in Lever"),
            "Writing the note of them kept failing. The answers themselves are here.",
            &format!("to write later answers of {name}"),
        ),
        Some(Job::AttachResume { .. }) => words(
            &format!("The résumé of {name} is not in Lever"),
            "They were imported, but uploading the file kept failing.",
            &format!("to upload the résumé of {name}"),
        ),
        Some(Job::RefreshCatalogue { .. }) => words(
            "Lever's users and stages could not be read",
            "Until they are, nobody notices what is new, renamed or removed there.",
            "to read users and stages",
        ),
        Some(Job::Reconcile { .. }) => words(
            "The last reconciliation was given up",
            "Lever kept answering with errors. What no delivery told of may be out of date until one comes to its end.",
            "to reconcile",
        ),
        Some(Job::TakeInDelivery { .. }) => {
            let about = if name.is_empty() { String::new() } else { format!(" about {name}") };
            words(
                &format!("A delivery from Lever{about} could not be taken in"),
                "It is kept, but cannot be read or stored; the operator can say why. What changed in Lever comes with the next reconciliation all the same.",
                &format!("to take in the delivery{about}"),
            )
        }
        Some(Job::ReplayQuarantine { .. }) => words(
            "Held deliveries were not looked at again",
            "A signing token was saved, and looking for the deliveries that it signed kept failing.",
            "to look at held deliveries",
        ),
        Some(Job::TidyWebhooks { .. }) => words(
            "A webhook that is no longer used may still be in Lever",
            "Removing what an interrupted registration left behind kept failing.",
            "to remove it",
        ),
        Some(Job::SendAttentionMail { about, member }) => {
            let to = members::get(tx, organisation, member).await?;
            let to = to.map_or_else(|| "a former member".to_owned(), |member| member.name);
            words(
                &format!("{to} was not told by mail: {}", about.headline()),
                "Sending the mail kept failing. The operator can say why.",
                &format!("to tell {to}: {}", about.headline()),
            )
        }
        // They have items of their own; or the candidate was erased.
        Some(
            Job::ImportCandidate { .. }
            | Job::ApplyOpportunity { .. }
            | Job::WriteStatus { .. }
            | Job::WriteContact { .. }
            | Job::RemoveWebhooks { .. }
            | Job::EraseCandidate { .. }
            | Job::SendMessage { .. },
        )
        | None => words("Work was given up", "It kept failing.", "what was given up"),
    })
}
