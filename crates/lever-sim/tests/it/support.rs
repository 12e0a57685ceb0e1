//! A client and a receiver, both as plain as they can be.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use lever_sim::{Behaviour, Settings, testing::Running};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};

pub(crate) const KEY: &str = "practice-key";

/// Settings with a key, few people, and no rate limit to speak of.
pub(crate) fn settings(opportunities: usize) -> Settings {
    Settings {
        opportunities,
        key: Some(KEY.to_owned()),
        behaviour: Behaviour {
            rate_per_second: 100_000.0,
            rate_burst: 100_000.0,
            retry_mode: lever_sim::RetryMode::Fast,
            ..Behaviour::default()
        },
        ..Settings::default()
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    /// The error's status, code and message.
    pub(crate) fn refusal(&self) -> (u16, String, String) {
        let body = self.json();
        assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
        (
            self.status.as_u16(),
            body["code"].as_str().unwrap().to_owned(),
            body["message"].as_str().unwrap().to_owned(),
        )
    }
}

/// A started practice Lever and a client with a key.
pub(crate) struct Lever {
    pub(crate) running: Running,
    pub(crate) http: reqwest::Client,
    pub(crate) key: String,
}

impl Lever {
    pub(crate) async fn start(settings: Settings) -> Self {
        let running = lever_sim::testing::start(settings).await.unwrap();
        Self::of(running)
    }

    pub(crate) fn of(running: Running) -> Self {
        Self { running, http: client(), key: KEY.to_owned() }
    }

    pub(crate) async fn with(opportunities: usize) -> Self {
        Self::start(settings(opportunities)).await
    }

    /// Changes the behaviour.
    pub(crate) async fn behave(&self, change: impl FnOnce(&mut Behaviour)) {
        let mut behaviour = self.running.behaviour();
        change(&mut behaviour);
        self.running.set_behaviour(behaviour).await.unwrap();
    }

    pub(crate) async fn try_call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Answer> {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.running.api_url))
            .basic_auth(&self.key, Some(""));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        Ok(Answer {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await?,
        })
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.try_call(method, path, body).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, Some(body)).await
    }

    /// `data` of a GET that succeeds.
    pub(crate) async fn data(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.json()["data"].clone()
    }

    /// Every item of a list, page by page, the offset sent as it came.
    pub(crate) async fn all(&self, path: &str, limit: usize) -> Vec<Value> {
        let mut items = Vec::new();
        let mut offset = None::<String>;
        loop {
            let mut request = self
                .http
                .get(format!("{}{path}", self.running.api_url))
                .basic_auth(&self.key, Some(""))
                .query(&[("limit", limit.to_string())]);
            if let Some(offset) = &offset {
                request = request.query(&[("offset", offset)]);
            }
            let page: Value = request.send().await.unwrap().json().await.unwrap();
            let data = page["data"].as_array().unwrap();
            assert!(data.len() <= limit);
            items.extend(data.iter().cloned());
            assert_eq!(page["hasNext"].as_bool().unwrap(), page.get("next").is_some());
            match page.get("next") {
                Some(next) => offset = Some(next.as_str().unwrap().to_owned()),
                None => return items,
            }
        }
    }

    /// The id of the user with this e-mail.
    pub(crate) async fn user(&self, email: &str) -> String {
        let users = self.data(&format!("/users?email={email}")).await;
        users[0]["id"].as_str().unwrap().to_owned()
    }

    /// Creates an opportunity as Ana and returns the whole answer.
    pub(crate) async fn create(&self, body: Value) -> Value {
        let ana = self.user("ana@demo.example").await;
        let answer = self.post(&format!("/opportunities?perform_as={ana}"), body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json()
    }

    /// Creates somebody and returns the opportunity's id.
    pub(crate) async fn somebody(&self) -> String {
        self.create(json!({"name": "Nia Some", "emails": ["nia@example.com"]})).await["data"]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) async fn stage_id(&self, text: &str) -> String {
        self.data("/stages")
            .await
            .as_array()
            .unwrap()
            .iter()
            .find(|stage| stage["text"] == text)
            .unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) async fn reason_id(&self, text: &str) -> String {
        self.data("/archive_reasons")
            .await
            .as_array()
            .unwrap()
            .iter()
            .find(|reason| reason["text"] == text)
            .unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// A request to a page or to the admin API; redirects are not followed.
    pub(crate) async fn page(&self, method: Method, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.running.base_url));
        if !form.is_empty() {
            let mut body = url::form_urlencoded::Serializer::new(String::new());
            body.extend_pairs(form);
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body.finish());
        }
        let response = request.send().await.unwrap();
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    pub(crate) async fn show(&self, path: &str) -> String {
        let answer = self.page(Method::GET, path, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.text
    }

    /// Presses a button; returns where it leads.
    pub(crate) async fn press(&self, path: &str, form: &[(&str, &str)]) -> String {
        let answer = self.page(Method::POST, path, form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.text);
        answer.headers["location"].to_str().unwrap().to_owned()
    }

    pub(crate) async fn admin(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.http.request(method, format!("{}/_practice{path}", self.running.base_url));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    /// Switches events on and registers the receiver for them through the API.
    pub(crate) async fn subscribe(&self, receiver: &Receiver, events: &[&str]) {
        for event in events {
            self.admin(Method::PUT, &format!("/events/{event}"), Some(json!({"on": true}))).await;
            let made = self.post("/webhooks", json!({"url": receiver.url, "event": event})).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        }
    }
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap()
}

/// One POST a receiver got.
#[derive(Debug, Clone)]
pub(crate) struct Posted {
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Posted {
    pub(crate) fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

/// A webhook receiver. It answers what it was told to, then 200.
pub(crate) struct Receiver {
    pub(crate) url: String,
    answers: Arc<Mutex<VecDeque<u16>>>,
    got: mpsc::UnboundedReceiver<Posted>,
}

#[derive(Clone)]
struct Shared {
    answers: Arc<Mutex<VecDeque<u16>>>,
    got: mpsc::UnboundedSender<Posted>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, got) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let shared = Shared { answers: Arc::clone(&answers), got: sender };
        let router = Router::new().route("/hook", post(receive)).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, answers, got }
    }

    /// The next answers, before it goes on with 200.
    pub(crate) fn answer(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    /// The next POST, within five seconds.
    pub(crate) async fn next(&mut self) -> Posted {
        tokio::time::timeout(Duration::from_secs(5), self.got.recv())
            .await
            .expect("no delivery came")
            .unwrap()
    }

    /// Asserts that nothing has come and, since deliveries of one opportunity are
    /// made in order, that nothing was sent before the event that `marker` causes.
    pub(crate) fn nothing_waits(&mut self) -> bool {
        self.got.try_recv().is_err()
    }
}

async fn receive(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> axum::http::StatusCode {
    let status = shared.answers.lock().unwrap().pop_front().unwrap_or(200);
    let posted = Posted { headers, text: String::from_utf8(body.to_vec()).unwrap() };
    shared.got.send(posted).unwrap();
    axum::http::StatusCode::from_u16(status).unwrap()
}

pub(crate) fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

pub(crate) fn texts(items: &Value, field: &str) -> Vec<String> {
    items.as_array().unwrap().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
}
