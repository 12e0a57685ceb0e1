//! The filters of `GET /opportunities`.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
};

use crate::{
    cursor::Pipeline,
    routes::{
        call::{Call, Confidentiality},
        refusal::Refusal,
    },
    state::{
        State,
        index::{ALL, Instant, Kind},
        opportunity::Opportunity,
    },
};

/// An inclusive window of time; a value that is not there is outside any bound.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    start: Option<i64>,
    end: Option<i64>,
}

impl Window {
    fn of(call: &Call<'_>, name: &str) -> Result<Self, Refusal> {
        Ok(Self {
            start: call.instant(&format!("{name}_start"))?,
            end: call.instant(&format!("{name}_end"))?,
        })
    }

    fn is_open(self) -> bool {
        self.start.is_none() && self.end.is_none()
    }

    fn holds(self, at: Option<i64>) -> bool {
        self.is_open()
            || at.is_some_and(|at| {
                self.start.is_none_or(|start| at >= start) && self.end.is_none_or(|end| at <= end)
            })
    }
}

/// All filters; a repeated one is a union, different ones must all hold.
#[derive(Debug)]
pub(crate) struct Filter {
    confidentiality: Confidentiality,
    archived: Option<bool>,
    snoozed: Option<bool>,
    tags: Vec<String>,
    emails: Vec<String>,
    origins: Vec<String>,
    sources: Vec<String>,
    stages: Vec<String>,
    postings: Vec<String>,
    archived_postings: Vec<String>,
    reasons: Vec<String>,
    contacts: Vec<String>,
    locations: Vec<String>,
    created: Window,
    updated: Window,
    advanced: Window,
    archived_at: Window,
}

