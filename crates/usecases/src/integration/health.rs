//! Health: how deliveries and work for Lever fare.

use std::time::Duration;

use domain::actor::{Action, Actor};
use domain::time::Timestamp;
use domain::view::{HealthPage, HourView, LeverAnswers, MinuteView, QueueView};
use store::connections::Connection;
use store::health::{Hour, Minute, Waited, Waiting};
use store::{Tx, arrivals, connections, health, lever_rests};

use super::secrets;
use crate::moment::{date, in_words};
use crate::{Result, Services};

/// How far the page looks back for deliveries.
const HOURS: i64 = 24;
/// How far the page looks back for requests: an hour says most about a budget by the second.
const MINUTES: i64 = 60;
/// What is done with deliveries that arrived, named as a kind of job is.
const TAKE_IN: &str = "take_in_deliveries";
/// Milliseconds of an hour.
const HOUR: i64 = 3_600_000;
/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;

/// The page.
///
/// # Errors
/// As the store says.
pub async fn health(services: &Services, actor: &Actor) -> Result<HealthPage> {
    services.require(actor, Action::ReadMaps)?;
    let (organisation, now) = (actor.organisation, services.now());
    let mut tx = services.store.read().await?;
    let connection = connections::find(&mut tx, organisation).await?;
    let this_hour = now.0.div_euclid(HOUR);
    let since = Timestamp((this_hour - HOURS + 1) * HOUR);
    let busy = health::hours(&mut tx, organisation, since).await?;
    let waited = health::waited(&mut tx, organisation, since).await?;
    let this_minute = now.0.div_euclid(MINUTE);
    let first_minute = this_minute - MINUTES + 1;
    let requests = health::requests(&mut tx, organisation, Timestamp(first_minute * MINUTE)).await?;
    let last = health::last_delivery(&mut tx, organisation, since).await?;
    let mut waiting = health::waiting(&mut tx, organisation, now).await?;
    let mut hours: Vec<HourView> = (this_hour - HOURS + 1..=this_hour)
        .map(|hour| hour_view(Timestamp(hour * HOUR), &busy, &waited))
        .collect();
    if let (due, Some(first)) = arrivals::waiting(&mut tx, organisation).await? {
        waiting.push(Waiting { kind: TAKE_IN.into(), due, later: 0, first });
        // What is not taken in yet waits as well.
        if let Some(now) = hours.last_mut() {
            now.waited = now.waited.saturating_add(due);
        }
    }
    let (running, given_up) = health::running_and_dead(&mut tx, organisation).await?;
    let (lever, requests_waiting) = answers(services, &mut tx, connection.as_ref(), now).await?;
    Ok(HealthPage {
        lever,
        last_delivery: last.map(|at| services.moment(at)),
        hours,
        minutes: (first_minute..=this_minute)
            .map(|minute| minute_view(Timestamp(minute * MINUTE), &requests))
            .collect(),
        queue: waiting.into_iter().map(|waiting| queue_view(waiting, now)).collect(),
        running,
        given_up,
        requests_waiting,
        rate: services.lever.rate().per_second.round() as u32,
    })
}

/// What Lever answers, and how many requests wait for their turn.
async fn answers(
    services: &Services,
    tx: &mut Tx,
    connection: Option<&Connection>,
    now: Timestamp,
) -> Result<(LeverAnswers, u32)> {
    let client = match connection {
        Some(connection) => secrets::client_of(services, connection)?,
        None => None,
    };
    let Some((client, connection)) = client.zip(connection) else { return Ok((LeverAnswers::NotAsked, 0)) };
    let condition = client.condition();
    let lever = match lever_rests::find(tx, connection.organisation, now).await? {
        Some(rest) => LeverAnswers::Resting(services.moment(rest.since), services.moment(rest.until)),
        None if condition.failures > 0 => LeverAnswers::Failing(condition.failures),
        None => LeverAnswers::Yes,
    };
    Ok((lever, u32::try_from(condition.waiting).unwrap_or(u32::MAX)))
}

fn hour_view(began: Timestamp, busy: &[Hour], waited: &[Waited]) -> HourView {
    let found = busy.iter().find(|hour| hour.began == began);
    HourView {
        label: format!("{:02}:00", date(began).hour()),
        received: found.map_or(0, |hour| hour.received),
        slowest: found
            .and_then(|hour| hour.slowest)
            .map(|slowest| u64::try_from(slowest.as_millis()).unwrap_or(u64::MAX)),
        waited: waited
            .iter()
            .filter(|of| of.arrived <= began && of.settled.is_none_or(|settled| settled > began))
            .map(|of| of.deliveries)
            .sum(),
    }
}

fn minute_view(began: Timestamp, busy: &[Minute]) -> MinuteView {
    let at = date(began);
    MinuteView {
        label: format!("{:02}:{:02}", at.hour(), at.minute()),
        requests: busy.iter().find(|minute| minute.began == began).map_or(0, |minute| minute.requests),
    }
}

fn queue_view(waiting: Waiting, now: Timestamp) -> QueueView {
    let waits = if waiting.due == 0 { Duration::ZERO } else { now.since(waiting.first) };
    QueueView {
        what: as_words(&waiting.kind),
        due: waiting.due,
        later: waiting.later,
        waits: if waiting.due == 0 { String::new() } else { in_words(waits) },
    }
}

/// `apply_opportunity` is *Apply opportunity*.
fn as_words(kind: &str) -> String {
    let words = kind.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_at_the_end_of_an_hour_waited_over_it() {
        let hour = |hour: i64| Timestamp(hour * HOUR);
        let waited = [
            Waited { arrived: hour(1), settled: Some(hour(3)), deliveries: 4 },
            Waited { arrived: hour(2), settled: None, deliveries: 1 },
        ];
        let at_the_end = |of: i64| hour_view(hour(of), &[], &waited).waited;
        assert_eq!([0, 1, 2, 3, 4].map(at_the_end), [0, 4, 5, 1, 1]);
    }

    #[test]
    fn a_kind_of_job_reads_as_words() {
        assert_eq!(as_words("apply_opportunity"), "Apply opportunity");
        assert_eq!(as_words(""), "");
    }
}
