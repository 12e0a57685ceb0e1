//! The parts, as the server draws them. Nothing here does anything. What is pointed
//! at or has the keyboard's place says so in `data-shown`, which the sheets take for
//! the state itself.

use domain::connection::{LeverEvent, Light};
use domain::problem::{Field, FieldProblem, Problem};
use domain::status::Status;
use domain::time::Moment;
use domain::view::LightView;
use leptos::prelude::*;

use super::api::DrawStyleguide;
use crate::problem::AppError;
use crate::screens::wizard::lights::Lights;
use crate::ui::badge::{Badge, StatusBadge};
use crate::ui::banner::{Banner, FormBanner};
use crate::ui::button::Submit;
use crate::ui::chart::{Bar, Limit, bars};
use crate::ui::copy::CopyField;
use crate::ui::empty::{Empty, Loading};
use crate::ui::failure::Failure;
use crate::ui::field::{TextArea, TextField};
use crate::ui::icon::{LeverIcon, OutIcon};
use crate::ui::map_row::MapRow;
use crate::ui::pager::Pager;
use crate::ui::post_form::Deed;
use crate::ui::select::{Choice, Select};
use crate::ui::stepper::Stepper;
use crate::ui::tabs::tabs;
use crate::ui::time::When;
use crate::ui::token_form::token_form;

/// Whose row of the table is pointed at.
const POINTED: &str = "Pointed at";
/// Very long, and of one piece.
const LONG: &str =
    "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewaren";
/// Written from right to left.
const RIGHT_TO_LEFT: &str =
    "\u{645}\u{631}\u{62d}\u{628}\u{627}\u{60c} \u{623}\u{646}\u{627} \u{646}\u{648}\u{631}";

/// Every part.
pub(super) fn parts() -> AnyView {
    view! {
        <div class="styleguide">
            {part("type", "Type", words())}
            {part("buttons", "Button", buttons())}
            {part("fields", "Field", fields())}
            {part("selects", "Select", selects())}
            {part("map-rows", "Map row", map_rows())}
            {part("copy", "Copy field", copy_field())}
            {part("tokens", "Token form", tokens())}
            {part("badges", "Badge", badges())}
            {part("lights", "Light", lights())}
            {part("banners", "Banner", banners())}
            {part("tables", "Table", table())}
            {part("tabs-part", "Tabs", tabs("Parts of a screen", here(&["Deliveries", "Requests", "Runs"]), 1))}
            {part("stepper", "Stepper", stepper())}
            {part("pager", "Pager", pager())}
            {part("progress", "Progress", progress())}
            {part("toasts", "Toast", toasts())}
            {part("dialogs", "Dialog", dialog())}
            {part("empty", "Empty state, loading and failure", states())}
            {chart()}
            {part("icons", "Icon", icons())}
        </div>
    }
    .into_any()
}

fn part(id: &'static str, title: &'static str, shown: AnyView) -> AnyView {
    view! {
        <section class="panel" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            {shown}
        </section>
    }
    .into_any()
}

