//! The little of the browser's document that the islands need.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DomParser, Element, EventTarget, FormData, HtmlElement, HtmlFormElement, HtmlInputElement,
    Response, SupportedType,
};

/// Marks the document as one with script: what is only for pages without it disappears.
pub(super) fn mark_script() {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-script", "");
    }
}

/// Whether the page has such an element.
pub(super) fn exists(selector: &str) -> bool {
    matches!(document().query_selector(selector), Ok(Some(_)))
}

/// By which the portal tells visits apart, as the page was made; none on a guest's page.
pub(super) fn mark_of_visit() -> Option<String> {
    let element = document().query_selector("[data-visit]").ok()??;
    element
        .get_attribute("data-visit")
        .filter(|mark| !mark.is_empty())
}

/// Opens the page's own address anew, in its place in the history; with a word that the session has ended, if it has.
pub(super) fn leave_for_own_address(ended: bool) {
    let location = window().location();
    if !ended {
        let _ = location.reload();
        return;
    }
    let path = own_address();
    let query = location.search().unwrap_or_default();
    let joint = if query.is_empty() { '?' } else { '&' };
    let _ = location.replace(&format!("{path}{query}{joint}problem=ended"));
}

/// The form whose fields are kept as they are typed, if the page has one.
pub(super) fn kept_form() -> Option<HtmlFormElement> {
    let form = document().query_selector("form[data-keep]").ok()??;
    form.dyn_into().ok()
}

/// The address of the page, without what a form had to say. With one slash before it: two would name another host.
pub(super) fn own_address() -> String {
    let path = window().location().pathname().unwrap_or_default();
    format!("/{}", path.trim_start_matches(['/', '\\']))
}

/// The form an element belongs to.
pub(super) fn form_of(target: &EventTarget) -> Option<HtmlFormElement> {
    target
        .dyn_ref::<Element>()?
        .closest("form")
        .ok()
        .flatten()?
        .dyn_into()
        .ok()
}

/// What a form would send under a name.
pub(super) fn field(form: &HtmlFormElement, name: &str) -> String {
    FormData::new_with_form(form)
        .ok()
        .and_then(|data| data.get(name).as_string())
        .unwrap_or_default()
}

/// Sets what a form sends under a name, in a hidden field of its own if it has none.
pub(super) fn fill(form: &HtmlFormElement, name: &str, value: &str) {
    let field = form
        .query_selector(&format!("[name=\"{name}\"]"))
        .ok()
        .flatten()
        .or_else(|| {
            let field = document().create_element("input").ok()?;
            field.set_attribute("type", "hidden").ok()?;
            field.set_attribute("name", name).ok()?;
            form.append_child(&field).ok()?;
            Some(field)
        });
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
        field.set_value(value);
    }
}

/// Says what is wrong with a field below it, as the server draws it; or no more.
pub(super) fn mark(form: &HtmlFormElement, name: &str, problem: Option<&str>) -> Option<()> {
    let field = form
        .query_selector(&format!("input.input[name=\"{name}\"]"))
        .ok()??;
    let id = format!("{}-problem", field.id());
    let hint = format!("{}-hint", field.id());
    let hint = document().get_element_by_id(&hint).map(|_| hint);
    if let Some(former) = document().get_element_by_id(&id) {
        former.remove();
    }
    let Some(problem) = problem else {
        field.remove_attribute("aria-invalid").ok()?;
        return match hint {
            Some(hint) => field.set_attribute("aria-describedby", &hint).ok(),
            None => field.remove_attribute("aria-describedby").ok(),
        };
    };
    let text = document().create_element("p").ok()?;
    text.set_id(&id);
    text.set_class_name("field-problem");
    text.set_text_content(Some(problem));
    field.parent_element()?.append_child(&text).ok()?;
    field.set_attribute("aria-invalid", "true").ok()?;
    let described = hint.map_or_else(|| id.clone(), |hint| format!("{hint} {id}"));
    field.set_attribute("aria-describedby", &described).ok()
}

/// A text that is never the same twice.
pub(super) fn unique() -> String {
    window()
        .crypto()
        .map(|crypto| crypto.random_uuid())
        .unwrap_or_default()
}

/// Opens a page of ours.
pub(super) fn go(address: &str) {
    let _ = window().location().assign(address);
}

/// Fetches a page of ours and puts its part in the place of ours. The focus stays on the control it was on, where that
/// still exists.
pub(super) async fn redraw(address: &str, selector: &str) -> bool {
    fetch_part(address, selector).await.is_some()
}

async fn fetch_part(address: &str, selector: &str) -> Option<()> {
    let answer: Response = JsFuture::from(window().fetch_with_str(address))
        .await
        .ok()?
        .dyn_into()
        .ok()?;
    let html = JsFuture::from(answer.text().ok()?)
        .await
        .ok()?
        .as_string()?;
    let page = DomParser::new()
        .ok()?
        .parse_from_string(&html, SupportedType::TextHtml)
        .ok()?;
    let fresh = page.query_selector(selector).ok()??;
    let stale = document().query_selector(selector).ok()??;
    let focused = focus_path();
    stale.set_inner_html(&fresh.inner_html());
    refocus(focused, &stale);
    Some(())
}

/// A selector that finds the focused control again after its surroundings were drawn anew.
fn focus_path() -> Option<String> {
    let focused = document().active_element()?;
    let id = focused.id();
    if !id.is_empty() {
        return Some(format!("[id=\"{id}\"]"));
    }
    let label = focused.get_attribute("aria-label")?;
    Some(format!(
        "[aria-label=\"{}\"]",
        label.replace('\\', "\\\\").replace('"', "\\\"")
    ))
}

/// Puts the focus back; where the control is gone, on the part that was drawn.
fn refocus(path: Option<String>, part: &Element) {
    let Some(path) = path else { return };
    let again = document().query_selector(&path).ok().flatten();
    let element = again.unwrap_or_else(|| part.clone());
    if let Ok(element) = element.dyn_into::<HtmlElement>() {
        let _ = element.focus();
    }
}
