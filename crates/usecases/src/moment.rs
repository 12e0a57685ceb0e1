//! Instants as people read them, in UTC. Made on the server: the browser needs
//! neither a clock nor a calendar.

use std::time::Duration;

use domain::time::{Moment, Timestamp};
use time::OffsetDateTime;

/// `14:02` today, `3 Nov, 14:02` this year, `3 Nov 2025, 14:02` before.
#[must_use]
pub fn moment(at: Timestamp, now: Timestamp) -> Moment {
    let then = date(at);
    let today = date(now);
    let clock = format!("{:02}:{:02}", then.hour(), then.minute());
    let month = &then.month().to_string()[..3];
    let text = if then.date() == today.date() {
        clock
    } else if then.year() == today.year() {
        format!("{} {month}, {clock}", then.day())
    } else {
        format!("{} {month} {}, {clock}", then.day(), then.year())
    };
    let iso = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        then.year(),
        u8::from(then.month()),
        then.day(),
        then.hour(),
        then.minute(),
        then.second()
    );
    Moment { text, iso }
}

/// `23 Nov 2026, 20:22 UTC`: for texts that are read elsewhere, and on other days.
#[must_use]
pub(crate) fn dated(at: Timestamp) -> String {
    let then = date(at);
    let month = &then.month().to_string()[..3];
    format!("{} {month} {}, {:02}:{:02} UTC", then.day(), then.year(), then.hour(), then.minute())
}

/// How long ago, as people say it: `just now`, `3 minutes ago`, `6 days ago`.
#[must_use]
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.since(at).as_secs();
    let (count, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

/// The day and the time of day, UTC; 1970 for what no calendar has.
pub(crate) fn date(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// A length of time, in its largest unit.
pub(crate) fn in_words(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    let (number, unit) = match minutes {
        0 => return "under a minute".into(),
        1..60 => (minutes, "minute"),
        60..2_880 => (minutes / 60, "hour"),
        _ => (minutes / 1_440, "day"),
    };
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_ago_is_said_in_the_largest_unit() {
        let now = Timestamp(1_795_465_320_000);
        let said = |seconds: u64| ago(now.minus(std::time::Duration::from_secs(seconds)), now);
        assert_eq!(said(59), "just now");
        assert_eq!(said(60), "1 minute ago");
        assert_eq!(said(3 * 60 + 59), "3 minutes ago");
        assert_eq!(said(3_600), "1 hour ago");
        assert_eq!(said(47 * 3_600), "1 day ago");
        assert_eq!(said(6 * 86_400), "6 days ago");
        assert_eq!(ago(Timestamp(now.0 + 5), now), "just now", "clocks may differ a little");
    }

    #[test]
    fn the_further_away_the_more_is_said() {
        let now = Timestamp(1_795_465_320_000); // 2026-11-23T20:22:00Z
        assert_eq!(moment(now, now).text, "20:22");
        assert_eq!(moment(now, now).iso, "2026-11-23T20:22:00Z");
        assert_eq!(moment(Timestamp(now.0 - 86_400_000), now).text, "22 Nov, 20:22");
        assert_eq!(moment(Timestamp(now.0 - 400 * 86_400_000), now).text, "19 Oct 2025, 20:22");
        assert_eq!(dated(now), "23 Nov 2026, 20:22 UTC");
    }

    #[test]
    fn times_are_told_in_their_largest_unit() {
        let told =
            [0, 59, 60, 3_600, 7_200, 172_800, 864_000].map(|secs| in_words(Duration::from_secs(secs)));
        assert_eq!(
            told,
            ["under a minute", "under a minute", "1 minute", "1 hour", "2 hours", "2 days", "10 days"]
        );
    }
}
