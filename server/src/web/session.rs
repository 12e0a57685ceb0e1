//! Sessions: the cookie, how long it lasts, and the broom.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use domain::actor::Actor;
use domain::ids::MemberId;
use domain::time::Timestamp;
use store::sessions::Sessions;
use tokio_util::sync::CancellationToken;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration as CookieDuration;
use tower_sessions::{Expiry, Session, SessionManagerLayer};
use usecases::Services;

/// The cookie where people come by https. The prefix makes browsers insist on
/// Secure, Path=/ and no Domain (RFC 6265bis, 4.1.3.2).
pub const COOKIE: &str = "__Host-fulcrum_session";

/// The cookie on loopback http, where the prefix is not allowed.
pub const LOOPBACK_COOKIE: &str = "fulcrum_session";

/// A session ends so long after its last use.
const IDLE: CookieDuration = CookieDuration::hours(12);

/// Use is noted so often at most: every note is a write.
const NOTED_EVERY: Duration = Duration::from_secs(10 * 60);

/// Where in the session the last note stands.
const SEEN: &str = "seen";

/// Ended sessions are deleted so often.
const SWEPT_EVERY: Duration = Duration::from_secs(60 * 60);

/// The layer that gives each request its session.
#[must_use]
pub fn layer(services: &Services, https: bool) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(Sessions::new(services.store.clone()))
        .with_name(if https { COOKIE } else { LOOPBACK_COOKIE })
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(IDLE))
}

/// The layer that keeps the session of an active member alive.
pub async fn keep_alive(
    State(services): State<Services>,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    // After the request: a session that it ended must stay ended.
    if let Err(error) = note_use(&services, &session).await {
        tracing::warn!(%error, "the use of a session could not be noted");
    }
    response
}

async fn note_use(services: &Services, session: &Session) -> Result<(), tower_sessions::session::Error> {
    if session.id().is_none() || session.get::<MemberId>(app::ssr::MEMBER).await?.is_none() {
        return Ok(());
    }
    let now = services.now();
    let noted = session.get::<Timestamp>(SEEN).await?;
    if noted.is_none_or(|noted| now.since(noted) >= NOTED_EVERY) {
        session.insert(SEEN, now).await?;
    }
    Ok(())
}

/// The member behind a session, as they are now: read afresh from the store.
///
/// # Errors
/// When the store cannot be asked.
pub async fn actor_now(services: &Services, session: &Session) -> Result<Option<Actor>, usecases::Error> {
    let Some(id) = session.id() else { return Ok(None) };
    let fresh = Session::new(Some(id), std::sync::Arc::new(Sessions::new(services.store.clone())), None);
    let member = fresh.get::<MemberId>(app::ssr::MEMBER).await.map_err(usecases::Error::internal)?;
    match member {
        Some(member) => usecases::session::actor(services, member).await,
        None => Ok(None),
    }
}

/// Deletes ended sessions, now and every hour, until `stop`.
pub async fn sweep(services: Services, stop: CancellationToken) {
    let sessions = Sessions::new(services.store.clone());
    let mut hours = tokio::time::interval(SWEPT_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = hours.tick() => {}
        }
        match sessions.delete_expired(services.now()).await {
            Ok(0) => {}
            Ok(deleted) => tracing::info!(deleted, "ended sessions were deleted"),
            Err(error) => tracing::warn!(%error, "ended sessions could not be deleted"),
        }
    }
}
