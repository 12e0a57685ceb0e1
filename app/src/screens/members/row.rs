//! One member.

use domain::actor::Role;
use domain::view::MemberRow;
use leptos::prelude::*;

use crate::ui::button::Submit;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::select::{Choice, options};

/// Name, address, role, and what may be done about them.
#[component]
pub(super) fn Row(
    member: MemberRow,
    /// Roles this viewer may grant.
    grantable: Vec<Role>,
    change: Deed,
    remove: Deed,
) -> impl IntoView {
    let MemberRow { id, name, email, role, is_viewer, can_change } = member;
    let role_cell = if can_change {
        let choices = grantable.iter().map(|role| Choice::new(role.code(), role.label())).collect();
        let (select_name, button_name) = (format!("Role of {name}"), format!("Change the role of {name}"));
        let said = format!("Role of {name} changed");
        view! {
            <PostForm deed=change class="inline-form">
                <input type="hidden" name="member" value=id.to_string() />
                <select name="role" aria-label=select_name>
                    {options(choices, role.code())}
                </select>
                <Submit
                    label="Change"
                    name=button_name
                    pending=change.pending()
                    says=said
                />
            </PostForm>
        }
        .into_any()
    } else {
        role.label().into_any()
    };
    let removal = can_change.then(|| {
        let (summary, said) = (format!("Remove {name}"), format!("{name} removed"));
        view! {
            <details class="confirm">
                <summary>{summary}</summary>
                <p>"They are signed out and can no longer sign in. What they did keeps their name."</p>
                <PostForm deed=remove class="inline-form">
                    <input type="hidden" name="member" value=id.to_string() />
                    <Submit label="Remove" look="danger" pending=remove.pending() says=said />
                </PostForm>
            </details>
        }
    });
    view! {
        <tr>
            <th scope="row" data-label="Name">
                <bdi>{name}</bdi>
                {is_viewer.then(|| view! { <span class="sub">"You"</span> })}
            </th>
            <td data-label="E-mail">{email}</td>
            <td data-label="Role">{role_cell}</td>
            <td data-label="Membership">{removal}</td>
        </tr>
    }
}
