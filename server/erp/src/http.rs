//! The one HTTP client (D1, D3): time limits, no redirects, no cookies, rustls, one host, bodies that stop at a limit.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use http::{HeaderMap, StatusCode};
use reqwest::redirect;
use url::Url;

use crate::config::ConfigError;

/// Why there is no usable answer. Kinds only: neither addresses with queries nor bodies reach a log from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The address is not on the configured host: nothing was sent.
    #[error("the address is not on the configured instance")]
    Elsewhere,
    /// No connection; nothing was sent.
    #[error("no connection")]
    Connect,
    /// No whole answer in time; it may have been acted on.
    #[error("no answer in time")]
    Timeout,
    /// The connection broke before the answer was whole; it may have been acted on.
    #[error("the answer broke off")]
    Cut,
    /// The body is larger than allowed.
    #[error("the answer is too large")]
    TooLarge,
    /// The request could not be built.
    #[error("the request cannot be built")]
    Unbuildable,
}

impl HttpError {
    /// Whether certainly nothing reached the instance.
    pub(crate) fn sent_nothing(self) -> bool {
        matches!(self, Self::Elsewhere | Self::Connect | Self::Unbuildable)
    }
}

/// A whole answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The client.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    root: Url,
}

/// Connecting may take this long (D1).
const CONNECT: Duration = Duration::from_secs(3);

impl Http {
    pub(crate) fn new(root: Url) -> Result<Self, ConfigError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place that builds a client"
        )]
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .pool_idle_timeout(Duration::from_mins(1))
            // A followed redirect would carry the secret or the token to wherever it points.
            .redirect(redirect::Policy::none())
            .referer(false)
            .user_agent(concat!("vitrina/", env!("CARGO_PKG_VERSION")))
            .https_only(root.scheme() == "https")
            .no_proxy()
            .build()
            .map_err(ConfigError::Http)?;
        Ok(Self { client, root })
    }

    /// Whether the address is on the configured host: same scheme, host and port.
    pub(crate) fn allows(&self, address: &Url) -> bool {
        address.origin() == self.root.origin()
            && address.username().is_empty()
            && address.password().is_none()
    }

    /// Sends and reads the whole answer, at most `limit` bytes after decompression, in at most `time`.
    pub(crate) async fn send(
        &self,
        request: http::Request<Vec<u8>>,
        limit: usize,
        time: Duration,
    ) -> Result<Answer, HttpError> {
        let response = self.start(request, time).await?;
        let status = response.status();
        let headers = response.headers().clone();
        let mut chunks = response.bytes_stream();
        let mut body = BytesMut::new();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| kind_of(&error))?;
            if body.len() + chunk.len() > limit {
                return Err(HttpError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            headers,
            body: body.freeze(),
        })
    }

    /// Sends and hands out the body piece by piece; whoever reads counts.
    pub(crate) async fn stream(
        &self,
        request: http::Request<Vec<u8>>,
        time: Duration,
    ) -> Result<
        (
            StatusCode,
            HeaderMap,
            impl Stream<Item = Result<Bytes, HttpError>> + use<>,
        ),
        HttpError,
    > {
        let response = self.start(request, time).await?;
        let status = response.status();
        let headers = response.headers().clone();
        let chunks = response
            .bytes_stream()
            .map(|chunk| chunk.map_err(|error| kind_of(&error)));
        Ok((status, headers, chunks))
    }

    async fn start(
        &self,
        request: http::Request<Vec<u8>>,
        time: Duration,
    ) -> Result<reqwest::Response, HttpError> {
        let mut request =
            reqwest::Request::try_from(request).map_err(|_| HttpError::Unbuildable)?;
        if !self.allows(request.url()) {
            return Err(HttpError::Elsewhere);
        }
        *request.timeout_mut() = Some(time);
        self.client
            .execute(request)
            .await
            .map_err(|error| kind_of(&error))
    }
}

fn kind_of(error: &reqwest::Error) -> HttpError {
    if error.is_connect() {
        HttpError::Connect
    } else if error.is_timeout() {
        HttpError::Timeout
    } else if error.is_builder() {
        HttpError::Unbuildable
    } else {
        HttpError::Cut
    }
}
