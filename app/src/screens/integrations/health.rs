//! How the connection does: last sync, lights, permissions.

use domain::view::{IntegrationCard, SyncView};
use leptos::prelude::*;

use crate::screens::wizard::lights::Lights;
use crate::screens::wizard::permissions::Permissions;
use crate::ui::dynamic::dynamic;
use crate::ui::time::When;

/// The card's lower half.
#[component]
pub(super) fn Health(card: RwSignal<IntegrationCard>) -> impl IntoView {
    let lights = Signal::derive(move || card.with(|card| card.lights.clone()));
    let permissions = Signal::derive(move || card.with(|card| card.permissions.clone()));
    // A link for those who may read what it leads to.
    let reader = move |before: &'static str, href: &'static str, words: &'static str| {
        dynamic(move || {
            let link = || view! { {before} <a href=href>{words}</a> };
            card.with(|card| card.can_read_maps).then(link)
        })
    };
    view! {
        <dl class="facts wide">
            <div>
                <dt>"Last sync"</dt>
                <dd>
                    {dynamic(move || view! { <Sync sync=card.with(|card| card.sync.clone()) /> })}
                    {reader(" · ", "/integrations/runs", "All runs")}
                </dd>
            </div>
            <div>
                <dt>"Linked candidates"</dt>
                <dd>{dynamic(move || card.with(|card| card.linked))}</dd>
            </div>
            {dynamic(move || {
                card.with(|card| card.environment)
                    .map(|environment| {
                        view! {
                            <div>
                                <dt>"Lever environment"</dt>
                                <dd>{environment.label()}</dd>
                            </div>
                        }
                    })
            })}
            {dynamic(move || {
                let held = card.with(|card| card.held);
                (held > 0)
                    .then(|| {
                        view! {
                            <div>
                                <dt>"Deliveries held"</dt>
                                <dd>{format!("{held}, signed with a token that is not stored")}</dd>
                            </div>
                        }
                    })
            })}
        </dl>
        {reader("", "/integrations/health", "Deliveries, delays and work that waits")}
        <h3>"Webhooks"</h3>
        <Lights lights=lights />
        {reader("", "/integrations/receiving", "Tokens, and what is held")}
        <Permissions rows=permissions />
    }
}

#[component]
fn Sync(sync: Option<SyncView>) -> impl IntoView {
    match sync {
        None => view! { <span>"Not yet"</span> }.into_any(),
        Some(sync) if sync.running => view! {
            <span role="status">
                <progress aria-label="Synchronising"></progress>
                {format!(" {} looked at, {} changed", sync.looked_at, sync.changed)}
            </span>
        }
        .into_any(),
        Some(sync) => view! {
            <span>
                <When moment=sync.finished.unwrap_or(sync.started) />
                {format!(", {} looked at, {} changed", sync.looked_at, sync.changed)}
                {sync.problem.map(|problem| view! { <span class="reason">{problem}</span> })}
            </span>
        }
        .into_any(),
    }
}
