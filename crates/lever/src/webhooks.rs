//! Webhook subscriptions made through the API (Lever documentation, Webhooks).
//!
//! A Super Admin must still switch the event on in Lever's settings before anything is sent. What
//! Lever then sends is in [`crate::webhook`].

use std::fmt;

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use crate::{
    Client, Error,
    client::Request,
    lenient::or_default,
    webhook::{Event, SigningToken},
};

/// A subscription. Its URL may be a capability, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// The id.
    pub id: String,
    /// The name of the event, such as `candidateHired`; see [`Event::from_name`].
    #[serde(default, deserialize_with = "or_default")]
    pub event: String,
    /// Where Lever posts to.
    #[serde(default, deserialize_with = "or_default")]
    pub url: String,
    /// When it was made, in milliseconds since the epoch.
    #[serde(default)]
    pub created_at: Option<i64>,
    /// When it was changed, in milliseconds since the epoch.
    #[serde(default)]
    pub updated_at: Option<i64>,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("id", &self.id).field("event", &self.event).finish_non_exhaustive()
    }
}

/// A new subscription with the token that signs its deliveries. Lever shows the token only here.
#[derive(Debug, Clone)]
pub struct CreatedWebhook {
    /// The id, for [`Client::delete_webhook`].
    pub id: String,
    /// The signing token of this subscription, and of no other.
    pub signature_token: SecretString,
}

impl CreatedWebhook {
    /// The token in the form that checks deliveries.
    pub fn signing_token(&self) -> SigningToken {
        SigningToken::new(&self.signature_token)
    }
}

/// The documentation nests the answer in `data` twice; recorded answers do so once. Both are read.
#[derive(Deserialize)]
#[serde(untagged)]
enum CreateAnswer {
    Once(CreateBody),
    Twice { data: CreateBody },
}

#[derive(Deserialize)]
struct CreateBody {
    id: String,
    configuration: CreateConfiguration,
}

#[derive(Deserialize)]
struct CreateConfiguration {
    #[serde(rename = "signatureToken")]
    signature_token: SecretText,
}

/// Text on its way into a [`SecretString`].
struct SecretText(SecretString);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| SecretText(SecretString::from(text)))
    }
}

impl Client {
    /// The subscriptions made with this key. Those that people made in Lever's settings, or that
    /// another key made, are not among them.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`crate::ErrorKind::Forbidden`] when the key may not list webhooks.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, Error> {
        self.all(Request::get("list webhooks", &["webhooks"]), usize::MAX).await
    }

    /// Subscribes `url` to `event`, for candidates of every origin. Lever accepts the same pair
    /// twice and then sends everything twice, so look at [`Client::webhooks`] first. With `verify`
    /// Lever posts a Verify to the URL before it answers, as its button *Verify Connection* does.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`crate::ErrorKind::BadRequest`] also when the Verify was not taken. After
    /// [`crate::ErrorKind::Unreadable`] the subscription exists, but its token is lost: delete it
    /// and make another.
    pub async fn create_webhook(
        &self,
        url: &str,
        event: &Event,
        verify: bool,
    ) -> Result<CreatedWebhook, Error> {
        let mut body = json!({ "url": url, "event": event.name() });
        if verify {
            body["configuration"] = json!({ "verifyConnection": true });
        }
        let request = Request::post("create webhook", &["webhooks"], &body);
        let body = match self.one(request).await? {
            CreateAnswer::Once(body) | CreateAnswer::Twice { data: body } => body,
        };
        Ok(CreatedWebhook { id: body.id, signature_token: body.configuration.signature_token.0 })
    }

    /// Deletes a subscription of this key.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`crate::ErrorKind::NotFound`] when there is none with this id.
    pub async fn delete_webhook(&self, id: &str) -> Result<(), Error> {
        self.done(Request::delete("delete webhook", &["webhooks", id])).await
    }
}
