//! Saved texts, as the server draws them.

use domain::problem::Field;
use domain::view::{TemplateChoice, TemplateRow, TemplatesPage};
use leptos::prelude::*;

use super::api::{DeleteTemplate, SaveTemplate};
use super::drawing::FIELDS;
use crate::ui::button::Submit;
use crate::ui::empty::Empty;
use crate::ui::field::{Problems, invalid, problems};
use crate::ui::kept::kept;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::raw_text::raw_text;
use crate::ui::select::{Choice, options};
use crate::ui::time::When;

/// Every saved text, and the form for one.
pub(super) fn page(page: TemplatesPage) -> AnyView {
    let TemplatesPage { rows, edited, may_save } = page;
    let delete = Deed::new::<DeleteTemplate>();
    let listed = if rows.is_empty() {
        view! {
            <Empty title="No templates yet">
                <p>"Save a text once, and everybody can begin with it."</p>
            </Empty>
        }
        .into_any()
    } else {
        let rows = rows.into_iter().map(|row| line(row, may_save, delete)).collect_view();
        view! { <ul class="items">{rows}</ul> }.into_any()
    };
    view! {
        {listed}
        {may_save.then(|| form(edited))}
    }
    .into_any()
}

fn line(row: TemplateRow, may_save: bool, delete: Deed) -> impl IntoView {
    let buttons = may_save.then(|| {
        let name = row.name.clone();
        view! {
            <div class="buttons">
                <a class="button" href=format!("/messages/templates?template={}", row.id) aria-label=format!("Change {name}")>
                    "Change"
                </a>
                <PostForm deed=delete class="inline-form">
                    <input type="hidden" name="template" value=row.id.to_string() />
                    <Submit
                        label="Delete"
                        name=format!("Delete {name}")
                        pending=delete.pending()
                        says=format!("Template {name} deleted")
                    />
                </PostForm>
            </div>
        }
    });
    view! {
        <li class="panel">
            <h2>
                <bdi>{row.name}</bdi>
            </h2>
            <p class="message-body" dir="auto">
                {row.body}
            </p>
            <p class="quiet">
                "Saved by " <bdi>{row.saved_by}</bdi> ", " <When moment=row.saved />
            </p>
            {buttons}
        </li>
    }
}

fn form(edited: Option<TemplateRow>) -> AnyView {
    let save = Deed::new::<SaveTemplate>();
    let title = if edited.is_some() { "Change the template" } else { "New template" };
    let (id, name, body) = match edited {
        Some(row) => (row.id.to_string(), row.name, row.body),
        None => Default::default(),
    };
    let (name, body) = (kept("name").unwrap_or(name), kept("text").unwrap_or(body));
    let refusal = save.refusal();
    let (of_name, of_text) = (problems(refusal, Field::TemplateName), problems(refusal, Field::Message));
    view! {
        <section class="panel narrow-text" aria-labelledby="template-title">
            <h2 id="template-title">{title}</h2>
            <PostForm deed=save>
                <input type="hidden" name="template" value=id />
                <div class="field">
                    <label for="name">"Name"</label>
                    <input
                        id="name"
                        name="name"
                        autocomplete="off"
                        value=name
                        dir="auto"
                        aria-describedby="name-problems"
                        aria-invalid=invalid(of_name)
                    />
                    <Problems id="name-problems".to_owned() texts=of_name code=Field::TemplateName.code() />
                </div>
                <div class="field">
                    <label for="text">"Text"</label>
                    <textarea
                        id="text"
                        name="text"
                        rows="8"
                        autocomplete="off"
                        spellcheck="true"
                        aria-describedby="text-hint text-problems"
                        aria-invalid=invalid(of_text)
                        dir="auto"
                    >
                        {raw_text(body)}
                    </textarea>
                    <p class="hint" id="text-hint">
                        {FIELDS}
                    </p>
                    <Problems id="text-problems".to_owned() texts=of_text code=Field::Message.code() />
                </div>
                <div class="form-end">
                    <Submit label="Save" look="primary" pending=save.pending() says="Template saved" />
                </div>
            </PostForm>
        </section>
    }
    .into_any()
}

/// The saved texts to choose from, where a message is written. The select needs the
/// program in the browser; the link does not.
pub(super) fn choice(choice: TemplateChoice) -> AnyView {
    let TemplateChoice { candidate, texts } = choice;
    if texts.is_empty() {
        return ().into_any();
    }
    let mut choices = vec![Choice::new("", "Choose one")];
    choices.extend(texts.into_iter().map(|(name, text)| Choice::new(text, name)));
    view! {
        <div class="field template-choice needs-program">
            <label for="template-choice">"Template"</label>
            <select id="template-choice" autocomplete="off" dir="auto">
                {options(choices, "")}
            </select>
        </div>
        <p class="without-program">
            <a href=format!("/messages/new?candidates={candidate}")>"Write from a template"</a>
        </p>
    }
    .into_any()
}
