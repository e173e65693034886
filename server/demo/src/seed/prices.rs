//! Prices, discounts and price lists as a test wants them, in place of those of the seed.

use rust_decimal::Decimal;
use time::{Date, Duration};

use super::{SeedError, Sower, ml, text};
use crate::Demo;
use crate::domain::language::Language;
use crate::domain::schema::PRIORITY;
use crate::domain::value::Value;
use crate::levers::Missing;

const PRICES: &str = "Crm_Pricing_ProductPrices";
const DISCOUNTS: &str = "Crm_Pricing_LineDiscounts";
const LISTS: &str = "Crm_Pricing_PriceLists";
const TYPES: &str = "Crm_Pricing_PriceTypes";
const TARGET_GROUPS: &str = "Crm_Marketing_TargetGroups";
const MEMBERS: &str = "Crm_Marketing_TargetGroupMembers";
const CUSTOMERS: &str = "Crm_Sales_Customers";
const CUSTOMER_TYPES: &str = "Crm_Sales_CustomerTypes";
const CURRENCIES: &str = "General_Currencies_Currencies";
const UNITS: &str = "General_Products_MeasurementUnits";
const COMPANIES: &str = "General_EnterpriseCompanies";

/// All rows that decide on prices besides the products themselves. Other rows are named by code or number, price lists and
/// target groups by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PriceRows {
    /// Price types.
    pub types: Vec<PriceTypeRow>,
    /// Price lists; customers that no list names have none.
    pub lists: Vec<PriceListRow>,
    /// Types of customers; customers that no type names have none.
    pub customer_types: Vec<SegmentRow>,
    /// Target groups.
    pub target_groups: Vec<SegmentRow>,
    /// Price rows.
    pub prices: Vec<PriceRow>,
    /// Discount rows.
    pub discounts: Vec<DiscountRow>,
}

/// A row of `Crm_Pricing_PriceTypes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceTypeRow {
    /// Its code.
    pub code: String,
    /// `OrdinalPos`: the lowest goes first.
    pub ordinal: i64,
}

/// A row of `Crm_Pricing_PriceLists`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceListRow {
    /// Its name, at most 50 characters.
    pub name: String,
    /// `IsActive`
    pub active: bool,
    /// `FromDate`
    pub from: Option<Date>,
    /// `ThruDate`
    pub thru: Option<Date>,
    /// `AutoApplyDiscountLevel`: 1 to 3.
    pub level: u8,
    /// Numbers of the customers whose default list it is.
    pub customers: Vec<String>,
}

/// A target group or a type of customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRow {
    /// Its name.
    pub name: String,
    /// Numbers of the customers in it.
    pub customers: Vec<String>,
}

/// What a price row and a discount row have in common; what is `None` is no condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditions {
    /// `IsActive`
    pub active: bool,
    /// `FromDate`
    pub from: Option<Date>,
    /// `ThruDate`
    pub thru: Option<Date>,
    /// `MinQuantity` and its unit.
    pub min: Option<(Decimal, String)>,
    /// `MaxQuantity` and its unit.
    pub max: Option<(Decimal, String)>,
    /// Name of the price list.
    pub price_list: Option<String>,
    /// Number of the customer.
    pub customer: Option<String>,
    /// Code of the distribution channel.
    pub channel: Option<String>,
    /// Name of the target group.
    pub target_group: Option<String>,
    /// Code of the party of the enterprise company.
    pub company: Option<String>,
    /// Code of the party of the company's location.
    pub location: Option<String>,
    /// `Lowest` to `Highest`; `None` is the model's default.
    pub priority: Option<String>,
}

impl Default for Conditions {
    /// Active, and for everybody and always.
    fn default() -> Self {
        Self {
            active: true,
            from: None,
            thru: None,
            min: None,
            max: None,
            price_list: None,
            customer: None,
            channel: None,
            target_group: None,
            company: None,
            location: None,
            priority: None,
        }
    }
}

/// A row of `Crm_Pricing_ProductPrices`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRow {
    /// Part number of the product.
    pub product: String,
    /// The price of `per`.
    pub price: Decimal,
    /// Sign of the currency.
    pub currency: String,
    /// `PriceQuantity` and its unit.
    pub per: (Decimal, String),
    /// Number of the ship-to customer.
    pub ship_to: Option<String>,
    /// Code of the price type.
    pub price_type: Option<String>,
    /// When and for whom.
    pub conditions: Conditions,
}

/// A row of `Crm_Pricing_LineDiscounts`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscountRow {
    /// `DiscountPercent` as a fraction.
    pub fraction: Decimal,
    /// `DiscountLevel`: 1 to 3.
    pub level: u8,
    /// Part number of the product.
    pub product: Option<String>,
    /// Code of the product group, for itself and all below.
    pub group: Option<String>,
    /// Name of the type of customers.
    pub customer_type: Option<String>,
    /// When and for whom.
    pub conditions: Conditions,
}

