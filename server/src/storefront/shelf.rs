//! What pages show of the catalogue: one language, the prices of one visitor, all from one snapshot.

use std::sync::Arc;

use rust_decimal::Decimal;
use time::Date;
use vitrina::{
    catalog::{
        listing::{ListQuery, PAGE_SIZE, Paged, Sort},
        source::{GroupPath, PartNumber},
        view::{
            Crumb, GroupTile, GroupView, HomeView, PictureView, PriceView, ProductCard,
            ProductView, SearchView, Suggestion, UnitChoice, UnitView, VariantView,
        },
    },
    ids::{GroupId, UnitId},
    places::{Page, Place},
    pricing::units,
    text::Language,
    trouble::Trouble,
    visitor::Visitor,
};

use crate::mirror::{
    Mirror,
    catalogue::{At, Entry, Node, group_picture, product_picture},
    snapshot::{PriceSheet, Snapshot},
};

/// Products in a row of the first page.
const ROW: usize = 12;
/// Products and groups offered while one types.
const SUGGESTED: usize = 6;
const SUGGESTED_GROUPS: usize = 2;
/// Related products on a product's page.
const RELATED: usize = 12;
/// The most products a search lists.
const MOST_FOUND: usize = 1000;
/// The width of a suggestion's picture.
const SMALL: u32 = 160;

/// The catalogue as one visitor sees it.
pub(super) struct Shelf<'m> {
    pub(super) mirror: &'m Mirror,
    pub(super) snapshot: Arc<Snapshot>,
    /// None if the visitor's role sees no prices: then nothing here can show one.
    pub(super) sheet: Option<Arc<PriceSheet>>,
    /// The same for every role, to tell *whether* there is a price. It stays in here.
    prices: Arc<PriceSheet>,
    language: Language,
    fallback: Language,
    day: Date,
}

impl<'m> Shelf<'m> {
    pub(super) fn new(
        mirror: &'m Mirror,
        visitor: &Visitor,
        language: Language,
        day: Date,
    ) -> Result<Self, Trouble> {
        let snapshot = mirror.snapshot().ok_or(Trouble::Filling)?;
        let customer = visitor.acting().map(|access| &access.customer);
        let prices = snapshot.sheet(&snapshot.buyer(customer, day));
        let sheet = visitor.sees_prices().then(|| prices.clone());
        Ok(Self {
            mirror,
            snapshot,
            sheet,
            prices,
            language,
            fallback: mirror.fallback(),
            day,
        })
    }

    pub(super) fn home(&self) -> HomeView {
        let catalogue = &self.snapshot.catalogue;
        let reduced = self
            .sheet
            .as_deref()
            .map(|sheet| self.snapshot.reduced(sheet))
            .unwrap_or_default();
        HomeView {
            groups: self.menu(),
            featured: self.cards(catalogue.featured().iter().take(ROW)),
            reduced: self.cards(reduced.iter().take(ROW)),
        }
    }

    pub(super) fn menu(&self) -> Vec<GroupTile> {
        self.tiles(self.snapshot.catalogue.top(), 1)
    }

    pub(super) fn group(&self, path: &GroupPath, query: ListQuery) -> Result<GroupView, Trouble> {
        let node = self
            .snapshot
            .catalogue
            .group_at(path)
            .ok_or(Trouble::NotFound)?;
        Ok(GroupView {
            name: self.words(&node.group.name).to_owned(),
            above: self.crumbs(node.above.iter()),
            below: self.tiles(&node.below, 0),
            products: self.page(node.products.clone(), query)?,
        })
    }