fn here(words: &[&'static str]) -> Vec<(String, &'static str)> {
    words.iter().map(|words| ("/styleguide".to_owned(), *words)).collect()
}

fn words() -> AnyView {
    view! {
        <h3>"A heading within a part"</h3>
        <p>"What people read. "<a href="/styleguide">"A link in it"</a>", and " <kbd>"x"</kbd> ", a key."</p>
        <p class="quiet">"What matters less."</p>
        <p class="hint">"What to know before typing."</p>
        <p class="reason">"What went wrong."</p>
        <p dir="auto">{RIGHT_TO_LEFT}</p>
    }
    .into_any()
}

fn buttons() -> AnyView {
    let looks = [
        ("", "Ordinary"),
        ("primary", "Primary"),
        ("warn", "Warning"),
        ("danger", "Danger"),
        ("quiet", "Quiet"),
    ];
    let as_they_are = looks.into_iter().map(|(look, label)| {
        view! { <Submit label=label look=look pending=Signal::stored(false) /> }
    });
    let shown = |state: &'static str| {
        let buttons = looks.into_iter().map(|(look, label)| {
            view! {
                <button type="button" class="button" data-look=look data-shown=state>
                    {format!("{label}, {state}")}
                </button>
            }
        });
        view! { <div class="deeds">{buttons.collect_view()}</div> }
    };
    view! {
        <form class="deeds">{as_they_are.collect_view()}</form>
        {shown("pointed")}
        {shown("focused")}
        <form class="deeds">
            <Submit label="Not now" pending=Signal::stored(true) />
            <button type="button" class="button" aria-busy="true">
                "Sending"
            </button>
            <button type="button" class="button" data-size="small">
                "Small"
            </button>
            <button type="button" class="button import">
                <LeverIcon />
                "Import"
            </button>
            <a class="button" href="/styleguide">
                "A link that looks like one"
            </a>
        </form>
    }
    .into_any()
}

fn fields() -> AnyView {
    let none = Signal::stored(None::<AppError>);
    let refused = Signal::stored(Some(AppError::from(Problem::field(FieldProblem::Missing(Field::Name)))));
    view! {
        <form>
            <TextField
                label="Ordinary"
                name="sg-ordinary"
                field=Field::Email
                refusal=none
                hint="A hint stands below it."
            />
            <TextField label="Refused" name="sg-refused" field=Field::Name refusal=refused value=LONG />
            <div class="field">
                <label for="sg-focused">"With the keyboard's place"</label>
                <input id="sg-focused" data-shown="focused" value="A value" />
            </div>
            <div class="field">
                <label for="sg-disabled">"Not to be changed now"</label>
                <input id="sg-disabled" disabled=true value="A value" />
            </div>
            <div class="field">
                <label for="sg-read">"To be taken along"</label>
                <input id="sg-read" readonly=true value="https://sourcing.example.com/webhooks/lever/8f2a" />
            </div>
            <TextField label="A secret" name="sg-secret" field=Field::Password refusal=none kind="password" value="unseen" />
            <TextArea label="Several lines" name="sg-lines" field=Field::Message refusal=none rows=3 />
            <div class="tick">
                <label>
                    <input type="checkbox" checked=true />
                    "A box to tick"
                </label>
            </div>
        </form>
    }
    .into_any()
}

fn selects() -> AnyView {
    let choices = || vec![Choice::new("a", "One choice"), Choice::new("b", LONG)];
    let (none, wrong) = (Vec::new(), vec!["Choose one of these.".to_owned()]);
    view! {
        <form>
            <Select
                label="Ordinary"
                name="sg-select"
                id="sg-select"
                choices=choices()
                selected="a"
                texts=Signal::stored(none)
            />
            <Select
                label="Refused"
                name="sg-select-refused"
                id="sg-select-refused"
                choices=choices()
                selected="b"
                texts=Signal::stored(wrong)
            />
            <div class="field">
                <label for="sg-select-disabled">"Not to be changed now"</label>
                <select id="sg-select-disabled" disabled=true>
                    <option>"One choice"</option>
                </select>
            </div>
        </form>
    }
    .into_any()
}

