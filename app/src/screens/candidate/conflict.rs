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
    let conflict =
        move || profile.with(|profile| profile.conflict.map(|levers| (profile.row.status, levers)));
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
                .map(|(ours, levers)| {
                    view! {
                        <section class="banner" data-tone="warn" aria-label="Conflicting status">
                            <p>
                                {format!(
                                    "Lever says {}. Here {} was set by hand, and stays until somebody decides.",
                                    levers.label(),
                                    ours.label(),
                                )}
                            </p>
                            <div class="choices">
                                {choice("Take Lever's status", true)} {choice("Keep this status", false)}
                            </div>
                        </section>
                    }
                })
        })}
    }
}
