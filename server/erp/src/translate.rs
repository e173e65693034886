//! From the wire to the store's words. A row that lacks what the shop cannot do without is left out with a reason (D7); a
//! price that cannot be read is no price, never zero.

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::Value;
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;
use vitrina::{
    catalog::source::{
        Conversion, Group, GroupPath, PartNumber, Picture, Product, Relation, RelationKind,
        StandardPrice, Variant,
    },
    ids::{
        CampaignId, ChannelId, CompanyId, CustomerId, CustomerTypeId, GroupId, LocationId,
        PictureId, PriceListId, ProductId, TargetGroupId, UnitCategoryId, UnitId, VariantId,
    },
    money::{Currency, Money},
    pricing::rows::{
        Conditions, DiscountLevel, DiscountRow, PriceList, PriceRow, Priority, QuantityRange,
        Validity,
    },
    quantity::Unit,
    text::{Language, Localized},
};

use crate::{
    catalogue::{LeftOut, Pull},
    wire::{Amount, Expanded, Quantity, Words, catalogue as wire, reference},
};

/// Why a row is left out.
pub(crate) type Why = &'static str;
pub(crate) const MISSHAPEN: Why = "not of the documented shape";

/// Translates every row it can.
pub(crate) fn pull<W: DeserializeOwned, T>(
    what: &'static str,
    rows: Vec<Value>,
    translate: impl Fn(Uuid, W) -> Result<Option<T>, Why>,
) -> Pull<T> {
    let mut pull = Pull {
        rows: Vec::with_capacity(rows.len()),
        left_out: Vec::new(),
    };
    let mut seen = HashSet::new();
    for row in rows {
        let id = reference(&row);
        let name = name_of(&row);
        let translated = match id {
            None => Err("no id"),
            // Paging over changing data may repeat rows (domain-api.md §5).
            Some(id) if !seen.insert(id) => Ok(None),
            Some(id) => serde_json::from_value(row)
                .map_err(|_| MISSHAPEN)
                .and_then(|row| translate(id, row)),
        };
        match translated {
            Ok(Some(row)) => pull.rows.push(row),
            Ok(None) => {}
            Err(why) => pull.left_out.push(LeftOut {
                what,
                id,
                name,
                why,
            }),
        }
    }
    if !pull.left_out.is_empty() {
        tracing::warn!(what, count = pull.left_out.len(), first = ?pull.left_out.first(), "rows left out");
    }
    pull
}

/// What staff call a row, where it is short enough to be told.
fn name_of(row: &Value) -> Option<String> {
    const LONGEST: usize = 64;
    let name = row
        .get("PartNumber")
        .or_else(|| row.get("Code"))?
        .as_str()?;
    (name.len() <= LONGEST).then(|| name.to_owned())
}

/// Words by language; a plain text counts as English.
pub(crate) fn words(words: Option<Words>) -> Localized {
    match words {
        None => Localized::default(),
        Some(Words::Plain(text)) => [(Language::ENGLISH, text)].into_iter().collect(),
        Some(Words::ByLanguage(words)) => words
            .into_iter()
            .filter_map(|(language, words)| Some((language.parse().ok()?, words?)))
            .collect(),
    }
}

/// An amount; none without a value or a currency.
pub(crate) fn money(amount: Option<&Amount>) -> Option<Money> {
    let amount = amount?;
    Some(Money::new(
        amount.value?.0,
        Currency::new(amount.currency.as_deref()?)?,
    ))
}

/// A day: the instance writes `2026-02-03T00:00:00Z` for it, without meaning a zone (domain-api.md §7).
pub(crate) fn day(text: Option<&String>) -> Option<Date> {
    let text = text?.get(..10)?;
    let mut parts = text.split('-');
    let year = parts.next()?.parse().ok()?;
    let month: u8 = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    Date::from_calendar_date(year, month.try_into().ok()?, day).ok()
}

/// An instant.
pub(crate) fn instant(text: Option<&String>) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text?, &Rfc3339).ok()
}

/// A day as the instance writes it.
pub(crate) fn day_text(day: Date) -> String {
    format!("{day}T00:00:00Z")
}

