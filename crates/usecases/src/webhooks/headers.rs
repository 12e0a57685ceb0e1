//! What is kept of a delivery's headers, for whoever opens it later.

/// Most headers that are kept.
const MOST: usize = 40;
/// The longest value that is kept, in characters.
const LONGEST: usize = 200;

/// Parts of the names of headers that are never kept: they let somebody in, or say
/// where somebody is.
const NEVER: [&str; 11] = [
    "auth",
    "cookie",
    "token",
    "secret",
    "password",
    "key",
    "signature",
    "session",
    "forwarded",
    "-ip",
    "client-cert",
];

/// What is kept of a value.
fn beginning(value: &str) -> &str {
    let end = value.char_indices().nth(LONGEST).map_or(value.len(), |(end, _)| end);
    &value[..end]
}

/// Headers by name, lower case, without those that hold secrets or addresses of people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Keeps what may be kept of these.
    pub fn keep<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let may_be_kept = |name: &str| !NEVER.iter().any(|part| name.contains(part));
        Self(
            headers
                .into_iter()
                .map(|(name, value)| (name.to_lowercase(), value))
                .filter(|(name, _)| may_be_kept(name))
                .map(|(name, value)| (name, beginning(value).to_owned()))
                .take(MOST)
                .collect(),
        )
    }

    /// By name.
    pub(crate) fn as_slice(&self) -> &[(String, String)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lets_somebody_in_or_says_where_they_are_is_not_kept() {
        let long = "x".repeat(LONGEST + 1);
        let kept = Headers::keep([
            ("Content-Type", "application/json"),
            ("Authorization", "Basic canary"),
            ("Cookie", "canary"),
            ("X-Forwarded-For", "192.0.2.1"),
            ("X-Real-IP", "192.0.2.1"),
            ("X-Api-Key", "canary"),
            ("User-Agent", &long),
        ]);
        let expected = [
            ("content-type".to_owned(), "application/json".to_owned()),
            ("user-agent".to_owned(), "x".repeat(LONGEST)),
        ];
        assert_eq!(kept.as_slice(), expected);
        assert_eq!(Headers::keep((0..100).map(|_| ("a", "b"))).as_slice().len(), MOST);
    }
}
