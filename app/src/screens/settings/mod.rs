//! What the organisation wants of its imports, for Super Admins.

pub(crate) mod api;

use domain::import_settings::{KnownPerson, OnReply};
use domain::problem::Field;
use domain::view::{FallbackCredit, SettingsPage};
use leptos::prelude::*;
use leptos_router::components::A;

use self::api::{ReadSettings, SaveSettings};
use crate::ask::Page;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::dynamic::dynamic;
use crate::ui::field::{TextField, problems};
use crate::ui::page_title::PageTitle;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::select::{Choice, Select};
use crate::ui::shown::shown;
use crate::ui::time::When;

/// The page.
#[component]
pub(crate) fn Settings() -> impl IntoView {
    let page = Page::new(String::new(), || ReadSettings {});
    view! {
        <PageTitle text="Import settings" />
        <header class="page-head">
            <h1>"Import settings"</h1>
            <a href="/integrations">"Back to the integrations"</a>
        </header>
        {shown(page, |page| view! { <Form page=page /> }.into_any())}
    }
}

#[component]
fn Form(page: SettingsPage) -> impl IntoView {
    let save = Deed::new::<SaveSettings>();
    let refusal = save.refusal();
    let done = save.done();
    let choices = KnownPerson::ALL.iter().map(|choice| Choice::new(choice.code(), choice.label())).collect();
    let replies = OnReply::ALL.iter().map(|choice| Choice::new(choice.code(), choice.label())).collect();
    let credits = page.fallback_credits;
    view! {
        <section class="panel narrow" aria-label="Imports">
            <FormBanner refusal=refusal />
            <PostForm deed=save>
                <Select
                    label="When the person is in Lever already"
                    name="known_person"
                    id="known-person"
                    choices=choices
                    selected=page.known_person.code()
                    texts=problems(refusal, Field::KnownPerson)
                />
                <Select
                    label="Import on reply"
                    name="on_reply"
                    id="on-reply"
                    choices=replies
                    selected=page.on_reply.code()
                    texts=problems(refusal, Field::OnReply)
                />
                <TextField
                    label="Tags"
                    name="tags"
                    field=Field::Tags
                    refusal=refusal
                    value=page.tags
                    hint="Added to every opportunity that an import creates. Separate them by commas."
                />
                {tick("note_when_linking", "Add the conversation as a note when linking", page.note_when_linking)}
                {tick("note_of_replies", "Add later answers to Lever, at most one note a day", page.note_of_replies)}
                <div class="form-end">
                    <Submit label="Save" look="primary" pending=save.pending() />
                    <p class="quiet" role="status">
                        {dynamic(move || done.get().then_some("Saved."))}
                    </p>
                </div>
            </PostForm>
        </section>
        {(!credits.is_empty()).then(|| listed(credits))}
    }
}

/// Whom the fallback was credited with.
fn listed(credits: Vec<FallbackCredit>) -> AnyView {
    view! {
        <section aria-labelledby="credits-title">
            <h2 id="credits-title">"Credited to the fallback"</h2>
            <p class="quiet">
                "Whoever asked for these imports had no Lever user of their own. "
                <A href="/integrations/lever?step=users">"User Account Mapping"</A>
            </p>
            <ul class="items">
                {credits
                    .into_iter()
                    .map(|credit| {
                        view! {
                            <li>
                                <A href=format!("/candidates/{}", credit.candidate)>{credit.name}</A>
                                {format!(", asked for by {}, credited to {}, ", credit.asked_by, credit.credited_to)}
                                <When moment=credit.at />
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
    .into_any()
}

/// A box to tick, with its label.
fn tick(name: &'static str, label: &'static str, ticked: bool) -> AnyView {
    view! {
        <p class="tick">
            <label>
                <input type="checkbox" name=name value="1" checked=ticked />
                " "
                {label}
            </label>
        </p>
    }
    .into_any()
}
