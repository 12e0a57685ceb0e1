//! Settings > API credentials: keys, and *Generate New Key*.

use std::collections::BTreeSet;

use axum::{
    body::Bytes,
    extract::{Path, Query, State as Shared},
    http::StatusCode,
};
use maud::html;
use serde::Deserialize;

use super::{
    Page,
    layout::{Here, layout, told},
    when::when,
};
use crate::{
    forms::Fields,
    routes::endpoint::{self, ENDPOINTS, Group},
    simulator::Simulator,
    state::key::{Key, NewKey},
};

pub(crate) async fn show(Shared(simulator): Shared<Simulator>) -> Page {
    let mut keys: Vec<Key> = simulator
        .read(|state, _| state.keys.values().filter(|key| key.revoked_at.is_none()).cloned().collect());
    keys.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
    Page::Shown(layout(
        "API credentials",
        Here::ApiCredentials,
        &html! {
            h1 { "API credentials" }
            (told(None))
            p { a.button.main href="/settings/api-credentials/new" { "Generate New Key" } }
            @if keys.is_empty() {
                p.quiet { "There is no key in force." }
            } @else {
                p.quiet { "A key is shown once, when it is made." }
                div.wide tabindex="0" role="region" aria-label="Keys in force" {
                    table {
                        thead {
                            tr {
                                th scope="col" { "Name" }
                                th scope="col" { "Ends in" }
                                th scope="col" { "Permissions" }
                                th scope="col" { "Confidential data" }
                                th scope="col" { "Made" }
                                th scope="col" { "Revoke" }
                            }
                        }
                        tbody {
                            @for key in &keys {
                                tr {
                                    th scope="row" {
                                        (key.name)
                                        @if key.partner.is_some() { span.quiet { " (partner)" } }
                                    }
                                    td data-label="Ends in" { (key.last_four) }
                                    td data-label="Permissions" {
                                        details {
                                            summary { (key.permissions.len()) " of " (ENDPOINTS.len()) }
                                            ul {
                                                @for name in &key.permissions {
                                                    @if let Some(endpoint) = endpoint::by_name(name) {
                                                        li { (endpoint.label) }
                                                    }
                                                }
                                            }
                                        }
                                    }
                                    td data-label="Confidential data" { @if key.confidential { "Yes" } @else { "No" } }
                                    td data-label="Made" { (when(key.created_at)) }
                                    td {
                                        form method="post" action=(format!("/settings/api-credentials/{}/revoke", key.id)) {
                                            button.small.danger aria-label=(format!("Revoke {}", key.name)) { "Revoke" }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        },
    ))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    /// Every box ticked from the start.
    all: Option<String>,
}

pub(crate) async fn form(Query(choice): Query<Choice>) -> Page {
    let all = choice.all.is_some();
    Page::Shown(layout(
        "Generate New Key",
        Here::ApiCredentials,
        &html! {
            h1 { "Generate New Key" }
            (told(None))
            form.sheet method="post" action="/settings/api-credentials/new" {
                label for="key-name" { "Name" }
                input #key-name name="name" type="text" required maxlength="100" autocomplete="off";
                p {
                    @if all {
                        a href="/settings/api-credentials/new" { "Select none" }
                    } @else {
                        a href="/settings/api-credentials/new?all=1" { "Select all" }
                    }
                }
                @for (title, group) in [("Read", Group::Read), ("Write", Group::Write)] {
                    fieldset {
                        legend { (title) }
                        div.ticks {
                            @for endpoint in ENDPOINTS.iter().filter(|e| e.group == group) {
                                label.tick {
                                    input type="checkbox" name="permission" value=(endpoint.name) checked[all];
                                    (endpoint.label)
                                }
                            }
                        }
                    }
                }
                p {
                    label.tick {
                        input type="checkbox" name="confidential" value="true";
                        "Allow access to confidential data"
                    }
                    span.quiet { "This can be granted only now, not later." }
                }
                div.row {
                    button.main { "Generate Key" }
                    a.button href="/settings/api-credentials" { "Cancel" }
                }
            }
        },
    ))
}

pub(crate) async fn generate(Shared(simulator): Shared<Simulator>, body: Bytes) -> Result<Page, Page> {
    let fields = Fields::parse(&body);
    let name = fields.text("name").to_owned();
    let permissions: BTreeSet<String> = fields
        .all("permission")
        .filter(|name| endpoint::by_name(name).is_some())
        .map(str::to_owned)
        .collect();
    if name.is_empty() || permissions.is_empty() {
        return Err(Page::Refused(
            StatusCode::BAD_REQUEST,
            "A key needs a name and at least one permission.".to_owned(),
        ));
    }
    let new = NewKey { name, permissions, confidential: fields.has("confidential"), partner: None };
    let reveal = simulator
        .change(|state, now| {
            let (key, text) = state.make_key(new, now);
            state.reveal_key(&key, &text, None)
        })
        .await?;
    Ok(Page::to(&format!("/settings/keys/{reveal}")))
}

pub(crate) async fn revoke(
    Shared(simulator): Shared<Simulator>,
    Path(id): Path<String>,
) -> Result<Page, Page> {
    simulator.change(|state, now| state.revoke_key(&id, now)).await?;
    Ok(Page::to("/settings/api-credentials"))
}
