//! What the practice Lever is started with, and how it behaves where Lever's
//! own behaviour is not published.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{routes::endpoint, state::partner::GRANTED};

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

/// An archive with the reason the opportunity is archived for already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SameReason {
    /// `archivedAt` is stamped anew and sent (recorded traffic).
    #[default]
    Restamp,
    /// 200, nothing changes, nothing is sent.
    Ignore,
}

/// What `/resumes` answers for an opportunity that has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoResumes {
    /// 404 (a comment in a production connector).
    #[default]
    NotFound,
    /// An empty page (one recorded answer).
    Empty,
}

/// When the data of a parsed resume reaches the contact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResumeParsing {
    /// Before the create is answered.
    #[default]
    Inside,
    /// After: the answer has only what was sent beside the file.
    After,
}

/// Which of two mistakes of one request is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValidationOrder {
    /// An unknown object (404) before a bad body (400).
    #[default]
    MissingFirst,
    /// A body that is not JSON (400) before an unknown object (404).
    BodyFirst,
}

/// An `offset` that is used with other filters than the page it came from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangedFilters {
    /// The new filters apply from that place on.
    #[default]
    Apply,
    /// 400, *Invalid offset token*.
    Refuse,
}

/// Whether `candidateDeleted` names the deleting user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeletedBy {
    /// As `deletedBy`, the attribute of deleted opportunities.
    #[default]
    Named,
    /// The key is left out.
    Absent,
}

/// What a setting can be set to, for the page that changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// On or off.
    Switch,
    /// A number.
    Number,
    /// A number, or nothing.
    OptionalNumber,
    /// A text.
    Text,
    /// A text, or nothing.
    OptionalText,
    /// Numbers, separated by commas.
    Numbers,
    /// Names, separated by commas.
    Names,
    /// One of these.
    OneOf(&'static [&'static str]),
}

/// The shape of a setting's type.
trait Shaped {
    const SHAPE: Shape;
}

macro_rules! shapes {
    ($($type:ty => $shape:expr;)*) => { $(impl Shaped for $type { const SHAPE: Shape = $shape; })* };
}

shapes! {
    bool => Shape::Switch;
    f64 => Shape::Number;
    i64 => Shape::Number;
    u16 => Shape::Number;
    u64 => Shape::Number;
    usize => Shape::Number;
    Option<u32> => Shape::OptionalNumber;
    Option<u64> => Shape::OptionalNumber;
    Option<i64> => Shape::OptionalNumber;
    Option<usize> => Shape::OptionalNumber;
    String => Shape::Text;
    Option<String> => Shape::OptionalText;
    Vec<i64> => Shape::Numbers;
    Vec<String> => Shape::Names;
    TokenMode => Shape::OneOf(&["account", "per-webhook"]);
    RetryMode => Shape::OneOf(&["normal", "fast"]);
    RetryToken => Shape::OneOf(&["same", "new"]);
    TokenScope => Shape::OneOf(&["delivery", "event"]);
    AbsentSide => Shape::OneOf(&["null", "absent"]);
    HireOrder => Shape::OneOf(&["hired-first", "archive-first"]);
    DedupedFalse => Shape::OneOf(&["false", "absent"]);
    LimitRule => Shape::OneOf(&["refuse", "clamp"]);
    SameStage => Shape::OneOf(&["ignore", "record"]);
    SameReason => Shape::OneOf(&["restamp", "ignore"]);
    CanonicalEmail => Shape::OneOf(&["lower-case", "gmail"]);
    NoResumes => Shape::OneOf(&["not-found", "empty"]);
    ResumeParsing => Shape::OneOf(&["inside", "after"]);
    ValidationOrder => Shape::OneOf(&["missing-first", "body-first"]);
    ChangedFilters => Shape::OneOf(&["apply", "refuse"]);
    DeletedBy => Shape::OneOf(&["named", "absent"]);
}

/// One setting, as the page and the documentation tell of it.
#[derive(Debug)]
pub(crate) struct Point {
    pub(crate) group: &'static str,
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    /// What it decides: the first paragraph of its documentation.
    pub(crate) about: &'static str,
}

