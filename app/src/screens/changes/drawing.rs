//! The page, as the server draws it.

use domain::mapping::Target;
use domain::problem::Field;
use domain::time::Moment;
use domain::view::{DriftPage, DriftedMember, DriftedPlace};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{ApplyChanges, PreviewChanges};
use crate::screens::wizard::{stages, users};
use crate::ssr::row_field;
use crate::ui::button::Submit;
use crate::ui::empty::Empty;
use crate::ui::field::{Problems, problems};
use crate::ui::map_row::MapRow;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::time::When;

/// What is said once the choices are applied.
const APPLIED: &str = "The changes are applied";

/// What waits for a decision, and what was noticed lately.
pub(super) fn page(page: DriftPage) -> AnyView {
    let log = page.log.clone();
    let asked = if page.asks() {
        form(page)
    } else {
        view! {
            <Empty title="Nothing to decide">
                <p>
                    "New, renamed and deactivated stages, archive reasons and users of Lever appear here, with a proposal and what it would do."
                </p>
            </Empty>
        }
        .into_any()
    };
    view! {
        {asked}
        {noticed(log)}
    }
    .into_any()
}

/// Nothing can change before there is a connection.
pub(super) fn not_connected() -> AnyView {
    view! {
        <Empty title="Nothing to decide">
            <p>
                "New, renamed and deactivated stages, archive reasons and users of Lever appear here once it is "
                <a href="/integrations">"connected"</a> "."
            </p>
        </Empty>
    }
    .into_any()
}

fn form(page: DriftPage) -> AnyView {
    let apply = Deed::new::<ApplyChanges>();
    let refusal = apply.refusal();
    let may_apply = page.may_apply;
    let (stages_version, users_version) = (page.stages_version.to_string(), page.users_version.to_string());
    let places = |rows: Vec<DriftedPlace>, map: &'static str| {
        rows.into_iter()
            .map(|place| {
                let row = MapRow {
                    id: format!("{map}-{}", place.id),
                    name: row_field(map, &place.id),
                    field: match map {
                        "stages" => Field::StageMap(place.id),
                        _ => Field::ReasonMap(place.id),
                    },
                    label: place.name,
                    choices: stages::choices(&page.targets),
                    selected: place.target.map(Target::code).unwrap_or_default().to_owned(),
                    notes: notes_of(place.what, place.people, place.preview),
                    words: None,
                    options: None,
                    refusal,
                };
                row.draw(true)
            })
            .collect_view()
            .into_any()
    };
    let members = page
        .members
        .into_iter()
        .map(|member| {
            let notes = notes(&member);
            let id = member.member.to_string();
            let row = MapRow {
                id: format!("user-{id}"),
                name: row_field("users", &id),
                field: Field::MemberMap(id),
                label: member.name,
                choices: users::choices(&page.lever_users, "Not mapped"),
                selected: member.lever_user.unwrap_or_default(),
                notes,
                words: None,
                options: None,
                refusal,
            };
            row.draw(true)
        })
        .collect::<Vec<_>>();
    let some_members = !members.is_empty();
    let groups = [
        ("Stages", !page.stages.is_empty(), places(page.stages, "stages")),
        ("Archive reasons", !page.reasons.is_empty(), places(page.reasons, "reasons")),
        ("Members and their Lever users", some_members, members.into_any()),
    ]
    .into_iter()
    .filter(|(_, any, _)| *any)
    .map(|(legend, _, rows)| {
        view! {
            <fieldset class="map" disabled=!may_apply>
                <legend>{legend}</legend>
                {rows}
            </fieldset>
        }
    })
    .collect_view();
    let end = if may_apply {
        view! {
            <div class="form-end">
                <button type="submit" id="preview-changes" class="button" formaction=PreviewChanges::PATH>
                    "Preview"
                </button>
                <Submit label="Apply" look="primary" pending=apply.pending() says=APPLIED />
            </div>
        }
        .into_any()
    } else {
        view! { <p class="quiet">"A Super Admin decides."</p> }.into_any()
    };
    view! {
        <section class="panel changes" aria-labelledby="asked">
            <h2 id="asked">"What does it mean here?"</h2>
            <p class="quiet">"Candidates who are concerned keep the status they have until somebody has decided."</p>
            <PostForm deed=apply>
                // The button that Enter presses; the visible one stands at the end.
                {may_apply
                    .then(|| {
                        view! {
                            <button
                                type="submit"
                                class="visually-hidden"
                                tabindex="-1"
                                aria-hidden="true"
                                data-says=APPLIED
                            >
                                "Apply"
                            </button>
                        }
                    })}
                <input type="hidden" name="stages_version" value=stages_version />
                <input type="hidden" name="users_version" value=users_version />
                <Problems id="changes-problems".to_owned() texts=problems(refusal, Field::Stages) code=Field::Stages.code() />
                {groups}
                <p role="status" class="preview">
                    {page.preview}
                </p>
                {end}
            </PostForm>
        </section>
    }
    .into_any()
}

/// What changed, who is there, and where deciding moves them.
fn notes_of(what: String, people: u32, preview: String) -> Vec<String> {
    match people {
        0 => vec![what, "Nobody is there.".to_owned()],
        1 => vec![what, "1 person is there.".to_owned(), preview],
        many => vec![what, format!("{many} people are there."), preview],
    }
}

fn notes(member: &DriftedMember) -> Vec<String> {
    let mut notes = vec![member.what.clone()];
    notes.extend(member.suggested_by.map(|by| users::suggested(by).to_owned()));
    notes
}

/// What was noticed lately.
fn noticed(log: Vec<(String, Moment)>) -> Option<AnyView> {
    if log.is_empty() {
        return None;
    }
    let rows = log
        .into_iter()
        .map(|(text, at)| {
            view! {
                <tr>
                    <td data-label="Noticed" class="since">
                        <When moment=at />
                    </td>
                    <td data-label="What">{text}</td>
                </tr>
            }
        })
        .collect_view();
    Some(
        view! {
            <section class="sheet changes" aria-labelledby="noticed">
                <h2 id="noticed">"Noticed lately"</h2>
                <div class="table-wrap">
                    <table class="table log">
                        <caption class="visually-hidden">"Noticed lately"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Noticed"</th>
                                <th scope="col">"What"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        }
        .into_any(),
    )
}
