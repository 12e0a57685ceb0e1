//! The table of endpoints: method, path, and the permission that opens it.

use super::{
    applications, archive_reasons, call::Handler, contacts, empty, files, notes, opportunities, postings,
    resumes, sources, stages, tags, users, webhooks,
};

/// Under which of the two lists of check boxes a permission stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Read,
    Write,
}

/// One endpoint. Its name is also the name of its permission and of its faults.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) name: &'static str,
    /// The check box in Lever's *Generate New Key*. Lever's current wording where
    /// it is known, its pattern elsewhere.
    pub(crate) label: &'static str,
    pub(crate) group: Group,
    pub(crate) method: &'static str,
    /// Below `/v1/`; `:id` stands for one segment.
    pub(crate) path: &'static str,
    pub(crate) run: Handler,
}

macro_rules! endpoints {
    ($($group:ident $method:literal $path:literal $name:literal $label:literal $run:expr;)*) => {
        /// Every endpoint; the first that matches is taken.
        pub(crate) static ENDPOINTS: &[Endpoint] = &[$(Endpoint {
            name: $name,
            label: $label,
            group: Group::$group,
            method: $method,
            path: $path,
            run: $run,
        }),*];
    };
}

endpoints! {
    Read "GET" "users" "users.list" "Find all users" users::list;
    Read "GET" "users/:id" "users.get" "Find a user" users::get;
    Read "GET" "stages" "stages.list" "Find all stages" stages::list;
    Read "GET" "stages/:id" "stages.get" "Find a stage" stages::get;
    Read "GET" "disposition_stages" "disposition_stages.list" "Find all disposition stages" stages::disposition;
    Read "GET" "archive_reasons" "archive_reasons.list" "Find all archive reasons" archive_reasons::list;
    Read "GET" "archive_reasons/:id" "archive_reasons.get" "Find an archive reason" archive_reasons::get;
    Read "GET" "opportunities" "opportunities.list" "Find all opportunities" opportunities::list;
    Read "GET" "opportunities/deleted" "opportunities.deleted" "Find all deleted opportunities" opportunities::deleted;
    Read "GET" "opportunities/:id" "opportunities.get" "Find an opportunity" opportunities::get;
    Read "GET" "contacts/:id" "contacts.get" "Find a contact" contacts::get;
    Read "GET" "opportunities/:id/notes" "notes.list" "Find all opportunity notes" notes::list;
    Read "GET" "opportunities/:id/notes/:note" "notes.get" "Find an opportunity note" notes::get;
    Read "GET" "postings" "postings.list" "Find all postings" postings::list;
    Read "GET" "postings/deleted" "postings.deleted" "Find all deleted postings" empty::of_account;
    Read "GET" "postings/:id" "postings.get" "Find a posting" postings::get;
    Read "GET" "sources" "sources.list" "Find all sources" sources::list;
    Read "GET" "tags" "tags.list" "Find all tags" tags::list;
    Read "GET" "webhooks" "webhooks.list" "Find all webhooks" webhooks::list;
    Read "GET" "opportunities/:id/applications" "applications.list" "Find all opportunity applications" applications::list;
    Read "GET" "opportunities/:id/applications/:application" "applications.get" "Find an opportunity application" applications::get;
    Read "GET" "applications/deleted" "applications.deleted" "Find all deleted applications" empty::of_account;
    Read "GET" "opportunities/:id/feedback" "feedback.list" "Find all opportunity feedback" empty::of_opportunity;
    Read "GET" "opportunities/:id/feedback/:feedback" "feedback.get" "Find an opportunity feedback" empty::one_of_opportunity;
    Read "GET" "opportunities/:id/files" "files.list" "Find all opportunity files" files::list;
    Read "GET" "opportunities/:id/files/:file" "files.get" "Find an opportunity file" files::get;
    Read "GET" "opportunities/:id/files/:file/download" "files.download" "Download an opportunity file" files::download;
    Read "GET" "opportunities/:id/file_actions" "file_actions.list" "Find all opportunity file actions" empty::of_opportunity;
    Read "GET" "opportunities/:id/forms" "forms.list" "Find all opportunity profile forms" empty::of_opportunity;
    Read "GET" "opportunities/:id/forms/:form" "forms.get" "Find an opportunity profile form" empty::one_of_opportunity;
    Read "GET" "opportunities/:id/interviews" "interviews.list" "Find all opportunity interviews" empty::of_opportunity;
    Read "GET" "opportunities/:id/interviews/:interview" "interviews.get" "Find an opportunity interview" empty::one_of_opportunity;
    Read "GET" "opportunities/:id/offers" "offers.list" "Find all opportunity offers" empty::of_opportunity;
    Read "GET" "opportunities/:id/panels" "panels.list" "Find all opportunity panels" empty::of_opportunity;
    Read "GET" "opportunities/:id/panels/:panel" "panels.get" "Find an opportunity panel" empty::one_of_opportunity;
    Read "GET" "opportunities/:id/referrals" "referrals.list" "Find all opportunity referrals" empty::of_opportunity;
    Read "GET" "opportunities/:id/referrals/:referral" "referrals.get" "Find an opportunity referral" empty::one_of_opportunity;
    Read "GET" "opportunities/:id/resumes" "resumes.list" "Find all opportunity resumes" resumes::list;
    Read "GET" "opportunities/:id/resumes/:resume" "resumes.get" "Find an opportunity resume" resumes::get;
    Read "GET" "opportunities/:id/resumes/:resume/download" "resumes.download" "Download an opportunity resume" resumes::download;
    Read "GET" "requisitions" "requisitions.list" "Find all requisitions" empty::of_account;
    Read "GET" "requisitions/:requisition" "requisitions.get" "Find a requisition" empty::one_of_account;
    Read "GET" "requisition_fields" "requisition_fields.list" "Find all requisition fields" empty::without_pages;
    Read "GET" "feedback_templates" "feedback_templates.list" "Find all feedback templates" empty::of_account;
    Read "GET" "feedback_templates/:template" "feedback_templates.get" "Find a feedback template" empty::one_of_account;
    Read "GET" "form_templates" "form_templates.list" "Find all profile form templates" empty::of_account;
    Read "GET" "audit_events" "audit_events.list" "Find all audit events" empty::of_account;
    Read "GET" "eeo/responses" "eeo_responses.list" "Find all EEO responses without personal data" empty::of_account;
    Read "GET" "eeo/responses/pii" "eeo_responses.pii" "Find all EEO responses" empty::of_account;
    Write "POST" "users" "users.create" "Create a user" users::create;
    Write "PUT" "users/:id" "users.update" "Update a user" users::update;
    Write "POST" "users/:id/deactivate" "users.deactivate" "Deactivate a user" users::deactivate;
    Write "POST" "users/:id/reactivate" "users.reactivate" "Reactivate a user" users::reactivate;
    Write "POST" "opportunities" "opportunities.create" "Create an opportunity" opportunities::create;
    Write "PUT" "opportunities/:id/stage" "opportunities.stage" "Update an opportunity's stage" opportunities::stage;
    Write "PUT" "opportunities/:id/archived" "opportunities.archived" "Update an opportunity's archived state" opportunities::archived;
    Write "POST" "opportunities/:id/addTags" "opportunities.add_tags" "Add opportunity tags" opportunities::add_tags;
    Write "POST" "opportunities/:id/removeTags" "opportunities.remove_tags" "Remove opportunity tags" opportunities::remove_tags;
    Write "POST" "opportunities/:id/addSources" "opportunities.add_sources" "Add opportunity sources" opportunities::add_sources;
    Write "POST" "opportunities/:id/removeSources" "opportunities.remove_sources" "Remove opportunity sources" opportunities::remove_sources;
    Write "POST" "opportunities/:id/addLinks" "opportunities.add_links" "Add opportunity links" opportunities::add_links;
    Write "POST" "opportunities/:id/removeLinks" "opportunities.remove_links" "Remove opportunity links" opportunities::remove_links;
    Write "POST" "opportunities/:id/notes" "notes.create" "Create an opportunity note" notes::create;
    Write "PUT" "opportunities/:id/notes/:note" "notes.update" "Update an opportunity note" notes::update;
    Write "DELETE" "opportunities/:id/notes/:note" "notes.delete" "Delete an opportunity note" notes::delete;
    Write "POST" "opportunities/:id/files" "files.create" "Upload an opportunity file" files::upload;
    Write "DELETE" "opportunities/:id/files/:file" "files.delete" "Delete an opportunity file" files::delete;
    Write "PUT" "contacts/:id" "contacts.update" "Update a contact" contacts::update;
    Write "POST" "webhooks" "webhooks.create" "Create a webhook" webhooks::create;
    Write "PUT" "webhooks" "webhooks.update" "Update webhooks" webhooks::update;
    Write "DELETE" "webhooks/:id" "webhooks.delete" "Delete a webhook" webhooks::delete;
}

