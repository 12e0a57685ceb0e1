//! The body of a delivery, taken apart without trusting it.
//!
//! The signed fields are read strictly, so that the bytes that are verified are the bytes that are
//! used: duplicate keys are refused, and `triggeredAt` is kept in the very digits that were sent.
//! Everything else is read leniently, because Lever may add or omit it.

use std::{borrow::Cow, cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::Archived;

/// The deepest nesting that is read. A real delivery has three levels.
const DEEPEST: usize = 32;
/// The longest delivery token that is read, in bytes. Real ones have 48.
const LONGEST_TOKEN: usize = 512;
/// The longest id that is read, in bytes. Real ones have 36.
const LONGEST_ID: usize = 512;
/// How many digits `triggeredAt` has, from the year 2001 to the year 2286. The signature covers
/// the token and these digits without a border between them; with a fixed length there is only one
/// place where the border can be, so that a captured delivery cannot be sent again as one with a
/// longer or shorter token.
const TIME_DIGITS: usize = 13;

/// A delivery, taken apart but **not verified**; see [`super::SigningToken::verifies`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Lever's id of the event; absent in some accounts.
    pub id: Option<String>,
    /// What happened. Not signed.
    pub event: Event,
    /// When it happened. Signed.
    pub triggered_at: TriggeredAt,
    /// A random text of this delivery. Signed; accept it only once.
    pub token: String,
    /// The signature in hex; absent in old accounts that have no signing token.
    pub signature: Option<String>,
    /// What it happened to. Not signed.
    pub data: EventData,
}

impl Envelope {
    /// Whether this is the test that Lever's *Verify Connection* sends: `data` is `{}`.
    pub fn is_verify(&self) -> bool {
        self.data.empty
    }

    /// The id of the opportunity, from `opportunityId` or else the older `candidateId`.
    pub fn opportunity_id(&self) -> Option<&str> {
        self.data.opportunity_id.as_deref()
    }

    /// The id of the person.
    pub fn contact_id(&self) -> Option<&str> {
        self.data.contact_id.as_deref()
    }
}

/// The kinds of event this crate knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    /// `candidateHired`
    CandidateHired,
    /// `candidateStageChange`
    CandidateStageChange,
    /// `candidateArchiveChange`, in Lever's settings *Candidate Archive State Change*
    CandidateArchiveChange,
    /// `candidateDeleted`
    CandidateDeleted,
    /// Any other name.
    Other(String),
}

impl Event {
    /// The event of a name on the wire.
    pub fn from_name(name: &str) -> Event {
        match name {
            "candidateHired" => Event::CandidateHired,
            "candidateStageChange" => Event::CandidateStageChange,
            "candidateArchiveChange" => Event::CandidateArchiveChange,
            "candidateDeleted" => Event::CandidateDeleted,
            other => Event::Other(other.to_owned()),
        }
    }

    /// The name on the wire.
    pub fn name(&self) -> &str {
        match self {
            Event::CandidateHired => "candidateHired",
            Event::CandidateStageChange => "candidateStageChange",
            Event::CandidateArchiveChange => "candidateArchiveChange",
            Event::CandidateDeleted => "candidateDeleted",
            Event::Other(name) => name,
        }
    }
}

/// A point in time, with the digits that were sent and signed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TriggeredAt {
    text: String,
    millis: i64,
}

impl TriggeredAt {
    /// The digits as they were sent.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Milliseconds since the epoch.
    pub fn as_millis(&self) -> i64 {
        self.millis
    }

    /// Only a plain integer of [`TIME_DIGITS`] digits.
    fn parse(text: &str) -> Result<TriggeredAt, MalformedDelivery> {
        const FIELD: &str = "triggeredAt";
        if text == "null" {
            return Err(MalformedDelivery::Missing(FIELD));
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(MalformedDelivery::WrongType(FIELD));
        }
        match text.parse() {
            Ok(millis) if text.len() == TIME_DIGITS => Ok(TriggeredAt { text: text.to_owned(), millis }),
            Ok(_) | Err(_) => Err(MalformedDelivery::OutOfRange(FIELD)),
        }
    }
}

