//! A form that changes something: a plain one that posts to a server function,
//! and, once the page lives, one that stays on the page.

use leptos::ev::{Event, SubmitEvent};
use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::ServerFnUrlError;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use web_sys::{Element, FormData, HtmlElement, HtmlFormElement, UrlSearchParams};

use super::toast::{Speaker, speaker};
use crate::ask::{Sent, post};
use crate::problem::AppError;

/// Something a form asks the server to do, and what came of it.
#[derive(Clone, Copy)]
pub(crate) struct Deed {
    path: &'static str,
    pending: RwSignal<bool>,
    version: RwSignal<u32>,
    answer: RwSignal<Option<Result<Sent, AppError>>>,
    speaker: Speaker,
}

/// What was pressed or chosen to send a form, and the form.
struct Sender {
    says: Option<String>,
    form: HtmlFormElement,
}

impl Sender {
    fn of(pressed: Option<Element>) -> Option<Self> {
        let pressed = pressed?;
        let form = pressed.closest("form").ok().flatten()?.dyn_into().ok()?;
        Some(Self { says: pressed.get_attribute("data-says"), form })
    }
}

impl Deed {
    /// The deed of a server function. It begins with what a plain form was
    /// refused: the address of the page carries that.
    pub(crate) fn new<S: ServerFn<Error = AppError>>() -> Self {
        Self::at(S::PATH)
    }

    /// The deed that is asked for at `path`.
    pub(crate) fn at(path: &'static str) -> Self {
        let refused = use_context::<ServerActionError>()
            .filter(|error| error.path() == path)
            .map(|error| Err(ServerFnUrlError::<AppError>::decode_err(error.err())));
        Self {
            path,
            pending: RwSignal::new(false),
            version: RwSignal::new(0),
            answer: RwSignal::new(refused),
            speaker: speaker(),
        }
    }

    /// Whether the server has not answered yet.
    pub(crate) fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    /// Goes up with every answer that came without a new page.
    pub(crate) fn version(self) -> Signal<u32> {
        self.version.into()
    }

    /// Why it was refused last.
    pub(crate) fn refusal(self) -> Signal<Option<AppError>> {
        Signal::derive(move || self.answer.with(|answer| answer.as_ref()?.as_ref().err().cloned()))
    }

    /// Whether it was done, last time.
    pub(crate) fn done(self) -> Signal<bool> {
        Signal::derive(move || self.answer.with(|answer| matches!(answer, Some(Ok(_)))))
    }

    /// What the server answered last, when it did it.
    pub(crate) fn answer<T: DeserializeOwned>(self) -> Option<T> {
        self.answer.with(|answer| answer.as_ref()?.as_ref().ok()?.read().ok())
    }

    /// Calls `then` each time it was done.
    pub(crate) fn after(self, then: impl Fn() + 'static) {
        let then: Box<dyn Fn()> = Box::new(then);
        Effect::new(move |before: Option<u32>| {
            let now = self.version.get();
            if before.is_some_and(|before| before != now) && self.done().get_untracked() {
                then();
            }
            now
        });
    }

    /// Does it with these fields.
    pub(crate) fn send(self, fields: &[(&str, &str)]) {
        self.send_by(None, fields);
    }

    /// Does it with these fields, because of what happened to a part of a form.
    pub(crate) fn send_from(self, event: &Event, fields: &[(&str, &str)]) {
        self.send_by(Sender::of(element(event)), fields);
    }

    fn send_by(self, sender: Option<Sender>, fields: &[(&str, &str)]) {
        if let Ok(params) = UrlSearchParams::new() {
            for (name, value) in fields {
                params.append(name, value);
            }
            self.post(sender, text_of(&params));
        }
    }

    fn post(self, sender: Option<Sender>, fields: String) {
        self.pending.set(true);
        spawn_local(async move {
            let answer = post(self.path, fields).await;
            match sender {
                Some(Sender { says: Some(says), .. }) if answer.is_ok() => self.speaker.say(says),
                // Once the fields bear what is wrong with them.
                Some(Sender { form, .. }) if answer.is_err() => {
                    request_animation_frame(move || go_to_refused(&form));
                }
                _ => {}
            }
            // The screen may be gone by now.
            self.answer.try_set(Some(answer));
            self.pending.try_set(false);
            self.version.try_maybe_update(|version| {
                *version = version.wrapping_add(1);
                (true, ())
            });
        });
    }
}

/// What a form says, as a plain one would send it.
pub(crate) fn fields_of(form: &HtmlFormElement) -> Option<String> {
    let data = FormData::new_with_form(form).ok()?;
    UrlSearchParams::new_with_str_sequence_sequence(&data).ok().map(|params| text_of(&params))
}

fn text_of(params: &UrlSearchParams) -> String {
    params.to_string().as_string().unwrap_or_default()
}

/// What an event happened to.
fn element(event: &Event) -> Option<Element> {
    event.target().and_then(|target| target.dyn_into().ok())
}

/// Leads the keyboard to the first field of `form` that was refused.
pub(super) fn go_to_refused(form: &HtmlFormElement) {
    let field = form.query_selector("[aria-invalid=true]").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
        // Focusing fails for detached elements only.
        drop(field.focus());
    }
}

/// A form for `deed`; its fields are the server function's arguments.
#[component]
pub(crate) fn PostForm(
    /// What it asks for.
    deed: Deed,
    /// Its class.
    #[prop(optional)]
    class: &'static str,
    /// Its id, for fields that stand elsewhere on the page.
    #[prop(optional)]
    id: Option<&'static str>,
    /// Its fields and its button.
    children: Children,
) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        let form = element(&event).and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        if let Some(fields) = form.and_then(|form| fields_of(&form))
            && !event.default_prevented()
        {
            event.prevent_default();
            let pressed = event.submitter().map(Element::from).or_else(|| element(&event));
            deed.post(Sender::of(pressed), fields);
        }
    };
    view! {
        <form method="post" action=deed.path class=class id=id on:submit=submit>
            {children()}
        </form>
    }
}
