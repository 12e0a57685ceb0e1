//! Job Stage Mapping: what a stage or an archive reason of Lever means here.

use domain::connection::SetUpStep;
use domain::mapping::Target;
use domain::problem::Field;
use domain::view::{PlaceRow, StagesStep};
use leptos::prelude::*;
use leptos_router::components::A;

use super::api::SaveStages;
use super::heading::Heading;
use super::{address, row_field};
use crate::problem::AppError;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::field::{Problems, problems};
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::select::{Choice, Select};

/// One select for each stage in pipeline order, then one for each archive reason.
#[component]
pub(super) fn Stages(step: StagesStep, may_save: bool) -> impl IntoView {
    let action = Deed::new::<SaveStages>();
    let refusal = action.refusal();
    let targets = StoredValue::new(step.targets);
    let rows = move |places: Vec<PlaceRow>, archived: bool| {
        places
            .into_iter()
            .map(|place| view! { <PlaceMap place=place archived=archived targets=targets refusal=refusal /> })
            .collect_view()
    };
    view! {
        <PostForm deed=action class="dialog-form">
            <div class="dialog-body">
                <Heading step=SetUpStep::Stages />
                <p class="hint">
                    "Lever's stages are mapped to their statuses here. Most organisations change nothing on this screen."
                </p>
                <FormBanner refusal=refusal />
                <Problems id="stages-problems".to_owned() texts=problems(refusal, Field::Stages) />
                <fieldset class="map" disabled=!may_save>
                    <legend>"Stages"</legend>
                    {rows(step.stages, false)}
                </fieldset>
                <fieldset class="map" disabled=!may_save>
                    <legend>"Archive reasons"</legend>
                    {rows(step.reasons, true)}
                </fieldset>
            </div>
            <footer class="dialog-foot">
                <A href=address(SetUpStep::Users) attr:class="button">
                    "Back"
                </A>
                {may_save.then(|| view! { <Submit label="Save" look="primary" pending=action.pending() /> })}
            </footer>
        </PostForm>
    }
}

#[component]
fn PlaceMap(
    place: PlaceRow,
    archived: bool,
    targets: StoredValue<Vec<Target>>,
    refusal: Signal<Option<AppError>>,
) -> impl IntoView {
    let (map, field) = if archived {
        ("reasons", Field::ReasonMap(place.id.clone()))
    } else {
        ("stages", Field::StageMap(place.id.clone()))
    };
    let mut choices = vec![Choice::new("", "Not mapped")];
    choices.extend(targets.get_value().into_iter().map(|target| Choice::new(target.code(), target.label())));
    let note = note(&place);
    view! {
        <div class="map-row">
            <Select
                label=place.text
                name=row_field(map, &place.id)
                id=format!("{map}-{}", place.id)
                choices=choices
                selected=place.target.map(Target::code).unwrap_or_default()
                texts=problems(refusal, field)
            />
            <p class="hint">{note}</p>
        </div>
    }
}

/// Whom a change would move, and what else to know: `3 people: Ana, Ben, Jo`.
fn note(place: &PlaceRow) -> String {
    let mut parts = Vec::new();
    if place.people > 0 {
        let people =
            if place.people == 1 { "1 person".to_owned() } else { format!("{} people", place.people) };
        let more = usize::try_from(place.people).is_ok_and(|people| people > place.names.len());
        parts.push(format!("{people}: {}{}", place.names.join(", "), if more { ", …" } else { "" }));
    }
    if place.suggested {
        parts.push("suggested".to_owned());
    }
    if !place.active {
        parts.push("deactivated in Lever".to_owned());
    }
    parts.join(" · ")
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
    fn the_note_says_whom_a_change_would_move() {
        assert_eq!(note(&place(0, &[])), "");
        assert_eq!(note(&place(1, &["Jo"])), "1 person: Jo");
        assert_eq!(note(&place(5, &["Jo", "Ana"])), "5 people: Jo, Ana, …");
    }
}
