//! What an import sends to Lever.

use std::collections::HashSet;

use domain::candidate::is_web_link;
use domain::import::Choice;
use lever::{NewOpportunity, Opportunity, Origin, Stage};
use store::candidates::Candidate;

/// What goes with the candidate.
pub(crate) struct Sent<'a> {
    /// The candidate's addresses.
    pub(crate) emails: &'a [String],
    /// Opportunities of people who are, by decision, somebody else: Lever would
    /// merge them with the candidate by a shared address.
    pub(crate) strangers: &'a [Opportunity],
    /// The tag by which the import is found again.
    pub(crate) marker: &'a str,
    /// The organisation's own tags.
    pub(crate) tags: &'a [String],
    /// The platform's name: the source.
    pub(crate) platform: &'a str,
    /// What a member chose on the sheet.
    pub(crate) choice: &'a Choice,
    /// Lever's id of the owner; `None`: whoever is credited.
    pub(crate) owner: Option<String>,
}

/// The opportunity to create.
pub(crate) fn new_opportunity(candidate: &Candidate, sent: &Sent<'_>) -> NewOpportunity {
    let theirs: HashSet<String> =
        sent.strangers.iter().flat_map(|other| &other.emails).map(|email| email.to_lowercase()).collect();
    let emails = sent.emails.iter().filter(|email| !theirs.contains(&email.to_lowercase())).cloned();
    let mut tags = vec![sent.marker.to_owned()];
    tags.extend(sent.tags.iter().cloned());
    NewOpportunity {
        name: candidate.name.clone(),
        headline: Some(headline(candidate)).filter(|headline| !headline.is_empty()),
        location: Some(candidate.location.clone()).filter(|location| !location.is_empty()),
        emails: emails.collect(),
        phones: candidate
            .phones
            .iter()
            .map(|phone| lever::Phone { kind: phone.kind.clone(), value: phone.value.clone() })
            .collect(),
        links: candidate.links.iter().filter(|link| is_web_link(link)).cloned().collect(),
        tags,
        sources: vec![sent.platform.to_owned()],
        stage: Some(sent.choice.stage.clone().unwrap_or_else(|| Stage::NEW_LEAD.to_owned())),
        origin: Some(Origin::Sourced),
        owner: sent.owner.clone(),
        followers: sent.choice.followers.clone(),
        postings: sent.choice.posting.iter().cloned().collect(),
        ..NewOpportunity::default()
    }
}

/// Why somebody in Lever may be the candidate, in words.
pub(crate) fn known_by(candidate: &Candidate, emails: &[String], found: &Opportunity) -> &'static str {
    let email =
        emails.iter().any(|email| found.emails.iter().any(|theirs| theirs.eq_ignore_ascii_case(email)));
    let link = candidate.links.iter().filter(|link| is_web_link(link)).any(|link| {
        let link = bare(link);
        found.links.iter().any(|theirs| bare(theirs) == link)
    });
    match (email, link) {
        (true, true) => "Same e-mail address and profile link",
        (true, false) => "Same e-mail address",
        (false, true) => "Same profile link",
        (false, false) => "Same person in Lever",
    }
}

/// A link without what two writings of one address differ in.
fn bare(link: &str) -> String {
    let lower = link.trim().to_lowercase();
    let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/').to_owned()
}

/// The line under the name: the headline, with the company where it is not in it.
fn headline(candidate: &Candidate) -> String {
    match (candidate.headline.as_str(), candidate.company.as_str()) {
        (headline, "") => headline.to_owned(),
        ("", company) => company.to_owned(),
        (headline, company) if headline.contains(company) => headline.to_owned(),
        (headline, company) => format!("{headline}, {company}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_profile_has_many_writings() {
        assert_eq!(bare("https://www.LinkedIn.com/in/jo/"), bare("http://linkedin.com/in/jo"));
        assert_ne!(bare("https://github.com/jo"), bare("https://github.com/joe"));
    }
}
