//! Webhooks: made on the settings page by a person, or through the API by a key.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{State, event::Event, opportunity::Origin};
use crate::settings::TokenMode;

/// A webhook.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) event: Event,
    /// Empty on a row of the page that has not been filled in yet.
    pub(crate) url: String,
    pub(crate) origins: Vec<Origin>,
    /// Its own signing token; what signs is decided by [`TokenMode`].
    pub(crate) signature_token: String,
    /// The key it was made with; `None` when it was made on the page.
    pub(crate) key: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    /// How the last *Verify Connection* for this URL went.
    pub(crate) verified: Option<Verified>,
    /// Deliveries given up since the last that succeeded.
    #[serde(default)]
    pub(crate) failures: u32,
    /// When it was switched off because of them; saving or verifying its URL
    /// switches it on again.
    #[serde(default)]
    pub(crate) disabled_at: Option<i64>,
}

/// How a *Verify Connection* went.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Verified {
    pub(crate) at: i64,
    /// Why it failed; `None` when it did not.
    pub(crate) error: Option<String>,
}

impl Webhook {
    /// The webhook as the API shows it; the token only in the answer of a create.
    pub(crate) fn to_json(&self, signing_token: Option<&str>) -> Value {
        let mut configuration = json!({});
        if self.event.has_conditions() {
            configuration["conditions"] = json!({ "origins": self.origins });
        }
        if let Some(token) = signing_token {
            configuration["signatureToken"] = json!(token);
        }
        json!({
            "id": self.id,
            "event": self.event,
            "url": self.url,
            "configuration": configuration,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
        })
    }
}

/// Why a webhook may not have this URL: a real target must be https, loopback
/// may be http for practice.
pub(crate) fn url_problem(text: &str) -> Option<&'static str> {
    let Ok(url) = url::Url::parse(text) else {
        return Some("This is not a URL");
    };
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => None,
        ("http", Some(url::Host::Ipv4(ip))) if ip.is_loopback() => None,
        ("http", Some(url::Host::Ipv6(ip))) if ip.is_loopback() => None,
        ("http", Some(url::Host::Domain("localhost"))) => None,
        ("http", _) => Some("The URL must start with https://"),
        _ => Some("The URL must start with https://"),
    }
}

impl State {
    /// Adds a webhook; several with the same event and URL are all kept.
    pub(crate) fn add_webhook(
        &mut self,
        event: Event,
        url: &str,
        origins: Vec<Origin>,
        key: Option<String>,
        at: i64,
    ) -> String {
        let id = self.new_id();
        let signature_token = self.meta.edit().random.token();
        let hook = Webhook {
            id: id.clone(),
            event,
            url: url.to_owned(),
            origins,
            signature_token,
            key,
            created_at: at,
            updated_at: at,
            verified: None,
            failures: 0,
            disabled_at: None,
        };
        self.webhooks.insert(&id, hook);
        id
    }

    /// Notes how a delivery to a webhook ended. Too many given up in a row switch
    /// it off, where the account's behaviour says so.
    pub(crate) fn note_outcome(&mut self, webhook: &str, delivered: bool, at: i64) {
        let most = self.behaviour.get().disable_after_failures;
        let failures = self.webhooks.get(webhook).map_or(0, |hook| hook.failures);
        if delivered && failures == 0 {
            return;
        }
        if let Some(hook) = self.webhooks.edit(webhook) {
            hook.failures = if delivered { 0 } else { failures + 1 };
            if most.is_some_and(|most| hook.failures >= most) {
                hook.disabled_at = hook.disabled_at.or(Some(at));
            }
        }
    }

    /// Switches a webhook on again that was switched off for its failures.
    pub(crate) fn enable_webhook(&mut self, id: &str) {
        let off = self.webhooks.get(id).is_some_and(|hook| hook.failures > 0 || hook.disabled_at.is_some());
        if off && let Some(hook) = self.webhooks.edit(id) {
            hook.failures = 0;
            hook.disabled_at = None;
        }
    }

    /// Gives a webhook another URL; what was verified was the old one.
    pub(crate) fn set_webhook_url(&mut self, id: &str, url: &str, at: i64) {
        let changed = self.webhooks.get(id).is_some_and(|hook| hook.url != url);
        if changed && let Some(hook) = self.webhooks.edit(id) {
            hook.url = url.to_owned();
            hook.updated_at = at;
            hook.verified = None;
        }
        self.enable_webhook(id);
    }

    /// The token that signs for a webhook now.
    pub(crate) fn signing_token(&self, hook: &Webhook) -> String {
        match self.behaviour.get().tokens {
            TokenMode::Account => self.meta.get().signing_token.clone(),
            TokenMode::PerWebhook => hook.signature_token.clone(),
        }
    }

    /// Webhooks of an event in the order they were made.
    pub(crate) fn webhooks_of(&self, event: Event) -> Vec<&Webhook> {
        let mut hooks: Vec<&Webhook> = self.webhooks.values().filter(|hook| hook.event == event).collect();
        hooks.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        hooks
    }
}

#[cfg(test)]
mod tests {
    use super::url_problem;

    #[test]
    fn real_targets_are_https_and_loopback_may_be_http() {
        for url in
            ["https://example.com/x", "http://127.0.0.1:3000/x", "http://localhost/x", "http://[::1]:80/x"]
        {
            assert_eq!(url_problem(url), None, "{url}");
        }
        for url in ["", "x", "http://example.com/", "http://10.0.0.1/", "ftp://127.0.0.1/"] {
            assert!(url_problem(url).is_some(), "{url}");
        }
    }
}
