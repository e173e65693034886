//! Somebody with a browser: it keeps cookies, and sends them as `SameSite=Lax` says.

use std::cell::RefCell;

use axum::body::Body;
use http::{
    HeaderMap, Request, Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE},
};
use http_body_util::BodyExt;

use crate::{provider::Provider, test_portal::TestPortal};

pub(crate) struct Visitor<'a> {
    pub(crate) portal: &'a TestPortal,
    /// In the order in which they were made, as browsers send them (RFC 6265 §5.4).
    cookies: RefCell<Vec<(String, String)>>,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Where it leads, by 303.
    pub(crate) fn leads_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.header(LOCATION.as_str())
    }
}

pub(crate) async fn read(response: Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// A cookie that is set again keeps its place.
fn keep(cookies: &mut Vec<(String, String)>, name: &str, value: &str) {
    match cookies.iter_mut().find(|(one, _)| one == name) {
        Some((_, kept)) => value.clone_into(kept),
        None => cookies.push((name.to_owned(), value.to_owned())),
    }
}

impl<'a> Visitor<'a> {
    pub(crate) fn new(portal: &'a TestPortal) -> Self {
        Self {
            portal,
            cookies: RefCell::default(),
        }
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.cookies.borrow();
        let (_, value) = cookies.iter().find(|(one, _)| one == name)?;
        Some(value.clone())
    }

    /// Everything the browser would send.
    pub(crate) fn all_cookies(&self) -> String {
        let cookies = self.cookies.borrow();
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        keep(&mut self.cookies.borrow_mut(), name, value);
    }

    pub(crate) fn cookie_names(&self) -> Vec<String> {
        let cookies = self.cookies.borrow();
        cookies.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Goes to a page: cookies travel.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = self
            .request("GET", path)
            .header("sec-fetch-site", "same-origin");
        self.send(self.with_cookies(request).body(Body::empty()).unwrap())
            .await
    }

    /// Sends a form of one of our pages as our script does: that needs no token.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let (name, value) = app::actions::SCRIPT_HEADER;
        let request = self.request("POST", path).header(name, value);
        self.post_with(request, fields).await
    }

    /// Sends a form of one of our pages as a browser without script does: whatever proves it ours stands in the fields.
    pub(crate) async fn post_plain(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_with(self.request("POST", path), fields).await
    }

    async fn post_with(&self, request: http::request::Builder, fields: &[(&str, &str)]) -> Answer {
        let request = request
            .header("sec-fetch-site", "same-origin")
            .header(ORIGIN, self.portal.origin())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(
            self.with_cookies(request)
                .body(Body::from(form(fields)))
                .unwrap(),
        )
        .await
    }

    /// Another site's page sends a form: Lax cookies stay behind, and the origin is hidden (F3).
    pub(crate) async fn post_from_elsewhere(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .request("POST", path)
            .header("sec-fetch-site", "cross-site")
            .header(ORIGIN, "null")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form(fields))).unwrap())
            .await
    }

    /// Sends anything; cookies that come back are kept.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let answer = read(self.portal.send(request).await).await;
        let mut cookies = self.cookies.borrow_mut();
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (pair, attributes) = text.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            assert!(
                attributes.contains("HttpOnly") || attributes.contains("Max-Age=0"),
                "{text}"
            );
            if name.starts_with("__Host-") {
                // As browsers demand for this prefix; they ignore the cookie otherwise.
                assert!(
                    attributes.contains("Secure") && attributes.contains("Path=/"),
                    "{text}"
                );
            }
            if attributes.contains("Max-Age=0") {
                cookies.retain(|(one, _)| one != name);
            } else {
                assert!(attributes.contains("SameSite=Lax"), "{text}");
                keep(&mut cookies, name, value);
            }
        }
        drop(cookies);
        answer
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> http::request::Builder {
        let host = self.portal.portal.settings.origin.authority();
        Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, host)
            .header(ACCEPT, "text/html")
    }

    pub(crate) fn with_cookies(&self, request: http::request::Builder) -> http::request::Builder {
        let cookies = self.cookies.borrow();
        if cookies.is_empty() {
            return request;
        }
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        request.header(COOKIE, pairs.join("; "))
    }

    /// Begins a sign-in and signs in at the instance: what the instance's page then posts to us.
    pub(crate) async fn until_callback(&self, person: &str, back: &str) -> Vec<(String, String)> {
        let begun = self.post("/sign-in", &[("return", back)]).await;
        Provider::new()
            .sign_in(&self.portal.demo, begun.leads_to(), person)
            .await
    }

    /// The instance's page posts its answer; where that leads.
    pub(crate) async fn call_back(&self, fields: &[(String, String)]) -> Answer {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.post_from_elsewhere("/signin-callback", &fields).await
    }

    /// A whole sign-in; where it leads.
    pub(crate) async fn sign_in(&self, person: &str, back: &str) -> String {
        let fields = self.until_callback(person, back).await;
        let parked = self.call_back(&fields).await;
        self.get(parked.leads_to()).await.leads_to().to_owned()
    }
}