impl Filter {
    /// Reads the query.
    pub(crate) fn of(call: &Call<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            confidentiality: call.confidentiality()?,
            archived: call.flag("archived")?,
            snoozed: call.flag("snoozed")?,
            tags: call.all("tag"),
            emails: call
                .query
                .all("email")
                .map(|email| call.state.behaviour.get().canonical(email))
                .collect(),
            origins: call.all("origin"),
            sources: call.all("source"),
            stages: call.all("stage_id"),
            postings: call.all("posting_id"),
            archived_postings: call.all("archived_posting_id"),
            reasons: call.all("archive_reason_id"),
            contacts: call.all("contact_id"),
            locations: call.all("location"),
            created: Window::of(call, "created_at")?,
            updated: Window::of(call, "updated_at")?,
            advanced: Window::of(call, "advanced_at")?,
            archived_at: Window::of(call, "archived_at")?,
        })
    }

    /// The first `count` places from `from` on that hold. The index must be fresh.
    pub(crate) fn page(
        &self,
        state: &State,
        now: i64,
        from: Option<&Pipeline>,
        count: usize,
    ) -> Vec<Pipeline> {
        if let Some(ids) = self.few(state) {
            let mut places: Vec<Pipeline> = ids
                .into_iter()
                .filter_map(|id| state.opportunities.get(id))
                .filter(|opportunity| self.holds(state, opportunity, now))
                .filter_map(|opportunity| state.index.place_of(&opportunity.id))
                .filter(|place| from.is_none_or(|from| *place >= from))
                .cloned()
                .collect();
            places.sort();
            places.truncate(count);
            return places;
        }
        // A walk in order can cross long stretches where nothing holds: what was
        // changed lately stands together. So a window of time gives its ids, unless
        // they are most of what there is to walk.
        let label = self.fewest_labelled(state);
        let most = label.as_ref().map_or(state.opportunities.len() / 2, |(_, _, labelled)| labelled / 4);
        if let Some(ids) = self.within_window(state, most.max(count)) {
            let mut places: BinaryHeap<Reverse<&Pipeline>> = ids
                .into_iter()
                .filter_map(|id| state.index.place_of(id))
                .filter(|place| from.is_none_or(|from| *place >= from))
                .map(Reverse)
                .collect();
            let in_order = std::iter::from_fn(|| places.pop().map(|Reverse(place)| place));
            return self.holding(state, now, in_order, count);
        }
        match label {
            Some((kind, labels, _)) => {
                self.holding(state, now, state.index.labelled(kind, labels, from), count)
            }
            None => self.holding(state, now, state.index.from(from), count),
        }
    }

    /// The first of these places that hold.
    fn holding<'a>(
        &self,
        state: &State,
        now: i64,
        places: impl Iterator<Item = &'a Pipeline>,
        count: usize,
    ) -> Vec<Pipeline> {
        places
            .filter(|place| {
                state
                    .opportunities
                    .get(&place.id)
                    .is_some_and(|opportunity| self.holds(state, opportunity, now))
            })
            .take(count)
            .cloned()
            .collect()
    }

    /// The filter by labels that leaves the fewest, and how many.
    fn fewest_labelled(&self, state: &State) -> Option<(Kind, &[String], usize)> {
        static ONLY: std::sync::LazyLock<[String; 1]> = std::sync::LazyLock::new(|| [ALL.to_owned()]);
        let only = |wanted: bool| if wanted { &ONLY[..] } else { &[] };
        [
            (Kind::Tag, &self.tags[..]),
            (Kind::Source, &self.sources),
            (Kind::Origin, &self.origins),
            (Kind::Posting, &self.postings),
            (Kind::Posting, &self.archived_postings),
            (Kind::Location, &self.locations),
            (Kind::Reason, &self.reasons),
            (Kind::Stage, &self.stages),
            (Kind::Archived, only(self.archived == Some(true))),
            (Kind::Snoozed, only(self.snoozed == Some(true))),
            (Kind::Confidential, only(self.confidentiality == Confidentiality::Confidential)),
        ]
        .into_iter()
        .filter(|(_, labels)| !labels.is_empty())
        .map(|(kind, labels)| (kind, labels, state.index.count(kind, labels)))
        .min_by_key(|(_, _, count)| *count)
    }

    /// The ids in the first window of time that holds `most` or fewer.
    fn within_window<'a>(&self, state: &'a State, most: usize) -> Option<Vec<&'a str>> {
        [
            (Instant::Archived, self.archived_at),
            (Instant::Updated, self.updated),
            (Instant::Advanced, self.advanced),
            (Instant::Created, self.created),
        ]
        .into_iter()
        .filter(|(_, window)| !window.is_open())
        .find_map(|(instant, window)| state.index.within(instant, window.start, window.end, most))
    }

    /// The only candidates, when a filter names people.
    fn few<'a>(&self, state: &'a State) -> Option<BTreeSet<&'a String>> {
        let contacts: Vec<&String> = if !self.contacts.is_empty() {
            self.contacts.iter().collect()
        } else if !self.emails.is_empty() {
            self.emails.iter().flat_map(|email| state.index.contacts_of_email(email)).collect()
        } else {
            return None;
        };
        Some(contacts.into_iter().flat_map(|contact| state.index.opportunities_of_contact(contact)).collect())
    }

    fn holds(&self, state: &State, opportunity: &Opportunity, now: i64) -> bool {
        let lag = state.behaviour.get().list_lag_ms;
        let among = |wanted: &[String], value: Option<&str>| {
            wanted.is_empty() || value.is_some_and(|value| wanted.iter().any(|wanted| wanted == value))
        };
        let any = |wanted: &[String], values: &[String]| {
            wanted.is_empty() || values.iter().any(|value| wanted.contains(value))
        };
        let archived = opportunity.archived.as_ref();
        let posting = opportunity.application.as_ref().map(|application| application.posting.as_str());
        self.confidentiality.shows(opportunity.confidential)
            && opportunity.listed_from.is_none_or(|from| from <= now)
            && (lag <= 0 || opportunity.recorded_at.saturating_add(lag) <= now)
            && self.archived.is_none_or(|wanted| wanted == archived.is_some())
            && self.snoozed.is_none_or(|wanted| {
                wanted == opportunity.snoozed_until.is_some_and(|until| until > now)
            })
            && self.created.holds(Instant::Created.of(opportunity))
            && self.updated.holds(Instant::Updated.of(opportunity))
            && self.advanced.holds(Instant::Advanced.of(opportunity))
            && self.archived_at.holds(Instant::Archived.of(opportunity))
            && among(&self.stages, Some(&opportunity.stage))
            && among(&self.origins, Some(opportunity.origin.name()))
            && any(&self.tags, &opportunity.tags)
            && any(&self.sources, &opportunity.sources)
            && among(&self.locations, opportunity.location.as_deref())
            && among(&self.reasons, archived.map(|a| a.reason.as_str()))
            // `posting_id` lists active candidacies only, `archived_posting_id`
            // the others (Lever documentation).
            && (self.postings.is_empty()
                || (archived.is_none() && among(&self.postings, posting)))
            && (self.archived_postings.is_empty()
                || (archived.is_some() && among(&self.archived_postings, posting)))
            && (self.contacts.is_empty() || self.contacts.contains(&opportunity.contact))
            && (self.emails.is_empty()
                || state.contacts.get(&opportunity.contact).is_some_and(|contact| {
                    contact.emails.iter().any(|email| {
                        self.emails.contains(&state.behaviour.get().canonical(email))
                    })
                }))
    }
}
