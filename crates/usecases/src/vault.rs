//! Secrets at rest: XChaCha20-Poly1305, each sealed text bound to its table,
//! column, organisation and row, so that no row opens another's secret.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use domain::ids::OrganisationId;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::random::Random;

/// Names the format, so that a later one can be told apart.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// The key everything is sealed with: 32 bytes, from a file or a variable.
#[derive(Clone)]
pub struct SealingKey(std::sync::Arc<SecretBox<[u8; 32]>>);

impl SealingKey {
    /// A fresh key.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = [0; 32];
        random.fill(&mut bytes);
        Self(std::sync::Arc::new(SecretBox::new(Box::new(bytes))))
    }

    /// Reads a key as written by [`SealingKey::to_hex`].
    ///
    /// # Errors
    /// [`VaultError::WeakKey`] unless it is 64 hexadecimal digits of which not
    /// nearly all are the same.
    pub fn from_hex(text: &str) -> Result<Self, VaultError> {
        let bytes: [u8; 32] = hex::decode(text.trim())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(VaultError::WeakKey)?;
        let mut seen = [false; 256];
        bytes.iter().for_each(|byte| seen[usize::from(*byte)] = true);
        if seen.iter().filter(|seen| **seen).count() < 12 {
            return Err(VaultError::WeakKey);
        }
        Ok(Self(std::sync::Arc::new(SecretBox::new(Box::new(bytes)))))
    }

    /// 64 hexadecimal digits, for the key file.
    #[must_use]
    pub fn to_hex(&self) -> SecretString {
        hex::encode(self.0.expose_secret()).into()
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey([redacted])")
    }
}

/// Where a sealed text lives.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The tenant.
    pub organisation: OrganisationId,
    /// The row, and whatever else the secret is bound to (a Lever host, say).
    pub row: &'a str,
}

impl Place<'_> {
    fn bytes(&self) -> Vec<u8> {
        // The unit separator cannot stand in any part, so parts cannot run together.
        format!(
            "{VERSION}\u{1f}{}\u{1f}{}\u{1f}{}\u{1f}{}",
            self.table, self.column, self.organisation, self.row
        )
        .into_bytes()
    }
}

/// A secret could not be opened, or the key is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The sealing key is missing, too short or not random.
    #[error("the sealing key must be 64 hexadecimal digits drawn at random")]
    WeakKey,
    /// Sealed with another key or for another place, or damaged.
    #[error("a stored secret cannot be opened with this key")]
    CannotOpen,
}

/// Seals and opens.
#[derive(Clone, Debug)]
pub struct Vault {
    key: SealingKey,
}

impl Vault {
    /// A vault with this key.
    #[must_use]
    pub fn new(key: SealingKey) -> Self {
        Self { key }
    }

    /// Seals `secret` for `place`.
    ///
    /// # Errors
    /// [`VaultError::CannotOpen`] when the text is too long for the cipher.
    pub fn seal(
        &self,
        random: &dyn Random,
        place: &Place<'_>,
        secret: &SecretString,
    ) -> Result<Vec<u8>, VaultError> {
        self.seal_bytes(random, place, secret.expose_secret().as_bytes())
    }

    /// As [`Vault::seal`], of bytes of any kind.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub fn seal_bytes(
        &self,
        random: &dyn Random,
        place: &Place<'_>,
        bytes: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE];
        random.fill(&mut nonce);
        let payload = Payload { msg: bytes, aad: &place.bytes() };
        let sealed =
            self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::CannotOpen)?;
        let mut whole = Vec::with_capacity(1 + NONCE + sealed.len());
        whole.push(VERSION);
        whole.extend_from_slice(&nonce);
        whole.extend_from_slice(&sealed);
        Ok(whole)
    }

    /// Opens what was sealed for `place`.
    ///
    /// # Errors
    /// [`VaultError::CannotOpen`] when it was sealed for another place or with
    /// another key, or is damaged.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<SecretString, VaultError> {
        let opened = self.open_bytes(place, sealed)?;
        String::from_utf8(opened).map(SecretString::from).map_err(|_| VaultError::CannotOpen)
    }

    /// As [`Vault::open`], what [`Vault::seal_bytes`] sealed.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn open_bytes(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (version, rest) = sealed.split_first().ok_or(VaultError::CannotOpen)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE).ok_or(VaultError::CannotOpen)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| VaultError::CannotOpen)?;
        if *version != VERSION {
            return Err(VaultError::CannotOpen);
        }
        let payload = Payload { msg: sealed, aad: &place.bytes() };
        self.cipher().decrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::CannotOpen)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.key.bytes()))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::random::SystemRandom;

    fn place(organisation: u128, column: &'static str, row: &'static str) -> Place<'static> {
        Place {
            table: "connections",
            column,
            organisation: OrganisationId(Uuid::from_u128(organisation)),
            row,
        }
    }

    #[test]
    fn a_secret_opens_in_its_own_place_only() {
        let vault = Vault::new(SealingKey::generate(&SystemRandom));
        let sealed = vault.seal(&SystemRandom, &place(1, "key", "a"), &"secret".into()).unwrap();
        assert_eq!(vault.open(&place(1, "key", "a"), &sealed).unwrap().expose_secret(), "secret");
        for elsewhere in [place(2, "key", "a"), place(1, "token", "a"), place(1, "key", "b")] {
            assert_eq!(vault.open(&elsewhere, &sealed).unwrap_err(), VaultError::CannotOpen);
        }
        let other = Vault::new(SealingKey::generate(&SystemRandom));
        assert!(other.open(&place(1, "key", "a"), &sealed).is_err());
        for cut in 0..sealed.len() {
            assert!(vault.open(&place(1, "key", "a"), &sealed[..cut]).is_err());
        }
    }

    #[test]
    fn a_weak_key_is_refused() {
        assert!(SealingKey::from_hex(&"00".repeat(32)).is_err());
        assert!(SealingKey::from_hex("secret").is_err());
        let key = SealingKey::generate(&SystemRandom);
        assert!(SealingKey::from_hex(key.to_hex().expose_secret()).is_ok());
        assert_eq!(format!("{key:?}"), "SealingKey([redacted])");
    }
}