/// The `data` of a delivery. Nothing in it is signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventData {
    /// Whether `data` was there as an object without fields.
    pub empty: bool,
    /// The id of the opportunity.
    pub opportunity_id: Option<String>,
    /// The id of the person.
    pub contact_id: Option<String>,
    /// The id of the stage it left, of a stage change.
    pub from_stage_id: Option<String>,
    /// The id of the stage it came to, of a stage change.
    pub to_stage_id: Option<String>,
    /// How it was archived before, of an archive change; null and absent are alike.
    pub from_archived: Option<Archived>,
    /// How it is archived now, of an archive change; null and absent are alike.
    pub to_archived: Option<Archived>,
    /// The id of the user who deleted it, of a deletion.
    pub deleted_by: Option<String>,
}

impl EventData {
    fn read(value: Option<&Json<'_>>) -> Result<EventData, MalformedDelivery> {
        let fields = match value {
            None | Some(Json::Null) => return Ok(EventData::default()),
            Some(Json::Object(fields)) => fields,
            Some(_) => return Err(MalformedDelivery::WrongType("data")),
        };
        Ok(EventData {
            empty: fields.is_empty(),
            opportunity_id: text(fields.get("opportunityId")).or_else(|| text(fields.get("candidateId"))),
            contact_id: text(fields.get("contactId")),
            from_stage_id: text(fields.get("fromStageId")),
            to_stage_id: text(fields.get("toStageId")),
            from_archived: archived(fields.get("fromArchived")),
            to_archived: archived(fields.get("toArchived")),
            deleted_by: text(fields.get("deletedBy")),
        })
    }
}

/// An id. Whatever cannot be one counts as absent: this part is only a hint.
fn text(value: Option<&Json<'_>>) -> Option<String> {
    match value {
        Some(Json::Text(text)) if !text.is_empty() && text.len() <= LONGEST_ID && !text.contains('\0') => {
            Some(text.to_string())
        }
        _ => None,
    }
}

/// An archive state. Other types count as absent: this part is only a hint.
fn archived(value: Option<&Json<'_>>) -> Option<Archived> {
    let Some(Json::Object(fields)) = value else {
        return None;
    };
    let archived_at = match fields.get("archivedAt") {
        Some(Json::Integer(at)) => Some(*at),
        _ => None,
    };
    let archived = Archived { reason: text(fields.get("reason")), archived_at };
    (!archived.is_nothing()).then_some(archived)
}

/// Why a body is no delivery of Lever's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedDelivery {
    /// No body, or only blanks.
    #[error("the body is empty")]
    Empty,
    /// Not JSON in UTF-8.
    #[error("the body is not JSON")]
    NotJson,
    /// JSON, but not an object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// Nested more deeply than any delivery.
    #[error("the body is nested too deeply")]
    TooDeep,
    /// A key occurs twice in one object.
    #[error("a key occurs twice")]
    DuplicateKey,
    /// A required field is missing, null or empty.
    #[error("the field {0} is missing")]
    Missing(&'static str),
    /// A field has the wrong type.
    #[error("the field {0} has the wrong type")]
    WrongType(&'static str),
    /// A field has a value that cannot be.
    #[error("the field {0} is out of range")]
    OutOfRange(&'static str),
}

/// Takes a body apart. Limit its size before: this reads all of it.
///
/// # Errors
///
/// [`MalformedDelivery`] says what is wrong with it.
pub fn parse(body: &[u8]) -> Result<Envelope, MalformedDelivery> {
    if body.trim_ascii().is_empty() {
        return Err(MalformedDelivery::Empty);
    }
    let body = std::str::from_utf8(body).map_err(|_| MalformedDelivery::NotJson)?;
    if nesting(body) > DEEPEST {
        return Err(MalformedDelivery::TooDeep);
    }

    let duplicate = Cell::new(false);
    let mut reader = serde_json::Deserializer::from_str(body);
    let fields =
        EnvelopeFields { duplicate: &duplicate }
            .deserialize(&mut reader)
            .and_then(|fields| reader.end().map(|()| fields))
            .map_err(|error| {
                if error.is_data() { MalformedDelivery::NotAnObject } else { MalformedDelivery::NotJson }
            })?;
    if duplicate.get() {
        return Err(MalformedDelivery::DuplicateKey);
    }

    let triggered_at = match fields.triggered_at {
        Some(raw) => TriggeredAt::parse(raw.get())?,
        None => return Err(MalformedDelivery::Missing("triggeredAt")),
    };
    let others = fields.others;
    let token = required_text("token", &others)?;
    if token.len() > LONGEST_TOKEN {
        return Err(MalformedDelivery::OutOfRange("token"));
    }
    let signature = match others.get("signature") {
        None | Some(Json::Null) => None,
        Some(Json::Text(signature)) => Some(signature.to_string()),
        Some(_) => return Err(MalformedDelivery::WrongType("signature")),
    };
    Ok(Envelope {
        id: text(others.get("id")),
        event: Event::from_name(required_text("event", &others)?),
        triggered_at,
        token: token.to_owned(),
        signature,
        data: EventData::read(others.get("data"))?,
    })
}

fn required_text<'a>(field: &'static str, fields: &'a Object<'_>) -> Result<&'a str, MalformedDelivery> {
    match fields.get(field) {
        Some(Json::Text(text)) if text.is_empty() => Err(MalformedDelivery::Missing(field)),
        // Few places that keep text keep this character, and nothing of Lever's has it.
        Some(Json::Text(text)) if text.contains('\0') => Err(MalformedDelivery::OutOfRange(field)),
        Some(Json::Text(text)) => Ok(text),
        None | Some(Json::Null) => Err(MalformedDelivery::Missing(field)),
        Some(_) => Err(MalformedDelivery::WrongType(field)),
    }
}

