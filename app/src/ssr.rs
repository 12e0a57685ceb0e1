//! What exists on the server only: who is asking, which status is answered, and
//! the headers of a page. Server functions import it inside their bodies.
//!
//! The server provides [`Services`] as context for pages and for server
//! functions; the session layer puts [`Session`] into the request.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::header::{ACCEPT, CONTENT_SECURITY_POLICY, COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::actor::Actor;
use domain::connection::Environment;
use domain::ids::MemberId;
use domain::problem::{Field, FieldProblem, Problem};
use leptos::nonce::use_nonce;
use leptos::prelude::{
    FromServerFnError as _, IntoAny, IntoView, Owner, RenderHtml, provide_context, use_context,
};
use leptos::server::ServerActionError;
use leptos::server_fn::error::{SERVER_FN_ERROR_HEADER, ServerFnUrlError};
use leptos_axum::ResponseOptions;
use serde::de::DeserializeOwned;
use tower_sessions::Session;
use usecases::Services;

use crate::kept::KeptForm;
use crate::problem::AppError;
use crate::ui::drawn::Drawn;
use crate::ui::local_path::local_path;

/// The key under which the session holds the signed-in [`MemberId`].
pub const MEMBER: &str = "member";

/// The cookie that carries a fresh invitation's link over the redirect of a plain form.
const INVITE_LINK: &str = "fulcrum_invite_link";

/// How deep what an address asks may be nested.
const DEEP: usize = 5;

/// The use cases' services.
///
/// # Errors
/// [`Problem::Internal`] when the server provided none.
pub fn services() -> Result<Services, AppError> {
    use_context::<Services>().ok_or_else(|| {
        tracing::error!("no services in context");
        AppError::Problem(Problem::Internal)
    })
}

/// The services for a page that is about to be rendered, which gets its
/// Content-Security-Policy here: the one inside the page knows the nonce.
///
/// # Errors
/// As [`services`].
pub fn open_page() -> Result<Services, AppError> {
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(policy) = HeaderValue::from_str(&content_security_policy(&nonce))
    {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
    services()
}

/// The policy of a page: everything from here, scripts in the page by nonce,
/// WebAssembly, and nothing from anybody else (W3C Content Security Policy 3).
#[must_use]
pub fn content_security_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; object-src 'none'"
    )
}

/// Who is asking, with the services to ask: the guard of every server function
/// behind the sign-in.
///
/// # Errors
/// [`Problem::SignedOut`]; a page that is being rendered becomes a redirect to
/// the sign-in page, any other request is answered 401.
pub async fn signed_in() -> Result<(Services, Actor), AppError> {
    let services = services()?;
    match visitor(&services).await? {
        Some(actor) => Ok((services, actor)),
        None => Err(refused(Problem::SignedOut)),
    }
}

/// Who is signed in on this browser, if anybody.
///
/// # Errors
/// [`Problem::Internal`] without a session layer, else the store's.
pub async fn visitor(services: &Services) -> Result<Option<Actor>, AppError> {
    let session = session()?;
    actor_of(services, &session).await
}

/// The member a session belongs to; `None` when nobody is signed in, or the
/// member was removed.
///
/// # Errors
/// When the session or the member cannot be read.
pub async fn actor_of(services: &Services, session: &Session) -> Result<Option<Actor>, AppError> {
    let member: Option<MemberId> = session.get(MEMBER).await.map_err(unreadable_session)?;
    match member {
        Some(member) => answer(usecases::session::actor(services, member).await),
        None => Ok(None),
    }
}

/// The request's session.
///
/// # Errors
/// [`Problem::Internal`] without a session layer.
pub fn session() -> Result<Session, AppError> {
    use_context::<Parts>().and_then(|request| request.extensions.get::<Session>().cloned()).ok_or_else(|| {
        tracing::error!("no session in the request");
        AppError::Problem(Problem::Internal)
    })
}

