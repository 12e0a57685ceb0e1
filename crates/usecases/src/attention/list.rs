//! Needs attention.

use domain::actor::{Actor, Role};
use domain::attention::AttentionKind;
use domain::connection::LeverEvent;
use domain::import::ImportFailure;
use domain::mail::MailFailure;
use domain::mapping::Place;
use domain::status::Status;
use domain::time::Timestamp;
use domain::view::{AttentionPage, AttentionRow, Listed, Mend, RetryAll};
use domain::way_back::WriteFailure;
use store::attention::{self, Item};
use store::{Tx, candidates, catalogue, connections, imports, members};

use super::given_up::{GivenUp, given_up};
use crate::integration::question_about;
use crate::integration::receiving::{event_label, held};
use crate::paged::{cursor, cut, place};
use crate::{Result, Services};

/// Items of one page.
const PAGE: u32 = 50;
/// So many members are named.
const NAMED: usize = 5;
/// Kinds of which all can be tried again at one press.
pub(super) const TOGETHER: [AttentionKind; 7] = [
    AttentionKind::ImportFailed,
    AttentionKind::DeliveryNotApplied,
    AttentionKind::StatusNotWritten,
    AttentionKind::ContactNotWritten,
    AttentionKind::MessageFailed,
    AttentionKind::ImportOffered,
    AttentionKind::WorkGivenUp,
];

/// The open items this actor may see, newest first; `before` is the place of a page, empty
/// for the newest one.
///
/// # Errors
/// When the store cannot be asked.
pub async fn list(services: &Services, actor: &Actor, before: &str) -> Result<AttentionPage> {
    let mut tx = services.store.read().await?;
    let (organisation, role, older) = (actor.organisation, actor.role, place(before));
    let mut items = attention::list_open(&mut tx, organisation, role, older, PAGE + 1).await?;
    let next = cut(&mut items, PAGE, |last| cursor(last.created_at, last.id));
    let counts = attention::count_by_kind(&mut tx, organisation, role).await?;
    let several = several(&mut tx, actor, &counts).await?;
    let mut rows = Vec::with_capacity(items.len());
    for item in items {
        rows.push(row(services, actor, &mut tx, item).await?);
    }
    Ok(AttentionPage {
        items: Listed { rows, next, is_later: older.is_some() },
        open: counts.iter().map(|(_, count)| count).sum(),
        several,
    })
}

/// What this actor can try again several at once, on whatever page it stands.
async fn several(tx: &mut Tx, actor: &Actor, counts: &[(AttentionKind, u32)]) -> Result<Vec<RetryAll>> {
    let mut several = Vec::new();
    for kind in TOGETHER {
        let open = counts.iter().find(|(open, _)| *open == kind).map_or(0, |(_, count)| *count);
        if open < 2 || actor.role < kind.who_can() {
            continue;
        }
        let count = if kind == AttentionKind::ImportFailed {
            // Whoever asked for the import can, and Admins.
            let asked_by = (actor.role < Role::Admin).then_some(actor.member);
            attention::count_imports_to_retry(tx, actor.organisation, asked_by).await?
        } else {
            open
        };
        let label = match kind {
            AttentionKind::ImportOffered => format!("Import all {count} who answered"),
            AttentionKind::ImportFailed => format!("Retry all {count} failed imports"),
            AttentionKind::StatusNotWritten => format!("Write all {count} statuses to Lever again"),
            AttentionKind::ContactNotWritten => {
                format!("Write what is new about all {count} to Lever again")
            }
            AttentionKind::MessageFailed => format!("Send all {count} messages again"),
            AttentionKind::WorkGivenUp => format!("Try all {count} again that were given up"),
            _ => format!("Retry all {count} updates from Lever"),
        };
        several.extend((count > 1).then_some(RetryAll { kind, label }));
    }
    Ok(several)
}

/// How many there are, for the menu.
///
/// # Errors
/// When the store cannot be asked.
pub async fn count(services: &Services, actor: &Actor) -> Result<u32> {
    let mut tx = services.store.read().await?;
    Ok(attention::count_open(&mut tx, actor.organisation, actor.role).await?)
}

