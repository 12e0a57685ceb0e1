//! Adding a candidate by hand.

pub(crate) mod api;

use domain::problem::Field;
use leptos::prelude::*;
use leptos_router::components::A;

use self::api::AddCandidate;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::field::TextField;
use crate::ui::page_title::PageTitle;
use crate::ui::post_form::{Deed, PostForm};

/// The form.
#[component]
pub(crate) fn NewCandidate() -> impl IntoView {
    let action = Deed::new::<AddCandidate>();
    let refusal = action.refusal();
    view! {
        <PageTitle text="Add candidate" />
        <header class="page-head">
            <h1>"Add candidate"</h1>
        </header>
        <div class="panel narrow">
            <FormBanner refusal=refusal />
            <PostForm deed=action>
                <TextField label="Name" name="name" field=Field::Name refusal=refusal autofocus=true />
                <TextField
                    label="E-mail"
                    name="email"
                    field=Field::Email
                    refusal=refusal
                    hint="Needed for an import: Lever knows people by their address."
                />
                <TextField label="Headline" name="headline" field=Field::Headline refusal=refusal />
                <TextField label="Company" name="company" field=Field::Company refusal=refusal />
                <TextField label="Location" name="location" field=Field::Location refusal=refusal />
                <div class="form-end">
                    <Submit label="Save" look="primary" pending=action.pending() />
                    <A href="/candidates" attr:class="button" attr:data-look="quiet">
                        "Cancel"
                    </A>
                </div>
            </PostForm>
        </div>
    }
}
