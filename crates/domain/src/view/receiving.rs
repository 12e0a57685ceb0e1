//! How receiving from Lever does: drawn by the server, so it never travels.

use crate::connection::{LeverEvent, Light};
use crate::delivery_settings::Bodies;
use crate::time::Moment;

use super::{LightView, SecretView};

/// What is heard from Lever, with which tokens, and what could not be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiving {
    /// Whether this viewer may change any of it.
    pub can_manage: bool,
    /// Whether the connection is on.
    pub on: bool,
    /// Each event.
    pub events: Vec<HeardEvent>,
    /// The signing tokens that are accepted; only for those who may change them.
    pub tokens: Vec<AcceptedToken>,
    /// Whether one token signs everything: then Lever gives no other by its API.
    pub one_token: bool,
    /// What is held because its signature could not be verified, by event.
    pub held: Vec<HeldEvent>,
    /// What became of our webhooks in Lever after the connection was switched off.
    pub removal: Option<String>,
    /// The page of Lever where webhooks are set up.
    pub settings_url: String,
    /// How long the bodies of deliveries are kept, and what becomes of them then; only
    /// for those who may change it.
    pub bodies: Option<Bodies>,
}

/// An event and when it was heard of last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeardEvent {
    /// Which.
    pub event: LeverEvent,
    /// Its light.
    pub light: LightView,
    /// `last real event 3 minutes ago`.
    pub heard: String,
    /// The token that signs it, once that is known; only for those who may change it.
    pub signed_by: Option<SecretView>,
    /// Whether we registered its webhook, and so can give it another token.
    pub rotates: bool,
}

impl HeardEvent {
    /// What its light says, without the name of the event: `verified 14:02`.
    #[must_use]
    pub fn state(&self) -> String {
        let at = self.light.at.as_ref().map(|at| format!(" {}", at.text)).unwrap_or_default();
        match self.light.light {
            Light::Waiting => "waiting".to_owned(),
            Light::Reached => format!("reached{at}"),
            Light::Verified => format!("verified{at}"),
            Light::OtherToken => "signed with another token".to_owned(),
        }
    }
}

/// A signing token that is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedToken {
    /// The last four characters.
    pub ends_in: String,
    /// Since when.
    pub since: Moment,
    /// What it signs, in words.
    pub signs: String,
    /// A newer one replaced it: it is accepted until then.
    pub until: Option<Moment>,
}

/// What is held of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldEvent {
    /// `Candidate Hired`, or `other events`.
    pub event: String,
    /// Whether it is one that is followed: then its webhook has a token to paste.
    pub followed: bool,
    /// Deliveries held.
    pub count: u32,
    /// Deliveries that there was no room for.
    pub refused: u32,
    /// When the first of them came.
    pub since: Moment,
}

impl HeldEvent {
    /// `14 deliveries of Candidate Hired were signed with another token.`
    #[must_use]
    pub fn text(&self) -> String {
        let deliveries = |count: u32| match count {
            1 => "1 delivery".to_owned(),
            many => format!("{many} deliveries"),
        };
        let were = if self.count == 1 { "was" } else { "were" };
        let mut text =
            format!("{} of {} {were} signed with another token.", deliveries(self.count), self.event);
        if self.count == 0 {
            text = format!("{}:", self.event);
        }
        if self.refused > 0 {
            text.push_str(&format!(
                " {} found no room; what they told of is read from Lever once the token is here.",
                deliveries(self.refused)
            ));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(count: u32, refused: u32) -> String {
        let since = Moment { text: "14:02".into(), iso: String::new() };
        HeldEvent { event: "Candidate Hired".into(), followed: true, count, refused, since }.text()
    }

    #[test]
    fn what_is_held_is_counted_in_words() {
        assert_eq!(held(14, 0), "14 deliveries of Candidate Hired were signed with another token.");
        assert_eq!(held(1, 0), "1 delivery of Candidate Hired was signed with another token.");
        assert_eq!(
            held(1000, 1),
            "1000 deliveries of Candidate Hired were signed with another token. 1 delivery found no room; \
             what they told of is read from Lever once the token is here."
        );
        assert!(held(0, 2).starts_with("Candidate Hired: 2 deliveries found no room"));
    }
}
