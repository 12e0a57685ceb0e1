//! User Account Mapping: which member is which Lever user.

use domain::connection::SetUpStep;
use domain::mapping::MatchedBy;
use domain::problem::Field;
use domain::view::{LeverUserOption, MemberMapRow, UsersStep};
use leptos::prelude::*;
use leptos_router::components::A;

use super::api::SaveUsers;
use super::heading::Heading;
use super::{address, row_field};
use crate::problem::AppError;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::field::problems;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::select::{Choice, Select};

/// One select for each member, filled in where it could be guessed.
#[component]
pub(super) fn Users(step: UsersStep, may_save: bool) -> impl IntoView {
    let action = Deed::new::<SaveUsers>();
    let refusal = action.refusal();
    let users = StoredValue::new(step.lever_users);
    view! {
        <PostForm deed=action class="dialog-form">
            <div class="dialog-body">
                <Heading step=SetUpStep::Users />
                <p class="hint">"An imported candidate is credited to the Lever user of the member who imports."</p>
                <FormBanner refusal=refusal />
                <fieldset class="map" disabled=!may_save>
                    <legend class="visually-hidden">"Members and their Lever users"</legend>
                    {step
                        .members
                        .into_iter()
                        .map(|member| view! { <Member member=member users=users refusal=refusal /> })
                        .collect_view()}
                    <div class="map-row">
                        <Select
                            label="Fallback user"
                            name="fallback"
                            id="fallback"
                            choices=choices(&users.get_value(), "Nobody")
                            selected=step.fallback.unwrap_or_default()
                            texts=problems(refusal, Field::Fallback)
                        />
                        <p class="hint">"Credited when a member has no Lever user."</p>
                    </div>
                </fieldset>
            </div>
            <footer class="dialog-foot">
                <A href=address(SetUpStep::Connect) attr:class="button">
                    "Back"
                </A>
                {may_save.then(|| view! { <Submit label="Next" look="primary" pending=action.pending() /> })}
            </footer>
        </PostForm>
    }
}

#[component]
fn Member(
    member: MemberMapRow,
    users: StoredValue<Vec<LeverUserOption>>,
    refusal: Signal<Option<AppError>>,
) -> impl IntoView {
    let id = member.member.to_string();
    let note = match member.suggested_by {
        Some(MatchedBy::Email) => format!("{} · suggested: same e-mail address", member.email),
        Some(MatchedBy::Name) => format!("{} · suggested: same name", member.email),
        None => member.email,
    };
    view! {
        <div class="map-row">
            <Select
                label=member.name
                name=row_field("users", &id)
                id=format!("user-{id}")
                choices=choices(&users.get_value(), "Not mapped")
                selected=member.lever_user.unwrap_or_default()
                texts=problems(refusal, Field::MemberMap(id.clone()))
            />
            <p class="hint">{note}</p>
        </div>
    }
}

fn choices(users: &[LeverUserOption], nobody: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", nobody)];
    choices.extend(users.iter().map(|user| Choice {
        value: user.id.clone(),
        label: if user.active { user.label.clone() } else { format!("{} (deactivated)", user.label) },
        disabled: !user.active,
    }));
    choices
}
