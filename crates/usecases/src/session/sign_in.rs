//! Signing in.

use std::time::Duration;

use domain::email::EmailAddress;
use domain::ids::MemberId;
use domain::problem::{Field, FieldProblem, Problem};
use domain::time::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use store::{members, sign_in_failures};
use uuid::Uuid;

use crate::{Result, Services, password};

/// For so long a failure counts.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// So many failures of one account within the window, and nobody signs in to it.
const ACCOUNT_FAILURES: u32 = 10;
/// So many failures of one peer: more, because an office may share an address.
const PEER_FAILURES: u32 = 30;

/// Checks e-mail and password. `peer` is where the request came from, for the limit on failures.
///
/// An unknown address takes as long as a wrong password, and every try counts as
/// a failure until it has succeeded, so that many at once gain nothing.
///
/// # Errors
/// Fields when one is empty; [`Problem::TooManyTries`]; [`Problem::WrongCredentials`].
pub async fn sign_in(
    services: &Services,
    email: &str,
    password: SecretString,
    peer: &str,
) -> Result<MemberId> {
    let email = email.trim().to_lowercase();
    let mut problems = Vec::new();
    if email.is_empty() {
        problems.push(FieldProblem::Missing(Field::Email));
    }
    if password.expose_secret().is_empty() {
        problems.push(FieldProblem::Missing(Field::Password));
    }
    if !problems.is_empty() {
        return Err(Problem::Fields(problems).into());
    }

    let now = services.now();
    let account = subject("account", &email);
    let peer = subject("peer", peer);
    let (account_try, peer_try) = (services.new_id::<Uuid>(), services.new_id::<Uuid>());
    let mut tx = services.store.begin().await?;
    sign_in_failures::forget_until(&mut tx, now.minus(WINDOW)).await?;
    for (subject, most) in [(&account, ACCOUNT_FAILURES), (&peer, PEER_FAILURES)] {
        let counts = sign_in_failures::nth_newest(&mut tx, subject, now.minus(WINDOW), most - 1).await?;
        if let Some(at) = counts {
            return Err(Problem::TooManyTries { minutes: minutes_until(at + WINDOW, now) }.into());
        }
    }
    sign_in_failures::record(&mut tx, account_try, &account, now).await?;
    sign_in_failures::record(&mut tx, peer_try, &peer, now).await?;
    let known = match EmailAddress::parse(&email) {
        Ok(email) => members::of_sign_in(&mut tx, email.as_str()).await?,
        Err(_) => None,
    };
    tx.commit().await?;

    let (member, hash) = known.map(|(member, hash)| (member.id, hash)).unzip();
    let right = password::verify(password, hash).await?;
    let Some(member) = member.filter(|_| right) else {
        return Err(Problem::WrongCredentials.into());
    };
    let mut tx = services.store.begin().await?;
    sign_in_failures::forget_all_of(&mut tx, &account).await?;
    sign_in_failures::forget(&mut tx, peer_try).await?;
    tx.commit().await?;
    Ok(member)
}

fn subject(kind: &str, text: &str) -> String {
    // The unit separator keeps the kinds apart.
    hex::encode(Sha256::digest(format!("{kind}\u{1f}{text}").as_bytes()))
}

/// Whole minutes from `now` until `then`, rounded up.
pub(crate) fn minutes_until(then: Timestamp, now: Timestamp) -> u32 {
    u32::try_from(then.since(now).as_secs().div_ceil(60)).unwrap_or(u32::MAX).max(1)
}
