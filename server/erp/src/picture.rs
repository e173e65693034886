//! Pictures: base64 inside JSON, decoded while it streams, so that a picture never lies in memory as a whole.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use futures::StreamExt;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use uuid::Uuid;
use vitrina::ids::{GroupId, PictureId};

use crate::{
    Instance,
    api::Request,
    error::{Fault, PictureError},
    gate::Priority,
    odata::query::{Condition, Query, sets},
};

/// Whose picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureOf {
    /// A picture of a product, by its own record.
    Product(PictureId),
    /// The picture of a group.
    Group(GroupId),
}

/// The largest picture taken, decoded.
const MOST: u64 = 16 * 1024 * 1024;
/// A whole picture, streamed.
const TIME: Duration = Duration::from_mins(1);

const PICTURE: &str = "Picture";

/// One of each question of this file, for a picture that there is not.
pub(crate) fn picture_questions() -> Vec<Query> {
    [sets::PICTURES, sets::GROUPS]
        .into_iter()
        .map(|set| Query::list(set, PICTURE).only(Condition::id(Uuid::nil())))
        .collect()
}

impl Instance {
    /// Writes the picture's file into `into` and tells its size. The bytes are hostile: sniff and re-encode them.
    pub async fn picture(
        &self,
        of: PictureOf,
        into: &mut (dyn AsyncWrite + Unpin + Send),
    ) -> Result<u64, PictureError> {
        let query = match of {
            PictureOf::Product(id) => Query::one(sets::PICTURES, id.0, PICTURE),
            PictureOf::Group(id) => Query::one(sets::GROUPS, id.0, PICTURE),
        };
        let api = &self.inner.api;
        let root = api.root().await?;
        let mut unit = api
            .gate()
            .call(Priority::Mirror, None)
            .await
            .map_err(Fault::from)?;
        let what = query.set.0;
        let mut request = Request::get(what, query.address(&root));
        request.time = TIME;
        let chunks = match api.stream(&mut unit, &request).await {
            Ok(chunks) => chunks,
            Err(Fault::Missing { .. }) => return Err(PictureError::NotFound),
            Err(fault) => return Err(fault.into()),
        };
        let mut chunks = std::pin::pin!(chunks);
        let mut reader = Reader::default();
        let mut decoded = Vec::new();
        let mut written = 0u64;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| Fault::Http { what, error })?;
            // Chunks of the transport are small, but nobody promises that.
            for piece in chunk.chunks(64 * 1024) {
                decoded.clear();
                reader
                    .feed(piece, &mut decoded)
                    .map_err(|why| Fault::Unreadable { what, why })?;
                written += decoded.len() as u64;
                if written > MOST {
                    return Err(PictureError::TooLarge(MOST));
                }
                into.write_all(&decoded)
                    .await
                    .map_err(PictureError::Write)?;
            }
        }
        decoded.clear();
        reader
            .end(&mut decoded)
            .map_err(|why| Fault::Unreadable { what, why })?;
        into.write_all(&decoded)
            .await
            .map_err(PictureError::Write)?;
        into.flush().await.map_err(PictureError::Write)?;
        written += decoded.len() as u64;
        if written == 0 {
            return Err(PictureError::NotFound);
        }
        Ok(written)
    }
}

/// Finds the member `Picture` of the outermost object and decodes its text, byte by byte.
#[derive(Default)]
struct Reader {
    depth: u32,
    place: Place,
    /// The last text at depth one, while it may be a member's name.
    name: Vec<u8>,
    escape: Escape,
    /// Base64 digits not yet decoded; fewer than four between two calls.
    digits: Vec<u8>,
    padded: bool,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Outside,
    Text,
    /// Inside the text we are after.
    Picture,
    Done,
}

#[derive(Default, Clone, Copy)]
enum Escape {
    #[default]
    None,
    Backslash,
    /// `\u` with so many digits read, and their value.
    Unicode(u8, u32),
}

