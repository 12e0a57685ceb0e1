//! A delivery that was opened, as the server draws it.

use domain::view::DeliveryPage;
use leptos::prelude::*;

use super::api::ReplayDelivery;
use crate::ui::badge::Badge;
use crate::ui::button::Submit;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::time::When;

/// What came, what it says, what was read from Lever, what was decided and why.
pub(super) fn opened(page: DeliveryPage) -> AnyView {
    let replay = Deed::new::<ReplayDelivery>();
    let about = page.candidate.map(|(id, name)| {
        view! {
            " about "
            <a href=format!("/candidates/{id}")>{name}</a>
        }
    });
    let button = page.can_replay.then(|| {
        view! {
            <PostForm deed=replay class="inline-form">
                <input type="hidden" name="delivery" value=page.id.to_string() />
                <Submit label="Replay" pending=replay.pending() />
            </PostForm>
            <p class="quiet">
                "Replay reads the opportunity from Lever anew and applies what Lever says now."
            </p>
        }
    });
    let tokens = page.held.then(|| {
        view! {
            <p>
                <a href="/integrations/receiving">"Signing tokens, and all that is held"</a>
            </p>
        }
    });
    let read = (!page.read.is_empty()).then(|| {
        view! {
            <section class="panel opened" aria-labelledby="read-title">
                <h2 id="read-title">"What was read from Lever"</h2>
                {facts(page.read)}
            </section>
        }
    });
    view! {
        <section class="panel opened" aria-labelledby="decided-title">
            <h2 id="decided-title">{page.event} {about}</h2>
            <p>
                <Badge tone=page.tone text=page.state /> " received " <When moment=page.received />
            </p>
            <div role="status">
                {page.decided.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect_view()}
            </div>
            {tokens}
            {button}
        </section>
        {read}
        <section class="panel opened" aria-labelledby="said-title">
            <h2 id="said-title">"What the delivery says"</h2>
            {facts(page.said)}
            <p class="quiet">
                "A delivery says that something changed. What changed is read from Lever, because Lever's signature does not cover it."
            </p>
        </section>
        <section class="panel opened" aria-labelledby="came-title">
            <h2 id="came-title">"What came"</h2>
            {match page.body {
                Some(body) => {
                    view! {
                        <h3>"Headers"</h3>
                        {headers(page.headers)}
                        <h3>"Body"</h3>
                        <pre class="raw" tabindex="0" role="region" aria-label="Body">
                            {body}
                        </pre>
                        <p class="quiet">
                            {format!("Headers and body are kept for {}. Headers that hold secrets or addresses are never kept.", page.kept_for)}
                        </p>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <p>{format!("Headers and body were scrubbed: they are kept for {}.", page.kept_for)}</p>
                    }
                        .into_any()
                }
            }}
        </section>
    }
    .into_any()
}

fn headers(headers: Vec<(String, String)>) -> AnyView {
    if headers.is_empty() {
        return view! { <p class="quiet">"None were kept."</p> }.into_any();
    }
    view! { <dl class="facts wide">{headers.into_iter().map(|(name, value)| fact(name, value)).collect_view()}</dl> }
        .into_any()
}

fn facts(facts: Vec<(&'static str, String)>) -> AnyView {
    view! {
        <dl class="facts wide">{facts.into_iter().map(|(name, value)| fact(name.to_owned(), value)).collect_view()}</dl>
    }
    .into_any()
}

fn fact(name: String, value: String) -> AnyView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
    .into_any()
}