/// Title, reason and mend of an item.
struct Words {
    title: String,
    reason: String,
    /// Who can, where it is not just a matter of the role.
    who_can: Option<String>,
    mend: Option<Mend>,
}

impl Words {
    fn new(title: impl Into<String>, reason: impl Into<String>, mend: Mend) -> Self {
        Self { title: title.into(), reason: reason.into(), who_can: None, mend: Some(mend) }
    }
}

async fn row(services: &Services, actor: &Actor, tx: &mut Tx, item: Item) -> Result<AttentionRow> {
    let can = actor.role >= item.kind.who_can();
    let words = words(services, actor, tx, &item).await?;
    let who_can = words.who_can.unwrap_or_else(|| {
        if can {
            "You can".to_owned()
        } else {
            match item.kind.who_can() {
                Role::SuperAdmin => "A Super Admin can".to_owned(),
                Role::Admin | Role::Recruiter => "An Admin can".to_owned(),
            }
        }
    });
    Ok(AttentionRow {
        id: item.id,
        kind: item.kind,
        title: words.title,
        reason: words.reason,
        who_can,
        candidate: item.candidate,
        since: services.moment(item.created_at),
        mend: words.mend.filter(|_| can),
    })
}

async fn words(services: &Services, actor: &Actor, tx: &mut Tx, item: &Item) -> Result<Words> {
    let name = match item.candidate {
        Some(candidate) => candidates::get(tx, actor.organisation, candidate)
            .await?
            .map_or_else(|| "A candidate".to_owned(), |candidate| candidate.name),
        None => String::new(),
    };
    Ok(match item.kind {
        AttentionKind::ImportNeedsDecision => {
            let (found, one) = match item.detail["matches"].as_u64() {
                Some(1) => ("one opportunity".to_owned(), "it"),
                Some(many) => (format!("{many} opportunities"), "one of them"),
                None => ("opportunities".to_owned(), "one of them"),
            };
            Words::new(
                format!("{name} may already be in Lever"),
                format!(
                    "Lever has {found} of somebody with the same e-mail address. Link to {one}, or add an opportunity."
                ),
                candidate_page(item, format!("Decide about {name}")),
            )
        }
        AttentionKind::ImportFailed => import_failed(actor, tx, item, &name).await?,
        AttentionKind::ImportFoundTwice => Words::new(
            format!("{name} is in Lever twice"),
            "One import led to several opportunities. The oldest is linked; delete the others in Lever.",
            Mend::Retry { label: format!("Done for {name}") },
        ),
        AttentionKind::ImportOffered => Words::new(
            format!("{name} answered"),
            "They can be brought into Lever now.",
            Mend::Retry { label: format!("Import {name} into Lever") },
        ),
        AttentionKind::UnmappedPlace => unmapped(actor, tx, item).await?,
        AttentionKind::StatusConflict => {
            let status = |key: &str| item.detail[key].as_str().and_then(Status::from_code);
            let (ours, levers) = (status("status"), status("levers"));
            let label = |status: Option<Status>| status.map_or("another status", Status::label);
            Words::new(
                format!("{name}: two statuses"),
                format!(
                    "It was set to {} by hand, and Lever has moved on to {}. Keep one of the two.",
                    label(ours),
                    label(levers)
                ),
                match item.candidate {
                    Some(candidate) => Mend::Status { candidate, ours, levers },
                    None => candidate_page(item, format!("Decide about {name}")),
                },
            )
        }
        AttentionKind::StatusNotWritten => {
            let status = item.detail["status"]
                .as_str()
                .and_then(Status::from_code)
                .map_or("The status", Status::label);
            Words::new(
                format!("{status} of {name} is not in Lever"),
                write_failure(item),
                Mend::Retry { label: format!("Write the status of {name} again") },
            )
        }
        AttentionKind::ContactNotWritten => Words::new(
            format!("What is new about {name} is not in Lever"),
            write_failure(item),
            Mend::Retry { label: format!("Write what is new about {name} again") },
        ),
        AttentionKind::MessageFailed => Words::new(
            format!("The message to {name} was not sent"),
            item.detail["failure"]
                .as_str()
                .and_then(MailFailure::from_code)
                .map_or("Try again, or tell your operator.", MailFailure::text),
            Mend::Retry { label: format!("Send the message to {name} again") },
        ),
        AttentionKind::WorkGivenUp => {
            let GivenUp { title, reason, again } = given_up(tx, actor.organisation, item, &name).await?;
            Words::new(title, reason, Mend::Retry { label: again })
        }
        AttentionKind::KeyRejected => Words::new(
            "Lever rejects the API key",
            "Nothing is lost: imports and updates wait until a new key is pasted.",
            wizard("connect", "Reconnect"),
        ),
        AttentionKind::PermissionMissing => {
            let operation = item.detail["operation"].as_str().unwrap_or(&item.subject);
            Words::new(
                "The API key lacks a permission",
                format!(
                    "Lever refused this: {operation}. The table on the Integrations page shows what to tick in Lever; then paste a new key."
                ),
                wizard("connect", "Open the connection"),
            )
        }
        AttentionKind::UnknownToken => unknown_token(services, actor, tx, item).await?,
        AttentionKind::DeliveryNotApplied => Words::new(
            format!("An update about {name} could not be applied"),
            "Lever could not be asked about the opportunity, or does not find it.",
            Mend::Retry { label: format!("Retry {name}") },
        ),
        AttentionKind::TooManyUnlinked => {
            let count = |key: &str| item.detail[key].as_u64().unwrap_or_default();
            let (missing, linked) = (count("missing"), count("linked"));
            Words::new(
                format!("Lever lists {missing} candidates as deleted"),
                format!(
                    "That is much for {linked} linked ones, so nothing was unlinked. If it is right, unlink them."
                ),
                Mend::Retry { label: format!("Unlink {missing} candidates") },
            )
        }
        AttentionKind::Anonymised => Words::new(
            format!("{name} was anonymised in Lever"),
            match item.detail["due"].as_i64() {
                Some(due) => format!(
                    "Their personal data was erased there. Unless you keep it, it is erased here on {}: what remains is counted only.",
                    services.moment(Timestamp(due)).text
                ),
                None => "Their personal data was erased there.".to_owned(),
            },
            match item.candidate {
                Some(candidate) => Mend::Erasure { candidate, label: format!("Erase {name} here now") },
                None => candidate_page(item, "Open the candidate".to_owned()),
            },
        ),
        AttentionKind::LeverUnavailable => Words::new(
            "Lever is not there",
            "Lever says that it is not available, or cannot be reached. Nothing is lost: imports and updates wait, and go on by themselves when it is back.",
            Mend::Retry { label: "Try again now".to_owned() },
        ),
        AttentionKind::MappedUserGone => mapped_user_gone(item),
        AttentionKind::MemberUnmapped => member_unmapped(item),
        AttentionKind::LeverChanged => lever_changed(item),
        AttentionKind::StageGone => {
            let stage = item.detail["name"].as_str().unwrap_or(&item.subject);
            Words::new(
                format!("Stage {stage} is no longer in Lever"),
                format!(
                    "{} there when last seen, and keeps the status until moved. Move them in Lever; the list says who.",
                    match item.detail["people"].as_u64() {
                        Some(many) if many > 1 => format!("{many} candidates were"),
                        _ => "One candidate was".to_owned(),
                    }
                ),
                wizard("stages", "Open Job Stage Mapping"),
            )
        }
        AttentionKind::SilentWebhooks => match LeverEvent::from_code(&item.subject) {
            Some(event) => overdue(services, item, event),
            None => silent(item),
        },
    })
}