impl Endpoint {
    /// What Lever calls the things it is about: `stages` in *stages x was not
    /// found*.
    pub(crate) fn collection(&self) -> &'static str {
        self.name.split('.').next().unwrap_or(self.name)
    }
}

/// The endpoint with this name.
pub(crate) fn by_name(name: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.name == name)
}

/// The endpoint for a request, and the segments that stand for ids.
pub(crate) fn find(method: &str, path: &str) -> Option<(&'static Endpoint, Vec<String>)> {
    let segments: Vec<&str> = path.split('/').collect();
    ENDPOINTS
        .iter()
        .filter(|endpoint| endpoint.method == method)
        .find_map(|endpoint| Some((endpoint, matched(endpoint.path, &segments)?)))
}

fn matched(pattern: &str, segments: &[&str]) -> Option<Vec<String>> {
    let pattern: Vec<&str> = pattern.split('/').collect();
    if pattern.len() != segments.len() {
        return None;
    }
    let mut ids = Vec::new();
    for (expected, segment) in pattern.into_iter().zip(segments) {
        if expected.starts_with(':') {
            if segment.is_empty() {
                return None;
            }
            ids.push((*segment).to_owned());
        } else if expected != *segment {
            return None;
        }
    }
    Some(ids)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_distinct_and_every_endpoint_is_reached_by_its_own_path() {
        let names: BTreeSet<&str> = ENDPOINTS.iter().map(|endpoint| endpoint.name).collect();
        assert_eq!(names.len(), ENDPOINTS.len());
        for endpoint in ENDPOINTS {
            let path: Vec<&str> =
                endpoint.path.split('/').map(|part| if part.starts_with(':') { "x" } else { part }).collect();
            let (found, _) = find(endpoint.method, &path.join("/")).unwrap();
            assert_eq!(found.name, endpoint.name);
        }
    }

    #[test]
    fn what_lever_does_not_have_is_not_found() {
        for (method, path) in [
            ("DELETE", "opportunities/x"),
            ("PUT", "opportunities/x"),
            ("PUT", "webhooks/x"),
            ("GET", "contacts"),
            ("GET", "candidates"),
            ("GET", "users/"),
        ] {
            assert!(find(method, path).is_none(), "{method} {path}");
        }
    }
}
