//! What a plain form said, for the page that is shown again: when it was refused,
//! when somebody had been signed out meanwhile, and for a preview. It stands in the
//! session of the browser that sent it, for a while, so without the program in the
//! browser nothing typed is lost. Passwords, keys and tokens are never kept.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The key under which a session holds its [`KeptForms`].
pub const KEPT_FORMS: &str = "kept_forms";

/// How long a form is kept.
pub const KEPT_FOR: Duration = Duration::from_secs(15 * 60);

/// The largest form that is kept, in bytes.
const LARGEST: usize = 64 * 1024;

/// Most forms kept for one browser: one that was refused, and the signing in between.
const MOST: usize = 2;

/// What is kept of which form: by server function, what people type and choose. Forms
/// with a draft of their own (the wizard, the way back, an answer) are not among them.
const FIELDS: [(&str, &[&str]); 11] = [
    ("/api/add_candidate", &["name", "email", "headline", "company", "location"]),
    ("/api/begin_message", &["text"]),
    ("/api/change_reach", &["emails", "phones", "links"]),
    ("/api/create_organisation", &["organisation", "name", "email"]),
    ("/api/invite_member", &["email", "role"]),
    ("/api/join", &["name"]),
    ("/api/save_message_text", &["text"]),
    ("/api/save_settings", &["known_person", "on_reply", "tags"]),
    ("/api/save_template", &["name", "text"]),
    ("/api/send_message", &["text"]),
    ("/api/sign_in", &["email"]),
];

/// What one plain form said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptForm {
    path: String,
    fields: BTreeMap<String, String>,
    at: Timestamp,
}

impl KeptForm {
    /// Whether something of the forms that post to `path` is kept.
    #[must_use]
    pub fn is_kept(path: &str) -> bool {
        FIELDS.iter().any(|(kept, _)| *kept == path)
    }

    /// What is kept of a form that was posted to `path`; `None` when nothing is, or it
    /// is too large.
    #[must_use]
    pub fn of(path: &str, pairs: impl Iterator<Item = (String, String)>, at: Timestamp) -> Option<Self> {
        let (_, names) = FIELDS.iter().find(|(kept, _)| *kept == path)?;
        let fields: BTreeMap<String, String> =
            pairs.filter(|(name, _)| names.contains(&name.as_str())).collect();
        let size: usize = fields.values().map(String::len).sum();
        (size <= LARGEST).then(|| Self { path: path.to_owned(), fields, at })
    }

    /// What it said in the field called `name`.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        self.fields.get(name).cloned()
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        now.since(self.at) < KEPT_FOR
    }
}

/// The forms kept for one browser, the newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptForms(Vec<KeptForm>);

impl KeptForms {
    /// Keeps a form, instead of an earlier one of its kind.
    pub fn keep(&mut self, form: KeptForm) {
        let now = form.at;
        self.0.retain(|kept| kept.path != form.path && kept.is_fresh(now));
        self.0.push(form);
        let surplus = self.0.len().saturating_sub(MOST);
        self.0.drain(..surplus);
    }

    /// Forgets the form that was posted to `path`; says whether there was one.
    pub fn forget(&mut self, path: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|kept| kept.path != path);
        self.0.len() != before
    }

    /// The form that was posted to `path`, if it is kept still.
    #[must_use]
    pub fn find(&self, path: &str, now: Timestamp) -> Option<&KeptForm> {
        self.0.iter().find(|kept| kept.path == path && kept.is_fresh(now))
    }

    /// Whether none is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(path: &str, pairs: &[(&str, &str)], at: i64) -> Option<KeptForm> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        KeptForm::of(path, pairs, Timestamp(at))
    }

    #[test]
    fn what_people_type_is_kept_and_no_secret() {
        let typed = [("organisation", "Acme"), ("email", "a@b.example"), ("password", "p"), ("token", "t")];
        let kept = form("/api/create_organisation", &typed, 0).unwrap();
        assert_eq!(kept.field("organisation").as_deref(), Some("Acme"));
        assert_eq!((kept.field("password"), kept.field("token")), (None, None));
        assert!(!KeptForm::is_kept("/api/save_connection"), "keys and tokens");
        let secret = |name: &&str| ["password", "key", "token"].iter().any(|secret| name.contains(secret));
        assert!(!FIELDS.iter().flat_map(|(_, names)| *names).any(secret));
    }

    #[test]
    fn the_newest_are_kept_for_a_while() {
        let mut forms = KeptForms::default();
        let text = |text: &str, at| form("/api/send_message", &[("text", text)], at).unwrap();
        forms.keep(text("old", 0));
        forms.keep(text("new", 1));
        forms.keep(form("/api/sign_in", &[("email", "a")], 2).unwrap());
        let found = forms.find("/api/send_message", Timestamp(3)).unwrap();
        assert_eq!(found.field("text").as_deref(), Some("new"));
        let late = Timestamp(1) + KEPT_FOR;
        assert_eq!(forms.find("/api/send_message", late), None);
        forms.keep(form("/api/join", &[("name", "a")], 3).unwrap());
        assert_eq!(forms.find("/api/send_message", Timestamp(4)), None, "one too many");
        assert!(forms.forget("/api/join") && !forms.forget("/api/join"));
        assert!(form("/api/send_message", &[("text", &"x".repeat(LARGEST + 1))], 0).is_none());
    }
}
