//! Decoding of fields that Lever sends as null, leaves out, or sends in two forms.

use serde::{Deserialize, Deserializer};

/// Null becomes the default value. Use with `#[serde(default)]`, which covers the absent field.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A text; anything else is an empty one.
pub(crate) fn text<'de, D>(deserializer: D) -> Result<String, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => text,
        _ => String::new(),
    })
}

/// An id, or the object that `expand` puts in its place.
#[derive(Deserialize)]
#[serde(untagged)]
enum IdOrObject {
    Id(String),
    Object { id: String },
}

impl From<IdOrObject> for String {
    fn from(value: IdOrObject) -> String {
        match value {
            IdOrObject::Id(id) | IdOrObject::Object { id } => id,
        }
    }
}

/// An optional reference to another object.
pub(crate) fn reference<'de, D>(deserializer: D) -> Result<Option<String>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(Option::<IdOrObject>::deserialize(deserializer)?.map(String::from))
}

/// A list of references to other objects; null is an empty list.
pub(crate) fn references<'de, D>(deserializer: D) -> Result<Vec<String>, D::Error>
where
    D: Deserializer<'de>,
{
    let found = Option::<Vec<IdOrObject>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(found.into_iter().map(String::from).collect())
}

/// A place: text on opportunities, `{"name"}` on contacts; null is an empty text.
pub(crate) fn location<'de, D>(deserializer: D) -> Result<String, D::Error>
where
    D: Deserializer<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Location {
        Text(String),
        Object { name: Option<String> },
    }

    Ok(match Option::<Location>::deserialize(deserializer)? {
        Some(Location::Text(text)) => text,
        Some(Location::Object { name }) => name.unwrap_or_default(),
        None => String::new(),
    })
}
