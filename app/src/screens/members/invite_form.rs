//! Inviting somebody by link.

use domain::actor::Role;
use domain::problem::Field;
use domain::view::NewInvite;
use leptos::prelude::*;

use crate::ask::Page;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::copy::CopyField;
use crate::ui::dynamic::dynamic;
use crate::ui::field::{TextField, problems};
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::select::{Choice, Select};
use crate::ui::shown::shown;

/// The form, and the link of the invitation just made: it is shown this once.
#[component]
pub(super) fn InviteForm(
    action: Deed,
    /// Roles this viewer may grant.
    grantable: Vec<Role>,
    /// The link, when a plain form made the invitation.
    link: Page<Option<String>>,
) -> impl IntoView {
    let refusal = action.refusal();
    let choices = grantable.iter().map(|role| Choice::new(role.code(), role.label())).collect();
    view! {
        <section class="panel narrow" aria-labelledby="invite-title">
            <h2 id="invite-title">"Invite somebody"</h2>
            <FormBanner refusal=refusal />
            <PostForm deed=action>
                <TextField label="E-mail" name="email" field=Field::Email refusal=refusal />
                <Select
                    label="Role"
                    name="role"
                    id="role"
                    choices=choices
                    selected=Role::Recruiter.code()
                    texts=problems(refusal, Field::Role)
                />
                <Submit label="Invite" look="primary" pending=action.pending() says="The invite link is ready" />
            </PostForm>
            {dynamic(move || match action.answer::<NewInvite>() {
                Some(invite) => view! { <FreshLink url=invite.url /> }.into_any(),
                None => shown(link, |url| url.map(|url| view! { <FreshLink url=url /> }).into_any()),
            })}
        </section>
    }
}

#[component]
fn FreshLink(url: String) -> impl IntoView {
    view! {
        <div role="status">
            <p class="hint">"Pass this link on. It is shown only now, works once, and expires after 72 hours."</p>
            <CopyField label="Invite link" id="invite-link" value=url />
        </div>
    }
}
