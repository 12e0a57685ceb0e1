//! The parts, as the server draws them. Nothing here does anything.

use domain::problem::{Field, FieldProblem, Problem};
use domain::status::Status;
use domain::time::Moment;
use leptos::prelude::*;

use crate::problem::AppError;
use crate::ui::badge::{Badge, StatusBadge};
use crate::ui::banner::{Banner, FormBanner};
use crate::ui::button::Submit;
use crate::ui::chart::{Bar, bars};
use crate::ui::empty::{Empty, Loading};
use crate::ui::failure::Failure;
use crate::ui::field::{TextArea, TextField};
use crate::ui::icon::{LeverIcon, OutIcon};
use crate::ui::pager::Pager;
use crate::ui::select::{Choice, Select};
use crate::ui::stepper::Stepper;
use crate::ui::tabs::tabs;
use crate::ui::time::When;

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
            {part("badges", "Badge", badges())}
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
    let looks = looks.into_iter().map(|(look, label)| {
        view! { <Submit label=label look=look pending=Signal::stored(false) /> }
    });
    view! {
        <form class="deeds">{looks.collect_view()}</form>
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
                <label for="sg-disabled">"Not to be changed now"</label>
                <input id="sg-disabled" disabled=true value="A value" />
            </div>
            <div class="field">
                <label for="sg-read">"To be taken along"</label>
                <input id="sg-read" readonly=true value="https://sourcing.example.com/webhooks/lever/8f2a" />
            </div>
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
        </form>
    }
    .into_any()
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
        view! {
            <tr>
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
    view! { <Pager previous=to("Previous") next=to("Next") /> }.into_any()
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
    bars("chart", "Chart", "41 deliveries in eight hours.".into(), drawn)
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
