//! The public reply page: one message, and a place for the answer.

pub(crate) mod api;

use domain::problem::Field;
use domain::view::{ReplyPage, ReplyState};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::api::{AnswerReply, OpenReply};
use crate::ask::Page;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::dynamic::dynamic;
use crate::ui::field::TextArea;
use crate::ui::page_title::PageTitle;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::shown::shown;

/// The page behind a reply link.
#[component]
pub(crate) fn Reply() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    let opened = Page::new(token, move || OpenReply { token: token.get_untracked() });
    let conversation = shown(opened, move |page| {
        view! { <Conversation token=token.get_untracked() page=page /> }.into_any()
    });
    view! {
        <PageTitle text="Your answer" />
        <main class="card-page reply-page">
            {conversation}
        </main>
    }
}

#[component]
fn Conversation(token: String, page: ReplyPage) -> impl IntoView {
    let action = Deed::new::<AnswerReply>();
    let before = page.state == ReplyState::Answered;
    let done = action.done();
    let answered = Signal::derive(move || before || done.get());
    let sender = StoredValue::new(page.sender.clone());
    let token = StoredValue::new(token);
    let draft = StoredValue::new(page.draft);
    let hint = StoredValue::new(format!(
        "{} and colleagues at {} read it. You need no account.",
        page.sender, page.organisation
    ));
    view! {
        <header class="reply-head">
            <span class="initials" aria-hidden="true">
                {initials(&page.sender)}
            </span>
            <div>
                <h1>"Hello " <bdi>{page.first_name}</bdi></h1>
                <p class="hint">
                    <bdi>{page.sender}</bdi>
                    " of "
                    <bdi>{page.organisation}</bdi>
                    " wrote to you"
                </p>
            </div>
        </header>
        <blockquote class="message-body" dir="auto">
            {page.message}
        </blockquote>
        {dynamic(move || {
            if answered.get() {
                view! {
                    <div class="banner reply-thanks" data-tone="good" role="status">
                        <span>
                            <strong>"Thank you."</strong>
                            {format!(
                                " Your answer has reached {}, who will get back to you. You can close this page.",
                                sender.get_value(),
                            )}
                        </span>
                    </div>
                    <details open=!draft.get_value().is_empty()>
                        <summary>"Add something"</summary>
                        <AnswerForm
                            action=action
                            token=token.get_value()
                            hint=hint.get_value()
                            draft=draft.get_value()
                        />
                    </details>
                }
                    .into_any()
            } else {
                view! {
                    <AnswerForm
                        action=action
                        token=token.get_value()
                        hint=hint.get_value()
                        draft=draft.get_value()
                    />
                }
                    .into_any()
            }
        })}
    }
}

#[component]
fn AnswerForm(action: Deed, token: String, hint: String, draft: String) -> impl IntoView {
    let refusal = action.refusal();
    view! {
        <FormBanner refusal=refusal />
        <PostForm deed=action>
            <input type="hidden" name="token" value=token />
            <TextArea
                label="Your answer"
                name="text"
                field=Field::Answer
                refusal=refusal
                rows=6
                hint=hint
                value=draft
            />
            <Submit label="Send" look="primary" pending=action.pending() />
        </PostForm>
    }
}

/// The first letters of the first and the last name.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_first_and_the_last_name() {
        for (name, expected) in [("Ana María Ruiz", "AR"), ("ana", "A"), ("", ""), ("نور حداد", "نح")]
        {
            assert_eq!(initials(name), expected);
        }
    }
}
