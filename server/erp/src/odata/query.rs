//! Queries built from typed parts (D2, domain-api.md §3–§5). Nobody outside this crate writes OData, and text from outside
//! gets into an address through [`quoted`] only.

use std::{
    fmt::{Display, Write},
    sync::Arc,
};

use time::{Date, OffsetDateTime};
use url::Url;
use uuid::Uuid;

use super::names::Names;

/// Where the API is, and what it calls its sets.
#[derive(Debug, Clone)]
pub(crate) struct Root {
    pub(crate) address: Url,
    pub(crate) names: Arc<Names>,
}

/// An entity set by its name of version 26.2; what an instance calls it is known to [`Names`]. Names are never derived
/// (domain-api.md §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Set(pub(crate) &'static str);

/// The sets this crate uses.
pub(crate) mod sets {
    use super::Set;

    pub(crate) const PRODUCTS: Set = Set("General_Products_Products");
    pub(crate) const GROUPS: Set = Set("General_Products_ProductGroups");
    pub(crate) const PICTURES: Set = Set("General_Products_ProductPictures");
    pub(crate) const UNITS: Set = Set("General_Products_MeasurementUnits");
    pub(crate) const VARIANTS: Set = Set("General_Products_ProductVariants");
    pub(crate) const PRICES: Set = Set("Crm_Pricing_ProductPrices");
    pub(crate) const DISCOUNTS: Set = Set("Crm_Pricing_LineDiscounts");
    pub(crate) const PRICE_LISTS: Set = Set("Crm_Pricing_PriceLists");
    pub(crate) const PRICE_TYPES: Set = Set("Crm_Pricing_PriceTypes");
    pub(crate) const TARGET_GROUPS: Set = Set("Crm_Marketing_TargetGroups");
    pub(crate) const PROMISE: Set = Set("Logistics_Inventory_DemandManagement_AvailableToPromise");
    pub(crate) const STORES: Set = Set("Logistics_Inventory_Stores");
    pub(crate) const CHANNELS: Set = Set("Crm_Marketing_DistributionChannels");
    pub(crate) const COMPANIES: Set = Set("General_EnterpriseCompanies");
    pub(crate) const LOCATIONS: Set = Set("General_Contacts_CompanyLocations");
    pub(crate) const DOCUMENT_TYPES: Set = Set("Systems_Documents_DocumentTypes");
    pub(crate) const CURRENCIES: Set = Set("General_Currencies_Currencies");
    pub(crate) const PAYMENT_TYPES: Set = Set("Finance_Payments_PaymentTypes");
    pub(crate) const ACCESS: Set = Set("Crm_Sales_CustomerExternalAccess");
    pub(crate) const CUSTOMERS: Set = Set("Crm_Sales_Customers");
    pub(crate) const USERS: Set = Set("Systems_Security_Users");
    pub(crate) const PARTIES: Set = Set("General_Contacts_Parties");
    pub(crate) const ADDRESSES: Set = Set("General_Contacts_PartyContactMechanisms");
    pub(crate) const ORDERS: Set = Set("Crm_Sales_SalesOrders");
    pub(crate) const TRUSTED_APPLICATIONS: Set = Set("Systems_Security_TrustedApplications");

    /// All of them.
    pub(crate) const ALL: &[Set] = &[
        PRODUCTS,
        GROUPS,
        PICTURES,
        UNITS,
        VARIANTS,
        PRICES,
        DISCOUNTS,
        PRICE_LISTS,
        PRICE_TYPES,
        TARGET_GROUPS,
        PROMISE,
        STORES,
        CHANNELS,
        COMPANIES,
        LOCATIONS,
        DOCUMENT_TYPES,
        CURRENCIES,
        PAYMENT_TYPES,
        ACCESS,
        CUSTOMERS,
        USERS,
        PARTIES,
        ADDRESSES,
        ORDERS,
        TRUSTED_APPLICATIONS,
    ];
}

/// Text is cut to this many characters before it is quoted (D2).
const LONGEST_TEXT: usize = 254;

/// Text as a literal: quotes doubled, control characters left out, length bounded. The one place that does it.
pub(crate) fn quoted(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('\'');
    for character in text
        .chars()
        .filter(|character| !character.is_control())
        .take(LONGEST_TEXT)
    {
        if character == '\'' {
            literal.push('\'');
        }
        literal.push(character);
    }
    literal.push('\'');
    literal
}

