//! The candidate list: search, filter, and one click into Lever.

pub(crate) mod api;
mod filters;
pub(crate) mod import_cell;
mod keyboard;
mod row;

use std::time::Duration;

use domain::connection::ConnectionState;
use domain::view::{CandidateFilter, CandidatePage};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use self::api::{ListCandidates, RequestImport};
use self::filters::{Filters, address, asked, filter_of};
use self::row::Row;
use crate::ask::Page;
use crate::live::{Live, kept_fresh};
use crate::screens::bulk::ImportMany;
use crate::ui::banner::{Banner, FormBanner};
use crate::ui::dynamic::dynamic;
use crate::ui::empty::Empty;
use crate::ui::page_title::PageTitle;
use crate::ui::pager::Pager;
use crate::ui::post_form::Deed;
use crate::ui::shown::shown;

/// How often the list asks again while an import is under way.
const WHILE_UNSETTLED: Duration = Duration::from_secs(2);

/// The list, with what is asked for in the address.
#[component]
pub(crate) fn Candidates() -> impl IntoView {
    let query = use_query_map();
    let filter = Memo::new(move |_| filter_of(&query.read()));
    let page = Page::new(Signal::derive(move || filter.with(asked)), move || ListCandidates {
        filter: filter.get_untracked(),
    });
    // What a plain form was refused; in a living page the row says it.
    let refusal = Deed::new::<RequestImport>().refusal();
    keyboard::listen();
    let listing =
        shown(page, move |found| view! { <Listing found=found filter=filter.get_untracked() /> }.into_any());
    view! {
        <PageTitle text="Candidates" />
        <header class="page-head">
            <h1>"Candidates"</h1>
            <A href="/candidates/new" attr:class="button" attr:data-look="primary">
                "Add candidate"
            </A>
        </header>
        <Filters filter=filter />
        <FormBanner refusal=refusal />
        {listing}
    }
}

/// One page of the list, kept fresh.
#[component]
fn Listing(found: CandidatePage, filter: CandidateFilter) -> impl IntoView {
    let live = Live::here();
    let nudge = RwSignal::new(0_u32);
    let version = Signal::derive(move || {
        live.candidates().get().wrapping_add(live.connection().get()).wrapping_add(nudge.get())
    });
    let asked = filter.clone();
    let page = kept_fresh(found, version, move || ListCandidates { filter: asked.clone() });
    let unsettled = Memo::new(move |_| {
        page.with(|page| page.rows.iter().any(|candidate| candidate.import.is_unsettled()))
    });
    Effect::new(move |_| {
        if unsettled.get() {
            let again = move || nudge.update(|n| *n = n.wrapping_add(1));
            if let Ok(timer) = set_interval_with_handle(again, WHILE_UNSETTLED) {
                on_cleanup(move || timer.clear());
            }
        }
    });
    let lever = Memo::new(move |_| page.with(|page| page.lever));
    let pages = {
        let filter = filter.clone();
        move || {
            let (previous, next) = page.with(|page| (page.previous.clone(), page.next.clone()));
            let previous = previous.map(|cursor| (address(&filter, Some(&cursor), None), "Previous"));
            let next = next.map(|cursor| (address(&filter, None, Some(&cursor)), "Next"));
            view! { <Pager previous=previous next=next /> }
        }
    };
    let none = Memo::new(move |_| page.with(|page| page.rows.is_empty()));
    let empty = Memo::new(move |_| page.with(|page| page.empty));
    view! {
        <LeverHint lever=lever />
        <p class="list-count" role="status">
            {dynamic(move || {
                let total = page.with(|page| page.total.text());
                if total == "1" { "1 candidate".to_owned() } else { format!("{total} candidates") }
            })}
        </p>
        {dynamic(move || {
            let many = lever.get().accepts_imports() && !none.get();
            many.then(|| view! { <ImportMany filter=filter.clone() /> })
        })}
        {dynamic(move || match (none.get(), empty.get()) {
            (true, true) => {
                view! {
                    <Empty title="No candidates yet">
                        <p>"Add the first one by hand, write to them, and import them once they have answered."</p>
                        <p>
                            <a href="/candidates/new">"Add the first candidate"</a>
                        </p>
                    </Empty>
                }
                    .into_any()
            }
            (true, false) => {
                view! {
                    <Empty title="Nobody matches">
                        <p>
                            <a href="/candidates">"Show everybody"</a>
                        </p>
                    </Empty>
                }
                    .into_any()
            }
            (false, _) => {
                view! {
                    <div class="table-wrap">
                        <table class="table candidates">
                            <caption class="visually-hidden">"Candidates"</caption>
                            <thead>
                                <tr>
                                    <th scope="col" class="name">"Name"</th>
                                    <th scope="col" class="company">"Company"</th>
                                    <th scope="col" class="number score">
                                        "Score"
                                    </th>
                                    <th scope="col" class="owner">
                                        "Owner"
                                    </th>
                                    <th scope="col" class="status">"Status"</th>
                                    <th scope="col" class="since">"Since"</th>
                                    <th scope="col" class="lever">"Lever"</th>
                                </tr>
                            </thead>
                            <tbody>
                                <For each=move || page.get().rows key=|candidate| candidate.id let:candidate>
                                    <Row
                                        first=candidate
                                        page=page
                                        refresh=Callback::new(move |()| nudge.update(|n| *n = n.wrapping_add(1)))
                                    />
                                </For>
                            </tbody>
                        </table>
                    </div>
                }
                    .into_any()
            }
        })}
        {dynamic(pages)}
    }
}

/// Why no icon can be pressed, where that is not the candidates' doing.
#[component]
fn LeverHint(lever: Memo<ConnectionState>) -> impl IntoView {
    dynamic(move || {
        match lever.get() {
        ConnectionState::Connected | ConnectionState::NeedsAttention => ().into_any(),
        ConnectionState::CredentialsRejected => view! {
            <Banner tone="bad">
                <span>"Lever no longer accepts the API key. Imports wait until a Super Admin reconnects."</span>
                <a href="/integrations">"Reconnect Lever"</a>
            </Banner>
        }
        .into_any(),
        ConnectionState::NotConnected | ConnectionState::SetUpUnfinished | ConnectionState::Disconnected => view! {
            <Banner tone="quiet">
                <span>"Lever is not connected, so candidates cannot be imported yet."</span>
                <a href="/integrations">"Connect Lever"</a>
            </Banner>
        }
        .into_any(),
    }
    })
}
