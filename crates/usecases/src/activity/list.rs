//! The activity page: entries, deliveries and calls as one log.
//!
//! They stand in four tables, deliveries that did not verify in one of their own,
//! each read along an index from the place where the page begins, and are merged
//! here. So a page costs the same whatever is behind it.

use std::collections::BTreeMap;

use domain::activity::Shown;
use domain::actor::{Action, Actor};
use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::time::Timestamp;
use domain::view::{ActivityPage, ActivityRow, ActivitySearch, CandidateFilter, CandidateOrder};
use store::activity::{self, Entry, Filter, Older, Within};
use store::candidate_list::{self, Part};
use store::deliveries::{self, FAILED, Listed, PENDING};
use store::lever_calls::{self, LeverCall};
use store::{Tx, candidates, members, quarantine};
use time::{Date, Duration, Month};
use uuid::Uuid;

use super::delivery::{event_label, unverified_label};
use crate::{Result, Services};

/// Lines of a page.
const PAGE: u32 = 100;
/// Candidates whose lines are shown when several fit what was typed.
const CANDIDATES: u32 = 20;
/// What Lever did, as told by a delivery, a reading or an answer of its API.
const BY_LEVER: [&str; 3] = ["status_from_lever", "unlinked", "key_rejected"];
/// What candidates did.
const BY_CANDIDATE: [&str; 1] = ["answer_received"];

/// One page of the whole log, newest first; `before` is the cursor of the page. One
/// that cannot be read gives the first page.
///
/// # Errors
/// [`domain::problem::Problem::NotAllowed`] for a Recruiter.
pub async fn list(services: &Services, actor: &Actor, before: Option<&str>) -> Result<ActivityPage> {
    let before = before.unwrap_or_default().to_owned();
    search(services, actor, ActivitySearch { before, ..ActivitySearch::default() }).await
}

/// One page of what was searched for, newest first.
///
/// # Errors
/// [`domain::problem::Problem::NotAllowed`] for a Recruiter.
pub async fn search(services: &Services, actor: &Actor, search: ActivitySearch) -> Result<ActivityPage> {
    services.require(actor, Action::SeeActivity)?;
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    let shown = Shown::from_code(&search.what);
    let (found, more_candidates) = whom(&mut tx, organisation, &search).await?;
    let outcome = Outcome::from_code(&search.outcome);
    let asked = Asked {
        shown,
        candidates: found.as_ref().map(|found| found.iter().map(|(id, _)| *id).collect()),
        member: search.member.parse().ok(),
        outcome,
        within: within(&search, outcome),
    };
    let members = members::names(&mut tx, organisation).await?;
    let mut lines = asked.lines(services, &mut tx, organisation, &members).await?;
    let more = lines.len() > PAGE as usize;
    lines.truncate(PAGE as usize);
    let next = lines.last().filter(|_| more).map(|last| format!("{}.{}", last.at.0, last.row.id));
    let members = members.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    Ok(ActivityPage {
        search,
        shown,
        rows: lines.into_iter().map(|line| line.row).collect(),
        next,
        members,
        candidates: found,
        more_candidates,
    })
}

/// The candidates that were searched for, and whether there are more of them.
async fn whom(
    tx: &mut Tx,
    organisation: OrganisationId,
    search: &ActivitySearch,
) -> Result<(Option<Vec<(CandidateId, String)>>, bool)> {
    if let Ok(id) = search.candidate.parse() {
        let known = candidates::get(tx, organisation, id).await?;
        return Ok((Some(known.into_iter().map(|known| (known.id, known.name)).collect()), false));
    }
    if search.name.trim().is_empty() {
        return Ok((None, false));
    }
    let filter = CandidateFilter { search: search.name.clone(), ..CandidateFilter::default() };
    let narrowed = candidate_list::narrow(tx, organisation, &filter).await?;
    let (order, first) = (CandidateOrder::default(), Part::First);
    let mut found = candidate_list::page(tx, organisation, &narrowed, order, &first, CANDIDATES + 1).await?;
    let more = found.len() > CANDIDATES as usize;
    found.truncate(CANDIDATES as usize);
    Ok((Some(found.into_iter().map(|one| (one.candidate.id, one.candidate.name)).collect()), more))
}

