//! How a list of products is asked for: which page, in which order.

use serde::{Deserialize, Serialize};

/// Products on one page of a list.
pub const PAGE_SIZE: u32 = 24;
/// The longest text one may search for, in characters (reference/security.md §11).
pub const LONGEST_SEARCH: usize = 100;

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Sort {
    /// Groups: highlighted first, then by article number. Search: best match first.
    #[default]
    Recommended,
    /// By name in the visitor's language.
    Name,
    /// Cheapest first, by the visitor's own price; those on request last.
    PriceUp,
    /// Dearest first, by the visitor's own price; those on request last.
    PriceDown,
    /// By article number.
    PartNumber,
}

impl Sort {
    /// Every order, as offered to shoppers.
    pub const ALL: [Self; 5] = [
        Self::Recommended,
        Self::Name,
        Self::PriceUp,
        Self::PriceDown,
        Self::PartNumber,
    ];

    /// Its word in an address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Recommended => "recommended",
            Self::Name => "name",
            Self::PriceUp => "price",
            Self::PriceDown => "price-down",
            Self::PartNumber => "part-number",
        }
    }

    /// From its word; an unknown word is none.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.word() == word)
    }

    /// Whether it needs prices, which some visitors may not see.
    pub fn by_price(self) -> bool {
        matches!(self, Self::PriceUp | Self::PriceDown)
    }
}

/// Which part of a list, in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListQuery {
    /// The page, counted from one.
    pub page: u32,
    /// The order.
    pub sort: Sort,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            page: 1,
            sort: Sort::Recommended,
        }
    }
}

/// One page of a list that has more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paged<T> {
    /// What stands on this page.
    pub items: Vec<T>,
    /// How many there are on all pages.
    pub total: u32,
    /// This page, counted from one.
    pub page: u32,
    /// The last page; one for an empty list.
    pub last_page: u32,
}

impl<T> Paged<T> {
    /// The page `page` of `all`; none if the list does not reach that far. An empty list has one empty page.
    pub fn cut(all: impl ExactSizeIterator<Item = T>, page: u32, size: u32) -> Option<Self> {
        let total = u32::try_from(all.len()).ok()?;
        let last_page = total.div_ceil(size).max(1);
        if page == 0 || page > last_page {
            return None;
        }
        let skip = (page - 1) * size;
        Some(Self {
            items: all.skip(skip as usize).take(size as usize).collect(),
            total,
            page,
            last_page,
        })
    }

    /// The same page with other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Paged<U> {
        Paged {
            items: self.items.into_iter().map(change).collect(),
            total: self.total,
            page: self.page,
            last_page: self.last_page,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_cut() {
        let page =
            |count: u32, page| Paged::cut(0..count, page, 24).map(|p| (p.items.len(), p.last_page));
        assert_eq!(page(0, 1), Some((0, 1)));
        assert_eq!(page(24, 1), Some((24, 1)));
        assert_eq!(page(25, 2), Some((1, 2)));
        assert_eq!(page(25, 3), None);
        assert_eq!(page(25, 0), None);
        assert_eq!(page(25, u32::MAX), None);
    }

    #[test]
    fn sorts_have_distinct_words() {
        for sort in Sort::ALL {
            assert_eq!(Sort::from_word(sort.word()), Some(sort));
        }
        assert_eq!(Sort::from_word("price desc"), None);
    }
}