/// Lever sends nothing at all.
fn silent(item: &Item) -> Words {
    let count = |key: &str| item.detail[key].as_u64().unwrap_or_default();
    Words::new(
        format!("No event from Lever for {} days", count("days")),
        format!(
            "{} people are on their way there, so something should have happened. On Lever's Webhooks page, check that the three events are switched on, and press Verify Connection.",
            count("active")
        ),
        look_at_webhooks(),
    )
}

/// Lever does not send the events of one kind.
fn overdue(services: &Services, item: &Item, event: LeverEvent) -> Words {
    let label = event.label();
    let (changes, made) = match item.detail["changes"].as_u64() {
        Some(many) if many > 1 => (format!("{many} changes"), "the first made"),
        _ => ("a change".to_owned(), "made"),
    };
    let since = Timestamp(item.detail["since"].as_i64().unwrap_or(item.created_at.0));
    Words::new(
        format!("{label} does not come from Lever"),
        format!(
            "Lever shows {changes} of which no {label} told, {made} {}. Comparing finds them all the same, but late. On Lever's Webhooks page, check that {label} is switched on for this address and for every origin, and press Verify Connection.",
            services.moment(since).text
        ),
        look_at_webhooks(),
    )
}

fn look_at_webhooks() -> Mend {
    Mend::Open { label: "Look at the webhooks".to_owned(), href: RECEIVING.to_owned() }
}

