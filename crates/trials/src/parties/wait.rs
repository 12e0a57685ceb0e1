//! Waiting for something to come true.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(20);

/// Asks again and again until there is something.
///
/// # Errors
/// When `ask` fails, or there is nothing within `limit`.
pub async fn until<T, F>(what: &str, limit: Duration, ask: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    until_asking_every(PAUSE, what, limit, ask).await
}

/// As [`until`], with another pause between two questions.
///
/// # Errors
/// As [`until`].
pub async fn until_asking_every<T, F>(
    pause: Duration,
    what: &str,
    limit: Duration,
    mut ask: impl FnMut() -> F,
) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    let began = Instant::now();
    loop {
        if let Some(found) = ask().await? {
            return Ok(found);
        }
        if began.elapsed() > limit {
            bail!("not within {limit:?}: {what}");
        }
        tokio::time::sleep(pause).await;
    }
}
