//! The paper as a page of HTML and as plain text.

use std::fmt::Write;

use super::Paper;
use crate::html::escape;

/// One page without anything from outside.
pub(super) fn html(paper: &Paper) -> String {
    let mut page = format!(
        "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><h1>{title}</h1>",
        paper.language.tag(),
        title = escape(&paper.title)
    );
    let pairs = |pairs: &[(String, String)]| {
        let rows: Vec<String> = pairs
            .iter()
            .map(|(head, value)| {
                format!(
                    "<tr><th>{}</th><td>{}</td></tr>",
                    escape(head),
                    escape(value)
                )
            })
            .collect();
        format!("<table>{}</table>", rows.concat())
    };
    page.push_str(&pairs(&paper.facts));
    for lines in [&paper.seller, &paper.buyer] {
        let lines: Vec<String> = lines.iter().map(|line| escape(line)).collect();
        // Writing to a string cannot fail.
        let _ = write!(page, "<p>{}</p>", lines.join("<br>"));
    }
    page.push_str("<table><tr>");
    for head in paper.heads {
        let _ = write!(page, "<th>{}</th>", escape(head));
    }
    page.push_str("</tr>");
    for row in &paper.rows {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| format!("<td>{}</td>", escape(cell)))
            .collect();
        let _ = write!(page, "<tr>{}</tr>", cells.concat());
    }
    page.push_str("</table>");
    page.push_str(&pairs(&paper.totals));
    for note in &paper.notes {
        let _ = write!(page, "<p>{}</p>", escape(note));
    }
    page.push_str("</body></html>");
    page
}

/// Lines of text, columns parted by tabulators.
pub(super) fn text(paper: &Paper) -> String {
    let mut lines = vec![paper.title.clone(), String::new()];
    let pair = |(head, value): &(String, String)| format!("{head}\t{value}");
    lines.extend(paper.facts.iter().map(pair));
    for party in [&paper.seller, &paper.buyer] {
        lines.push(String::new());
        lines.extend(party.iter().cloned());
    }
    lines.push(String::new());
    lines.push(paper.heads.join("\t"));
    lines.extend(paper.rows.iter().map(|row| row.join("\t")));
    lines.push(String::new());
    lines.extend(paper.totals.iter().map(pair));
    lines.extend(paper.notes.iter().cloned());
    lines.join("\r\n")
}
