//! The field for a signing token, as the server draws it.

use domain::problem::Field;
use leptos::prelude::*;

use super::button::Submit;
use super::field::{Problems, invalid, problems};
use super::post_form::{Deed, PostForm};

/// The field, with the button that saves it.
pub(crate) fn token_form(deed: Deed, id: String, label: String) -> AnyView {
    let texts = problems(deed.refusal(), Field::SigningToken);
    let problems_id = format!("{id}-problems");
    let code = Field::SigningToken.code();
    let name = format!("Save token: {label}");
    view! {
        <PostForm deed=deed class="one-line">
            <div class="field">
                <label for=id.clone()>{label}</label>
                <textarea
                    id=id
                    name="signing_tokens"
                    rows="1"
                    class="secret"
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby=problems_id.clone()
                    aria-invalid=invalid(texts)
                ></textarea>
                <Problems id=problems_id texts=texts code=code />
            </div>
            <Submit label="Save token" name=name pending=deed.pending() says="Token saved" />
        </PostForm>
    }
    .into_any()
}
