//! A status set by hand that differs from Lever's: kept until somebody decides.

use domain::ids::CandidateId;
use domain::view::CandidateProfile;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::after_success;
use super::api::ResolveConflict;
use crate::problem::refusal;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;

/// The two choices, while there is a conflict.
#[component]
pub(super) fn Conflict(
    id: CandidateId,
    profile: RwSignal<CandidateProfile>,
    refresh: Callback<()>,
) -> impl IntoView {
    let action = ServerAction::<ResolveConflict>::new();
    let value = action.value();
    let done = Signal::derive(move || value.with(|value| matches!(value, Some(Ok(())))));
    after_success(action.version(), done, move || refresh.run(()));
    let conflict = Memo::new(move |_| {
        profile.with(|profile| profile.conflict.map(|levers| (profile.row.status, levers)))
    });
    let choice = move |label: &'static str, take_levers: bool| {
        view! {
            <ActionForm action=action attr:class="inline-form">
                <input type="hidden" name="candidate" value=id.to_string() />
                <input type="hidden" name="take_levers" value=take_levers.to_string() />
                <Submit label=label pending=action.pending() />
            </ActionForm>
        }
    };
    view! {
        <FormBanner refusal=refusal(action) />
        {move || {
            conflict
                .get()
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
        }}
    }
}
