//! A server for a test, and what asks it.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::actor::Actor;
use lever::{BaseUrl, Transport};
use lever_sim::testing::Running;
use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode};
use server::config::PublicUrl;
use store::testing::Fresh;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use usecases::webhooks::{Inbox, Unverified};
use usecases::{
    CapabilityKey, Changes, Ids, LeverAccess, Mailer, SealingKey, Services, Settings, SystemClock,
    SystemRandom, Timing, Vault,
};

/// Longest anything may take before a test gives up.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

/// The key the practice Lever knows: a secret that must show up nowhere.
pub(crate) const KEY: &str = "canary-key-6f1d0b5c9a7e4d2f";

/// The members of the demo, who are everybody here.
pub(crate) const ADMIN: &str = "admin@demo.example";
pub(crate) const RECRUITER: &str = "ana@demo.example";

/// A server with its database, its worker and its practice Lever.
pub(crate) struct TestApp {
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
    pub(crate) services: Services,
    pub(crate) lever: Running,
    http: reqwest::Client,
    stop: CancellationToken,
    serving: JoinHandle<()>,
    _database: Fresh,
}

impl TestApp {
    /// Started afresh, with members and nothing else, reached at where it listens.
    pub(crate) async fn start() -> Self {
        Self::start_at(None).await
    }

    /// As [`TestApp::start`], but people are told that it is at `public_url`.
    pub(crate) async fn start_at(public_url: Option<&str>) -> Self {
        let lever = lever_sim::testing::start(lever_sim::Settings {
            key: Some(KEY.to_owned()),
            opportunities: 3,
            ..lever_sim::Settings::default()
        })
        .await
        .unwrap();
        let database = store::testing::sqlite().await;
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let addr = listener.local_addr().unwrap();
        let public_url = match public_url {
            Some(url) => PublicUrl::parse(url).unwrap(),
            None => PublicUrl::of(addr),
        };
        let key = SealingKey::generate(&SystemRandom);
        let timing = Timing { lever_deadline: Duration::from_secs(5), ..Timing::default() };
        let base_url = BaseUrl::parse_override(&lever.api_url).unwrap();
        let practice = server::demo::practice(base_url, KEY.into(), &lever.base_url);
        let services = Services {
            store: database.store.clone(),
            vault: Vault::new(key.clone()),
            capabilities: CapabilityKey::new(key),
            lever: LeverAccess::new(Transport::new(timing.lever_deadline).unwrap(), None, Some(practice)),
            mail: Mailer::default(),
            changes: Changes::default(),
            clock: Arc::new(SystemClock),
            ids: Ids::default(),
            random: Arc::new(SystemRandom),
            settings: Arc::new(Settings {
                public_url: public_url.origin().to_owned(),
                platform: "CodeSignal".to_owned(),
                demo: true,
                timing,
            }),
            inbox: Inbox::default(),
            unverified: Unverified::default(),
            wake: Arc::new(Notify::new()),
        };
        usecases::demo::seed(&services, true).await.unwrap();
        let stop = CancellationToken::new();
        let serving = {
            let (services, stop) = (services.clone(), stop.clone());
            tokio::spawn(async move { server::serve::run(listener, services, &public_url, stop).await })
        };
        let http = client();
        Self { url: format!("http://{addr}"), services, lever, http, stop, serving, _database: database }
    }

    /// A visitor nobody knows.
    pub(crate) fn stranger(&self) -> Visitor {
        Visitor { url: self.url.clone(), http: self.http.clone(), cookie: None }
    }

    /// A member who has signed in.
    pub(crate) async fn member(&self, email: &str) -> Visitor {
        let mut visitor = self.stranger();
        let answer = visitor.sign_in(email).await;
        assert_eq!(answer.status(), StatusCode::FOUND, "{}", answer.text().await.unwrap());
        assert!(visitor.cookie.is_some(), "signing in gave no cookie");
        visitor
    }

    /// The member with this address, as use cases see them.
    pub(crate) async fn actor(&self, email: &str) -> Actor {
        let member = usecases::session::sign_in(
            &self.services,
            email,
            server::demo::PASSWORD.to_owned().into(),
            "127.0.0.1",
        )
        .await
        .unwrap();
        usecases::session::actor(&self.services, member).await.unwrap().unwrap()
    }

    /// Stops it as a signal would, and waits for the end.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(LIMIT, self.serving).await.expect("it does not stop").unwrap();
        self.lever.stop().await.unwrap();
    }
}

/// Somebody with a browser of the simplest kind.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) url: String,
    http: reqwest::Client,
    /// `NAME=VALUE` of the session, once there is one.
    pub(crate) cookie: Option<String>,
}

impl Visitor {
    /// A request for `path`, with the session, if there is one.
    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        }
    }

    /// Opens a page.
    pub(crate) async fn get(&self, path: &str) -> Response {
        let accept = ("accept", "text/html");
        self.request(reqwest::Method::GET, path).header(accept.0, accept.1).send().await.unwrap()
    }

    /// Calls a server function as the program in a browser does.
    pub(crate) async fn call(&self, function: &str, fields: &[(&str, &str)]) -> Response {
        self.request(reqwest::Method::POST, &format!("/api/{function}"))
            .header("accept", "application/x-postcard")
            .header("sec-fetch-site", "same-origin")
            .form(fields)
            .send()
            .await
            .unwrap()
    }

    /// Sends a plain form, as a browser without JavaScript does, and keeps the
    /// session that the answer may set or end.
    pub(crate) async fn submit(&mut self, function: &str, fields: &[(&str, &str)]) -> Response {
        let answer = self
            .request(reqwest::Method::POST, &format!("/api/{function}"))
            .header("accept", "text/html")
            .header("referer", format!("{}/", self.url))
            .header("sec-fetch-site", "same-origin")
            .form(fields)
            .send()
            .await
            .unwrap();
        if let Some(cookie) = session_cookie(answer.headers()) {
            let (pair, _) = cookie.split_once(';').unwrap_or((&cookie, ""));
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        answer
    }

    /// Signs in by the form of the sign-in page.
    pub(crate) async fn sign_in(&mut self, email: &str) -> Response {
        self.submit("sign_in", &[("email", email), ("password", server::demo::PASSWORD)]).await
    }
}

/// The session cookie that an answer sets, with its attributes.
pub(crate) fn session_cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find(|cookie| cookie.contains("fulcrum_session="))
        .map(str::to_owned)
}

/// An HTTP client that follows nothing and knows no proxy.
pub(crate) fn client() -> reqwest::Client {
    // The practice Lever may have chosen the same provider already.
    let _already_chosen = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().redirect(Policy::none()).read_timeout(LIMIT).build().unwrap()
}

/// Waits until `look` finds something.
pub(crate) async fn until<T, F: Future<Output = Option<T>>>(what: &str, look: impl Fn() -> F) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < LIMIT, "waited too long until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
