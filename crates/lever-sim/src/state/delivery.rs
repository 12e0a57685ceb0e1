//! Deliveries: the durable list of what is to be, and was, posted to webhooks.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    State,
    event::{Event, Occasion},
};
use crate::{settings::RetryToken, sign::signature};

/// How much history is kept (Lever documentation: 1,000 deliveries of the last
/// two weeks).
pub(crate) const KEPT: usize = 1_000;
const KEPT_MS: i64 = 14 * 24 * 3_600 * 1_000;

/// Why a delivery is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// Something happened.
    Event,
    /// Somebody pressed *Verify Connection*.
    Verify,
    /// Somebody pressed *Rerun*.
    Rerun,
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub(crate) enum Progress {
    /// The next attempt is due at this time.
    Pending {
        /// In the account's milliseconds.
        due: i64,
    },
    /// Answered with 2xx.
    Delivered,
    /// Given up.
    Failed,
    /// A switch made it vanish.
    Dropped,
}

/// One attempt.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) at: i64,
    pub(crate) milliseconds: u64,
    /// What was posted.
    pub(crate) request: String,
    /// The status of the answer.
    pub(crate) status: Option<u16>,
    /// The beginning of the answer's body.
    pub(crate) answer: String,
    /// Why there was no answer.
    pub(crate) error: Option<String>,
}

impl Attempt {
    /// Success is any 2xx; everything else, 3xx too, is a failure.
    pub(crate) fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// A delivery.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Delivery {
    /// Numbers in the order they were made, padded so that they sort.
    pub(crate) id: String,
    pub(crate) webhook: String,
    pub(crate) event: Event,
    pub(crate) url: String,
    pub(crate) kind: Kind,
    pub(crate) opportunity: Option<String>,
    /// The envelope's `id`; `None` when the account leaves it out.
    pub(crate) event_id: Option<String>,
    pub(crate) token: String,
    pub(crate) triggered_at: i64,
    pub(crate) data: Value,
    pub(crate) signature: String,
    pub(crate) created_at: i64,
    pub(crate) progress: Progress,
    pub(crate) attempts: Vec<Attempt>,
}

impl Delivery {
    /// The body. There is no signature header: it stands in here.
    pub(crate) fn body(&self) -> String {
        let mut envelope = Map::new();
        if let Some(id) = &self.event_id {
            envelope.insert("id".into(), json!(id));
        }
        envelope.insert("triggeredAt".into(), json!(self.triggered_at));
        envelope.insert("event".into(), json!(self.event));
        envelope.insert("data".into(), self.data.clone());
        // Empty where the account does not sign.
        if !self.signature.is_empty() {
            envelope.insert("signature".into(), json!(self.signature));
        }
        envelope.insert("token".into(), json!(self.token));
        Value::Object(envelope).to_string()
    }

    /// Deliveries about one thing go out one after another.
    pub(crate) fn lane(&self) -> &str {
        self.opportunity.as_deref().unwrap_or(&self.id)
    }
}

impl State {
    /// Queues the delivery of one event to one webhook, as the switches for
    /// delay, reversal, duplicates and drops say.
    pub(crate) fn queue_delivery(
        &mut self,
        webhook: &str,
        event_id: &str,
        token: String,
        data: Value,
        of: &Occasion,
        at: i64,
    ) {
        let Some(mut delivery) = self.draft_delivery(webhook, Kind::Event, token, data, at) else {
            return;
        };
        delivery.opportunity.clone_from(&of.opportunity);
        delivery.event_id = self.behaviour.get().envelope_id.then(|| event_id.to_owned());
        let behaviour = self.behaviour.get().clone();
        let mut due = at.saturating_add(behaviour.delivery_delay_ms);
        if behaviour.delivery_reverse {
            due = due.saturating_add(behaviour.delivery_reverse_window_ms);
            self.hold_back(delivery.lane().to_owned().as_str(), due);
        }
        delivery.progress =
            if self.chance(behaviour.delivery_drop) { Progress::Dropped } else { Progress::Pending { due } };
        if delivery.progress != Progress::Dropped && self.chance(behaviour.delivery_duplicate) {
            let mut twin = delivery.clone();
            twin.id = self.next_delivery_id();
            self.deliveries.insert(&twin.id.clone(), twin);
        }
        self.deliveries.insert(&delivery.id.clone(), delivery);
        self.prune_deliveries(at);
    }

