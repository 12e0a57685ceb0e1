//! One request to the Data API as a handler sees it: the account, the query,
//! the body, and the key that asks.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{endpoint::Endpoint, form::Upload, refusal::Refusal};
use crate::{
    cursor::{self, Cursor},
    forms::Fields,
    settings::{ChangedFilters, LimitRule},
    state::{
        State,
        act::{Act, Door},
        contact::Phone,
        file::StoredFile,
        problem::Problem,
    },
};

/// Tokens that are remembered at most; then all are forgotten, so clients that
/// are under way start over.
const TOKENS_KEPT: usize = 10_000;

/// What a handler is: it answers, having changed the account or not. A refusal
/// must leave the account as it was.
pub(crate) type Handler = fn(&mut Call<'_>) -> Result<Reply, Refusal>;

/// The key behind a request.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) key: String,
    pub(crate) confidential: bool,
}

/// A request.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) endpoint: &'static Endpoint,
    /// The account's time, in milliseconds.
    pub(crate) now: i64,
    /// The segments of the path that stand for ids.
    pub(crate) ids: Vec<String>,
    pub(crate) query: Fields,
    /// The body, `None` when it was empty; a refusal when it could not be read.
    pub(crate) body: Result<Option<Value>, Refusal>,
    /// The files of a multipart body.
    pub(crate) files: Vec<Upload>,
    pub(crate) asker: Asker,
    /// What addresses of the practice Lever's own pages start with.
    pub(crate) app_url: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
    /// A file, instead of JSON.
    pub(crate) download: Option<Download>,
    /// A webhook whose URL is to be tried before the answer goes out.
    pub(crate) verify: Option<String>,
}

/// A file that is sent as it is.
#[derive(Debug)]
pub(crate) struct Download {
    pub(crate) media_type: &'static str,
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Download {
    pub(crate) fn of(file: &StoredFile) -> Self {
        Self { media_type: file.media_type(), name: file.name.clone(), bytes: file.bytes() }
    }

    /// `content-disposition`, in ASCII: the name percent-encoded (RFC 6266).
    pub(crate) fn disposition(&self) -> String {
        format!("attachment; filename*=UTF-8''{}", cursor::percent_encode(&self.name))
    }
}

/// When `offset` tokens were given out, and for which filters. Filled only where
/// the account's behaviour asks.
#[derive(Debug, Default)]
pub(crate) struct Offsets(HashMap<String, (i64, String)>);

impl Reply {
    /// 200 with `{"data": ...}`.
    pub(crate) fn data(data: Value) -> Self {
        Self::with(200, json!({ "data": data }))
    }

    pub(crate) fn with(status: u16, body: Value) -> Self {
        Self { status, body: Some(body), download: None, verify: None }
    }

    /// 204.
    pub(crate) fn empty() -> Self {
        Self { status: 204, body: None, download: None, verify: None }
    }

    /// 200 with the bytes of a file.
    pub(crate) fn file(file: &StoredFile) -> Self {
        Self { status: 200, body: None, download: Some(Download::of(file)), verify: None }
    }

    /// The id of what was created, if anything was.
    pub(crate) fn created(&self) -> Option<&str> {
        self.body.as_ref().filter(|_| self.status == 201)?["data"]["id"].as_str()
    }

    /// A page of a list. `next` is absent on the last one.
    pub(crate) fn page(items: Vec<Value>, next: Option<String>) -> Self {
        let mut body = Map::new();
        body.insert("data".into(), Value::Array(items));
        body.insert("hasNext".into(), json!(next.is_some()));
        if let Some(next) = next {
            body.insert("next".into(), json!(next));
        }
        Self::with(200, Value::Object(body))
    }
}

impl Call<'_> {
    /// The id at a place of the path.
    pub(crate) fn id(&self, place: usize) -> &str {
        self.ids.get(place).map_or("", String::as_str)
    }

    /// The page size: 1 to 100, 100 by default.
    pub(crate) fn limit(&self) -> Result<usize, Refusal> {
        let Some(text) = self.query.first("limit") else {
            return Ok(100);
        };
        let number: i64 =
            text.parse().map_err(|_| Refusal::bad_request("limit must be a number between 1 and 100"))?;
        let clamped = number.clamp(1, 100);
        if clamped != number && self.state.behaviour.get().limit_out_of_range == LimitRule::Refuse {
            return Err(Refusal::bad_request("limit must be a number between 1 and 100"));
        }
        Ok(usize::try_from(clamped).unwrap_or(100))
    }

