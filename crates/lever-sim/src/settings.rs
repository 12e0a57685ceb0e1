//! What the practice Lever is started with, and how it behaves where Lever's
//! own behaviour is not published.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What a practice account is opened with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Everything seeded, and every id made later, follows from this number.
    pub seed: u64,
    /// How many opportunities a fresh account has.
    pub opportunities: usize,
    /// The text of a key with every permission and the confidential grant,
    /// known before the start.
    pub key: Option<String>,
    /// One signing token for the account or one for each webhook.
    pub tokens: TokenMode,
    /// Where every change is saved; `None` keeps the account in memory.
    pub data_file: Option<PathBuf>,
    /// The name of the partner tile: the sourcing platform that is tried out.
    pub platform_name: String,
    /// How a fresh account behaves; an account read from a file keeps its own.
    pub behaviour: Behaviour,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 7,
            opportunities: 0,
            key: None,
            tokens: TokenMode::Account,
            data_file: None,
            platform_name: "CodeSignal".to_owned(),
            behaviour: Behaviour::default(),
        }
    }
}

/// Lever has had both: one account-wide signing token until June 2021, then one
/// for each webhook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenMode {
    /// One signing token, shown at the foot of the Webhooks page.
    #[default]
    Account,
    /// A signing token in the row of each webhook.
    PerWebhook,
}

/// How many milliseconds pass between the attempts of a delivery.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryMode {
    /// [`Behaviour::retry_pauses_ms`].
    #[default]
    Normal,
    /// [`Behaviour::fast_retry_pauses_ms`], for tests.
    Fast,
}

/// The `token` of a delivery that is tried again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryToken {
    /// The body is sent again as it was.
    #[default]
    Same,
    /// Each attempt carries a new token and signature, and the old `triggeredAt`.
    New,
}

/// Whether two webhooks for one event receive one `token` or two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenScope {
    /// Each delivery has its own token.
    #[default]
    Delivery,
    /// All deliveries of one event share a token.
    Event,
}

/// How the empty side of `fromArchived` / `toArchived` is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AbsentSide {
    /// `null`.
    #[default]
    Null,
    /// The key is left out.
    Absent,
}

/// Which of a hire's two events comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HireOrder {
    /// `candidateHired`, then `candidateArchiveChange`.
    #[default]
    HiredFirst,
    /// `candidateArchiveChange`, then `candidateHired`.
    ArchiveFirst,
}

/// What stands in `deduped` when a create made a new contact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DedupedFalse {
    /// `"deduped": false`.
    #[default]
    False,
    /// The key is left out.
    Absent,
}

/// A `limit` outside 1 to 100.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitRule {
    /// 400.
    #[default]
    Refuse,
    /// The nearest allowed value is used.
    Clamp,
}

/// A move to the stage the opportunity is in already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SameStage {
    /// 200, nothing changes, nothing is sent.
    #[default]
    Ignore,
    /// Recorded and sent like any other move.
    Record,
}

/// When two e-mail addresses are one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CanonicalEmail {
    /// Blanks around it and letter case do not count.
    #[default]
    LowerCase,
    /// Nor do the dots and the `+tag` of a Gmail address.
    Gmail,
}

