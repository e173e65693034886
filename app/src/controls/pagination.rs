//! The pages of a list, each with its own address.

use leptos::prelude::*;

/// Links to the pages around this one. A list of one page has none.
#[component]
pub(crate) fn Pagination(
    /// What the navigation is called.
    label: &'static str,
    /// The words for the neighbours.
    neighbours: (&'static str, &'static str),
    /// Where one is, in words.
    position: String,
    /// This page.
    page: u32,
    /// The last page.
    last: u32,
    /// The address of a page.
    address: impl Fn(u32) -> String,
) -> impl IntoView {
    (last > 1).then(|| {
        let steps: Vec<_> = shown(page, last)
            .into_iter()
            .map(|step| match step {
                None => view! { <li aria-hidden="true" class="pagination-gap">"…"</li> }.into_any(),
                Some(number) => {
                    let current = (number == page).then_some("page");
                    view! {
                        <li><a href=address(number) aria-current=current>{number}</a></li>
                    }
                    .into_any()
                }
            })
            .collect();
        view! {
            <nav class="pagination" aria-label=label>
                {(page > 1).then(|| view! { <a class="button" rel="prev" href=address(page - 1)>{neighbours.0}</a> })}
                <ol>{steps}</ol>
                <p class="pagination-position">{position}</p>
                {(page < last).then(|| view! { <a class="button" rel="next" href=address(page + 1)>{neighbours.1}</a> })}
            </nav>
        }
    })
}

/// The first, the last and those around this one; a gap is none.
fn shown(page: u32, last: u32) -> Vec<Option<u32>> {
    let mut steps = Vec::new();
    let mut before = 0;
    for number in (1..=last).filter(|&n| n == 1 || n == last || n.abs_diff(page) <= 1) {
        if number > before + 1 {
            // A gap of one page is that page.
            steps.push((number == before + 2).then_some(before + 1));
        }
        steps.push(Some(number));
        before = number;
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_pages_hide_behind_a_gap() {
        assert_eq!(shown(1, 1), [Some(1)]);
        assert_eq!(shown(1, 3), [Some(1), Some(2), Some(3)]);
        assert_eq!(
            shown(5, 9),
            [Some(1), None, Some(4), Some(5), Some(6), None, Some(9)]
        );
        assert_eq!(
            shown(4, 9),
            [Some(1), Some(2), Some(3), Some(4), Some(5), None, Some(9)]
        );
    }
}
