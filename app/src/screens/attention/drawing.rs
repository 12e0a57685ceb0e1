//! The list, as the server draws it.

use domain::view::{AttentionPage, AttentionRow, Mend};
use leptos::prelude::*;

use super::api::RetryAttention;
use crate::ui::button::Submit;
use crate::ui::empty::Empty;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::time::When;

/// Every open item.
pub(super) fn items(page: AttentionPage) -> AnyView {
    if page.rows.is_empty() {
        return view! {
            <Empty title="All is well">
                <p>"What somebody must decide or mend appears here, with the reason and what to do."</p>
            </Empty>
        }
        .into_any();
    }
    let retry = Deed::new::<RetryAttention>();
    let items = page.rows.into_iter().map(|item| line(item, retry)).collect_view();
    view! { <ul class="items">{items}</ul> }.into_any()
}

fn line(item: AttentionRow, retry: Deed) -> AnyView {
    let candidate = item.candidate.map(|candidate| {
        view! {
            " · "
            <a href=format!("/candidates/{candidate}")>"Open the candidate"</a>
        }
    });
    let mend = item.mend.map(|mend| match mend {
        Mend::Retry { label } => view! {
            <PostForm deed=retry class="inline-form">
                <input type="hidden" name="item" value=item.id.to_string() />
                <Submit label=label pending=retry.pending() />
            </PostForm>
        }
        .into_any(),
        Mend::Open { label, href } => view! {
            <a href=href class="button">
                {label}
            </a>
        }
        .into_any(),
    });
    view! {
        <li class="panel item">
            <div>
                <h2>{item.title}</h2>
                <p>{item.reason}</p>
                <p class="quiet">
                    <span>{item.who_can}</span>
                    " · since "
                    <When moment=item.since />
                    {candidate}
                </p>
            </div>
            {mend}
        </li>
    }
    .into_any()
}
