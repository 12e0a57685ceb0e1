//! What is looked up often, derived from the tables.
//!
//! Tables remember which rows were touched; [`State::refresh_index`] brings the
//! index up to date from that, so no change can be forgotten.

use std::collections::{BTreeSet, HashMap};

use super::State;
use crate::cursor::{Pipeline, Rank};

/// Orders and look-ups over opportunities and contacts.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// All opportunities in pipeline order.
    order: BTreeSet<Pipeline>,
    place: HashMap<String, (Pipeline, String)>,
    of_contact: HashMap<String, BTreeSet<String>>,
    of_email: HashMap<String, BTreeSet<String>>,
    emails: HashMap<String, Vec<String>>,
}

impl Index {
    /// Opportunities in pipeline order, from a position on.
    pub(crate) fn from(&self, from: Option<&Pipeline>) -> impl Iterator<Item = &Pipeline> {
        match from {
            Some(from) => self.order.range(from.clone()..),
            None => self.order.range::<Pipeline, _>(..),
        }
    }

    /// The place of an opportunity in pipeline order.
    pub(crate) fn place_of(&self, id: &str) -> Option<&Pipeline> {
        self.place.get(id).map(|(place, _)| place)
    }

    pub(crate) fn opportunities_of_contact(&self, contact: &str) -> impl Iterator<Item = &String> {
        self.of_contact.get(contact).into_iter().flatten()
    }

    /// Contacts with this address, in its canonical form.
    pub(crate) fn contacts_of_email(&self, canonical: &str) -> impl Iterator<Item = &String> {
        self.of_email.get(canonical).into_iter().flatten()
    }
}

impl State {
    /// Brings the index up to date with the tables.
    pub(crate) fn refresh_index(&mut self) {
        if !self.stages.take_touched().is_empty() {
            // A rank may have changed: every place is suspect.
            let all: Vec<String> = self.opportunities.iter().map(|(id, _)| id.clone()).collect();
            self.opportunities.take_touched();
            self.index.order.clear();
            self.index.place.clear();
            self.index.of_contact.clear();
            self.place_opportunities(all);
        }
        let touched = self.opportunities.take_touched();
        self.place_opportunities(touched);
        for id in self.contacts.take_touched() {
            self.index_contact(&id);
        }
    }

    /// Compares addresses anew, after the rule for comparing them has changed.
    pub(crate) fn reindex_contacts(&mut self) {
        self.index.of_email.clear();
        self.index.emails.clear();
        let all: Vec<String> = self.contacts.iter().map(|(id, _)| id.clone()).collect();
        for id in all {
            self.index_contact(&id);
        }
    }

    fn place_opportunities(&mut self, ids: Vec<String>) {
        for id in ids {
            if let Some((place, contact)) = self.index.place.remove(&id) {
                self.index.order.remove(&place);
                if let Some(of_contact) = self.index.of_contact.get_mut(&contact) {
                    of_contact.remove(&id);
                }
            }
            let Some(opportunity) = self.opportunities.get(&id) else {
                continue;
            };
            let rank = self.stages.get(&opportunity.stage).map_or(Rank(i64::MAX), |stage| stage.rank);
            let at = opportunity.last_advanced_at.unwrap_or(opportunity.created_at);
            let place = Pipeline { rank, at, id: id.clone() };
            let contact = opportunity.contact.clone();
            self.index.order.insert(place.clone());
            self.index.of_contact.entry(contact.clone()).or_default().insert(id.clone());
            self.index.place.insert(id, (place, contact));
        }
    }

    fn index_contact(&mut self, id: &str) {
        for email in self.index.emails.remove(id).unwrap_or_default() {
            if let Some(contacts) = self.index.of_email.get_mut(&email) {
                contacts.remove(id);
            }
        }
        let Some(contact) = self.contacts.get(id) else {
            return;
        };
        let emails: Vec<String> =
            contact.emails.iter().map(|email| self.behaviour.get().canonical(email)).collect();
        for email in &emails {
            self.index.of_email.entry(email.clone()).or_default().insert(id.to_owned());
        }
        self.index.emails.insert(id.to_owned(), emails);
    }
}
