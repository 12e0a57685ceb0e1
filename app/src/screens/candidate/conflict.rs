//! A status set by hand that differs from Lever's: kept until somebody decides.

use domain::ids::CandidateId;
use domain::view::CandidateProfile;
use leptos::prelude::*;

use super::api::ResolveConflict;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::dynamic::dynamic;
use crate::ui::post_form::{Deed, PostForm};

/// The two choices, while there is a conflict.
#[component]
pub(super) fn Conflict(
    id: CandidateId,
    profile: RwSignal<CandidateProfile>,
    refresh: Callback<()>,
) -> impl IntoView {
    let action = Deed::new::<ResolveConflict>();
    action.after(move || refresh.run(()));
    let conflict = move || {
        profile.with(|profile| profile.conflict.clone().map(|conflict| (profile.row.status, conflict)))
    };
    let choice = move |label: &'static str, take_levers: bool| {
        view! {
            <PostForm deed=action class="inline-form">
                <input type="hidden" name="candidate" value=id.to_string() />
                <input type="hidden" name="take_levers" value=take_levers.to_string() />
                <Submit label=label pending=action.pending() />
            </PostForm>
        }
    };
    view! {
        <FormBanner refusal=action.refusal() />
        {dynamic(move || {
            conflict()
                .map(|(ours, conflict)| {
                    let keeping = if conflict.writes {
                        "Keep ours, and Lever is brought to it; or take Lever's."
                    } else {
                        "Keep ours, and both stay as they are; or take Lever's."
                    };
                    view! {
                        <section class="banner" data-tone="warn" aria-label="Conflicting status">
                            <p>{format!("In Lever: {} ({}).", conflict.levers.label(), conflict.there)}</p>
                            <p>{format!("Here: {} (set {}).", ours.label(), conflict.here)}</p>
                            <p>{keeping}</p>
                            <div class="choices">
                                {choice("Keep ours", false)} {choice("Take Lever's", true)}
                            </div>
                        </section>
                    }
                })
        })}
    }
}
