//! Who may use what: the admin API from this machine only, forms from our own
//! pages only.

use std::net::IpAddr;

use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::Trouble;
use crate::line::Caller;

/// Lets a request through when it comes from this machine, was addressed to it
/// by a loopback name (so that no foreign name can be pointed here), and does not
/// come from a page of another site.
pub(crate) async fn loopback_only(request: Request, next: Next) -> Response {
    if is_from_here(&request) && !is_foreign(&request) {
        next.run(request).await
    } else {
        Trouble::new(StatusCode::FORBIDDEN, "the admin API answers this machine only").into_response()
    }
}

/// Whether a request comes from this machine and was addressed to it by a loopback
/// name.
pub(crate) fn is_from_here(request: &Request) -> bool {
    let from_here = request
        .extensions()
        .get::<ConnectInfo<Caller>>()
        .is_some_and(|info| info.0.address.ip().to_canonical().is_loopback());
    from_here && is_loopback_name(request.headers())
}

/// Refuses a form that was sent by a page of another origin.
pub(crate) async fn own_pages_only(request: Request, next: Next) -> Response {
    if is_foreign(&request) {
        return (StatusCode::FORBIDDEN, "This form was sent by another site and was not carried out.")
            .into_response();
    }
    next.run(request).await
}

/// Whether an unsafe request was made by a page of another origin. `same-site` is
/// foreign too: on loopback every port is the same site. Without either header
/// it is no browser.
fn is_foreign(request: &Request) -> bool {
    if [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method()) {
        return false;
    }
    let text = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let own = text("host").map(|host| format!("http://{host}"));
            let own_tls = text("host").map(|host| format!("https://{host}"));
            Some(origin) != own.as_deref() && Some(origin) != own_tls.as_deref()
        }
        (None, None) => false,
    }
}

fn is_loopback_name(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|v| v.to_str().ok()) else {
        return false;
    };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => host.split(':').next().unwrap_or(""),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn request(method: &str, headers: &[(&str, &str)]) -> Request {
        let mut builder = Request::builder().method(method).uri("/x");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(Body::empty()).unwrap()
    }

    #[test]
    fn forms_of_other_origins_are_foreign_even_on_the_same_machine() {
        let host = ("host", "127.0.0.1:3100");
        for (foreign, headers) in [
            (false, vec![host]),
            (false, vec![host, ("sec-fetch-site", "same-origin")]),
            (true, vec![host, ("sec-fetch-site", "same-site")]),
            (true, vec![host, ("sec-fetch-site", "cross-site")]),
            (false, vec![host, ("origin", "http://127.0.0.1:3100")]),
            (true, vec![host, ("origin", "http://127.0.0.1:3000")]),
            (true, vec![host, ("origin", "null")]),
        ] {
            assert_eq!(is_foreign(&request("POST", &headers)), foreign, "{headers:?}");
            assert!(!is_foreign(&request("GET", &headers)));
        }
    }

    #[test]
    fn only_loopback_names_are_taken() {
        for (host, fine) in [
            ("127.0.0.1:3100", true),
            ("localhost:3100", true),
            ("[::1]:3100", true),
            ("evil.example:3100", false),
            ("127.0.0.1.evil.example", false),
        ] {
            let request = request("GET", &[("host", host)]);
            assert_eq!(is_loopback_name(request.headers()), fine, "{host}");
        }
    }
}
