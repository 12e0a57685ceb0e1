//! Carrying deliveries out: when due, one at a time for each opportunity, tried
//! again after growing pauses.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use tokio::{sync::watch, task::JoinSet};

use crate::{
    simulator::Simulator,
    state::delivery::{Attempt, Delivery, Kind, Progress},
    state::webhook::Verified,
};

/// Deliveries under way at the same time.
const AT_ONCE: usize = 32;
/// How much of an answer the history keeps.
const ANSWER_KEPT: usize = 2_048;
/// How long those under way may take to end when the server stops. What does
/// not end is made again at the next start.
const GRACE: Duration = Duration::from_secs(2);
/// An upper bound on waiting, so that a change of the clock is never missed.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Carries out what is due until `stopped` says so.
pub(crate) async fn work(simulator: Simulator, mut stopped: watch::Receiver<bool>) {
    let mut under_way: JoinSet<String> = JoinSet::new();
    let mut lanes: HashMap<String, String> = HashMap::new();
    loop {
        let taken: Vec<String> = lanes.values().cloned().collect();
        let room = AT_ONCE.saturating_sub(lanes.len());
        let (due, wait) = simulator.read(|state, now| {
            let due = state.due_deliveries(now, &taken, room);
            (due, wait_from(state.next_due(now), now))
        });
        for delivery in due {
            lanes.insert(delivery.id.clone(), delivery.lane().to_owned());
            let simulator = simulator.clone();
            under_way.spawn(async move {
                let id = delivery.id.clone();
                carry_out(&simulator, delivery).await;
                id
            });
        }
        tokio::select! {
            () = simulator.woken() => {}
            () = tokio::time::sleep(wait) => {}
            Some(ended) = under_way.join_next() => match ended {
                Ok(id) => {
                    lanes.remove(&id);
                }
                Err(error) => {
                    // The task is gone and with it the id of its lane; what was
                    // under way stays pending and is made again.
                    tracing::error!(%error, "a delivery ended badly");
                    lanes.clear();
                }
            },
            _ = stopped.wait_for(|stopped| *stopped) => break,
        }
    }
    let ended = tokio::time::timeout(GRACE, async { while under_way.join_next().await.is_some() {} });
    if ended.await.is_err() {
        tracing::warn!("deliveries were under way at the end; they are made again at the next start");
    }
}

/// Posts to a webhook as *Verify Connection* does: `data: {}`, signed. Returns
/// what went wrong, if anything; real events are sent either way.
///
/// # Errors
/// The outcome could not be saved.
pub(crate) async fn verify(simulator: &Simulator, webhook: &str) -> anyhow::Result<Option<String>> {
    let drafted = simulator
        .change(|state, now| {
            let token = state.meta.edit().random.token();
            let data = serde_json::Value::Object(serde_json::Map::new());
            let mut delivery = state.draft_delivery(webhook, Kind::Verify, token, data, now)?;
            if state.behaviour.get().envelope_id {
                delivery.event_id = Some(state.new_id());
            }
            Some(delivery)
        })
        .await?;
    let Some(mut delivery) = drafted else {
        return Ok(Some("the webhook is gone".to_owned()));
    };
    let attempt = attempt(simulator, &delivery).await;
    let problem = problem(&attempt);
    delivery.progress = if problem.is_none() { Progress::Delivered } else { Progress::Failed };
    delivery.attempts.push(attempt);
    let verified = problem.clone();
    simulator
        .change(|state, now| {
            // The URL may have been changed while the answer was awaited.
            if let Some(hook) = state.webhooks.edit(&delivery.webhook).filter(|hook| hook.url == delivery.url)
            {
                hook.verified = Some(Verified { at: now, error: verified });
            }
            if delivery.progress == Progress::Delivered {
                state.enable_webhook(&delivery.webhook);
            }
            state.deliveries.insert(&delivery.id.clone(), delivery);
            state.prune_deliveries(now);
        })
        .await?;
    Ok(problem)
}

async fn carry_out(simulator: &Simulator, delivery: Delivery) {
    let attempt = attempt(simulator, &delivery).await;
    let saved = simulator.change(|state, now| state.record_attempt(&delivery.id, attempt, now)).await;
    if let Err(error) = saved {
        tracing::error!(error = format!("{error:#}"), "an attempt was not saved");
    }
}

async fn attempt(simulator: &Simulator, delivery: &Delivery) -> Attempt {
    let (at, limit) =
        simulator.read(|state, now| (now, Duration::from_millis(state.behaviour.get().attempt_timeout_ms)));
    let body = delivery.body();
    let started = Instant::now();
    let mut attempt = Attempt {
        at,
        milliseconds: 0,
        request: body.clone(),
        status: None,
        answer: String::new(),
        error: None,
    };
    if let Some(problem) = crate::state::webhook::url_problem(&delivery.url) {
        attempt.error = Some(problem.to_owned());
        return attempt;
    }
    let sent = simulator
        .client()
        .post(&delivery.url)
        .header("content-type", "application/json")
        .body(body)
        .timeout(limit)
        .send()
        .await;
    match sent {
        Ok(mut response) => {
            attempt.status = Some(response.status().as_u16());
            let mut answer = Vec::new();
            // Only the beginning is kept, and an answer that breaks off is still
            // an answer: its status decides.
            while answer.len() < ANSWER_KEPT {
                match response.chunk().await {
                    Ok(Some(chunk)) => answer.extend_from_slice(&chunk),
                    Ok(None) | Err(_) => break,
                }
            }
            answer.truncate(ANSWER_KEPT);
            attempt.answer = String::from_utf8_lossy(&answer).into_owned();
        }
        Err(error) => attempt.error = Some(reason(&error, limit)),
    }
    attempt.milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    attempt
}

/// What was wrong with an attempt, in words for the page.
fn problem(attempt: &Attempt) -> Option<String> {
    match (&attempt.error, attempt.status) {
        (Some(error), _) => Some(error.clone()),
        (None, Some(_)) if attempt.succeeded() => None,
        (None, Some(status)) => Some(format!("the URL answered {status}")),
        (None, None) => Some("the URL did not answer".to_owned()),
    }
}

fn reason(error: &reqwest::Error, limit: Duration) -> String {
    if error.is_timeout() {
        format!("the URL did not answer within {} ms", limit.as_millis())
    } else if error.is_connect() {
        "no connection to the URL could be made".to_owned()
    } else {
        "the connection ended before the URL answered".to_owned()
    }
}

fn wait_from(due: Option<i64>, now: i64) -> Duration {
    due.and_then(|due| u64::try_from(due.saturating_sub(now)).ok())
        .map_or(LONGEST_WAIT, |ms| Duration::from_millis(ms).min(LONGEST_WAIT))
}
