//! A candidate's résumé: a file in, and out again as an attachment.
//!
//! A file does not fit into a server function's body, so it has a door of its own,
//! which answers as server functions do. What a name or a browser says of a file
//! is only a claim: the use case goes by the content.

use std::fmt::Write as _;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse as _, Response};
use domain::ids::CandidateId;
use domain::problem::{FieldProblem, Problem};
use domain::resume::{LARGEST_RESUME, ResumeRefused};
use multer::Multipart;
use tower_sessions::Session;
use usecases::resumes::ResumeFile;

use super::limits;
use super::session::actor_now;
use crate::router::Doors;

/// The form's field.
const FIELD: &str = "resume";

/// `POST /candidates/{id}/resume`: keeps the file of a form with files.
pub async fn upload(
    State(doors): State<Doors>,
    session: Session,
    Path(candidate): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let kept = keep(&doors, &session, &candidate, &headers, body).await;
    let page = match candidate.parse::<CandidateId>() {
        Ok(candidate) => format!("/candidates/{candidate}"),
        Err(_) => "/candidates".to_owned(),
    };
    app::ssr::answer_form(&headers, app::UPLOAD, &page, kept)
}

async fn keep(
    doors: &Doors,
    session: &Session,
    candidate: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<(), Problem> {
    let refused = |refused| Problem::field(FieldProblem::Resume(refused));
    let actor = actor_now(&doors.services, session).await.map_err(usecases::Error::into_problem)?;
    let actor = actor.ok_or(Problem::SignedOut)?;
    let candidate = candidate.parse().map_err(|_| Problem::NotFound)?;
    // Before anything is read: so many files at most are held at the same time.
    let Ok(_room) = doors.uploads.try_acquire() else { return Err(Problem::Busy) };
    let read = tokio::time::timeout(limits::UPLOAD_DEADLINE, file_of(headers, body)).await;
    let file = read.unwrap_or(Err(ResumeRefused::Broken)).map_err(refused)?;
    usecases::resumes::keep(&doors.services, &actor, candidate, &file.name, &file.content)
        .await
        .map_err(usecases::Error::into_problem)?
        .map_err(refused)
}

/// What was sent, and what the sender calls it.
struct Sent {
    name: String,
    content: Vec<u8>,
}

/// The file of the form. One that is too large is read to its end and thrown
/// away, since a browser shows an answer only once all is sent.
async fn file_of(headers: &HeaderMap, body: Body) -> Result<Sent, ResumeRefused> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|_| ResumeRefused::Broken)?;
    let mut form = Multipart::new(body.into_data_stream(), boundary);
    while let Some(mut field) = form.next_field().await.map_err(|_| ResumeRefused::Broken)? {
        if field.name() != Some(FIELD) {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let mut content = Vec::new();
        let mut is_too_large = false;
        loop {
            match field.chunk().await {
                Ok(Some(chunk)) if content.len() + chunk.len() <= LARGEST_RESUME && !is_too_large => {
                    content.extend_from_slice(&chunk);
                }
                Ok(Some(_)) => {
                    is_too_large = true;
                    content = Vec::new();
                }
                Ok(None) if is_too_large => return Err(ResumeRefused::TooLarge),
                Ok(None) => return Ok(Sent { name, content }),
                // Larger even than what is read and thrown away.
                Err(_) if is_too_large => return Err(ResumeRefused::TooLarge),
                Err(_) => return Err(ResumeRefused::Broken),
            }
        }
    }
    Err(ResumeRefused::Missing)
}

/// `GET /candidates/{id}/resume`: the file, to be saved and never to be shown in
/// the browser. 401 for strangers.
pub async fn download(
    State(doors): State<Doors>,
    session: Session,
    Path(candidate): Path<String>,
) -> Response {
    match read(&doors, &session, &candidate).await {
        Ok(file) => {
            let kind = (CONTENT_TYPE, file.kind.media_type().to_owned());
            let name = (CONTENT_DISPOSITION, attachment(&file.name));
            ([kind, name], file.content).into_response()
        }
        Err(problem) => (app::ssr::status(&problem), format!("{}\n", problem.text())).into_response(),
    }
}

async fn read(doors: &Doors, session: &Session, candidate: &str) -> Result<ResumeFile, Problem> {
    let actor = actor_now(&doors.services, session).await.map_err(usecases::Error::into_problem)?;
    let actor = actor.ok_or(Problem::SignedOut)?;
    let candidate = candidate.parse().map_err(|_| Problem::NotFound)?;
    usecases::resumes::read(&doors.services, &actor, candidate).await.map_err(usecases::Error::into_problem)
}

/// `Content-Disposition` of a file to be saved under this name (RFC 6266), for
/// old programs in ASCII, for others as it is (RFC 8187).
fn attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_') { c } else { '_' })
        .collect();
    let mut header = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            header.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            let _written = write!(header, "%{byte:02X}");
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_say_more_than_a_name() {
        assert_eq!(
            attachment("Jo \"x\";é.pdf"),
            "attachment; filename=\"Jo _x___.pdf\"; filename*=UTF-8''Jo%20%22x%22%3B%C3%A9.pdf"
        );
        assert!(!attachment("a\r\nSet-Cookie: b").contains(['\r', '\n']));
    }
}
