//! Setting Lever up, in three steps. A step is an address and its draft is on
//! the server, so that Back, a refresh and a second tab all work. The first step
//! lives in the browser; the two maps are drawn by the server.

pub(crate) mod api;
mod connect;
#[cfg(feature = "ssr")]
mod drawing;
pub(crate) mod lights;
pub(crate) mod permissions;
#[cfg(feature = "ssr")]
pub(crate) mod stages;
#[cfg(feature = "ssr")]
pub(crate) mod users;

use std::sync::Arc;

use domain::connection::SetUpStep;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::{ConnectStep, DrawStages, DrawUsers};
use self::connect::Connect;
use crate::ask::{Asking, Page, Sent};
use crate::live::Live;
use crate::ui::dialog::{Dialog, begin_at};
use crate::ui::drawn::{asked, asking, drawn_and, refused_before};
use crate::ui::page_title::PageTitle;
use crate::ui::shown::shown;
use crate::ui::sift::{Sift, complete, sift};
use crate::ui::stepper::Stepper;

/// The steps in order.
const STEPS: [SetUpStep; 3] = [SetUpStep::Connect, SetUpStep::Users, SetUpStep::Stages];

/// The heading of a drawn step: where reading goes on after *Next* and *Back*.
const HEADING: &str = "step-heading";

/// The dialog over the Integrations page.
#[component]
pub(crate) fn Wizard() -> impl IntoView {
    let query = use_query_map();
    let step = Memo::new(move |_| {
        query.read().get_str("step").and_then(SetUpStep::from_code).unwrap_or(SetUpStep::Connect)
    });
    let first = step.get_untracked();
    let connect = Page::part(Signal::derive(move || step.get().code().to_owned()), move || {
        (step.get_untracked() == SetUpStep::Connect).then_some(ConnectStep {})
    });
    let asked = asked();
    let question = move |address| -> Asking {
        match step.get_untracked() {
            SetUpStep::Connect => Box::pin(async { Ok(Sent::default()) }),
            SetUpStep::Users => asking(DrawUsers { address }),
            SetUpStep::Stages => asking(DrawStages { address }),
        }
    };
    // What the first step was refused is said there.
    let refused = refused_before().filter(|_| first != SetUpStep::Connect);
    let map = drawn_and(asked, Live::here().connection(), Arc::new(question), refused, drawn_step);
    let current =
        Signal::derive(move || STEPS.iter().position(|known| *known == step.get()).unwrap_or_default());
    let label = Signal::derive(move || match step.get() {
        SetUpStep::Connect | SetUpStep::Users => "Search members",
        SetUpStep::Stages => "Search stages and reasons",
    });
    let search = query.read_untracked().get("search").unwrap_or_default();
    let unmapped = query.read_untracked().get_str("unmapped").is_some();
    view! {
        <PageTitle text="Lever integration" />
        <Dialog title="Lever integration" back="/integrations">
            <Stepper names=STEPS.map(SetUpStep::heading).to_vec() current=current />
            {shown(connect, |step| view! { <Connect step=step /> }.into_any())}
            <div
                class="mapping"
                data-step=move || step.get().code()
                on:focusin=move |event| complete(&event)
                on:pointerover=move |event| complete(&event)
            >
                <Sift
                    action="/integrations/lever"
                    step=Signal::derive(move || step.get().code())
                    label=label
                    search=search
                    unmapped=unmapped
                />
                {map}
            </div>
        </Dialog>
    }
}

/// A step stands there: its rows are sifted, and reading begins at its heading
/// when nothing else has the keyboard.
fn drawn_step() {
    sift();
    let _is_there = begin_at(HEADING);
}