    pub(super) fn product(&self, part_number: &PartNumber) -> Result<ProductView, Trouble> {
        let catalogue = &self.snapshot.catalogue;
        let at = catalogue
            .find_part_number(part_number)
            .ok_or(Trouble::NotFound)?;
        let entry = catalogue.at(at).ok_or(Trouble::NotFound)?;
        let product = &entry.product;
        let today = |from: Option<Date>, to: Option<Date>| {
            from.is_none_or(|from| from <= self.day) && to.is_none_or(|to| self.day <= to)
        };
        Ok(ProductView {
            card: self.card(at).ok_or(Trouble::NotFound)?,
            above: self.crumbs(entry.groups.iter().rev()),
            description: self.words(&product.description).to_owned(),
            html: entry.html().cloned(),
            pictures: product
                .pictures
                .iter()
                .map(|picture| self.mirror.pictures().view(product_picture(picture)))
                .collect(),
            variants: product
                .variants
                .iter()
                .map(|variant| VariantView {
                    id: variant.id,
                    name: self.variant_name(variant),
                })
                .collect(),
            units: units::choices(product, &catalogue.units)
                .into_iter()
                .filter_map(|unit| {
                    Some(UnitChoice {
                        unit: self.unit(unit)?,
                        holds: catalogue.holds(entry, unit)?.normalize(),
                    })
                })
                .collect(),
            codes: product.codes.clone(),
            warranty_days: product.warranty_days,
            related: product
                .relations
                .iter()
                .filter(|relation| {
                    today(relation.from_date, relation.to_date) && relation.to != product.id
                })
                .filter_map(|relation| {
                    Some((relation.kind, self.card(catalogue.find(relation.to)?)?))
                })
                .take(RELATED)
                .collect(),
        })
    }

