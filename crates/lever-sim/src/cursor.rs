//! Paging: the opaque `offset` of Lever's lists.
//!
//! Recorded tokens are percent-encoded JSON arrays that name the *first item of
//! the next page*: `[stageRank, lastAdvancedAt, id]` for opportunities,
//! `[createdAt, id]` for postings and users. A client may send them verbatim or
//! encode them once more; both are taken.

use std::{cmp::Ordering, fmt::Write as _, sync::Arc};

use serde_json::{Value, json};

/// A position in an ordered list.
pub(crate) trait Cursor: Ord + Sized {
    /// The array that stands in the token.
    fn to_json(&self) -> Value;
    /// The position of such an array; `None` when it is not one.
    fn from_json(value: &Value) -> Option<Self>;

    /// The token: the array, percent-encoded.
    fn token(&self) -> String {
        percent_encode(&self.to_json().to_string())
    }

    /// The position a client sent. `text` has been through the query parser once.
    fn parse(text: &str) -> Option<Self> {
        let mut text = text.to_owned();
        for _ in 0..3 {
            if let Ok(value) = serde_json::from_str::<Value>(&text) {
                return Self::from_json(&value);
            }
            text = percent_decode(&text)?;
        }
        None
    }
}

/// Newest first; the id decides between equal times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewestFirst {
    pub(crate) at: i64,
    pub(crate) id: String,
}

impl Ord for NewestFirst {
    fn cmp(&self, other: &Self) -> Ordering {
        other.at.cmp(&self.at).then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for NewestFirst {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Cursor for NewestFirst {
    fn to_json(&self) -> Value {
        json!([self.at, self.id])
    }

    fn from_json(value: &Value) -> Option<Self> {
        match value.as_array()?.as_slice() {
            [at, id] => Some(Self { at: at.as_i64()?, id: id.as_str()?.to_owned() }),
            _ => None,
        }
    }
}

/// By text, whatever its case; the text itself decides between equal ones.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Alphabetical {
    folded: String,
    text: String,
}

impl Alphabetical {
    pub(crate) fn of(text: &str) -> Self {
        Self { folded: text.to_lowercase(), text: text.to_owned() }
    }
}

impl Cursor for Alphabetical {
    fn to_json(&self) -> Value {
        json!([self.text])
    }

    fn from_json(value: &Value) -> Option<Self> {
        match value.as_array()?.as_slice() {
            [text] => Some(Self::of(text.as_str()?)),
            _ => None,
        }
    }
}

/// By a number that is the item's place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) place: i64,
    pub(crate) id: String,
}

impl Cursor for Place {
    fn to_json(&self) -> Value {
        json!([self.place, self.id])
    }

    fn from_json(value: &Value) -> Option<Self> {
        match value.as_array()?.as_slice() {
            [place, id] => Some(Self { place: place.as_i64()?, id: id.as_str()?.to_owned() }),
            _ => None,
        }
    }
}

/// Pipeline order: by the rank of the stage, inside a stage by `lastAdvancedAt`,
/// newest first, then by id (all 1,004 rows of a recorded listing).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pipeline {
    pub(crate) rank: Rank,
    pub(crate) at: i64,
    pub(crate) id: Arc<str>,
}

impl Ord for Pipeline {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank.cmp(&other.rank).then_with(|| other.at.cmp(&self.at)).then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for Pipeline {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Cursor for Pipeline {
    fn to_json(&self) -> Value {
        json!([self.rank.to_json(), self.at, &*self.id])
    }

    fn from_json(value: &Value) -> Option<Self> {
        match value.as_array()?.as_slice() {
            [rank, at, id] => Some(Self {
                rank: Rank::from_number(rank.as_f64()?),
                at: at.as_i64()?,
                id: Arc::from(id.as_str()?),
            }),
            _ => None,
        }
    }
}

/// The rank of a stage in the pipeline, kept as an exact multiple of 1/1000
/// because Lever's are fractions like 265.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Rank(pub(crate) i64);

impl Rank {
    pub(crate) fn from_number(number: f64) -> Self {
        Self((number * 1_000.0).round() as i64)
    }

    pub(crate) fn to_json(self) -> Value {
        if self.0 % 1_000 == 0 { json!(self.0 / 1_000) } else { json!(self.0 as f64 / 1_000.0) }
    }
}

/// One page of a list that is small enough to be held whole.
///
/// `items` need not be sorted. Returns the page and the token of the next one.
pub(crate) fn page<C: Cursor, T>(
    mut items: Vec<(C, T)>,
    from: Option<&C>,
    limit: usize,
) -> (Vec<T>, Option<String>) {
    items.sort_by(|a, b| a.0.cmp(&b.0));
    let mut rest = items.into_iter().filter(|(at, _)| from.is_none_or(|from| at >= from));
    let page: Vec<T> = rest.by_ref().take(limit).map(|(_, item)| item).collect();
    let next = rest.next().map(|(at, _)| at.token());
    (page, next)
}

/// Everything but letters, digits and `-_.!~*'()` as `%XX`, as JavaScript's
/// `encodeURIComponent` writes it.
pub(crate) fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _infallible = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The reverse; `None` when there is nothing to decode or it is not UTF-8.
fn percent_decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let pair = [bytes.next()?, bytes.next()?];
            out.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded() -> Pipeline {
        Pipeline {
            rank: Rank::from_number(265.5),
            at: 1_439_014_920_000,
            id: Arc::from("0b1f8a2c-0000-4000-8000-000000000001"),
        }
    }

    #[test]
    fn a_token_has_the_recorded_form() {
        assert_eq!(
            recorded().token(),
            "%5B265.5%2C1439014920000%2C%220b1f8a2c-0000-4000-8000-000000000001%22%5D",
        );
        let whole = Pipeline { rank: Rank::from_number(1.0), ..recorded() };
        assert!(whole.token().starts_with("%5B1%2C1439014920000"));
    }

    #[test]
    fn a_token_is_taken_plain_and_encoded_once_or_twice() {
        let once = recorded().token();
        let twice = percent_encode(&once);
        let plain = recorded().to_json().to_string();
        for text in [plain, once, twice] {
            assert_eq!(Pipeline::parse(&text), Some(recorded()), "{text}");
        }
        for text in ["", "x", "%5B1%5D", "%zz", "[1]", "[1,2,3]"] {
            assert_eq!(Pipeline::parse(text), None, "{text}");
        }
    }

    #[test]
    fn pages_meet_without_gap_or_overlap() {
        let items = || -> Vec<(NewestFirst, i64)> {
            (0..25)
                .map(|n| {
                    let at = n / 2;
                    let id = format!("{n:02}");
                    (NewestFirst { at, id }, n)
                })
                .collect()
        };
        let mut seen = Vec::new();
        let mut from = None;
        loop {
            let (page, next) = page(items(), from.as_ref(), 10);
            seen.extend(page);
            match next {
                Some(token) => from = NewestFirst::parse(&token),
                None => break,
            }
        }
        assert_eq!(seen.len(), 25);
        assert_eq!(seen[0], 24);
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 25);
    }
}
