//! The public reply page: one message, and a place for the answer.

pub(crate) mod api;

use domain::problem::Field;
use domain::view::{ReplyPage, ReplyState};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::api::{AnswerReply, open_reply};
use crate::problem::refusal;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::failure::Failure;
use crate::ui::field::TextArea;
use crate::ui::page_title::PageTitle;

/// The page behind a reply link.
#[component]
pub(crate) fn Reply() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    let opened = Resource::new_blocking(move || token.get(), open_reply);
    view! {
        <PageTitle text="Your answer" />
        <main class="card-page reply-page">
            <Suspense>
                {move || Suspend::new(async move {
                    match opened.await {
                        Ok(page) => view! { <Conversation token=token.get_untracked() page=page /> }.into_any(),
                        Err(error) => view! { <Failure error=error /> }.into_any(),
                    }
                })}
            </Suspense>
        </main>
    }
}

#[component]
fn Conversation(token: String, page: ReplyPage) -> impl IntoView {
    let action = ServerAction::<AnswerReply>::new();
    let before = page.state == ReplyState::Answered;
    let value = action.value();
    let answered =
        Memo::new(move |_| value.with(|value| value.as_ref().map_or(before, |sent| before || sent.is_ok())));
    let sender = StoredValue::new(page.sender.clone());
    let token = StoredValue::new(token);
    view! {
        <h1>{format!("Hello {}", page.first_name)}</h1>
        <p class="hint">{format!("{} of {} wrote to you:", page.sender, page.organisation)}</p>
        <blockquote class="message-body">{page.message}</blockquote>
        {move || {
            if answered.get() {
                view! {
                    <div class="banner" data-tone="good" role="status">
                        <span>
                            <strong>"Thank you."</strong>
                            {format!(" Your answer has reached {}.", sender.get_value())}
                        </span>
                    </div>
                    <details>
                        <summary>"Add something"</summary>
                        <AnswerForm action=action token=token.get_value() />
                    </details>
                }
                    .into_any()
            } else {
                view! { <AnswerForm action=action token=token.get_value() /> }.into_any()
            }
        }}
    }
}

#[component]
fn AnswerForm(action: ServerAction<AnswerReply>, token: String) -> impl IntoView {
    let refusal = refusal(action);
    view! {
        <FormBanner refusal=refusal />
        <ActionForm action=action>
            <input type="hidden" name="token" value=token />
            <TextArea label="Your answer" name="text" field=Field::Answer refusal=refusal rows=6 />
            <Submit label="Send" look="primary" pending=action.pending() />
        </ActionForm>
    }
}
