//! What the addresses of messages say.

use domain::ids::CandidateId;
use domain::status::Status;
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
    /// Everybody whom the list shows for the filter.
    pub(super) all: bool,
    /// Words searched for.
    pub(super) search: String,
    /// The code of the one status shown.
    pub(super) status: String,
    /// The saved text to begin with.
    pub(super) template: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Rest {
    all: String,
    search: String,
    status: String,
    template: String,
}

impl Asked {
    /// Reads an address. What cannot be read asks for nothing.
    pub(super) fn read(address: &str) -> Self {
        let is_candidate = |pair: &&str| pair.starts_with("candidate");
        let (named, rest): (Vec<&str>, Vec<&str>) = address.split('&').partition(is_candidate);
        let candidates = named.iter().filter_map(|pair| pair.split_once('=')?.1.parse().ok()).collect();
        let Rest { all, search, status, template } = ssr::read_address(&rest.join("&"));
        Self { candidates, all: !all.is_empty(), search, status, template }
    }

    /// Whom it is for.
    pub(super) fn whom(&self) -> Whom {
        whom(self.candidates.clone(), self.all, self.search.clone(), &self.status)
    }
}

/// Whom a message is for.
pub(super) fn whom(candidates: Vec<CandidateId>, all: bool, search: String, status: &str) -> Whom {
    if candidates.is_empty() && all {
        Whom::Matching(CandidateFilter {
            search,
            status: Status::from_code(status),
            ..CandidateFilter::default()
        })
    } else {
        Whom::Candidates(candidates)
    }
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
    use super::*;

    #[test]
    fn the_boxes_of_the_list_are_read_however_they_are_written() {
        let id = "00000000-0000-7000-8000-000000000001";
        for name in ["candidates[]", "candidates%5B%5D", "candidates", "candidates[0]", "candidate"] {
            let asked = Asked::read(&format!("{name}={id}&{name}=nonsense&template=t"));
            assert_eq!(asked.candidates.len(), 1, "{name}");
            assert_eq!(asked.template, "t");
        }
        let all = Asked::read("all=1&search=jo+p%C3%A4rk&status=responded");
        let filter = CandidateFilter {
            search: "jo pärk".into(),
            status: Some(Status::Responded),
            ..CandidateFilter::default()
        };
        assert_eq!(all.whom(), Whom::Matching(filter));
        assert_eq!(Asked::read("").whom(), Whom::Candidates(Vec::new()));
        assert_eq!(Asked::read("search=jo").whom(), Whom::Candidates(Vec::new()), "nobody said all");
    }
}
