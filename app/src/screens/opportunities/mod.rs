//! The opportunities of one contact in Lever, of which one counts: a part of the
//! candidate's page.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use domain::ids::CandidateId;
use leptos::prelude::*;

use self::api::DrawOpportunities;
use crate::ui::drawn::drawn;

/// All that are known, drawn anew with the candidate's news.
pub(crate) fn opportunities(candidate: CandidateId, news: Signal<u32>) -> AnyView {
    drawn(Signal::stored(candidate.to_string()), news, |candidate| DrawOpportunities { candidate })
}
