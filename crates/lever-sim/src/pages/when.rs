//! Times on the pages.

use time::OffsetDateTime;

/// An instant as `2026-06-01 09:00:07 UTC`.
pub(crate) fn when(ms: i64) -> String {
    match OffsetDateTime::from_unix_timestamp(ms.div_euclid(1_000)) {
        Ok(at) => format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second()
        ),
        Err(_) => format!("{ms} ms"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_instant_is_written_in_utc() {
        assert_eq!(super::when(1_780_304_407_999), "2026-06-01 09:00:07 UTC");
    }
}
