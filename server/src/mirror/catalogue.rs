//! Groups, units and products, with every index a page needs. Built once per change, off the request's path; never changed.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    sync::OnceLock,
};

use rust_decimal::{Decimal, RoundingStrategy};
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
    records::{CatalogueRecords, Seller},
    search::SearchIndex,
};

/// The place of a product in [`Catalogue::products`].
pub type At = usize;

/// A product with what is computed of it once.
#[derive(Debug)]
pub struct Entry {
    /// The product.
    pub product: Product,
    /// Its group and every group above that; only the group itself if it is unknown.
    pub groups: Vec<GroupId>,
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
                let clean = ammonia::clean(raw);
                (!clean.trim().is_empty()).then(|| CleanHtml::trusted_from_cleaner(clean))
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

/// The catalogue with its indexes.
pub struct Catalogue {
    /// Who sells.
    pub seller: Seller,
    /// Every unit.
    pub units: Units,
    entries: Vec<Entry>,
    by_id: HashMap<ProductId, At>,
    by_part_number: HashMap<PartNumber, At>,
    nodes: HashMap<GroupId, Node>,
    by_path: HashMap<GroupPath, GroupId>,
    top: Vec<GroupId>,
    featured: Vec<At>,
    ranks: HashMap<Language, Vec<u32>>,
    pictures: HashMap<PictureKey, PictureOwner>,
    picture_order: Vec<PictureKey>,
    search: SearchIndex,
    /// Products left out because their selling unit is unknown.
    pub left_out: usize,
}

impl Catalogue {
    /// Builds every index. `languages` are the shop's; the first is the fallback of names.
    pub fn new(
        records: &CatalogueRecords,
        languages: &[Language],
    ) -> Result<Self, tantivy::TantivyError> {
        let units: Units = records.units.iter().cloned().collect();
        let groups: HashMap<GroupId, &Group> = records
            .groups
            .iter()
            .map(|group| (group.id, group))
            .collect();
        let mut products: Vec<&Product> = records.products.iter().collect();
        products.sort_by(|a, b| a.part_number.cmp(&b.part_number).then(a.id.cmp(&b.id)));
        let entries: Vec<Entry> = products
            .into_iter()
            .filter_map(|product| entry(product, &units, &groups))
            .collect();
        let left_out = records.products.len() - entries.len();
        let fallback = languages.first().copied().unwrap_or(Language::ENGLISH);
        let nodes = nodes(&records.groups, &groups, &entries);
        let mut top: Vec<GroupId> = nodes
            .values()
            .filter(|node| node.group.parent.is_none() && !node.products.is_empty())
            .map(|node| node.group.id)
            .collect();
        top.sort_by(|a, b| path_of(&nodes, *a).cmp(&path_of(&nodes, *b)));
        let mut featured: Vec<At> = Vec::new();
        featured.extend(
            entries
                .iter()
                .enumerate()
                .filter(|(_, e)| e.product.featured)
                .map(|(at, _)| at),
        );
        let (pictures, picture_order) = pictures(&nodes, &top, &featured, &entries);
        Ok(Self {
            seller: records.seller.clone(),
            by_id: entries
                .iter()
                .enumerate()
                .map(|(at, e)| (e.product.id, at))
                .collect(),
            by_part_number: entries
                .iter()
                .enumerate()
                .map(|(at, e)| (e.product.part_number.clone(), at))
                .collect(),
            by_path: nodes
                .values()
                .map(|node| (node.group.path.clone(), node.group.id))
                .collect(),
            ranks: languages
                .iter()
                .map(|&language| (language, ranks(&entries, language, fallback)))
                .collect(),
            search: SearchIndex::new(entries.iter().map(|entry| &entry.product))?,
            nodes,
            top,
            featured,
            pictures,
            picture_order,
            units,
            entries,
            left_out,
        })
    }

    /// Every product, by rising article number.
    pub fn products(&self) -> &[Entry] {
        &self.entries
    }

