//! Every address and the order of the layers.

use std::sync::Arc;

use axum::extract::{FromRef, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use axum::{Router, middleware};
use leptos::config::{Env, LeptosOptions};
use leptos::prelude::provide_context;
use leptos_axum::LeptosRoutes as _;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use usecases::Services;

use crate::config::PublicUrl;
use crate::site::{self, Site};
use crate::web::{
    access_log, events, headers, health, insight_csv, kept, limits, origin, resume, session, webhooks,
};

/// What the doors share. Cheap to clone.
#[derive(Clone)]
pub struct Doors {
    /// What use cases need.
    pub services: Services,
    /// Cancelled when the server stops.
    pub stop: CancellationToken,
    /// Room for deliveries that are being received.
    pub deliveries: Arc<Semaphore>,
    /// Room for files that are being received.
    pub uploads: Arc<Semaphore>,
    options: LeptosOptions,
    public_url: PublicUrl,
    site: Site,
}

impl Doors {
    /// The doors of a server that is reached at `public_url`.
    #[must_use]
    pub fn new(services: Services, public_url: &PublicUrl, site: Site, stop: CancellationToken) -> Self {
        let options = LeptosOptions::builder()
            .output_name("fulcrum")
            .site_pkg_dir(site.package())
            .env(Env::PROD)
            .build();
        Self {
            services,
            stop,
            deliveries: Arc::new(Semaphore::new(limits::DELIVERIES_AT_ONCE)),
            uploads: Arc::new(Semaphore::new(limits::UPLOADS_AT_ONCE)),
            options,
            public_url: public_url.clone(),
            site,
        }
    }

    fn context(&self) -> impl Fn() + Clone + Send + Sync + 'static {
        let services = self.services.clone();
        move || provide_context(services.clone())
    }
}

impl FromRef<Doors> for LeptosOptions {
    fn from_ref(doors: &Doors) -> Self {
        doors.options.clone()
    }
}

/// The whole server. Of the layers of a router, the last one added meets a request first; of
/// those of a stack, the first one.
pub fn router(doors: Doors) -> Router {
    let https = doors.public_url.is_https();

    // Lever's deliveries prove themselves: no session, no origin check, limits of their own.
    let machines = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/webhooks/lever/{path}", post(webhooks::receive))
        .route("/webhooks/{*elsewhere}", any(|| async { StatusCode::NOT_FOUND }))
        // Shared, not copied for each delivery.
        .with_state(Arc::new(doors.clone()));

    // Screens, their server functions (POST /api/NAME) and their news.
    let routes = leptos_axum::generate_route_list(app::App);
    let options = doors.options.clone();
    let screens = Router::new()
        .leptos_routes_with_context(&doors, routes, doors.context(), move || app::shell(options.clone()))
        .route("/events", get(events::events))
        .route("/insight.csv", get(insight_csv::insight_csv))
        .route("/candidates/{id}/resume", get(resume::download))
        .fallback(not_found)
        .with_state(doors.clone())
        .layer(middleware::from_fn_with_state(kept::Keeper::new(&doors.services), kept::keep))
        .layer(RequestBodyLimitLayer::new(limits::BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limits::REQUEST_DEADLINE));

    // Files are larger than forms, and take longer.
    let files = Router::new()
        .route("/candidates/{id}/resume", post(resume::upload))
        .with_state(doors.clone())
        .layer(RequestBodyLimitLayer::new(limits::UPLOAD));

    let people = screens
        .merge(files)
        .layer(middleware::from_fn_with_state(doors.services.clone(), session::keep_alive))
        .layer(session::layer(&doors.services, https))
        .layer(middleware::from_fn_with_state(
            origin::Allowed::new(&doors.public_url),
            origin::refuse_cross_site,
        ))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(doors.site.clone(), site::serve));

    // One stack: each layer by itself would copy what is inside of it for every request.
    let all = ServiceBuilder::new()
        .layer(middleware::from_fn(access_log::log))
        .layer(middleware::map_response_with_state(headers::Hsts(https), headers::secure))
        .layer(CatchPanicLayer::custom(limits::after_panic));
    machines.merge(people).layer(all)
}

/// The program's own page for addresses that lead nowhere.
async fn not_found(State(doors): State<Doors>, request: Request) -> Response {
    let options = doors.options.clone();
    let render =
        leptos_axum::render_app_async_with_context(doors.context(), move || app::shell(options.clone()));
    let mut response = render(request).await.into_response();
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}
