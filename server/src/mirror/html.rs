//! Descriptions that staff wrote as HTML, cleaned: what the ERP says is hostile (reference/security.md §6).
//!
//! A short list of what a description is made of passes: text, lists, tables, links out. Everything else falls away; of what
//! would run, load, send or cover something, the content too. Pictures fall away as well: those of the catalogue stand beside the
//! text, and remote ones would tell a stranger who looks at what.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};
use vitrina::text::CleanHtml;

const TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "code",
    "dd",
    "dl",
    "dt",
    "em",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "div",
];
/// What goes with all that is in it.
const WITH_CONTENT: &[&str] = &[
    "script", "style", "iframe", "object", "embed", "svg", "math", "noscript", "template",
    "textarea", "select", "button", "audio", "video", "title", "frameset", "noframes", "xmp",
];
const SCHEMES: &[&str] = &["https", "http", "mailto", "tel"];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let set = |names: &[&'static str]| names.iter().copied().collect::<HashSet<_>>();
    let mut cleaner = Builder::empty();
    cleaner
        .tags(set(TAGS))
        .clean_content_tags(set(WITH_CONTENT))
        .generic_attributes(set(&["dir", "lang"]))
        .tag_attributes(HashMap::from([
            ("a", set(&["href"])),
            ("abbr", set(&["title"])),
            ("td", set(&["colspan", "rowspan"])),
            ("th", set(&["colspan", "rowspan", "scope"])),
        ]))
        .url_schemes(set(SCHEMES))
        // An address of the ERP's leads nowhere here, and one of ours is not for staff to name.
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow noopener noreferrer"))
        .strip_comments(true);
    cleaner
});

/// The longest one that is cleaned, and the most tags in it. Reading HTML takes time that grows with the square of how deep tags
/// are nested and of how many attributes one has, and a page waits for it: without these a single record could hold up the shop.
const LONGEST: usize = 256 * 1024;
const MOST_TAGS: usize = 10_000;

/// What is left of it; none if nothing is, or if there is too much of it.
pub(super) fn clean(raw: &str) -> Option<CleanHtml> {
    if raw.len() > LONGEST || raw.bytes().filter(|byte| *byte == b'<').count() > MOST_TAGS {
        tracing::warn!(
            kind = "description_too_long",
            bytes = raw.len(),
            "CatalogDescriptionHtml of a product is too long, or has too many tags, and is not shown; shorten it"
        );
        return None;
    }
    let clean = CLEANER.clean(raw).to_string();
    (!clean.trim().is_empty()).then(|| CleanHtml::trusted_from_cleaner(clean))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(raw: &str) -> String {
        clean(raw).map_or_else(String::new, |html| html.as_str().to_owned())
    }

    #[test]
    fn what_descriptions_are_made_of_passes() {
        for html in [
            "<p>Solid <strong>oak</strong>, <em>oiled</em>.<br>For <sub>in</sub>side.</p>",
            "<ul><li>one</li></ul><ol><li>two</li></ol>",
            "<table><tbody><tr><th scope=\"row\">W</th><td colspan=\"2\">3</td></tr></tbody></table>",
            "<h2>Care</h2><hr><blockquote>Wipe.</blockquote>",
            "<p lang=\"bg\" dir=\"ltr\">Дъб &amp; ясен &lt; 3</p>",
        ] {
            assert_eq!(cleaned(html), html);
        }
        assert_eq!(
            cleaned("<a href='https://maker.example/x?a=1&b=2' target=_blank>maker</a>"),
            "<a href=\"https://maker.example/x?a=1&amp;b=2\" rel=\"nofollow noopener noreferrer\">maker</a>"
        );
    }

    #[test]
    fn what_is_hostile_falls_away() {
        for (raw, left) in [
            ("<script>alert(1)</script>a", "a"),
            ("<SCRIPT SRC=//evil.example></SCRIPT>a", "a"),
            ("<style>*{display:none}</style>a", "a"),
            (
                "<p style=\"position:fixed\" class=x id=content onclick=alert(1)>a</p>",
                "<p>a</p>",
            ),
            (
                "<p onmouseover=\"alert(1)\" data-send=add>a</p>",
                "<p>a</p>",
            ),
            ("<img src=x onerror=alert(1)>a", "a"),
            ("<img src=https://evil.example/pixel.gif>a", "a"),
            ("<iframe src=https://evil.example>x</iframe>a", "a"),
            ("<object data=x>y</object><embed src=x>a", "a"),
            (
                "<svg onload=alert(1)><a href=javascript:alert(1)>x</a></svg>a",
                "a",
            ),
            (
                "<math><mtext><script>alert(1)</script></mtext></math>a",
                "a",
            ),
            (
                "<form action=/sign-out method=post><input name=q><button>b</button>a</form>",
                "a",
            ),
            ("<textarea>x</textarea><select><option>y</select>a", "a"),
            (
                "<meta http-equiv=refresh content='0;url=//evil.example'>a",
                "a",
            ),
            ("<base href=//evil.example>a", "a"),
            ("<link rel=stylesheet href=//evil.example>a", "a"),
            ("<h1>a</h1>", "a"),
            ("<template><script>alert(1)</script></template>a", "a"),
            (
                "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>a",
                "\"&gt;a",
            ),
            ("<!-- <script>alert(1)</script> -->a", "a"),
            ("<![CDATA[<script>alert(1)</script>]]>a", "alert(1)]]&gt;a"),
            ("<video><source onerror=alert(1)></video>a", "a"),
            ("<marquee onstart=alert(1)>a</marquee>", "a"),
            ("<details open ontoggle=alert(1)>a</details>", "a"),
        ] {
            let clean = cleaned(raw);
            if left.starts_with('a') || left.starts_with('<') {
                assert_eq!(clean, left, "{raw}");
            }
            // However it was spelled: nothing that runs, loads or sends is left.
            for never in [
                "script",
                "onerror",
                "onload",
                "javascript",
                "evil",
                "style",
                "src",
                "<form",
            ] {
                assert!(!clean.contains(never), "{never} in {clean} of {raw}");
            }
        }
    }

    #[test]
    fn links_lead_out_or_nowhere() {
        for href in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "&#106;avascript:alert(1)",
            " javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://shop.example/1",
            "/sign-out",
            "//evil.example",
            "?problem=internal",
            "#content",
            "\\\\evil.example",
        ] {
            let raw = format!("<a href=\"{href}\">a</a>");
            let clean = cleaned(&raw);
            assert!(!clean.contains("href"), "{clean}");
        }
        for href in ["https://a.example/", "mailto:a@b.example", "tel:+3592"] {
            assert!(cleaned(&format!("<a href=\"{href}\">a</a>")).contains(href));
        }
    }

    #[test]
    fn nothing_left_is_no_description() {
        for raw in ["", "  ", "<script>x</script>", "<!-- x -->", "<img src=x>"] {
            assert!(clean(raw).is_none(), "{raw}");
        }
    }

    #[test]
    fn what_would_take_long_to_read_is_no_description() {
        for raw in [
            "<div>".repeat(MOST_TAGS + 1),
            "<table><tr><td>".repeat(200_000),
            format!("<p {}>a</p>", "a ".repeat(LONGEST)),
        ] {
            assert!(clean(&raw).is_none());
        }
        let long = "<p>Solid oak.</p>".repeat(MOST_TAGS / 2);
        assert_eq!(cleaned(&long), long);
    }
}
