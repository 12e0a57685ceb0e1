//! User Account Mapping, as the server draws it: which member is which Lever user.

use domain::connection::SetUpStep;
use domain::mapping::MatchedBy;
use domain::problem::Field;
use domain::view::{LeverUserOption, MemberMapRow, UsersStep};
use leptos::prelude::*;

use super::HEADING;
use super::api::SaveUsers;
use super::drawing::address;
use crate::problem::AppError;
use crate::ssr::row_field;
use crate::ui::button::Submit;
use crate::ui::map_row::{MapRow, Sought};
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::select::{Choice, options};

/// So many options stand in one page; rows beyond hold their own choice only,
/// and the others where somebody comes near.
const OPTIONS: usize = 10_000;
/// The hidden select that holds every option.
const ALL: &str = "all-users";

/// One select for each member, filled in where it could be guessed.
pub(super) fn users(step: UsersStep, may_save: bool, sought: &Sought) -> AnyView {
    let action = Deed::new::<SaveUsers>();
    let refusal = action.refusal();
    let version = step.version.to_string();
    let users = step.lever_users;
    // Those that are searched for come first, so that they are whole without a program.
    let mut whole = OPTIONS / (users.len() + 1);
    let mut shortened = false;
    let rows = step
        .members
        .into_iter()
        .map(|member| {
            let row = row(member, &users, refusal);
            let is_shown = sought.finds(&row);
            let is_whole = is_shown && whole > 0;
            whole -= usize::from(is_whole);
            shortened |= !is_whole && users.len() > 1;
            let row = if is_whole { row } else { row.shortened(ALL) };
            row.draw(is_shown)
        })
        .collect_view();
    let all = shortened.then(|| {
        view! {
            <select id=ALL hidden disabled aria-hidden="true">
                {options(choices(&users, NOT_MAPPED), "")}
            </select>
            <noscript>
                <p class="hint">"There are many Lever users: search for a member to see all of them in the row."</p>
            </noscript>
        }
    });
    let fallback = MapRow {
        id: "fallback".to_owned(),
        name: "fallback".to_owned(),
        label: "Fallback user".to_owned(),
        field: Field::Fallback,
        choices: choices(&users, "Nobody"),
        selected: step.fallback.unwrap_or_default(),
        notes: vec!["Credited when a member has no Lever user.".to_owned()],
        words: None,
        options: None,
        refusal,
    };
    view! {
        <PostForm deed=action class="dialog-form">
            <div class="dialog-body">
                <h3 id=HEADING tabindex="-1" autofocus=true>
                    {SetUpStep::Users.heading()}
                </h3>
                <p class="hint">"An imported candidate is credited to the Lever user of the member who imports."</p>
                <input type="hidden" name="version" value=version />
                {all}
                <fieldset class="map" disabled=!may_save>
                    <legend class="visually-hidden">"Members and their Lever users"</legend>
                    {rows}
                    <p class="none-found">"No member is found."</p>
                    {fallback.draw(true)}
                </fieldset>
            </div>
            <footer class="dialog-foot">
                <a href=address(SetUpStep::Connect) class="button">
                    "Back"
                </a>
                {may_save.then(|| view! { <Submit label="Next" look="primary" pending=action.pending() says="User Account Mapping saved" /> })}
            </footer>
        </PostForm>
    }
    .into_any()
}

const NOT_MAPPED: &str = "Not mapped";

fn row(member: MemberMapRow, users: &[LeverUserOption], refusal: Signal<Option<AppError>>) -> MapRow {
    let id = member.member.to_string();
    let mut notes = vec![member.email.clone()];
    notes.extend(member.suggested_by.map(|by| suggested(by).to_owned()));
    MapRow {
        name: row_field("users", &id),
        words: Some(format!("{} {}", member.name, member.email)),
        label: member.name,
        field: Field::MemberMap(id.clone()),
        choices: choices(users, NOT_MAPPED),
        selected: member.lever_user.unwrap_or_default(),
        notes,
        options: None,
        refusal,
        id: format!("user-{id}"),
    }
}

/// Why somebody is filled in.
pub(crate) fn suggested(by: MatchedBy) -> &'static str {
    match by {
        MatchedBy::Email => "suggested: same e-mail address",
        MatchedBy::Name => "suggested: same name",
    }
}

/// Lever's users to choose from; nobody new is somebody who was deactivated.
pub(crate) fn choices(users: &[LeverUserOption], nobody: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", nobody)];
    choices.extend(users.iter().map(|user| Choice {
        value: user.id.clone(),
        label: if user.active { user.label.clone() } else { format!("{} (deactivated)", user.label) },
        disabled: !user.active,
    }));
    choices
}