/// Signs `member` in on this browser, under a fresh session id.
///
/// # Errors
/// When the session cannot be stored.
pub async fn begin_session(member: MemberId) -> Result<(), AppError> {
    let session = session()?;
    session.cycle_id().await.map_err(unreadable_session)?;
    session.insert(MEMBER, member).await.map_err(unreadable_session)
}

/// Signs out on this browser.
///
/// # Errors
/// When the session cannot be removed.
pub async fn end_session() -> Result<(), AppError> {
    session()?.flush().await.map_err(unreadable_session)
}

/// Where the request came from, for the limit on failed sign-ins. `unknown`
/// when the server does not say (it serves without connection information).
#[must_use]
pub fn peer() -> String {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<ConnectInfo<SocketAddr>>().copied())
        .map_or_else(|| "unknown".to_owned(), |ConnectInfo(address)| address.ip().to_string())
}

/// The use case's answer as the server function's: the inside goes to the log,
/// the outside to the person and into the status.
///
/// # Errors
/// The use case's problem.
pub fn answer<T>(result: usecases::Result<T>) -> Result<T, AppError> {
    result.map_err(|error| refused(error.into_problem()))
}

/// Sets the status that belongs to `problem`. A plain form keeps its redirect:
/// the refusal travels in the address instead.
#[must_use]
pub fn refused(problem: Problem) -> AppError {
    if let (Some(request), Some(response)) = (use_context::<Parts>(), use_context::<ResponseOptions>()) {
        if request.method == Method::GET && problem == Problem::SignedOut {
            leptos_axum::redirect(&format!("/sign-in?next={}", query_value(&asked_path(&request))));
        } else if request.method == Method::GET || !accepts_html(&request.headers) {
            response.set_status(status(&problem));
        }
    }
    AppError::Problem(problem)
}

/// The Lever environment that a form chose.
///
/// # Errors
/// [`FieldProblem::NotAChoice`] for anything else than an environment's code.
pub fn environment(code: &str) -> Result<Environment, AppError> {
    Environment::from_code(code)
        .ok_or_else(|| refused(Problem::field(FieldProblem::NotAChoice(Field::Environment))))
}

/// What stands before the id in [`row_field`].
const ROW: &str = "id-";

/// The name of one row's field in a form. Its first letters keep the form's
/// reader from taking an id that begins with a digit for a place in a list.
#[must_use]
pub fn row_field(map: &str, id: &str) -> String {
    format!("{map}[{ROW}{id}]")
}

/// What the rows of a map say, by id, without what a form puts before the id.
#[must_use]
pub fn by_id(rows: BTreeMap<String, String>) -> BTreeMap<String, String> {
    rows.into_iter().filter_map(|(field, value)| Some((field.strip_prefix(ROW)?.to_owned(), value))).collect()
}

/// HTML for a screen that the server draws. A drawing has no router around it:
/// its links are plain ones. Its signals are its own and not the request's, whose
/// end disposes them even while they are read: whoever asked may leave at any time.
pub(crate) fn draw<V: IntoView>(view: impl FnOnce() -> V) -> Drawn {
    let (request, refused, kept) = (Owner::current(), use_context::<ServerActionError>(), kept_form());
    // It is the current owner from now on.
    let drawing = Owner::new_root(None);
    if let Some(refused) = refused {
        provide_context(refused);
    }
    if let Some(kept) = kept {
        provide_context(kept);
    }
    let html = view().into_view().into_any().to_html();
    if let Some(request) = request {
        request.set();
    }
    drop(drawing);
    Drawn(html)
}

/// What the address asks of a screen that the server draws. What cannot be read
/// asks for nothing.
pub(crate) fn read_address<T: DeserializeOwned + Default>(asked: &str) -> T {
    // Browsers encode the brackets of a list.
    serde_qs::Config::new(DEEP, false).deserialize_str(asked).unwrap_or_default()
}