impl Reader {
    fn feed(&mut self, bytes: &[u8], into: &mut Vec<u8>) -> Result<(), &'static str> {
        for &byte in bytes {
            match self.place {
                Place::Done => {}
                Place::Outside => self.outside(byte),
                Place::Text | Place::Picture => {
                    if let Some(byte) = self.unescape(byte)? {
                        match (self.place, byte) {
                            (Place::Text, Text::End) => self.place = Place::Outside,
                            (Place::Text, Text::Byte(byte)) => {
                                // Names longer than ours need not be told apart.
                                if self.depth == 1 && self.name.len() < 16 {
                                    self.name.push(byte);
                                }
                            }
                            (_, Text::End) => self.place = Place::Done,
                            (_, Text::Byte(byte)) => self.digit(byte)?,
                        }
                    }
                }
            }
        }
        self.decode(into)
    }

    fn outside(&mut self, byte: u8) {
        match byte {
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b',' => self.name.clear(),
            b'"' if self.depth == 1 && self.name == b"Picture:" => self.place = Place::Picture,
            b'"' => {
                self.name.clear();
                self.place = Place::Text;
            }
            // The colon turns a text into a name.
            b':' if self.depth == 1 => self.name.push(b':'),
            _ => {}
        }
    }

    fn unescape(&mut self, byte: u8) -> Result<Option<Text>, &'static str> {
        match (self.escape, byte) {
            (Escape::None, b'"') => Ok(Some(Text::End)),
            (Escape::None, b'\\') => {
                self.escape = Escape::Backslash;
                Ok(None)
            }
            (Escape::None, byte) => Ok(Some(Text::Byte(byte))),
            (Escape::Backslash, b'u') => {
                self.escape = Escape::Unicode(0, 0);
                Ok(None)
            }
            (Escape::Backslash, byte) => {
                self.escape = Escape::None;
                Ok(Some(Text::Byte(byte)))
            }
            (Escape::Unicode(read, value), byte) => {
                let digit = char::from(byte).to_digit(16).ok_or("a broken escape")?;
                let value = value * 16 + digit;
                if read < 3 {
                    self.escape = Escape::Unicode(read + 1, value);
                    return Ok(None);
                }
                self.escape = Escape::None;
                // Base64 is ASCII; anything else is refused by the decoder as this byte.
                Ok(Some(Text::Byte(u8::try_from(value).unwrap_or(0))))
            }
        }
    }

    fn digit(&mut self, byte: u8) -> Result<(), &'static str> {
        // The URL-safe alphabet is accepted too (domain-api.md §7), and line breaks are skipped.
        let byte = match byte {
            b'\r' | b'\n' => return Ok(()),
            b'-' => b'+',
            b'_' => b'/',
            byte => byte,
        };
        if byte == b'=' {
            self.padded = true;
        } else if self.padded {
            return Err("base64 after its end");
        }
        self.digits.push(byte);
        Ok(())
    }

    fn decode(&mut self, into: &mut Vec<u8>) -> Result<(), &'static str> {
        let whole = self.digits.len() / 4 * 4;
        let digits: Vec<u8> = self.digits.drain(..whole).collect();
        STANDARD.decode_vec(digits, into).map_err(|_| "no base64")
    }

    fn end(mut self, into: &mut Vec<u8>) -> Result<(), &'static str> {
        if self.place == Place::Picture || self.place == Place::Text {
            return Err("the picture broke off");
        }
        // Padding may be left out.
        while !self.digits.is_empty() && !self.digits.len().is_multiple_of(4) {
            self.digits.push(b'=');
        }
        self.decode(into)
    }
}

#[derive(Clone, Copy)]
enum Text {
    Byte(u8),
    End,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str, piece: usize) -> Result<Vec<u8>, &'static str> {
        let mut reader = Reader::default();
        let mut decoded = Vec::new();
        for piece in json.as_bytes().chunks(piece) {
            reader.feed(piece, &mut decoded)?;
        }
        reader.end(&mut decoded)?;
        Ok(decoded)
    }

    #[test]
    fn the_picture_is_found_and_decoded_in_pieces_of_any_size() {
        let bytes: Vec<u8> = (0..=255).collect();
        let plain = STANDARD.encode(&bytes);
        let odd = plain.replace('/', "\\/").replace('+', "\\u002B");
        for text in [
            plain.clone(),
            odd,
            plain.replace('+', "-").replace('/', "_"),
            plain.trim_end_matches('=').to_owned(),
        ] {
            let json = format!(
                r#"{{"@odata.context":"a\"b","Other":{{"Picture":"AAAA"}},"List":["Picture"],"Name":"Picture","Picture" : "{text}","After":"Picture"}}"#
            );
            for piece in [1, 2, 3, 5, 64, 10_000] {
                assert_eq!(
                    read(&json, piece).unwrap(),
                    bytes,
                    "{piece} bytes at a time"
                );
            }
        }
    }

    #[test]
    fn what_is_no_picture_gives_nothing_or_a_reason() {
        for (json, outcome) in [
            (r#"{"Picture":null}"#, Ok(0)),
            (r#"{"Picture":null,"X":"AAAA"}"#, Ok(0)),
            (r#"{"X":"AAAA"}"#, Ok(0)),
            ("", Ok(0)),
            ("<html>", Ok(0)),
            (r#"{"Picture":"AAA"#, Err("the picture broke off")),
            (r#"{"Picture":"AA*A"}"#, Err("no base64")),
            (r#"{"Picture":"AA==AAAA"}"#, Err("base64 after its end")),
            (r#"{"Picture":"\uZZZZ"}"#, Err("a broken escape")),
        ] {
            assert_eq!(read(json, 3).map(|bytes| bytes.len()), outcome, "{json}");
        }
    }
}
