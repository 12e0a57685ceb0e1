//! Needs attention: one list of what a person must decide or mend.

pub(crate) mod api;

use domain::view::{AttentionPage, AttentionRow, Mend};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::components::A;

use self::api::{RetryAttention, list_attention};
use crate::live::{Live, kept_fresh};
use crate::problem::refusal;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::empty::{Empty, Loading};
use crate::ui::failure::Failure;
use crate::ui::page_title::PageTitle;
use crate::ui::time::When;

/// The list.
#[component]
pub(crate) fn Attention() -> impl IntoView {
    let page = Resource::new_blocking(|| (), |()| list_attention());
    view! {
        <PageTitle text="Needs attention" />
        <header class="page-head">
            <h1>"Needs attention"</h1>
        </header>
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Items page=page /> }.into_any(),
                    Err(error) => view! { <Failure error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Items(page: AttentionPage) -> impl IntoView {
    let retry = ServerAction::<RetryAttention>::new();
    let done = retry.version();
    let live = Live::here();
    let version = Signal::derive(move || {
        live.attention().get().wrapping_add(u32::try_from(done.get()).unwrap_or(u32::MAX))
    });
    let page = kept_fresh(page, version, list_attention);
    let none = Memo::new(move |_| page.with(|page| page.rows.is_empty()));
    view! {
        <FormBanner refusal=refusal(retry) />
        {move || {
            none.get()
                .then(|| {
                    view! {
                        <Empty title="All is well">
                            <p>"What somebody must decide or mend appears here, with the reason and what to do."</p>
                        </Empty>
                    }
                })
        }}
        <ul class="items">
            <For each=move || page.get().rows key=|item| item.id let:item>
                <Item item=item retry=retry />
            </For>
        </ul>
    }
}

#[component]
fn Item(item: AttentionRow, retry: ServerAction<RetryAttention>) -> impl IntoView {
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
                            <ActionForm action=retry attr:class="inline-form">
                                <input type="hidden" name="item" value=id.to_string() />
                                <Submit label=label pending=retry.pending() />
                            </ActionForm>
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
