//! Files of an opportunity (Lever documentation, Files). A resume in Lever's own sense comes only
//! with the creation of an opportunity; afterwards a file is the way to add one.

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use serde::Deserialize;

use crate::{Client, Error, client::Request, lenient::or_default, page::PAGE_SIZE};

/// A file that Lever has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// The id.
    pub id: String,
    /// Its name, with the ending.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// Its size in bytes, where Lever says.
    #[serde(default)]
    pub size: Option<u64>,
    /// When it was uploaded, in milliseconds since the epoch.
    #[serde(default)]
    pub uploaded_at: Option<i64>,
}

/// A file to upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its name, with an ending that Lever takes (doc, docx, jpg, js, pdf, png, txt).
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Client {
    /// All files of an opportunity, newest first; walks all pages.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`crate::ErrorKind::NotFound`] when there is no such opportunity.
    pub async fn files(&self, opportunity_id: &str) -> Result<Vec<File>, Error> {
        let path = ["opportunities", opportunity_id, "files"];
        self.all(Request::get("list files", &path).query("limit", PAGE_SIZE), usize::MAX).await
    }

    /// Uploads a file to an opportunity on behalf of the user `perform_as`, which Lever demands. An
    /// upload may take longer than other requests, hence a `deadline` of its own. Lever takes 30 MB a
    /// request.
    ///
    /// # Errors
    ///
    /// Any [`Error`]. Repeating it adds a second file unless [`Error::certainly_not_applied`].
    pub async fn upload_file(
        &self,
        opportunity_id: &str,
        file: NewFile,
        perform_as: &str,
        deadline: Duration,
    ) -> Result<File, Error> {
        const OPERATION: &str = "upload file";
        // It stands in a header of the form.
        if file.name.is_empty() || file.name.contains(char::is_control) {
            return Err(Error::invalid(OPERATION, "the file's name is empty or has control characters"));
        }
        let part = Part::bytes(file.bytes)
            .file_name(file.name)
            .mime_str(&file.media_type)
            .map_err(|_| Error::invalid(OPERATION, "the media type is none"))?;
        let request = Request::post_form(OPERATION, &["opportunities", opportunity_id, "files"])
            .query("perform_as", perform_as);
        self.one_of_form(request, Form::new().part("file", part), deadline).await
    }
}
