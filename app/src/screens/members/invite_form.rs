//! Inviting somebody by link.

use domain::actor::Role;
use domain::problem::Field;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::api::InviteMember;
use crate::problem::refusal;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::copy::CopyField;
use crate::ui::field::{TextField, problems};
use crate::ui::select::{Choice, Select};

/// The form, and the link of the invitation just made: it is shown this once.
#[component]
pub(super) fn InviteForm(
    action: ServerAction<InviteMember>,
    /// Roles this viewer may grant.
    grantable: Vec<Role>,
    /// The link, when a plain form made the invitation.
    link: Option<String>,
) -> impl IntoView {
    let refusal = refusal(action);
    let value = action.value();
    let made = Memo::new(move |_| {
        value.with(|value| match value {
            Some(Ok(invite)) => Some(invite.url.clone()),
            _ => link.clone(),
        })
    });
    let choices = grantable.iter().map(|role| Choice::new(role.code(), role.label())).collect();
    view! {
        <section class="panel narrow" aria-labelledby="invite-title">
            <h2 id="invite-title">"Invite somebody"</h2>
            <FormBanner refusal=refusal />
            <ActionForm action=action>
                <TextField label="E-mail" name="email" field=Field::Email refusal=refusal />
                <Select
                    label="Role"
                    name="role"
                    id="role"
                    choices=choices
                    selected=Role::Recruiter.code()
                    texts=problems(refusal, Field::Role)
                />
                <Submit label="Invite" look="primary" pending=action.pending() />
            </ActionForm>
            {move || {
                made.get()
                    .map(|url| {
                        view! {
                            <div role="status">
                                <p class="hint">
                                    "Pass this link on. It is shown only now, works once, and expires after 72 hours."
                                </p>
                                <CopyField label="Invite link" id="invite-link" value=url />
                            </div>
                        }
                    })
            }}
        </section>
    }
}
