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

/// The client secret in the environment of the builds that are searched, and its variable: code that takes up what it is compiled
/// beside (`option_env!`, a build script) would carry it out (Z2). What the running shop is told, the browser tests look for.
pub(crate) const SECRET_AT_BUILD: (&str, &str) =
    ("VITRINA_CLIENT_SECRET", "Built+not/to=be~shown&5e");

/// The same as it may be written: in HTML, in an address, in base64 wherever it begins there, and as its SHA-256.
pub(crate) const SECRET_AS_WRITTEN: &[&str] = &[
    SECRET_AT_BUILD.1,
    "Built+not/to=be~shown&amp;5e",
    "Built%2Bnot%2Fto%3Dbe~shown%265e",
    "Built%2Bnot%2Fto%3Dbe%7Eshown%265e",
    "QnVpbHQrbm90L3RvPWJlfnNob3duJjVl",
    "J1aWx0K25vdC90bz1iZX5zaG93biY1Z",
    "CdWlsdCtub3QvdG89YmV+c2hvd24mNW",
    "CdWlsdCtub3QvdG89YmV-c2hvd24mNW",
    "/5+v88mcHrFdHASwPH+YNKJeaB35qx21G6GmHivDneI",
    "_5-v88mcHrFdHASwPH-YNKJeaB35qx21G6GmHivDneI",
    "ff9faff3c99c1eb15d1c04b03c7f9834a25e681df9ab1db51ba1a61e2bc39de2",
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

    fn base64(bytes: &[u8]) -> String {
        const LETTERS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        bytes
            .chunks(3)
            .flat_map(|chunk| {
                let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
                let all = byte(0) << 16 | byte(1) << 8 | byte(2);
                (0..=chunk.len()).map(move |at| LETTERS[(all >> (18 - 6 * at) & 63) as usize])
            })
            .map(char::from)
            .collect()
    }

    #[test]
    fn z2_a_secret_is_found_however_it_is_written() {
        let (_, secret) = SECRET_AT_BUILD;
        let hash = *SECRET_AS_WRITTEN.last().unwrap();
        let hash: Vec<u8> = (0..hash.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hash[at..at + 2], 16).unwrap())
            .collect();
        let mut ways = vec![
            format!("const secret = \"{secret}\";"),
            format!("<p>{}</p>", secret.replace('&', "&amp;")),
            "?secret=Built%2Bnot%2Fto%3Dbe~shown%265e&more".to_owned(),
            (*SECRET_AS_WRITTEN.last().unwrap()).to_owned(),
        ];
        let mut in_base64 = vec![base64(&hash)];
        for before in ["", "a", "ab", "an id:"] {
            in_base64.push(base64(format!("{before}{secret} and more").as_bytes()));
        }
        let in_addresses = in_base64
            .iter()
            .map(|way| way.replace('+', "-").replace('/', "_"));
        ways.extend(in_addresses.collect::<Vec<_>>());
        ways.extend(in_base64);
        for way in ways {
            let is_found = SECRET_AS_WRITTEN
                .iter()
                .any(|form| contains(way.as_bytes(), form.as_bytes()));
            assert!(is_found, "{way}");
        }
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
