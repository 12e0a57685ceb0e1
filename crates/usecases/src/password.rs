//! Passwords: Argon2id with the crate's defaults (OWASP's minimum), off the
//! async threads and a few at a time.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// Each hash takes 19 MiB and tens of milliseconds of one core.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Hashes a password for the store.
///
/// # Errors
/// Internal faults only.
pub(crate) async fn hash(password: SecretString) -> Result<String> {
    let _permit = AT_ONCE.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.expose_secret().as_bytes()).map(|hash| hash.to_string())
    })
    .await
    .map_err(Error::internal)?
    .map_err(|error| Error::internal(error.to_string()))
}

/// Whether `password` is the one behind `hash`. With no hash the same work is
/// done, so that an unknown address takes as long as a wrong password.
///
/// # Errors
/// Internal faults only.
pub(crate) async fn verify(password: SecretString, hash: Option<String>) -> Result<bool> {
    let _permit = AT_ONCE.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || match hash {
        Some(hash) => PasswordHash::new(&hash).is_ok_and(|hash| {
            Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok()
        }),
        None => {
            // The result does not matter, the time does.
            drop(Argon2::default().hash_password(password.expose_secret().as_bytes()));
            false
        }
    })
    .await
    .map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        let stored = hash("correct horse".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("correct horse".into(), Some(stored.clone())).await.unwrap());
        assert!(!verify("wrong horse".into(), Some(stored)).await.unwrap());
        assert!(!verify("correct horse".into(), None).await.unwrap());
    }
}
