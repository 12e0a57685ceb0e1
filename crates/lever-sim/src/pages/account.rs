//! Practice > Account: the clock, and what an administrator of Lever could change
//! behind an integration's back: stages, archive reasons, users.

use axum::{
    body::Bytes,
    extract::{Path, State as Shared},
    http::StatusCode,
};
use maud::{Markup, html};

use super::{
    Page,
    layout::{Here, layout, press, told},
    when::when,
};
use crate::{
    forms::Fields,
    simulator::Simulator,
    state::{
        State,
        problem::Problem,
        stage::{FIXED, NEW_LEAD},
        user::ROLES,
    },
};

const HERE: &str = "/practice/account";

pub(crate) async fn show(Shared(simulator): Shared<Simulator>) -> Page {
    let content = simulator.read(|state, now| {
        html! {
            h1 { "Account" }
            (told(None))
            p.quiet {
                "What somebody in Lever could change behind an integration's back. A key is revoked under "
                a href="/settings/api-credentials" { "API credentials" } "."
            }
            (clock(state, now))
            (stages(state))
            (reasons(state))
            (users(state))
            section.sheet aria-labelledby="over" {
                h2 #over { "Start over" }
                p.quiet { "Everything becomes as it was seeded: people, keys, webhooks, faults, behaviour." }
                (press(&format!("{HERE}/reset"), "Start over", "danger"))
            }
        }
    });
    Page::Shown(layout("Account", Here::Account, &content))
}

fn clock(state: &State, now: i64) -> Markup {
    let frozen = state.meta.get().clock.frozen_at.is_some();
    html! {
        section.sheet aria-labelledby="clock" {
            h2 #clock { "Clock" }
            p { (when(now)) ", " @if frozen { "frozen" } @else { "running" } "." }
            div.row {
                @if frozen {
                    (press(&format!("{HERE}/clock/run"), "Let it run", ""))
                } @else {
                    (press(&format!("{HERE}/clock/freeze"), "Freeze", ""))
                }
                form.row method="post" action=(format!("{HERE}/clock/step")) {
                    div {
                        label for="step" { "Seconds" }
                        input #step name="seconds" type="number" value="60" required;
                    }
                    button { "Step" }
                }
            }
        }
    }
}

fn stages(state: &State) -> Markup {
    let mut all: Vec<_> = state.stages.values().collect();
    all.sort_by(|a, b| (a.rank, &a.id).cmp(&(b.rank, &b.id)));
    html! {
        section.sheet aria-labelledby="stages" {
            h2 #stages { "Stages" }
            ul.rows {
                @for stage in all {
                    li {
                        @if stage.id == NEW_LEAD {
                            span.grow { (stage.text) }
                        } @else {
                            (rename("stages", &stage.id, &stage.text))
                        }
                        @if !FIXED.contains(&stage.id.as_str()) {
                            (activity("stages", &stage.id, &stage.text, stage.active))
                        }
                    }
                }
            }
            form.row method="post" action=(format!("{HERE}/stages/add")) {
                div.grow {
                    label for="new-stage" { "New stage" }
                    input #new-stage name="text" type="text" required maxlength="100" autocomplete="off";
                }
                div {
                    label for="after" { "After" }
                    select #after name="after" {
                        @for stage in state.pipeline() { option value=(stage.id) { (stage.text) } }
                    }
                }
                button { "Add stage" }
            }
        }
    }
}

fn reasons(state: &State) -> Markup {
    html! {
        section.sheet aria-labelledby="reasons" {
            h2 #reasons { "Archive reasons" }
            ul.rows {
                @for reason in state.reasons() {
                    li {
                        (rename("reasons", &reason.id, &reason.text))
                        @if !reason.hired { (activity("reasons", &reason.id, &reason.text, reason.active)) }
                    }
                }
            }
            form.row method="post" action=(format!("{HERE}/reasons/add")) {
                div.grow {
                    label for="new-reason" { "New archive reason" }
                    input #new-reason name="text" type="text" required maxlength="100" autocomplete="off";
                }
                button { "Add reason" }
            }
        }
    }
}