    /// A signed delivery that is in no table yet.
    pub(crate) fn draft_delivery(
        &mut self,
        webhook: &str,
        kind: Kind,
        token: String,
        data: Value,
        at: i64,
    ) -> Option<Delivery> {
        let hook = self.webhooks.get(webhook)?.clone();
        let signing_token = self.signing_token(&hook);
        Some(Delivery {
            id: self.next_delivery_id(),
            webhook: hook.id,
            event: hook.event,
            url: hook.url,
            kind,
            opportunity: None,
            event_id: None,
            signature: self.sign(&signing_token, &token, at),
            token,
            triggered_at: at,
            data,
            created_at: at,
            progress: Progress::Pending { due: at },
            attempts: Vec::new(),
        })
    }

    fn sign(&self, signing_token: &str, token: &str, at: i64) -> String {
        if self.behaviour.get().deliveries_signed {
            signature(signing_token, token, at)
        } else {
            String::new()
        }
    }

    /// Sends a delivery of the history again, as it was: same token, same time.
    pub(crate) fn rerun_delivery(&mut self, id: &str, at: i64) -> Option<String> {
        let mut again = self.deliveries.get(id)?.clone();
        again.id = self.next_delivery_id();
        again.kind = Kind::Rerun;
        again.created_at = at;
        again.progress = Progress::Pending { due: at };
        again.attempts.clear();
        let id = again.id.clone();
        self.deliveries.insert(&id, again);
        Some(id)
    }

    /// Deliveries that may start now: due, and no other of their lane under way.
    pub(crate) fn due_deliveries(&self, now: i64, lanes: &[String], room: usize) -> Vec<Delivery> {
        let mut due: Vec<(i64, &Delivery)> = self
            .deliveries
            .values()
            .filter_map(|delivery| match delivery.progress {
                Progress::Pending { due } if due <= now => Some((due, delivery)),
                _ => None,
            })
            .collect();
        due.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
        let mut taken: Vec<&str> = lanes.iter().map(String::as_str).collect();
        let mut out = Vec::new();
        for (_, delivery) in due {
            if out.len() == room {
                break;
            }
            if !taken.contains(&delivery.lane()) {
                taken.push(delivery.lane());
                out.push(delivery.clone());
            }
        }
        out
    }

    /// When the next delivery after `now` is due.
    pub(crate) fn next_due(&self, now: i64) -> Option<i64> {
        self.deliveries
            .values()
            .filter_map(|delivery| match delivery.progress {
                Progress::Pending { due } if due > now => Some(due),
                _ => None,
            })
            .min()
    }

    /// Notes an attempt and decides what comes next.
    pub(crate) fn record_attempt(&mut self, id: &str, attempt: Attempt, now: i64) {
        let behaviour = self.behaviour.get().clone();
        let retry_token = (behaviour.retry_token == RetryToken::New && !attempt.succeeded())
            .then(|| self.meta.edit().random.token());
        let signing_token = self
            .deliveries
            .get(id)
            .and_then(|delivery| self.webhooks.get(&delivery.webhook))
            .map(|hook| self.signing_token(hook));
        let Some(delivery) = self.deliveries.edit(id) else {
            return;
        };
        let pause = behaviour.pauses().get(delivery.attempts.len()).copied();
        delivery.progress = match pause {
            _ if attempt.succeeded() => Progress::Delivered,
            Some(pause) if delivery.kind == Kind::Event => {
                Progress::Pending { due: now.saturating_add(pause) }
            }
            _ => Progress::Failed,
        };
        if let (Some(token), Some(signing_token)) = (retry_token, signing_token) {
            delivery.signature = if behaviour.deliveries_signed {
                signature(&signing_token, &token, delivery.triggered_at)
            } else {
                String::new()
            };
            delivery.token = token;
        }
        delivery.attempts.push(attempt);
        let (hook, ended) = (delivery.webhook.clone(), delivery.progress);
        match ended {
            Progress::Delivered => self.note_outcome(&hook, true, now),
            Progress::Failed => self.note_outcome(&hook, false, now),
            Progress::Pending { .. } | Progress::Dropped => {}
        }
    }

