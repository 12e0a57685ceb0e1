//! What is looked up often, derived from the tables.
//!
//! Tables remember which rows were touched; [`State::refresh_index`] brings the
//! index up to date from that, so no change can be forgotten.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    iter::Peekable,
    sync::Arc,
};

use super::{State, opportunity::Opportunity};
use crate::cursor::{Pipeline, Rank};

/// What opportunities are sorted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Tag,
    Source,
    Origin,
    Posting,
    Location,
    Reason,
    /// Of any stage, archived or not.
    Stage,
    /// In this stage and not archived.
    Active,
    Archived,
    Snoozed,
    Confidential,
}

/// The text of a kind that has only one label.
pub(crate) const ALL: &str = "";

/// Which instant of an opportunity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instant {
    Created,
    Updated,
    Advanced,
    Archived,
}

impl Instant {
    const ALL: [Self; 4] = [Self::Created, Self::Updated, Self::Advanced, Self::Archived];

    /// The instant of this opportunity; `None` where there is none.
    pub(crate) fn of(self, opportunity: &Opportunity) -> Option<i64> {
        match self {
            Self::Created => Some(opportunity.created_at),
            Self::Updated => opportunity.updated_at,
            Self::Advanced => opportunity.last_advanced_at,
            Self::Archived => opportunity.archived.as_ref().map(|archived| archived.archived_at),
        }
    }
}

/// Where an opportunity stands in the index, to be taken out again.
#[derive(Debug)]
struct Entry {
    place: Pipeline,
    contact: String,
    labels: Vec<(Kind, Arc<str>)>,
    times: [Option<i64>; 4],
}

/// Orders and look-ups over opportunities and contacts.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// All opportunities in pipeline order.
    order: BTreeSet<Pipeline>,
    entries: HashMap<Arc<str>, Entry>,
    labels: BTreeMap<(Kind, Arc<str>), BTreeSet<Pipeline>>,
    times: [BTreeSet<(i64, Arc<str>)>; 4],
    of_contact: HashMap<String, BTreeSet<String>>,
    of_email: HashMap<String, BTreeSet<String>>,
    emails: HashMap<String, Vec<String>>,
}

impl Index {
    /// Opportunities in pipeline order, from a position on.
    pub(crate) fn from(&self, from: Option<&Pipeline>) -> impl Iterator<Item = &Pipeline> {
        range(&self.order, from)
    }

