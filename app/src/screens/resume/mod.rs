//! A candidate's résumé: the file, how it stands in Lever, and the way to keep,
//! replace and remove it. The file itself comes and goes by a door of the server.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use domain::ids::CandidateId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use self::api::{DrawResume, RemoveResume};
use crate::live::Live;
use crate::ui::drawn::drawn_part;

/// What the door for files calls itself where it refuses one.
pub const UPLOAD: &str = "/candidates/resume";

/// The file of one candidate.
#[component]
pub(crate) fn Resume(id: CandidateId) -> impl IntoView {
    let news = Live::here().candidate(id);
    drawn_part(&[UPLOAD, RemoveResume::PATH], Signal::stored(id.to_string()), news, |candidate| DrawResume {
        candidate,
    })
}