/// One condition of a filter. The dialect joins conditions by `and` only.
#[derive(Debug, Clone)]
pub(crate) struct Condition(Vec<Piece>);

/// A piece of a condition: what depends on the instance is written when the instance is known.
#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    /// A quoted link to a record.
    Link(Set, Uuid),
}

impl Condition {
    /// The reference points at this record.
    pub(crate) fn refers(attribute: &str, set: Set, id: impl Into<Uuid>) -> Self {
        Self(vec![
            Piece::Text(format!("{attribute} eq ")),
            Piece::Link(set, id.into()),
        ])
    }

    /// The reference points at one of these records.
    pub(crate) fn refers_to_any<I: Into<Uuid>>(
        attribute: &str,
        set: Set,
        ids: impl IntoIterator<Item = I>,
    ) -> Self {
        let mut pieces = vec![Piece::Text(format!("{attribute} in ("))];
        for (index, id) in ids.into_iter().enumerate() {
            if index > 0 {
                pieces.push(Piece::Text(",".to_owned()));
            }
            pieces.push(Piece::Link(set, id.into()));
        }
        pieces.push(Piece::Text(")".to_owned()));
        Self(pieces)
    }

    /// The reference points at this record or at none.
    pub(crate) fn refers_or_null(attribute: &str, set: Set, id: impl Into<Uuid>) -> Self {
        Self(vec![
            Piece::Text(format!("equalnull({attribute},")),
            Piece::Link(set, id.into()),
            Piece::Text(")".to_owned()),
        ])
    }

    /// The record is this one.
    pub(crate) fn id(id: impl Into<Uuid>) -> Self {
        Self::ids([id])
    }

    /// The record is one of these.
    pub(crate) fn ids<I: Into<Uuid>>(ids: impl IntoIterator<Item = I>) -> Self {
        let ids: Vec<_> = ids.into_iter().map(|id| id.into().to_string()).collect();
        Self::plain(format!("Id in ({})", ids.join(",")))
    }

    fn plain(text: String) -> Self {
        Self(vec![Piece::Text(text)])
    }

    fn text_for(&self, names: &Names) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Link(set, id) => quoted(&names.link(*set, *id)),
            })
            .collect()
    }

    /// The text is exactly this.
    pub(crate) fn text(attribute: &str, text: &str) -> Self {
        Self::plain(format!("{attribute} eq {}", quoted(text)))
    }

    /// The flag is set or not.
    pub(crate) fn flag(attribute: &str, value: bool) -> Self {
        Self::plain(format!("{attribute} eq {value}"))
    }

    /// The value of an enumeration is this member.
    pub(crate) fn member(attribute: &str, member: &'static str) -> Self {
        Self::plain(format!("{attribute} eq {}", quoted(member)))
    }

    /// The day is this one or later.
    pub(crate) fn from_day(attribute: &str, day: Date) -> Self {
        Self::plain(format!("{attribute} ge {day}Z"))
    }

    /// The day is this one or earlier.
    pub(crate) fn up_to_day(attribute: &str, day: Date) -> Self {
        Self::plain(format!("{attribute} le {day}Z"))
    }

    /// The instant is this one or later. The instance may cut it to the day (domain-api.md §4).
    pub(crate) fn from_instant(attribute: &str, instant: OffsetDateTime) -> Self {
        let utc = instant.to_offset(time::UtcOffset::UTC);
        Self::plain(format!(
            "{attribute} ge {}T{:02}:{:02}:{:02}Z",
            utc.date(),
            utc.hour(),
            utc.minute(),
            utc.second()
        ))
    }
}

/// A query of a set, or of one of its records.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) set: Set,
    id: Option<Uuid>,
    select: &'static str,
    expand: &'static str,
    conditions: Vec<Condition>,
    order_by: &'static str,
    top: Option<usize>,
    skip: usize,
    skip_nulls: bool,
}