    /// Where the page starts.
    pub(crate) fn offset<C: Cursor>(&self) -> Result<Option<C>, Refusal> {
        match self.query.first("offset") {
            None | Some("") => Ok(None),
            Some(text) => C::parse(text)
                .filter(|cursor| self.still_holds(&cursor.token()))
                .map(Some)
                .ok_or_else(|| Refusal::bad_request("Invalid offset token")),
        }
    }

    /// A page of a list that is held whole.
    pub(crate) fn page<C: Cursor>(&mut self, items: Vec<(C, Value)>) -> Result<Reply, Refusal> {
        let (items, next) = cursor::page(items, self.offset::<C>()?.as_ref(), self.limit()?);
        Ok(self.give_out(items, next))
    }

    /// Answers a page, and remembers its `next` where offsets can go stale.
    pub(crate) fn give_out(&mut self, items: Vec<Value>, next: Option<String>) -> Reply {
        if let (Some(token), true) = (&next, self.offsets_go_stale()) {
            let (name, filters) = (self.name_of(token), self.filters());
            let known = &mut self.state.offsets.0;
            if known.len() >= TOKENS_KEPT {
                known.clear();
            }
            known.insert(name, (self.now, filters));
        }
        Reply::page(items, next)
    }

    fn offsets_go_stale(&self) -> bool {
        let behaviour = self.state.behaviour.get();
        behaviour.offset_life_ms.is_some() || behaviour.offset_with_changed_filters == ChangedFilters::Refuse
    }

    /// Whether a token was given out for these filters, and not too long ago.
    fn still_holds(&self, token: &str) -> bool {
        if !self.offsets_go_stale() {
            return true;
        }
        let behaviour = self.state.behaviour.get();
        self.state.offsets.0.get(&self.name_of(token)).is_some_and(|(at, filters)| {
            behaviour.offset_life_ms.is_none_or(|life| self.now.saturating_sub(*at) <= life)
                && (behaviour.offset_with_changed_filters == ChangedFilters::Apply
                    || *filters == self.filters())
        })
    }

    fn name_of(&self, token: &str) -> String {
        format!("{} {token}", self.endpoint.name)
    }

    /// The query but for the place and the size of the page.
    fn filters(&self) -> String {
        let mut filters: Vec<String> = self
            .query
            .pairs()
            .filter(|(name, _)| !matches!(*name, "offset" | "limit"))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        filters.sort();
        filters.join("&")
    }

    /// An instant in the query, in milliseconds.
    pub(crate) fn instant(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.query
            .first(name)
            .map(|text| {
                text.parse()
                    .map_err(|_| Refusal::bad_request(format!("{name} must be a timestamp in milliseconds")))
            })
            .transpose()
    }

    /// `true` or `false` in the query.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.query.first(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(Refusal::bad_request(format!("{name} must be true or false"))),
        }
    }

    /// The values of a repeated parameter; empty when it was not given.
    pub(crate) fn all(&self, name: &'static str) -> Vec<String> {
        self.query.all(name).map(str::to_owned).collect()
    }

    /// The user the request is performed as, required or not.
    pub(crate) fn performer(&self, required: bool) -> Result<Option<String>, Refusal> {
        let behaviour = self.state.behaviour.get();
        match self.query.first("perform_as").filter(|id| !id.is_empty()) {
            None if required || behaviour.perform_as_always_required => {
                Err(Refusal::missing_parameter("perform_as"))
            }
            None => Ok(None),
            Some(id) => match self.state.users.get(id) {
                Some(user) if user.is_active() => Ok(Some(id.to_owned())),
                _ => Err(Refusal::reference(
                    behaviour.perform_as_refused_status,
                    Problem::reference("users", id).message(),
                )),
            },
        }
    }

    /// The circumstances of a change that is performed as `by`.
    pub(crate) fn act<'b>(&self, by: Option<&'b str>) -> Act<'b> {
        Act { at: self.now, by, door: Door::Api }
    }

    /// The answer to something the account refused.
    pub(crate) fn refuse(&self, problem: &Problem) -> Refusal {
        Refusal::of(problem, self.state.behaviour.get())
    }

    /// The body, which must be an object; an empty one counts as `{}`.
    pub(crate) fn object(&self) -> Result<Body<'_>, Refusal> {
        static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        match &self.body {
            Ok(None) => Ok(Body(&EMPTY)),
            Ok(Some(Value::Object(object))) => Ok(Body(object)),
            Ok(Some(_)) => Err(Refusal::bad_request("The body must be a JSON object")),
            Err(refusal) => Err(refusal.clone()),
        }
    }

    /// Whether the caller may see what is confidential; asking without the grant
    /// is refused.
    pub(crate) fn confidentiality(&self) -> Result<Confidentiality, Refusal> {
        let wanted = match self.query.first("confidentiality") {
            None | Some("non-confidential") => return Ok(Confidentiality::Open),
            Some("confidential") => Confidentiality::Confidential,
            Some("all") => Confidentiality::All,
            Some(_) => {
                return Err(Refusal::bad_request(
                    "confidentiality must be confidential, non-confidential or all",
                ));
            }
        };
        self.require_confidential()?;
        Ok(wanted)
    }

    /// 403 unless the key has the confidential grant.
    pub(crate) fn require_confidential(&self) -> Result<(), Refusal> {
        if self.asker.confidential {
            Ok(())
        } else {
            Err(Refusal::forbidden(
                self.state.behaviour.get(),
                "This API key has no access to confidential data.",
            ))
        }
    }

    /// The whitelist of `include`; `None` when it was not given.
    pub(crate) fn include(&self) -> Option<Vec<String>> {
        let names: Vec<String> = self
            .query
            .all("include")
            .flat_map(|value| value.split(','))
            .map(|name| name.trim().to_owned())
            .collect();
        (!names.is_empty()).then_some(names)
    }

    /// The fields to expand, which must be among `allowed`.
    pub(crate) fn expand(&self, allowed: &[&str]) -> Result<Vec<String>, Refusal> {
        let names: Vec<String> = self
            .query
            .all("expand")
            .flat_map(|value| value.split(','))
            .map(|name| name.trim().to_owned())
            .collect();
        match names.iter().find(|name| !allowed.contains(&name.as_str())) {
            Some(name) => Err(Refusal::bad_request(format!("{name} is not expandable"))),
            None => Ok(names),
        }
    }
}

