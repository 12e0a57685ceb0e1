//! The form, as the server draws it.

use domain::problem::Field;
use domain::view::ReachPage;
use leptos::prelude::*;

use super::api::ChangeReach;
use crate::problem::AppError;
use crate::ui::button::Submit;
use crate::ui::field::{Problems, invalid, problems};
use crate::ui::kept::kept;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::raw_text::raw_text;

/// The form of one candidate.
pub(super) fn form(page: ReachPage) -> AnyView {
    let save = Deed::new::<ChangeReach>();
    let refusal = save.refusal();
    let lever = page.writes.then(|| {
        view! {
            <p>"What is new is added to the contact in Lever too. Nothing is removed there: a corrected one stands beside the old one."</p>
        }
    });
    let waits =
        page.waits.then(|| view! { <p role="status">"What was added last is on its way to Lever."</p> });
    view! {
        <section class="panel narrow" aria-labelledby="reach-title">
            <h2 id="reach-title">
                <bdi>{page.name}</bdi>
            </h2>
            {lever}
            {waits}
            <PostForm deed=save>
                <input type="hidden" name="candidate" value=page.candidate.to_string() />
                {lines("E-mail addresses", "emails", Field::Email, page.emails, refusal)}
                {lines("Phone numbers", "phones", Field::Phones, page.phones, refusal)}
                {lines("Links", "links", Field::Links, page.links, refusal)}
                <Submit label="Save" look="primary" pending=save.pending() says="Contact details saved" />
            </PostForm>
        </section>
    }
    .into_any()
}

/// A field of several lines that begins with what there is.
fn lines(
    label: &'static str,
    name: &'static str,
    field: Field,
    value: String,
    refusal: Signal<Option<AppError>>,
) -> AnyView {
    let (code, texts) = (field.code(), problems(refusal, field));
    let value = kept(name).unwrap_or(value);
    let (hint_id, problems_id) = (format!("{name}-hint"), format!("{name}-problems"));
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <textarea
                id=name
                name=name
                rows="3"
                autocomplete="off"
                spellcheck="false"
                dir="auto"
                aria-describedby=format!("{hint_id} {problems_id}")
                aria-invalid=invalid(texts)
            >
                {raw_text(value)}
            </textarea>
            <p class="hint" id=hint_id>
                "One a line."
            </p>
            <Problems id=problems_id texts=texts code=code />
        </div>
    }
    .into_any()
}