pub(crate) fn group(id: Uuid, row: wire::GroupRow) -> Result<Option<Group>, Why> {
    Ok(Some(Group {
        id: GroupId(id),
        parent: row.parent_group.map(|parent| GroupId(parent.0)),
        path: row
            .full_path
            .as_deref()
            .and_then(GroupPath::from_full_path)
            .ok_or("no path")?,
        name: words(row.name),
        picture_changed: instant(row.picture_last_update_time.as_ref()),
        company: row.enterprise_company.map(|company| CompanyId(company.0)),
    }))
}

/// Units by code and by id.
#[derive(Debug, Default)]
pub(crate) struct Units {
    by_code: HashMap<String, UnitId>,
    by_id: HashMap<UnitId, String>,
}

impl Units {
    pub(crate) fn of(units: &[Unit]) -> Self {
        Self {
            by_code: units
                .iter()
                .map(|unit| (unit.code.clone(), unit.id))
                .collect(),
            by_id: units
                .iter()
                .map(|unit| (unit.id, unit.code.clone()))
                .collect(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub(crate) fn id(&self, code: Option<&String>) -> Option<UnitId> {
        self.by_code.get(code?).copied()
    }

    pub(crate) fn code(&self, id: UnitId) -> Option<&String> {
        self.by_id.get(&id)
    }
}

/// Units. Whether fractions are sold is decided by category: where pieces are counted, everything is sold whole.
pub(crate) fn units(rows: Vec<Value>) -> Pull<Unit> {
    let counted: HashSet<Uuid> = rows
        .iter()
        .filter(|row| row.get("SystemUnit").and_then(Value::as_str) == Some("Pieces"))
        .filter_map(|row| reference(row.get("MeasurementCategory")?))
        .collect();
    pull("unit", rows, |id, row: wire::UnitRow| {
        let category = row.measurement_category.ok_or("no category")?.0;
        let multiplier = row.multiplier.map_or(Decimal::ONE, |number| number.0);
        let divisor = row.divisor.map_or(Decimal::ONE, |number| number.0);
        // Unverified: one of a unit is multiplier ÷ divisor base units (entities.md §1.6 says only "conversion to base").
        let in_base = multiplier
            .checked_div(divisor)
            .filter(|factor| *factor > Decimal::ZERO)
            .ok_or("no conversion to its base unit")?;
        Ok(Some(Unit {
            id: UnitId(id),
            code: row.code.filter(|code| !code.is_empty()).ok_or("no code")?,
            name: words(row.name),
            category: UnitCategoryId(category),
            in_base,
            divisible: row.system_unit.as_deref() != Some("Pieces") && !counted.contains(&category),
        }))
    })
}

/// Which products the shop shows (entities.md §1.1).
pub(crate) struct Publishing {
    pub(crate) channel: Option<ChannelId>,
    pub(crate) company: CompanyId,
    pub(crate) today: Date,
}

impl Publishing {
    /// Fixed assets never; with a channel, what has an active link to it that is valid today.
    pub(crate) fn shows(
        &self,
        kind: Option<&wire::ProductTypeRow>,
        links: &[wire::ProductChannelRow],
    ) -> bool {
        if kind.is_some_and(|kind| kind.fixed_asset == Some(true)) {
            return false;
        }
        let Some(channel) = self.channel else {
            return true;
        };
        links.iter().any(|link| {
            link.distribution_channel
                .is_some_and(|reference| reference.0 == channel.0)
                && link.is_active != Some(false)
                && Validity {
                    from: day(link.from_date.as_ref()),
                    thru: day(link.to_date.as_ref()),
                }
                .covers(self.today)
        })
    }
}

pub(crate) fn product(
    id: Uuid,
    row: wire::ProductRow,
    publishing: &Publishing,
) -> Result<Option<Product>, Why> {
    let kind = row.product_type.and_then(|kind| kind.row);
    if !publishing.shows(kind.as_ref(), &row.distribution_channels) {
        return Ok(None);
    }
    let standard_price = standard_price(
        row.standard_price_per_lot.as_ref(),
        row.standard_lot_size_base.as_ref(),
    );
    Ok(Some(Product {
        id: ProductId(id),
        part_number: row
            .part_number
            .as_deref()
            .and_then(PartNumber::new)
            .ok_or("no article number")?,
        name: words(row.name),
        short_name: words(row.short_name),
        description: words(row.description),
        raw_html: row
            .catalog_description_html
            .filter(|html| !html.trim().is_empty()),
        group: GroupId(row.product_group.ok_or("no group")?.0),
        featured: row.is_featured.unwrap_or(false),
        unit: UnitId(row.measurement_unit.ok_or("no unit")?.0),
        unit_category: UnitCategoryId(
            row.base_measurement_category
                .ok_or("no category of units")?
                .0,
        ),
        conversions: row.dimensions.iter().filter_map(conversion).collect(),
        standard_price,
        minimum: row
            .minimal_sales_quantity_base
            .map(|number| number.0)
            .filter(|minimum| *minimum > Decimal::ZERO),
        stocked: kind.as_ref().and_then(|kind| kind.stocked).unwrap_or(true),
        shipped: kind.as_ref().and_then(|kind| kind.shipped).unwrap_or(false),
        warranty_days: row
            .guarantee_period_days
            .and_then(|days| u32::try_from(days).ok())
            .filter(|days| *days > 0),
        variants: row.variants.iter().filter_map(variant).collect(),
        codes: row
            .codes
            .into_iter()
            .filter(|code| code.active != Some(false))
            .filter_map(|code| code.product_code_field)
            .filter(|code| !code.trim().is_empty())
            .collect(),
        pictures: pictures(&row.pictures),
        relations: row.relations.iter().filter_map(relation).collect(),
        changed: instant(
            row.aggregate_last_update_time_utc
                .as_ref()
                .or(row.update_time.as_ref()),
        ),
    }))
}

/// Zero is the model's default and means that nobody has set a price.
fn standard_price(price: Option<&Amount>, lot: Option<&Quantity>) -> Option<StandardPrice> {
    let per_lot = money(price).filter(|price| price.amount > Decimal::ZERO)?;
    let lot = lot
        .and_then(|lot| lot.value)
        .map_or(Decimal::ONE, |lot| lot.0);
    (lot > Decimal::ZERO).then_some(StandardPrice { per_lot, lot })
}

fn conversion(row: &wire::DimensionRow) -> Option<Conversion> {
    let positive = |quantity: &Option<Quantity>| {
        quantity
            .as_ref()?
            .value
            .map(|number| number.0)
            .filter(|number| *number > Decimal::ZERO)
    };
    Some(Conversion {
        source: positive(&row.source_quantity)?,
        source_unit: UnitId(row.source_quantity_unit?.0),
        dest: positive(&row.dest_quantity)?,
        dest_unit: UnitId(row.dest_quantity_unit?.0),
    })
}

fn variant(row: &Value) -> Option<Variant> {
    let id = VariantId(reference(row)?);
    let row: wire::VariantRow = serde_json::from_value(row.clone()).ok()?;
    Some(Variant {
        id,
        code: row.code.unwrap_or_default(),
        name: words(row.name),
    })
}

/// The main one first, then by number; thumbnails only where there is nothing else.
fn pictures(rows: &[Value]) -> Vec<Picture> {
    let mut rows: Vec<(PictureId, wire::PictureRow)> = rows
        .iter()
        .filter_map(|row| {
            Some((
                PictureId(reference(row)?),
                serde_json::from_value(row.clone()).ok()?,
            ))
        })
        .collect();
    let thumbnail =
        |row: &wire::PictureRow| row.picture_size_class.as_deref() == Some("SmallPictureThumbnail");
    if rows.iter().any(|(_, row)| !thumbnail(row)) {
        rows.retain(|(_, row)| !thumbnail(row));
    }
    rows.sort_by_key(|(id, row)| (row.is_default != Some(true), row.picture_no, *id));
    rows.iter()
        .map(|(id, row)| Picture {
            id: *id,
            changed: instant(row.last_update_time.as_ref()),
        })
        .collect()
}

fn relation(row: &wire::RelationRow) -> Option<Relation> {
    let kind = row
        .relation_type
        .as_ref()
        .and_then(|kind| kind.row.as_ref())
        .and_then(|kind| kind.system_type.as_deref());
    Some(Relation {
        to: ProductId(row.to_product?.0),
        kind: match kind {
            Some("Replacement") => RelationKind::Replacement,
            Some("Merchandising") => RelationKind::Merchandising,
            Some("Fitment") => RelationKind::Fitment,
            _ => RelationKind::Generic,
        },
        from_date: day(row.from_date.as_ref()),
        to_date: day(row.to_date.as_ref()),
    })
}

pub(crate) fn price(
    row: wire::PriceRow,
    units: &Units,
    kinds: &BTreeMap<Uuid, i32>,
) -> Result<Option<PriceRow>, Why> {
    let quantity = row.price_quantity.as_ref();
    let per = quantity
        .and_then(|quantity| quantity.value)
        .map_or(Decimal::ONE, |number| number.0);
    if per <= Decimal::ZERO {
        return Err("a price for no quantity");
    }
    let priority = priority(row.conditions.priority.as_deref(), Priority::Low);
    Ok(Some(PriceRow {
        product: ProductId(row.product.ok_or("no product")?.0),
        price: money(row.price.as_ref()).ok_or("an unreadable price")?,
        per,
        unit: row
            .price_quantity_measurement_unit
            .map(|unit| UnitId(unit.0))
            .or_else(|| units.id(quantity?.unit.as_ref()))
            .ok_or("an unknown unit")?,
        validity: validity(&row.conditions),
        range: range(&row.conditions, units)?,
        conditions: conditions(&row.conditions),
        ordinal: row.price_type.and_then(|kind| kinds.get(&kind.0).copied()),
        priority,
    }))
}

pub(crate) fn discount(row: wire::DiscountRow, units: &Units) -> Result<Option<DiscountRow>, Why> {
    let fraction = row.discount_percent.ok_or("no percentage")?.0;
    if fraction > Decimal::ONE {
        return Err("a discount of more than everything");
    }
    Ok(Some(DiscountRow {
        fraction,
        level: level(row.discount_level.as_deref()).ok_or("an unknown level")?,
        product: row.product.map(|product| ProductId(product.0)),
        group: row.product_group.map(|group| GroupId(group.0)),
        validity: validity(&row.conditions),
        range: range(&row.conditions, units)?,
        conditions: conditions(&row.conditions),
        priority: priority(row.conditions.priority.as_deref(), Priority::Medium),
    }))
}

pub(crate) fn price_list(id: Uuid, row: wire::PriceListRow) -> PriceList {
    PriceList {
        id: PriceListId(id),
        validity: Validity {
            from: day(row.from_date.as_ref()),
            thru: day(row.thru_date.as_ref()),
        },
        applies_level: level(row.auto_apply_discount_level.as_deref())
            .unwrap_or(DiscountLevel::One),
    }
}

fn level(name: Option<&str>) -> Option<DiscountLevel> {
    match name? {
        "One" => Some(DiscountLevel::One),
        "Two" => Some(DiscountLevel::Two),
        "Three" => Some(DiscountLevel::Three),
        _ => None,
    }
}

fn priority(name: Option<&str>, default: Priority) -> Priority {
    match name {
        Some("Lowest") => Priority::Lowest,
        Some("Low") => Priority::Low,
        Some("Medium") => Priority::Medium,
        Some("High") => Priority::High,
        Some("Highest") => Priority::Highest,
        _ => default,
    }
}

fn validity(row: &wire::ConditionsRow) -> Validity {
    Validity {
        from: day(row.from_date.as_ref()),
        thru: day(row.thru_date.as_ref()),
    }
}

/// A bound that cannot be read would widen the row to every quantity: the row is left out instead.
fn range(row: &wire::ConditionsRow, units: &Units) -> Result<QuantityRange, Why> {
    let bound = |quantity: &Option<Quantity>| match quantity {
        None => Ok(None),
        Some(Quantity { value: None, .. }) => Err("an unreadable quantity"),
        Some(Quantity {
            value: Some(value),
            unit,
        }) => Ok(Some((value.0, units.id(unit.as_ref())))),
    };
    Ok(QuantityRange {
        min: bound(&row.min_quantity)?,
        max: bound(&row.max_quantity)?,
    })
}

fn conditions(row: &wire::ConditionsRow) -> Conditions {
    Conditions {
        price_list: row.price_list.map(|id| PriceListId(id.0)),
        customer: row.customer.map(|id| CustomerId(id.0)),
        ship_to: row.ship_to_customer.map(|id| CustomerId(id.0)),
        customer_type: row.customer_type.map(|id| CustomerTypeId(id.0)),
        channel: row.distribution_channel.map(|id| ChannelId(id.0)),
        target_group: row.target_group.map(|id| TargetGroupId(id.0)),
        company: row.enterprise_company.map(|id| CompanyId(id.0)),
        location: row.enterprise_company_location.map(|id| LocationId(id.0)),
        campaign: row.campaign.map(|id| CampaignId(id.0)),
    }
}

/// The id of a reference that may have been expanded.
pub(crate) fn id_of<T>(expanded: Option<&Expanded<T>>) -> Option<Uuid> {
    expanded.and_then(|expanded| expanded.id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn link(set: &str, id: u128) -> Value {
        json!({"@odata.id": format!("{set}({})", Uuid::from_u128(id))})
    }

    #[test]
    fn d7_an_unreadable_row_is_left_out_and_counted() {
        let good = json!({
            "@odata.id": format!("General_Products_ProductGroups({})", Uuid::from_u128(1)),
            "FullPath": "/10/", "Name": {"EN": "Lighting", "bg": "Осветление"}
        });
        let pull = pull(
            "group",
            vec![
                good.clone(),
                json!({"FullPath": "/20/"}),
                json!({"@odata.id": "X(00000000-0000-0000-0000-000000000003)", "FullPath": 7}),
                json!(null),
                good,
            ],
            group,
        );
        assert_eq!(pull.rows.len(), 1, "the repeated row counts once");
        assert_eq!(pull.left_out.len(), 3);
        let name = &pull.rows[0].name;
        assert_eq!(name.exact(Language::BULGARIAN), Some("Осветление"));
        assert_eq!(name.exact(Language::ENGLISH), Some("Lighting"));
    }

    #[test]
    fn d7_a_price_that_cannot_be_read_is_no_price() {
        let kinds = BTreeMap::from([(Uuid::from_u128(9), 3)]);
        let row = |price: Value| {
            serde_json::from_value::<wire::PriceRow>(json!({
                "Product": link("General_Products_Products", 1),
                "Price": price,
                "PriceQuantity": {"Value": "1", "Unit": "pcs"},
                "PriceQuantityMeasurementUnit": link("General_Products_MeasurementUnits", 2),
                "MinQuantity": {"Value": 10, "Unit": "pcs"},
                "PriceType": {"@odata.id": "X(00000000-0000-0000-0000-000000000009)"},
                "Priority": "Sometimes"
            }))
            .map_err(|_| "shape")
            .and_then(|row| super::price(row, &Units::default(), &kinds))
        };
        let read = row(json!({"Value": 47.5, "Currency": "EUR"}))
            .unwrap()
            .unwrap();
        assert_eq!(read.price.amount.to_string(), "47.5");
        assert_eq!(read.range.min, Some((Decimal::TEN, None)));
        assert_eq!(read.ordinal, Some(3));
        assert_eq!(read.priority, Priority::Low);
        assert_eq!(
            row(json!({"Value": "3.55", "Currency": "EUR"}))
                .unwrap()
                .unwrap()
                .price
                .amount
                .to_string(),
            "3.55"
        );
        for bad in [
            json!({"Value": "much", "Currency": "EUR"}),
            json!({"Value": 1}),
            json!(null),
        ] {
            assert!(row(bad).is_err());
        }
    }

    #[test]
    fn days_and_instants_are_read_as_written() {
        let text = "2026-02-03T23:59:59Z".to_owned();
        assert_eq!(day(Some(&text)).unwrap().to_string(), "2026-02-03");
        for bad in ["", "2026-13-01T00:00:00Z", "soon, perhaps"] {
            assert_eq!(day(Some(&bad.to_owned())), None, "{bad}");
            assert_eq!(instant(Some(&bad.to_owned())), None, "{bad}");
        }
    }
}
