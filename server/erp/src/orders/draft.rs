//! The order as it is sent: every part from our records or the seller's settings, never from a browser (K8).

use vitrina::order::{Delivery, OrderRequest};

use super::{EXTERNAL_SYSTEM, line_number};
use crate::{
    Instance,
    api::Turn,
    config::Scope,
    error::{OperatorError, QuoteError, ReadError},
    odata::query::sets,
    translate,
    wire::{
        Link, Number, Quantity,
        orders::{NewLine, NewOrder},
    },
};

/// Lengths the instance enforces with ugly errors (entities.md §6.1).
const LONGEST_PURCHASE_ORDER: usize = 20;
const LONGEST_NOTE: usize = 2000;

impl Instance {
    /// T6: whether anything may be written, asked before anything is. It is the token that knows, so it is true again with the
    /// first one that has the scope.
    pub(super) async fn may_write(&self) -> Result<(), QuoteError> {
        if self.inner.scope == Scope::Read {
            return Err(QuoteError::OrdersOff);
        }
        // An instance that is left alone is not asked for a token either.
        self.inner.api.root().await?;
        if self.inner.api.token().await?.lacks_update() {
            return Err(QuoteError::ScopeMissing);
        }
        Ok(())
    }

    /// The order for a request. A new address is not on it: it has no record yet.
    pub(super) async fn draft(
        &self,
        turn: Turn,
        request: &OrderRequest,
    ) -> Result<NewOrder, QuoteError> {
        self.may_write().await?;
        let side = self.side().await?;
        let names = self.inner.api.names();
        let customer = self.customer_row(turn, request.customer).await?;
        // A seller's other companies' customers, withdrawn ones, and those who may not stand on an order.
        if !customer.serves(side.facts.company, request.date)
            || customer.allow_use_as_primary_customer == Some(false)
        {
            return Err(QuoteError::Customer);
        }
        let location = customer
            .serviced_by_enterprise_company_location
            .map(|location| location.0)
            .or(side.facts.location.map(|location| location.0))
            .ok_or(OperatorError::Several {
                setting: "VITRINA_LOCATION",
                what: "locations, or none, and the customer has no servicing location",
                count: 0,
            })?;
        let currency = customer
            .default_currency
            .and_then(|currency| currency.id)
            .or(side.currency)
            .ok_or(OperatorError::Lacks {
                what: "the selling company",
                lacks: "base currency",
            })?;
        let address = match &request.delivery {
            Delivery::Known(address) => Some(address.0),
            Delivery::New(_) | Delivery::None => None,
        };
        // Off by default in ERP.net, and an order without it goes to its customer all the same.
        let ships_to_itself = customer.allow_use_as_ship_to_customer == Some(true);
        Ok(NewOrder {
            external_id: request.key.to_string(),
            external_system: EXTERNAL_SYSTEM,
            document_type: Link::to(&names, sets::DOCUMENT_TYPES, side.document_type.clone()?),
            enterprise_company: Link::to(&names, sets::COMPANIES, side.facts.company.0),
            enterprise_company_location: Link::to(&names, sets::LOCATIONS, location),
            customer: Link::to(&names, sets::CUSTOMERS, request.customer.0),
            ship_to_customer: ships_to_itself
                .then(|| Link::to(&names, sets::CUSTOMERS, request.customer.0)),
            document_currency: Link::to(&names, sets::CURRENCIES, currency),
            price_list: customer
                .default_price_list
                .map(|list| Link::to(&names, sets::PRICE_LISTS, list.0)),
            distribution_channel: side
                .facts
                .channel
                .map(|channel| Link::to(&names, sets::CHANNELS, channel.0)),
            store: side
                .store
                .map(|store| Link::to(&names, sets::STORES, store)),
            ship_to_party_contact_mechanism: address
                .map(|address| Link::to(&names, sets::ADDRESSES, address)),
            payment_type: customer
                .default_payment_type
                .map(|kind| Link::to(&names, sets::PAYMENT_TYPES, kind.0)),
            document_date: translate::day_text(request.date),
            required_delivery_date: request.requested_date.map(translate::day_text),
            customer_purchase_order_no: text(
                request.purchase_order.as_deref(),
                LONGEST_PURCHASE_ORDER,
            ),
            document_notes: text(request.note.as_deref(), LONGEST_NOTE),
            lines: self.lines(turn, request).await?,
        })
    }

    async fn lines(&self, turn: Turn, request: &OrderRequest) -> Result<Vec<NewLine>, ReadError> {
        let units = self.known_units(turn).await?;
        let names = self.inner.api.names();
        Ok(request
            .lines
            .iter()
            .enumerate()
            .map(|(index, line)| NewLine {
                line_no: line_number(index),
                product: Link::to(&names, sets::PRODUCTS, line.product.0),
                product_variant: line
                    .variant
                    .map(|variant| Link::to(&names, sets::VARIANTS, variant.0)),
                quantity_unit: Link::to(&names, sets::UNITS, line.unit.0),
                quantity: Quantity {
                    value: Some(Number(line.quantity.into())),
                    unit: units.code(line.unit).cloned(),
                },
            })
            .collect())
    }
}

fn text(text: Option<&str>, most: usize) -> Option<String> {
    let text = text?.trim();
    (!text.is_empty()).then(|| text.chars().take(most).collect())
}
