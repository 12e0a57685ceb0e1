//! The handle to a practice account: its state, its clock, its saving, its
//! sockets.

use std::{
    collections::BTreeSet,
    future::Future,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use axum::{Router, routing};
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
};

use crate::{
    admin, deliveries,
    faults::FaultKind,
    limits::Limits,
    line::{Caller, Line},
    pages,
    persist::{self, Saver},
    requests::{Received, RequestLog},
    routes::{self, endpoint::ENDPOINTS},
    seed,
    settings::{Behaviour, Settings},
    state::{State, key::NewKey},
};

/// A practice Lever. Cloning gives another handle to the same account.
#[derive(Debug, Clone)]
pub struct Simulator {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    settings: Settings,
    account: Mutex<Account>,
    limits: Mutex<Limits>,
    requests: Mutex<RequestLog>,
    wake: Notify,
    client: reqwest::Client,
    /// The address it is served at, once it is.
    address: OnceLock<SocketAddr>,
}

#[derive(Debug)]
struct Account {
    state: State,
    saver: Option<Saver>,
}

impl Simulator {
    /// Opens the account: from its file, or seeded when there is none.
    ///
    /// # Errors
    /// The data file cannot be read or written, is not a practice account, or is
    /// open in another process.
    pub async fn open(settings: Settings) -> anyhow::Result<Self> {
        tokio::task::spawn_blocking(move || Self::open_blocking(settings))
            .await
            .context("opening the practice account was interrupted")?
    }

    fn open_blocking(settings: Settings) -> anyhow::Result<Self> {
        let lock = settings.data_file.as_deref().map(Saver::lock).transpose()?;
        let mut state = State::empty(settings.seed, Behaviour::default());
        let found = match &settings.data_file {
            Some(path) => persist::read(path, |change| state.load(change))?,
            None => false,
        };
        if !found {
            state = seed::account(&settings);
        }
        // What the start says about tokens holds, whatever the file remembers.
        if state.behaviour.get().tokens != settings.tokens {
            state.behaviour.edit().tokens = settings.tokens;
        }
        if let Some(key) = &settings.key {
            let now = state.meta.get().clock.now(machine_ms());
            state.ensure_key(key, full_key("Key given at the start"), now);
        }
        state.refresh_index();
        let saver = match (&settings.data_file, lock) {
            (Some(path), Some(lock)) => Some(Saver::start(path, lock, |out| state.dump(out))?),
            _ => None,
        };
        state.drain()?;
        // Another part of the process may have chosen a provider already; that
        // one is as good.
        let _already_chosen = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent("Lever-Webhooks")
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .context("cannot set up the client that sends deliveries")?;
        Ok(Self {
            inner: Arc::new(Inner {
                settings,
                account: Mutex::new(Account { state, saver }),
                limits: Mutex::new(Limits::default()),
                requests: Mutex::new(RequestLog::default()),
                wake: Notify::new(),
                client,
                address: OnceLock::new(),
            }),
        })
    }