    /// Opportunities under any of these labels, in pipeline order, from a position
    /// on; each once.
    pub(crate) fn labelled<'a>(
        &'a self,
        kind: Kind,
        labels: &'a [String],
        from: Option<&'a Pipeline>,
    ) -> impl Iterator<Item = &'a Pipeline> {
        let mut runs: Vec<Peekable<_>> = labels
            .iter()
            .filter_map(|label| self.labels.get(&(kind, Arc::from(label.as_str()))))
            .map(|places| range(places, from).peekable())
            .collect();
        std::iter::from_fn(move || {
            let next = runs.iter_mut().filter_map(|run| run.peek().copied()).min()?;
            for run in &mut runs {
                run.next_if_eq(&next);
            }
            Some(next)
        })
    }

    /// How many opportunities are under these labels, those under several counted
    /// as often.
    pub(crate) fn count(&self, kind: Kind, labels: &[String]) -> usize {
        labels
            .iter()
            .filter_map(|label| self.labels.get(&(kind, Arc::from(label.as_str()))))
            .map(BTreeSet::len)
            .sum()
    }

    /// The labels of a kind that are in use, each with how often.
    pub(crate) fn counts(&self, kind: Kind) -> impl Iterator<Item = (&str, usize)> {
        self.labels
            .range((kind, Arc::from(ALL))..)
            .take_while(move |((other, _), _)| *other == kind)
            .filter(|(_, places)| !places.is_empty())
            .map(|((_, label), places)| (&**label, places.len()))
    }

    /// The ids with an instant in an inclusive window; `None` when they are more
    /// than `most`.
    pub(crate) fn within(
        &self,
        instant: Instant,
        start: Option<i64>,
        end: Option<i64>,
        most: usize,
    ) -> Option<Vec<&str>> {
        let start = (start.unwrap_or(i64::MIN), Arc::from(""));
        let ids: Vec<&str> = self.times[instant as usize]
            .range(start..)
            .take_while(|(at, _)| end.is_none_or(|end| *at <= end))
            .take(most + 1)
            .map(|(_, id)| &**id)
            .collect();
        (ids.len() <= most).then_some(ids)
    }

    /// The place of an opportunity in pipeline order.
    pub(crate) fn place_of(&self, id: &str) -> Option<&Pipeline> {
        self.entries.get(id).map(|entry| &entry.place)
    }

    pub(crate) fn opportunities_of_contact(&self, contact: &str) -> impl Iterator<Item = &String> {
        self.of_contact.get(contact).into_iter().flatten()
    }

    /// Contacts with this address, in its canonical form.
    pub(crate) fn contacts_of_email(&self, canonical: &str) -> impl Iterator<Item = &String> {
        self.of_email.get(canonical).into_iter().flatten()
    }

    fn take_out(&mut self, id: &str) {
        let Some(entry) = self.entries.remove(id) else {
            return;
        };
        self.order.remove(&entry.place);
        for key in entry.labels {
            if let Some(places) = self.labels.get_mut(&key) {
                places.remove(&entry.place);
            }
        }
        for (times, at) in self.times.iter_mut().zip(entry.times) {
            if let Some(at) = at {
                times.remove(&(at, Arc::clone(&entry.place.id)));
            }
        }
        if let Some(of_contact) = self.of_contact.get_mut(&entry.contact) {
            of_contact.remove(id);
        }
    }

    fn put_in(&mut self, rank: Rank, opportunity: &Opportunity) {
        let at = opportunity.last_advanced_at.unwrap_or(opportunity.created_at);
        let place = Pipeline { rank, at, id: Arc::from(opportunity.id.as_str()) };
        let labels: Vec<(Kind, Arc<str>)> = labels(opportunity)
            .into_iter()
            .map(|(kind, label)| {
                let key = (kind, Arc::from(label));
                // One text for all that carry the label.
                self.labels.get_key_value(&key).map_or(key, |(known, _)| known.clone())
            })
            .collect();
        for key in &labels {
            self.labels.entry(key.clone()).or_default().insert(place.clone());
        }
        let times = Instant::ALL.map(|instant| instant.of(opportunity));
        for (set, at) in self.times.iter_mut().zip(times) {
            if let Some(at) = at {
                set.insert((at, Arc::clone(&place.id)));
            }
        }
        self.order.insert(place.clone());
        self.of_contact.entry(opportunity.contact.clone()).or_default().insert(opportunity.id.clone());
        let entry = Entry { place, contact: opportunity.contact.clone(), labels, times };
        self.entries.insert(Arc::clone(&entry.place.id), entry);
    }
}

fn range<'a>(
    places: &'a BTreeSet<Pipeline>,
    from: Option<&Pipeline>,
) -> std::collections::btree_set::Range<'a, Pipeline> {
    match from {
        Some(from) => places.range(from.clone()..),
        None => places.range::<Pipeline, _>(..),
    }
}

/// Everything an opportunity can be found by.
fn labels(opportunity: &Opportunity) -> Vec<(Kind, &str)> {
    let mut labels =
        vec![(Kind::Stage, opportunity.stage.as_str()), (Kind::Origin, opportunity.origin.name())];
    labels.extend(opportunity.tags.iter().map(|tag| (Kind::Tag, tag.as_str())));
    labels.extend(opportunity.sources.iter().map(|source| (Kind::Source, source.as_str())));
    labels.extend(opportunity.application.iter().map(|a| (Kind::Posting, a.posting.as_str())));
    labels.extend(opportunity.location.iter().map(|location| (Kind::Location, location.as_str())));
    match &opportunity.archived {
        Some(archived) => labels.extend([(Kind::Archived, ALL), (Kind::Reason, archived.reason.as_str())]),
        None => labels.push((Kind::Active, opportunity.stage.as_str())),
    }
    labels.extend(opportunity.snoozed_until.map(|_| (Kind::Snoozed, ALL)));
    labels.extend(opportunity.confidential.then_some((Kind::Confidential, ALL)));
    labels
}

