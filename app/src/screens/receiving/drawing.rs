//! The page, as the server draws it.

use domain::delivery_settings::{Afterwards, Bodies, BodiesKept};
use domain::problem::Field;
use domain::view::{AcceptedToken, HeardEvent, HeldEvent, Receiving};
use leptos::prelude::*;

use super::api::{RotateWebhook, SaveBodiesKept, SaveTokens};
use crate::screens::wizard::api::RegisterWebhooks;
use crate::ui::button::Submit;
use crate::ui::empty::Empty;
use crate::ui::field::problems;
use crate::ui::icon::OutIcon;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::select::{Choice, Select};
use crate::ui::time::When;
use crate::ui::token_form::token_form;

/// The page.
pub(super) fn page(receiving: Option<Receiving>) -> AnyView {
    let Some(receiving) = receiving else {
        return view! {
            <Empty title="Nothing is received yet">
                <p>"What Lever sends is shown here once it is " <a href="/integrations">"connected"</a> "."</p>
            </Empty>
        }
        .into_any();
    };
    let removal = receiving.removal.map(|removal| {
        view! {
            <p class="banner" data-tone="quiet">
                {removal}
            </p>
        }
    });
    if !receiving.on {
        return view! {
            {removal}
            <Empty title="Lever is not connected">
                <p>
                    "What Lever goes on sending is answered, recorded in the "
                    <a href="/activity?what=deliveries">"activity log"</a> " and ignored. "
                    <a href="/integrations">"Connection"</a>
                </p>
            </Empty>
        }
        .into_any();
    }
    let can_manage = receiving.can_manage;
    view! {
        {held(receiving.held, can_manage)}
        {events(receiving.events, receiving.one_token, &receiving.settings_url, can_manage)}
        {can_manage.then(|| tokens(receiving.tokens))}
        {receiving.bodies.map(bodies)}
    }
    .into_any()
}