    /// A webhook that is gone is not retried.
    pub(crate) fn give_up_deliveries_of(&mut self, webhook: &str) {
        let pending: Vec<String> = self
            .deliveries
            .values()
            .filter(|delivery| delivery.webhook == webhook)
            .filter(|delivery| matches!(delivery.progress, Progress::Pending { .. }))
            .map(|delivery| delivery.id.clone())
            .collect();
        for id in pending {
            if let Some(delivery) = self.deliveries.edit(&id) {
                delivery.progress = Progress::Failed;
            }
        }
    }

    /// Reversal: what waits for its first attempt goes after the newcomer.
    fn hold_back(&mut self, lane: &str, newest_due: i64) {
        let mut waiting: Vec<String> = self
            .deliveries
            .values()
            .filter(|delivery| {
                delivery.lane() == lane
                    && delivery.attempts.is_empty()
                    && matches!(delivery.progress, Progress::Pending { .. })
            })
            .map(|delivery| delivery.id.clone())
            .collect();
        waiting.sort_by(|a, b| b.cmp(a));
        for (place, id) in (1_i64..).zip(waiting) {
            if let Some(delivery) = self.deliveries.edit(&id) {
                delivery.progress = Progress::Pending { due: newest_due.saturating_add(place) };
            }
        }
    }

    fn chance(&mut self, probability: f64) -> bool {
        // No draw when it cannot matter: the account stays unchanged.
        probability > 0.0 && self.meta.edit().chance.fraction() < probability
    }

    pub(crate) fn next_delivery_id(&mut self) -> String {
        let meta = self.meta.edit();
        let id = format!("{:012}", meta.next_delivery);
        meta.next_delivery += 1;
        id
    }

    /// Forgets what is beyond the history; what is pending always stays.
    pub(crate) fn prune_deliveries(&mut self, now: i64) {
        let surplus = self.deliveries.len().saturating_sub(KEPT);
        let old: Vec<String> = self
            .deliveries
            .values()
            .enumerate()
            .filter(|(place, delivery)| *place < surplus || delivery.created_at < now.saturating_sub(KEPT_MS))
            .filter(|(_, delivery)| !matches!(delivery.progress, Progress::Pending { .. }))
            .map(|(_, delivery)| delivery.id.clone())
            .collect();
        for id in old {
            self.deliveries.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{seed, settings::Settings, state::opportunity::Origin};

    const NOW: i64 = 1_800_000_000_000;
    const DAY: i64 = 24 * 3_600 * 1_000;

    /// An account with a webhook, and a delivery to it that ended at an instant.
    fn account() -> (State, String) {
        let mut state = seed::account(&Settings::default());
        let origins = Origin::ALL.to_vec();
        let hook = state.add_webhook(Event::CandidateHired, "https://example.com/", origins, None, NOW);
        (state, hook)
    }

    fn ended(state: &mut State, hook: &str, at: i64, progress: Progress) {
        let mut delivery = state.draft_delivery(hook, Kind::Event, "t".to_owned(), json!({}), at).unwrap();
        delivery.progress = progress;
        state.deliveries.insert(&delivery.id.clone(), delivery);
        state.prune_deliveries(at);
    }

    #[test]
    fn the_history_keeps_a_thousand() {
        let (mut state, hook) = account();
        for number in 0..1_005 {
            ended(&mut state, &hook, NOW + number, Progress::Delivered);
        }
        assert_eq!(state.deliveries.len(), 1_000);
        assert_eq!(state.deliveries.values().next().unwrap().created_at, NOW + 5, "the oldest went");
    }

    #[test]
    fn the_history_keeps_two_weeks_and_whatever_is_pending() {
        let (mut state, hook) = account();
        ended(&mut state, &hook, NOW, Progress::Failed);
        ended(&mut state, &hook, NOW + 1, Progress::Pending { due: NOW + 30 * DAY });
        ended(&mut state, &hook, NOW + 14 * DAY, Progress::Delivered);
        assert_eq!(state.deliveries.len(), 3, "two weeks old, not older");
        ended(&mut state, &hook, NOW + 14 * DAY + 1, Progress::Delivered);
        let kept: Vec<i64> = state.deliveries.values().map(|delivery| delivery.created_at).collect();
        assert_eq!(kept, [NOW + 1, NOW + 14 * DAY, NOW + 14 * DAY + 1]);
    }
}