impl State {
    /// Brings the index up to date with the tables.
    pub(crate) fn refresh_index(&mut self) {
        if !self.stages.take_touched().is_empty() {
            // A rank may have changed: every place is suspect.
            let all: Vec<String> = self.opportunities.iter().map(|(id, _)| id.clone()).collect();
            self.opportunities.take_touched();
            self.index.order.clear();
            self.index.entries.clear();
            self.index.labels.clear();
            self.index.times = Default::default();
            self.index.of_contact.clear();
            self.place_opportunities(&all);
        }
        let touched = self.opportunities.take_touched();
        self.place_opportunities(&touched);
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

    fn place_opportunities(&mut self, ids: &[String]) {
        for id in ids {
            self.index.take_out(id);
            if let Some(opportunity) = self.opportunities.get(id) {
                let rank = self.stages.get(&opportunity.stage).map_or(Rank(i64::MAX), |stage| stage.rank);
                self.index.put_in(rank, opportunity);
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{seed, settings::Settings};

    fn account() -> State {
        let mut state = seed::account(&Settings { opportunities: 300, ..Settings::default() });
        state.refresh_index();
        state
    }

    #[test]
    fn what_is_found_by_labels_is_what_a_look_at_every_row_finds() {
        let mut state = account();
        let victim = state.index.from(None).nth(7).unwrap().id.clone();
        let edited = state.opportunities.edit(&victim).unwrap();
        edited.tags = vec!["Rust".to_owned(), "Go".to_owned()];
        edited.archived = None;
        state.opportunities.remove(&state.index.from(None).nth(9).unwrap().id.clone());
        state.refresh_index();
        let wanted = ["Rust", "Go"].map(str::to_owned);
        let found: Vec<&str> =
            state.index.labelled(Kind::Tag, &wanted, None).map(|place| &*place.id).collect();
        let expected: Vec<&str> = state
            .index
            .from(None)
            .filter(|place| {
                state.opportunities.get(&place.id).unwrap().tags.iter().any(|tag| wanted.contains(tag))
            })
            .map(|place| &*place.id)
            .collect();
        assert_eq!(found, expected);
        assert!(found.contains(&&*victim));
        let from = state.index.place_of(found[3]).unwrap();
        let rest: Vec<&str> =
            state.index.labelled(Kind::Tag, &wanted, Some(from)).map(|place| &*place.id).collect();
        assert_eq!(rest, expected[3..]);
        let active: usize = state.index.counts(Kind::Active).map(|(_, count)| count).sum();
        let archived = state.index.count(Kind::Archived, &[ALL.to_owned()]);
        assert_eq!(active + archived, state.opportunities.len());
    }

    #[test]
    fn a_window_gives_its_ids_unless_they_are_too_many() {
        let state = account();
        let mut times: Vec<i64> = state.opportunities.values().map(|o| o.created_at).collect();
        times.sort_unstable();
        let (start, end) = (Some(times[10]), Some(times[29]));
        let ids = state.index.within(Instant::Created, start, end, 1_000).unwrap();
        let expected = times.iter().filter(|at| **at >= times[10] && **at <= times[29]).count();
        assert_eq!(ids.len(), expected);
        assert!(state.index.within(Instant::Created, start, end, expected - 1).is_none());
        assert_eq!(state.index.within(Instant::Archived, None, Some(0), 5), Some(Vec::new()));
    }
}
