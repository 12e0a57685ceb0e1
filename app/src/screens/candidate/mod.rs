//! A candidate's page: the conversation, where they stand and why, and what
//! Lever has.

pub(crate) mod api;
pub(crate) mod conflict;
mod decision;
mod erasure;
mod facts;
mod history;
mod lever_card;
mod message_form;
mod status_form;
mod thread;

use domain::view::CandidateProfile;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::api::ReadCandidate;
use self::conflict::Conflict;
use self::decision::Decision;
use self::erasure::Erasure;
use self::facts::Facts;
use self::history::History;
use self::lever_card::Lever;
use self::message_form::MessageForm;
use self::status_form::StatusForm;
use self::thread::Thread;
use crate::ask::Page;
use crate::live::{Live, kept_fresh};
use crate::screens::resume::Resume;
use crate::ui::badge::StatusBadge;
use crate::ui::dynamic::dynamic;
use crate::ui::page_title::PageTitle;
use crate::ui::shown::shown;

/// The page of the candidate in the address.
#[component]
pub(crate) fn Candidate() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let profile = Page::new(id, move || ReadCandidate { candidate: id.get_untracked() });
    view! {
        <PageTitle text="Candidate" />
        {shown(profile, |profile| view! { <Profile profile=profile /> }.into_any())}
    }
}

/// The page, kept fresh without disturbing whoever writes.
#[component]
fn Profile(profile: CandidateProfile) -> impl IntoView {
    let live = Live::here();
    let id = profile.row.id;
    let nudge = RwSignal::new(0_u32);
    let news = live.candidate(id);
    let version =
        Signal::derive(move || news.get().wrapping_add(live.connection().get()).wrapping_add(nudge.get()));
    let refresh = Callback::new(move |()| nudge.update(|n| *n = n.wrapping_add(1)));
    let first_name = profile.row.name.clone();
    let preview = profile.preview.clone();
    let profile = kept_fresh(profile, version, move || ReadCandidate { candidate: id.to_string() });
    let name = Signal::derive(move || profile.with(|profile| profile.row.name.clone()));
    let status = Signal::derive(move || profile.with(|profile| profile.row.status));
    view! {
        <PageTitle text=first_name />
        <header class="page-head candidate-head">
            <div>
                <h1>
                    <bdi>{name}</bdi>
                </h1>
                <p class="sub">
                    {dynamic(move || {
                        profile
                            .with(|profile| {
                                let row = &profile.row;
                                [row.headline.as_str(), row.company.as_str(), profile.location.as_str()]
                                    .into_iter()
                                    .filter(|part| !part.is_empty())
                                    .enumerate()
                                    .map(|(place, part)| {
                                        let gap = if place == 0 { "" } else { " · " };
                                        view! {
                                            {gap}
                                            <bdi>{part.to_owned()}</bdi>
                                        }
                                    })
                                    .collect_view()
                            })
                    })}
                </p>
            </div>
            <StatusBadge status=status />
        </header>
        <Conflict id=id profile=profile refresh=refresh />
        <Erasure id=id profile=profile refresh=refresh />
        <Decision id=id profile=profile refresh=refresh />
        <div class="columns">
            <div class="column-main">
                <Thread profile=profile refresh=refresh />
                <MessageForm id=id preview=preview refresh=refresh />
            </div>
            <div class="column-side">
                <Lever id=id profile=profile refresh=refresh news=version />
                <Resume id=id />
                <StatusForm id=id status=status refresh=refresh />
                <Facts profile=profile />
                <History profile=profile />
            </div>
        </div>
    }
}