/// Which side of the confidential line a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confidentiality {
    Open,
    Confidential,
    All,
}

impl Confidentiality {
    pub(crate) fn shows(self, confidential: bool) -> bool {
        match self {
            Self::Open => !confidential,
            Self::Confidential => confidential,
            Self::All => true,
        }
    }
}

/// Keeps the fields that are included; what is expanded stays in any case.
pub(crate) fn select(mut object: Value, include: Option<&[String]>, expand: &[String]) -> Value {
    if let (Some(include), Value::Object(fields)) = (include, &mut object) {
        fields.retain(|name, _| include.contains(name) || expand.contains(name));
    }
    object
}

/// A body's fields, with refusals for the wrong types. `null` counts as absent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Body<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Body<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        self.get(name)
            .map(|value| {
                value
                    .as_str()
                    .map(str::to_owned)
                    .ok_or_else(|| Refusal::bad_request(format!("{name} must be a string")))
            })
            .transpose()
    }

    /// A text that must be there and not be blank.
    pub(crate) fn required_text(&self, name: &str) -> Result<String, Refusal> {
        match self.text(name)? {
            Some(text) if !text.trim().is_empty() => Ok(text),
            _ => Err(Refusal::missing_parameter(name)),
        }
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.get(name)
            .map(|value| {
                value.as_i64().ok_or_else(|| Refusal::bad_request(format!("{name} must be an integer")))
            })
            .transpose()
    }

    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        self.get(name)
            .map(|value| {
                value.as_bool().ok_or_else(|| Refusal::bad_request(format!("{name} must be true or false")))
            })
            .transpose()
    }

    pub(crate) fn nested(&self, name: &str) -> Result<Option<Body<'a>>, Refusal> {
        self.get(name)
            .map(|value| {
                value
                    .as_object()
                    .map(Body)
                    .ok_or_else(|| Refusal::bad_request(format!("{name} must be an object")))
            })
            .transpose()
    }

    /// An array of strings; blanks around them and empty ones are dropped.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        let wrong = || Refusal::bad_request(format!("{name} must be an array of strings"));
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let mut texts = Vec::new();
        for item in value.as_array().ok_or_else(wrong)? {
            let text = item.as_str().ok_or_else(wrong)?.trim();
            if !text.is_empty() && !texts.iter().any(|known| known == text) {
                texts.push(text.to_owned());
            }
        }
        Ok(Some(texts))
    }

    /// An array of strings that must be there.
    pub(crate) fn required_texts(&self, name: &str) -> Result<Vec<String>, Refusal> {
        self.texts(name)?.ok_or_else(|| Refusal::missing_parameter(name))
    }

    /// `[{"type"?, "value"}]`.
    pub(crate) fn phones(&self, name: &str) -> Result<Option<Vec<Phone>>, Refusal> {
        self.get(name)
            .map(|value| {
                serde_json::from_value::<Vec<Phone>>(value.clone()).map_err(|_| {
                    Refusal::bad_request(format!(
                        "{name} must be an array of objects with a type and a value"
                    ))
                })
            })
            .transpose()
    }
}