/// How many are held, and which token is missing.
async fn unknown_token(services: &Services, actor: &Actor, tx: &mut Tx, item: &Item) -> Result<Words> {
    let event = event_label(&item.subject);
    let held = match connections::find(tx, actor.organisation).await? {
        Some(connection) => held(tx, services, &connection).await?,
        None => Vec::new(),
    };
    let found = held.into_iter().find(|held| held.event == event);
    let (they, come) = match &found {
        Some(held) if held.count == 1 && held.refused == 0 => ("It is", "it comes in by itself"),
        Some(_) | None => ("They are", "they come in by themselves"),
    };
    Ok(Words::new(
        format!("{event}: deliveries with another signing token"),
        format!(
            "{} {they} held, not lost: paste the token of the {event} webhook, and {come}.",
            found.map(|held| held.text()).unwrap_or_default()
        )
        .trim_start(),
        Mend::Paste { label: format!("Signing token of {event}") },
    ))
}

/// What is new or renamed in Lever.
fn lever_changed(item: &Item) -> Words {
    let count = |key: &str, one: &str, many: &str| match item.detail[key].as_u64().unwrap_or_default() {
        0 => None,
        1 => Some(format!("one {one}")),
        count => Some(format!("{count} {many}")),
    };
    let places: Vec<String> =
        [count("stages", "stage", "stages"), count("reasons", "archive reason", "archive reasons")]
            .into_iter()
            .flatten()
            .collect();
    let mut reasons = Vec::new();
    if !places.is_empty() {
        reasons.push(format!(
            "Nobody has said what {} there {} here. Candidates there keep the status they have.",
            places.join(" and "),
            if places.len() == 1 && places[0].starts_with("one ") { "means" } else { "mean" }
        ));
    }
    if let Some(users) = count("users", "member", "members") {
        reasons.push(format!("A Lever user fits {users} without one."));
    }
    Words::new("Lever has changed", reasons.join(" "), changes_in_lever())
}

/// Whose imports are concerned, and what happens to them meanwhile.
fn mapped_user_gone(item: &Item) -> Words {
    let name = item.detail["name"].as_str().unwrap_or(&item.subject);
    let members: Vec<&str> = item.detail["members"]
        .as_array()
        .map_or_else(Vec::new, |members| members.iter().filter_map(serde_json::Value::as_str).collect());
    let fallback = item.detail["fallback"].as_bool().unwrap_or(false);
    let whose = match (members.as_slice(), fallback) {
        ([], _) => "They are the fallback, who is credited where a member has no Lever user.".to_owned(),
        (members, false) => format!("Imports of {} are credited to them.", members.join(", ")),
        (members, true) => {
            format!("Imports of {} are credited to them, and they are the fallback.", members.join(", "))
        }
    };
    let meanwhile = match item.detail["instead"].as_str() {
        Some(instead) => format!("Until you choose another, {instead} is credited."),
        None => "Until you choose another, these imports fail.".to_owned(),
    };
    Words::new(
        format!("{name} is deactivated in Lever"),
        format!("{whose} {meanwhile}"),
        // The fallback is chosen in the map only.
        if members.is_empty() || fallback {
            wizard("users", "Open User Account Mapping")
        } else {
            changes_in_lever()
        },
    )
}