impl Query {
    /// A list. `select` is always given: an unselective read may carry costs or megabytes of pictures (domain-api.md §3).
    pub(crate) fn list(set: Set, select: &'static str) -> Self {
        Self {
            set,
            id: None,
            select,
            expand: "",
            conditions: Vec::new(),
            order_by: "",
            top: None,
            skip: 0,
            skip_nulls: false,
        }
    }

    /// One record.
    pub(crate) fn one(set: Set, id: impl Into<Uuid>, select: &'static str) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::list(set, select)
        }
    }

    /// Referenced records and children to bring along.
    pub(crate) fn expand(mut self, expand: &'static str) -> Self {
        self.expand = expand;
        self
    }

    /// Only rows for which this holds too.
    pub(crate) fn only(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    /// In this order; few attributes may be ordered by.
    pub(crate) fn order_by(mut self, order_by: &'static str) -> Self {
        self.order_by = order_by;
        self
    }

    /// At most so many rows a page.
    pub(crate) fn top(mut self, top: usize) -> Self {
        self.top = Some(top);
        self
    }

    /// Leaving out so many rows.
    pub(crate) fn skip(mut self, skip: usize) -> Self {
        self.skip = skip;
        self
    }

    /// Leaving out members that are null: smaller answers for the mirror.
    pub(crate) fn without_nulls(mut self) -> Self {
        self.skip_nulls = true;
        self
    }

    /// What is asked of each row, as texts that hold the names of attributes.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &str> {
        let conditions = self.conditions.iter().flat_map(|condition| {
            condition.0.iter().filter_map(|piece| match piece {
                Piece::Text(text) => Some(text.as_str()),
                Piece::Link(..) => None,
            })
        });
        [self.select, self.expand, self.order_by]
            .into_iter()
            .chain(conditions)
    }

    /// Rows asked for in one page.
    pub(crate) fn page_size(&self) -> Option<usize> {
        self.top
    }

    /// The address below the API's root.
    pub(crate) fn address(&self, root: &Root) -> Url {
        let mut address = resource(root, self.set, self.id, "");
        let mut options: Vec<(&str, String)> = vec![("$select", self.select.to_owned())];
        if !self.expand.is_empty() {
            options.push(("$expand", self.expand.to_owned()));
        }
        if !self.conditions.is_empty() {
            options.push(("$filter", self.filter(&root.names)));
        }
        if !self.order_by.is_empty() {
            options.push(("$orderby", self.order_by.to_owned()));
        }
        if let Some(top) = self.top {
            options.push(("$top", top.to_string()));
        }
        if self.skip > 0 {
            options.push(("$skip", self.skip.to_string()));
        }
        if self.skip_nulls {
            options.push(("options", "skipnulls".to_owned()));
        }
        write_options(&mut address, &options);
        address
    }

    /// The address that tells how many rows there are.
    pub(crate) fn count_address(&self, root: &Root) -> Url {
        let mut address = resource(root, self.set, None, "$count");
        if !self.conditions.is_empty() {
            write_options(&mut address, &[("$filter", self.filter(&root.names))]);
        }
        address
    }

    fn filter(&self, names: &Names) -> String {
        let conditions: Vec<_> = self
            .conditions
            .iter()
            .map(|one| one.text_for(names))
            .collect();
        conditions.join(" and ")
    }
}

fn write_options(address: &mut Url, options: &[(&str, String)]) {
    let encoded: Vec<_> = options
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    address.set_query(Some(&encoded.join("&")));
}

/// The address of a set, of a record, or of a method on either.
pub(crate) fn resource(root: &Root, set: Set, id: Option<Uuid>, method: &str) -> Url {
    let mut address = root.address.clone();
    let mut path = format!("{}{}", address.path(), root.names.name(set));
    if let Some(id) = id {
        // Writing to a text cannot fail.
        let _ = write!(path, "({id})");
    }
    if !method.is_empty() {
        path.push('/');
        path.push_str(method);
    }
    address.set_path(&path);
    address
}

