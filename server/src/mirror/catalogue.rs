//! Groups, units and products, with every index a page needs. Built once per change, off the request's path; never changed.
//!
//! The next catalogue takes over from the former what a change leaves as it is: entries, the order of names, the search.

mod build;

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use rust_decimal::Decimal;
use uuid::Uuid;
use vitrina::{
    catalog::{
        listing::Sort,
        source::{Group, GroupPath, PartNumber, Product},
    },
    ids::{GroupId, PictureId, ProductId, UnitId},
    pricing::{
        book::Goods,
        units::{self, Units},
    },
    text::{CleanHtml, Language},
};

use super::{
    html,
    records::{Seller, Structure},
    search::{SearchIndex, SearchStock},
};

/// The place of a product in [`Catalogue::products`].
pub type At = usize;

/// A product with what is computed of it once.
#[derive(Debug)]
pub struct Entry {
    /// The product.
    pub product: Arc<Product>,
    /// Its group and every group above that; only the group itself if it is unknown.
    pub groups: Arc<[GroupId]>,
    /// Base units in one selling unit.
    pub in_base: Decimal,
    /// The least one may order, in selling units.
    pub least: Decimal,
    html: OnceLock<Option<CleanHtml>>,
}

impl Entry {
    /// The HTML written by staff, cleaned when it is first asked for.
    pub fn html(&self) -> Option<&CleanHtml> {
        self.html
            .get_or_init(|| {
                let raw = self.product.raw_html.as_deref()?;
                html::clean(raw)
            })
            .as_ref()
    }
}

/// A group with its neighbours.
#[derive(Debug)]
pub struct Node {
    /// The group.
    pub group: Group,
    /// The groups above it, from the top down.
    pub above: Vec<GroupId>,
    /// The groups directly below it that have products, in the order of their paths.
    pub below: Vec<GroupId>,
    /// Products in it and below, as recommended.
    pub products: Vec<At>,
}

/// Which record a picture belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureOwner {
    /// A picture of a product.
    Product(PictureId),
    /// The picture of a group.
    Group(GroupId),
}

/// A picture by its record and its last change: the key of every copy of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PictureKey {
    /// The record's id: of the picture, or of the group.
    pub id: Uuid,
    /// Seconds since 1970 of its last change; zero if the instance did not tell.
    pub stamp: i64,
}

/// A record that pages must do without, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odd {
    /// What sort of record.
    pub what: &'static str,
    /// Its id.
    pub id: Uuid,
    /// What staff call it.
    pub name: String,
    /// Why.
    pub why: &'static str,
}

/// The order of names in each language: as places of the products.
type Ranks = HashMap<Language, Vec<u32>>;

/// The catalogue with its indexes.
pub struct Catalogue {
    /// Who sells.
    pub seller: Seller,
    /// Every unit.
    pub units: Arc<Units>,
    structure: Arc<Structure>,
    entries: Vec<Arc<Entry>>,
    by_id: Arc<HashMap<ProductId, At>>,
    by_part_number: HashMap<PartNumber, At>,
    nodes: HashMap<GroupId, Node>,
    by_path: HashMap<GroupPath, GroupId>,
    top: Vec<GroupId>,
    featured: Vec<At>,
    ranks: Arc<Ranks>,
    pictures: HashMap<PictureKey, PictureOwner>,
    warm_pictures: Vec<PictureKey>,
    search: SearchIndex,
    /// Records that are left out.
    pub odd: Vec<Odd>,
}

/// What a catalogue is built of.
pub struct Parts {
    /// What products hang on.
    pub structure: Arc<Structure>,
    /// Every product.
    pub products: Vec<Arc<Product>>,
    /// Which of them differ from the former catalogue, and which it had are gone.
    pub changed: Vec<ProductId>,
    /// The former catalogue; without one everything has changed.
    pub former: Option<Arc<Catalogue>>,
}

