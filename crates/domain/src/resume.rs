//! A candidate's résumé: which files are taken, and how one stands in Lever.

use serde::{Deserialize, Serialize};

/// The largest file kept, in bytes: 30 MB. Lever takes uploads of 30 MiB, the form
/// around the file included (Lever documentation, Files).
pub const LARGEST_RESUME: usize = 30_000_000;

/// Longest file name kept, in characters, the ending included.
pub const LONGEST_FILE_NAME: usize = 120;

/// What a résumé is, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResumeKind {
    /// PDF (ISO 32000).
    Pdf,
    /// A Word document (ECMA-376).
    Docx,
    /// Plain text in UTF-8.
    Text,
}

impl ResumeKind {
    const ALL: [Self; 3] = [Self::Pdf, Self::Docx, Self::Text];

    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Text => "txt",
        }
    }

    /// Reads [`ResumeKind::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The ending of a file's name, with its dot.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Pdf => ".pdf",
            Self::Docx => ".docx",
            Self::Text => ".txt",
        }
    }

    /// The media type (IANA).
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// The words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Docx => "Word document",
            Self::Text => "Text",
        }
    }
}

/// Why a file was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResumeRefused {
    /// No file was chosen.
    Missing,
    /// There is nothing in it.
    Empty,
    /// It is larger than [`LARGEST_RESUME`].
    TooLarge,
    /// It is none of the kinds of [`ResumeKind`].
    OtherKind,
    /// It did not arrive whole.
    Broken,
}

impl ResumeRefused {
    /// The sentence beside the field.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Missing => "Choose a file first.",
            Self::Empty => "This file is empty.",
            Self::TooLarge => "This file is too large. A résumé has at most 30 MB.",
            Self::OtherKind => {
                "This is no PDF, Word document (.docx) or plain text. Save it as one of them first."
            }
            Self::Broken => "The file did not arrive whole. Try again.",
        }
    }
}

/// How a résumé stands in Lever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attachment {
    /// A job will upload it.
    Pending,
    /// It may be on its way.
    Sending,
    /// It is in Lever.
    Attached,
    /// It was removed here before it was uploaded.
    Removed,
    /// The key may not upload files.
    Forbidden,
    /// Lever did not take it.
    Refused,
    /// No Lever user to upload it for.
    NobodyToCredit,
    /// The import linked to an opportunity that was in Lever.
    Linked,
    /// Its end is not known, and cannot be looked up.
    NotCertain,
    /// Lever kept failing.
    KeptFailing,
}

impl Attachment {
    const ALL: [Self; 10] = [
        Self::Pending,
        Self::Sending,
        Self::Attached,
        Self::Removed,
        Self::Forbidden,
        Self::Refused,
        Self::NobodyToCredit,
        Self::Linked,
        Self::NotCertain,
        Self::KeptFailing,
    ];

    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Attached => "attached",
            Self::Removed => "removed",
            Self::Forbidden => "forbidden",
            Self::Refused => "refused",
            Self::NobodyToCredit => "nobody_to_credit",
            Self::Linked => "linked",
            Self::NotCertain => "not_certain",
            Self::KeptFailing => "kept_failing",
        }
    }

    /// Reads [`Attachment::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attachment| attachment.code() == code)
    }

    /// The words on the candidate's page.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Pending | Self::Sending => "Being attached",
            Self::Attached => "Attached",
            Self::Removed => "Not attached: it was removed here before it was uploaded",
            Self::Forbidden => "Not attached: the API key may not upload files",
            Self::Refused => "Not attached: Lever did not take the file",
            Self::NobodyToCredit => "Not attached: there is no Lever user to upload it for",
            Self::Linked => "Not attached: linking to an opportunity uploads no files",
            Self::NotCertain => {
                "Perhaps attached: it could not be seen whether it arrived, and it is not uploaded again"
            }
            Self::KeptFailing => "Not attached: Lever kept failing",
        }
    }
}

/// The name under which a file is kept: without folders, control characters and
/// marks that turn the direction of writing, not too long, and with the ending
/// that belongs to its content, whatever it was called before.
#[must_use]
pub fn file_name(given: &str, kind: ResumeKind) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !crate::text::is_invisible(*c)).collect();
    let clean = clean.trim().trim_start_matches('.');
    let ending = kind.ending();
    let has_ending = clean
        .len()
        .checked_sub(ending.len())
        .and_then(|at| clean.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case(ending));
    let stem = if has_ending { &clean[..clean.len() - ending.len()] } else { clean };
    let stem: String = stem.trim().chars().take(LONGEST_FILE_NAME - ending.len()).collect();
    let stem = if stem.is_empty() { "resume" } else { stem.as_str() };
    format!("{stem}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_what_is_harmless_and_ends_as_its_content_demands() {
        for (given, kind, kept) in [
            ("Jo Park CV.PDF", ResumeKind::Pdf, "Jo Park CV.pdf"),
            ("C:\\people\\../jo.docx", ResumeKind::Docx, "jo.docx"),
            ("page.html", ResumeKind::Text, "page.html.txt"),
            ("cv\u{202e}fdp.exe", ResumeKind::Pdf, "cvfdp.exe.pdf"),
            ("a\r\nb\0.txt", ResumeKind::Text, "ab.txt"),
            ("履歴書", ResumeKind::Pdf, "履歴書.pdf"),
            ("é", ResumeKind::Docx, "é.docx"),
            (".pdf", ResumeKind::Pdf, "pdf.pdf"),
            ("", ResumeKind::Text, "resume.txt"),
        ] {
            assert_eq!(file_name(given, kind), kept, "{given:?}");
        }
        let long = file_name(&"😀".repeat(5_000), ResumeKind::Docx);
        assert_eq!(long.chars().count(), LONGEST_FILE_NAME);
        assert!(long.ends_with(".docx"));
    }

    #[test]
    fn codes_read_back() {
        for kind in ResumeKind::ALL {
            assert_eq!(ResumeKind::from_code(kind.code()), Some(kind));
        }
        for attachment in Attachment::ALL {
            assert_eq!(Attachment::from_code(attachment.code()), Some(attachment));
        }
    }
}
