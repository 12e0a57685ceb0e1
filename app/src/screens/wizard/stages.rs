//! Job Stage Mapping, as the server draws it: what a stage or an archive reason of
//! Lever means here, and whom saving that would move.

use domain::connection::SetUpStep;
use domain::mapping::Target;
use domain::problem::Field;
use domain::view::{PlaceRow, StagesStep};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::HEADING;
use super::api::{DiscardStages, PreviewStages, SaveStages};
use super::drawing::address;
use crate::problem::AppError;
use crate::ssr::row_field;
use crate::ui::button::Submit;
use crate::ui::field::{Problems, problems};
use crate::ui::map_row::{MapRow, Sought};
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::select::Choice;

/// What is said once the map is saved.
const SAVED: &str = "Job Stage Mapping saved";

/// One select for each stage in pipeline order, then one for each archive reason.
pub(super) fn stages(step: StagesStep, may_save: bool, sought: &Sought) -> AnyView {
    let action = Deed::new::<SaveStages>();
    let refusal = action.refusal();
    let version = step.version.to_string();
    let rows = |places: Vec<PlaceRow>, archived: bool| {
        places
            .into_iter()
            .map(|place| {
                let row = row(place, archived, &step.targets, refusal);
                let is_shown = sought.finds(&row);
                row.draw(is_shown)
            })
            .collect_view()
    };
    let (stages, reasons) = (rows(step.stages, false), rows(step.reasons, true));
    let preview = step.preview.map(|preview| {
        view! {
            <div class="banner" data-tone="quiet">
                <p>{preview} " Nothing is saved yet."</p>
                <button type="submit" class="button" formaction=DiscardStages::PATH>
                    "Back to what is saved"
                </button>
            </div>
        }
    });
    let buttons = may_save.then(|| {
        view! {
            <div class="form-end">
                <button type="submit" id="preview-stages" class="button" formaction=PreviewStages::PATH>
                    "Preview"
                </button>
                <Submit label="Save" look="primary" pending=action.pending() says=SAVED />
            </div>
        }
    });
    view! {
        <PostForm deed=action class="dialog-form">
            // The button that Enter presses; the visible one stands at the end.
            {may_save
                .then(|| {
                    view! {
                        <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true" data-says=SAVED>
                            "Save"
                        </button>
                    }
                })}
            <div class="dialog-body">
                <h3 id=HEADING tabindex="-1" autofocus=true>
                    {SetUpStep::Stages.heading()}
                </h3>
                <p class="hint">
                    "Lever's stages are mapped to their statuses here. Most organisations change nothing on this screen."
                </p>
                <input type="hidden" name="version" value=version />
                <div role="status">{preview}</div>
                <Problems id="stages-problems".to_owned() texts=problems(refusal, Field::Stages) code=Field::Stages.code() />
                <fieldset class="map" disabled=!may_save>
                    <legend>"Stages"</legend>
                    {stages}
                </fieldset>
                <fieldset class="map" disabled=!may_save>
                    <legend>"Archive reasons"</legend>
                    {reasons}
                </fieldset>
                <p class="none-found">"No stage and no archive reason is found."</p>
            </div>
            <footer class="dialog-foot">
                <a href=address(SetUpStep::Users) class="button">
                    "Back"
                </a>
                {buttons}
            </footer>
        </PostForm>
    }
    .into_any()
}

fn row(place: PlaceRow, archived: bool, targets: &[Target], refusal: Signal<Option<AppError>>) -> MapRow {
    let (map, field) = if archived {
        ("reasons", Field::ReasonMap(place.id.clone()))
    } else {
        ("stages", Field::StageMap(place.id.clone()))
    };
    let notes = notes(&place);
    MapRow {
        id: format!("{map}-{}", place.id),
        name: row_field(map, &place.id),
        words: Some(place.text.clone()),
        label: place.text,
        field,
        choices: choices(targets),
        selected: place.target.map(Target::code).unwrap_or_default().to_owned(),
        notes,
        options: None,
        refusal,
    }
}

/// Everything that a stage or reason can mean.
pub(crate) fn choices(targets: &[Target]) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", "Not mapped")];
    choices.extend(targets.iter().map(|target| Choice::new(target.code(), target.label())));
    choices
}

/// Whom a change would move, and what else to know: `3 people: Ana, Ben, Jo`.
fn notes(place: &PlaceRow) -> Vec<String> {
    let mut notes = Vec::new();
    if place.people > 0 {
        let people =
            if place.people == 1 { "1 person".to_owned() } else { format!("{} people", place.people) };
        let more = usize::try_from(place.people).is_ok_and(|people| people > place.names.len());
        notes.push(format!("{people}: {}{}", place.names.join(", "), if more { ", …" } else { "" }));
    }
    if place.suggested {
        notes.push("suggested".to_owned());
    }
    if !place.active {
        notes.push("deactivated in Lever".to_owned());
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(people: u32, names: &[&str]) -> PlaceRow {
        PlaceRow {
            id: "offer".into(),
            text: "Offer".into(),
            target: None,
            suggested: false,
            people,
            names: names.iter().map(|&name| name.into()).collect(),
            active: true,
        }
    }

    #[test]
    fn the_notes_say_whom_a_change_would_move() {
        assert!(notes(&place(0, &[])).is_empty());
        assert_eq!(notes(&place(1, &["Jo"])), ["1 person: Jo"]);
        assert_eq!(notes(&place(5, &["Jo", "Ana"])), ["5 people: Jo, Ana, …"]);
    }
}
