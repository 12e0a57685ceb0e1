//! The filters of `GET /opportunities`.

use std::collections::BTreeSet;

use crate::{
    cursor::Pipeline,
    routes::{
        call::{Call, Confidentiality},
        refusal::Refusal,
    },
    state::{State, opportunity::Opportunity},
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
        if self.is_narrow() {
            // Few may hold: one pass over the rows is cheaper than walking the
            // order and looking each one up.
            let mut first = BTreeSet::new();
            for opportunity in state.opportunities.values() {
                if !self.holds(state, opportunity, now) {
                    continue;
                }
                let Some(place) = state.index.place_of(&opportunity.id) else {
                    continue;
                };
                let behind = first.len() == count && first.last().is_some_and(|last| place > *last);
                if behind || from.is_some_and(|from| place < from) {
                    continue;
                }
                first.insert(place);
                if first.len() > count {
                    first.pop_last();
                }
            }
            return first.into_iter().cloned().collect();
        }
        state
            .index
            .from(from)
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

    /// Whether few may hold. `archived` and `snoozed` split the account in shares
    /// that a walk meets soon.
    fn is_narrow(&self) -> bool {
        let lists = [
            &self.tags,
            &self.origins,
            &self.sources,
            &self.stages,
            &self.postings,
            &self.archived_postings,
            &self.reasons,
            &self.locations,
        ];
        let windows = [self.created, self.updated, self.advanced, self.archived_at];
        self.confidentiality == Confidentiality::Confidential
            || lists.iter().any(|list| !list.is_empty())
            || windows.iter().any(|window| !window.is_open())
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
            && (lag <= 0 || opportunity.recorded_at.saturating_add(lag) <= now)
            && self.archived.is_none_or(|wanted| wanted == archived.is_some())
            && self.snoozed.is_none_or(|wanted| {
                wanted == opportunity.snoozed_until.is_some_and(|until| until > now)
            })
            && self.created.holds(Some(opportunity.created_at))
            && self.updated.holds(opportunity.updated_at)
            && self.advanced.holds(opportunity.last_advanced_at)
            && self.archived_at.holds(archived.map(|a| a.archived_at))
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
