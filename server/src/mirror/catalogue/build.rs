//! How the indexes of a catalogue are made.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
};

use rust_decimal::{Decimal, RoundingStrategy};
use vitrina::{
    catalog::source::{Group, GroupPath, Product},
    ids::{GroupId, ProductId},
    pricing::units::{self, Units},
    text::Language,
};

use super::{
    At, Catalogue, Entry, Node, Odd, PictureKey, PictureOwner, group_picture, product_picture,
};
use crate::mirror::search::{SearchIndex, SearchStock};

/// Pictures that are fetched before anybody asks for them: those of groups and of the first pages.
const WARM_PICTURES: usize = 300;

/// The search of a catalogue: changed in place where a former one is known to fit, else made of everything.
pub(super) fn index(
    entries: &[Arc<Entry>],
    by_id: &Arc<HashMap<ProductId, At>>,
    changed: &[ProductId],
    former: Option<&Catalogue>,
    search: &mut SearchStock,
) -> Result<SearchIndex, tantivy::TantivyError> {
    let Some(former) = former else {
        *search = SearchStock::default();
        let all = entries.iter().map(|entry| entry.product.as_ref());
        return search.change(all, std::iter::empty(), Arc::clone(by_id));
    };
    let now = |id: &ProductId| by_id.get(id).and_then(|at| entries.get(*at));
    let mut seen = HashSet::new();
    let (mut changes, mut gone) = (Vec::new(), Vec::new());
    let left_or_come = former
        .entries
        .iter()
        .chain(entries)
        .map(|entry| entry.product.id)
        .filter(|id| former.by_id.contains_key(id) != by_id.contains_key(id));
    for id in changed.iter().copied().chain(left_or_come) {
        if !seen.insert(id) {
            continue;
        }
        match now(&id) {
            Some(entry) => {
                if former
                    .entry(id)
                    .is_none_or(|was| !same_words(&was.product, &entry.product))
                {
                    changes.push(entry.product.as_ref());
                }
            }
            None => gone.push(id),
        }
    }
    if changes.is_empty() && gone.is_empty() {
        return search.now(Arc::clone(by_id));
    }
    search.change(changes.into_iter(), gone.into_iter(), Arc::clone(by_id))
}

/// Whether a search would find both alike.
fn same_words(one: &Product, other: &Product) -> bool {
    one.part_number == other.part_number
        && one.name == other.name
        && one.short_name == other.short_name
        && one.description == other.description
        && one.codes == other.codes
        && one.variants == other.variants
}

pub(super) fn entry(
    product: &Arc<Product>,
    units: &Units,
    groups: &HashMap<GroupId, &Group>,
    lines: &mut HashMap<GroupId, Arc<[GroupId]>>,
) -> Result<Entry, &'static str> {
    let unit = units.get(product.unit).ok_or("its unit is unknown")?;
    let in_base = units::in_base(product, product.unit, units)
        .ok_or("its unit does not convert to its base unit")?;
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
    let line = lines
        .entry(product.group)
        .or_insert_with(|| line_of(product.group, groups).into());
    Ok(Entry {
        product: Arc::clone(product),
        groups: Arc::clone(line),
        in_base,
        least: least.normalize(),
        html: OnceLock::new(),
    })
}

/// Groups that are above themselves.
pub(super) fn circles(groups: &[Group], known: &HashMap<GroupId, &Group>) -> Vec<Odd> {
    groups
        .iter()
        .filter(|group| is_in_circle(group, known))
        .map(|group| Odd {
            what: "group",
            id: group.id.0,
            name: group.path.codes().join("/"),
            why: "it is above itself",
        })
        .collect()
}

fn is_in_circle(group: &Group, known: &HashMap<GroupId, &Group>) -> bool {
    let mut next = group.parent;
    for _ in 0..known.len() {
        match next {
            Some(id) if id == group.id => return true,
            Some(id) => next = known.get(&id).and_then(|group| group.parent),
            None => return false,
        }
    }
    // It hangs on a circle without being in it.
    false
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

pub(super) fn nodes(
    groups: &[Group],
    known: &HashMap<GroupId, &Group>,
    entries: &[Arc<Entry>],
) -> HashMap<GroupId, Node> {
    let mut products: HashMap<GroupId, Vec<At>> = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        for group in entry.groups.iter() {
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
            // Whoever walks down must arrive.
            && !is_in_circle(group, known)
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
            if is_in_circle(group, known) {
                above.clear();
            }
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

pub(super) fn path_of(nodes: &HashMap<GroupId, Node>, id: GroupId) -> Option<&GroupPath> {
    nodes.get(&id).map(|node| &node.group.path)
}

/// The place of each product in the order of names. Cyrillic sorts after Latin, capitals do not count.
pub(super) fn ranks(entries: &[Arc<Entry>], language: Language, fallback: Language) -> Vec<u32> {
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

pub(super) fn pictures(
    nodes: &HashMap<GroupId, Node>,
    entries: &[Arc<Entry>],
) -> HashMap<PictureKey, PictureOwner> {
    let of_groups = nodes.values().filter_map(|node| {
        let key = group_picture(&node.group)?;
        Some((key, PictureOwner::Group(node.group.id)))
    });
    let of_products = entries
        .iter()
        .flat_map(|entry| &entry.product.pictures)
        .map(|picture| (product_picture(picture), PictureOwner::Product(picture.id)));
    of_groups.chain(of_products).collect()
}

pub(super) fn warm_pictures(
    nodes: &HashMap<GroupId, Node>,
    top: &[GroupId],
    featured: &[At],
    entries: &[Arc<Entry>],
) -> Vec<PictureKey> {
    let main = |at: &At| {
        let picture = entries.get(*at)?.product.pictures.first()?;
        Some(product_picture(picture))
    };
    let page = vitrina::catalog::listing::PAGE_SIZE as usize;
    let of_groups = top
        .iter()
        .filter_map(|id| nodes.get(id))
        .flat_map(|node| {
            std::iter::once(&node.group.id)
                .chain(&node.below)
                .filter_map(|id| nodes.get(id))
        })
        .filter_map(|node| group_picture(&node.group));
    let of_first_pages = top
        .iter()
        .filter_map(|id| nodes.get(id))
        .flat_map(|node| node.products.iter().take(page));
    let mut seen = HashSet::new();
    of_groups
        .chain(featured.iter().take(page).filter_map(main))
        .chain(of_first_pages.filter_map(main))
        .filter(|key| seen.insert(*key))
        .take(WARM_PICTURES)
        .collect()
}
