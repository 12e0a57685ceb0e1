//! Bodies of type `multipart/form-data`: their text fields as the JSON object the
//! same request would send, and their files.
//!
//! Names follow Lever's documentation: `emails[]=`, `archived[reason]=`. A number
//! in brackets counts as `[]`.

use axum::body::Body;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// Fields that are lists, however often they are sent.
const LISTS: [&str; 7] = ["emails", "followers", "links", "phones", "postings", "sources", "tags"];
/// Fields that are numbers in JSON.
const NUMBERS: [&str; 2] = ["archivedAt", "createdAt"];

/// One uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    /// The field it came in, without `[]`.
    pub(crate) field: String,
    /// The file's name; never a path.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// What a multipart body says.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Form {
    pub(crate) fields: Map<String, Value>,
    pub(crate) files: Vec<Upload>,
}

/// The boundary, when the content type is that of a form with files.
pub(crate) fn boundary(content_type: Option<&str>) -> Option<Result<String, Refusal>> {
    content_type.filter(|value| value.trim_start().starts_with("multipart/")).map(|value| {
        multer::parse_boundary(value).map_err(|_| Refusal::bad_request("The multipart body has no boundary"))
    })
}

/// Reads a body that is held whole.
pub(crate) async fn read(body: axum::body::Bytes, boundary: String) -> Result<Form, Refusal> {
    let broken = |_| Refusal::bad_request("The body is not valid multipart/form-data");
    let mut parts = multer::Multipart::new(Body::from(body).into_data_stream(), boundary);
    let mut form = Form::default();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            Some(file) => {
                let bytes = part.bytes().await.map_err(broken)?.to_vec();
                // A browser that sends an empty file field sends no name.
                if !file.is_empty() {
                    let name = name.strip_suffix("[]").unwrap_or(&name).to_owned();
                    form.files.push(Upload { field: name, name: plain_name(&file), bytes });
                }
            }
            None => put_field(&mut form.fields, &name, part.text().await.map_err(broken)?),
        }
    }
    Ok(form)
}

/// The last part of a path, whatever system it is from.
fn plain_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned()
}

/// Puts one text where its name says.
fn put_field(fields: &mut Map<String, Value>, name: &str, text: String) {
    let (first, rest) = name.split_once('[').unwrap_or((name, ""));
    let mut path: Vec<&str> = rest.split('[').map(|part| part.trim_end_matches(']')).collect();
    if rest.is_empty() {
        path.clear();
    }
    if LISTS.contains(&first) && path.is_empty() {
        path.push("");
    }
    let last = path.last().copied().filter(|last| !last.is_empty()).unwrap_or(first);
    let value = match text.parse::<i64>() {
        Ok(number) if NUMBERS.contains(&last) => Value::from(number),
        _ => Value::from(text),
    };
    put(fields.entry(first.to_owned()).or_insert(Value::Null), &path, value);
}

fn put(target: &mut Value, path: &[&str], value: Value) {
    match path {
        [] => *target = value,
        [place, rest @ ..] if place.bytes().all(|byte| byte.is_ascii_digit()) => {
            if !target.is_array() {
                *target = Value::Array(Vec::new());
            }
            let Some(items) = target.as_array_mut() else { return };
            // A key of an object that has it already begins the next object.
            let goes_on = match (rest.first(), items.last()) {
                (Some(key), Some(Value::Object(last))) => !last.contains_key(*key),
                _ => false,
            };
            if !goes_on {
                items.push(Value::Null);
            }
            if let Some(last) = items.last_mut() {
                put(last, rest, value);
            }
        }
        [key, rest @ ..] => {
            if !target.is_object() {
                *target = Value::Object(Map::new());
            }
            if let Some(object) = target.as_object_mut() {
                put(object.entry((*key).to_owned()).or_insert(Value::Null), rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    async fn form(body: &str) -> Result<Form, Refusal> {
        let boundary = boundary(Some("multipart/form-data; boundary=X")).unwrap().unwrap();
        read(body.replace('\n', "\r\n").into(), boundary).await
    }

    #[tokio::test]
    async fn names_with_brackets_become_lists_and_objects() {
        let field = |name: &str, text: &str| {
            format!("--X\nContent-Disposition: form-data; name=\"{name}\"\n\n{text}\n")
        };
        let body = [
            field("name", "Kim"),
            field("emails[]", "a@example.com"),
            field("emails[]", "b@example.com"),
            field("tags", "one"),
            field("phones[][type]", "mobile"),
            field("phones[][value]", "1"),
            field("phones[][value]", "2"),
            field("archived[reason]", "x"),
            field("archived[archivedAt]", "12"),
            field("createdAt", "soon"),
        ]
        .concat();
        assert_eq!(
            Value::Object(form(&(body + "--X--\n")).await.unwrap().fields),
            json!({"name": "Kim", "emails": ["a@example.com", "b@example.com"], "tags": ["one"],
                "phones": [{"type": "mobile", "value": "1"}, {"value": "2"}],
                "archived": {"reason": "x", "archivedAt": 12}, "createdAt": "soon"})
        );
    }

    #[tokio::test]
    async fn files_keep_their_field_their_plain_name_and_their_bytes() {
        let body = "--X\nContent-Disposition: form-data; name=\"files[]\"; filename=\"..\\a/b.txt\"\n\
                    Content-Type: text/plain\n\nhello\n--X--\n";
        let upload = Upload { field: "files".into(), name: "b.txt".into(), bytes: b"hello".to_vec() };
        assert_eq!(form(body).await.unwrap().files, [upload]);
    }

    #[tokio::test]
    async fn a_form_that_breaks_off_is_refused() {
        let cut = form("--X\nContent-Disposition: form-data; name=\"name\"\n\nKi").await;
        assert_eq!(cut.unwrap_err().status, 400);
        assert!(boundary(Some("application/json")).is_none() && boundary(None).is_none());
        assert_eq!(boundary(Some("multipart/form-data")).unwrap().unwrap_err().status, 400);
    }
}
