//! What plain forms say is kept in the session when their page is shown again; see
//! [`app::kept`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::kept::{KEPT_FOR, KEPT_FORMS, KeptForm, KeptForms};
use app::ssr::{MEMBER, accepts_html};
use axum::body::{self, Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::LOCATION;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::ids::MemberId;
use domain::time::Timestamp;
use tower_sessions::cookie::time::Duration as CookieDuration;
use tower_sessions::session::Error;
use tower_sessions::{Expiry, Session};
use url::form_urlencoded;
use usecases::Services;

use super::limits;

/// What an address says whose page is shown again: which form of it was sent.
const OF_FORM: &str = "__path";

/// Forms kept within [`MINUTE`] for people who are not signed in: nobody fills the
/// store with them.
const STRANGERS: u32 = 60;
/// See [`STRANGERS`].
const MINUTE: Duration = Duration::from_secs(60);

/// What the layer needs. Cheap to clone.
#[derive(Clone)]
pub struct Keeper {
    services: Services,
    strangers: Arc<Mutex<Strangers>>,
}

/// How many forms of strangers were kept since when.
#[derive(Debug, Default)]
struct Strangers {
    since: Timestamp,
    kept: u32,
}

impl Strangers {
    /// Whether there is room for one more.
    fn take(&mut self, now: Timestamp) -> bool {
        if now.since(self.since) >= MINUTE {
            *self = Self { since: now, kept: 0 };
        }
        let is_room = self.kept < STRANGERS;
        self.kept += u32::from(is_room);
        is_room
    }
}

impl Keeper {
    /// The layer's part of a server.
    #[must_use]
    pub fn new(services: &Services) -> Self {
        Self { services: services.clone(), strangers: Arc::default() }
    }

    /// Keeps `form`. Who is not signed in gets a session for as long as it is kept.
    async fn keep(&self, session: &Session, form: KeptForm) -> Result<(), Error> {
        if session.get::<MemberId>(MEMBER).await?.is_none() {
            let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
            if !strangers.take(self.services.now()) {
                return Ok(());
            }
            let seconds = i64::try_from(KEPT_FOR.as_secs()).unwrap_or_default();
            session.set_expiry(Some(Expiry::OnInactivity(CookieDuration::seconds(seconds))));
        }
        let mut forms = forms(session).await?;
        forms.keep(form);
        session.insert(KEPT_FORMS, forms).await
    }
}

async fn forms(session: &Session) -> Result<KeptForms, Error> {
    Ok(session.get(KEPT_FORMS).await?.unwrap_or_default())
}

/// Forgets what was kept of a form that was taken now.
async fn forget(session: &Session, path: &str) -> Result<(), Error> {
    let mut forms = forms(session).await?;
    match (forms.forget(path), forms.is_empty()) {
        (false, _) => Ok(()),
        (true, false) => session.insert(KEPT_FORMS, forms).await,
        (true, true) => session.remove::<KeptForms>(KEPT_FORMS).await.map(drop),
    }
}

/// The layer: keeps what plain forms say whose page is shown again, and gives it to
/// that page.
pub async fn keep(State(keeper): State<Keeper>, session: Session, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if request.method() == Method::GET {
        return give(&keeper, &session, request, next).await;
    }
    if request.method() != Method::POST || !KeptForm::is_kept(path) || !accepts_html(request.headers()) {
        return next.run(request).await;
    }
    let path = path.to_owned();
    let (parts, body) = request.into_parts();
    let Ok(body) = body::to_bytes(body, limits::BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let response = next.run(Request::from_parts(parts, Body::from(body.clone()))).await;
    let kept = if shown_again(&response).as_deref() == Some(path.as_str()) {
        match form(&path, &body, keeper.services.now()) {
            Some(form) => keeper.keep(&session, form).await,
            None => Ok(()),
        }
    } else {
        forget(&session, &path).await
    };
    if let Err(error) = kept {
        tracing::warn!(%error, "what a form said could not be kept");
    }
    response
}

/// Gives a page that is shown again what its form said.
async fn give(keeper: &Keeper, session: &Session, mut request: Request, next: Next) -> Response {
    if let Some(path) = form_of(request.uri()) {
        match forms(session).await {
            Ok(forms) => {
                if let Some(form) = forms.find(&path, keeper.services.now()) {
                    request.extensions_mut().insert(form.clone());
                }
            }
            Err(error) => tracing::warn!(%error, "what a form said could not be read"),
        }
    }
    next.run(request).await
}

fn form(path: &str, body: &Bytes, at: Timestamp) -> Option<KeptForm> {
    let pairs = form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.into_owned()));
    KeptForm::of(path, pairs, at)
}

/// The form to whose page the answer leads back.
fn shown_again(response: &Response) -> Option<String> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    of_form(location.split_once('?')?.1)
}

/// Which form the page at this address shows again.
fn form_of(uri: &Uri) -> Option<String> {
    of_form(uri.query()?)
}

fn of_form(query: &str) -> Option<String> {
    let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == OF_FORM);
    found.map(|(_, path)| path.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_fill_nothing() {
        let mut strangers = Strangers::default();
        let now = Timestamp(1_000_000);
        assert!((0..STRANGERS).all(|_| strangers.take(now)));
        assert!(!strangers.take(now));
        assert!(strangers.take(now + MINUTE));
    }
}