    /// The product at a place.
    pub fn at(&self, at: At) -> Option<&Entry> {
        self.entries.get(at)
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

    /// All pictures in the order in which shoppers are likely to meet them.
    pub fn pictures(&self) -> &[PictureKey] {
        &self.picture_order
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

fn entry(product: &Product, units: &Units, groups: &HashMap<GroupId, &Group>) -> Option<Entry> {
    let unit = units.get(product.unit)?;
    let in_base = units::in_base(product, product.unit, units)?;
    let minimum = product
        .minimum
        .filter(|minimum| *minimum > Decimal::ZERO)
        .and_then(|minimum| minimum.checked_div(in_base));
    let least = match minimum {
        Some(minimum) if unit.divisible => {
            minimum.round_dp_with_strategy(3, RoundingStrategy::AwayFromZero)
        }
        Some(minimum) => minimum.ceil(),
        None => Decimal::ONE,
    };
    Some(Entry {
        product: product.clone(),
        groups: line_of(product.group, groups),
        in_base,
        least: least.normalize(),
        html: OnceLock::new(),
    })
}

/// A group and those above it, upwards. A circle in the records ends where it closes.
fn line_of(group: GroupId, groups: &HashMap<GroupId, &Group>) -> Vec<GroupId> {
    let mut line = vec![group];
    let mut next = groups.get(&group).and_then(|group| group.parent);
    while let Some(id) = next {
        if line.contains(&id) {
            break;
        }
        line.push(id);
        next = groups.get(&id).and_then(|group| group.parent);
    }
    line
}

fn nodes(
    groups: &[Group],
    known: &HashMap<GroupId, &Group>,
    entries: &[Entry],
) -> HashMap<GroupId, Node> {
    let mut products: HashMap<GroupId, Vec<At>> = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        for group in &entry.groups {
            products.entry(*group).or_default().push(at);
        }
    }
    for found in products.values_mut() {
        found.sort_by_key(|&at| {
            (
                Reverse(entries.get(at).is_some_and(|e| e.product.featured)),
                at,
            )
        });
    }
    let mut below: HashMap<GroupId, Vec<&Group>> = HashMap::new();
    for group in groups {
        if let Some(parent) = group.parent
            && products.contains_key(&group.id)
        {
            below.entry(parent).or_default().push(group);
        }
    }
    groups
        .iter()
        .map(|group| {
            let mut above = line_of(group.id, known);
            above.remove(0);
            above.retain(|id| known.contains_key(id));
            above.reverse();
            let mut direct = below.remove(&group.id).unwrap_or_default();
            direct.sort_by(|a, b| a.path.cmp(&b.path));
            let node = Node {
                group: group.clone(),
                above,
                below: direct.into_iter().map(|group| group.id).collect(),
                products: products.remove(&group.id).unwrap_or_default(),
            };
            (group.id, node)
        })
        .collect()
}

fn path_of(nodes: &HashMap<GroupId, Node>, id: GroupId) -> Option<&GroupPath> {
    nodes.get(&id).map(|node| &node.group.path)
}

/// The place of each product in the order of names. Cyrillic sorts after Latin, capitals do not count.
fn ranks(entries: &[Entry], language: Language, fallback: Language) -> Vec<u32> {
    let mut order: Vec<(String, At)> = entries
        .iter()
        .enumerate()
        .map(|(at, entry)| {
            (
                entry.product.name.get(language, fallback).to_lowercase(),
                at,
            )
        })
        .collect();
    order.sort_unstable();
    let mut ranks = vec![u32::MAX; entries.len()];
    for (rank, (_, at)) in order.into_iter().enumerate() {
        if let Some(slot) = ranks.get_mut(at) {
            *slot = u32::try_from(rank).unwrap_or(u32::MAX);
        }
    }
    ranks
}

fn pictures(
    nodes: &HashMap<GroupId, Node>,
    top: &[GroupId],
    featured: &[At],
    entries: &[Entry],
) -> (HashMap<PictureKey, PictureOwner>, Vec<PictureKey>) {
    let main = |at: &At| {
        entries
            .get(*at)
            .and_then(|entry| entry.product.pictures.first())
    };
    let of_product = |picture: &vitrina::catalog::source::Picture| {
        (product_picture(picture), PictureOwner::Product(picture.id))
    };
    let group_first_pages = top.iter().filter_map(|id| nodes.get(id)).flat_map(|node| {
        node.products
            .iter()
            .take(vitrina::catalog::listing::PAGE_SIZE as usize)
    });
    let wanted = nodes
        .values()
        .filter_map(|node| {
            Some((
                group_picture(&node.group)?,
                PictureOwner::Group(node.group.id),
            ))
        })
        .chain(featured.iter().filter_map(main).map(of_product))
        .chain(group_first_pages.filter_map(main).map(of_product))
        .chain(
            entries
                .iter()
                .filter_map(|e| e.product.pictures.first())
                .map(of_product),
        )
        .chain(
            entries
                .iter()
                .flat_map(|e| &e.product.pictures)
                .map(of_product),
        );
    let mut seen = HashSet::new();
    let mut order = Vec::new();
    let mut owners = HashMap::new();
    for (key, owner) in wanted {
        if seen.insert(key) {
            order.push(key);
            owners.insert(key, owner);
        }
    }
    (owners, order)
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
