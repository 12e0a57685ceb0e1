//! The first start: a one-time link creates the organisation.

pub(crate) mod api;

use domain::problem::Field;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::api::{CreateOrganisation, OpenSetUp};
use crate::ask::Page;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::field::TextField;
use crate::ui::page_title::PageTitle;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::shown::shown;

/// The set-up page.
#[component]
pub(crate) fn SetUp() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    let opened = Page::new(token, move || OpenSetUp { token: token.get_untracked() });
    let form = shown(opened, move |opened| {
        view! { <SetUpForm token=token.get_untracked() platform=opened.platform /> }.into_any()
    });
    view! {
        <PageTitle text="Set up" />
        <main class="card-page">
            {form}
        </main>
    }
}

#[component]
fn SetUpForm(token: String, platform: String) -> impl IntoView {
    let action = Deed::new::<CreateOrganisation>();
    let refusal = action.refusal();
    view! {
        <h1>{format!("Set up {platform}")}</h1>
        <p class="hint">"You become the organisation's first Super Admin. This link works once."</p>
        <FormBanner refusal=refusal />
        <PostForm deed=action>
            <input type="hidden" name="token" value=token />
            <TextField
                label="Organisation"
                name="organisation"
                field=Field::Organisation
                refusal=refusal
                autocomplete="organization"
                autofocus=true
            />
            <TextField label="Name" name="name" field=Field::Name refusal=refusal autocomplete="name" />
            <TextField label="E-mail" name="email" field=Field::Email refusal=refusal autocomplete="username" />
            <TextField
                label="Password"
                name="password"
                kind="password"
                field=Field::Password
                refusal=refusal
                autocomplete="new-password"
                hint="At least 10 characters."
            />
            <Submit label="Create organisation" look="primary" pending=action.pending() />
        </PostForm>
    }
}
