//! Full-text search over names, article numbers, codes and descriptions, in all languages at once, in memory.
//!
//! Every word typed must begin some word of the product; names weigh more than descriptions, article numbers and codes most.
//! When nothing fits, words that look alike are taken. Article numbers are compared without separators and with Cyrillic
//! letters that look Latin read as Latin, because people type `А-10` on whichever keyboard layout is on.
//!
//! Deliberately absent: stemming (there is no dependable stemmer for Bulgarian; prefixes serve), and any order but relevance:
//! lists sort by their own keys.

use std::{collections::HashMap, sync::Arc};

use tantivy::{
    Index, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term,
    collector::TopDocs,
    query::{BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, Query},
    schema::{
        BytesOptions, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing,
        TextOptions,
    },
    tokenizer::{LowerCaser, RemoveLongFilter, SimpleTokenizer, TextAnalyzer, TokenStream},
};
use uuid::Uuid;
use vitrina::{
    catalog::{listing::LONGEST_SEARCH, source::Product},
    ids::ProductId,
};

use super::catalogue::At;

const WORDS: &str = "words";
/// Words longer than this, in bytes, are not indexed.
const LONGEST_WORD: usize = 80;
/// More words than this add nothing but work.
const MOST_WORDS: usize = 10;
/// Memory of the one indexing thread while it works, in bytes: the least that tantivy takes, and enough for a whole catalogue.
const SMALL_ARENA: usize = 15_000_000;
const LARGE_ARENA: usize = 60_000_000;
/// From so many products on the large one is worth it.
const MANY: usize = 5_000;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Products, best first.
    pub products: Vec<At>,
    /// Whether nothing fitted exactly and words that look alike were taken.
    pub similar: bool,
}

/// The index as it grows and shrinks with the catalogue. Documents know their product by its record, so that they stay where
/// places in lists move.
pub struct SearchStock {
    index: Index,
    fields: Fields,
}

/// The index of one catalogue: as it was when the catalogue was built.
#[derive(Clone)]
pub struct SearchIndex {
    searcher: Searcher,
    fields: Fields,
    places: Arc<HashMap<ProductId, At>>,
}

#[derive(Clone, Copy)]
struct Fields {
    name: Field,
    code: Field,
    description: Field,
    /// The record, to delete by.
    id: Field,
    /// The record's two halves, to read.
    high: Field,
    low: Field,
}

impl Default for SearchStock {
    /// An index of nothing.
    fn default() -> Self {
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
            id: schema.add_bytes_field("id", BytesOptions::default().set_indexed()),
            high: schema.add_u64_field("high", NumericOptions::default().set_fast()),
            low: schema.add_u64_field("low", NumericOptions::default().set_fast()),
        };
        let index = Index::create_in_ram(schema.build());
        index.tokenizers().register(WORDS, analyzer());
        Self { index, fields }
    }
}

impl SearchStock {
    /// Puts these products in the place of their former selves, takes those out that are gone, and hands out the index as it is
    /// now; what is found is told by `places`. Should it fail, nothing has changed.
    pub fn change<'p>(
        &mut self,
        now: impl ExactSizeIterator<Item = &'p Product>,
        gone: impl Iterator<Item = ProductId>,
        places: Arc<HashMap<ProductId, At>>,
    ) -> Result<SearchIndex, TantivyError> {
        let arena = if now.len() >= MANY {
            LARGE_ARENA
        } else {
            SMALL_ARENA
        };
        let mut writer: IndexWriter = self.index.writer_with_num_threads(1, arena)?;
        for id in gone {
            writer.delete_term(self.term(id));
        }
        for product in now {
            writer.delete_term(self.term(product.id));
            writer.add_document(document(self.fields, product))?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        self.now(places)
    }

    /// The index as it is, for other places.
    pub fn now(&self, places: Arc<HashMap<ProductId, At>>) -> Result<SearchIndex, TantivyError> {
        let reader = self
            .index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(SearchIndex {
            searcher: reader.searcher(),
            fields: self.fields,
            places,
        })
    }

    fn term(&self, id: ProductId) -> Term {
        Term::from_field_bytes(self.fields.id, id.0.as_bytes())
    }
}

impl SearchIndex {
    /// At most `most` products that fit the text.
    pub fn find(&self, text: &str, most: usize) -> Result<Found, TantivyError> {
        let text: String = text.chars().take(LONGEST_SEARCH).collect();
        let words = words(&text);
        let limit = most.min(self.places.len());
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
        let hits = self
            .searcher
            .search(query, &TopDocs::with_limit(limit).order_by_score())?;
        let mut scored = Vec::with_capacity(hits.len());
        for (score, address) in hits {
            let columns = self
                .searcher
                .segment_reader(address.segment_ord)
                .fast_fields();
            let half = |name| -> Result<Option<u64>, TantivyError> {
                Ok(columns.u64(name)?.first(address.doc_id))
            };
            let id = half("high")?.zip(half("low")?);
            // A product that has gone since is not in this catalogue.
            if let Some((high, low)) = id
                && let Some(at) = self.places.get(&ProductId(Uuid::from_u64_pair(high, low)))
            {
                scored.push((score, *at));
            }
        }
        // Equal scores come by article number, so that pages do not overlap.
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        Ok(scored.into_iter().map(|(_, at)| at).collect())
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

fn document(fields: Fields, product: &Product) -> TantivyDocument {
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
    let (high, low) = product.id.0.as_u64_pair();
    document.add_bytes(fields.id, product.id.0.as_bytes());
    document.add_u64(fields.high, high);
    document.add_u64(fields.low, low);
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
        let id = number
            .bytes()
            .fold(1_u128, |id, byte| (id << 8) | u128::from(byte));
        let words = |pairs: &[(Language, &str)]| -> Localized {
            pairs
                .iter()
                .map(|(language, text)| (*language, (*text).to_owned()))
                .collect()
        };
        Product {
            id: ProductId(Uuid::from_u128(id)),
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

    fn places(products: &[Product]) -> Arc<HashMap<ProductId, At>> {
        let places = products.iter().enumerate();
        Arc::new(places.map(|(at, product)| (product.id, at)).collect())
    }

    fn index(products: &[Product]) -> SearchIndex {
        SearchStock::default()
            .change(products.iter(), std::iter::empty(), places(products))
            .unwrap()
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
        let found = index(&products).find(text, 10).unwrap();
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
        assert_eq!(index(&[]).find("a", 10).unwrap(), Found::default());
    }

    #[test]
    fn what_changes_is_found_as_it_is_now_and_former_catalogues_find_what_was() {
        let lamp = product("AX-100", "Desk lamp", "Настолна лампа", "");
        let table = product("AX-200", "Oak table", "Дъбова маса", "");
        let mut stock = SearchStock::default();
        let both = [lamp.clone(), table.clone()];
        let first = stock
            .change(both.iter(), std::iter::empty(), places(&both))
            .unwrap();
        let renamed = Product {
            name: product("AX-100", "Floor light", "Подова лампа", "").name,
            ..lamp
        };
        let left = [renamed];
        let second = stock
            .change(left.iter(), [table.id].into_iter(), places(&left))
            .unwrap();
        for (text, was, is) in [
            ("desk", vec![0], vec![]),
            ("light", vec![], vec![0]),
            ("table", vec![1], vec![]),
            ("AX-100", vec![0], vec![0]),
        ] {
            assert_eq!(first.find(text, 10).unwrap().products, was, "{text}");
            assert_eq!(second.find(text, 10).unwrap().products, is, "{text}");
        }
    }
}
