//! Capability links: an address that lets its bearer do one thing.
//!
//! The secret part is 128 random bits or a signature; the store keeps only its
//! SHA-256. A reply link is signed instead of drawn, so that its address can be
//! made again for the outbox without being stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::ReplyLinkId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::random::Random;
use crate::vault::SealingKey;

/// Signs reply links with a key made from the sealing key.
#[derive(Clone, Debug)]
pub struct CapabilityKey(SealingKey);

impl CapabilityKey {
    /// Uses the sealing key, for this purpose only.
    #[must_use]
    pub fn new(key: SealingKey) -> Self {
        Self(key)
    }

    /// The secret part of a reply link's address.
    ///
    /// # Errors
    /// When the key cannot be used, which its length rules out.
    pub fn reply_token(&self, link: ReplyLinkId) -> Result<String, hmac::digest::InvalidLength> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.bytes())?;
        mac.update(b"fulcrum reply link\x1f");
        mac.update(link.0.as_bytes());
        let mut bytes = link.0.as_bytes().to_vec();
        bytes.extend_from_slice(&mac.finalize().into_bytes()[..16]);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// A fresh secret of 192 random bits, fit for an address.
#[must_use]
pub(crate) fn fresh_token(random: &dyn Random) -> String {
    let mut bytes = [0; 24];
    random.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What the store keeps of a token.
#[must_use]
pub(crate) fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
