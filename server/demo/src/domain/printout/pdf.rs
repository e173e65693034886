//! The paper as a PDF: A4, two weights of one font of which only the used letters are embedded.

use krilla::Document;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::text::{Font, TextDirection};
use ttf_parser::Face;

use super::Paper;

/// Size of a page and its margins, in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const LEFT: f32 = 48.0;
const RIGHT: f32 = WIDTH - 48.0;
const TOP: f32 = 64.0;
const BOTTOM: f32 = HEIGHT - 72.0;
const SIZE: f32 = 9.0;
const LEADING: f32 = 13.0;
/// Where columns begin (the first two) or end (the numbers).
const COLUMNS: [f32; 6] = [LEFT, LEFT + 26.0, 350.0, 416.0, 478.0, RIGHT];
/// Room for the product's name.
const NAME: f32 = 200.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    Regular,
    Bold,
}

/// A font and the widths of its letters.
struct Letters {
    font: Font,
    face: Face<'static>,
}

impl Letters {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        Some(Self {
            font: Font::new(bytes.into(), 0)?,
            face: Face::parse(bytes, 0).ok()?,
        })
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        let units: f32 = text
            .chars()
            .filter_map(|letter| {
                let glyph = self.face.glyph_index(letter).unwrap_or_default();
                self.face.glyph_hor_advance(glyph).map(f32::from)
            })
            .sum();
        units * size / f32::from(self.face.units_per_em())
    }
}

enum Mark {
    Text {
        x: f32,
        y: f32,
        size: f32,
        weight: Weight,
        text: String,
    },
    Rule(f32),
}

