//! Answers no client wants: dripping, cut, huge, malformed, of another kind.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, BoxStream, StreamExt};
use tokio_util::sync::CancellationToken;

use super::Malformed;
use crate::clock::Clock;

const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// What stays taken until the last byte is out.
pub(crate) type Held = Box<dyn Send>;

/// Pauses before each drop, until the fault is cleared.
pub(crate) struct Pace {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) pause: Duration,
    pub(crate) cleared: CancellationToken,
}

impl Pace {
    /// One pause.
    pub(crate) async fn wait(&self) {
        tokio::select! {
            () = self.clock.sleep(self.pause) => {}
            () = self.cleared.cancelled() => {}
        }
    }
}

type Chunks = BoxStream<'static, Result<Bytes, axum::Error>>;

/// The same answer in drops of so many bytes; `held` is let go before the last one.
pub(crate) fn drip(response: Response, size: usize, pace: Pace, held: Held) -> Response {
    struct Tap {
        chunks: Chunks,
        rest: Bytes,
        held: Option<Held>,
    }
    response.map(|body| {
        let tap = Tap {
            chunks: body.into_data_stream().boxed(),
            rest: Bytes::new(),
            held: Some(held),
        };
        let pace = Arc::new(pace);
        Body::from_stream(stream::try_unfold(tap, move |mut tap| {
            let pace = Arc::clone(&pace);
            async move {
                if tap.rest.is_empty() {
                    tap.rest = more(&mut tap.chunks).await?;
                }
                if tap.rest.is_empty() {
                    return Ok::<_, axum::Error>(None);
                }
                pace.wait().await;
                let part = tap.rest.split_to(size.clamp(1, tap.rest.len()));
                if tap.rest.is_empty() {
                    tap.rest = more(&mut tap.chunks).await?;
                    if tap.rest.is_empty() {
                        tap.held = None;
                    }
                }
                Ok(Some((part, tap)))
            }
        }))
    })
}

/// The next bytes; none at the end.
async fn more(chunks: &mut Chunks) -> Result<Bytes, axum::Error> {
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        if !chunk.is_empty() {
            return Ok(chunk);
        }
    }
    Ok(Bytes::new())
}

/// The same answer, broken off after so many bytes of its body.
pub(crate) fn cut(response: Response, after: usize) -> Response {
    response.map(|body| {
        let chunks: Chunks = body.into_data_stream().boxed();
        Body::from_stream(stream::try_unfold(
            (chunks, after),
            |(mut chunks, left)| async move {
                let mut chunk = if left == 0 {
                    Bytes::new()
                } else {
                    more(&mut chunks).await.map_err(io::Error::other)?
                };
                chunk.truncate(left);
                if chunk.is_empty() {
                    // What was sent so far goes out before the connection ends.
                    tokio::task::yield_now().await;
                    return Err(io::Error::from(io::ErrorKind::ConnectionAborted));
                }
                let left = left - chunk.len();
                Ok(Some((chunk, (chunks, left))))
            },
        ))
    })
}

/// A list with one row whose text has so many MiB.
pub(crate) fn huge(megabytes: u32) -> Response {
    static FILLER: [u8; 1 << 20] = [b'x'; 1 << 20];
    let edge = |text: &'static str| stream::iter([Bytes::from_static(text.as_bytes())]);
    let filler = stream::iter(0..megabytes).map(|_| Bytes::from_static(&FILLER));
    let whole = edge("{\"value\":[{\"Description\":\"")
        .chain(filler)
        .chain(edge("\"}]}"));
    json(Body::from_stream(whole.map(Ok::<_, io::Error>)))
}

/// Much in little.
pub(crate) fn bomb() -> Response {
    static BLANKS: &[u8] = include_bytes!("blanks.gz");
    let mut response = json(Body::from(BLANKS));
    response
        .headers_mut()
        .insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response
}

/// Elsewhere.
pub(crate) fn redirect(status: u16, location: &str) -> Response {
    let mut response = status_of(status).into_response();
    if let Ok(value) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

/// JSON that is none, or none that was asked for.
pub(crate) fn malformed(how: Malformed) -> Response {
    let body = match how {
        Malformed::Half => Bytes::from_static(b"{\"value\":[{\"@odata.id\":\"General_Pro"),
        Malformed::Empty => Bytes::new(),
        Malformed::Null => Bytes::from_static(b"null"),
        Malformed::Shape => Bytes::from_static(b"[{\"value\":{\"value\":[]}}]"),
        Malformed::Deep => Bytes::from([vec![b'['; 10_000], vec![b']'; 10_000]].concat()),
        Malformed::Utf8 => Bytes::from_static(b"{\"value\":[{\"PartNumber\":\"\xc3\x28\xff\"}]}"),
    };
    json(Body::from(body))
}

/// What a proxy or a login form in between would show.
pub(crate) fn html() -> Response {
    let page = "<!doctype html><html><head><title>Sign in</title></head><body><form method=\"post\"><input name=\"user\"></form></body></html>";
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

/// A bare status.
pub(crate) fn refuse(status: u16, retry_after: Option<&str>) -> Response {
    let mut response = status_of(status).into_response();
    if let Some(value) = retry_after.and_then(|value| HeaderValue::from_str(value).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// Any answer.
pub(crate) fn answer(status: u16, content_type: &str, body: String) -> Response {
    let mut response = (status_of(status), body).into_response();
    if let Ok(value) = HeaderValue::from_str(content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response
}

fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn json(body: Body) -> Response {
    ([(header::CONTENT_TYPE, JSON)], body).into_response()
}
