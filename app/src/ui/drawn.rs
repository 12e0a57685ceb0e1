//! Screens that the server draws. The browser puts the server's HTML in its
//! place and knows nothing else of it, so that a screen which mostly shows costs
//! the first visit next to nothing.
//!
//! Links in a drawing are the router's like any others. Its forms are plain
//! ones; while the page lives they are sent in its background: one that asks
//! becomes the address, one that changes something is posted and the drawing
//! fetched anew. What was typed or chosen stays where it is until then, and so
//! does the keyboard's place.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use domain::problem::{FieldProblem, Problem};
use leptos::ev::{Event, FocusEvent, SubmitEvent};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::ServerFnUrlError;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, FormData, HtmlElement, HtmlFormElement};

use super::banner::FormBanner;
use super::empty::Loading;
use super::failure::Failure;
use super::get_form::address_of;
use super::post_form::fields_of;
use crate::ask::{Asking, Sent, ask, carried, send};
use crate::problem::AppError;

/// HTML that the server made of a view, which escapes what people wrote; only
/// `ssr::draw` makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Drawn(pub(crate) String);

/// How long a drawing with news waits after the focus left it: a press on a
/// button in it takes that long at most.
const CALM: Duration = Duration::from_millis(400);

/// What the address asks, without its question mark.
pub(crate) fn asked() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || location.search.get().trim_start_matches('?').to_owned())
}

/// What the server draws for `address`; fetched anew whenever `news` goes up.
pub(crate) fn drawn<S>(
    address: Signal<String>,
    news: Signal<u32>,
    question: impl Fn(String) -> S + Send + Sync + 'static,
) -> AnyView
where
    S: ServerFn<Output = Drawn, Error = AppError> + Serialize + 'static,
{
    let question = Arc::new(move |address| asking(question(address)));
    drawn_and(address, news, question, refused_before(), || ())
}

/// A part of a living screen that the server draws. Its forms post to `paths`;
/// what others were refused is not said here.
pub(crate) fn drawn_part<S>(
    paths: &[&str],
    address: Signal<String>,
    news: Signal<u32>,
    question: impl Fn(String) -> S + Send + Sync + 'static,
) -> AnyView
where
    S: ServerFn<Output = Drawn, Error = AppError> + Serialize + 'static,
{
    let ours = use_context::<ServerActionError>().is_some_and(|error| paths.contains(&error.path()));
    let question = Arc::new(move |address| asking(question(address)));
    drawn_and(address, news, question, refused_before().filter(|_| ours), || ())
}

/// Asks for a drawing.
pub(crate) fn asking<S>(question: S) -> Asking
where
    S: ServerFn<Output = Drawn, Error = AppError> + Serialize + 'static,
{
    Box::pin(ask(question))
}

/// What is asked for an address.
pub(crate) type Question = Arc<dyn Fn(String) -> Asking + Send + Sync>;

