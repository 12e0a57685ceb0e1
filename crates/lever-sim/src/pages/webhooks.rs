//! Settings > Webhooks: a group per event, the signing tokens, the history.

use axum::{
    body::Bytes,
    extract::{Path, State as Shared},
};
use maud::{Markup, html};

use super::{
    Page, deliveries,
    layout::{Here, copyable, layout, switch as toggle, told},
    when::when,
};
use crate::{
    deliveries as delivering,
    forms::Fields,
    settings::TokenMode,
    simulator::Simulator,
    state::{
        State,
        event::Event,
        opportunity::Origin,
        webhook::{Verified, Webhook, url_problem},
    },
};

/// Deliveries shown at the end of the page.
const RECENT: usize = 25;

pub(crate) async fn show(Shared(simulator): Shared<Simulator>) -> Page {
    let content = simulator.read(|state, _| {
        let account = state.behaviour.get().tokens == TokenMode::Account;
        html! {
            h1 { "Webhooks" }
            (told(None))
            p.quiet {
                "Nothing is sent for an event while its switch is off. Deliveries can be made to drop, to come late, "
                "twice or in reverse order under " a href="/practice/behaviour#deliveries" { "Behaviour" } "."
            }
            @for event in Event::ALL.into_iter().filter(|event| event.happens()) {
                (group(state, event))
            }
            section aria-labelledby="history" {
                h2 #history { "Delivery history" }
                (deliveries::table(state, 0, RECENT))
            }
            @if account {
                section.sheet aria-labelledby="token-heading" {
                    h2 #token-heading { "Webhook signing" }
                    p.quiet { "Every delivery of this account is signed with this token." }
                    (copyable("signing-token", "Signing token", &state.meta.get().signing_token))
                    form method="post" action="/settings/webhooks/token" {
                        button { "Generate new token" }
                    }
                }
            }
        }
    });
    Page::Shown(layout("Webhooks", Here::Webhooks, &content))
}

fn group(state: &State, event: Event) -> Markup {
    let name = event.name();
    let label = format!("event-{name}");
    let base = format!("/settings/webhooks/events/{name}");
    html! {
        section.sheet id=(name) role="group" aria-labelledby=(label) {
            div.heading {
                h2 id=(label) { (event.title()) }
                (toggle(&format!("{base}/switch"), &label, state.is_on(event)))
            }
            @for hook in state.webhooks_of(event) {
                @if hook.key.is_some() { (row_of_key(state, hook)) } @else { (row(state, hook)) }
            }
            form method="post" action=(format!("{base}/add")) {
                button aria-label="Add webhook" { "+ Add webhook" }
            }
        }
    }
}

/// A webhook a person made.
fn row(state: &State, hook: &Webhook) -> Markup {
    let base = format!("/settings/webhooks/hooks/{}", hook.id);
    let url = format!("url-{}", hook.id);
    let problem = format!("problem-{}", hook.id);
    let error = hook.verified.as_ref().and_then(|v| v.error.as_deref());
    let verified = hook.verified.is_some() && error.is_none();
    html! {
        form method="post" action=(format!("{base}/verify")) {
            div.row {
                div.grow {
                    label for=(url) { "Webhook URL" }
                    input id=(url) name="url" type="url" inputmode="url" value=(hook.url) required
                        placeholder="https://" autocomplete="off"
                        aria-invalid=[error.map(|_| "true")]
                        aria-describedby=[error.map(|_| problem.as_str())];
                }
                @if verified {
                    button.verified { "Verified" }
                } @else {
                    button { "Verify Connection" }
                }
                button formaction=(format!("{base}/save")) { "Save" }
                button.danger formaction=(format!("{base}/remove")) formnovalidate { "Remove" }
            }
            @if let Some(at) = hook.disabled_at {
                p.wrong { "Switched off " (when(at)) " after " (hook.failures) " failures in a row; Save switches it on again." }
            }
            @if let Some(error) = error {
                p.wrong id=(problem) { "Not verified: " (error) "." }
            } @else if let Some(verified) = &hook.verified {
                p.quiet { "Verified " (when(verified.at)) }
            }
            @if hook.event.has_conditions() {
                details {
                    summary { "Conditions: origins of candidates" }
                    fieldset {
                        legend { "Send for" }
                        @for origin in Origin::ALL {
                            label.tick {
                                input type="checkbox" name="origin" value=(origin.name())
                                    checked[hook.origins.contains(&origin)];
                                (origin.name())
                            }
                        }
                    }
                    p.quiet { "Stored by Save and by Verify Connection." }
                }
            }
        }
        @if state.behaviour.get().tokens == TokenMode::PerWebhook {
            (copyable(&format!("token-{}", hook.id), "Signing token", &hook.signature_token))
        }
    }
}

