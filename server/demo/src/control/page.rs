//! The control page.

use std::fmt::Write;

use axum::http::StatusCode;
use axum::response::Response;

use super::form::{DOES, MEETS};
use crate::faults::{FaultId, FaultState};
use crate::html::{Frame, Language, escape, with_same_origin_referrer};
use crate::instance::{Answering, Instance};
use crate::seed::sentinels;

pub(super) fn show(instance: &Instance, status: StatusCode, mistake: Option<&str>) -> Response {
    let mut body = String::from(
        "<main class=\"home\"><header><p><a href=\"/\">Ognishte — a demo ERP.net instance</a></p><h1>Faults at will</h1>\
         <p>What goes wrong here goes wrong for the portal: nothing on this page asks twice.</p></header>",
    );
    if let Some(mistake) = mistake {
        // Writing to a string cannot fail, here and below.
        let _ = write!(
            body,
            "<p class=\"error\" role=\"alert\">{}</p>",
            escape(mistake)
        );
    }
    up(&mut body, &instance.faults.list());
    bring_up(&mut body);
    site(&mut body, instance);
    seen(&mut body, instance);
    if instance.sentinels {
        named(&mut body);
    }
    body.push_str("</main>");
    let frame = Frame {
        title: "Faults at will — demo ERP.net instance",
        language: Language::English,
        form_action: "'self'".to_owned(),
    };
    with_same_origin_referrer(frame.page(status, &body))
}

/// A form of one button.
fn button(lever: &str, label: &str, more: &str) -> String {
    format!(
        "<form method=\"post\" action=\"/demo/control\"><input type=\"hidden\" name=\"lever\" value=\"{lever}\">{more}<button class=\"plain\">{label}</button></form>"
    )
}

fn up(body: &mut String, faults: &[FaultState]) {
    let _ = write!(
        body,
        "<section class=\"card\"><h2>Brought up ({})</h2>",
        faults.len()
    );
    if faults.is_empty() {
        body.push_str("<p>All is well.</p></section>");
        return;
    }
    body.push_str("<div class=\"scroll\"><table><thead><tr><th>Requests</th><th>What happens</th><th class=\"number\">Met</th><th>Take away</th></tr></thead><tbody>");
    for FaultState { id, fault, met } in faults {
        let FaultId(number) = id;
        let json = |value: Result<String, serde_json::Error>| escape(&value.unwrap_or_default());
        let of = fault
            .times
            .map(|times| format!(" of {times}"))
            .unwrap_or_default();
        let _ = write!(
            body,
            "<tr><td><code>{}</code></td><td><code>{}</code></td><td class=\"number\">{met}{of}</td><td>{}</td></tr>",
            json(serde_json::to_string(&fault.meets)),
            json(serde_json::to_string(&fault.does)),
            button(
                "clear",
                &format!("Take away fault {number}"),
                &format!("<input type=\"hidden\" name=\"id\" value=\"{number}\">"),
            ),
        );
    }
    let _ = write!(
        body,
        "</tbody></table></div>{}</section>",
        button("clear_all", "Take all away", "")
    );
}

fn options(choices: &[(&str, &str)]) -> String {
    let mut options = String::new();
    for (value, label) in choices {
        let _ = write!(
            options,
            "<option value=\"{value}\">{}</option>",
            escape(label)
        );
    }
    options
}

fn bring_up(body: &mut String) {
    let field = |name: &str, label: &str, hint: &str| {
        format!(
            "<div><label for=\"{name}\">{label}</label><input id=\"{name}\" name=\"{name}\" type=\"number\" min=\"0\" inputmode=\"numeric\" aria-describedby=\"{name}-hint\"><p class=\"hint\" id=\"{name}-hint\">{hint}</p></div>"
        )
    };
    let _ = write!(
        body,
        "<section class=\"card\"><h2>Bring up</h2><form method=\"post\" action=\"/demo/control\"><input type=\"hidden\" name=\"lever\" value=\"bring_up\"><div class=\"fields\">\
         <div><label for=\"does\">What happens</label><select id=\"does\" name=\"does\">{does}</select></div>\
         <div><label for=\"meets\">To which requests</label><select id=\"meets\" name=\"meets\">{meets}</select></div>\
         <div><label for=\"name\">Set, call, row or path</label><input id=\"name\" name=\"name\" autocomplete=\"off\" spellcheck=\"false\" aria-describedby=\"name-hint\">\
         <p class=\"hint\" id=\"name-hint\">Such as <code>Crm_Sales_SalesOrders</code>, <code>POST EndTransaction</code>, <code>/id/connect/userinfo</code></p></div>\
         {times}{after}{milliseconds}{bytes}{megabytes}\
         <div><label for=\"retry_after\">Retry-After</label><input id=\"retry_after\" name=\"retry_after\" autocomplete=\"off\" aria-describedby=\"retry_after-hint\">\
         <p class=\"hint\" id=\"retry_after-hint\">For a status; seconds, a date, or nonsense</p></div>\
         </div><button class=\"primary\">Bring it up</button></form></section>",
        does = options(DOES),
        meets = options(MEETS),
        times = field("times", "How many", "Empty: until it is taken away"),
        after = field("after", "Let pass first", "Empty: none"),
        milliseconds = field(
            "milliseconds",
            "Milliseconds",
            "For late answers and between drops"
        ),
        bytes = field("bytes", "Bytes", "Of a drop, or before the cut"),
        megabytes = field("megabytes", "MiB", "Of a huge answer"),
    );
}

