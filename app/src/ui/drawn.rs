//! Screens that the server draws. The browser puts the server's HTML in its
//! place and knows nothing else of it, so that a screen which mostly shows costs
//! the first visit next to nothing.
//!
//! Links in a drawing are the router's like any others. Its forms are plain
//! ones; while the page lives they are sent in its background: one that asks
//! becomes the address (by itself where it says `data-asks`), one that changes
//! something is posted and the drawing fetched anew. A new drawing is laid over
//! the old one, so that whoever types, chooses or goes by keyboard is not
//! disturbed: see [`redraw`].

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use domain::problem::{FieldProblem, Problem};
use leptos::ev::{Event, SubmitEvent};
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
use web_sys::{Element, FormData, HtmlFormElement};

use super::banner::FormBanner;
use super::dynamic::dynamic;
use super::empty::Loading;
use super::failure::Failure;
use super::get_form::address_of;
use super::post_form::{fields_of, go_to_refused};
use super::redraw::redraw;
use super::toast::speaker;
use crate::ask::{Asking, Sent, ask, carried, send};
use crate::live::is_visible;
use crate::problem::AppError;

/// HTML that the server made of a view, which escapes what people wrote; only
/// `ssr::draw` makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Drawn(pub(crate) String);

/// On a form that was sent and is not yet answered.
pub(super) const SENDING: &str = "data-sending";
/// On a form that was sent and done, until the drawing comes anew.
pub(super) const SENT: &str = "data-sent";
/// A pause in typing after which a form that asks by itself does.
const PAUSE: Duration = Duration::from_millis(250);
/// How often a drawing that says it is not settled is fetched again.
const UNSETTLED: Duration = Duration::from_secs(2);

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
    let touched = StoredValue::new(false);
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
    // What somebody typed or chose and has not sent yet: the news waits for it.
    let touch = move |event: &Event| {
        let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let changes = element.and_then(|element| element.closest("form[method=post]").ok().flatten());
        if changes.is_some() {
            touched.set_value(true);
        }
    };
    Effect::new(move |before: Option<u32>| {
        let now = news.get();
        if before.is_some_and(|before| before != now) && !touched.get_value() {
            answer.refetch();
        }
        now
    });

    let refused = RwSignal::new(refused);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let settle = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    Effect::new(move |before: Option<String>| {
        let now = address.get();
        if before.is_some_and(|before| before != now) {
            refused.set(None);
            // Whoever went elsewhere is not led back by what was typed before.
            settle();
        }
        now
    });
    let speak = speaker();
    let navigate = use_navigate();
    let go = Callback::new(move |(address, replace): (String, bool)| {
        navigate(&address, NavigateOptions { replace, scroll: !replace, ..NavigateOptions::default() });
    });
    let submit = move |event: SubmitEvent| {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form else { return };
        // A button may lead elsewhere than its form, and in another way.
        let button = event.submitter();
        let own = |name: &str| button.as_ref().and_then(|button| button.get_attribute(name));
        let action = own("formaction").or_else(|| form.get_attribute("action")).unwrap_or_default();
        let method = own("formmethod").unwrap_or_else(|| form.method());
        if method == "get" {
            if let Some(address) = address_of(&form, &action) {
                event.prevent_default();
                go.run((address, false));
            }
        } else if let Some(held) = held_by(&form).filter(|_| method == "post") {
            event.prevent_default();
            // Pressing twice sends once; another form is not held up.
            if form.has_attribute(SENDING) {
                return;
            }
            let says = own("data-says");
            // Attributes of an element are refused for malformed names only.
            drop(form.set_attribute(SENDING, ""));
            let busy = move |is_busy: &str| {
                drop(button.as_ref().map(|button| button.set_attribute("aria-busy", is_busy)));
            };
            busy("true");
            spawn_local(async move {
                let refusal = send(&action, &held).await.err();
                drop(form.remove_attribute(SENDING));
                busy("false");
                mark(&form, refusal.as_ref());
                if refusal.is_none() {
                    if let Some(says) = says {
                        speak.say(says);
                    }
                    drop(form.set_attribute(SENT, ""));
                    answer.refetch();
                }
                refused.try_set(refusal);
            });
        }
    };
    // A form that asks by itself: at once when something is chosen, after a pause while somebody types.
    let asks = move |event: &Event, pause: Duration| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let form = target.and_then(|target| target.closest("form[data-asks]").ok().flatten());
        let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return };
        settle();
        let ask = move || {
            let action = form.get_attribute("action").unwrap_or_default();
            if let Some(address) = address_of(&form, &action).filter(|_| form.is_connected()) {
                go.run((address, true));
            }
        };
        timer.try_set_value(set_timeout_with_handle(ask, pause).ok());
    };

    let failed = RwSignal::new(None::<AppError>);
    let retry = Callback::new(move |()| answer.refetch());
    // What the page is given first. From then on the drawing is laid anew here and not by the
    // page, which would empty the element first and take the keyboard's place away with it.
    let first = async move {
        let html = answer.await.and_then(|sent| read(aside.get().unwrap_or(&sent)));
        let (html, error) = match html {
            Ok(html) => (html, None),
            Err(error) => (String::new(), Some(error)),
        };
        let empty = error.is_some();
        failed.try_set(error);
        if is_browser() {
            request_animation_frame(then);
        }
        view! {
            {dynamic(move || failed.get().map(|error| view! { <Failure error=error retry=retry /> }))}
            <div class="drawn" inner_html=html hidden=empty></div>
        }
        .into_any()
    };
    Effect::new(move |before: Option<()>| {
        // What came with the page stands there already.
        let Some(sent) = answer.get().filter(|_| before.is_some()) else { return };
        match sent.and_then(|sent| read(&sent)) {
            Ok(html) => {
                if let Some(drawing) = drawing_in(place) {
                    redraw(&drawing, &html);
                    empty_sent(&drawing);
                    request_animation_frame(then);
                }
                failed.set(None);
            }
            Err(error) => failed.set(Some(error)),
        }
    });
    Effect::new(move |_| {
        let again = move || {
            let unsettled = drawing_in(place)
                .and_then(|drawing| drawing.query_selector("[data-unsettled]").ok().flatten());
            if unsettled.is_some() && is_visible() {
                answer.refetch();
            }
        };
        if let Ok(timer) = set_interval_with_handle(again, UNSETTLED) {
            on_cleanup(move || timer.clear());
        }
    });
    view! {
        <FormBanner refusal=refused />
        <div
            node_ref=place
            on:submit=submit
            on:input=move |event| {
                touch(&event);
                asks(&event, PAUSE);
            }
            on:change=move |event| {
                if chooses(&event) {
                    asks(&event, Duration::ZERO);
                }
            }
        >
            <Transition fallback=|| {
                view! { <Loading /> }
            }>{Suspend::new(first)}</Transition>
        </div>
    }
    .into_any()
}

