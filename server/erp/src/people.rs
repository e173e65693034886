//! Accesses of people to customers, and customers' addresses (entities.md §4).

use std::time::Duration;

use time::Date;
use uuid::Uuid;
use vitrina::{
    ids::{AddressId, CompanyId, CustomerId, CustomerTypeId, LocationId, PartyId, PriceListId},
    money::Currency,
    order::Address,
    pricing::rows::Validity,
    text::Language,
    visitor::{Access, Customer, PersonId, Role},
};

use crate::{
    Instance,
    api::Turn,
    error::ReadError,
    gate::Priority,
    odata::query::{Condition, Query, sets},
    translate,
    wire::{
        Expanded,
        people::{AccessRow, AddressRow, CustomerRow},
        reference,
    },
};

/// Accesses and addresses anybody has.
const MOST: usize = 100;

impl Instance {
    /// The customers this person may act for now: active, valid today, of this seller.
    ///
    /// A person known by login name only has none: accesses name users by id, and users cannot be searched (identity.md §5.3).
    pub async fn access(
        &self,
        person: &PersonId,
        deadline: Duration,
    ) -> Result<Vec<Access>, ReadError> {
        let PersonId::User(user) = person else {
            tracing::warn!(
                "a person without a user id has no customers; the identity provider tells no `id` claim"
            );
            return Ok(Vec::new());
        };
        let turn = Turn::within(Priority::Account, deadline);
        let company = self
            .inner
            .api
            .in_time(turn, async { self.side().await })
            .await?
            .facts
            .company;
        let rows = self.inner.api.rows(turn, &access_query(*user)).await?;
        let today = self.inner.clock.now().date();
        let mut accesses: Vec<_> = translate::pull("access", rows, |_, row: AccessRow| {
            // D9: the answer is checked again. A row that does not say whose it is cannot be, so it does not count.
            if row.user.is_none_or(|answered| answered.0 != *user) {
                return Err("of another person");
            }
            access(row, company, today)
        })
        .rows;
        accesses.sort_by(|one, other| one.customer.name.cmp(&other.customer.name));
        Ok(accesses)
    }

    /// The addresses of a party that are in use, the usual one first.
    pub async fn addresses(
        &self,
        party: PartyId,
        deadline: Duration,
    ) -> Result<Vec<Address>, ReadError> {
        let turn = Turn::within(Priority::Account, deadline);
        self.addresses_in(turn, party).await
    }

    pub(crate) async fn addresses_in(
        &self,
        turn: Turn,
        party: PartyId,
    ) -> Result<Vec<Address>, ReadError> {
        let rows = self.inner.api.rows(turn, &address_query(party)).await?;
        let mut addresses = translate::pull("address", rows, |id, row: AddressRow| {
            // D9.
            if row.party.is_none_or(|answered| answered.0 != party.0) {
                return Err("of another party");
            }
            Ok(row
                .name
                .filter(|text| !text.trim().is_empty())
                .map(|text| Address {
                    id: AddressId(id),
                    text,
                    usual: row.is_default == Some(true),
                }))
        })
        .rows;
        addresses.sort_by_key(|address| !address.usual);
        Ok(addresses)
    }

    /// A customer, for an order.
    pub(crate) async fn customer_row(
        &self,
        turn: Turn,
        customer: CustomerId,
    ) -> Result<CustomerRow, ReadError> {
        let rows = self.inner.api.rows(turn, &customer_query(customer)).await?;
        rows.into_iter()
            .find(|row| reference(row) == Some(customer.0))
            .and_then(|row| serde_json::from_value(row).ok())
            .ok_or(ReadError::NotFound)
    }
}

/// One of each question of this file.
pub(crate) fn people_questions() -> Vec<Query> {
    vec![
        access_query(Uuid::nil()),
        address_query(PartyId(Uuid::nil())),
        customer_query(CustomerId(Uuid::nil())),
    ]
}