macro_rules! behaviour {
    ($($group:literal { $($(#[doc = $about:literal])+ $name:ident: $type:ty = $default:expr;)* })*) => {
        /// Every point on which Lever's behaviour is unknown, adjustable or a fault
        /// of the network, as a named setting with its default. Read and changed
        /// under `/_practice/settings` and on the page *Behaviour*;
        /// `docs/practice-lever.md` lists them.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Behaviour {
            $($($(#[doc = $about])+ pub $name: $type,)*)*
        }

        impl Default for Behaviour {
            fn default() -> Self {
                Self { $($($name: $default,)*)* }
            }
        }

        /// All settings, in the order in which people are shown them.
        pub(crate) static POINTS: &[Point] = &[$($(Point {
            group: $group,
            name: stringify!($name),
            shape: <$type as Shaped>::SHAPE,
            about: concat!($($about),+).trim_ascii(),
        },)*)*];
    };
}

behaviour! {
    "Keys and limits" {
        /// Requests a second of each key (documented; Lever says it may change).
        rate_per_second: f64 = 10.0;
        /// Requests at once of each key (documented; Lever says it may change).
        rate_burst: f64 = 20.0;
        /// `Retry-After` of a 429, in seconds; Lever documents none.
        retry_after_seconds: Option<u32> = None;
        /// `code` of a 429.
        too_many_requests_code: String = "TooManyRequestsError".to_owned();
        /// `message` of a 429.
        too_many_requests_message: String = "Too many requests.".to_owned();
        /// `message` of the 401 for a key that is not known.
        wrong_key_message: String = "The request requires authentication.".to_owned();
        /// `code` of a 403.
        forbidden_code: String = "ForbiddenError".to_owned();
        /// Length of a new key's text.
        key_length: usize = 40;
        /// Characters of a new key's text.
        key_alphabet: String = KEY_ALPHABET.to_owned();
        /// Endpoints that the key of a partner tile opens; nothing tells which they are.
        partner_key_permissions: Vec<String> = GRANTED.map(str::to_owned).to_vec();
        /// Whether the key of a partner tile reads confidential data.
        partner_key_confidential: bool = false;
        /// The `X-Lever-Client-Id` that a partner tile's key must come with; none is asked for when empty.
        partner_client_id: Option<String> = None;
    }
    "Errors" {
        /// `code` of a 500.
        internal_error_code: String = "InternalServerError".to_owned();
        /// `message` of a 500.
        internal_error_message: String = "An unexpected error occurred.".to_owned();
        /// `content-type` of a 503.
        unavailable_content_type: String = "text/html".to_owned();
        /// Body of a 503; a proxy in front of Lever may write it.
        unavailable_body: String =
            "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>".to_owned();
        /// Which of two mistakes is told: `missing-first` tells the unknown object, `body-first` the body that is not JSON.
        validation_order: ValidationOrder = ValidationOrder::default();
        /// 400 or 404, for an unknown or deactivated `perform_as`.
        perform_as_refused_status: u16 = 400;
        /// Whether stage, archived, tags, links, sources and notes demand `perform_as` too.
        perform_as_always_required: bool = false;
        /// 400 or 404, for a body that names an unknown stage, user, reason, posting or contact.
        reference_refused_status: u16 = 400;
        /// How long Lever works on a request, in milliseconds, before it gives up; a `slow` fault can take longer.
        request_timeout_ms: Option<u64> = None;
        /// Status of a request that Lever gave up on, as of a heavy list.
        request_timeout_status: u16 = 503;
    }
    "Lists" {
        /// A `limit` of 0 or 101: `refuse` it with 400, or `clamp` it.
        limit_out_of_range: LimitRule = LimitRule::default();
        /// How long an `offset` can be used, in milliseconds; for ever when empty.
        offset_life_ms: Option<i64> = None;
        /// An `offset` with other filters than before: `apply` the new ones, or `refuse` it with 400.
        offset_with_changed_filters: ChangedFilters = ChangedFilters::default();
        /// How long a new opportunity stays out of lists, in milliseconds.
        list_lag_ms: i64 = 0;
        /// Whether `/stages` lists deactivated ones.
        inactive_stages_listed: bool = false;
        /// `/resumes` of an opportunity that has none: 404 or an empty page.
        no_resumes: NoResumes = NoResumes::default();
        /// What `urls` and download addresses start with; its own pages when empty.
        app_url: Option<String> = None;
    }
    "Writes" {
        /// When two addresses are one: `lower-case` ignores case and blanks, `gmail` also the dots and `+tag` of Gmail's.
        canonical_email: CanonicalEmail = CanonicalEmail::default();
        /// Whether a new opportunity for a posting that is closed is refused with 400.
        closed_posting_refused: bool = true;
        /// `deduped` for a new person: `false`, or `absent`.
        deduped_false: DedupedFalse = DedupedFalse::default();
        /// A move to the current stage: `ignore` it, or `record` it as a move.
        same_stage_move: SameStage = SameStage::default();
        /// An archive with the reason there is: `restamp` it (recorded once), or `ignore` it.
        same_reason_archive: SameReason = SameReason::default();
        /// Whether a new note moves `updatedAt`.
        note_touches_opportunity: bool = true;
        /// The longest note, in characters; no limit is documented.
        note_length_limit: Option<usize> = None;
        /// Tags, sources or links in one request; no limit is documented.
        labels_limit: Option<usize> = None;
        /// When a parsed resume fills the contact: `inside` the create, or `after` its answer.
        resume_parsing: ResumeParsing = ResumeParsing::default();
        /// The largest request, in bytes (documented: 30 MB).
        upload_limit_bytes: usize = 30 * 1024 * 1024;
        /// Status of a larger request.
        upload_too_large_status: u16 = 413;
        /// `code` of a larger request.
        upload_too_large_code: String = "RequestTooLarge".to_owned();
        /// How long an upload may take, in milliseconds; then it is refused as `RequestTimeout` (documented).
        upload_timeout_ms: u64 = 60_000;
        /// Status of an upload that took too long.
        upload_timeout_status: u16 = 408;
    }
    "Webhooks" {
        /// `account`: one signing token for all webhooks, `per-webhook`: each its own; Lever has had both.
        tokens: TokenMode = TokenMode::default();
        /// Status for a webhook URL that is not https.
        insecure_webhook_status: u16 = 400;
        /// Whether `verifyConnection: true` refuses a URL that fails.
        verify_connection_refuses: bool = true;
        /// Whether a create sends `candidateStageChange`.
        creation_fires_stage_change: bool = false;
        /// Whether changes through the API send events.
        api_changes_fire: bool = true;
        /// Whether confidential opportunities send events.
        confidential_fires: bool = true;
        /// The events of a hire: `hired-first`, or `archive-first`.
        hire_order: HireOrder = HireOrder::default();
        /// The empty side of an archive change: `null`, or `absent`.
        absent_sides: AbsentSide = AbsentSide::default();
        /// The deleting user in `candidateDeleted`: `named` as `deletedBy`, or `absent`.
        deleted_by: DeletedBy = DeletedBy::default();
        /// Whether deliveries are signed; an old account that never made a token sends them without `signature`.
        deliveries_signed: bool = true;
        /// Whether a delivery has an `id`.
        envelope_id: bool = true;
        /// `token` of several webhooks of one event: one for each `delivery`, or one for the `event`.
        token_scope: TokenScope = TokenScope::default();
    }
    "Deliveries" {
        /// `token` of a retry: the `same`, or a `new` one with the old `triggeredAt`.
        retry_token: RetryToken = RetryToken::default();
        /// Which pauses hold: `normal`, or `fast`.
        retry_mode: RetryMode = RetryMode::default();
        /// Pauses before the retries, in milliseconds; their number is the number of retries (documented: five).
        retry_pauses_ms: Vec<i64> = vec![60_000, 300_000, 1_800_000, 7_200_000, 21_600_000];
        /// The same in fast mode.
        fast_retry_pauses_ms: Vec<i64> = vec![20, 40, 80, 160, 320];
        /// Time for one attempt, in milliseconds.
        attempt_timeout_ms: u64 = 10_000;
        /// Deliveries given up in a row that switch a webhook off; never when empty.
        disable_after_failures: Option<u32> = None;
        /// Every delivery waits this long, in milliseconds.
        delivery_delay_ms: i64 = 0;
        /// Whether the events of one opportunity that come close together go newest first.
        delivery_reverse: bool = false;
        /// How close together, in milliseconds.
        delivery_reverse_window_ms: i64 = 300;
        /// Probability that a delivery is made twice.
        delivery_duplicate: f64 = 0.0;
        /// Probability that a delivery is never made.
        delivery_drop: f64 = 0.0;
    }
}

/// Letters and digits.
const KEY_ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

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
        let refusal = |name: &str, value: u16| {
            (!(400..=599).contains(&value)).then(|| format!("{name} must be between 400 and 599"))
        };
        let positive = |name: &str, fine: bool| (!fine).then(|| format!("{name} must be above 0"));
        probability("delivery_duplicate", self.delivery_duplicate)
            .or_else(|| probability("delivery_drop", self.delivery_drop))
            .or_else(|| status("perform_as_refused_status", self.perform_as_refused_status))
            .or_else(|| status("reference_refused_status", self.reference_refused_status))
            .or_else(|| refusal("insecure_webhook_status", self.insecure_webhook_status))
            .or_else(|| refusal("request_timeout_status", self.request_timeout_status))
            .or_else(|| refusal("upload_too_large_status", self.upload_too_large_status))
            .or_else(|| refusal("upload_timeout_status", self.upload_timeout_status))
            .or_else(|| positive("key_length", self.key_length > 0))
            .or_else(|| {
                (self.key_alphabet.is_empty()
                    || !self.key_alphabet.bytes().all(|b| b.is_ascii_graphic() && b != b':'))
                .then(|| "key_alphabet must be printable characters without a colon".to_owned())
            })
            .or_else(|| {
                self.partner_key_permissions
                    .iter()
                    .find(|name| endpoint::by_name(name).is_none())
                    .map(|name| format!("partner_key_permissions: there is no endpoint called {name}"))
            })
            .or_else(|| positive("upload_timeout_ms", self.upload_timeout_ms > 0))
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
    fn every_choice_of_a_setting_is_one_and_every_setting_has_a_point() {
        let defaults = serde_json::to_value(Behaviour::default()).unwrap();
        let names: Vec<&String> = defaults.as_object().unwrap().keys().collect();
        assert_eq!(names, POINTS.iter().map(|point| point.name).collect::<Vec<_>>());
        for point in POINTS {
            assert!(!point.about.is_empty() && !point.group.is_empty(), "{}", point.name);
            if let Shape::OneOf(choices) = point.shape {
                assert_eq!(defaults[point.name], choices[0], "{}: the default comes first", point.name);
                for choice in choices {
                    let mut changed = defaults.clone();
                    changed[point.name] = serde_json::json!(choice);
                    serde_json::from_value::<Behaviour>(changed).unwrap();
                }
            }
        }
    }

    /// The tables of `docs/practice-lever.md`, as they should be.
    fn documented() -> String {
        let defaults = serde_json::to_value(Behaviour::default()).unwrap();
        let mut tables = String::new();
        let mut group = "";
        for point in POINTS {
            if point.group != group {
                group = point.group;
                tables.push_str(&format!(
                    "\n### {group}\n\n| setting | default | what it decides |\n|---|---|---|\n"
                ));
            }
            let default = match &defaults[point.name] {
                serde_json::Value::Null => "none".to_owned(),
                serde_json::Value::String(text) => format!("`{text}`"),
                serde_json::Value::Array(items) => items
                    .iter()
                    .map(|item| item.as_str().map_or_else(|| item.to_string(), |text| format!("`{text}`")))
                    .collect::<Vec<_>>()
                    .join(", "),
                other => other.to_string().trim_end_matches(".0").to_owned(),
            };
            tables.push_str(&format!("| `{}` | {default} | {} |\n", point.name, point.about));
        }
        tables
    }

    #[test]
    fn the_documentation_lists_exactly_these_settings() {
        let document = include_str!("../../../docs/practice-lever.md");
        let (_, rest) = document.split_once("<!-- settings -->\n").unwrap();
        let (tables, _) = rest.split_once("\n<!-- end of settings -->").unwrap();
        let expected = documented();
        assert!(tables == expected, "docs/practice-lever.md should say:\n{expected}");
    }

    #[test]
    fn a_behaviour_that_makes_no_sense_is_named() {
        let behaviour = Behaviour { delivery_drop: 1.5, ..Behaviour::default() };
        assert!(behaviour.problem().is_some_and(|p| p.contains("delivery_drop")));
        assert_eq!(Behaviour::default().problem(), None);
    }
}
