//! A status set by hand that differs from Lever's: kept until somebody decides.

use domain::ids::CandidateId;
use domain::status::Status;
use domain::view::CandidateProfile;
use leptos::prelude::*;

use super::api::ResolveConflict;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::dynamic::dynamic;
use crate::ui::post_form::{Deed, PostForm};

/// What the button says that keeps the status set here.
pub(crate) fn keep(ours: Status) -> String {
    format!("Keep {}", ours.label())
}

/// What the button says that takes Lever's status.
pub(crate) fn take(levers: Status) -> String {
    format!("Take {} from Lever", levers.label())
}

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
    let choice = move |label: String, take_levers: bool| {
        view! {
            <PostForm deed=action class="inline-form">
                <input type="hidden" name="candidate" value=id.to_string() />
                <input type="hidden" name="take_levers" value=take_levers.to_string() />
                <Submit label=label pending=action.pending() says="Status decided" />
            </PostForm>
        }
    };
    view! {
        <FormBanner refusal=action.refusal() />
        {dynamic(move || {
            conflict()
                .map(|(ours, conflict)| {
                    let then = if conflict.writes {
                        "moves the opportunity in Lever, too"
                    } else {
                        "changes nothing in Lever"
                    };
                    view! {
                        <section class="banner" data-tone="warn" aria-label="Conflicting status">
                            <p>{format!("In Lever: {} ({}).", conflict.levers.label(), conflict.there)}</p>
                            <p>{format!("Here: {} (set {}).", ours.label(), conflict.here)}</p>
                            <p>{format!("Keeping {} {then}.", ours.label())}</p>
                            <div class="choices">
                                {choice(keep(ours), false)} {choice(take(conflict.levers), true)}
                            </div>
                        </section>
                    }
                })
        })}
    }
}
