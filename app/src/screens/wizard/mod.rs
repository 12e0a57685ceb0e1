//! Setting Lever up, in three steps. A step is an address and its draft is on
//! the server, so that Back, a refresh and a second tab all work.

pub(crate) mod api;
mod connect;
mod heading;
pub(crate) mod lights;
pub(crate) mod permissions;
mod stages;
mod users;

use domain::connection::SetUpStep;
use domain::view::Wizard as Step;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::WizardStep;
use self::connect::Connect;
use self::stages::Stages;
use self::users::Users;
use crate::ask::Page;
use crate::screens::frame::Me;
use crate::ui::dialog::Dialog;
use crate::ui::page_title::PageTitle;
use crate::ui::shown::shown;
use crate::ui::stepper::Stepper;

/// The steps in order.
const STEPS: [SetUpStep; 3] = [SetUpStep::Connect, SetUpStep::Users, SetUpStep::Stages];

/// The dialog over the Integrations page.
#[component]
pub(crate) fn Wizard() -> impl IntoView {
    let query = use_query_map();
    let step = Memo::new(move |_| {
        query.read().get_str("step").and_then(SetUpStep::from_code).unwrap_or(SetUpStep::Connect)
    });
    let content = Page::new(Signal::derive(move || step.get().code().to_owned()), move || WizardStep {
        step: step.get_untracked(),
    });
    let me = expect_context::<Me>();
    let current =
        Signal::derive(move || STEPS.iter().position(|known| *known == step.get()).unwrap_or_default());
    let content = shown(content, move |step| match step {
        Step::Connect(step) => view! { <Connect step=step /> }.into_any(),
        Step::Users(step) => {
            me.shown(move |may_save| view! { <Users step=step.clone() may_save=may_save /> }.into_any())
        }
        Step::Stages(step) => {
            me.shown(move |may_save| view! { <Stages step=step.clone() may_save=may_save /> }.into_any())
        }
        Step::Elsewhere { step } => elsewhere(step),
    });
    view! {
        <PageTitle text="Lever integration" />
        <Dialog title="Lever integration" back="/integrations">
            <Stepper names=STEPS.map(SetUpStep::heading).to_vec() current=current />
            {content}
        </Dialog>
    }
}

fn elsewhere(step: SetUpStep) -> AnyView {
    view! {
        <p class="dialog-body">
            <a href=address(step)>{format!("Go to {}", step.heading())}</a>
        </p>
    }
    .into_any()
}

/// Where a step is.
fn address(step: SetUpStep) -> String {
    format!("/integrations/lever?step={}", step.code())
}

/// What stands before the id in [`row_field`].
pub(crate) const ROW: &str = "id-";

/// The name of one row's field in a form. Its first letters keep the form's
/// reader from taking an id that begins with a digit for a place in a list.
fn row_field(map: &str, id: &str) -> String {
    format!("{map}[{ROW}{id}]")
}