/// Who would be credited as nobody.
fn member_unmapped(item: &Item) -> Words {
    let members: Vec<&str> = item.detail["members"]
        .as_array()
        .map_or_else(Vec::new, |members| members.iter().filter_map(serde_json::Value::as_str).collect());
    let (title, reason) = match members.as_slice() {
        [only] => (
            format!("{only} has no Lever user"),
            "There is no fallback either, so their imports fail: nobody is credited by a guess. Choose a Lever user for them, or a fallback.".to_owned(),
        ),
        several => {
            let named = several.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
            let others = match several.len().saturating_sub(NAMED) {
                0 => String::new(),
                others => format!(" and {others} more"),
            };
            (
                format!("{} members have no Lever user", several.len()),
                format!("There is no fallback either, so imports of {named}{others} fail: nobody is credited by a guess. Choose a Lever user for each, or a fallback."),
            )
        }
    };
    Words::new(title, reason, wizard("users", "Open User Account Mapping"))
}

/// Whoever asked for the import can, and Admins.
async fn import_failed(actor: &Actor, tx: &mut Tx, item: &Item, name: &str) -> Result<Words> {
    let failure = item.detail["failure"].as_str().and_then(ImportFailure::from_code);
    let reason = failure.map_or("Retry, or ask an Admin.", ImportFailure::text);
    let mend = match (failure, item.candidate) {
        (Some(failure), Some(candidate)) if failure.needs_another_choice() => Mend::Open {
            label: format!("Choose again for {name}"),
            href: format!("/candidates/{candidate}/import"),
        },
        _ => Mend::Retry { label: format!("Retry import of {name}") },
    };
    let mut words = Words::new(format!("{name} was not imported into Lever"), reason, mend);
    let asked_by = match item.candidate {
        Some(candidate) => {
            imports::by_candidate(tx, actor.organisation, candidate).await?.map(|import| import.requested_by)
        }
        None => None,
    };
    if actor.role < Role::Admin && asked_by != Some(actor.member) {
        let who = match asked_by {
            Some(member) => members::get(tx, actor.organisation, member).await?.map(|member| member.name),
            None => None,
        };
        words.mend = None;
        words.who_can = Some(match who {
            Some(who) => format!("{who} or an Admin can"),
            None => "An Admin can".to_owned(),
        });
    }
    Ok(words)
}

async fn unmapped(actor: &Actor, tx: &mut Tx, item: &Item) -> Result<Words> {
    let place = Place::from_subject(&item.subject).unwrap_or_else(|| Place::Stage(item.subject.clone()));
    let what = if matches!(place, Place::Stage(_)) { "Stage" } else { "Archive reason" };
    // Its name may have been learnt after the item was raised.
    let connection = connections::find(tx, actor.organisation).await?.map(|connection| connection.id);
    let known = match connection {
        Some(connection) => catalogue::find_place(tx, actor.organisation, connection, &place).await?,
        None => None,
    };
    let can = actor.role >= item.kind.who_can();
    let name = known
        .map_or_else(|| item.detail["name"].as_str().unwrap_or(&item.subject).to_owned(), |known| known.text);
    let renamed = store::stage_map::in_question(tx, actor.organisation).await?.contains(&place);
    let title = if renamed {
        format!("{what} {name} was renamed: what does it mean now?")
    } else {
        format!("{what} {name} has no status")
    };
    let question = match connection {
        Some(connection) if can => question_about(tx, actor.organisation, connection, &place).await?,
        _ => None,
    };
    // One that Lever does not list cannot be mapped here yet.
    let mend = question.map_or_else(changes_in_lever, Mend::Place);
    Ok(Words::new(
        title,
        "Candidates who are there in Lever keep the status they had. Choose what it means; it is then applied to them.",
        mend,
    ))
}

fn write_failure(item: &Item) -> &'static str {
    let failure = item.detail["failure"].as_str().and_then(WriteFailure::from_code);
    failure.unwrap_or(WriteFailure::GaveUp).text()
}

fn candidate_page(item: &Item, label: String) -> Mend {
    let href = item
        .candidate
        .map_or_else(|| "/candidates".to_owned(), |candidate| format!("/candidates/{candidate}"));
    Mend::Open { label, href }
}

/// Where deliveries are looked at.
const RECEIVING: &str = "/integrations/receiving";

fn changes_in_lever() -> Mend {
    Mend::Open { label: "Look at the changes".to_owned(), href: "/integrations/changes".to_owned() }
}

fn wizard(step: &str, label: &str) -> Mend {
    Mend::Open { label: label.to_owned(), href: format!("/integrations/lever?step={step}") }
}
