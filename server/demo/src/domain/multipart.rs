//! The parts of a batch request: `multipart/mixed` around `application/http`.

use axum::http::Method;

use super::fault::Fault;

/// One request of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Part {
    /// `Content-ID`, by which later parts name what this one creates.
    pub(super) id: Option<String>,
    pub(super) method: Method,
    /// Path and options, relative to the service root.
    pub(super) target: String,
    pub(super) body: String,
}

/// A request by itself, or a group of writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    One(Part),
    ChangeSet(Vec<Part>),
}

fn wrong(why: &str) -> Fault {
    // Unverified: how a batch that cannot be read is refused.
    Fault::Operation(format!("The batch cannot be read: {why}."))
}

/// Reads the body of a batch. Unverified: lines may end without a carriage return, as in the documents' samples.
pub(super) fn parse(body: &[u8], boundary: &str) -> Result<Vec<Item>, Fault> {
    let text = std::str::from_utf8(body)
        .map_err(|_| wrong("it is not UTF-8"))?
        .replace("\r\n", "\n");
    sections(&text, boundary)?
        .into_iter()
        .map(|section| {
            let (headers, content) = head(section);
            let kind = value(&headers, "content-type").unwrap_or_default();
            if kind.starts_with("multipart/mixed") {
                let inner = kind
                    .split(';')
                    .find_map(|part| part.trim().strip_prefix("boundary="))
                    .ok_or_else(|| wrong("a changeset has no boundary"))?;
                let parts =
                    sections(content, inner.trim_matches('"'))?
                        .into_iter()
                        .map(|section| {
                            let (headers, content) = head(section);
                            request(&headers, content)
                        });
                return parts.collect::<Result<_, _>>().map(Item::ChangeSet);
            }
            request(&headers, content).map(Item::One)
        })
        .collect()
}

/// What stands between the lines of a boundary; the last must be its end.
fn sections<'a>(text: &'a str, boundary: &str) -> Result<Vec<&'a str>, Fault> {
    let (open, close) = (format!("--{boundary}"), format!("--{boundary}--"));
    let mut found = Vec::new();
    let (mut start, mut at) = (None, 0);
    for line in text.split_inclusive('\n') {
        let mark = line.trim_end();
        let next = at + line.len();
        if mark == open || mark == close {
            if let Some(start) = start {
                found.push(text.get(start..at).unwrap_or_default());
            }
            if mark == close {
                return Ok(found);
            }
            start = Some(next);
        }
        at = next;
    }
    Err(wrong("its boundary does not end"))
}

/// Headers with names in lower case, and what follows the empty line.
fn head(section: &str) -> (Vec<(String, &str)>, &str) {
    let (head, content) = section.split_once("\n\n").unwrap_or((section, ""));
    let headers = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()));
    (headers.collect(), content)
}

fn value<'a>(headers: &[(String, &'a str)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| *value)
}

/// `METHOD target HTTP/1.1`, headers, an empty line, the body.
fn request(headers: &[(String, &str)], content: &str) -> Result<Part, Fault> {
    if value(headers, "content-type") != Some("application/http") {
        return Err(wrong("a part is not application/http"));
    }
    let (line, rest) = content.split_once('\n').unwrap_or((content, ""));
    let words: Vec<&str> = line.split(' ').collect();
    let [method, target, "HTTP/1.1"] = words.as_slice() else {
        return Err(wrong("a part does not begin with a request"));
    };
    let method = method
        .parse::<Method>()
        .map_err(|_| wrong("a part has no method"))?;
    // The empty line stands right below the request where it has no headers of its own.
    let body = rest
        .strip_prefix('\n')
        .or_else(|| rest.split_once("\n\n").map(|(_, body)| body))
        .unwrap_or_default();
    Ok(Part {
        id: value(headers, "content-id").map(str::to_owned),
        method,
        target: (*target).to_owned(),
        body: body.trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BATCH: &str = "--b\r\nContent-Type: application/http\r\n\r\nGET Set?$top=1 HTTP/1.1\r\nAccept: */*\r\n\r\n\r\n\
        --b\r\nContent-Type: multipart/mixed; boundary=\"c\"\r\n\r\n\
        --c\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\nPOST Set HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{\"A\":\r\n1}\r\n\
        --c\r\nContent-Type: application/http\r\n\r\nDELETE $1 HTTP/1.1\r\n\r\n\r\n--c--\r\n--b--\r\n";

    #[test]
    fn parts_and_changesets_are_told_apart() {
        let part = |id: Option<&str>, method, target: &str, body: &str| Part {
            id: id.map(str::to_owned),
            method,
            target: target.to_owned(),
            body: body.to_owned(),
        };
        assert_eq!(
            parse(BATCH.as_bytes(), "b"),
            Ok(vec![
                Item::One(part(None, Method::GET, "Set?$top=1", "")),
                Item::ChangeSet(vec![
                    part(Some("1"), Method::POST, "Set", "{\"A\":\n1}"),
                    part(None, Method::DELETE, "$1", ""),
                ]),
            ])
        );
        assert_eq!(
            parse(BATCH.replace("\r\n", "\n").as_bytes(), "b").map(|items| items.len()),
            Ok(2)
        );
    }

    #[test]
    fn what_is_no_batch_is_refused() {
        for (text, boundary) in [
            (BATCH.to_owned(), "x"),
            (BATCH.replace("--b--", ""), "b"),
            (BATCH.replace("--c--", ""), "b"),
            (BATCH.replace("application/http", "application/json"), "b"),
            (BATCH.replace(" HTTP/1.1", ""), "b"),
        ] {
            assert!(parse(text.as_bytes(), boundary).is_err());
        }
        assert!(parse(b"--b\r\n\xff\r\n--b--", "b").is_err());
    }
}
