//! The page, as the server draws it.

use domain::problem::Field;
use domain::view::{ReturnRow, WayBackPage};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{DiscardWayBack, SaveWayBack};
use crate::problem::AppError;
use crate::ui::button::Submit;
use crate::ui::map_row::MapRow;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::select::{Choice, Select};

/// What is said once it is saved.
const SAVED: &str = "The way back is saved";

/// The page.
pub(super) fn page(page: WayBackPage) -> AnyView {
    let save = Deed::new::<SaveWayBack>();
    let refusal = save.refusal();
    let (open, closed): (Vec<ReturnRow>, Vec<ReturnRow>) =
        page.rows.into_iter().partition(|row| row.status.is_open());
    let state = if page.is_on {
        "On: a status set here by a member is written to Lever."
    } else {
        "Off: nothing that is set here is written to Lever."
    };
    let waiting = (page.refused > 0).then(|| {
        let text = match page.refused {
            1 => "One status could not be written. Saving tries again. ".to_owned(),
            many => format!("{many} statuses could not be written. Saving tries again. "),
        };
        view! {
            <p>
                {text} <a href="/attention">"Needs attention"</a>
            </p>
        }
    });
    let draft = page.is_draft.then(|| {
        view! {
            <div class="banner" data-tone="quiet" role="status">
                <p>"What was chosen last is shown. It is not saved."</p>
                <button type="submit" class="button" formaction=DiscardWayBack::PATH>
                    "Back to what is saved"
                </button>
            </div>
        }
    });
    let suggested = (!page.saved && !page.is_draft).then(|| {
        view! {
            <p class="quiet">
                "What Job Stage Mapping leaves no doubt about is chosen already. Nothing is saved yet."
            </p>
        }
    });
    let switch = vec![Choice::new("off", "Off"), Choice::new("on", "On")];
    let rows = move |rows: Vec<ReturnRow>| rows.into_iter().map(|row| line(row, refusal)).collect_view();
    view! {
        <section class="panel way-back" aria-label="The way back">
            <p role="status">
                <strong>{state}</strong>
            </p>
            {waiting}
            <ul class="hint">
                <li>
                    "When a member sets the status of a candidate who is in Lever, the opportunity moves to the stage below, or is archived for the reason below, in the name of the member's own Lever user, or of the fallback."
                </li>
                <li>
                    "What was moved in Lever meanwhile is never overwritten: both statuses are shown, and a member keeps one of them."
                </li>
                <li>
                    "New e-mail addresses, phone numbers and links of a candidate are added to the contact in Lever. Nothing is removed there."
                </li>
                <li>"Statuses that Lever itself, an answer or a message has set are not written."</li>
            </ul>
            <PostForm deed=save>
                // The button that Enter presses; the visible one stands at the end.
                <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true" data-says=SAVED>
                    "Save"
                </button>
                <input type="hidden" name="version" value=page.version.to_string() />
                {draft}
                <Select
                    label="Way back"
                    name="is_on"
                    id="is-on"
                    choices=switch
                    selected=if page.asked_on { "on" } else { "off" }
                    texts=Signal::stored(Vec::new())
                />
                {suggested}
                <fieldset class="map">
                    <legend>"Open statuses lead to a stage"</legend>
                    {rows(open)}
                </fieldset>
                <fieldset class="map">
                    <legend>"Closed statuses lead into the archive"</legend>
                    {rows(closed)}
                </fieldset>
                <div class="form-end">
                    <Submit label="Save" look="primary" pending=save.pending() says=SAVED />
                </div>
            </PostForm>
        </section>
    }
    .into_any()
}

/// Where one status leads.
fn line(row: ReturnRow, refusal: Signal<Option<AppError>>) -> AnyView {
    let mut choices = vec![Choice::new("", "Nothing is written")];
    choices.extend(row.choices.into_iter().map(|choice| Choice::new(choice.id, choice.label)));
    let code = row.status.code();
    let row = MapRow {
        id: format!("place-{code}"),
        name: format!("places[{code}]"),
        label: row.status.label().to_owned(),
        field: Field::WayBack(row.status),
        choices,
        selected: row.chosen,
        notes: Vec::new(),
        words: None,
        options: None,
        refusal,
    };
    row.draw(true)
}
