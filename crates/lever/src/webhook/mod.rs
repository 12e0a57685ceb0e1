//! Webhook deliveries: what Lever posts, and how to tell that it was Lever (Lever documentation,
//! Webhooks). Plain functions over bytes: no I/O, no async, no clock.
//!
//! A delivery is a JSON object with `event`, `triggeredAt`, `token`, `signature`, `data` and
//! usually `id`. The signature is inside the body, not in a header, and covers only `token` and
//! `triggeredAt`: **`event` and `data` are not signed**. A verified delivery is therefore a hint to
//! read the opportunity from the API, never something to act on by itself, and its `token` must be
//! accepted only once.
//!
//! ```
//! use lever::{SecretString, webhook::{self, SigningToken}};
//!
//! let token = SigningToken::new(&SecretString::from("the token shown in Lever"));
//! let signature = webhook::sign(&token, "be58f7", "1431454330072");
//! let body = format!(
//!     r#"{{"event":"candidateHired","triggeredAt":1431454330072,"token":"be58f7",
//!         "signature":"{signature}","data":{{"opportunityId":"o1"}}}}"#
//! );
//! let envelope = webhook::parse(body.as_bytes())?;
//! assert!(token.verifies(&envelope));
//! assert_eq!(envelope.opportunity_id(), Some("o1"));
//! # Ok::<(), webhook::MalformedDelivery>(())
//! ```

mod envelope;
mod signature;

pub use envelope::{Envelope, Event, EventData, MalformedDelivery, TriggeredAt, parse};
pub use signature::{SigningToken, sign};
