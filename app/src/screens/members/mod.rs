//! Members: who is here, as what, and who is invited.

pub(crate) mod api;
mod invite_form;
mod row;

use domain::view::MembersPage;
use leptos::prelude::*;

use self::api::{ChangeRole, FreshInviteLink, InviteMember, ListMembers, RemoveMember, RevokeInvite};
use self::invite_form::InviteForm;
use self::row::Row;
use crate::ask::Page;
use crate::live::{Live, kept_fresh};
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::dynamic::dynamic;
use crate::ui::page_title::PageTitle;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::shown::shown;
use crate::ui::time::When;

/// The page.
#[component]
pub(crate) fn Members() -> impl IntoView {
    let page = Page::new(String::new(), || ListMembers {});
    let link = Page::new(String::new(), || FreshInviteLink {});
    view! {
        <PageTitle text="Members" />
        <header class="page-head">
            <h1>"Members"</h1>
        </header>
        {shown(page, move |page| view! { <Everybody page=page link=link /> }.into_any())}
    }
}

#[component]
fn Everybody(page: MembersPage, link: Page<Option<String>>) -> impl IntoView {
    let invite = Deed::new::<InviteMember>();
    let revoke = Deed::new::<RevokeInvite>();
    let change = Deed::new::<ChangeRole>();
    let remove = Deed::new::<RemoveMember>();
    let live = Live::here();
    let versions = [invite.version(), revoke.version(), change.version(), remove.version()];
    let version = Signal::derive(move || {
        versions.iter().fold(live.members().get(), |sum, version| sum.wrapping_add(version.get()))
    });
    let grantable = page.grantable.clone();
    let page = kept_fresh(page, version, || ListMembers {});
    view! {
        <FormBanner refusal=revoke.refusal() />
        <FormBanner refusal=change.refusal() />
        <FormBanner refusal=remove.refusal() />
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
                    {dynamic(move || {
                        let MembersPage { members, grantable, .. } = page.get();
                        members
                            .into_iter()
                            .map(|member| {
                                view! {
                                    <Row member=member grantable=grantable.clone() change=change remove=remove />
                                }
                            })
                            .collect_view()
                    })}
                </tbody>
            </table>
        </div>
        <InviteForm action=invite grantable=grantable link=link />
        {dynamic(move || {
            let invites = page.with(|page| page.invites.clone());
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
                                        let said = format!("Invitation of {} withdrawn", open.email);
                                        view! {
                                            <li class="panel item">
                                                <p>
                                                    <strong>{open.email}</strong>
                                                    {format!(" as {}, until ", open.role.label())}
                                                    <When moment=open.expires />
                                                </p>
                                                <PostForm deed=revoke class="inline-form">
                                                    <input type="hidden" name="invite" value=open.id.to_string() />
                                                    <Submit
                                                        label="Withdraw"
                                                        name=name
                                                        pending=revoke.pending()
                                                        says=said
                                                    />
                                                </PostForm>
                                            </li>
                                        }
                                    })
                                    .collect_view()}
                            </ul>
                        </section>
                    }
                })
        })}
    }
}
