//! A person's browser at the identity provider: the demo's own pages, over HTTP.

use demo::Demo;
use reqwest::{
    Client, Response,
    header::{LOCATION, SET_COOKIE},
    redirect::Policy,
};

pub(crate) struct Provider {
    browser: Client,
}

impl Provider {
    #[expect(
        clippy::disallowed_methods,
        reason = "a browser, not the portal's client"
    )]
    pub(crate) fn new() -> Self {
        Self {
            browser: Client::builder().redirect(Policy::none()).build().unwrap(),
        }
    }

    /// Signs in at the address that a portal has sent the browser to; the fields of the form that leads back.
    pub(crate) async fn sign_in(
        &self,
        demo: &Demo,
        address: &str,
        login: &str,
    ) -> Vec<(String, String)> {
        assert!(
            address.starts_with(&format!("{}/id/connect/authorize?", demo.root())),
            "{address}"
        );
        let person = demo
            .people()
            .into_iter()
            .find(|person| person.login.starts_with(login))
            .unwrap();
        let asked = self.browser.get(address).send().await.unwrap();
        let page = full(demo, &header(&asked, LOCATION.as_str()));
        let back = page
            .query_pairs()
            .find_map(|(name, value)| (name == "ReturnUrl").then(|| value.into_owned()))
            .unwrap();
        let body = crate::visitor::form(&[
            ("ReturnUrl", &back),
            ("Login", &person.login),
            ("Password", &person.password),
        ]);
        let entered = self
            .browser
            .post(format!("{}/id/account/login", demo.root()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
            .unwrap();
        let cookie = header(&entered, SET_COOKIE.as_str());
        let granted = self
            .browser
            .get(full(demo, &header(&entered, LOCATION.as_str())))
            .header("cookie", cookie.split(';').next().unwrap())
            .send()
            .await
            .unwrap();
        // A code alone comes back in the address.
        if granted.headers().contains_key(LOCATION) {
            let back = reqwest::Url::parse(&header(&granted, LOCATION.as_str())).unwrap();
            return back.query_pairs().into_owned().collect();
        }
        hidden_fields(&text(granted).await)
    }
}

fn full(demo: &Demo, address: &str) -> reqwest::Url {
    reqwest::Url::parse(demo.root())
        .unwrap()
        .join(address)
        .unwrap()
}

fn header(response: &Response, name: &str) -> String {
    response.headers()[name].to_str().unwrap().to_owned()
}

#[expect(clippy::disallowed_methods, reason = "a test's own page")]
async fn text(response: Response) -> String {
    response.text().await.unwrap()
}

fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let fields: Vec<_> = page
        .split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").unwrap();
            let (value, _) = rest.split_once('"').unwrap();
            (
                name.to_owned(),
                value.replace("&amp;", "&").replace("&#x2F;", "/"),
            )
        })
        .collect();
    assert!(!fields.is_empty(), "no form that leads back: {page}");
    fields
}
