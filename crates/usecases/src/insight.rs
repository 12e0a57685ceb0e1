//! Insight: the funnel from first message to hire, and the time in each status,
//! by recruiter and month of the first message.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::actor::{Action, Actor};
use domain::ids::MemberId;
use domain::time::Timestamp;
use domain::view::{FUNNEL, FunnelStep, InsightPage, InsightRow, LEFT, MedianStay, StayView};
use store::{Tx, insight, members};
use time::{Date, Month, OffsetDateTime, Time};

use crate::error::Error;
use crate::moment::{date, in_words};
use crate::{Result, Services};

/// How many months can be looked at.
const MONTHS: usize = 12;
/// What stands for candidates whom nobody owns.
const NOBODY: &str = "No owner";

/// The page for a month (`2026-11`) and a member's id; what is empty or cannot
/// be read means all of them.
///
/// # Errors
/// As the store says.
pub async fn read(services: &Services, actor: &Actor, month: &str, member: &str) -> Result<InsightPage> {
    services.require(actor, Action::WorkWithCandidates)?;
    let mut tx = services.store.read().await?;
    let months = Span::months_until(services.now());
    let chosen: Vec<Span> = match months.iter().find(|span| span.code == month) {
        Some(span) => vec![span.clone()],
        None => months.clone(),
    };
    let people = members::list(&mut tx, actor.organisation).await?;
    let owner = member.parse::<MemberId>().ok().filter(|id| people.iter().any(|person| person.id == *id));
    let names: BTreeMap<MemberId, String> =
        people.iter().map(|person| (person.id, person.name.clone())).collect();
    let rows = rows(&mut tx, actor, &chosen, &names, owner).await?;
    let total = rows.iter().fold([0; FUNNEL.len()], |sum, row| {
        std::array::from_fn(|step| sum.get(step).unwrap_or(&0) + row.people.get(step).unwrap_or(&0))
    });
    let contacted = total.first().copied().unwrap_or(0);
    let funnel = FUNNEL
        .into_iter()
        .zip(total)
        .map(|(status, people)| FunnelStep { status, people, percent: percent(people, contacted) })
        .collect();
    let (from, until) = (
        chosen.last().map_or(Timestamp::default(), |span| span.from),
        chosen.first().map_or(Timestamp::default(), |span| span.until),
    );
    let stays = insight::stays(&mut tx, actor.organisation, owner, from, until)
        .await?
        .into_iter()
        .map(|stay| StayView {
            status: stay.status,
            median: in_words(stay.median),
            people: stay.stays.into(),
        })
        .collect();
    let one = chosen.len() == 1;
    Ok(InsightPage {
        month: chosen.first().filter(|_| one).map(|span| span.code.clone()).unwrap_or_default(),
        months: months.into_iter().map(|span| (span.code, span.label)).collect(),
        members: people.into_iter().map(|person| (person.id.to_string(), person.name)).collect(),
        member: owner.map(|owner| owner.to_string()).unwrap_or_default(),
        funnel,
        stays,
        rows,
    })
}

/// The same rows as a table for a spreadsheet: RFC 4180, UTF-8. Times are days, with
/// a dot; empty where nobody left the status.
///
/// # Errors
/// As the store says.
pub async fn csv(services: &Services, actor: &Actor, month: &str, member: &str) -> Result<Vec<u8>> {
    let page = read(services, actor, month, member).await?;
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut head = vec!["Month".to_owned(), "Recruiter".to_owned()];
    head.extend(FUNNEL.map(|status| status.label().to_owned()));
    head.extend(LEFT.map(|status| format!("Median days in {}", status.label())));
    table.write_record(&head).map_err(Error::internal)?;
    for row in page.rows {
        let mut record = vec![row.month, harmless(row.recruiter)];
        record.extend(row.people.map(|people| people.to_string()));
        record.extend(row.medians.map(|median| median.map(|median| median.days).unwrap_or_default()));
        table.write_record(&record).map_err(Error::internal)?;
    }
    table.into_inner().map_err(|error| Error::internal(error.into_error()))
}

/// A name that begins like a formula, in full width too, is a text all the same
/// (OWASP, CSV injection).
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text
    }
}

