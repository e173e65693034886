//! Fields of forms: a label, a hint, a control, a problem.

use leptos::prelude::*;

/// A hidden field.
#[component]
pub(crate) fn Hidden(
    /// Its name.
    name: &'static str,
    /// Its value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// A text field with its label; the problem is tied to it, so that screen readers read both.
#[component]
pub(crate) fn Field(
    /// Its id, unique on the page.
    #[prop(into)]
    id: String,
    /// Its name in the form.
    name: &'static str,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What stands in it.
    #[prop(into)]
    value: String,
    /// `text`, `date` …
    #[prop(default = "text")]
    kind: &'static str,
    /// What else to know.
    #[prop(optional_no_strip, into)]
    hint: Option<String>,
    /// What is wrong with it.
    #[prop(optional_no_strip, into)]
    problem: Option<String>,
    /// The most characters.
    #[prop(optional, into)]
    most: Option<u32>,
    /// Which keyboard a phone shows.
    #[prop(optional, into)]
    keyboard: Option<&'static str>,
    /// What a browser may fill in.
    #[prop(optional, into)]
    autocomplete: Option<&'static str>,
    /// The first and the last day of a date.
    #[prop(optional_no_strip, into)]
    days: Option<(String, String)>,
    /// Whether another text than the one-line kind is asked for.
    #[prop(optional)]
    long: bool,
    /// Whether it changes what the page computes.
    #[prop(optional)]
    requotes: bool,
) -> impl IntoView {
    let hint_id = hint.as_ref().map(|_| format!("{id}-hint"));
    let problem_id = problem.as_ref().map(|_| format!("{id}-problem"));
    let described = [hint_id.clone(), problem_id.clone()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    let described = (!described.is_empty()).then_some(described);
    let invalid = problem.is_some().then_some("true");
    let most = most.map(|most| most.to_string());
    let (first, last) = days.unzip();
    let control = if long {
        view! {
            <textarea class="input" id=id.clone() name=name rows="3" maxlength=most
                aria-describedby=described aria-invalid=invalid>{value}</textarea>
        }
        .into_any()
    } else {
        view! {
            <input class="input" id=id.clone() name=name type=kind value=value maxlength=most
                inputmode=keyboard autocomplete=autocomplete min=first max=last
                aria-describedby=described aria-invalid=invalid
                data-requote=requotes.then_some("")/>
        }
        .into_any()
    };
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{label}</label>
            {control}
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            {problem.map(|problem| view! { <FieldProblemText id=format!("{id}-problem") text=problem/> })}
        </div>
    }
}

/// What is wrong with a field.
#[component]
pub(crate) fn FieldProblemText(
    /// Its id, which the field names as its description.
    #[prop(into)]
    id: String,
    /// The words.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <p class="field-problem" id=id>{text}</p> }
}