/// As [`drawn`], with what was refused before, and what the page does to the
/// drawing once it stands there. An empty answer draws nothing.
pub(crate) fn drawn_and(
    address: Signal<String>,
    news: Signal<u32>,
    question: Question,
    refused: Option<AppError>,
    then: fn(),
) -> AnyView {
    // A page carries its HTML once: beside it goes an empty answer.
    let aside: Arc<OnceLock<Sent>> = Arc::default();
    let put_aside = Arc::clone(&aside);
    let (stale, touched) = (StoredValue::new(false), StoredValue::new(false));
    let draw = move || -> Asking {
        touched.try_set_value(false);
        let (asking, put_aside) = (question(address.get_untracked()), Arc::clone(&put_aside));
        if is_browser() {
            return asking;
        }
        Box::pin(async move {
            let sent = asking.await?;
            // A page is rendered once, so nothing stands there yet.
            drop(put_aside.set(sent));
            Ok(Sent::default())
        })
    };
    let answer = carried(address, Box::new(draw));

    let place = NodeRef::<Div>::new();
    // What somebody chose and has not sent yet.
    let touch = move |event: Event| {
        let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let changes = element.and_then(|element| element.closest("form[method=post]").ok().flatten());
        if changes.is_some() {
            touched.set_value(true);
        }
    };
    let in_use = move |place| touched.get_value() || in_use(place);
    Effect::new(move |before: Option<u32>| {
        let now = news.get();
        if before.is_some_and(|before| before != now) {
            if in_use(place) { stale.set_value(true) } else { answer.refetch() }
        }
        now
    });
    let left = move |_: FocusEvent| {
        set_timeout(
            move || {
                if stale.try_get_value() == Some(true) && !in_use(place) {
                    stale.set_value(false);
                    answer.refetch();
                }
            },
            CALM,
        );
    };

    let refused = RwSignal::new(refused);
    Effect::new(move |before: Option<String>| {
        let now = address.get();
        if before.is_some_and(|before| before != now) {
            refused.set(None);
        }
        now
    });
    let sending = StoredValue::new(false);
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form else { return };
        // A button may lead elsewhere than its form, and in another way.
        let button = event.submitter();
        let own = |name: &str| button.as_ref().and_then(|button| button.get_attribute(name));
        let action = own("formaction").or_else(|| form.get_attribute("action")).unwrap_or_default();
        if own("formmethod").unwrap_or_else(|| form.method()) == "get" {
            if let Some(address) = address_of(&form, &action) {
                event.prevent_default();
                navigate(&address, NavigateOptions::default());
            }
        } else if let Some(held) = held_by(&form) {
            event.prevent_default();
            if sending.get_value() {
                return;
            }
            sending.set_value(true);
            // Setting an attribute of an element fails for malformed names only.
            let busy = move |is_busy: &str| {
                drop(button.as_ref().map(|button| button.set_attribute("aria-busy", is_busy)));
            };
            busy("true");
            spawn_local(async move {
                let refusal = send(&action, &held).await.err();
                sending.try_set_value(false);
                busy("false");
                match &refusal {
                    Some(refusal) => mark(&form, refusal),
                    None => {
                        stale.try_set_value(false);
                        answer.refetch();
                    }
                }
                refused.try_set(refusal);
            });
        }
    };

    let show = move |answer: Result<Sent, AppError>| {
        let html = answer.and_then(|sent| match aside.get().unwrap_or(&sent) {
            sent if sent.is_empty() => Ok(Drawn(String::new())),
            sent => sent.read(),
        });
        match html {
            Ok(Drawn(html)) => {
                if is_browser() {
                    after_drawing(place, then);
                }
                view! { <div class="drawn" inner_html=html></div> }.into_any()
            }
            Err(error) => view! { <Failure error=error /> }.into_any(),
        }
    };
    let show = Arc::new(show);
    view! {
        <FormBanner refusal=refused />
        <div node_ref=place on:submit=submit on:focusout=left on:input=touch>
            <Transition fallback=|| {
                view! { <Loading /> }
            }>
                {move || {
                    let show = Arc::clone(&show);
                    Suspend::new(async move { show(answer.await) })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

/// What a plain form in the drawing was refused: the address carries that.
pub(crate) fn refused_before() -> Option<AppError> {
    use_context::<ServerActionError>().map(|error| ServerFnUrlError::<AppError>::decode_err(error.err()))
}

/// What a form would send, with its files if it has any.
fn held_by(form: &HtmlFormElement) -> Option<JsValue> {
    if form.enctype() == "multipart/form-data" {
        return FormData::new_with_form(form).ok().map(JsValue::from);
    }
    fields_of(form).map(|fields| JsValue::from_str(&fields))
}

/// Whether somebody is typing or choosing in the drawing.
fn in_use(place: NodeRef<Div>) -> bool {
    let focused = document().active_element();
    let fields = "input, select, textarea";
    place.try_get_untracked().flatten().zip(focused).is_some_and(|(place, focused)| {
        place.contains(Some(&focused)) && focused.matches(fields).unwrap_or(false)
    })
}

/// Does `then` once the new drawing stands there, and gives the keyboard its place
/// back if that went with the old one.
fn after_drawing(place: NodeRef<Div>, then: fn()) {
    let focused = place
        .try_get_untracked()
        .flatten()
        .zip(document().active_element())
        .filter(|(place, focused)| place.contains(Some(focused)))
        .map(|(_, focused)| focused.id())
        .filter(|id| !id.is_empty());
    request_animation_frame(move || {
        then();
        let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        let before = focused.filter(|_| lost).and_then(|id| document().get_element_by_id(&id));
        if let Some(element) = before.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            // Focusing fails for detached elements only.
            drop(element.focus());
        }
    });
}

/// Puts what is wrong beside the fields of `form` it belongs to.
fn mark(form: &HtmlFormElement, refusal: &AppError) {
    let Ok(places) = form.query_selector_all(".problems") else { return };
    let problems = match refusal {
        AppError::Problem(Problem::Fields(problems)) => problems.as_slice(),
        _ => &[],
    };
    let mut first = None;
    for place in (0..places.length()).filter_map(|at| places.get(at)?.dyn_into::<Element>().ok()) {
        let code = place.get_attribute("data-field");
        let text =
            problems.iter().find(|problem| Some(problem.field().code()) == code).map(FieldProblem::text);
        place.set_text_content(text.as_deref());
        if text.is_some() && first.is_none() {
            first = place
                .parent_element()
                .and_then(|field| field.query_selector("input, select, textarea").ok()?);
        }
    }
    if let Some(field) = first.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
        // Focusing fails for detached elements only.
        drop(field.focus());
    }
}
