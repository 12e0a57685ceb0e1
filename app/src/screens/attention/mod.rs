//! Needs attention: one list of what a person must decide or mend.

pub(crate) mod api;

use domain::view::{AttentionPage, AttentionRow, Mend};
use leptos::prelude::*;
use leptos_router::components::A;

use self::api::{ListAttention, RetryAttention};
use crate::ask::Page;
use crate::live::{Live, kept_fresh};
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::dynamic::dynamic;
use crate::ui::empty::Empty;
use crate::ui::page_title::PageTitle;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::shown::shown;
use crate::ui::time::When;

/// The list.
#[component]
pub(crate) fn Attention() -> impl IntoView {
    let page = Page::new(String::new(), || ListAttention {});
    view! {
        <PageTitle text="Needs attention" />
        <header class="page-head">
            <h1>"Needs attention"</h1>
        </header>
        {shown(page, |page| view! { <Items page=page /> }.into_any())}
    }
}

#[component]
fn Items(page: AttentionPage) -> impl IntoView {
    let retry = Deed::new::<RetryAttention>();
    let done = retry.version();
    let live = Live::here();
    let version = Signal::derive(move || live.attention().get().wrapping_add(done.get()));
    let page = kept_fresh(page, version, || ListAttention {});
    let none = Memo::new(move |_| page.with(|page| page.rows.is_empty()));
    view! {
        <FormBanner refusal=retry.refusal() />
        {dynamic(move || {
            none.get()
                .then(|| {
                    view! {
                        <Empty title="All is well">
                            <p>"What somebody must decide or mend appears here, with the reason and what to do."</p>
                        </Empty>
                    }
                })
        })}
        <ul class="items">
            {dynamic(move || {
                page.get().rows.into_iter().map(|item| view! { <Item item=item retry=retry /> }).collect_view()
            })}
        </ul>
    }
}

#[component]
fn Item(item: AttentionRow, retry: Deed) -> impl IntoView {
    let id = item.id;
    view! {
        <li class="panel item">
            <div>
                <h2>{item.title}</h2>
                <p>{item.reason}</p>
                <p class="quiet">
                    <span>{item.who_can}</span>
                    " · since "
                    <When moment=item.since />
                    {item
                        .candidate
                        .map(|candidate| {
                            view! {
                                " · "
                                <A href=format!("/candidates/{candidate}")>"Open the candidate"</A>
                            }
                        })}
                </p>
            </div>
            {item
                .mend
                .map(|mend| match mend {
                    Mend::Retry { label } => {
                        view! {
                            <PostForm deed=retry class="inline-form">
                                <input type="hidden" name="item" value=id.to_string() />
                                <Submit label=label pending=retry.pending() />
                            </PostForm>
                        }
                            .into_any()
                    }
                    Mend::Open { label, href } => {
                        view! {
                            <A href=href attr:class="button">
                                {label}
                            </A>
                        }
                            .into_any()
                    }
                })}
        </li>
    }
}
