//! The import as a person sees it.

use domain::import::{ImportState, eligible};
use domain::time::Moment;
use domain::view::ImportView;
use store::candidates::Candidate;
use store::connections::Connection;
use store::imports::Import;
use store::opportunities::Opportunity;

/// Where a candidate stands on the way into Lever. `credited` is the name of
/// the Lever user who would be credited with the viewer's click, `held` when it
/// begins by itself.
pub(crate) fn import_view(
    candidate: &Candidate,
    import: Option<&Import>,
    opportunity: Option<&Opportunity>,
    connection: Option<&Connection>,
    credited: Option<&str>,
    held: Option<Moment>,
) -> ImportView {
    if let Some(import) = import {
        return match import.state {
            ImportState::Queued => ImportView::Queued,
            ImportState::Sending | ImportState::Unknown => ImportView::Sending,
            ImportState::NeedsDecision => ImportView::NeedsDecision { import: import.id },
            ImportState::Imported => match opportunity {
                Some(opportunity) => ImportView::Imported { url: opportunity.url.clone() },
                None => ImportView::Unlinked,
            },
            ImportState::Failed => ImportView::Failed {
                reason: import.failure.map_or_else(String::new, |failure| failure.text().to_owned()),
            },
            ImportState::Unlinked => ImportView::Unlinked,
        };
    }
    if !connection.is_some_and(|connection| connection.state.accepts_imports()) {
        return ImportView::NotConnected;
    }
    if let Some(until) = held {
        return ImportView::Held { until };
    }
    match eligible(candidate.messaged_at.is_some(), candidate.answered_at.is_some()) {
        Err(why) => ImportView::NotEligible { why },
        Ok(()) => ImportView::Available { credited_to: credited.map(str::to_owned) },
    }
}
