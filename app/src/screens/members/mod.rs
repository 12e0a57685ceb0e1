//! Members: who is here, as what, and who is invited.

pub(crate) mod api;
mod invite_form;
mod row;

use domain::view::MembersPage;
use leptos::form::ActionForm;
use leptos::prelude::*;

use self::api::{ChangeRole, InviteMember, RemoveMember, RevokeInvite, fresh_invite_link, list_members};
use self::invite_form::InviteForm;
use self::row::Row;
use crate::live::{Live, kept_fresh};
use crate::problem::refusal;
use crate::ui::banner::FormBanner;
use crate::ui::empty::Loading;
use crate::ui::failure::Failure;
use crate::ui::page_title::PageTitle;
use crate::ui::time::When;

/// The page.
#[component]
pub(crate) fn Members() -> impl IntoView {
    let page = Resource::new_blocking(|| (), |()| list_members());
    let link = Resource::new_blocking(|| (), |()| fresh_invite_link());
    view! {
        <PageTitle text="Members" />
        <header class="page-head">
            <h1>"Members"</h1>
        </header>
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                let link = link.await.ok().flatten();
                match page.await {
                    Ok(page) => view! { <Everybody page=page link=link /> }.into_any(),
                    Err(error) => view! { <Failure error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Everybody(page: MembersPage, link: Option<String>) -> impl IntoView {
    let invite = ServerAction::<InviteMember>::new();
    let revoke = ServerAction::<RevokeInvite>::new();
    let change = ServerAction::<ChangeRole>::new();
    let remove = ServerAction::<RemoveMember>::new();
    let live = Live::here();
    let versions = [invite.version(), revoke.version(), change.version(), remove.version()];
    let version = Signal::derive(move || {
        let done: usize = versions.iter().map(|version| version.get()).sum();
        live.members().get().wrapping_add(u32::try_from(done).unwrap_or(u32::MAX))
    });
    let grantable = page.grantable.clone();
    let page = kept_fresh(page, version, list_members);
    let invites = Memo::new(move |_| page.with(|page| page.invites.clone()));
    view! {
        <FormBanner refusal=refusal(revoke) />
        <FormBanner refusal=refusal(change) />
        <FormBanner refusal=refusal(remove) />
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">"Members"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"E-mail"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Membership"</th>
                    </tr>
                </thead>
                <tbody>
                    <For
                        each=move || page.get().members
                        key=|member| (member.id, member.role, member.can_change, member.name.clone())
                        let:member
                    >
                        <Row
                            member=member
                            grantable=page.with_untracked(|page| page.grantable.clone())
                            change=change
                            remove=remove
                        />
                    </For>
                </tbody>
            </table>
        </div>
        <InviteForm action=invite grantable=grantable link=link />
        {move || {
            let invites = invites.get();
            (!invites.is_empty())
                .then(|| {
                    view! {
                        <section aria-labelledby="invites-title">
                            <h2 id="invites-title">"Open invitations"</h2>
                            <ul class="items">
                                {invites
                                    .into_iter()
                                    .map(|open| {
                                        let name = format!("Withdraw the invitation of {}", open.email);
                                        view! {
                                            <li class="panel item">
                                                <p>
                                                    <strong>{open.email}</strong>
                                                    {format!(" as {}, until ", open.role.label())}
                                                    <When moment=open.expires />
                                                </p>
                                                <ActionForm action=revoke attr:class="inline-form">
                                                    <input type="hidden" name="invite" value=open.id.to_string() />
                                                    <button type="submit" class="button" aria-label=name>
                                                        "Withdraw"
                                                    </button>
                                                </ActionForm>
                                            </li>
                                        }
                                    })
                                    .collect_view()}
                            </ul>
                        </section>
                    }
                })
        }}
    }
}
