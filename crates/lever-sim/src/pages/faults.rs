//! Practice > Faults: which are on, switching one on, a maintenance window.

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
    faults::{Fault, FaultKind, FaultPlan, When},
    forms::Fields,
    routes::endpoint::{self, ENDPOINTS},
    simulator::Simulator,
};

const HERE: &str = "/practice/faults";

/// The kinds by their names in the admin API, and what they do.
const KINDS: [(&str, &str); 14] = [
    ("too-many-requests", "429, too many requests"),
    ("internal-error", "500, nothing applied"),
    ("unavailable", "503 with a body that is not JSON, nothing applied"),
    ("slow", "A slow answer"),
    ("slow-answer", "Applied at once, answered late"),
    ("key-rejected", "401, as if the key were revoked"),
    ("permission-missing", "403, as if the permission were missing"),
    ("list-lag", "What is created shows up in lists late"),
    ("drop-before", "Connection dropped before the request is read"),
    ("drop-after", "Connection dropped after it is applied"),
    ("drop-mid-body", "Connection dropped in the middle of the answer"),
    ("applied-then-error", "Applied, but answered with 500"),
    ("wrong-content-type", "A wrong content type"),
    ("extra-fields", "Unknown fields in the answer"),
];

pub(crate) async fn show(Shared(simulator): Shared<Simulator>) -> Page {
    Page::Shown(page(&simulator, None))
}

/// The page, after a form that was refused with what it said and why.
fn page(simulator: &Simulator, refused: Option<(&Fields, &str)>) -> Markup {
    let (faults, now) = simulator.read(|state, now| (state.faults.get().faults.clone(), now));
    layout(
        "Faults",
        Here::Faults,
        &html! {
            h1 { "Faults" }
            (told(None))
            p.quiet {
                "What goes wrong with calls of the API. What a probability decides follows from the account's seed. "
                "Late lists, bodies of errors and the switches of deliveries are under "
                a href="/practice/behaviour" { "Behaviour" }
                "; stages, users and the clock under " a href="/practice/account" { "Account" } "."
            }
            section aria-labelledby="on" {
                h2 #on { "Switched on" }
                @if faults.is_empty() {
                    p.quiet { "Everything works." }
                } @else {
                    (table(&faults, now))
                    (press(&format!("{HERE}/clear"), "Switch all off", "danger"))
                }
            }
            (form(refused))
            section.sheet aria-labelledby="maintenance" {
                h2 #maintenance { "Maintenance" }
                p.quiet { "Every call is answered with 503 until the account's clock has passed the end." }
                form.row method="post" action=(format!("{HERE}/maintenance")) {
                    div {
                        label for="minutes" { "Minutes" }
                        input #minutes name="minutes" type="number" min="1" max="100000" value="5" required;
                    }
                    button { "Begin maintenance" }
                }
            }
        },
    )
}