/// Whether something was chosen. What was typed has been asked for already when its
/// field is left, and leaving it may be on the way elsewhere.
fn chooses(event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|field| {
        field.matches("select, [type=checkbox], [type=radio], [type=date]").unwrap_or(false)
    })
}

/// The HTML of a drawing; an empty answer draws nothing.
fn read(sent: &Sent) -> Result<String, AppError> {
    if sent.is_empty() { Ok(String::new()) } else { sent.read().map(|Drawn(html)| html) }
}

/// What a plain form in the drawing was refused: the address carries that.
pub(crate) fn refused_before() -> Option<AppError> {
    use_context::<ServerActionError>().map(|error| ServerFnUrlError::<AppError>::decode_err(error.err()))
}

/// The drawing that stands in `place` now.
fn drawing_in(place: NodeRef<Div>) -> Option<Element> {
    place.try_get_untracked().flatten()?.query_selector(":scope > .drawn").ok().flatten()
}

/// Forms that were sent and done hold again what the drawing says.
fn empty_sent(drawing: &Element) {
    let sent = drawing.query_selector(&format!("form[{SENT}]"));
    let mut next = sent.ok().flatten();
    while let Some(form) = next.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) {
        form.reset();
        drop(form.remove_attribute(SENT));
        next = drawing.query_selector(&format!("form[{SENT}]")).ok().flatten();
    }
}

/// What a form would send, with its files if it has any.
fn held_by(form: &HtmlFormElement) -> Option<JsValue> {
    if form.enctype() == "multipart/form-data" {
        return FormData::new_with_form(form).ok().map(JsValue::from);
    }
    fields_of(form).map(|fields| JsValue::from_str(&fields))
}

/// Puts what is wrong beside the fields of `form` it belongs to.
fn mark(form: &HtmlFormElement, refusal: Option<&AppError>) {
    let Ok(places) = form.query_selector_all(".problems") else { return };
    let problems = match refusal {
        Some(AppError::Problem(Problem::Fields(problems))) => problems.as_slice(),
        _ => &[],
    };
    for place in (0..places.length()).filter_map(|at| places.get(at)?.dyn_into::<Element>().ok()) {
        let code = place.get_attribute("data-field");
        let text =
            problems.iter().find(|problem| Some(problem.field().code()) == code).map(FieldProblem::text);
        place.set_text_content(text.as_deref());
        let beside =
            place.parent_element().and_then(|field| field.query_selector("input, select, textarea").ok()?);
        let Some(field) = beside else { continue };
        // Attributes of an element are refused for malformed names only.
        drop(match text {
            Some(_) => field.set_attribute("aria-invalid", "true"),
            None => field.remove_attribute("aria-invalid"),
        });
    }
    go_to_refused(form);
}