/// Percent-encoding by which a space is `%20` and never `+`.
fn encoded(value: impl Display) -> String {
    percent_encoding::utf8_percent_encode(&value.to_string(), percent_encoding::NON_ALPHANUMERIC)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> Root {
        Root {
            address: "https://shop.my.erp.net/api/domain/odata/".parse().unwrap(),
            names: Arc::default(),
        }
    }

    fn filter_of(address: &Url) -> String {
        address
            .query_pairs()
            .find(|(name, _)| name == "$filter")
            .map(|(_, value)| value.into_owned())
            .unwrap()
    }

    #[test]
    fn d2_text_is_quoted_in_one_place_and_cannot_leave_its_quotes() {
        for (text, literal) in [
            ("lamp", "'lamp'"),
            ("O'Neil", "'O''Neil'"),
            ("' or 1 eq 1 or '", "''' or 1 eq 1 or '''"),
            ("''", "''''''"),
            ("стол", "'стол'"),
            ("a&$top=1", "'a&$top=1'"),
            ("a\r\nb\0", "'ab'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(text), literal);
        }
        assert_eq!(quoted(&"x".repeat(5000)).len(), LONGEST_TEXT + 2);
        // A cut between two quotes must not leave one of them open.
        let quotes = quoted(&"'".repeat(5000));
        assert_eq!(quotes.matches('\'').count() % 2, 0);
    }

    #[test]
    fn d2_what_is_asked_arrives_unchanged_and_nothing_else() {
        let address = Query::list(sets::ORDERS, "Id,DocumentNo")
            .only(Condition::text("ExternalSystem", "a&b='c'#d+e%20"))
            .only(Condition::flag("Void", false))
            .top(5)
            .address(&root());
        assert_eq!(
            filter_of(&address),
            "ExternalSystem eq 'a&b=''c''#d+e%20' and Void eq false"
        );
        assert_eq!(address.query_pairs().count(), 3);
        assert_eq!(address.path(), "/api/domain/odata/Crm_Sales_SalesOrders");
        assert!(!address.query().unwrap().contains('+'));
    }

    #[test]
    fn references_days_and_ids_read_as_the_dialect_wants_them() {
        let id = Uuid::from_u128(7);
        let day = Date::from_calendar_date(2026, time::Month::January, 31).unwrap();
        for (condition, text) in [
            (
                Condition::refers("Customer", sets::CUSTOMERS, id),
                "Customer eq 'Crm_Sales_Customers(00000000-0000-0000-0000-000000000007)'",
            ),
            (
                Condition::refers_or_null("EnterpriseCompany", sets::COMPANIES, id),
                "equalnull(EnterpriseCompany,'General_EnterpriseCompanies(00000000-0000-0000-0000-000000000007)')",
            ),
            (
                Condition::id(id),
                "Id in (00000000-0000-0000-0000-000000000007)",
            ),
            (
                Condition::from_day("DocumentDate", day),
                "DocumentDate ge 2026-01-31Z",
            ),
            (
                Condition::from_instant("UpdateTime", day.with_hms(9, 5, 0).unwrap().assume_utc()),
                "UpdateTime ge 2026-01-31T09:05:00Z",
            ),
            (
                Condition::member("ContactMechanismType", "Address"),
                "ContactMechanismType eq 'Address'",
            ),
        ] {
            assert_eq!(condition.text_for(&Names::default()), text);
        }
    }

    #[test]
    fn an_older_instance_reads_its_own_names_in_paths_and_in_literals() {
        let root = Root {
            names: Arc::new(Names::of("24.1.0.0".parse().ok(), &[])),
            ..root()
        };
        let address = Query::list(sets::PRICES, "Id")
            .only(Condition::refers_to_any(
                "Customer",
                sets::CUSTOMERS,
                [Uuid::nil(), Uuid::nil()],
            ))
            .address(&root);
        assert_eq!(address.path(), "/api/domain/odata/Crm_ProductPrices");
        let link = "'Crm_Customers(00000000-0000-0000-0000-000000000000)'";
        assert_eq!(filter_of(&address), format!("Customer in ({link},{link})"));
    }

    #[test]
    fn counting_asks_for_the_same_rows() {
        let address = Query::list(sets::PRICES, "Id")
            .only(Condition::flag("IsActive", true))
            .top(9)
            .count_address(&root());
        assert_eq!(
            address.path(),
            "/api/domain/odata/Crm_Pricing_ProductPrices/$count"
        );
        assert_eq!(filter_of(&address), "IsActive eq true");
        assert_eq!(address.query_pairs().count(), 1);
    }
}
