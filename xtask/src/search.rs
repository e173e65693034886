//! Looks for words in finished files: what must never reach a browser.

use std::fs;
use std::path::{Path, PathBuf};

/// Names that belong to the server. Where one of them stands in what is sent to the browser, code has crossed over.
pub(crate) const SERVER_WORDS: &[&str] = &[
    "client_secret",
    "client_credentials",
    "VITRINA_CLIENT_SECRET",
    "code_verifier",
    "api/domain/odata",
    "openidconnect",
    "tower_sessions",
];

/// Every place below `folder` where one of `words` stands, as `file: word`.
///
/// # Errors
///
/// In words, when a file cannot be read or there is none: a search of nothing proves nothing.
pub(crate) fn findings(folder: &Path, words: &[&str]) -> Result<Vec<String>, String> {
    let mut files = Vec::new();
    collect(folder, &mut files).map_err(|error| format!("{}: {error}", folder.display()))?;
    if files.is_empty() {
        return Err(format!("{} holds no files to search", folder.display()));
    }
    let mut found = Vec::new();
    for file in files {
        let bytes = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let hits = words
            .iter()
            .filter(|word| contains(&bytes, word.as_bytes()));
        found.extend(hits.map(|word| format!("{}: {word}", file.display())));
    }
    Ok(found)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_the_middle_of_bytes_that_are_no_text() {
        assert!(contains(b"\0\xff..client_secret\xfe", b"client_secret"));
        assert!(!contains(b"client-secret client_secre", b"client_secret"));
        assert!(!contains(b"", b"x"));
    }

    #[test]
    fn a_folder_is_searched_to_its_bottom_and_an_empty_one_is_an_error() {
        let folder = std::env::temp_dir().join(format!("xtask-search-{}", std::process::id()));
        let deep = folder.join("a/b");
        fs::create_dir_all(&deep).unwrap();
        assert!(findings(&folder, &["secret"]).is_err());
        fs::write(deep.join("page.html"), "the secret is out").unwrap();
        fs::write(folder.join("fine.html"), "nothing here").unwrap();
        let found = findings(&folder, &["secret", "token"]).unwrap();
        assert_eq!(
            found,
            [format!("{}: secret", deep.join("page.html").display())]
        );
        fs::remove_dir_all(&folder).unwrap();
    }
}