fn users(state: &State) -> Markup {
    let mut all: Vec<_> = state.users.values().collect();
    all.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    html! {
        section.sheet aria-labelledby="users" {
            h2 #users { "Users" }
            ul.rows {
                @for user in all {
                    li {
                        span.grow {
                            strong { (user.name) } br;
                            span.quiet { (user.email) ", " (user.access_role) }
                        }
                        (activity("users", &user.id, &user.name, user.is_active()))
                    }
                }
            }
            form.row method="post" action=(format!("{HERE}/users/add")) {
                div.grow {
                    label for="user-name" { "Name of a new user" }
                    input #user-name name="name" type="text" required maxlength="100" autocomplete="off";
                }
                div.grow {
                    label for="user-email" { "E-mail of a new user" }
                    input #user-email name="email" type="email" required autocomplete="off";
                }
                div {
                    label for="user-role" { "Role" }
                    select #user-role name="role" { @for role in ROLES { option value=(role) { (role) } } }
                }
                button { "Add user" }
            }
        }
    }
}

fn rename(kind: &str, id: &str, text: &str) -> Markup {
    html! {
        form.row.grow method="post" action=(format!("{HERE}/{kind}/{id}/rename")) {
            div.grow {
                input name="text" type="text" value=(text) required maxlength="100" autocomplete="off"
                    aria-label=(format!("Name of {text}"));
            }
            button aria-label=(format!("Rename {text}")) { "Rename" }
        }
    }
}

fn activity(kind: &str, id: &str, text: &str, active: bool) -> Markup {
    let (deed, name) = if active { ("deactivate", "Deactivate") } else { ("reactivate", "Reactivate") };
    html! {
        form method="post" action=(format!("{HERE}/{kind}/{id}/{deed}")) {
            button.danger[active] aria-label=(format!("{name} {text}")) { (name) }
        }
    }
}

/// Adds a stage, a reason or a user.
pub(crate) async fn add(
    Shared(simulator): Shared<Simulator>,
    Path(kind): Path<String>,
    body: Bytes,
) -> Result<Page, Page> {
    let fields = Fields::parse(&body);
    let text = fields.text("text");
    simulator
        .change(|state, now| match kind.as_str() {
            "stages" => state.add_stage(text, Some(fields.text("after"))),
            "reasons" => state.add_reason(text, false),
            "users" if ROLES.contains(&fields.text("role")) => {
                state.add_user(fields.text("name"), fields.text("email"), fields.text("role"), now)
            }
            _ => Err(Problem::missing("pages", &kind)),
        })
        .await??;
    Ok(Page::to(&format!("{HERE}#{kind}")))
}

/// Renames, deactivates or reactivates one.
pub(crate) async fn act(
    Shared(simulator): Shared<Simulator>,
    Path((kind, id, deed)): Path<(String, String, String)>,
    body: Bytes,
) -> Result<Page, Page> {
    let fields = Fields::parse(&body);
    let text = fields.text("text");
    if deed == "rename" && text.is_empty() {
        return Err(Page::Refused(StatusCode::BAD_REQUEST, "A name cannot be empty.".to_owned()));
    }
    simulator
        .change(|state, now| {
            let active = deed == "reactivate";
            match (kind.as_str(), deed.as_str()) {
                ("stages", "rename") => state.rename_stage(&id, text),
                ("stages", "deactivate" | "reactivate") => state.set_stage_active(&id, active),
                ("reasons", "rename") => state.change_reason(&id, Some(text), None),
                ("reasons", "deactivate" | "reactivate") => state.change_reason(&id, None, Some(active)),
                ("users", "deactivate" | "reactivate") => {
                    state.set_user_deactivated(&id, (!active).then_some(now))
                }
                _ => Err(Problem::missing("pages", &deed)),
            }
        })
        .await??;
    Ok(Page::to(&format!("{HERE}#{kind}")))
}

pub(crate) async fn move_clock(
    Shared(simulator): Shared<Simulator>,
    Path(deed): Path<String>,
    body: Bytes,
) -> Result<Page, Page> {
    match deed.as_str() {
        "freeze" => simulator.freeze(None).await?,
        "run" => simulator.run_clock().await?,
        "step" => {
            let seconds: i64 = Fields::parse(&body).text("seconds").parse().map_err(|_| {
                Page::Refused(
                    StatusCode::BAD_REQUEST,
                    "The step must be a whole number of seconds.".to_owned(),
                )
            })?;
            simulator.step(seconds.saturating_mul(1_000)).await?
        }
        _ => return Err(Page::missing("There is no such page.")),
    };
    Ok(Page::to(&format!("{HERE}#clock")))
}

pub(crate) async fn reset(Shared(simulator): Shared<Simulator>) -> Result<Page, Page> {
    simulator.start_over().await?;
    Ok(Page::to(HERE))
}
