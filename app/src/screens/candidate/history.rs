//! Every status with its provenance: what set it, when, who in Lever.

use domain::view::CandidateProfile;
use leptos::prelude::*;

use crate::ui::badge::StatusBadge;
use crate::ui::dynamic::dynamic;
use crate::ui::time::When;

/// The time line, newest first.
#[component]
pub(super) fn History(profile: RwSignal<CandidateProfile>) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="history-title">
            <h2 id="history-title">"Status history"</h2>
            {dynamic(move || {
                let none = profile.with(|profile| profile.history.is_empty());
                none.then(|| view! { <p class="quiet">"New since they were added."</p> })
            })}
            <ol class="history">
                {dynamic(move || {
                    profile.with(|profile| profile.history.clone())
                        .into_iter()
                        .map(|change| {
                            view! {
                                <li>
                                    <StatusBadge status=change.to />
                                    <When moment=change.at />
                                    <span class="because">
                                        {change.because}
                                        {change
                                            .delivery
                                            .map(|id| {
                                                view! {
                                                    " "
                                                    <a href=format!("/activity/deliveries/{id}")>"Delivery"</a>
                                                }
                                            })}
                                    </span>
                                </li>
                            }
                        })
                        .collect_view()
                })}
            </ol>
        </section>
    }
}