/// Every point on which Lever's behaviour is unknown, adjustable or a fault of
/// the network, as a named setting with its default. Read and changed under
/// `/_practice/settings`; `docs/practice-lever.md` lists them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// One signing token for the account or one for each webhook.
    pub tokens: TokenMode,
    /// Steady requests per second and key (Lever documentation: 10).
    pub rate_per_second: f64,
    /// Size of the token bucket (Lever documentation: bursts to 20).
    pub rate_burst: f64,
    /// `Retry-After` of a 429, in seconds. Lever documents none.
    pub retry_after_seconds: Option<u32>,
    /// `code` of a 429.
    pub too_many_requests_code: String,
    /// `message` of a 429.
    pub too_many_requests_message: String,
    /// `message` of the 401 for a key that is not known.
    pub wrong_key_message: String,
    /// `code` of a 403.
    pub forbidden_code: String,
    /// 400 or 404 for an unknown or deactivated `perform_as`.
    pub perform_as_refused_status: u16,
    /// Whether the routes on which `perform_as` is optional demand it too.
    pub perform_as_always_required: bool,
    /// 400 or 404 for a body that names an unknown stage, user, reason, posting
    /// or contact.
    pub reference_refused_status: u16,
    /// A `limit` outside 1 to 100.
    pub limit_out_of_range: LimitRule,
    /// A move to the current stage.
    pub same_stage_move: SameStage,
    /// Whether creating a note moves the opportunity's `updatedAt`.
    pub note_touches_opportunity: bool,
    /// Whether deactivated stages are listed.
    pub inactive_stages_listed: bool,
    /// When two e-mail addresses are one.
    pub canonical_email: CanonicalEmail,
    /// `deduped` for a new person.
    pub deduped_false: DedupedFalse,
    /// How long a new opportunity stays out of lists, in milliseconds.
    pub list_lag_ms: i64,
    /// Whether the key of a partner tile may read confidential data.
    pub partner_key_confidential: bool,
    /// Status for a webhook URL that is not https (loopback http is allowed).
    pub insecure_webhook_status: u16,
    /// Whether `verifyConnection: true` refuses a webhook whose URL fails.
    pub verify_connection_refuses: bool,
    /// Address that `urls` of an opportunity start with; the practice Lever's
    /// own pages when absent.
    pub app_url: Option<String>,
    /// Whether creating an opportunity sends `candidateStageChange`.
    pub creation_fires_stage_change: bool,
    /// Whether changes made through the API send events.
    pub api_changes_fire: bool,
    /// Whether confidential opportunities send events.
    pub confidential_fires: bool,
    /// Whether the envelope has its `id`.
    pub envelope_id: bool,
    /// The empty side of an archive change.
    pub absent_sides: AbsentSide,
    /// Which event of a hire comes first.
    pub hire_order: HireOrder,
    /// One token for each delivery or for each event.
    pub token_scope: TokenScope,
    /// The token of a retry.
    pub retry_token: RetryToken,
    /// Which pauses apply.
    pub retry_mode: RetryMode,
    /// Pauses after the first, second ... failed attempt, in milliseconds; their
    /// number is the number of retries. Lever: five, spacing not published.
    pub retry_pauses_ms: Vec<i64>,
    /// The same, in fast mode.
    pub fast_retry_pauses_ms: Vec<i64>,
    /// How long one attempt may take, in milliseconds.
    pub attempt_timeout_ms: u64,
    /// Every delivery waits this long before its first attempt, in milliseconds.
    pub delivery_delay_ms: i64,
    /// Events of one opportunity that come within `delivery_reverse_window_ms`
    /// are sent newest first.
    pub delivery_reverse: bool,
    /// The window of `delivery_reverse`, in milliseconds.
    pub delivery_reverse_window_ms: i64,
    /// Probability (0 to 1) that a delivery is made twice.
    pub delivery_duplicate: f64,
    /// Probability (0 to 1) that a delivery is never made.
    pub delivery_drop: f64,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            tokens: TokenMode::default(),
            rate_per_second: 10.0,
            rate_burst: 20.0,
            retry_after_seconds: None,
            too_many_requests_code: "TooManyRequestsError".to_owned(),
            too_many_requests_message: "Too many requests.".to_owned(),
            wrong_key_message: "The request requires authentication.".to_owned(),
            forbidden_code: "ForbiddenError".to_owned(),
            perform_as_refused_status: 400,
            perform_as_always_required: false,
            reference_refused_status: 400,
            limit_out_of_range: LimitRule::default(),
            same_stage_move: SameStage::default(),
            note_touches_opportunity: true,
            inactive_stages_listed: false,
            canonical_email: CanonicalEmail::default(),
            deduped_false: DedupedFalse::default(),
            list_lag_ms: 0,
            partner_key_confidential: false,
            insecure_webhook_status: 400,
            verify_connection_refuses: true,
            app_url: None,
            creation_fires_stage_change: false,
            api_changes_fire: true,
            confidential_fires: true,
            envelope_id: true,
            absent_sides: AbsentSide::default(),
            hire_order: HireOrder::default(),
            token_scope: TokenScope::default(),
            retry_token: RetryToken::default(),
            retry_mode: RetryMode::default(),
            // Lever's values are not published; these are a sane choice.
            retry_pauses_ms: vec![60_000, 300_000, 1_800_000, 7_200_000, 21_600_000],
            fast_retry_pauses_ms: vec![20, 40, 80, 160, 320],
            attempt_timeout_ms: 10_000,
            delivery_delay_ms: 0,
            delivery_reverse: false,
            delivery_reverse_window_ms: 300,
            delivery_duplicate: 0.0,
            delivery_drop: 0.0,
        }
    }
}

