//! The conversation, oldest first.

use domain::view::{CandidateProfile, MessageDelivery, MessageView};
use leptos::prelude::*;

use crate::ui::dynamic::dynamic;
use crate::ui::empty::Empty;
use crate::ui::time::When;

/// Every message.
#[component]
pub(super) fn Thread(profile: RwSignal<CandidateProfile>) -> impl IntoView {
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
                    profile.get().thread.into_iter().map(|message| view! { <Message message=message /> }).collect_view()
                })}
            </ol>
        </section>
    }
}

#[component]
fn Message(message: MessageView) -> impl IntoView {
    let direction = if message.inbound { "in" } else { "out" };
    view! {
        <li class="message" data-direction=direction>
            <div class="message-head">
                <strong>{message.from}</strong>
                <When moment=message.at />
                {(message.delivery == MessageDelivery::Outbox).then(|| view! { <span class="quiet">"Outbox"</span> })}
            </div>
            <div class="message-body">{message.body}</div>
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