/// A webhook made with a key: changed only through the API.
fn row_of_key(state: &State, hook: &Webhook) -> Markup {
    let key = hook
        .key
        .as_deref()
        .and_then(|id| state.keys.get(id))
        .map_or("a key that is gone", |key| key.name.as_str());
    html! {
        p { (hook.url) br; span.quiet { "Made through the API with the key " em { (key) } } }
    }
}

pub(crate) async fn switch(
    Shared(simulator): Shared<Simulator>,
    Path(event): Path<String>,
) -> Result<Page, Page> {
    let event = event_named(&event)?;
    simulator
        .change(|state, _| {
            let on = !state.is_on(event);
            state.meta.edit().toggles.insert(event, on);
        })
        .await?;
    Ok(back_to(event))
}

pub(crate) async fn add(
    Shared(simulator): Shared<Simulator>,
    Path(event): Path<String>,
) -> Result<Page, Page> {
    let event = event_named(&event)?;
    simulator.change(|state, now| state.add_webhook(event, "", Origin::ALL.to_vec(), None, now)).await?;
    Ok(back_to(event))
}

/// Stores the URL, then posts `data: {}` to it, signed.
pub(crate) async fn verify(
    Shared(simulator): Shared<Simulator>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Page, Page> {
    let (event, usable) = store(&simulator, &id, &body).await?;
    if usable {
        delivering::verify(&simulator, &id).await?;
    }
    Ok(back_to(event))
}

pub(crate) async fn save(
    Shared(simulator): Shared<Simulator>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Page, Page> {
    let (event, _) = store(&simulator, &id, &body).await?;
    Ok(back_to(event))
}

pub(crate) async fn remove(
    Shared(simulator): Shared<Simulator>,
    Path(id): Path<String>,
) -> Result<Page, Page> {
    let event = simulator
        .change(|state, _| {
            let event = of_page(state, &id)?;
            state.webhooks.remove(&id);
            state.give_up_deliveries_of(&id);
            Some(event)
        })
        .await?
        .ok_or_else(|| Page::missing("This webhook is gone."))?;
    Ok(back_to(event))
}

/// A new account-wide token; the old one signs nothing any more.
pub(crate) async fn new_token(Shared(simulator): Shared<Simulator>) -> Result<Page, Page> {
    simulator
        .change(|state, _| {
            let meta = state.meta.edit();
            meta.signing_token = meta.random.token();
        })
        .await?;
    Ok(Page::to("/settings/webhooks#token-heading"))
}

/// Takes over what the form says; `true` when the URL can be posted to.
async fn store(simulator: &Simulator, id: &str, body: &[u8]) -> Result<(Event, bool), Page> {
    let fields = Fields::parse(body);
    let url = fields.text("url").to_owned();
    let problem = if url.is_empty() { Some("the URL is missing") } else { url_problem(&url) };
    simulator
        .change(|state, now| {
            let event = of_page(state, id)?;
            state.set_webhook_url(id, &url, now);
            state.enable_webhook(id);
            let hook = state.webhooks.edit(id)?;
            if event.has_conditions() {
                hook.origins = Origin::ALL
                    .into_iter()
                    .filter(|origin| fields.all("origin").any(|name| name == origin.name()))
                    .collect();
            }
            if let Some(problem) = problem {
                hook.verified = Some(Verified { at: now, error: Some(problem.to_owned()) });
            }
            Some((event, problem.is_none()))
        })
        .await?
        .ok_or_else(|| Page::missing("This webhook is gone."))
}

/// The event of a webhook that was made on the page.
fn of_page(state: &State, id: &str) -> Option<Event> {
    state.webhooks.get(id).filter(|hook| hook.key.is_none()).map(|hook| hook.event)
}

fn event_named(name: &str) -> Result<Event, Page> {
    Event::by_name(name).ok_or_else(|| Page::missing("There is no such event."))
}

fn back_to(event: Event) -> Page {
    Page::to(&format!("/settings/webhooks#{}", event.name()))
}