impl Behaviour {
    /// The pauses that apply now.
    pub(crate) fn pauses(&self) -> &[i64] {
        match self.retry_mode {
            RetryMode::Normal => &self.retry_pauses_ms,
            RetryMode::Fast => &self.fast_retry_pauses_ms,
        }
    }

    /// The form in which two addresses are compared.
    pub(crate) fn canonical(&self, email: &str) -> String {
        let email = email.trim().to_lowercase();
        match (self.canonical_email, email.split_once('@')) {
            (CanonicalEmail::Gmail, Some((local, domain @ ("gmail.com" | "googlemail.com")))) => {
                let local = local.split('+').next().unwrap_or(local).replace('.', "");
                format!("{local}@{domain}")
            }
            _ => email,
        }
    }

    /// What is wrong with these settings, if anything.
    pub(crate) fn problem(&self) -> Option<String> {
        let probability = |name: &str, value: f64| {
            (!(0.0..=1.0).contains(&value)).then(|| format!("{name} must be between 0 and 1"))
        };
        let status = |name: &str, value: u16| {
            (!matches!(value, 400 | 404)).then(|| format!("{name} must be 400 or 404"))
        };
        let positive = |name: &str, fine: bool| (!fine).then(|| format!("{name} must be above 0"));
        probability("delivery_duplicate", self.delivery_duplicate)
            .or_else(|| probability("delivery_drop", self.delivery_drop))
            .or_else(|| status("perform_as_refused_status", self.perform_as_refused_status))
            .or_else(|| status("reference_refused_status", self.reference_refused_status))
            .or_else(|| {
                (!(400..=499).contains(&self.insecure_webhook_status))
                    .then(|| "insecure_webhook_status must be between 400 and 499".to_owned())
            })
            .or_else(|| positive("rate_per_second", self.rate_per_second > 0.0))
            .or_else(|| positive("rate_burst", self.rate_burst >= 1.0))
            .or_else(|| positive("attempt_timeout_ms", self.attempt_timeout_ms > 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_without_case_and_blanks() {
        let behaviour = Behaviour::default();
        assert_eq!(behaviour.canonical(" Jo.Doe@Example.COM "), "jo.doe@example.com");
        assert_eq!(behaviour.canonical("j.o+x@gmail.com"), "j.o+x@gmail.com");
    }

    #[test]
    fn gmail_addresses_can_be_compared_as_google_does() {
        let behaviour = Behaviour { canonical_email: CanonicalEmail::Gmail, ..Behaviour::default() };
        assert_eq!(behaviour.canonical("J.O+x@Gmail.com"), "jo@gmail.com");
        assert_eq!(behaviour.canonical("j.o+x@example.com"), "j.o+x@example.com");
    }

    #[test]
    fn a_behaviour_that_makes_no_sense_is_named() {
        let behaviour = Behaviour { delivery_drop: 1.5, ..Behaviour::default() };
        assert!(behaviour.problem().is_some_and(|p| p.contains("delivery_drop")));
        assert_eq!(Behaviour::default().problem(), None);
    }
}
