//! How islands call server functions: as a browser does, with a header of ours.
//!
//! A page of another origin may send any form; a header like this one it may send only after asking, and nobody answers that
//! question (C2, C5).

use bytes::Bytes;
use futures::{Sink, Stream};
use server_fn::{
    client::{Client, browser::BrowserClient},
    error::FromServerFnError,
    request::browser::BrowserRequest,
    response::browser::BrowserResponse,
};

/// The header of requests that script sends, and what it says.
pub const SCRIPT_HEADER: (&str, &str) = ("x-shop-script", "1");

/// The browser, with our header.
pub struct Caller;

impl<Error, InputError, OutputError> Client<Error, InputError, OutputError> for Caller
where
    Error: FromServerFnError,
    InputError: FromServerFnError,
    OutputError: FromServerFnError,
{
    type Request = BrowserRequest;
    type Response = BrowserResponse;

    fn send(request: Self::Request) -> impl Future<Output = Result<Self::Response, Error>> + Send {
        let (name, value) = SCRIPT_HEADER;
        request.headers().set(name, value);
        <BrowserClient as Client<Error, InputError, OutputError>>::send(request)
    }

    fn open_websocket(
        path: &str,
    ) -> impl Future<
        Output = Result<
            (
                impl Stream<Item = Result<Bytes, Bytes>> + Send + 'static,
                impl Sink<Bytes> + Send + 'static,
            ),
            Error,
        >,
    > + Send {
        <BrowserClient as Client<Error, InputError, OutputError>>::open_websocket(path)
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        <BrowserClient as Client<Error, InputError, OutputError>>::spawn(future);
    }
}