/// The answer of a door of the server's own, called `door`, to a form of the
/// page at `page`: as server functions answer, so that the page need not know.
#[must_use]
pub fn answer_form(
    headers: &HeaderMap,
    door: &'static str,
    page: &str,
    result: Result<(), Problem>,
) -> Response {
    let plain = accepts_html(headers);
    match (result, plain) {
        (Ok(()), true) => Redirect::to(page).into_response(),
        (Ok(()), false) => ().into_response(),
        (Err(problem), true) => Redirect::to(&refused_at(door, page, problem)).into_response(),
        (Err(problem), false) => {
            let status = status(&problem);
            let body = AppError::Problem(problem).ser();
            (status, [(HeaderName::from_static(SERVER_FN_ERROR_HEADER), door)], body).into_response()
        }
    }
}

/// The address of `page` with why `door` refused.
fn refused_at(door: &str, page: &str, problem: Problem) -> String {
    // Only what comes after the host is told to the browser.
    let whole =
        ServerFnUrlError::new(door, AppError::Problem(problem)).to_url(&format!("http://localhost{page}"));
    match whole {
        Ok(whole) => format!("{}?{}", whole.path(), whole.query().unwrap_or_default()),
        Err(_) => page.to_owned(),
    }
}

/// Shows another page: a plain form by a redirect, the program in the browser
/// by navigating.
pub fn go_to(path: &str) {
    leptos_axum::redirect(path);
}

/// Shows `page` again with what the plain form that was posted to `form` said. The
/// program in the browser has it still.
pub(crate) fn show_again(page: &str, form: &str) {
    if use_context::<Parts>().is_some_and(|request| accepts_html(&request.headers)) {
        go_to(&format!("{page}?__path={}", query_value(form)));
    }
}

/// What stands in the field called `name` of the form whose page is shown again.
pub(crate) fn kept(name: &str) -> Option<String> {
    kept_form()?.field(name)
}

fn kept_form() -> Option<KeptForm> {
    use_context::<KeptForm>().or_else(|| use_context::<Parts>()?.extensions.get::<KeptForm>().cloned())
}

/// Keeps a fresh invitation's link for the page that a plain form is redirected
/// to: it is shown this once, and to this browser only.
pub fn keep_invite_link(services: &Services, url: &str) {
    let plain_form = use_context::<Parts>().is_some_and(|request| accepts_html(&request.headers));
    if plain_form {
        let secure = if services.settings.public_url.starts_with("https:") { "; Secure" } else { "" };
        set_cookie(&format!(
            "{INVITE_LINK}={url}; Path=/members; Max-Age=60; HttpOnly; SameSite=Strict{secure}"
        ));
    }
}

/// The link kept by [`keep_invite_link`], once.
#[must_use]
pub fn take_invite_link() -> Option<String> {
    let request = use_context::<Parts>()?;
    let cookies = request.headers.get(COOKIE)?.to_str().ok()?;
    let link = cookies.split("; ").find_map(|cookie| cookie.strip_prefix(INVITE_LINK)?.strip_prefix('='))?;
    set_cookie(&format!("{INVITE_LINK}=; Path=/members; Max-Age=0; HttpOnly; SameSite=Strict"));
    Some(link.to_owned())
}

fn set_cookie(cookie: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        response.append_header(SET_COOKIE, value);
    }
}

fn unreadable_session(error: tower_sessions::session::Error) -> AppError {
    tracing::error!(%error, "the session store failed");
    refused(Problem::Busy)
}

/// Whether whoever asks shows pages: a browser without the program.
#[must_use]
pub fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("text/html"))
}

/// What the page was asked for. Why a form was refused stays behind: who has signed in
/// finds what they typed.
fn asked_path(request: &Parts) -> String {
    let query = request.uri.query().unwrap_or_default().split('&');
    let query: Vec<&str> = query.filter(|pair| !pair.is_empty() && !pair.starts_with("__err=")).collect();
    let path = match query.as_slice() {
        [] => request.uri.path().to_owned(),
        query => format!("{}?{}", request.uri.path(), query.join("&")),
    };
    local_path(Some(&path)).to_owned()
}

/// Percent-encodes what would end or split a query value (RFC 3986, 3.4).
pub(crate) fn query_value(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
        encoded
    })
}