/// How deeply brackets and braces are nested, outside of strings. Counted before reading, so that
/// no input can make the reader descend.
fn nesting(body: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in body.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
        } else {
            match byte {
                b'"' => in_string = true,
                b'{' | b'[' => {
                    depth += 1;
                    deepest = deepest.max(depth);
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    deepest
}

/// JSON as far as something is read of it, in the body's own bytes where it has no escapes: a
/// delivery is taken apart for each that is posted, whoever posts it.
enum Json<'de> {
    Null,
    Text(Cow<'de, str>),
    Integer(i64),
    Object(Object<'de>),
    /// Of which nothing is read.
    Other,
}

/// The fields of an object, in their order.
#[derive(Default)]
struct Object<'de>(Vec<(Cow<'de, str>, Json<'de>)>);

impl<'de> Object<'de> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn get(&self, key: &str) -> Option<&Json<'de>> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// Whether any key occurs twice. However many there are, it takes no longer than to sort them.
    fn repeats(&self) -> bool {
        let mut keys: Vec<&str> = self.0.iter().map(|(key, _)| &**key).collect();
        keys.sort_unstable();
        keys.windows(2).any(|two| two[0] == two[1])
    }
}

/// The fields of the outermost object: `triggeredAt` in its own digits, the others as values.
struct Fields<'de> {
    triggered_at: Option<&'de RawValue>,
    others: Object<'de>,
}

/// Reads [`Fields`], and notes whether any object had a key twice.
#[derive(Clone, Copy)]
struct EnvelopeFields<'a> {
    duplicate: &'a Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for EnvelopeFields<'_> {
    type Value = Fields<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fields<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for EnvelopeFields<'_> {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Fields { triggered_at: None, others: Object::default() };
        while let Some(Key(key)) = map.next_key()? {
            if key == "triggeredAt" {
                if fields.triggered_at.replace(map.next_value()?).is_some() {
                    self.duplicate.set(true);
                }
            } else {
                fields.others.0.push((key, map.next_value_seed(UniqueKeys(self.duplicate))?));
            }
        }
        if fields.others.repeats() {
            self.duplicate.set(true);
        }
        Ok(fields)
    }
}

/// A key, in the body's own bytes where it has no escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads any value, and notes whether any object had a key twice.
#[derive(Clone, Copy)]
struct UniqueKeys<'a>(&'a Cell<bool>);