fn table(faults: &[Fault], now: i64) -> Markup {
    html! {
        div.wide tabindex="0" role="region" aria-label="Faults that are on" {
            table {
                thead {
                    tr {
                        th scope="col" { "Endpoint" }
                        th scope="col" { "What" }
                        th scope="col" { "When" }
                        th scope="col" { "Calls met" }
                        th scope="col" { "Switch off" }
                    }
                }
                tbody {
                    @for (place, fault) in faults.iter().enumerate() {
                        tr {
                            th scope="row" { (endpoint_label(&fault.endpoint)) }
                            td data-label="What" { (kind_text(&fault.kind)) }
                            td data-label="When" { (when_text(&fault.when, now)) }
                            td data-label="Calls met" { (fault.struck) " of " (fault.matched) }
                            td {
                                form method="post" action=(format!("{HERE}/{place}/remove")) {
                                    button.small.danger aria-label=(format!("Switch off fault {}", place + 1)) {
                                        "Switch off"
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn form(refused: Option<(&Fields, &str)>) -> Markup {
    let said = |name: &str, default: &'static str| {
        refused.map_or(default.to_owned(), |(fields, _)| fields.text(name).to_owned())
    };
    let chosen = said("when", "probability");
    let endpoint = said("endpoint", "*");
    let kind = said("kind", "internal-error");
    let choice = |value: &str, text: &str, inputs: Markup| {
        html! {
            div.choice {
                label.tick {
                    input type="radio" name="when" value=(value) checked[chosen == value];
                    (text)
                }
                (inputs)
            }
        }
    };
    html! {
        section.sheet aria-labelledby="add" {
            h2 #add { "Switch on a fault" }
            @if let Some((_, why)) = refused {
                p.wrong role="alert" #why { (why) }
            }
            form method="post" action=(format!("{HERE}/add")) aria-describedby=[refused.map(|_| "why")] {
                div.row {
                    div.grow {
                        label for="endpoint" { "Endpoint" }
                        select #endpoint name="endpoint" {
                            option value="*" selected[endpoint == "*"] { "Every endpoint" }
                            @for known in ENDPOINTS {
                                option value=(known.name) selected[endpoint == known.name] {
                                    (known.method) " /v1/" (known.path)
                                }
                            }
                        }
                    }
                    div.grow {
                        label for="kind" { "What goes wrong" }
                        select #kind name="kind" {
                            @for (name, text) in KINDS {
                                option value=(name) selected[kind == name] { (text) }
                            }
                        }
                    }
                }
                div.row {
                    div {
                        label for="retry-after" { "Retry-After of a 429, seconds" }
                        input #retry-after name="retry_after" type="number" min="0" placeholder="none"
                            value=(said("retry_after", ""));
                    }
                    div {
                        label for="delay" { "Delay of a slow answer or a late list, ms" }
                        input #delay name="delay" type="number" min="0" value=(said("delay", "1000"));
                    }
                }
                fieldset {
                    legend { "When" }
                    (choice("probability", "With a probability of", html! {
                        input name="probability" type="number" step="any" min="0" max="1"
                            aria-label="Probability" value=(said("probability", "0.2"));
                    }))
                    (choice("count", "On the next calls, so many", html! {
                        input name="count" type="number" min="1" aria-label="Number of calls"
                            value=(said("count", "1"));
                    }))
                    (choice("schedule", "On these calls, counted from now", html! {
                        input name="calls" type="text" aria-label="Which calls" value=(said("calls", "2, 5"));
                    }))
                    (choice("window", "By the clock: seconds from now, and for how many", html! {
                        input name="from" type="number" aria-label="Begins in seconds" value=(said("from", "0"));
                        input name="for" type="number" min="1" aria-label="Lasts seconds" value=(said("for", "60"));
                    }))
                }
                button.main { "Switch on" }
            }
        }
    }
}

pub(crate) async fn add(Shared(simulator): Shared<Simulator>, body: Bytes) -> Result<Page, Page> {
    let fields = Fields::parse(&body);
    let now = simulator.now();
    match read(&fields, now) {
        Ok(fault) => {
            simulator.change(|state, _| state.faults.edit().faults.push(fault)).await?;
            Ok(Page::to(HERE))
        }
        Err(why) => Ok(Page::Again(StatusCode::BAD_REQUEST, page(&simulator, Some((&fields, &why))))),
    }
}

pub(crate) async fn remove(
    Shared(simulator): Shared<Simulator>,
    Path(place): Path<usize>,
) -> Result<Page, Page> {
    simulator
        .change(|state, _| {
            let faults = &mut state.faults.edit().faults;
            if place < faults.len() {
                faults.remove(place);
            }
        })
        .await?;
    Ok(Page::to(HERE))
}

pub(crate) async fn clear(Shared(simulator): Shared<Simulator>) -> Result<Page, Page> {
    simulator.change(|state, _| *state.faults.edit() = FaultPlan::default()).await?;
    Ok(Page::to(HERE))
}

pub(crate) async fn maintenance(Shared(simulator): Shared<Simulator>, body: Bytes) -> Result<Page, Page> {
    let fields = Fields::parse(&body);
    let Ok(minutes @ 1..=100_000) = fields.text("minutes").parse::<i64>() else {
        return Err(Page::Refused(
            StatusCode::BAD_REQUEST,
            "Maintenance lasts between 1 and 100,000 minutes.".to_owned(),
        ));
    };
    simulator
        .change(|state, now| {
            let window = When::Window { from: now, to: now.saturating_add(minutes * 60_000) };
            state.faults.edit().faults.push(Fault::new("*", FaultKind::Unavailable, window));
        })
        .await?;
    Ok(Page::to(HERE))
}

/// The fault that a form describes, or what is wrong with it.
fn read(fields: &Fields, now: i64) -> Result<Fault, String> {
    let number = |name: &str, what: &str| -> Result<i64, String> {
        fields.text(name).parse().map_err(|_| format!("{what} must be a number."))
    };
    let delay = || {
        u64::try_from(number("delay", "The delay")?).map_err(|_| "The delay cannot be negative.".to_owned())
    };
    let kind = match fields.text("kind") {
        "too-many-requests" => FaultKind::TooManyRequests {
            retry_after_seconds: match fields.text("retry_after") {
                "" => None,
                text => {
                    Some(text.parse().map_err(|_| "Retry-After must be a number of seconds.".to_owned())?)
                }
            },
        },
        "internal-error" => FaultKind::InternalError,
        "unavailable" => FaultKind::Unavailable,
        "slow" => FaultKind::Slow { delay_ms: delay()? },
        "slow-answer" => FaultKind::SlowAnswer { delay_ms: delay()? },
        "key-rejected" => FaultKind::KeyRejected,
        "permission-missing" => FaultKind::PermissionMissing,
        "list-lag" => FaultKind::ListLag { delay_ms: number("delay", "The delay")? },
        "drop-before" => FaultKind::DropBefore,
        "drop-after" => FaultKind::DropAfter,
        "drop-mid-body" => FaultKind::DropMidBody,
        "applied-then-error" => FaultKind::AppliedThenError,
        "wrong-content-type" => FaultKind::WrongContentType,
        "extra-fields" => FaultKind::ExtraFields,
        _ => return Err("Choose what goes wrong.".to_owned()),
    };
    let when = match fields.text("when") {
        "probability" => When::Probability(
            fields.text("probability").parse().map_err(|_| "The probability must be a number.".to_owned())?,
        ),
        "count" => When::Count(
            u32::try_from(number("count", "The number of calls")?)
                .ok()
                .filter(|count| *count > 0)
                .ok_or_else(|| "The number of calls must be at least 1.".to_owned())?,
        ),
        "schedule" => When::Schedule(
            fields
                .text("calls")
                .split(',')
                .map(|call| call.trim().parse())
                .collect::<Result<Vec<u64>, _>>()
                .map_err(|_| "Which calls: numbers separated by commas, such as 2, 5.".to_owned())?,
        ),
        "window" => {
            let from = now.saturating_add(number("from", "The beginning")?.saturating_mul(1_000));
            let lasts = number("for", "The length")?.saturating_mul(1_000);
            When::Window { from, to: from.saturating_add(lasts) }
        }
        _ => return Err("Choose when it goes wrong.".to_owned()),
    };
    let fault = Fault::new(fields.text("endpoint"), kind, when);
    match fault.problem(|name| endpoint::by_name(name).is_some()) {
        Some(problem) => Err(format!("Not possible: {problem}.")),
        None => Ok(fault),
    }
}

fn endpoint_label(name: &str) -> String {
    match endpoint::by_name(name) {
        Some(endpoint) => format!("{} /v1/{}", endpoint.method, endpoint.path),
        None => "Every endpoint".to_owned(),
    }
}

fn kind_text(kind: &FaultKind) -> String {
    let name = match kind {
        FaultKind::TooManyRequests { retry_after_seconds: Some(seconds) } => {
            return format!("429 with Retry-After: {seconds}");
        }
        FaultKind::Slow { delay_ms } => return format!("Answered after {delay_ms} ms"),
        FaultKind::SlowAnswer { delay_ms } => {
            return format!("Applied at once, answered after {delay_ms} ms");
        }
        FaultKind::ListLag { delay_ms } => return format!("In lists {delay_ms} ms late"),
        FaultKind::KeyRejected => "key-rejected",
        FaultKind::PermissionMissing => "permission-missing",
        FaultKind::TooManyRequests { retry_after_seconds: None } => "too-many-requests",
        FaultKind::InternalError => "internal-error",
        FaultKind::Unavailable => "unavailable",
        FaultKind::DropBefore => "drop-before",
        FaultKind::DropAfter => "drop-after",
        FaultKind::DropMidBody => "drop-mid-body",
        FaultKind::AppliedThenError => "applied-then-error",
        FaultKind::WrongContentType => "wrong-content-type",
        FaultKind::ExtraFields => "extra-fields",
    };
    KINDS.iter().find(|(known, _)| *known == name).map_or(name, |(_, text)| text).to_owned()
}

fn when_text(time: &When, now: i64) -> String {
    match time {
        When::Probability(probability) => format!("With a probability of {probability}"),
        When::Count(0) => "Done".to_owned(),
        When::Count(left) => format!("The next {left}"),
        When::Schedule(calls) => {
            let calls: Vec<String> = calls.iter().map(u64::to_string).collect();
            format!("On calls {}", calls.join(", "))
        }
        When::Window { to, .. } if *to <= now => "Over".to_owned(),
        When::Window { from, to } => format!("From {} to {}", when(*from), when(*to)),
    }
}
