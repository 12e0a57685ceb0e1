//! Files of an opportunity: what was uploaded, and resumes.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{State, act::Act, problem::Problem};

/// Endings of files that Lever takes (Lever documentation, Create an opportunity).
const TAKEN: [&str; 7] = ["docx", "doc", "js", "jpg", "png", "pdf", "txt"];

/// How far Lever has come with a file (Lever documentation, Files).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Processed,
    /// Of a kind that is only kept.
    Unsupported,
    /// It could not be read: here, an empty file.
    Error,
}

/// A file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredFile {
    pub(crate) id: String,
    pub(crate) opportunity: String,
    /// A resume, or any other file.
    pub(crate) resume: bool,
    pub(crate) name: String,
    pub(crate) status: Status,
    pub(crate) size: usize,
    pub(crate) uploaded_at: i64,
    /// Its bytes, in base64 because the account is saved as JSON.
    content: String,
    /// What parsing a resume found; `None` when it was not asked for.
    pub(crate) parsed: Option<Parsed>,
}

/// What a resume says of the person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parsed {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
}

impl StoredFile {
    /// The file's bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        // Written by `add_file` alone; what cannot be decoded is damage of the
        // account's file and shows as an empty file.
        BASE64_STANDARD.decode(&self.content).unwrap_or_default()
    }

    /// The ending of the name, in lower case and without the dot.
    fn ending(&self) -> String {
        match self.name.rsplit_once('.') {
            Some((_, ending)) => ending.to_lowercase(),
            None => String::new(),
        }
    }

    /// The media type a browser is told.
    pub(crate) fn media_type(&self) -> &'static str {
        match self.ending().as_str() {
            "pdf" => "application/pdf",
            "png" => "image/png",
            "jpg" | "jpeg" => "image/jpeg",
            "txt" => "text/plain; charset=utf-8",
            "doc" => "application/msword",
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            _ => "application/octet-stream",
        }
    }

    /// The attributes Lever documents for a file, or for a resume and its file. A
    /// file's ending has a dot, a resume's has none.
    pub(crate) fn to_json(&self, app_url: &str) -> Value {
        let kind = if self.resume { "resumes" } else { "files" };
        let url = format!("{app_url}/candidates/{}/{kind}/{}/download", self.opportunity, self.id);
        if !self.resume {
            return json!({
                "id": self.id,
                "downloadUrl": url,
                "ext": format!(".{}", self.ending()),
                "name": self.name,
                "uploadedAt": self.uploaded_at,
                "status": self.status,
                "size": self.size,
            });
        }
        let mut resume = json!({
            "id": self.id,
            "createdAt": self.uploaded_at,
            "file": {
                "name": self.name,
                "ext": self.ending(),
                "downloadUrl": url,
                "uploadedAt": self.uploaded_at,
                "status": self.status,
                "size": self.size,
            },
        });
        if let Some(parsed) = &self.parsed {
            resume["parsedData"] = json!({
                "name": parsed.name,
                "email": parsed.email,
                "phone": parsed.phone,
                "positions": [],
                "schools": [],
            });
        }
        resume
    }
}

/// Reads a resume as far as the practice Lever can: a text file's first line is
/// the name, the first word with an `@` the address, the first run of seven or
/// more digits the number. Other kinds are kept and not read.
pub(crate) fn parse(name: &str, bytes: &[u8]) -> Parsed {
    if !name.to_lowercase().ends_with(".txt") {
        return Parsed::default();
    }
    let text = String::from_utf8_lossy(bytes);
    let words = || text.split_whitespace().map(|word| word.trim_matches([',', ';', '<', '>', '(', ')']));
    let is_number = |line: &&str| {
        line.bytes().filter(u8::is_ascii_digit).count() >= 7
            && line.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c))
    };
    Parsed {
        name: text.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned),
        email: words().find(|word| word.contains('@')).map(str::to_owned),
        phone: text.lines().map(str::trim).find(is_number).map(str::to_owned),
    }
}

impl State {
    /// Keeps a file with an opportunity; returns its id.
    pub(crate) fn add_file(
        &mut self,
        opportunity: &str,
        name: &str,
        bytes: &[u8],
        resume: bool,
        parsed: Option<Parsed>,
        act: &Act<'_>,
    ) -> Result<String, Problem> {
        if !self.opportunities.has(opportunity) {
            return Err(Problem::missing("opportunities", opportunity));
        }
        let id = self.new_id();
        let mut file = StoredFile {
            id: id.clone(),
            opportunity: opportunity.to_owned(),
            resume,
            name: name.to_owned(),
            status: Status::Processed,
            size: bytes.len(),
            uploaded_at: act.at,
            content: BASE64_STANDARD.encode(bytes),
            parsed,
        };
        if bytes.is_empty() {
            file.status = Status::Error;
        } else if !TAKEN.contains(&file.ending().as_str()) {
            file.status = Status::Unsupported;
        }
        self.files.insert(&id, file);
        Ok(id)
    }

    /// The files, or the resumes, of an opportunity.
    pub(crate) fn files_of<'a>(
        &'a self,
        opportunity: &'a str,
        resumes: bool,
    ) -> impl Iterator<Item = &'a StoredFile> {
        self.files.values().filter(move |file| file.opportunity == opportunity && file.resume == resumes)
    }

    /// Forgets every file of an opportunity.
    pub(crate) fn remove_files_of(&mut self, opportunity: &str) {
        let ids: Vec<String> = self
            .files
            .values()
            .filter(|file| file.opportunity == opportunity)
            .map(|file| file.id.clone())
            .collect();
        for id in ids {
            self.files.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_resume_is_read_and_a_picture_is_not() {
        let text = b"Rosa Parse\nEngineer, <rosa@example.com>\n+1 555 010 9999\n";
        assert_eq!(
            parse("CV.TXT", text),
            Parsed {
                name: Some("Rosa Parse".into()),
                email: Some("rosa@example.com".into()),
                phone: Some("+1 555 010 9999".into()),
            }
        );
        assert_eq!(parse("cv.png", text), Parsed::default());
    }
}
