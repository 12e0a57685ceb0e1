//! What the addresses of messages say.

use std::collections::HashMap;

use domain::ids::CandidateId;
use domain::view::CandidateFilter;
use serde::Deserialize;
use usecases::imports::bulk::Whom;

use crate::ssr;

/// Whom a new message is for, and what it begins with. The boxes of the candidate
/// list send `candidates[]` once for each; *all that match* sends `all` with the
/// filter of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// These.
    pub(super) candidates: Vec<CandidateId>,
    /// Everybody who matches `matching`.
    pub(super) all: bool,
    /// The filter of the list.
    pub(super) matching: CandidateFilter,
    /// The saved text to begin with.
    pub(super) template: String,
}

impl Asked {
    /// Reads an address. What cannot be read asks for nothing.
    pub(super) fn read(address: &str) -> Self {
        let is_candidate = |pair: &&str| pair.starts_with("candidate");
        let (named, rest): (Vec<&str>, Vec<&str>) = address.split('&').partition(is_candidate);
        let candidates = named.iter().filter_map(|pair| pair.split_once('=')?.1.parse().ok()).collect();
        let rest: HashMap<String, String> = ssr::read_address(&rest.join("&"));
        let value = |name: &str| rest.get(name).map(String::as_str);
        Self {
            candidates,
            all: value("all").is_some_and(|all| !all.is_empty()),
            matching: CandidateFilter::from_pairs(value),
            template: value("template").unwrap_or_default().to_owned(),
        }
    }

    /// Whom it is for.
    pub(super) fn whom(&self) -> Whom {
        whom(self.candidates.clone(), self.all, self.matching.clone())
    }
}

/// Whom a message is for.
pub(super) fn whom(candidates: Vec<CandidateId>, all: bool, matching: CandidateFilter) -> Whom {
    if candidates.is_empty() && all { Whom::Matching(matching) } else { Whom::Candidates(candidates) }
}

/// Which page of messages the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AskedList {
    /// The place of the page; empty for the newest one.
    pub(super) before: String,
}

/// Which message, and which part of those it was written to.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AskedOne {
    /// The message.
    pub(super) message: String,
    /// The place after which the page begins.
    pub(super) after: Option<u32>,
}

/// Which saved text is being changed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AskedTemplate {
    /// The text.
    pub(super) template: String,
}

#[cfg(test)]
mod tests {
    use domain::status::Status;
    use domain::view::InLever;

    use super::*;

    #[test]
    fn the_boxes_of_the_list_are_read_however_they_are_written() {
        let id = "00000000-0000-7000-8000-000000000001";
        for name in ["candidates[]", "candidates%5B%5D", "candidates", "candidates[0]", "candidate"] {
            let asked = Asked::read(&format!("{name}={id}&{name}=nonsense&template=t"));
            assert_eq!(asked.candidates.len(), 1, "{name}");
            assert_eq!(asked.template, "t");
        }
        let all = Asked::read("all=1&search=jo+p%C3%A4rk&status=responded&lever=answered&score_from=70");
        let filter = CandidateFilter {
            search: "jo pärk".into(),
            status: Some(Status::Responded),
            lever: Some(InLever::Answered),
            score_from: Some(70),
            ..CandidateFilter::default()
        };
        assert_eq!(all.whom(), Whom::Matching(filter));
        assert_eq!(Asked::read("").whom(), Whom::Candidates(Vec::new()));
        assert_eq!(Asked::read("search=jo").whom(), Whom::Candidates(Vec::new()), "nobody said all");
    }
}