fn site(body: &mut String, instance: &Instance) {
    let answering = match *instance.answering.borrow() {
        Answering::Normally => "It answers.",
        Answering::Paused => "It holds all calls back.",
        Answering::Unavailable => "It refuses all calls with 503.",
    };
    let sessions = &instance.domain.sessions;
    let _ = write!(
        body,
        "<section class=\"card\"><h2>The site</h2><p>{answering}</p><div class=\"buttons\">{}{}{}{}{}{}{}{}{}</div>\
         <form method=\"post\" action=\"/demo/control\"><input type=\"hidden\" name=\"lever\" value=\"take_licences\">\
         <label for=\"taken\">Licence slots taken by the office, of {}</label>\
         <input id=\"taken\" name=\"taken\" type=\"number\" min=\"0\" value=\"{}\"><button class=\"primary\">Take</button></form></section>",
        button("answer", "Answer", ""),
        button("pause", "Hold calls back", ""),
        button("refuse", "Refuse calls", ""),
        button("restart_finish", "Restart, finish calls", ""),
        button("restart_cut", "Restart, cut calls", ""),
        button("rotate_overlap", "New signing key, old one stays", ""),
        button("rotate_abrupt", "New signing key, old one gone", ""),
        button("end_sessions", "End sessions", ""),
        button("lose_licence", "Lose the licence", ""),
        sessions.limits.licences,
        sessions.taken(),
    );
}

fn seen(body: &mut String, instance: &Instance) {
    let seen = instance.seen();
    body.push_str("<section class=\"card\"><h2>Seen</h2><dl>");
    for (label, value) in [
        ("Calls", seen.calls.total.to_string()),
        ("Most at once", seen.calls.most_at_once.to_string()),
        (
            "Most within a minute",
            seen.calls.most_in_a_minute.to_string(),
        ),
        ("Refused by limits", seen.refused.to_string()),
        ("Without licence", seen.without_licence.to_string()),
        (
            "Sessions open",
            format!("{} of {}", seen.sessions, seen.sessions_opened),
        ),
        (
            "Transactions open",
            format!("{} of {}", seen.transactions, seen.transactions_begun),
        ),
        (
            "Transactions saved",
            seen.transactions_committed.to_string(),
        ),
        (
            "Transactions nobody ended",
            seen.transactions_abandoned.to_string(),
        ),
        ("Requests met by faults", seen.faults_met.to_string()),
    ] {
        let _ = write!(body, "<dt>{label}</dt><dd>{value}</dd>");
    }
    let _ = write!(
        body,
        "</dl>{}</section>",
        button("count", "Count from zero", "")
    );
}

/// The sentinels and what they bring up.
fn named(body: &mut String) {
    body.push_str(
        "<section class=\"card\"><h2>Sentinels</h2><p>Order the product, buy for the customer or sign in as the person. \
         Products and customers beginning with <code>ODD</code> have odd values.</p><div class=\"scroll\"><table><thead><tr>\
         <th>What happens</th><th>Product</th><th>Customer</th><th>Person</th></tr></thead><tbody>",
    );
    for sentinel in sentinels::all() {
        let _ = write!(
            body,
            "<tr><td>{}</td><td><code>{}</code></td><td><code>{}</code></td><td><code>{}</code></td></tr>",
            escape(sentinel.english),
            sentinel.product(),
            sentinel.customer(),
            sentinel.login().as_deref().unwrap_or("—"),
        );
    }
    body.push_str("</tbody></table></div></section>");
}