async fn rows(
    tx: &mut Tx,
    actor: &Actor,
    months: &[Span],
    names: &BTreeMap<MemberId, String>,
    owner: Option<MemberId>,
) -> Result<Vec<InsightRow>> {
    let mut rows = Vec::new();
    for month in months {
        // A member who left keeps no name here: their candidates are nobody's.
        let mut by_owner: BTreeMap<Option<MemberId>, InsightRow> = BTreeMap::new();
        for found in insight::reached(tx, actor.organisation, month.from, month.until).await? {
            if owner.is_some() && found.owner != owner {
                continue;
            }
            let of = found.owner.filter(|owner| names.contains_key(owner));
            let row = by_owner.entry(of).or_insert_with(|| InsightRow {
                month: month.label.clone(),
                recruiter: of.and_then(|of| names.get(&of)).map_or(NOBODY, String::as_str).to_owned(),
                people: [0; FUNNEL.len()],
                medians: [const { None }; LEFT.len()],
            });
            // Who came this far came past every step before it.
            for count in row.people.iter_mut().take(found.step + 1) {
                *count += u64::from(found.people);
            }
        }
        for found in insight::stays_by_owner(tx, actor.organisation, month.from, month.until).await? {
            let place = LEFT.iter().position(|status| *status == found.stay.status);
            let row = by_owner.get_mut(&found.owner);
            if let Some(median) = row.zip(place).and_then(|(row, place)| row.medians.get_mut(place)) {
                let stay = found.stay.median;
                *median = Some(MedianStay { words: in_words(stay), days: days(stay) });
            }
        }
        let mut of_month: Vec<InsightRow> = by_owner.into_values().collect();
        of_month.sort_by(|one, other| one.recruiter.cmp(&other.recruiter));
        rows.extend(of_month);
    }
    Ok(rows)
}

/// In days, to a hundredth: about a quarter of an hour.
fn days(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() / 86_400.0)
}

/// To the nearest; of nobody, none.
fn percent(part: u64, whole: u64) -> u8 {
    let rounded = part.saturating_mul(100).saturating_add(whole / 2).checked_div(whole);
    rounded.and_then(|percent| u8::try_from(percent).ok()).unwrap_or(0)
}

/// A month, in UTC.
#[derive(Clone, Debug)]
struct Span {
    code: String,
    label: String,
    from: Timestamp,
    until: Timestamp,
}

impl Span {
    /// The month of `now` and those before it, newest first.
    fn months_until(now: Timestamp) -> Vec<Self> {
        let today = date(now);
        let (mut year, mut month) = (today.year(), today.month());
        let mut until = start_of(next(year, month));
        let mut spans = Vec::with_capacity(MONTHS);
        for _ in 0..MONTHS {
            let from = start_of((year, month));
            spans.push(Self {
                code: format!("{year:04}-{:02}", u8::from(month)),
                label: format!("{month} {year}"),
                from,
                until,
            });
            until = from;
            (year, month) =
                if month == Month::January { (year - 1, Month::December) } else { (year, month.previous()) };
        }
        spans
    }
}

fn next(year: i32, month: Month) -> (i32, Month) {
    if month == Month::December { (year + 1, Month::January) } else { (year, month.next()) }
}

fn start_of((year, month): (i32, Month)) -> Timestamp {
    let day = Date::from_calendar_date(year, month, 1).unwrap_or(Date::MIN);
    Timestamp(OffsetDateTime::new_utc(day, Time::MIDNIGHT).unix_timestamp().saturating_mul(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_the_nearest() {
        assert_eq!(
            [(2, 3), (1, 3), (1, 200), (1, 201), (5, 5), (0, 0)].map(|(of, all)| percent(of, all)),
            [67, 33, 1, 0, 100, 0]
        );
    }

    #[test]
    fn months_touch_and_cross_the_year() {
        // 2026-11-23T20:22:00Z
        let months = Span::months_until(Timestamp(1_795_465_320_000));
        assert_eq!(months.len(), MONTHS);
        assert_eq!((months[0].code.as_str(), months[0].label.as_str()), ("2026-11", "November 2026"));
        assert_eq!(months[11].code, "2025-12");
        // 2026-11-01T00:00:00Z and 2026-12-01T00:00:00Z
        assert_eq!((months[0].from.0, months[0].until.0), (1_793_491_200_000, 1_796_083_200_000));
        for pair in months.windows(2) {
            assert_eq!(pair[1].until, pair[0].from);
        }
    }

    #[test]
    fn times_are_told_to_a_spreadsheet_in_days() {
        let told = |hours: u64| days(Duration::from_secs(hours * 3_600));
        assert_eq!([0, 1, 12, 60].map(told), ["0.00", "0.04", "0.50", "2.50"]);
    }

    #[test]
    fn a_name_is_never_a_formula() {
        for formula in ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "\n=1", "＝1"] {
            assert_eq!(harmless(formula.into()), format!("'{formula}"));
        }
        assert_eq!(harmless("Ana Ruiz".into()), "Ana Ruiz");
    }
}