impl<'de> DeserializeSeed<'de> for UniqueKeys<'_> {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for UniqueKeys<'_> {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json<'de>, E> {
        Ok(Json::Other)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(i64::try_from(value).map_or(Json::Other, Json::Integer))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json<'de>, E> {
        Ok(Json::Other)
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json<'de>, A::Error> {
        while seq.next_element_seed(self)?.is_some() {}
        Ok(Json::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
        let mut fields = Object::default();
        while let Some(Key(key)) = map.next_key()? {
            fields.0.push((key, map.next_value_seed(self)?));
        }
        if fields.repeats() {
            self.0.set(true);
        }
        Ok(Json::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// The stage change of Lever's documentation.
    fn stage_change() -> Value {
        json!({
            "id": "2b62ef7f-1d5d-4b3b-a1a6-5ba0b8ecdbc3",
            "triggeredAt": 1431454330072_i64,
            "event": "candidateStageChange",
            "data": {
                "candidateId": "7c2690d8-0000-4ed9-ae2a-cbfe7db26593",
                "opportunityId": "7c2690d8-0000-4ed9-ae2a-cbfe7db26593",
                "contactId": "7f23e772-f2cb-4ebb-b33f-54b872999992",
                "fromStageId": "lead-new",
                "toStageId": "7c2690d8-6308-4ed9-ae2a-cbfe7db26593"
            },
            "signature": "79d1b38035b86b71663a28e2eb1e275db010403850d9690c1c63f00861f00aee",
            "token": "be58f711f349c7780e4579cd7c63341ac6f881e4dccc3154"
        })
    }

    fn parse_value(value: &Value) -> Result<Envelope, MalformedDelivery> {
        parse(value.to_string().as_bytes())
    }

    fn with(field: &str, value: Value) -> Result<Envelope, MalformedDelivery> {
        let mut body = stage_change();
        body[field] = value;
        parse_value(&body)
    }

    fn without(field: &str) -> Result<Envelope, MalformedDelivery> {
        let mut body = stage_change();
        body.as_object_mut().unwrap().remove(field);
        parse_value(&body)
    }

    #[test]
    fn a_stage_change_is_taken_apart() {
        let envelope = parse_value(&stage_change()).unwrap();
        assert_eq!(envelope.id.as_deref(), Some("2b62ef7f-1d5d-4b3b-a1a6-5ba0b8ecdbc3"));
        assert_eq!(envelope.event, Event::CandidateStageChange);
        assert_eq!(envelope.triggered_at.as_str(), "1431454330072");
        assert_eq!(envelope.triggered_at.as_millis(), 1_431_454_330_072);
        assert_eq!(envelope.opportunity_id(), Some("7c2690d8-0000-4ed9-ae2a-cbfe7db26593"));
        assert_eq!(envelope.contact_id(), Some("7f23e772-f2cb-4ebb-b33f-54b872999992"));
        assert_eq!(envelope.data.from_stage_id.as_deref(), Some("lead-new"));
        assert!(!envelope.is_verify());
    }

    #[test]
    fn archive_changes_have_their_sides() {
        let side = json!({ "archivedAt": 1628513942512_i64, "reason": "r1" });
        let expected = Some(Archived { reason: Some("r1".to_owned()), archived_at: Some(1_628_513_942_512) });
        let read = |data: Value| with("data", data).unwrap().data;

        let archive = read(json!({ "opportunityId": "o", "fromArchived": null, "toArchived": side }));
        assert_eq!((archive.from_archived, archive.to_archived), (None, expected.clone()));
        let unarchive = read(json!({ "opportunityId": "o", "fromArchived": side }));
        assert_eq!((unarchive.from_archived, unarchive.to_archived), (expected, None));
    }

    #[test]
    fn a_deletion_names_who_deleted() {
        let envelope = with("data", json!({ "opportunityId": "o", "deletedBy": "u" })).unwrap();
        assert_eq!(envelope.data.deleted_by.as_deref(), Some("u"));
    }

    #[test]
    fn the_older_candidate_id_stands_in() {
        let envelope = with("data", json!({ "candidateId": "o" })).unwrap();
        assert_eq!(envelope.opportunity_id(), Some("o"));
        let envelope = with("data", json!({ "candidateId": "c", "opportunityId": "o" })).unwrap();
        assert_eq!(envelope.opportunity_id(), Some("o"));
    }

    #[test]
    fn verify_connection_has_empty_data() {
        let envelope = with("data", json!({})).unwrap();
        assert!(envelope.is_verify());
        assert_eq!(envelope.opportunity_id(), None);
        // Absent or null data is no verification.
        assert!(!without("data").unwrap().is_verify());
        assert!(!with("data", Value::Null).unwrap().is_verify());
        assert!(!with("data", json!({ "x": 1 })).unwrap().is_verify());
    }

    #[test]
    fn names_of_events_go_both_ways() {
        for name in [
            "candidateHired",
            "candidateStageChange",
            "candidateArchiveChange",
            "candidateDeleted",
            "interviewCreated",
        ] {
            let event = with("event", json!(name)).unwrap().event;
            assert_eq!(event.name(), name);
            assert_eq!(matches!(event, Event::Other(_)), name == "interviewCreated");
        }
    }

    #[test]
    fn what_is_not_signed_may_be_missing_or_odd() {
        assert_eq!(without("id").unwrap().id, None);
        assert_eq!(with("id", json!(5)).unwrap().id, None);
        assert_eq!(without("signature").unwrap().signature, None);
        assert_eq!(with("signature", Value::Null).unwrap().signature, None);
        assert!(with("somethingNew", json!({ "a": [1, 2.5, true, null] })).is_ok());
        let odd = with("data", json!({ "opportunityId": 5, "toArchived": "yes" })).unwrap();
        assert_eq!(odd.opportunity_id(), None);
        assert_eq!(odd.data.to_archived, None);
        assert_eq!(with("data", json!([])), Err(MalformedDelivery::WrongType("data")));
        assert_eq!(with("signature", json!(1)), Err(MalformedDelivery::WrongType("signature")));
    }

    #[test]
    fn required_fields_are_required() {
        for field in ["triggeredAt", "token", "event"] {
            let missing = Err(MalformedDelivery::Missing(field));
            assert_eq!(without(field), missing);
            assert_eq!(with(field, Value::Null), missing);
        }
        for field in ["token", "event"] {
            assert_eq!(with(field, json!("")), Err(MalformedDelivery::Missing(field)));
            for wrong in [json!(5), json!([]), json!({}), json!(true)] {
                assert_eq!(with(field, wrong), Err(MalformedDelivery::WrongType(field)));
            }
        }
        assert_eq!(
            with("token", json!("t".repeat(LONGEST_TOKEN + 1))),
            Err(MalformedDelivery::OutOfRange("token"))
        );
        for field in ["token", "event"] {
            assert_eq!(with(field, json!("t\0")), Err(MalformedDelivery::OutOfRange(field)));
        }
    }

    #[test]
    fn what_cannot_be_an_id_names_nobody() {
        let named = |id: Value| {
            let envelope = with("data", json!({ "opportunityId": id })).unwrap();
            envelope.opportunity_id().map(str::to_owned)
        };
        let longest = "o".repeat(LONGEST_ID);
        assert_eq!(named(json!(longest)), Some(longest.clone()));
        for wrong in [json!(format!("{longest}o")), json!("o\0"), json!(""), json!(7), Value::Null] {
            assert_eq!(named(wrong), None);
        }
    }

    #[test]
    fn triggered_at_is_a_plain_integer() {
        let parse_time = |time: &str| {
            parse(format!(r#"{{"event":"e","token":"t","triggeredAt": {time} ,"data":{{}}}}"#).as_bytes())
                .map(|envelope| {
                    let time = envelope.triggered_at;
                    (time.as_str().to_owned(), time.as_millis())
                })
        };
        for plain in ["1000000000000", "1431454330072", "9999999999999"] {
            assert_eq!(parse_time(plain), Ok((plain.to_owned(), plain.parse().unwrap())));
        }
        for wrong in [
            "\"1431454330072\"",
            "1431454330072.0",
            "1.431454330072e12",
            "1431454330072E0",
            "-1431454330072",
            "-0",
            "true",
            "[]",
            "{}",
        ] {
            assert_eq!(parse_time(wrong), Err(MalformedDelivery::WrongType("triggeredAt")), "{wrong}");
        }
        for absurd in ["0", "999999999999", "10000000000000", &"9".repeat(400)] {
            assert_eq!(parse_time(absurd), Err(MalformedDelivery::OutOfRange("triggeredAt")), "{absurd}");
        }
        // JSON has no leading zeros.
        assert_eq!(parse_time("01"), Err(MalformedDelivery::NotJson));
    }

    #[test]
    fn duplicate_keys_are_refused_at_every_level() {
        for body in [
            r#"{"event":"e","token":"t","token":"u","triggeredAt":1431454330072,"data":{}}"#,
            r#"{"event":"e","token":"t","triggeredAt":1431454330072,"triggeredAt":1431454330072,"data":{}}"#,
            r#"{"event":"e","token":"t","triggeredAt":1431454330072,"tok\u0065n":"u","data":{}}"#,
            r#"{"event":"e","token":"t","triggeredAt":1431454330072,"data":{"a":1,"a":2}}"#,
            r#"{"event":"e","token":"t","triggeredAt":1431454330072,"data":{"a":[{"b":1,"b":1}]}}"#,
            r#"{"event":"e","token":"t","triggeredAt":1431454330072,"x":null,"x":null}"#,
        ] {
            assert_eq!(parse(body.as_bytes()), Err(MalformedDelivery::DuplicateKey), "{body}");
        }
    }

    #[test]
    fn what_is_no_delivery_is_refused() {
        for (body, expected) in [
            ("", MalformedDelivery::Empty),
            (" \r\n\t", MalformedDelivery::Empty),
            ("hello", MalformedDelivery::NotJson),
            ("{", MalformedDelivery::NotJson),
            (r#"{"event":"e""#, MalformedDelivery::NotJson),
            ("{} {}", MalformedDelivery::NotJson),
            ("event=candidateHired", MalformedDelivery::NotJson),
            ("\u{feff}{}", MalformedDelivery::NotJson),
            ("[]", MalformedDelivery::NotAnObject),
            ("null", MalformedDelivery::NotAnObject),
            ("5", MalformedDelivery::NotAnObject),
            ("\"text\"", MalformedDelivery::NotAnObject),
            ("{}", MalformedDelivery::Missing("triggeredAt")),
        ] {
            assert_eq!(parse(body.as_bytes()), Err(expected), "{body:?}");
        }
        assert_eq!(parse(&[b'{', 0xff, b'}']), Err(MalformedDelivery::NotJson));
    }

    #[test]
    fn deep_nesting_is_refused_without_descending() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            for depth in [DEEPEST, 10_000, 1_000_000] {
                let body = format!(
                    r#"{{"event":"e","token":"t","triggeredAt":1431454330072,"data":{{"x":{}1{}}}}}"#,
                    open.repeat(depth),
                    close.repeat(depth)
                );
                assert_eq!(parse(body.as_bytes()), Err(MalformedDelivery::TooDeep));
            }
        }
        // Unclosed, and in `triggeredAt`.
        let body = format!(r#"{{"triggeredAt":{}"#, "[".repeat(10_000));
        assert_eq!(parse(body.as_bytes()), Err(MalformedDelivery::TooDeep));
        // Brackets within a string nest nothing.
        let body = with("note", json!(format!("\\\"{}", "[{".repeat(10_000))));
        assert!(body.is_ok());
        let body = with("note", json!([[[[[[[[[[1]]]]]]]]]]));
        assert!(body.is_ok());
    }

    proptest! {
        #[test]
        fn parsing_never_panics_on_bytes(body in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&body);
        }

        #[test]
        fn parsing_never_panics_on_text(body in "[\\[\\]{}\":,0-9a-z\\\\ .eE+-]{0,200}") {
            let _ = parse(body.as_bytes());
        }

        #[test]
        fn a_cut_delivery_is_never_taken_for_a_whole_one(cut in 0_usize..400) {
            let body = stage_change().to_string();
            prop_assume!(cut < body.len());
            prop_assert!(parse(&body.as_bytes()[..cut]).is_err());
        }

        #[test]
        fn the_signed_fields_come_out_as_they_went_in(
            token in "[ -~]{1,60}",
            time in 1_000_000_000_000_i64..=9_999_999_999_999,
        ) {
            let body = json!({ "event": "e", "token": token, "triggeredAt": time, "data": {} });
            let envelope = parse_value(&body).unwrap();
            prop_assert_eq!(envelope.token, token);
            prop_assert_eq!(envelope.triggered_at.as_str(), time.to_string());
            prop_assert_eq!(envelope.triggered_at.as_millis(), time);
        }
    }
}