/// How it ended, as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Any,
    Failed,
    /// Deliveries that no token signed which is stored: neither good nor bad yet.
    Held,
    Well,
}

impl Outcome {
    fn from_code(code: &str) -> Self {
        match code {
            "failed" => Self::Failed,
            "held" => Self::Held,
            "well" => Self::Well,
            _ => Self::Any,
        }
    }
}

/// Which part of time, and how it ended.
fn within(search: &ActivitySearch, outcome: Outcome) -> Within {
    let from = day(&search.from).and_then(start_of).unwrap_or(Within::ALL.from);
    let until = day(&search.until).and_then(|day| start_of(day.checked_add(Duration::days(1))?));
    let older = read_cursor(&search.before).or_else(|| Some(Older { at: until?, id: Uuid::nil() }));
    let failed = match outcome {
        Outcome::Failed => Some(true),
        Outcome::Well => Some(false),
        Outcome::Any | Outcome::Held => None,
    };
    Within { from, older, failed }
}

/// Reads `2026-11-23`.
fn day(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month: u8 = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

fn start_of(day: Date) -> Option<Timestamp> {
    day.midnight().assume_utc().unix_timestamp().checked_mul(1000).map(Timestamp)
}

fn read_cursor(text: &str) -> Option<Older> {
    let (millis, id) = text.split_once('.')?;
    Some(Older { at: Timestamp(millis.parse().ok()?), id: id.parse().ok()? })
}

/// What is asked of the tables.
struct Asked {
    shown: Shown,
    candidates: Option<Vec<CandidateId>>,
    member: Option<MemberId>,
    outcome: Outcome,
    within: Within,
}

/// A line with its place in the log.
struct Line {
    at: Timestamp,
    row: ActivityRow,
}

impl Asked {
    /// The lines of a page and one more, newest first.
    async fn lines(
        &self,
        services: &Services,
        tx: &mut Tx,
        organisation: OrganisationId,
        names: &BTreeMap<MemberId, String>,
    ) -> Result<Vec<Line>> {
        let (candidates, within, limit) = (self.candidates.as_deref(), self.within, PAGE + 1);
        let mut lines = Vec::new();
        let any_but_held = self.outcome != Outcome::Held;
        if any_but_held && !matches!(self.shown, Shown::Deliveries | Shown::Calls) {
            let filter = Filter {
                candidates: self.candidates.clone(),
                member: self.member,
                people: self.shown == Shown::People,
                topic: match self.shown {
                    Shown::Topic(topic) => Some(topic),
                    _ => None,
                },
            };
            let entries = activity::list(tx, organisation, &filter, within, limit).await?;
            lines.extend(entries.into_iter().map(|entry| of_entry(services, entry)));
        }
        if any_but_held && matches!(self.shown, Shown::Everything | Shown::Calls) {
            let calls = lever_calls::list(tx, organisation, candidates, self.member, within, limit).await?;
            lines.extend(calls.into_iter().map(|call| of_call(services, call, names)));
        }
        // A delivery is nobody's own.
        if self.member.is_none() && matches!(self.shown, Shown::Everything | Shown::Deliveries) {
            if any_but_held {
                let deliveries = deliveries::listed(tx, organisation, candidates, within, limit).await?;
                lines.extend(deliveries.into_iter().map(|listed| of_delivery(services, listed)));
            }
            if self.outcome != Outcome::Failed {
                let ignored = match self.outcome {
                    Outcome::Held => Some(false),
                    Outcome::Well => Some(true),
                    Outcome::Any | Outcome::Failed => None,
                };
                let held = quarantine::listed(tx, organisation, candidates, ignored, within, limit).await?;
                lines.extend(held.into_iter().map(|held| of_held(services, held)));
            }
        }
        lines.sort_by_key(|line| std::cmp::Reverse((line.at, line.row.id)));
        Ok(lines)
    }
}

fn of_entry(services: &Services, entry: Entry) -> Line {
    let row = ActivityRow {
        id: entry.id.0,
        at: services.moment(entry.at),
        who: match entry.member {
            Some(name) => name,
            None if BY_LEVER.contains(&&*entry.kind) => "Lever".into(),
            None if BY_CANDIDATE.contains(&&*entry.kind) => "Candidate".into(),
            None => services.settings.platform.clone(),
        },
        what: entry.summary,
        detail: None,
        failed: entry.failed,
        held: false,
        candidate: entry.candidate,
        delivery: entry.delivery,
    };
    Line { at: entry.at, row }
}

fn of_delivery(services: &Services, Listed { delivery, candidate, name }: Listed) -> Line {
    let about = name.map(|name| format!(" about {name}")).unwrap_or_default();
    let outcome = match delivery.outcome {
        _ if delivery.state == PENDING => "waits to be applied".to_owned(),
        Some(outcome) => outcome,
        None => delivery.state.clone(),
    };
    let row = ActivityRow {
        id: delivery.id.0,
        at: services.moment(delivery.received_at),
        who: "Lever".into(),
        what: format!("Delivery {}{about}: {outcome}.", event_label(&delivery.event)),
        detail: None,
        failed: delivery.state == FAILED,
        held: false,
        candidate,
        delivery: Some(delivery.id),
    };
    Line { at: delivery.received_at, row }
}

/// A delivery that did not verify: neither its sender nor what it says is certain.
fn of_held(services: &Services, held: quarantine::Listed) -> Line {
    let about = held.name.map(|name| format!(" about {name}")).unwrap_or_default();
    let outcome =
        if held.ignored { "ignored, Lever was disconnected" } else { "held, its signature is unknown" };
    let row = ActivityRow {
        id: held.id.0,
        at: services.moment(held.received_at),
        who: "Not verified".into(),
        what: format!("Delivery {}{about}: {outcome}.", unverified_label(&held.event)),
        detail: None,
        failed: false,
        held: !held.ignored,
        candidate: held.candidate,
        delivery: Some(held.id),
    };
    Line { at: held.received_at, row }
}

fn of_call(services: &Services, call: LeverCall, members: &BTreeMap<MemberId, String>) -> Line {
    let ended = match call.status {
        Some(status) => format!("{status} in {} ms", call.milliseconds),
        None => format!("no answer within {} ms", call.milliseconds),
    };
    let platform = &services.settings.platform;
    let row = ActivityRow {
        id: call.id.0,
        at: services.moment(call.at),
        who: match call.member.and_then(|member| members.get(&member)) {
            Some(name) => format!("{platform}, for {name}"),
            None => platform.clone(),
        },
        what: format!("Asked Lever: {}, {}.", call.operation, purpose(&call.purpose)),
        detail: Some(format!("{} {}: {ended}", call.method, call.path)),
        failed: call.failed(),
        held: false,
        candidate: call.candidate,
        delivery: None,
    };
    Line { at: call.at, row }
}

/// What a call was made for, in words.
fn purpose(code: &str) -> String {
    match code {
        "screen" => "because somebody waited for the answer",
        "import_candidate" => "for an import",
        "add_import_note" => "for the note of an import",
        "add_reply_note" => "for a note of answers",
        "write_status" => "to write a status",
        "write_contact" => "to add to a contact",
        "attach_resume" => "for a résumé",
        "apply_opportunity" => "to apply what a delivery told of",
        "refresh_catalogue" => "to know its stages, reasons and users",
        "reconcile" => "to compare everybody linked",
        "tidy_webhooks" | "remove_webhooks" => "to tidy its webhooks",
        other => return format!("for {}", other.replace('_', " ")),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_and_nonsense_is_none() {
        assert_eq!(day("2026-11-23").and_then(start_of), Some(Timestamp(1_795_392_000_000)));
        for nonsense in ["", "today", "2026-13-01", "2026-02-30", "2026-11", "2026-11-23x"] {
            assert_eq!(day(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_purpose_that_is_new_is_still_said() {
        assert_eq!(purpose("move_opportunity"), "for move opportunity");
    }
}
