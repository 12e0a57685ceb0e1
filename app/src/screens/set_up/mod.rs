//! The first start: a one-time link creates the organisation.

pub(crate) mod api;

use domain::problem::Field;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::api::{CreateOrganisation, open_set_up};
use crate::problem::refusal;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::failure::Failure;
use crate::ui::field::TextField;
use crate::ui::page_title::PageTitle;

/// The set-up page.
#[component]
pub(crate) fn SetUp() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    let opened = Resource::new_blocking(move || token.get(), open_set_up);
    view! {
        <PageTitle text="Set up" />
        <main class="card-page">
            <Suspense>
                {move || Suspend::new(async move {
                    match opened.await {
                        Ok(opened) => {
                            view! { <SetUpForm token=token.get_untracked() platform=opened.platform /> }.into_any()
                        }
                        Err(error) => view! { <Failure error=error /> }.into_any(),
                    }
                })}
            </Suspense>
        </main>
    }
}

#[component]
fn SetUpForm(token: String, platform: String) -> impl IntoView {
    let action = ServerAction::<CreateOrganisation>::new();
    let refusal = refusal(action);
    view! {
        <h1>{format!("Set up {platform}")}</h1>
        <p class="hint">"You become the organisation's first Super Admin. This link works once."</p>
        <FormBanner refusal=refusal />
        <ActionForm action=action>
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
        </ActionForm>
    }
}
