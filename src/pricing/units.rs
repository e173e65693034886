//! Units of one product: those of its own category, and those its conversions reach (entities.md §1.6).

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::{catalog::source::Product, ids::UnitId, quantity::Unit};

/// All units by their records.
#[derive(Debug, Clone, Default)]
pub struct Units(HashMap<UnitId, Unit>);

impl Units {
    /// The unit, if it is known.
    pub fn get(&self, id: UnitId) -> Option<&Unit> {
        self.0.get(&id)
    }
}

impl FromIterator<Unit> for Units {
    fn from_iter<I: IntoIterator<Item = Unit>>(units: I) -> Self {
        Self(units.into_iter().map(|unit| (unit.id, unit)).collect())
    }
}

/// How many base units of the product one of `unit` is; none if no conversion leads there, or one of them is not above zero.
///
/// The multipliers of the instance's own conversion rows are not used: its documents and its code disagree on which is which.
pub fn in_base(product: &Product, unit: UnitId, units: &Units) -> Option<Decimal> {
    // A conversion is used once at most, so the walk ends even if conversions form a circle.
    fn walk(
        product: &Product,
        unit: UnitId,
        units: &Units,
        used: &mut Vec<usize>,
    ) -> Option<Decimal> {
        if let Some(known) = units.get(unit)
            && known.category == product.unit_category
        {
            return (known.in_base > Decimal::ZERO).then_some(known.in_base);
        }
        for (index, step) in product.conversions.iter().enumerate() {
            if used.contains(&index) || step.source <= Decimal::ZERO || step.dest <= Decimal::ZERO {
                continue;
            }
            let (next, factor) = if step.source_unit == unit {
                (step.dest_unit, step.dest.checked_div(step.source)?)
            } else if step.dest_unit == unit {
                (step.source_unit, step.source.checked_div(step.dest)?)
            } else {
                continue;
            };
            used.push(index);
            if let Some(rest) = walk(product, next, units, used) {
                return factor.checked_mul(rest);
            }
        }
        None
    }
    walk(product, unit, units, &mut Vec::new())
}

/// The units a product can be ordered in, the selling unit first: those its conversions name, and no other of its category,
/// since a shop that sells lamps by the piece does not want them ordered by the dozen unless it says so.
///
/// Unverified: the instance accepts any unit of the category; which of them a seller wants to offer is nowhere recorded.
pub fn choices(product: &Product, units: &Units) -> Vec<UnitId> {
    let mut found = vec![product.unit];
    for step in &product.conversions {
        for unit in [step.source_unit, step.dest_unit] {
            if !found.contains(&unit)
                && units.get(unit).is_some()
                && in_base(product, unit, units).is_some()
            {
                found.push(unit);
            }
        }
    }
    found
}

#[cfg(test)]
pub(crate) mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        catalog::source::{Conversion, PartNumber},
        ids::{GroupId, ProductId, UnitCategoryId},
        text::Localized,
    };

    pub(crate) const PIECE: UnitId = UnitId(Uuid::from_u128(1));
    pub(crate) const DOZEN: UnitId = UnitId(Uuid::from_u128(2));
    pub(crate) const BOX: UnitId = UnitId(Uuid::from_u128(3));
    pub(crate) const PALLET: UnitId = UnitId(Uuid::from_u128(4));
    pub(crate) const KILO: UnitId = UnitId(Uuid::from_u128(5));
    const PIECES: UnitCategoryId = UnitCategoryId(Uuid::from_u128(11));
    const PACKS: UnitCategoryId = UnitCategoryId(Uuid::from_u128(12));
    const WEIGHT: UnitCategoryId = UnitCategoryId(Uuid::from_u128(13));

    pub(crate) fn units() -> Units {
        [
            (PIECE, PIECES, 1, false),
            (DOZEN, PIECES, 12, false),
            (BOX, PACKS, 1, false),
            (PALLET, PACKS, 1, false),
            (KILO, WEIGHT, 1, true),
        ]
        .into_iter()
        .map(|(id, category, in_base, divisible)| Unit {
            id,
            code: id.to_string(),
            name: Localized::default(),
            category,
            in_base: Decimal::from(in_base),
            divisible,
        })
        .collect()
    }

    pub(crate) fn product(id: u128) -> Product {
        let convert = |source: i64, source_unit, dest: i64, dest_unit| Conversion {
            source: source.into(),
            source_unit,
            dest: dest.into(),
            dest_unit,
        };
        Product {
            id: ProductId(Uuid::from_u128(id)),
            part_number: PartNumber::new(&format!("P-{id}")).unwrap(),
            name: Localized::default(),
            short_name: Localized::default(),
            description: Localized::default(),
            raw_html: None,
            group: GroupId(Uuid::from_u128(21)),
            featured: false,
            unit: PIECE,
            unit_category: PIECES,
            conversions: vec![convert(1, BOX, 20, PIECE), convert(1, PALLET, 30, BOX)],
            standard_price: None,
            minimum: None,
            stocked: true,
            shipped: true,
            warranty_days: None,
            variants: Vec::new(),
            codes: Vec::new(),
            pictures: Vec::new(),
            relations: Vec::new(),
            changed: None,
        }
    }

    #[test]
    fn units_convert_through_the_category_and_through_conversions() {
        let units = units();
        for (unit, base) in [
            (PIECE, Some(1)),
            (DOZEN, Some(12)),
            (BOX, Some(20)),
            (PALLET, Some(600)),
            (KILO, None),
        ] {
            assert_eq!(
                in_base(&product(1), unit, &units),
                base.map(Decimal::from),
                "{unit}"
            );
        }
        assert_eq!(choices(&product(1), &units), [PIECE, BOX, PALLET]);
    }

    #[test]
    fn conversions_in_a_circle_or_of_nothing_lead_nowhere() {
        let units = units();
        let mut odd = product(1);
        odd.conversions = vec![
            Conversion {
                source: Decimal::ONE,
                source_unit: BOX,
                dest: Decimal::TWO,
                dest_unit: PALLET,
            },
            Conversion {
                source: Decimal::ONE,
                source_unit: PALLET,
                dest: Decimal::TWO,
                dest_unit: BOX,
            },
            Conversion {
                source: Decimal::ZERO,
                source_unit: BOX,
                dest: Decimal::TWO,
                dest_unit: PIECE,
            },
        ];
        assert_eq!(in_base(&odd, BOX, &units), None);
        assert_eq!(choices(&odd, &units), [PIECE]);
    }
}