/// The status that says `problem` to a program.
#[must_use]
pub fn status(problem: &Problem) -> StatusCode {
    match problem {
        Problem::Fields(_) | Problem::NotEligible | Problem::NobodyChosen | Problem::PublicUrlNotHttps => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Problem::SignedOut | Problem::WrongCredentials => StatusCode::UNAUTHORIZED,
        Problem::NotAllowed => StatusCode::FORBIDDEN,
        Problem::NotFound => StatusCode::NOT_FOUND,
        Problem::LinkNotValid => StatusCode::GONE,
        Problem::TooManyTries { .. } => StatusCode::TOO_MANY_REQUESTS,
        Problem::ChangedMeanwhile | Problem::LastSuperAdmin | Problem::NotConnected => StatusCode::CONFLICT,
        Problem::LeverUnreachable | Problem::LeverRejectedKey | Problem::LeverFailed => {
            StatusCode::BAD_GATEWAY
        }
        Problem::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Problem::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::*;
    use crate::ui::field::TextArea;

    #[test]
    fn only_scripts_with_the_nonce_run_in_a_page() {
        let policy = content_security_policy("abc");
        assert!(policy.contains("script-src 'self' 'nonce-abc' 'wasm-unsafe-eval';"));
        assert!(!policy.contains("unsafe-inline"));
    }

    #[test]
    fn a_form_of_a_door_is_answered_as_server_functions_answer() {
        let page = "/candidates/1";
        let html = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("text/html"))]);
        let answered = answer_form(&html, "/door", page, Ok(()));
        assert_eq!(
            (answered.status(), &answered.headers()["location"]),
            (StatusCode::SEE_OTHER, &HeaderValue::from_static(page))
        );
        let answered = answer_form(&html, "/door", page, Err(Problem::Busy));
        let led = answered.headers()["location"].to_str().unwrap();
        assert!(led.starts_with("/candidates/1?__path=%2Fdoor&__err="), "{led}");
        let answered = answer_form(&HeaderMap::new(), "/door", page, Err(Problem::SignedOut));
        assert_eq!(answered.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(answered.headers()[SERVER_FN_ERROR_HEADER], "/door");
        assert_eq!(answer_form(&HeaderMap::new(), "/door", page, Ok(())).status(), StatusCode::OK);
    }

    #[test]
    fn lists_are_read_from_an_address_as_browsers_write_them() {
        #[derive(Debug, Default, PartialEq, serde::Deserialize)]
        #[serde(default)]
        struct Asked {
            of: String,
            who: Vec<String>,
        }
        let asked: Asked = read_address("of=1&who%5B%5D=a+b&who%5B%5D=c&else=2");
        assert_eq!(asked, Asked { of: "1".into(), who: vec!["a b".into(), "c".into()] });
        assert_eq!(read_address::<Asked>("who=a"), Asked::default());
    }

    #[test]
    fn whoever_leaves_does_not_take_a_drawings_signals_along() {
        let request = Owner::new_root(None);
        let refusal = ServerActionError::new("/door", "refused");
        provide_context(refusal.clone());
        let drawn = draw(|| {
            let pending = RwSignal::new(true);
            request.cleanup();
            assert!(use_context::<ServerActionError>().is_some_and(|error| error.path() == refusal.path()));
            view! { <button disabled=move || pending.get()>"Send"</button> }
        });
        assert!(drawn.0.starts_with("<button disabled>Send"), "{drawn:?}");
        assert_eq!(Owner::current(), Some(request));
    }

    #[test]
    fn a_query_value_cannot_end_itself() {
        assert_eq!(query_value("/a?b=c&d#e"), "/a%3Fb%3Dc%26d%23e");
    }

    #[test]
    fn a_text_cannot_leave_its_field() {
        let drawn = draw(|| {
            let refusal = Signal::stored(None::<AppError>);
            let value = "\na & </textarea><b>".to_owned();
            view! { <TextArea label="Text" name="text" field=Field::Message refusal=refusal value=value /> }
        });
        assert!(drawn.0.contains(">\n\na &amp; &lt;/textarea>&lt;b></textarea>"), "{drawn:?}");
    }
}