fn access_query(user: Uuid) -> Query {
    Query::list(sets::ACCESS, "Id,Role,DaysBackAccess,User,Customer")
        .expand(
            "Customer($select=Id,Number,Active,FromDate,ThruDate,Party,EnterpriseCompany,\
             AllowUseAsShipToCustomer,DefaultCurrency,DefaultPriceList,DefaultDeliveryTermDays,CustomerType,\
             ServicedByEnterpriseCompanyLocation;\
             $expand=Party($select=PartyName),DefaultCurrency($select=CurrencySign))",
        )
        .only(Condition::refers("User", sets::USERS, user))
        .top(MOST)
}

fn address_query(party: PartyId) -> Query {
    Query::list(sets::ADDRESSES, "Id,Name,IsDefault,Party")
        .only(Condition::refers("Party", sets::PARTIES, party.0))
        .only(Condition::member("ContactMechanismType", "Address"))
        .only(Condition::flag("IsActive", true))
        .top(MOST)
}

fn customer_query(customer: CustomerId) -> Query {
    Query::list(
        sets::CUSTOMERS,
        "Id,Number,Active,FromDate,ThruDate,AllowUseAsPrimaryCustomer,AllowUseAsShipToCustomer,Party,EnterpriseCompany,\
         DefaultCurrency,DefaultPriceList,DefaultPaymentType,CustomerType,ServicedByEnterpriseCompanyLocation",
    )
    .only(Condition::id(customer.0))
    .top(1)
}

fn access(
    row: AccessRow,
    company: CompanyId,
    today: Date,
) -> Result<Option<Access>, translate::Why> {
    let Expanded { id, row: customer } = row.customer.ok_or("no customer")?;
    let id = id.ok_or("no customer")?;
    let customer = customer.ok_or("an unreadable customer")?;
    if !customer.serves(company, today) {
        return Ok(None);
    }
    Ok(Some(Access {
        role: role(row.role.as_deref()).ok_or("an unknown role")?,
        // A negative number would show nothing; so does zero days.
        days_back: row
            .days_back_access
            .map(|days| u32::try_from(days).unwrap_or(0)),
        customer: translate_customer(id, customer)?,
    }))
}

impl CustomerRow {
    /// Whether it is in use, valid on this day, and a customer of this company or of all.
    pub(crate) fn serves(&self, company: CompanyId, day: Date) -> bool {
        self.active != Some(false)
            && self
                .enterprise_company
                .is_none_or(|seller| seller.0 == company.0)
            && Validity {
                from: translate::day(self.from_date.as_ref()),
                thru: translate::day(self.thru_date.as_ref()),
            }
            .covers(day)
    }
}

fn translate_customer(id: Uuid, row: CustomerRow) -> Result<Customer, translate::Why> {
    let party = row.party.ok_or("no party")?;
    Ok(Customer {
        id: CustomerId(id),
        number: row.number.unwrap_or_default(),
        // A name of a company or person: the same in all languages, or in the one it has.
        name: translate::words(party.row.and_then(|party| party.party_name))
            .get(Language::ENGLISH, Language::ENGLISH)
            .to_owned(),
        party: PartyId(party.id.ok_or("no party")?),
        price_list: row.default_price_list.map(|id| PriceListId(id.0)),
        kind: row.customer_type.map(|id| CustomerTypeId(id.0)),
        served_by: row
            .serviced_by_enterprise_company_location
            .map(|id| LocationId(id.0)),
        currency: row
            .default_currency
            .and_then(|currency| currency.row)
            .and_then(|currency| Currency::new(currency.currency_sign.as_deref()?)),
        // Nobody's terms are longer than a century.
        delivery_days: row
            .default_delivery_term_days
            .and_then(|days| u16::try_from(days).ok())
            .unwrap_or(0),
        ships_to_itself: row.allow_use_as_ship_to_customer == Some(true),
    })
}

fn role(name: Option<&str>) -> Option<Role> {
    match name? {
        "Basic" => Some(Role::Basic),
        "Orders" => Some(Role::Orders),
        "OrdersWithPrices" => Some(Role::OrdersWithPrices),
        "Billing" => Some(Role::Billing),
        "Admin" => Some(Role::Admin),
        "Owner" => Some(Role::Owner),
        _ => None,
    }
}
