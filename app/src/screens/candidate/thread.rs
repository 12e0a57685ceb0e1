//! The conversation, oldest first.

use domain::view::{CandidateProfile, MessageDelivery, MessageView};
use leptos::prelude::*;

use super::api::RetryMessage;
use crate::ui::button::Submit;
use crate::ui::dynamic::dynamic;
use crate::ui::empty::Empty;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::time::When;

/// Every message.
#[component]
pub(super) fn Thread(profile: RwSignal<CandidateProfile>, refresh: Callback<()>) -> impl IntoView {
    let retry = Deed::new::<RetryMessage>();
    retry.after(move || refresh.run(()));
    view! {
        <section class="thread" aria-labelledby="thread-title">
            <h2 id="thread-title">"Conversation"</h2>
            {dynamic(move || {
                profile
                    .with(|profile| profile.thread.is_empty())
                    .then(|| {
                        view! {
                            <Empty title="No messages yet">
                                <p>"Write the first one below. The candidate gets a link to answer."</p>
                            </Empty>
                        }
                    })
            })}
            <ol>
                {dynamic(move || {
                    profile.get().thread.into_iter().map(|message| view! { <Message message=message retry=retry /> }).collect_view()
                })}
            </ol>
        </section>
    }
}

/// How far it is, in a word.
fn how_far(delivery: MessageDelivery) -> Option<&'static str> {
    match delivery {
        MessageDelivery::Outbox => Some("Outbox"),
        MessageDelivery::Queued => Some("Queued"),
        MessageDelivery::Sent => Some("Sent"),
        MessageDelivery::Failed => Some("Not sent"),
        MessageDelivery::Received => None,
    }
}

#[component]
fn Message(message: MessageView, retry: Deed) -> impl IntoView {
    let direction = if message.inbound { "in" } else { "out" };
    let failed = (message.delivery == MessageDelivery::Failed).then(|| {
        view! {
            <div class="not-sent">
                <p>{message.failure}</p>
                <PostForm deed=retry class="inline-form">
                    <input type="hidden" name="message" value=message.id.to_string() />
                    <Submit label="Try again" pending=retry.pending() says="The message is being sent again" />
                </PostForm>
            </div>
        }
    });
    view! {
        <li class="message" data-direction=direction>
            <div class="message-head">
                <strong dir="auto">{message.from}</strong>
                <When moment=message.at />
                {how_far(message.delivery).map(|word| view! { <span class="quiet">{word}</span> })}
            </div>
            <div class="message-body" dir="auto">
                {message.body}
            </div>
            {failed}
            {message
                .reply_url
                .map(|url| {
                    view! {
                        <a class="out" href=url>
                            "Open reply page"
                        </a>
                    }
                })}
        </li>
    }
}
