//! The login page: two fields, one button, and everybody who may sign in, one click each.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use subtle::ConstantTimeEq;

use super::{SignedIn, authorize, parameters};
use crate::html::{self, Frame, Language, escape};
use crate::instance::Instance;

/// The words of the page.
struct Words {
    title: &'static str,
    lead: &'static str,
    login: &'static str,
    password: &'static str,
    sign_in: &'static str,
    wrong: &'static str,
    people: &'static str,
    people_lead: &'static str,
    again: &'static str,
}

const ENGLISH: Words = Words {
    title: "Sign in to Ognishte",
    lead: "This is the sign-in page of the demo ERP.net instance. The shop never sees your password.",
    login: "Login",
    password: "Password",
    sign_in: "Sign in",
    wrong: "Wrong login or password. Nothing was changed; try again.",
    people: "Who would you like to be?",
    people_lead: "All these people are made up. One click signs you in.",
    again: "The sign-in was started too long ago or from elsewhere. Go back to the shop and start again.",
};

const BULGARIAN: Words = Words {
    title: "Вход в Огнище",
    lead: "Това е страницата за вход на демонстрационната инсталация на ERP.net. Магазинът не вижда паролата ви.",
    login: "Потребител",
    password: "Парола",
    sign_in: "Вход",
    wrong: "Грешен потребител или парола. Нищо не е променено, опитайте отново.",
    people: "Кой искате да бъдете?",
    people_lead: "Всички тези хора са измислени. Едно натискане стига за вход.",
    again: "Входът е започнат твърде отдавна или от друго място. Върнете се в магазина и опитайте пак.",
};

const fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Bulgarian => &BULGARIAN,
    }
}

/// The parked authorize request; anything that leads elsewhere is refused.
fn return_address(given: Option<&String>) -> Option<&str> {
    given
        .map(String::as_str)
        .filter(|address| address.starts_with("/id/connect/authorize?"))
}

pub(crate) async fn show(
    State(instance): State<Arc<Instance>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let given = parameters(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    page(
        &instance,
        &headers,
        return_address(given.get("ReturnUrl")),
        None,
    )
}

pub(crate) async fn submit(
    State(instance): State<Arc<Instance>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let given = parameters(&body).unwrap_or_default();
    let Some(back) = return_address(given.get("ReturnUrl")) else {
        return page(&instance, &headers, None, None);
    };
    // Another site must not be able to sign somebody in as somebody else.
    if let Some(origin) = headers.get(header::ORIGIN)
        && headers
            .get(header::HOST)
            .is_none_or(|host| origin.as_bytes() != [b"http://", host.as_bytes()].concat())
    {
        return page(&instance, &headers, None, None);
    }
    let login = given
        .get("Login")
        .map(|login| login.trim())
        .unwrap_or_default();
    let password = given
        .get("Password")
        .map(String::as_str)
        .unwrap_or_default();
    let found = instance.people.iter().position(|person| {
        person.login.eq_ignore_ascii_case(login)
            && bool::from(person.password.as_bytes().ct_eq(password.as_bytes()))
    });
    let Some(person) = found else {
        return page(&instance, &headers, Some(back), Some(login));
    };
    let cookie = instance.random.upper_hex();
    // The same credentials keep the existing session (identity.md §3.1); another person starts a new one.
    let old = instance.signed_in(&headers);
    let mut memory = instance.memory();
    let sid = match old {
        Some((value, signed_in)) => {
            memory.sessions.remove(&value);
            (signed_in.person == person).then_some(signed_in.sid)
        }
        None => None,
    };
    let sid = sid.unwrap_or_else(|| instance.random.upper_hex());
    memory.sessions.insert(
        cookie.clone(),
        SignedIn {
            person,
            sid,
            at: instance.clock.now(),
        },
    );
    drop(memory);
    let cookie = format!(
        "{}={cookie}; Path=/id; HttpOnly; SameSite=Lax",
        instance.cookie_name()
    );
    ([(header::SET_COOKIE, cookie)], Redirect::to(back)).into_response()
}

fn page(
    instance: &Instance,
    headers: &HeaderMap,
    back: Option<&str>,
    wrong: Option<&str>,
) -> Response {
    let query = back
        .and_then(|back| back.split_once('?'))
        .map(|(_, query)| query)
        .unwrap_or_default();
    let request = parameters(query.as_bytes()).unwrap_or_default();
    let language = Language::of(headers, request.get("ui_locales").map(String::as_str));
    let words = words(language);
    let Some(back) = back else {
        let body = format!(
            "<main class=\"card\"><h1>{}</h1><p class=\"error\" role=\"alert\">{}</p></main>",
            words.title, words.again
        );
        return Frame {
            title: words.title,
            language,
            form_action: "'none'".to_owned(),
        }
        .page(StatusCode::BAD_REQUEST, &body);
    };
    let hidden = format!(
        "<input type=\"hidden\" name=\"ReturnUrl\" value=\"{}\">",
        escape(back)
    );
    let login = escape(
        wrong
            .or_else(|| request.get("login_hint").map(String::as_str))
            .unwrap_or_default(),
    );
    let alert = if wrong.is_some() {
        format!("<p class=\"error\" role=\"alert\">{}</p>", words.wrong)
    } else {
        String::new()
    };
    let people = instance
        .people
        .iter()
        .map(|person| {
            let purpose = match language {
                Language::English => &person.purpose,
                Language::Bulgarian => &person.purpose_bg,
            };
            format!(
                "<li><form method=\"post\" action=\"/id/account/login\">{hidden}\
                 <input type=\"hidden\" name=\"Login\" value=\"{login}\"><input type=\"hidden\" name=\"Password\" value=\"{password}\">\
                 <button class=\"person\"><b>{name}</b><span>{purpose}</span></button></form>\
                 <p class=\"credentials\"><code>{login}</code> <code>{password}</code></p></li>",
                login = escape(&person.login),
                password = escape(&person.password),
                name = escape(&person.name),
                purpose = escape(purpose),
            )
        })
        .collect::<Vec<_>>().concat();
    let body = format!(
        "<main class=\"login\"><section class=\"card\"><h1>{title}</h1><p>{lead}</p>{alert}\
         <form method=\"post\" action=\"/id/account/login\">{hidden}\
         <label for=\"login\">{login_word}</label>\
         <input id=\"login\" name=\"Login\" type=\"email\" autocomplete=\"username\" required value=\"{login}\">\
         <label for=\"password\">{password_word}</label>\
         <input id=\"password\" name=\"Password\" type=\"password\" autocomplete=\"current-password\" required>\
         <button class=\"primary\">{sign_in}</button></form></section>\
         <section class=\"card people\"><h2>{people_word}</h2><p>{people_lead}</p><ul>{people}</ul></section></main>",
        title = words.title,
        lead = words.lead,
        login_word = words.login,
        password_word = words.password,
        sign_in = words.sign_in,
        people_word = words.people,
        people_lead = words.people_lead,
    );
    // Browsers apply `form-action` to the redirects that follow a form, so the portal's origin must be named here.
    let form_action = authorize::origin_of_redirect(query)
        .map_or_else(|| "'self'".to_owned(), |origin| format!("'self' {origin}"));
    html::with_same_origin_referrer(
        Frame {
            title: words.title,
            language,
            form_action,
        }
        .page(StatusCode::OK, &body),
    )
}