/// Decided, not decided, refused.
fn map_rows() -> AnyView {
    let field = |id: &str| Field::StageMap(id.to_owned());
    let refused = FieldProblem::SavedMeanwhile(field("sg-c"), None);
    let refusal = Signal::stored(Some(AppError::from(Problem::field(refused))));
    let rows = [
        ("sg-a", "On-site interview", "interviewing", vec!["3 people: Noor, Theo, Ana".to_owned()]),
        ("sg-b", LONG, "", vec!["Stage Panel is new.".to_owned(), "Nobody is there.".to_owned()]),
        ("sg-c", "Offer", "offer", vec!["deactivated in Lever".to_owned()]),
    ];
    let rows = rows.map(|(id, label, selected, notes)| {
        let row = MapRow {
            id: id.to_owned(),
            name: id.to_owned(),
            label: label.to_owned(),
            field: field(id),
            choices: vec![
                Choice::new("", "Not mapped"),
                Choice::new("interviewing", "Interviewing"),
                Choice::new("offer", "Offer"),
            ],
            selected: selected.to_owned(),
            notes,
            words: None,
            options: None,
            refusal,
        };
        row.draw(true)
    });
    view! {
        <form>
            <fieldset class="map">
                <legend>"Stages"</legend>
                {rows.into_iter().collect_view()}
            </fieldset>
        </form>
    }
    .into_any()
}

fn copy_field() -> AnyView {
    let value = "https://sourcing.example.com/webhooks/lever/8f2a".to_owned();
    view! { <CopyField label="To be copied" id="sg-copy" value=value /> }.into_any()
}

fn tokens() -> AnyView {
    token_form(Deed::new::<DrawStyleguide>(), "sg-token".to_owned(), "Webhook signing token".to_owned())
}

fn lights() -> AnyView {
    let at = || Some(Moment { iso: "2026-11-28T14:02:00Z".into(), text: "14:02".into() });
    let light = |light: Light, at, heard: Option<&str>| LightView {
        event: LeverEvent::Hired,
        light,
        at,
        last_event: None,
        heard: heard.map(str::to_owned),
    };
    let lights = vec![
        light(Light::Waiting, None, None),
        light(Light::Reached, at(), None),
        light(Light::Verified, at(), None),
        light(Light::OtherToken, at(), None),
        light(Light::Verified, at(), Some("last real event 3 minutes ago")),
    ];
    view! { <Lights lights=Signal::stored(lights) /> }.into_any()
}

fn badges() -> AnyView {
    let statuses = Status::ALL.map(|status| view! { <StatusBadge status=status /> });
    let tones = ["good", "warn", "bad", "quiet"].map(|tone| view! { <Badge tone=tone text=tone /> });
    view! {
        <p class="deeds">{statuses.into_iter().collect_view()}</p>
        <p class="deeds">{tones.into_iter().collect_view()}</p>
    }
    .into_any()
}

fn banners() -> AnyView {
    let signed_out = Signal::stored(Some(AppError::from(Problem::SignedOut)));
    let tones = ["good", "warn", "bad", "quiet"].map(|tone| {
        view! {
            <Banner tone=tone>
                <span>"Something to know."</span>
                <a href="/styleguide">"What to do about it"</a>
            </Banner>
        }
    });
    view! {
        {tones.into_iter().collect_view()}
        <FormBanner refusal=signed_out />
        <p class="offline">"The server cannot be reached. What you type stays here."</p>
    }
    .into_any()
}

