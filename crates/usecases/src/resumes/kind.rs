//! What a file is, by its content: a name and what a browser says of it are only claims.

use domain::resume::ResumeKind;
use rawzip::ZipArchive;

/// What these bytes are, if they are a kind that is taken.
pub(super) fn kind_of(bytes: &[u8]) -> Option<ResumeKind> {
    // ISO 32000-2, 7.5.2: the header is the first line.
    if bytes.starts_with(b"%PDF-") {
        Some(ResumeKind::Pdf)
    } else if bytes.starts_with(b"PK\x03\x04") {
        is_word_document(bytes).then_some(ResumeKind::Docx)
    } else {
        let is_text =
            std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0') && !text.trim().is_empty());
        is_text.then_some(ResumeKind::Text)
    }
}

/// Whether an archive holds what makes it a Word document (ECMA-376, part 2). Only
/// the list of its files is read; nothing is unpacked.
fn is_word_document(bytes: &[u8]) -> bool {
    let Ok(archive) = ZipArchive::from_slice(bytes) else { return false };
    let mut entries = archive.entries();
    let mut wanted = vec![&b"[Content_Types].xml"[..], b"word/document.xml"];
    while let Ok(Some(entry)) = entries.next_entry() {
        wanted.retain(|part| entry.file_path().as_ref() != *part);
        if wanted.is_empty() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use rawzip::{CompressionMethod, ZipArchiveWriter};

    use super::*;

    /// An archive of files with these names.
    fn archive(names: &[&str]) -> Vec<u8> {
        let mut archive = ZipArchiveWriter::new(Vec::new());
        for name in names {
            let (mut entry, config) =
                archive.new_file(*name).compression_method(CompressionMethod::STORE).start().unwrap();
            let mut data = config.wrap(&mut entry);
            data.write_all(b"<xml/>").unwrap();
            let (_, descriptor) = data.finish().unwrap();
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap()
    }

    #[test]
    fn the_content_decides() {
        let docx = archive(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"]);
        assert_eq!(kind_of(&docx), Some(ResumeKind::Docx));
        assert_eq!(kind_of(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3"), Some(ResumeKind::Pdf));
        assert_eq!(kind_of("Jo Park\nÜber mich 😀".as_bytes()), Some(ResumeKind::Text));

        assert_eq!(kind_of(&archive(&["[Content_Types].xml", "xl/workbook.xml"])), None, "a spreadsheet");
        assert_eq!(kind_of(&archive(&["word/document.xml.exe"])), None, "an archive");
        assert_eq!(kind_of(&docx[..docx.len() / 2]), None, "half a document");
        assert_eq!(kind_of(b"PK\x03\x04 word/document.xml"), None, "an archive by its first bytes only");
        assert_eq!(kind_of(b"MZ\x90\0\x03"), None, "a program");
        assert_eq!(kind_of(b"\x89PNG\r\n\x1a\n\0\0"), None, "a picture");
        assert_eq!(kind_of(b"a\0b"), None);
        assert_eq!(kind_of(b"\xff\xfea\0b\0"), None, "text in UTF-16");
        assert_eq!(kind_of(b" \n"), None);
    }
}