impl Catalogue {
    /// Builds every index. `languages` are the shop's; the first is the fallback of names.
    pub fn new(
        parts: Parts,
        languages: &[Language],
        search: &mut SearchStock,
    ) -> Result<Self, tantivy::TantivyError> {
        let Parts {
            structure,
            mut products,
            changed,
            former,
        } = parts;
        let groups: HashMap<GroupId, &Group> = structure
            .groups
            .iter()
            .map(|group| (group.id, group))
            .collect();
        let mut odd = build::circles(&structure.groups, &groups);
        products.sort_by(|a, b| a.part_number.cmp(&b.part_number).then(a.id.cmp(&b.id)));
        // Entries hang on units and groups, too.
        let reused = former
            .as_ref()
            .filter(|former| *former.structure == *structure);
        let units = reused.map_or_else(
            || Arc::new(structure.units.iter().cloned().collect()),
            |former| Arc::clone(&former.units),
        );
        let mut lines = HashMap::new();
        let mut entries: Vec<Arc<Entry>> = Vec::with_capacity(products.len());
        for product in products {
            let known = reused
                .and_then(|former| former.entry(product.id))
                .filter(|known| Arc::ptr_eq(&known.product, &product));
            let found = match known {
                Some(known) => Ok(Arc::clone(known)),
                None => build::entry(&product, &units, &groups, &mut lines).map(Arc::new),
            };
            match found {
                Ok(entry) => entries.push(entry),
                Err(why) => odd.push(Odd {
                    what: "product",
                    id: product.id.0,
                    name: product.part_number.to_string(),
                    why,
                }),
            }
        }
        let by_id: HashMap<ProductId, At> = entries
            .iter()
            .enumerate()
            .map(|(at, entry)| (entry.product.id, at))
            .collect();
        let same_order = former.as_ref().filter(|former| {
            former.entries.len() == entries.len()
                && changed.iter().all(|id| {
                    let now = by_id.get(id).and_then(|at| entries.get(*at));
                    match (former.entry(*id), now) {
                        (Some(was), Some(now)) => {
                            was.product.part_number == now.product.part_number
                                && was.product.name == now.product.name
                        }
                        (None, None) => true,
                        _ => false,
                    }
                })
        });
        let fallback = languages.first().copied().unwrap_or(Language::ENGLISH);
        let ranks = same_order.map_or_else(
            || {
                let ranks = languages
                    .iter()
                    .map(|&language| (language, build::ranks(&entries, language, fallback)));
                Arc::new(ranks.collect())
            },
            |former| Arc::clone(&former.ranks),
        );
        let by_id = same_order.map_or_else(|| Arc::new(by_id), |former| Arc::clone(&former.by_id));
        let search = build::index(&entries, &by_id, &changed, former.as_deref(), search)?;

        let nodes = build::nodes(&structure.groups, &groups, &entries);
        let mut top: Vec<GroupId> = nodes
            .values()
            .filter(|node| node.above.is_empty() && !node.products.is_empty())
            .filter(|node| {
                let parent = node.group.parent;
                // A group in a circle is shown at the top: nobody would find it otherwise. One below a group that is out of use
                // is out of use.
                parent.is_none_or(|parent| groups.contains_key(&parent))
            })
            .map(|node| node.group.id)
            .collect();
        top.sort_by(|a, b| build::path_of(&nodes, *a).cmp(&build::path_of(&nodes, *b)));
        let featured: Vec<At> = entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.product.featured)
            .map(|(at, _)| at)
            .collect();
        Ok(Self {
            seller: structure.seller.clone(),
            by_part_number: entries
                .iter()
                .enumerate()
                .map(|(at, entry)| (entry.product.part_number.clone(), at))
                .collect(),
            by_path: nodes
                .values()
                .map(|node| (node.group.path.clone(), node.group.id))
                .collect(),
            pictures: build::pictures(&nodes, &entries),
            warm_pictures: build::warm_pictures(&nodes, &top, &featured, &entries),
            structure,
            by_id,
            ranks,
            search,
            nodes,
            top,
            featured,
            units,
            entries,
            odd,
        })
    }

    fn entry(&self, id: ProductId) -> Option<&Arc<Entry>> {
        self.entries.get(self.find(id)?)
    }

    /// Every product, by rising article number.
    pub fn products(&self) -> &[Arc<Entry>] {
        &self.entries
    }

    /// The product at a place.
    pub fn at(&self, at: At) -> Option<&Entry> {
        self.entries.get(at).map(AsRef::as_ref)
    }

    /// Where the product is.
    pub fn find(&self, id: ProductId) -> Option<At> {
        self.by_id.get(&id).copied()
    }

    /// Where the product with this article number is.
    pub fn find_part_number(&self, part_number: &PartNumber) -> Option<At> {
        self.by_part_number.get(part_number).copied()
    }

    /// The groups at the top that have products, in the order of their paths.
    pub fn top(&self) -> &[GroupId] {
        &self.top
    }

    /// A group.
    pub fn group(&self, id: GroupId) -> Option<&Node> {
        self.nodes.get(&id)
    }

    /// The group at this address.
    pub fn group_at(&self, path: &GroupPath) -> Option<&Node> {
        self.by_path.get(path).and_then(|id| self.nodes.get(id))
    }

    /// Highlighted products, by article number.
    pub fn featured(&self) -> &[At] {
        &self.featured
    }

    /// What fits a text, best first.
    pub fn search(&self) -> &SearchIndex {
        &self.search
    }

    /// Which record a picture belongs to; none if it is not of this catalogue.
    pub fn picture_owner(&self, key: PictureKey) -> Option<PictureOwner> {
        self.pictures.get(&key).copied()
    }

    /// The pictures that shoppers are likely to meet first, in that order: few, however large the catalogue.
    pub fn warm_pictures(&self) -> &[PictureKey] {
        &self.warm_pictures
    }

    /// How many pictures there are.
    pub fn picture_count(&self) -> usize {
        self.pictures.len()
    }

    /// A product with what its price depends on.
    pub fn goods<'a>(&'a self, entry: &'a Entry) -> Goods<'a> {
        Goods {
            product: &entry.product,
            groups: &entry.groups,
            units: &self.units,
        }
    }

    /// How many selling units of the product one of `unit` is; one for the selling unit.
    pub fn holds(&self, entry: &Entry, unit: UnitId) -> Option<Decimal> {
        units::in_base(&entry.product, unit, &self.units)?.checked_div(entry.in_base)
    }

    /// Puts products in an order that does not depend on prices; `found` comes as recommended.
    pub fn sort(&self, found: &mut [At], sort: Sort, language: Language) {
        match sort {
            Sort::PartNumber => found.sort_unstable(),
            Sort::Name => {
                if let Some(ranks) = self.ranks.get(&language) {
                    found.sort_by_key(|&at| ranks.get(at).copied());
                }
            }
            Sort::Recommended | Sort::PriceUp | Sort::PriceDown => {}
        }
    }
}

/// The key of a product's picture.
pub fn product_picture(picture: &vitrina::catalog::source::Picture) -> PictureKey {
    PictureKey {
        id: picture.id.0,
        stamp: picture
            .changed
            .map_or(0, time::OffsetDateTime::unix_timestamp),
    }
}

/// The key of a group's own picture, if it has one.
pub fn group_picture(group: &Group) -> Option<PictureKey> {
    group.picture_changed.map(|changed| PictureKey {
        id: group.id.0,
        stamp: changed.unix_timestamp(),
    })
}
