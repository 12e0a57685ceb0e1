//! The way to Lever: which hosts there are, and one rate budget for each API key.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use domain::connection::{Environment, LeverEvent};
use lever::{BaseUrl, CircuitConfig, Client, RateBudget, RateConfig, Transport};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use store::{Engine, Store};

use crate::calls::CallLog;
use crate::clock::Clock;
use crate::outage::Outages;
use crate::random::{Random, SystemRandom};
use crate::shared_rate::Sharing;

/// The practice Lever that the demo connects to.
#[derive(Clone, Debug)]
pub struct Practice {
    /// Its API.
    pub base_url: BaseUrl,
    /// A key it knows, for the one-button connection.
    pub key: Option<SecretString>,
    /// Its event switches.
    pub switches: PracticeSwitches,
}

/// Turns an event of the practice Lever on, by Lever's name of the event.
type SwitchOn =
    dyn Fn(&'static str) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync;

/// Like Lever, the practice Lever sends nothing before a person has switched an
/// event on, and its API cannot: the one-button connection needs this way in.
#[derive(Clone, Default)]
pub struct PracticeSwitches(Option<Arc<SwitchOn>>);

impl PracticeSwitches {
    /// Switches by calling `switch_on`.
    #[must_use]
    pub fn new<F>(switch_on: impl Fn(&'static str) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self(Some(Arc::new(move |event| Box::pin(switch_on(event)))))
    }

    /// Turns the events of the integration on.
    ///
    /// # Errors
    /// What the practice Lever answered.
    pub(crate) async fn turn_on(&self) -> Result<(), String> {
        if let Some(switch_on) = &self.0 {
            for event in LeverEvent::FOLLOWED {
                switch_on(event.code()).await?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for PracticeSwitches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PracticeSwitches").field(&self.0.is_some()).finish()
    }
}

/// Makes clients. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LeverAccess {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Transport,
    operator: Option<BaseUrl>,
    practice: Option<Practice>,
    rate: RateConfig,
    circuit: CircuitConfig,
    /// With what other processes share the rate.
    sharing: Option<Sharing>,
    /// By the hash of the key: Lever counts requests by key.
    budgets: Mutex<HashMap<[u8; 32], Arc<RateBudget>>>,
    /// Since when Lever has not been there.
    outages: Outages,
    /// Requests that are not in the log yet.
    calls: CallLog,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeverAccess")
            .field("operator", &self.operator)
            .field("practice", &self.practice)
            .field("rate", &self.rate)
            .finish_non_exhaustive()
    }
}

impl LeverAccess {
    /// With the operator's override of Lever's address, or a practice Lever.
    #[must_use]
    pub fn new(transport: Transport, operator: Option<BaseUrl>, practice: Option<Practice>) -> Self {
        Self::at_rate(transport, operator, practice, RateConfig::default())
    }

    /// As [`LeverAccess::new`], where Lever gives each key another rate.
    #[must_use]
    pub fn at_rate(
        transport: Transport,
        operator: Option<BaseUrl>,
        practice: Option<Practice>,
        rate: RateConfig,
    ) -> Self {
        Self::of(Inner {
            transport,
            operator,
            practice,
            rate,
            circuit: CircuitConfig::default(),
            sharing: None,
            budgets: Mutex::default(),
            outages: Outages::default(),
            calls: CallLog::default(),
        })
    }

    /// The same, sharing the rate of each key with every process on this
    /// database. Where one process alone has the database nothing is shared.
    #[must_use]
    pub fn sharing(self, store: &Store, clock: Arc<dyn Clock>) -> Self {
        let sharing = (store.engine() == Engine::Postgres).then(|| Sharing { store: store.clone(), clock });
        Self::of(Inner { sharing, ..self.inner.copy() })
    }

    /// The same, with other rests from a Lever that keeps failing.
    #[must_use]
    pub fn with_circuit(self, circuit: CircuitConfig) -> Self {
        Self::of(Inner { circuit, ..self.inner.copy() })
    }

    fn of(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// The environments a Super Admin may choose from, the usual one first.
    #[must_use]
    pub fn environments(&self) -> Vec<Environment> {
        if self.inner.practice.is_some() {
            vec![Environment::Practice]
        } else if self.inner.operator.is_some() {
            vec![Environment::Operator]
        } else {
            vec![Environment::Production, Environment::Sandbox, Environment::Eu]
        }
    }

    /// How fast each key may be used.
    #[must_use]
    pub fn rate(&self) -> RateConfig {
        self.inner.rate
    }

    /// The practice Lever, in the demo.
    #[must_use]
    pub fn practice(&self) -> Option<&Practice> {
        self.inner.practice.as_ref()
    }

    /// Where `environment` is; `None` when this installation does not offer it.
    #[must_use]
    pub fn base_url(&self, environment: Environment) -> Option<BaseUrl> {
        if !self.environments().contains(&environment) {
            return None;
        }
        match environment {
            Environment::Production => Some(lever::Environment::Production.base_url()),
            Environment::Sandbox => Some(lever::Environment::Sandbox.base_url()),
            Environment::Eu => Some(lever::Environment::Eu.base_url()),
            Environment::Practice => self.inner.practice.as_ref().map(|practice| practice.base_url.clone()),
            Environment::Operator => self.inner.operator.clone(),
        }
    }

    /// Lever's page on which webhooks are set up.
    #[must_use]
    pub fn webhook_settings_url(&self, environment: Environment) -> String {
        let web = match environment {
            Environment::Production => lever::Environment::Production.web_app().to_owned(),
            Environment::Sandbox => lever::Environment::Sandbox.web_app().to_owned(),
            Environment::Eu => lever::Environment::Eu.web_app().to_owned(),
            Environment::Practice | Environment::Operator => self
                .base_url(environment)
                .map(|base| base.as_str().trim_end_matches('/').trim_end_matches("/v1").to_owned())
                .unwrap_or_default(),
        };
        format!("{web}/settings/webhooks")
    }

    /// Since when Lever has not been there.
    pub(crate) fn outages(&self) -> &Outages {
        &self.inner.outages
    }

    /// Requests that are not in the log yet.
    pub(crate) fn calls(&self) -> &CallLog {
        &self.inner.calls
    }

    /// A client for this key; all clients of one key share one budget.
    #[must_use]
    pub fn client(&self, base_url: &BaseUrl, key: SecretString) -> Client {
        let hash: [u8; 32] = Sha256::digest(key.expose_secret().as_bytes()).into();
        let budget = {
            let mut budgets = self.inner.budgets.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(budgets.entry(hash).or_insert_with(|| Arc::new(self.inner.budget(&hash))))
        };
        Client::new(&self.inner.transport, base_url, key, budget)
    }
}

impl Inner {
    /// The same settings, with budgets of their own.
    fn copy(&self) -> Self {
        Self {
            transport: self.transport.clone(),
            operator: self.operator.clone(),
            practice: self.practice.clone(),
            rate: self.rate,
            circuit: self.circuit,
            sharing: self.sharing.clone(),
            budgets: Mutex::default(),
            outages: Outages::default(),
            calls: CallLog::default(),
        }
    }

    /// The budget of a key that was not used before.
    fn budget(&self, key_hash: &[u8; 32]) -> RateBudget {
        let budget = match &self.sharing {
            Some(sharing) => RateBudget::from_slots(Box::new(sharing.slots(key_hash, self.rate))),
            None => RateBudget::new(self.rate),
        };
        budget.with_jitter(|| SystemRandom.unit()).with_circuit(self.circuit)
    }
}