    pub(super) fn search(&self, text: &str, query: ListQuery) -> Result<SearchView, Trouble> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let found = self.found(&text, MOST_FOUND);
        Ok(SearchView {
            products: self.page(found.products, query)?,
            similar: found.similar,
            text,
        })
    }

    pub(super) fn suggest(&self, text: &str) -> Vec<Suggestion> {
        let wanted = text.trim().to_lowercase();
        if wanted.is_empty() {
            return Vec::new();
        }
        let catalogue = &self.snapshot.catalogue;
        let groups = self
            .all_groups()
            .into_iter()
            .filter(|node| {
                self.words(&node.group.name)
                    .to_lowercase()
                    .contains(&wanted)
            })
            .take(SUGGESTED_GROUPS)
            .map(|node| Suggestion {
                name: self.words(&node.group.name).to_owned(),
                address: self.address(Page::Group(node.group.path.clone(), ListQuery::default())),
                picture: None,
                price: None,
            });
        let products = self
            .found(text, SUGGESTED)
            .products
            .into_iter()
            .filter_map(|at| {
                let entry = catalogue.at(at)?;
                let picture = self.picture(entry).and_then(|picture| {
                    let sources = picture.sources;
                    sources
                        .into_iter()
                        .find(|source| source.width >= SMALL)
                        .map(|source| source.address)
                });
                let price = self
                    .sheet
                    .as_deref()
                    .and_then(|sheet| self.snapshot.price(sheet, at));
                Some(Suggestion {
                    name: self.words(&entry.product.name).to_owned(),
                    address: self.address(Page::Product(entry.product.part_number.clone())),
                    picture,
                    price: price.map(|price| price.each.format(self.language)),
                })
            });
        groups.chain(products).collect()
    }

    pub(super) fn card(&self, at: At) -> Option<ProductCard> {
        let entry = self.snapshot.catalogue.at(at)?;
        let product = &entry.product;
        let price = match self.sheet.as_deref() {
            None => PriceView::Hidden,
            Some(sheet) => self
                .snapshot
                .price(sheet, at)
                .map_or(PriceView::OnRequest, |price| {
                    PriceView::Known(price.clone())
                }),
        };
        Some(ProductCard {
            id: product.id,
            part_number: product.part_number.clone(),
            name: self.words(&product.name).to_owned(),
            picture: self.picture(entry),
            price,
            has_price: self.snapshot.price(&self.prices, at).is_some(),
            unit: self.unit(product.unit)?,
            availability: self.snapshot.availability(entry),
            has_variants: !product.variants.is_empty(),
            least: entry.least,
        })
    }

    /// Whether so many of a unit have a price for the visitor's customer, also where the visitor sees none (D7).
    pub(super) fn has_price(&self, entry: &Entry, unit: UnitId, quantity: Decimal) -> bool {
        self.snapshot
            .unit_price(&self.prices, entry, unit, quantity)
            .is_some()
    }

    pub(super) fn picture(&self, entry: &Entry) -> Option<PictureView> {
        let main = entry.product.pictures.first()?;
        Some(self.mirror.pictures().view(product_picture(main)))
    }

    pub(super) fn unit(&self, id: UnitId) -> Option<UnitView> {
        let unit = self.snapshot.catalogue.units.get(id)?;
        let name = self.words(&unit.name);
        Some(UnitView {
            id,
            name: if name.is_empty() {
                unit.code.clone()
            } else {
                name.to_owned()
            },
            divisible: unit.divisible,
        })
    }

    pub(super) fn words<'w>(&self, words: &'w vitrina::text::Localized) -> &'w str {
        words.get(self.language, self.fallback)
    }

    pub(super) fn variant_name(&self, variant: &vitrina::catalog::source::Variant) -> String {
        let name = self.words(&variant.name);
        if name.is_empty() {
            variant.code.clone()
        } else {
            name.to_owned()
        }
    }

    /// The least one may order of a unit, if there is a least at all.
    pub(super) fn least_of(&self, entry: &Entry, unit: UnitId) -> Option<Decimal> {
        let minimum = entry
            .product
            .minimum
            .filter(|minimum| *minimum > Decimal::ZERO)?;
        let catalogue = &self.snapshot.catalogue;
        let least = minimum.checked_div(units::in_base(&entry.product, unit, &catalogue.units)?)?;
        let divisible = catalogue.units.get(unit).is_some_and(|unit| unit.divisible);
        let least = if divisible {
            least.round_dp_with_strategy(3, rust_decimal::RoundingStrategy::AwayFromZero)
        } else {
            least.ceil()
        };
        Some(least.normalize())
    }

    fn found(&self, text: &str, most: usize) -> crate::mirror::search::Found {
        self.snapshot
            .catalogue
            .search()
            .find(text, most)
            .unwrap_or_else(|error| {
                tracing::error!(%error, "the search does not work");
                crate::mirror::search::Found::default()
            })
    }

    fn page(&self, mut found: Vec<At>, query: ListQuery) -> Result<Paged<ProductCard>, Trouble> {
        if query.sort != Sort::Recommended {
            self.snapshot
                .sort(&mut found, query.sort, self.language, self.sheet.as_deref());
        }
        let page = Paged::cut(found.into_iter(), query.page, PAGE_SIZE).ok_or(Trouble::NotFound)?;
        Ok(Paged {
            items: self.cards(page.items.iter()),
            total: page.total,
            page: page.page,
            last_page: page.last_page,
        })
    }

    fn cards<'a>(&self, found: impl Iterator<Item = &'a At>) -> Vec<ProductCard> {
        found.filter_map(|&at| self.card(at)).collect()
    }

    fn crumbs<'a>(&self, groups: impl Iterator<Item = &'a GroupId>) -> Vec<Crumb> {
        groups
            .filter_map(|id| self.snapshot.catalogue.group(*id))
            .map(|node| Crumb {
                name: self.words(&node.group.name).to_owned(),
                path: node.group.path.clone(),
            })
            .collect()
    }

    /// Tiles with so many levels below them.
    fn tiles(&self, groups: &[GroupId], levels: u32) -> Vec<GroupTile> {
        groups
            .iter()
            .filter_map(|id| self.snapshot.catalogue.group(*id))
            .map(|node| GroupTile {
                name: self.words(&node.group.name).to_owned(),
                path: node.group.path.clone(),
                picture: self.group_picture(node),
                products: u32::try_from(node.products.len()).unwrap_or(u32::MAX),
                below: if levels == 0 {
                    Vec::new()
                } else {
                    self.tiles(&node.below, levels - 1)
                },
            })
            .collect()
    }

    fn group_picture(&self, node: &Node) -> Option<PictureView> {
        if let Some(own) = group_picture(&node.group) {
            return Some(self.mirror.pictures().view(own));
        }
        let catalogue = &self.snapshot.catalogue;
        node.products
            .iter()
            .filter_map(|&at| catalogue.at(at))
            .find_map(|entry| self.picture(entry))
    }

    fn all_groups(&self) -> Vec<&Node> {
        let catalogue = &self.snapshot.catalogue;
        let mut found = Vec::new();
        let mut next: Vec<GroupId> = catalogue.top().to_vec();
        while let Some(id) = next.pop() {
            if let Some(node) = catalogue.group(id) {
                next.extend(&node.below);
                found.push(node);
            }
        }
        found.sort_by(|a, b| a.group.path.cmp(&b.group.path));
        found
    }

    fn address(&self, page: Page) -> String {
        Place::new(self.language, page).path()
    }
}