fn table() -> AnyView {
    let since = Moment { iso: "2026-11-28T09:00:00Z".into(), text: "09:00".into() };
    let row = |name: &'static str, score: &'static str, chosen: bool, status: Status| {
        let shown = (name == POINTED).then_some("pointed");
        view! {
            <tr data-shown=shown>
                <th scope="row">
                    <input
                        type="checkbox"
                        class="choose"
                        checked=chosen
                        aria-label=format!("Choose {name}")
                    />
                    " "
                    <bdi>{name}</bdi>
                </th>
                <td data-label="Score" class="number">
                    {score}
                </td>
                <td data-label="Status">
                    <StatusBadge status=status />
                </td>
                <td data-label="Since" class="since">
                    <When moment=since.clone() />
                </td>
            </tr>
        }
    };
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">"A table"</caption>
                <thead>
                    <tr>
                        <th scope="col" aria-sort="descending">
                            <a href="/styleguide">"Name"</a>
                        </th>
                        <th scope="col" class="number">
                            <a href="/styleguide">"Score"</a>
                        </th>
                        <th scope="col">"Status"</th>
                        <th scope="col" class="since">
                            "Since"
                        </th>
                    </tr>
                </thead>
                <tbody>
                    {row("Noor Haddad", "812", true, Status::Responded)}
                    {row(POINTED, "701", false, Status::Screening)}
                    {row(LONG, "640", false, Status::Interviewing)}
                    {row(RIGHT_TO_LEFT, "", false, Status::Withdrawn)}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

fn stepper() -> AnyView {
    let names = vec!["Connect Lever", "User Account Mapping", "Job Stage Mapping"];
    view! { <Stepper names=names current=Signal::stored(1) /> }.into_any()
}

fn pager() -> AnyView {
    let to = |words| Some(("/styleguide".to_owned(), words));
    view! {
        <h3>"At the beginning"</h3>
        <Pager previous=None next=to("Next") label="Pages at the beginning" />
        <h3>"In the middle"</h3>
        <Pager previous=to("Previous") next=to("Next") label="Pages in the middle" />
        <h3>"At the end"</h3>
        <Pager previous=to("Previous") next=None label="Pages at the end" />
    }
    .into_any()
}

fn progress() -> AnyView {
    view! {
        <p>
            <span class="progress">"Sending"</span>
        </p>
        <p>
            <progress max="100" value="60" aria-label="Imported"></progress>
            " 60 of 100"
        </p>
    }
    .into_any()
}

fn toasts() -> AnyView {
    let tones = ["", "good", "warn", "bad"].map(|tone| {
        view! {
            <p class="toast" data-tone=tone>
                "Noor Haddad is on the way to Lever"
            </p>
        }
    });
    tones.into_iter().collect_view().into_any()
}

fn dialog() -> AnyView {
    view! {
        <dialog class="dialog sample" open=true aria-labelledby="sg-dialog">
            <header class="dialog-head">
                <h2 id="sg-dialog">"A dialog"</h2>
                <button type="button" class="button dialog-close" aria-label="Close">
                    "\u{d7}"
                </button>
            </header>
            <div class="dialog-body">
                <p>"What has to be done before anything else."</p>
            </div>
            <div class="dialog-foot">
                <button type="button" class="button">
                    "Back"
                </button>
                <button type="button" class="button" data-look="primary">
                    "Next"
                </button>
            </div>
        </dialog>
    }
    .into_any()
}

fn states() -> AnyView {
    view! {
        <Empty title="Nothing here yet">
            <p>"What to do next."</p>
            <p>
                <a href="/styleguide">"Do it"</a>
            </p>
        </Empty>
        <Loading />
        <Failure error=AppError::Unreachable />
        <Failure error=AppError::from(Problem::SignedOut) />
        <Failure error=AppError::from(Problem::NotAllowed) />
    }
    .into_any()
}

fn chart() -> AnyView {
    let drawn = [3, 9, 4, 0, 12, 7, 1, 5]
        .into_iter()
        .enumerate()
        .map(|(hour, value)| Bar {
            label: format!("{hour:02}:00"),
            value,
            text: format!("{value} deliveries"),
        })
        .collect();
    let limit = Limit { value: 600, text: "600 a minute".into() };
    let used = [("14:00", 120), ("14:01", 600), ("14:02", 0), ("14:03", 3)].map(|(label, value)| Bar {
        label: label.into(),
        value,
        text: format!("{value} requests"),
    });
    view! {
        <div class="charts">
            {bars("chart", "Chart", "41 deliveries in eight hours.".into(), None, drawn)}
            {bars("chart-limited", "Chart with a limit", "723 requests.".into(), Some(limit), used.into())}
        </div>
    }
    .into_any()
}

fn icons() -> AnyView {
    view! {
        <p class="deeds">
            <LeverIcon />
            <OutIcon />
        </p>
    }
    .into_any()
}