    /// Everything the practice Lever answers. Serve it with [`Simulator::serve`]
    /// where deliveries, the admin API and dropped connections are wanted.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1", routing::any(routes::handle))
            .route("/v1/{*rest}", routing::any(routes::handle))
            .route("/healthz", routing::get(|| async { "ok" }))
            .nest("/_practice", admin::router())
            .merge(pages::router())
            .with_state(self.clone())
    }

    /// Serves the account and carries out its deliveries until `shutdown`.
    ///
    /// # Errors
    /// The listener has no address, or the server fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        let address = listener.local_addr().context("the listener has no address")?;
        self.inner.address.get_or_init(|| address);
        let (stop, stopped) = watch::channel(false);
        let worker = tokio::spawn(deliveries::work(self.clone(), stopped));
        let service = self.router().into_make_service_with_connect_info::<Caller>();
        let served = axum::serve(Line(listener), service).with_graceful_shutdown(shutdown).await;
        stop.send_replace(true);
        if let Err(error) = worker.await {
            tracing::error!(%error, "the deliveries stopped badly");
        }
        served.context("the practice Lever stopped serving")
    }

    /// The settings it was opened with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The account's time, in milliseconds since the epoch.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.read(|_, now| now)
    }

    /// What addresses of the account's own pages start with.
    pub(crate) fn app_url(&self) -> String {
        let set = self.read(|state, _| state.behaviour.get().app_url.clone());
        match (set, self.inner.address.get()) {
            (Some(url), _) => url.trim_end_matches('/').to_owned(),
            (None, Some(address)) => format!("http://{}", reachable(*address)),
            (None, None) => String::new(),
        }
    }

    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.inner.client
    }

    /// Wakes the deliveries: something may be due.
    pub(crate) fn wake(&self) {
        self.inner.wake.notify_one();
    }

    pub(crate) async fn woken(&self) {
        self.inner.wake.notified().await;
    }

    /// Looks at the account.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State, i64) -> T) -> T {
        let account = self.account();
        let now = account.state.meta.get().clock.now(machine_ms());
        look(&account.state, now)
    }

    /// Looks at the account with its index brought up to date.
    pub(crate) fn read_indexed<T>(&self, look: impl FnOnce(&mut State, i64) -> T) -> T {
        let mut account = self.account();
        let now = account.state.meta.get().clock.now(machine_ms());
        account.state.refresh_index();
        look(&mut account.state, now)
    }

    /// Changes the account. Returns once the change is saved, and wakes the
    /// deliveries when there was one.
    ///
    /// # Errors
    /// The change could not be saved.
    pub(crate) async fn change<T>(&self, change: impl FnOnce(&mut State, i64) -> T) -> anyhow::Result<T> {
        let (result, ticket) = {
            let mut account = self.account();
            let now = account.state.meta.get().clock.now(machine_ms());
            let result = change(&mut account.state, now);
            let changed = account.state.drain()?;
            let ticket = match (&mut account.saver, changed.is_empty()) {
                (Some(saver), false) => Some(saver.hand_over(&changed)?),
                _ => None,
            };
            if !changed.is_empty() {
                self.wake();
            }
            (result, ticket)
        };
        if let Some(ticket) = ticket {
            ticket.wait().await?;
        }
        Ok(result)
    }

    /// Starts the account over, as it was seeded. Keys and the key given at the
    /// start come back as at a first start.
    pub(crate) async fn start_over(&self) -> anyhow::Result<()> {
        let fresh = {
            let settings = self.inner.settings.clone();
            let mut state = seed::account(&settings);
            state.behaviour.edit().tokens = settings.tokens;
            if let Some(key) = &settings.key {
                let now = machine_ms();
                state.ensure_key(key, full_key("Key given at the start"), now);
            }
            state.refresh_index();
            state
        };
        self.change(move |state, _| state.replace(fresh)).await?;
        self.requests().clear();
        Ok(())
    }

    /// What befalls a call of this endpoint.
    pub(crate) async fn draw_faults(&self, endpoint: &str) -> Vec<FaultKind> {
        if !self.read(|state, _| state.faults.get().concerns(endpoint)) {
            return Vec::new();
        }
        let drawn = self
            .change(|state, now| {
                let chance = &mut state.meta.edit().chance;
                state.faults.edit().draw(endpoint, chance, now)
            })
            .await;
        drawn.unwrap_or_else(|error| {
            tracing::error!(error = format!("{error:#}"), "faults were not saved");
            Vec::new()
        })
    }

    /// Takes a token of the key's bucket.
    pub(crate) fn take_token(&self, key: &str, per_second: f64, burst: f64) -> bool {
        lock(&self.inner.limits).take(key, Instant::now(), per_second, burst)
    }

    pub(crate) fn note_request(&self, received: Received, body: &[u8]) -> u64 {
        self.requests().begin(received, body)
    }

    pub(crate) fn end_request(&self, number: u64, status: Option<u16>) {
        self.requests().end(number, status);
    }

    pub(crate) fn requests(&self) -> MutexGuard<'_, RequestLog> {
        lock(&self.inner.requests)
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        lock(&self.inner.account)
    }
}

/// A key with every permission and the confidential grant.
pub(crate) fn full_key(name: &str) -> NewKey {
    NewKey {
        name: name.to_owned(),
        permissions: ENDPOINTS.iter().map(|endpoint| endpoint.name.to_owned()).collect::<BTreeSet<String>>(),
        confidential: true,
        partner: None,
    }
}

/// An address a browser can open: *any* address becomes loopback.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            std::net::Ipv4Addr::LOCALHOST.into()
        } else {
            std::net::Ipv6Addr::LOCALHOST.into()
        });
    }
    address
}

/// The machine's clock, in milliseconds. The only place it is read.
pub(crate) fn machine_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(0)
}

/// A panic elsewhere must not take the account with it: rows are changed one at
/// a time, so what is there is usable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
