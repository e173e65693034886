//! Full-text search over names, article numbers, codes and descriptions, in all languages at once, in memory.
//!
//! Every word typed must begin some word of the product; names weigh more than descriptions, article numbers and codes most.
//! When nothing fits, words that look alike are taken. Article numbers are compared without separators and with Cyrillic
//! letters that look Latin read as Latin, because people type `А-10` on whichever keyboard layout is on.
//!
//! Deliberately absent: stemming (there is no dependable stemmer for Bulgarian; prefixes serve), and any order but relevance:
//! lists sort by their own keys.

use tantivy::{
    Index, IndexReader, ReloadPolicy, TantivyDocument, TantivyError, Term,
    collector::TopDocs,
    query::{BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, Query},
    schema::{Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{LowerCaser, RemoveLongFilter, SimpleTokenizer, TextAnalyzer, TokenStream},
};
use vitrina::catalog::{listing::LONGEST_SEARCH, source::Product};

use super::catalogue::At;

const WORDS: &str = "words";
/// Words longer than this, in bytes, are not indexed.
const LONGEST_WORD: usize = 80;
/// More words than this add nothing but work.
const MOST_WORDS: usize = 10;
/// Memory of the one indexing thread, in bytes; the least that tantivy takes.
const ARENA: usize = 15_000_000;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Products, best first.
    pub products: Vec<At>,
    /// Whether nothing fitted exactly and words that look alike were taken.
    pub similar: bool,
}

/// An index of one catalogue.
pub struct SearchIndex {
    reader: IndexReader,
    size: usize,
    fields: Fields,
}

#[derive(Clone, Copy)]
struct Fields {
    name: Field,
    code: Field,
    description: Field,
    at: Field,
}

impl SearchIndex {
    /// Indexes the products; what is found is told by their places.
    pub fn new<'p>(products: impl Iterator<Item = &'p Product>) -> Result<Self, TantivyError> {
        let mut schema = Schema::builder();
        let text = |tokenizer: &str| {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default()
                    .set_tokenizer(tokenizer)
                    .set_index_option(IndexRecordOption::WithFreqs),
            )
        };
        let fields = Fields {
            name: schema.add_text_field("name", text(WORDS)),
            code: schema.add_text_field("code", text("raw")),
            description: schema.add_text_field("description", text(WORDS)),
            at: schema.add_u64_field("at", NumericOptions::default().set_fast()),
        };
        let index = Index::create_in_ram(schema.build());
        index.tokenizers().register(WORDS, analyzer());
        let mut writer = index.writer_with_num_threads(1, ARENA)?;
        let mut size = 0;
        for (at, product) in products.enumerate() {
            writer.add_document(document(fields, at, product))?;
            size = at + 1;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            reader,
            size,
            fields,
        })
    }

    /// At most `most` products that fit the text.
    pub fn find(&self, text: &str, most: usize) -> Result<Found, TantivyError> {
        let text: String = text.chars().take(LONGEST_SEARCH).collect();
        let words = words(&text);
        let limit = most.min(self.size);
        if words.is_empty() || limit == 0 {
            return Ok(Found::default());
        }
        let exact = self.run(&self.query(&text, &words, |_| 0), limit)?;
        if !exact.is_empty() {
            return Ok(Found {
                products: exact,
                similar: false,
            });
        }
        let alike = self.run(&self.query(&text, &words, slips), limit)?;
        Ok(Found {
            similar: !alike.is_empty(),
            products: alike,
        })
    }

    fn run(&self, query: &dyn Query, limit: usize) -> Result<Vec<At>, TantivyError> {
        let searcher = self.reader.searcher();
        let hits = searcher.search(query, &TopDocs::with_limit(limit).order_by_score())?;
        let mut found = Vec::with_capacity(hits.len());
        let mut scored = Vec::with_capacity(hits.len());
        for (score, address) in hits {
            let column = searcher
                .segment_reader(address.segment_ord)
                .fast_fields()
                .u64("at")?;
            if let Some(at) = column
                .first(address.doc_id)
                .and_then(|at| usize::try_from(at).ok())
            {
                scored.push((score, at));
            }
        }
        // Equal scores come by article number, so that pages do not overlap.
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.extend(scored.into_iter().map(|(_, at)| at));
        Ok(found)
    }

    fn query(&self, text: &str, words: &[String], slips: fn(&str) -> u8) -> BooleanQuery {
        let begins = |field, word: &str, slips, weight| -> (Occur, Box<dyn Query>) {
            let term = Term::from_field_text(field, word);
            let query = FuzzyTermQuery::new_prefix(term, slips, true);
            (
                Occur::Should,
                Box::new(BoostQuery::new(Box::new(query), weight)),
            )
        };
        let every_word = words.iter().map(|word| {
            let mut anywhere = vec![
                begins(self.fields.name, word, slips(word), 4.0),
                begins(self.fields.description, word, slips(word), 1.0),
            ];
            let code = squeezed(word);
            if !code.is_empty() {
                anywhere.push(begins(self.fields.code, &code, 0, 6.0));
            }
            let any: Box<dyn Query> = Box::new(BooleanQuery::new(anywhere));
            (Occur::Must, any)
        });
        let by_words = BooleanQuery::new(every_word.collect());
        let mut either: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Should, Box::new(by_words))];
        let whole = squeezed(text);
        if !whole.is_empty() {
            either.push(begins(self.fields.code, &whole, 0, 20.0));
        }
        BooleanQuery::new(either)
    }
}

/// How many letters may be wrong: none in short words, whose neighbours are too many.
fn slips(word: &str) -> u8 {
    match word.chars().count() {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    }
}