/// What is held and why, each with the field for the token that is missing.
fn held(held: Vec<HeldEvent>, can_manage: bool) -> Option<AnyView> {
    if held.is_empty() {
        return None;
    }
    let paste = Deed::new::<SaveTokens>();
    let items = held
        .into_iter()
        .enumerate()
        .map(|(place, held)| {
            let text = held.text();
            let wanted = if held.followed {
                format!("Paste the token of the {} webhook.", held.event)
            } else {
                "The integration follows none of them.".to_owned()
            };
            let field = (can_manage && held.followed).then(|| {
                let label = format!("Signing token of {}", held.event);
                token_form(paste, format!("held-token-{place}"), label)
            });
            view! {
                <li>
                    <p>{text} " " {wanted}</p>
                    <p class="quiet">"The first came " <When moment=held.since /></p>
                    {field}
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section class="panel held" aria-labelledby="held">
                <h2 id="held">"Held deliveries"</h2>
                <p class="quiet">
                    "Their signature fits no token that is stored. Nothing of them is acted on, and for two weeks nothing is lost: with the right token they come in by themselves. "
                    <a href="/activity?outcome=held">"See each of them"</a>
                </p>
                <ul class="items">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

/// Each event: its light, when it was heard of last, and what signs it.
fn events(events: Vec<HeardEvent>, one_token: bool, settings_url: &str, can_manage: bool) -> AnyView {
    let register = Deed::new::<RegisterWebhooks>();
    let settings_url = settings_url.to_owned();
    let rows = events.into_iter().map(|event| line(event, can_manage)).collect_view();
    let buttons = can_manage.then(|| {
        view! {
            <div class="deeds">
                <PostForm deed=register class="inline-form">
                    <Submit
                        label="Register the webhooks for me"
                        pending=register.pending()
                        says="The webhooks are registered"
                    />
                </PostForm>
                <a class="out" href=settings_url target="_blank" rel="noopener">
                    "Lever's webhook settings"
                    <OutIcon />
                </a>
            </div>
            <p class="hint">
                {if one_token {
                    "One token signs every event. Lever changes it on its Webhooks page only; then paste the new one below."
                } else {
                    "Rotate makes the webhook anew in Lever and keeps its new token; the one before stays valid for a day. A webhook that somebody made in Lever is changed there."
                }}
            </p>
            <p class="hint">
                "Candidate Deleted can be left out: a deletion then shows with the next comparison, not at once."
            </p>
        }
    });
    view! {
        <section class="sheet" aria-labelledby="events">
            <h2 id="events">"Events"</h2>
            <div class="table-wrap">
                <table class="table">
                    <caption class="visually-hidden">"Events"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Event"</th>
                            <th scope="col">"Light"</th>
                            <th scope="col">"Heard"</th>
                            {can_manage
                                .then(|| {
                                    view! {
                                        <th scope="col">"Signed with"</th>
                                        <th scope="col">
                                            <span class="visually-hidden">"Change"</span>
                                        </th>
                                    }
                                })}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {buttons}
        </section>
    }
    .into_any()
}

fn line(event: HeardEvent, can_manage: bool) -> AnyView {
    let rotate = Deed::new::<RotateWebhook>();
    let (label, code) = (event.event.label(), event.event.code());
    let (state, heard) = (event.state(), event.heard);
    let signed_by = match event.signed_by {
        Some(token) => {
            let ends = format!("set, ends in {}, since ", token.ends_in);
            view! { <span>{ends} <When moment=token.since /></span> }.into_any()
        }
        None => "not known before it is heard of".into_any(),
    };
    let rotates = event.rotates.then(|| {
        view! {
            <PostForm deed=rotate class="inline-form">
                <input type="hidden" name="event" value=code />
                <Submit
                    label="Rotate"
                    name=format!("Rotate the token of {label}")
                    pending=rotate.pending()
                    says=format!("{label} has a new token")
                />
            </PostForm>
        }
    });
    let rest = can_manage.then(|| {
        let change = match rotates {
            Some(rotates) => view! { <td data-label="Change">{rotates}</td> }.into_any(),
            None => view! { <td></td> }.into_any(),
        };
        view! {
            <td data-label="Signed with">{signed_by}</td>
            {change}
        }
    });
    view! {
        <tr>
            <th scope="row">{label}</th>
            <td data-label="Light">
                <span class="light" data-light=event.light.light.code()>
                    {state}
                </span>
            </td>
            <td data-label="Heard">{heard}</td>
            {rest}
        </tr>
    }
    .into_any()
}

/// Every token that is accepted, and the field for another.
fn tokens(tokens: Vec<AcceptedToken>) -> AnyView {
    let paste = Deed::new::<SaveTokens>();
    let none =
        tokens.is_empty().then(|| view! { <p class="reason">"None: no delivery can be verified."</p> });
    let items = tokens
        .into_iter()
        .map(|token| {
            let text = format!("Ends in {}: {}. Set ", token.ends_in, token.signs);
            let until = token.until.map(|until| {
                view! {
                    ". A newer one replaced it; it stays valid until "
                    <When moment=until />
                }
            });
            view! {
                <li>
                    {text}
                    <When moment=token.since />
                    {until}
                    "."
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="tokens">
            <h2 id="tokens">"Signing tokens"</h2>
            {none}
            <ul class="lines">{items}</ul>
            {token_form(paste, "signing-tokens".to_owned(), "Webhook signing token".to_owned())}
        </section>
    }
    .into_any()
}

/// How long what came is kept to be looked at, and what becomes of it then.
fn bodies(bodies: Bodies) -> AnyView {
    let save = Deed::new::<SaveBodiesKept>();
    let choices =
        BodiesKept::ALL.map(|choice| Choice::new(choice.days().to_string(), choice.label())).to_vec();
    let afterwards = Afterwards::ALL.map(|choice| Choice::new(choice.code(), choice.label())).to_vec();
    view! {
        <section class="panel" aria-labelledby="bodies">
            <h2 id="bodies">"Bodies of deliveries"</h2>
            <p class="quiet">
                "What Lever sent can be opened in the activity log for as long as this. Sealed bodies stay for as long as their line of the log: a Super Admin can open them one by one, and the log says who did. That a delivery came, and what came of it, is kept in any case."
            </p>
            <PostForm deed=save class="one-line">
                <Select
                    label="Keep them for"
                    name="days"
                    id="bodies-kept"
                    choices=choices
                    selected=bodies.kept.days().to_string()
                    texts=problems(save.refusal(), Field::BodiesKept)
                />
                <Select
                    label="And then"
                    name="then"
                    id="bodies-then"
                    choices=afterwards
                    selected=bodies.then.code()
                    texts=problems(save.refusal(), Field::BodiesThen)
                />
                <Submit label="Save" name="Save how long bodies are kept" pending=save.pending() says="Saved" />
            </PostForm>
        </section>
    }
    .into_any()
}