/// Places marks from the top down and turns the page when it is full.
struct Setter {
    regular: Letters,
    bold: Letters,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

/// The file; `None` if the fonts could not be read.
pub(super) fn file(paper: &Paper) -> Option<Vec<u8>> {
    let mut setter = Setter {
        regular: Letters::read(dejavu::sans::regular())?,
        bold: Letters::read(dejavu::sans::bold())?,
        pages: vec![Vec::new()],
        y: TOP,
    };
    setter.head(paper);
    setter.table(paper);
    setter.foot(paper);
    setter.finish(paper)
}

impl Setter {
    fn letters(&self, weight: Weight) -> &Letters {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn put(&mut self, x: f32, size: f32, weight: Weight, text: &str) {
        self.mark(Mark::Text {
            x,
            y: self.y,
            size,
            weight,
            text: text.to_owned(),
        });
    }

    /// Text that ends at `x`.
    fn put_right(&mut self, x: f32, weight: Weight, text: &str) {
        let width = self.letters(weight).width(text, SIZE);
        self.put(x - width, SIZE, weight, text);
    }

    fn rule(&mut self) {
        self.mark(Mark::Rule(self.y - SIZE));
        self.y += 4.0;
    }

    /// Begins a new page when less than this is left.
    fn need(&mut self, room: f32) -> bool {
        let full = self.y + room > BOTTOM;
        if full {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
        full
    }

    /// The lines of a text that is broken at spaces, and within words that are too long.
    fn wrapped(&self, text: &str, room: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split_inclusive(' ') {
            if self
                .regular
                .width(&format!("{line}{}", word.trim_end()), SIZE)
                > room
                && !line.is_empty()
            {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                if letter != ' ' && self.regular.width(&format!("{line}{letter}"), SIZE) > room {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        lines.push(line);
        lines
            .into_iter()
            .map(|line| line.trim_end().to_owned())
            .collect()
    }

    fn head(&mut self, paper: &Paper) {
        self.put(LEFT, 18.0, Weight::Bold, &paper.title);
        self.y += 26.0;
        let top = self.y;
        for (column, lines) in [(LEFT, &paper.seller), (LEFT + 200.0, &paper.buyer)] {
            self.y = top;
            for (place, text) in lines.iter().enumerate() {
                let weight = if place == 0 {
                    Weight::Bold
                } else {
                    Weight::Regular
                };
                for line in self.wrapped(text, 170.0) {
                    self.put(column, SIZE, weight, &line);
                    self.y += LEADING;
                }
            }
        }
        let below = self.y;
        self.y = top;
        for (name, value) in &paper.facts {
            self.put(LEFT + 385.0, SIZE, Weight::Regular, name);
            self.put_right(RIGHT, Weight::Regular, value);
            self.y += LEADING;
        }
        self.y = self.y.max(below).max(top + 4.0 * LEADING) + LEADING;
    }

    fn column_heads(&mut self, paper: &Paper) {
        for ((head, x), column) in paper.heads.iter().zip(COLUMNS).zip(0..) {
            if column < 2 {
                self.put(x, SIZE, Weight::Bold, head);
            } else {
                self.put_right(x, Weight::Bold, head);
            }
        }
        self.y += LEADING;
        self.rule();
    }

    fn table(&mut self, paper: &Paper) {
        self.column_heads(paper);
        for row in &paper.rows {
            let [number, name, numbers @ ..] = row;
            let mut lines = self.wrapped(name, NAME).into_iter();
            if self.need(LEADING) {
                self.column_heads(paper);
            }
            let [first, second, others @ ..] = COLUMNS;
            self.put(first, SIZE, Weight::Regular, number);
            self.put(
                second,
                SIZE,
                Weight::Regular,
                &lines.next().unwrap_or_default(),
            );
            for (text, x) in numbers.iter().zip(others) {
                self.put_right(x, Weight::Regular, text);
            }
            self.y += LEADING;
            for line in lines {
                if self.need(LEADING) {
                    self.column_heads(paper);
                }
                self.put(second, SIZE, Weight::Regular, &line);
                self.y += LEADING;
            }
        }
        self.rule();
    }

    fn foot(&mut self, paper: &Paper) {
        let last = paper.totals.len().saturating_sub(1);
        for (place, (name, value)) in paper.totals.iter().enumerate() {
            self.need(LEADING);
            let weight = if place == last {
                Weight::Bold
            } else {
                Weight::Regular
            };
            self.put_right(COLUMNS[4], weight, name);
            self.put_right(RIGHT, weight, value);
            self.y += LEADING;
        }
        self.y += LEADING;
        for note in &paper.notes {
            for line in self.wrapped(note, RIGHT - LEFT) {
                self.need(LEADING);
                self.put(LEFT, SIZE, Weight::Regular, &line);
                self.y += LEADING;
            }
        }
    }

    fn finish(self, paper: &Paper) -> Option<Vec<u8>> {
        let mut document = Document::new();
        document.set_metadata(
            Metadata::new()
                .title(paper.title.clone())
                .language(paper.language.tag().to_owned()),
        );
        let count = self.pages.len();
        for (place, marks) in self.pages.iter().enumerate() {
            let mut page = document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT)?);
            let mut surface = page.surface();
            let write =
                |surface: &mut krilla::surface::Surface<'_>, x, y, size, weight, text: &str| {
                    surface.draw_text(
                        Point::from_xy(x, y),
                        self.letters(weight).font.clone(),
                        size,
                        text,
                        false,
                        TextDirection::Auto,
                    );
                };
            for mark in marks {
                match mark {
                    Mark::Text {
                        x,
                        y,
                        size,
                        weight,
                        text,
                    } => write(&mut surface, *x, *y, *size, *weight, text),
                    Mark::Rule(y) => surface.draw_path(&hairline(*y)?),
                }
            }
            let page_number = format!("{} {} / {count}", paper.page, place + 1);
            write(
                &mut surface,
                LEFT,
                HEIGHT - 40.0,
                7.5,
                Weight::Regular,
                &page_number,
            );
            surface.finish();
            page.finish();
        }
        document.finish().ok()
    }
}

/// A thin bar from margin to margin.
fn hairline(y: f32) -> Option<Path> {
    let mut builder = PathBuilder::new();
    builder.push_rect(Rect::from_ltrb(LEFT, y, RIGHT, y + 0.6)?);
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::Language;

    fn paper(rows: usize) -> Paper {
        Paper {
            language: Language::Bulgarian,
            title: "Фактура 0000000961".to_owned(),
            facts: vec![("Дата".to_owned(), "2026-11-23".to_owned())],
            seller: vec!["Огнище Трейд ЕООД".to_owned()],
            buyer: vec!["Харбър Хотелс ООД".to_owned()],
            heads: ["№", "Продукт", "Количество", "Цена", "Отстъпка", "Сума"],
            rows: (1..=rows)
                .map(|row| {
                    [
                        row.to_string(),
                        format!("НАСТОЛНА-{row} {}", "лампа„Арка“".repeat(8)),
                        "2 брой".to_owned(),
                        "59.90".to_owned(),
                        "5 %".to_owned(),
                        "113.81".to_owned(),
                    ]
                })
                .collect(),
            totals: vec![("За плащане".to_owned(), "136.57 EUR".to_owned())],
            notes: vec!["Моля, обадете се.".to_owned()],
            page: "Страница",
        }
    }

    fn read(paper: &Paper) -> (usize, String) {
        let bytes = file(paper).unwrap();
        assert!(
            bytes.len() < 120_000,
            "{} bytes: the fonts are cut down",
            bytes.len()
        );
        let document = lopdf::Document::load_mem(&bytes).unwrap();
        let pages: Vec<u32> = document.get_pages().into_keys().collect();
        (pages.len(), document.extract_text(&pages).unwrap())
    }

    #[test]
    fn what_is_on_the_paper_can_be_read_and_copied() {
        let (pages, text) = read(&paper(2));
        assert_eq!(pages, 1);
        for part in [
            "Фактура 0000000961",
            "Харбър Хотелс ООД",
            "НАСТОЛНА-2",
            "113.81",
            "За плащане",
            "136.57 EUR",
            "Моля, обадете се.",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn long_documents_go_on_on_further_pages() {
        let (pages, text) = read(&paper(120));
        assert!(pages > 3, "{pages}");
        assert!(text.contains("НАСТОЛНА-120"));
        assert!(
            text.matches("Количество").count() >= 3,
            "heads are repeated"
        );
    }
}
