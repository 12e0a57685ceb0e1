//! The style sheets: one minified file out of `style/main.css` and what it imports.

use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};

/// Follows every `@import` and minifies. Nothing is rewritten for old browsers:
/// layers, nesting and custom properties reach the browser as they are written.
///
/// # Errors
/// A sentence with file and line when a style sheet is missing or not valid CSS.
pub(super) fn bundle(main: &Path) -> Result<String> {
    let provider = FileProvider::new();
    let mut bundler = Bundler::new(&provider, None, ParserOptions::default());
    let mut style = bundler
        .bundle(main)
        .map_err(|error| anyhow!("The style sheets of {} could not be read: {error}", main.display()))?;
    style
        .minify(MinifyOptions::default())
        .map_err(|error| anyhow!("The style sheets could not be minified: {error}"))?;
    let printed = style
        .to_css(PrinterOptions { minify: true, ..PrinterOptions::default() })
        .map_err(|error| anyhow!("The style sheet could not be written: {error}"))?;
    Ok(printed.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn imports_become_one_file_in_their_layers() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("ui")).unwrap();
        fs::write(
            folder.path().join("main.css"),
            "@layer tokens, ui;\n@import \"tokens.css\" layer(tokens);\n@import \"ui/button.css\" layer(ui);\n",
        )
        .unwrap();
        fs::write(folder.path().join("tokens.css"), ":root { --gap : 4px; }").unwrap();
        fs::write(
            folder.path().join("ui/button.css"),
            "button { padding: var( --gap ); & svg { color: light-dark(#000000, #ffffff); } }",
        )
        .unwrap();
        assert_eq!(
            bundle(&folder.path().join("main.css")).unwrap(),
            "@layer tokens{:root{--gap:4px}}@layer ui{button{padding:var(--gap);\
             & svg{color:light-dark(#000,#fff)}}}"
        );
    }

    #[test]
    fn a_mistake_is_told_with_its_file_and_line() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("main.css");
        fs::write(&main, "a { color: red; }\nb { color: red }}\n").unwrap();
        let error = bundle(&main).unwrap_err().to_string();
        assert!(error.contains("main.css:2"), "{error}");
    }

    #[test]
    fn a_missing_import_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("main.css");
        fs::write(&main, "@import \"gone.css\";").unwrap();
        let error = bundle(&main).unwrap_err().to_string();
        assert!(error.contains("main.css"), "{error}");
    }
}
