//! A delivery that was opened, as the server draws it.

use domain::ids::DeliveryId;
use domain::view::{DeliveryBody, DeliveryPage};
use leptos::prelude::*;

use super::api::{OpenBody, ReplayDelivery};
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
                <Submit label="Replay" pending=replay.pending() says="The delivery is being applied again" />
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
            {came(page.id, page.headers, page.body, &page.kept_for, page.sealed_then)}
        </section>
    }
    .into_any()
}

/// Headers and body, as far as they are here and shown to this member.
fn came(
    id: DeliveryId,
    kept: Vec<(String, String)>,
    body: DeliveryBody,
    kept_for: &str,
    sealed_then: bool,
) -> AnyView {
    let can_open = body == (DeliveryBody::Sealed { can_open: true });
    let afterwards = if sealed_then { ", then the body is sealed" } else { "" };
    let (text, note) = match body {
        DeliveryBody::Scrubbed => {
            return view! { <p>{format!("Headers and body were scrubbed: they were kept for {kept_for}.")}</p> }
                .into_any();
        }
        DeliveryBody::Sent(text) => (
            Some(text),
            format!(
                "Headers and body are kept for {kept_for}{afterwards}. Headers that hold secrets or addresses are never kept."
            ),
        ),
        DeliveryBody::Opened(text) => (
            Some(text),
            "The body is sealed. You opened it, and the activity log says so; for ten minutes it can be read by you."
                .to_owned(),
        ),
        DeliveryBody::Sealed { can_open: true } => {
            (None, "The body is sealed. You can open it; the activity log will say so.".to_owned())
        }
        DeliveryBody::Sealed { can_open: false } => {
            (None, "The body is sealed. A Super Admin can open it.".to_owned())
        }
        DeliveryBody::Unreadable => (
            None,
            "The body was sealed with another sealing key than this installation has, and cannot be opened.".to_owned(),
        ),
    };
    let open = Deed::new::<OpenBody>();
    let button = can_open.then(|| {
        view! {
            <PostForm deed=open class="inline-form">
                <input type="hidden" name="delivery" value=id.to_string() />
                <Submit label="Open the body" pending=open.pending() />
            </PostForm>
        }
    });
    let text = text.map(|text| {
        view! {
            <pre class="raw" tabindex="0" role="region" aria-label="Body">
                {text}
            </pre>
        }
    });
    view! {
        <h3>"Headers"</h3>
        {headers(kept)}
        <h3>"Body"</h3>
        {text}
        <p class="quiet">{note}</p>
        {button}
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
