//! The pages a person uses: settings and candidates. Rendered here, plain forms,
//! every press answered with a redirect; nothing needs JavaScript.

mod account;
mod api_credentials;
mod assets;
mod behaviour;
mod candidate;
mod candidates;
mod deliveries;
mod faults;
mod integrations;
mod key;
mod layout;
mod webhooks;
mod when;

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};

use self::layout::{Here, layout};
use crate::{admin::guard, simulator::Simulator, state::problem::Problem};

/// The routes, all behind the guard against forms of other sites.
pub(crate) fn router() -> Router<Simulator> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/candidates") }))
        .route("/assets/practice.css", get(assets::style))
        .route("/assets/copy.js", get(assets::script))
        .route("/candidates", get(candidates::show))
        .route("/candidates/{id}", get(candidate::show))
        .route("/candidates/{id}/{deed}", post(candidate::act))
        .route("/candidates/{id}/files/{file}/download", get(candidate::file))
        .route("/candidates/{id}/resumes/{file}/download", get(candidate::resume))
        .route("/settings", get(|| async { Redirect::to("/settings/integrations") }))
        .route("/settings/integrations", get(integrations::show))
        .route("/settings/integrations/{partner}", get(integrations::permissions))
        .route("/settings/integrations/{partner}/switch", post(integrations::switch))
        .route("/settings/integrations/{partner}/key", post(integrations::generate))
        .route("/settings/keys/{reveal}", get(key::show))
        .route("/settings/keys/{reveal}/done", post(key::done))
        .route("/settings/api-credentials", get(api_credentials::show))
        .route("/settings/api-credentials/new", get(api_credentials::form).post(api_credentials::generate))
        .route("/settings/api-credentials/{id}/revoke", post(api_credentials::revoke))
        .route("/settings/webhooks", get(webhooks::show))
        .route("/settings/webhooks/events/{event}/switch", post(webhooks::switch))
        .route("/settings/webhooks/events/{event}/add", post(webhooks::add))
        .route("/settings/webhooks/hooks/{id}/verify", post(webhooks::verify))
        .route("/settings/webhooks/hooks/{id}/save", post(webhooks::save))
        .route("/settings/webhooks/hooks/{id}/remove", post(webhooks::remove))
        .route("/settings/webhooks/token", post(webhooks::new_token))
        .route("/settings/webhooks/deliveries", get(deliveries::list))
        .route("/settings/webhooks/deliveries/{id}", get(deliveries::show))
        .route("/settings/webhooks/deliveries/{id}/rerun", post(deliveries::rerun))
        .nest("/practice", practice())
        .fallback(|| async { Page::missing("There is no such page.") })
        .layer(middleware::from_fn(headers))
        .layer(middleware::from_fn(guard::own_pages_only))
}

/// The pages that make the account misbehave: from this machine only, like the
/// admin API.
fn practice() -> Router<Simulator> {
    Router::new()
        .route("/faults", get(faults::show))
        .route("/faults/add", post(faults::add))
        .route("/faults/clear", post(faults::clear))
        .route("/faults/maintenance", post(faults::maintenance))
        .route("/faults/{place}/remove", post(faults::remove))
        .route("/behaviour", get(behaviour::show).post(behaviour::change))
        .route("/account", get(account::show))
        .route("/account/reset", post(account::reset))
        .route("/account/clock/{deed}", post(account::move_clock))
        .route("/account/{kind}/add", post(account::add))
        .route("/account/{kind}/{id}/{deed}", post(account::act))
        .layer(middleware::from_fn(this_machine_only))
}

async fn this_machine_only(request: Request, next: Next) -> Response {
    if guard::is_from_here(&request) {
        return next.run(request).await;
    }
    let text = "These pages answer the machine only that the practice Lever runs on.";
    Page::Refused(StatusCode::FORBIDDEN, text.to_owned()).into_response()
}

/// Headers of every page.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// What a page handler answers.
pub(crate) enum Page {
    Shown(Markup),
    /// The page with the form again, and what was wrong with it.
    Again(StatusCode, Markup),
    Gone(Redirect),
    Refused(StatusCode, String),
}

impl Page {
    /// To another page, after a form.
    pub(crate) fn to(address: &str) -> Self {
        Self::Gone(Redirect::to(address))
    }

    pub(crate) fn missing(text: &str) -> Self {
        Self::Refused(StatusCode::NOT_FOUND, text.to_owned())
    }
}

impl From<Problem> for Page {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Missing { .. } => Self::missing("This does not exist, or not any more."),
            Problem::Reference { .. } | Problem::Invalid(_) => {
                Self::Refused(StatusCode::BAD_REQUEST, problem.message())
            }
        }
    }
}

impl From<anyhow::Error> for Page {
    fn from(error: anyhow::Error) -> Self {
        tracing::error!(error = format!("{error:#}"), "a page failed");
        Self::Refused(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The change could not be saved. Is there room on the disk?".to_owned(),
        )
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        match self {
            Self::Shown(markup) => Html(markup.into_string()).into_response(),
            Self::Again(status, markup) => (status, Html(markup.into_string())).into_response(),
            Self::Gone(redirect) => redirect.into_response(),
            Self::Refused(status, text) => {
                let page = layout(
                    "Not done",
                    Here::Elsewhere,
                    &html! {
                        h1 { "Not done" }
                        p { (text) }
                        p { a href="/candidates" { "To the pipeline" } }
                    },
                );
                (status, Html(page.into_string())).into_response()
            }
        }
    }
}
