//! The conversation, oldest first.

use domain::view::{CandidateProfile, MessageDelivery, MessageView};
use leptos::prelude::*;

use crate::ui::empty::Empty;
use crate::ui::time::When;

/// Every message.
#[component]
pub(super) fn Thread(profile: RwSignal<CandidateProfile>) -> impl IntoView {
    let messages = Memo::new(move |_| profile.with(|profile| profile.thread.clone()));
    view! {
        <section class="thread" aria-labelledby="thread-title">
            <h2 id="thread-title">"Conversation"</h2>
            {move || {
                messages
                    .with(Vec::is_empty)
                    .then(|| {
                        view! {
                            <Empty title="No messages yet">
                                <p>"Write the first one below. The candidate gets a link to answer."</p>
                            </Empty>
                        }
                    })
            }}
            <ol>
                <For each=move || messages.get() key=|message| message.id let:message>
                    <Message message=message />
                </For>
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