fn document(fields: Fields, at: At, product: &Product) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    for (_, name) in product.name.iter().chain(product.short_name.iter()) {
        document.add_text(fields.name, name);
    }
    for variant in &product.variants {
        for (_, name) in variant.name.iter() {
            document.add_text(fields.description, name);
        }
        document.add_text(fields.code, squeezed(&variant.code));
    }
    for (_, description) in product.description.iter() {
        document.add_text(fields.description, description);
    }
    let number = product.part_number.as_str();
    document.add_text(fields.code, squeezed(number));
    // Parts of a number are found by their beginnings too: `10` finds `LAMP-10`.
    for part in number.split(|c: char| !c.is_alphanumeric()).skip(1) {
        document.add_text(fields.code, squeezed(part));
    }
    for code in &product.codes {
        document.add_text(fields.code, squeezed(code));
    }
    document.add_u64(fields.at, at as u64);
    document
}

fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .build()
}

fn words(text: &str) -> Vec<String> {
    let mut analyzer = analyzer();
    let mut stream = analyzer.token_stream(text);
    let mut words: Vec<String> = Vec::new();
    while words.len() < MOST_WORDS && stream.advance() {
        let word = &stream.token().text;
        if !words.contains(word) {
            words.push(word.clone());
        }
    }
    words
}

/// A code without separators, in lower case, with Cyrillic letters that look Latin read as Latin.
fn squeezed(code: &str) -> String {
    code.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .map(|c| match c {
            'А' => 'A',
            'В' => 'B',
            'Е' => 'E',
            'К' => 'K',
            'М' => 'M',
            'Н' => 'H',
            'О' => 'O',
            'Р' => 'P',
            'С' => 'C',
            'Т' => 'T',
            'У' => 'Y',
            'Х' => 'X',
            other => other,
        })
        .flat_map(char::to_lowercase)
        .take(LONGEST_WORD / 4)
        .collect()
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use uuid::Uuid;
    use vitrina::{
        catalog::source::PartNumber,
        ids::{GroupId, ProductId, UnitCategoryId, UnitId},
        text::{Language, Localized},
    };

    use super::*;

    fn product(number: &str, english: &str, bulgarian: &str, description: &str) -> Product {
        let words = |pairs: &[(Language, &str)]| -> Localized {
            pairs
                .iter()
                .map(|(language, text)| (*language, (*text).to_owned()))
                .collect()
        };
        Product {
            id: ProductId(Uuid::nil()),
            part_number: PartNumber::new(number).unwrap(),
            name: words(&[
                (Language::ENGLISH, english),
                (Language::BULGARIAN, bulgarian),
            ]),
            short_name: Localized::default(),
            description: words(&[(Language::ENGLISH, description)]),
            raw_html: None,
            group: GroupId(Uuid::nil()),
            featured: false,
            unit: UnitId(Uuid::nil()),
            unit_category: UnitCategoryId(Uuid::nil()),
            conversions: Vec::new(),
            standard_price: None,
            minimum: Some(Decimal::ONE),
            stocked: true,
            shipped: true,
            warranty_days: None,
            variants: Vec::new(),
            codes: vec!["3800123456789".to_owned()],
            pictures: Vec::new(),
            relations: Vec::new(),
            changed: None,
        }
    }

    fn find(text: &str) -> (Vec<At>, bool) {
        let products = [
            product("AX-100", "Desk lamp", "Настолна лампа", "Warm light"),
            product(
                "AX-200",
                "Floor lamp",
                "Подова лампа",
                "Stands beside a desk",
            ),
            product("СТ-7", "Oak table", "Дъбова МАСА", ""),
        ];
        let found = SearchIndex::new(products.iter())
            .unwrap()
            .find(text, 10)
            .unwrap();
        (found.products, found.similar)
    }

    #[test]
    fn words_are_found_by_their_beginnings_in_every_language() {
        for (text, expected) in [
            ("lamp", vec![0, 1]),
            ("LA", vec![0, 1]),
            ("лампа", vec![0, 1]),
            ("ЛАМ", vec![0, 1]),
            ("маса", vec![2]),
            ("floor lamp", vec![1]),
            ("lamp floor", vec![1]),
            ("table lamp", vec![]),
            ("  ", vec![]),
            ("?!", vec![]),
        ] {
            assert_eq!(find(text), (expected, false), "{text:?}");
        }
    }

    #[test]
    fn a_name_weighs_more_than_a_description() {
        assert_eq!(find("desk").0, [0, 1]);
    }

    #[test]
    fn numbers_are_found_without_separators_and_on_either_keyboard() {
        for (text, first) in [
            ("AX-200", 1),
            ("ax200", 1),
            ("ax 200", 1),
            ("АХ-200", 1),
            ("200", 1),
            ("CT-7", 2),
            ("ст7", 2),
        ] {
            let (found, similar) = find(text);
            assert_eq!((found.first(), similar), (Some(&first), false), "{text:?}");
        }
        assert_eq!(find("3800123456789").0.len(), 3);
    }

    #[test]
    fn when_nothing_fits_words_that_look_alike_are_taken() {
        assert_eq!(find("tabel"), (vec![2], true));
        assert_eq!(find("ламта"), (vec![0, 1], true));
        assert_eq!(find("xyzzy"), (vec![], false));
    }

    #[test]
    fn hostile_text_finds_nothing_and_breaks_nothing() {
        for text in [
            "\" OR 1=1",
            "*",
            "a:b",
            "\u{0}",
            &"ж".repeat(5000),
            &"a ".repeat(5000),
        ] {
            find(text);
        }
        assert_eq!(
            SearchIndex::new([].iter()).unwrap().find("a", 10).unwrap(),
            Found::default()
        );
    }
}