impl Demo {
    /// Puts these rows in the place of all prices, discounts, price types, price lists, target groups and customer types.
    /// When something is named that is not there, nothing is changed.
    pub fn sow_prices(&self, rows: &PriceRows) -> Result<(), Missing> {
        let now = self.instance.clock.now();
        let mut data = self.instance.domain.data();
        let mut sower = Sower {
            database: data.database.clone(),
            now,
            age: Duration::ZERO,
        };
        sower.replace_prices(rows).map_err(|error| match error {
            SeedError::Unknown(what) => Missing(what),
            other @ SeedError::Catalogue(_) => Missing(other.to_string()),
        })?;
        data.database = sower.database;
        Ok(())
    }
}

type Values = Vec<(&'static str, Value)>;

impl Sower {
    fn replace_prices(&mut self, rows: &PriceRows) -> Result<(), SeedError> {
        for set in [
            PRICES,
            DISCOUNTS,
            LISTS,
            TYPES,
            TARGET_GROUPS,
            MEMBERS,
            CUSTOMER_TYPES,
        ] {
            let old: Vec<_> = self.database.rows(set).iter().map(|row| row.id).collect();
            for id in old {
                self.database.remove(set, id);
            }
        }
        let customers: Vec<_> = self.database.rows(CUSTOMERS).into_iter().cloned().collect();
        for customer in customers {
            let mut customer = (*customer).clone();
            customer.set("DefaultPriceList", Value::Null);
            customer.set("CustomerType", Value::Null);
            self.database.put(customer);
        }
        for row in &rows.types {
            let values = vec![
                ("Code", text(&row.code)),
                ("Name", ml(&row.code, &row.code)),
                ("OrdinalPos", Value::Int(row.ordinal)),
            ];
            self.row(TYPES, &row.code, values)?;
        }
        for row in &rows.lists {
            self.list(row)?;
        }
        for row in &rows.customer_types {
            let values = vec![
                ("Code", text(&row.name)),
                ("Name", ml(&row.name, &row.name)),
            ];
            let kind = self.row(CUSTOMER_TYPES, &row.name, values)?;
            self.give(&row.customers, "CustomerType", &Value::Reference(kind))?;
        }
        for row in &rows.target_groups {
            let values = vec![("Name", ml(&row.name, &row.name))];
            let group = self.row(TARGET_GROUPS, &row.name, values)?;
            for customer in &row.customers {
                let values = vec![
                    ("TargetGroup", Value::Reference(group)),
                    ("Customer", self.named(CUSTOMERS, "Number", customer)?),
                ];
                self.row(MEMBERS, &format!("{} {customer}", row.name), values)?;
            }
        }
        for (number, row) in rows.prices.iter().enumerate() {
            let values = self.price(row)?;
            self.row(PRICES, &format!("given {number}"), values)?;
        }
        for (number, row) in rows.discounts.iter().enumerate() {
            let values = self.discount(row)?;
            self.row(DISCOUNTS, &format!("given {number}"), values)?;
        }
        Ok(())
    }

    fn list(&mut self, row: &PriceListRow) -> Result<(), SeedError> {
        let values = vec![
            ("Name", text(&row.name)),
            ("IsActive", Value::Bool(row.active)),
            ("FromDate", date(row.from)),
            ("ThruDate", date(row.thru)),
            ("AutoApplyDiscountLevel", level(row.level)?),
        ];
        let list = self.row(LISTS, &row.name, values)?;
        self.give(&row.customers, "DefaultPriceList", &Value::Reference(list))
    }

    /// Sets an attribute of some customers.
    fn give(
        &mut self,
        customers: &[String],
        attribute: &'static str,
        value: &Value,
    ) -> Result<(), SeedError> {
        for number in customers {
            let found = self.database.find(CUSTOMERS, "Number", number);
            let mut customer = found
                .map(|customer| (**customer).clone())
                .ok_or_else(|| SeedError::Unknown(format!("customer {number}")))?;
            customer.set(attribute, value.clone());
            self.database.put(customer);
        }
        Ok(())
    }

    fn price(&self, row: &PriceRow) -> Result<Values, SeedError> {
        let mut values = self.conditions(&row.conditions)?;
        values.extend([
            (
                "Product",
                self.named("General_Products_Products", "PartNumber", &row.product)?,
            ),
            ("Price", Value::Amount(row.price, row.currency.clone())),
            (
                "Currency",
                self.named(CURRENCIES, "CurrencySign", &row.currency)?,
            ),
            ("PriceQuantity", self.quantity(&row.per)?),
            (
                "PriceQuantityMeasurementUnit",
                self.named(UNITS, "Code", &row.per.1)?,
            ),
            (
                "ShipToCustomer",
                self.perhaps(CUSTOMERS, "Number", row.ship_to.as_ref())?,
            ),
            (
                "PriceType",
                self.perhaps(TYPES, "Code", row.price_type.as_ref())?,
            ),
        ]);
        Ok(values)
    }

    fn discount(&self, row: &DiscountRow) -> Result<Values, SeedError> {
        let mut values = self.conditions(&row.conditions)?;
        values.extend([
            ("DiscountPercent", Value::Decimal(row.fraction)),
            ("DiscountLevel", level(row.level)?),
            (
                "Product",
                self.perhaps(
                    "General_Products_Products",
                    "PartNumber",
                    row.product.as_ref(),
                )?,
            ),
            (
                "ProductGroup",
                self.perhaps("General_Products_ProductGroups", "Code", row.group.as_ref())?,
            ),
            (
                "CustomerType",
                self.perhaps(CUSTOMER_TYPES, "Code", row.customer_type.as_ref())?,
            ),
        ]);
        Ok(values)
    }

    fn conditions(&self, of: &Conditions) -> Result<Values, SeedError> {
        let mut values = vec![
            ("IsActive", Value::Bool(of.active)),
            ("FromDate", date(of.from)),
            ("ThruDate", date(of.thru)),
            (
                "PriceList",
                self.perhaps(LISTS, "Name", of.price_list.as_ref())?,
            ),
            (
                "Customer",
                self.perhaps(CUSTOMERS, "Number", of.customer.as_ref())?,
            ),
            (
                "DistributionChannel",
                self.perhaps(
                    "Crm_Marketing_DistributionChannels",
                    "Code",
                    of.channel.as_ref(),
                )?,
            ),
            (
                "EnterpriseCompanyLocation",
                self.perhaps(
                    "General_Contacts_CompanyLocations",
                    "PartyCode",
                    of.location.as_ref(),
                )?,
            ),
        ];
        if let Some(name) = &of.target_group {
            let group = self
                .database
                .rows(TARGET_GROUPS)
                .into_iter()
                .find(|group| self.database.display(group, Language::English) == *name)
                .ok_or_else(|| SeedError::Unknown(format!("target group {name}")))?;
            values.push(("TargetGroup", Value::Reference(group.reference())));
        }
        if let Some(code) = &of.company {
            values.push(("EnterpriseCompany", self.company(code)?));
        }
        for (name, bound) in [("MinQuantity", &of.min), ("MaxQuantity", &of.max)] {
            if let Some(bound) = bound {
                values.push((name, self.quantity(bound)?));
            }
        }
        if let Some(priority) = &of.priority {
            let member = PRIORITY
                .member(priority)
                .ok_or_else(|| SeedError::Unknown(format!("priority {priority}")))?;
            values.push(("Priority", Value::Member(member)));
        }
        Ok(values)
    }

    fn company(&self, code: &str) -> Result<Value, SeedError> {
        let party = self.named("General_Contacts_Companies", "PartyCode", code)?;
        self.database
            .rows(COMPANIES)
            .into_iter()
            .find(|company| *company.get("Company") == party)
            .map(|company| Value::Reference(company.reference()))
            .ok_or_else(|| SeedError::Unknown(format!("enterprise company {code}")))
    }

    fn quantity(&self, (value, unit): &(Decimal, String)) -> Result<Value, SeedError> {
        self.named(UNITS, "Code", unit)?;
        Ok(Value::Quantity(*value, unit.clone()))
    }

    fn named(&self, set: &'static str, attribute: &str, wanted: &str) -> Result<Value, SeedError> {
        self.database
            .find(set, attribute, wanted)
            .map(|row| Value::Reference(row.reference()))
            .ok_or_else(|| SeedError::Unknown(format!("{set} {wanted}")))
    }

    fn perhaps(
        &self,
        set: &'static str,
        attribute: &str,
        wanted: Option<&String>,
    ) -> Result<Value, SeedError> {
        wanted.map_or(Ok(Value::Null), |wanted| self.named(set, attribute, wanted))
    }
}

fn date(date: Option<Date>) -> Value {
    date.map_or(Value::Null, |date| {
        Value::Time(date.midnight().assume_utc())
    })
}

fn level(level: u8) -> Result<Value, SeedError> {
    match level {
        1 => Ok(Value::Member("One")),
        2 => Ok(Value::Member("Two")),
        3 => Ok(Value::Member("Three")),
        _ => Err(SeedError::Unknown(format!("discount level {level}"))),
    }
}
