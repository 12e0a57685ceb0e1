//! What Lever has for the candidate, or the way there.

use domain::ids::CandidateId;
use domain::view::{CandidateProfile, ImportView};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::screens::candidates::import_cell::ImportCell;
use crate::screens::opportunities::opportunities;
use crate::ui::dynamic::dynamic;
use crate::ui::time::When;

/// The control of the list, and what Lever said last.
#[component]
pub(super) fn Lever(
    id: CandidateId,
    profile: RwSignal<CandidateProfile>,
    refresh: Callback<()>,
    /// Goes up with every news of the candidate.
    news: Signal<u32>,
) -> impl IntoView {
    let name = Signal::derive(move || profile.with(|profile| profile.row.name.clone()));
    let import = Signal::derive(move || profile.with(|profile| profile.row.import.clone()));
    let linked = Memo::new(move |_| profile.with(|profile| profile.lever.is_some()));
    let deciding = move || matches!(import.get(), ImportView::NeedsDecision { .. });
    view! {
        <section class="panel" aria-labelledby="lever-title">
            <h2 id="lever-title">"Lever"</h2>
            {dynamic(move || {
                if deciding() {
                    view! { <p class="quiet">"Waits for a decision: see above."</p> }.into_any()
                } else {
                    view! {
                        <div class="lever-cell">
                            <ImportCell id=id name=name import=import refresh=refresh />
                        </div>
                    }
                        .into_any()
                }
            })}
            {dynamic(move || {
                import
                    .with(ImportView::can_be_chosen)
                    .then(|| {
                        view! {
                            <p class="lever-sheet">
                                <A href=format!("/candidates/{id}/import")>"Import..."</A>
                                <span class="quiet">" looks first at what is sent"</span>
                            </p>
                        }
                    })
            })}
            {dynamic(move || {
                profile.with(|profile| profile.lever.clone())
                    .map(|card| {
                        view! {
                            <dl class="facts">
                                <div>
                                    <dt>"Stage"</dt>
                                    <dd dir="auto">{card.stage}</dd>
                                </div>
                                {card
                                    .archived
                                    .map(|reason| {
                                        view! {
                                            <div>
                                                <dt>"Archived"</dt>
                                                <dd dir="auto">{reason}</dd>
                                            </div>
                                        }
                                    })}
                                {card
                                    .credited_to
                                    .map(|user| {
                                        view! {
                                            <div>
                                                <dt>"Credited to"</dt>
                                                <dd dir="auto">{user}</dd>
                                            </div>
                                        }
                                    })}
                                {card
                                    .writing
                                    .map(|writing| {
                                        view! {
                                            <div>
                                                <dt>"The way back"</dt>
                                                <dd>{writing}</dd>
                                            </div>
                                        }
                                    })}
                                <div>
                                    <dt>"Read from Lever"</dt>
                                    <dd>
                                        <When moment=card.fresh />
                                    </dd>
                                </div>
                            </dl>
                        }
                    })
            })}
            {dynamic(move || linked.get().then(|| opportunities(id, news)))}
        </section>
    }
}
