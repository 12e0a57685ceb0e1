//! News for an open screen, as server-sent events (HTML standard, 9.2): kinds
//! and ids only, of the member's organisation only.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use domain::actor::Actor;
use domain::event::Change;
use futures::Stream;
use futures::stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tower_sessions::Session;
use usecases::{Announced, Services};

use super::session::actor_now;
use crate::router::Doors;

/// How often the stream asks whether its member may still listen.
const CHECKED_EVERY: Duration = Duration::from_secs(15);

/// How soon a browser comes again after the stream ended.
const RETRY: Duration = Duration::from_secs(2);

/// Tells a proxy (nginx) not to hold events back.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// `GET /events`: 401 for strangers. The stream ends when the member signs out,
/// is removed or gets another role, and when the server stops.
pub async fn events(State(doors): State<Doors>, session: Session) -> Response {
    // Listening begins before the member is looked up: no change falls between.
    let receiver = doors.services.changes.listen();
    let actor = match actor_now(&doors.services, &session).await {
        Ok(Some(actor)) => actor,
        Ok(None) => return StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => {
            tracing::warn!(%error, "a stream could not begin");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let mut checks = tokio::time::interval_at(tokio::time::Instant::now() + CHECKED_EVERY, CHECKED_EVERY);
    checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let listener = Listener {
        services: doors.services.clone(),
        session,
        actor,
        receiver,
        checks,
        stop: doors.stop.clone(),
    };
    let events = Sse::new(listener.stream()).keep_alive(KeepAlive::new().interval(CHECKED_EVERY));
    ([(X_ACCEL_BUFFERING, "no")], events).into_response()
}

struct Listener {
    services: Services,
    session: Session,
    actor: Actor,
    receiver: Receiver<Announced>,
    checks: Interval,
    stop: CancellationToken,
}

impl Listener {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold((self, true), |(mut listener, first)| async move {
            // The first event carries no data: it opens the stream at once.
            let event = if first { Some(Event::default().retry(RETRY)) } else { listener.next().await };
            event.map(|event| (Ok(event), (listener, false)))
        })
    }

    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let received = tokio::select! {
                () = self.stop.cancelled() => return None,
                _ = self.checks.tick() => {
                    if self.may_listen().await {
                        continue;
                    }
                    return None;
                }
                received = self.receiver.recv() => received,
            };
            let change = match received {
                Ok(announced) if announced.organisation != self.actor.organisation => continue,
                Ok(announced) => announced.change,
                Err(RecvError::Lagged(_)) => Change::All,
                Err(RecvError::Closed) => return None,
            };
            if change == Change::Members && !self.may_listen().await {
                return None;
            }
            return Some(Event::default().data(change.to_string()));
        }
    }

    /// Whether the member is still signed in, still a member, and in the same
    /// role. When the store cannot be asked, the stream ends: the browser comes
    /// again.
    async fn may_listen(&self) -> bool {
        match actor_now(&self.services, &self.session).await {
            Ok(Some(actor)) => actor.role == self.actor.role && actor.organisation == self.actor.organisation,
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(%error, "whether a member may listen could not be asked");
                false
            }
        }
    }
}
