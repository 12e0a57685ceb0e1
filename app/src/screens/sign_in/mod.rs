//! The sign-in page.

pub(crate) mod api;

use domain::problem::Field;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::SignIn as SignInForm;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::field::TextField;
use crate::ui::icon::LeverIcon;
use crate::ui::local_path::local_path;
use crate::ui::page_title::PageTitle;
use crate::ui::post_form::{Deed, PostForm};

/// E-mail and password.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let action = Deed::new::<SignInForm>();
    let refusal = action.refusal();
    let query = use_query_map();
    let next = local_path(query.read_untracked().get_str("next")).to_owned();
    view! {
        <PageTitle text="Sign in" />
        <main class="card-page">
            <p class="card-mark">
                <LeverIcon />
            </p>
            <h1>"Sign in"</h1>
            <FormBanner refusal=refusal />
            <PostForm deed=action>
                <input type="hidden" name="next" value=next />
                <TextField
                    label="E-mail"
                    name="email"
                    field=Field::Email
                    refusal=refusal
                    autocomplete="username"
                    autofocus=true
                />
                <TextField
                    label="Password"
                    name="password"
                    kind="password"
                    field=Field::Password
                    refusal=refusal
                    autocomplete="current-password"
                />
                <Submit label="Sign in" look="primary" pending=action.pending() />
            </PostForm>
        </main>
    }
}
