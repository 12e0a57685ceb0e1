//! The page behind an invitation's link.

pub(crate) mod api;

use domain::problem::Field;
use domain::view::InviteView;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::api::{Join, OpenInvite};
use crate::ask::Page;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::field::TextField;
use crate::ui::page_title::PageTitle;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::shown::shown;

/// The invitation.
#[component]
pub(crate) fn Invite() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    let opened = Page::new(token, move || OpenInvite { token: token.get_untracked() });
    let form = shown(opened, move |invite| {
        view! { <JoinForm token=token.get_untracked() invite=invite /> }.into_any()
    });
    view! {
        <PageTitle text="Invitation" />
        <main class="card-page">
            {form}
        </main>
    }
}

#[component]
fn JoinForm(token: String, invite: InviteView) -> impl IntoView {
    let action = Deed::new::<Join>();
    let refusal = action.refusal();
    view! {
        <h1>{format!("Join {}", invite.organisation)}</h1>
        <p class="hint">{format!("As {}, with the address {}.", invite.role.label(), invite.email)}</p>
        <FormBanner refusal=refusal />
        <PostForm deed=action>
            <input type="hidden" name="token" value=token />
            <TextField label="Name" name="name" field=Field::Name refusal=refusal autocomplete="name" autofocus=true />
            <TextField
                label="Password"
                name="password"
                kind="password"
                field=Field::Password
                refusal=refusal
                autocomplete="new-password"
                hint="At least 10 characters."
            />
            <Submit label="Join" look="primary" pending=action.pending() />
        </PostForm>
    }
}
