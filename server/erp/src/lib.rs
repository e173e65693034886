//! Client of one ERP.net instance.
//!
//! The rest of the portal speaks [`vitrina`]'s words and this crate's verbs; OData, wire structs and tokens stay in here.
//!
//! | module | holds |
//! | --- | --- |
//! | [`world`] | time and randomness as values |
//! | [`config`] | what a client must be told |
//! | [`error`] | what can go wrong, for shoppers and for operators |
//! | `http`, [`gate`], `breaker` | the one HTTP client, the one queue in front of the instance, and whether it is worth asking |
//! | [`identity`], `service_token` | signing people in; the portal's own token |
//! | `odata`, `wire`, `translate` | queries, what comes over the wire, and its translation into the store's words |
//! | `api`, `answer`, `transactions` | authorised calls and what comes back; front-end transactions that are always ended |
//! | [`examine`] | the connection step by step, for an operator's doctor |
//! | `catalogue`, `prices`, `stock`, `picture`, `seller`, `people`, `orders`, `versions` | the verbs |
//!
//! **Deliberately absent:** any knowledge of visitors, sessions or cookies; any cache of what belongs to a person; any retry of a
//! write (D5).

pub mod config;
pub mod error;
pub mod examine;
pub mod gate;
pub mod http;
pub mod identity;
pub mod world;

mod answer;
mod api;
mod breaker;
mod catalogue;
mod odata;
mod orders;
mod people;
mod picture;
mod prices;
mod seller;
mod service_token;
mod sites;
mod stock;
#[cfg(test)]
mod testing;
mod transactions;
mod translate;
mod versions;
mod wire;

use std::sync::Arc;

use crate::{
    api::Api,
    config::{ConfigError, OrderState, Scope, Seller},
    http::Http,
    seller::SellerSide,
    sites::Sites,
    translate::Units,
    world::{Clock, Random},
};
pub use crate::{
    api::Condition,
    catalogue::{Cursor, LeftOut, ProductPage, ProductStamp, Pull},
    config::Config,
    error::{Fault, OperatorError, PictureError, PlaceError, QuoteError, ReadError},
    identity::{Identity, IdentityError},
    odata::names::{NotAVersion, Version},
    orders::Placed,
    picture::PictureOf,
    prices::{Batch, Change, PriceKinds, Row, RowId},
    seller::SellerFacts,
    service_token::TokenError,
    stock::{Promise, StockPage},
};

/// One ERP.net instance.
#[derive(Clone)]
pub struct Instance {
    inner: Arc<Inner>,
}

struct Inner {
    api: Api,
    identity: Identity,
    /// Its root address.
    name: String,
    clock: Arc<dyn Clock>,
    seller_settings: Seller,
    scope: Scope,
    /// The seller's side, once read.
    seller: tokio::sync::OnceCell<SellerSide>,
    /// Units by code and by id, as last read.
    units: tokio::sync::RwLock<Arc<Units>>,
}

impl Instance {
    /// A client of the instance. Nothing is asked yet: the portal starts without the instance (S9).
    pub fn new(
        config: Config,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, ConfigError> {
        config.check()?;
        let http = Http::new(config.root.clone())?;
        let sites = Arc::new(Sites::new(http.clone(), config.root.clone(), clock.clone()));
        let identity = Identity::new(&config, http.clone(), sites.clone(), clock.clone());
        let name = config.root.to_string();
        let api = Api::new(
            &config,
            http,
            sites,
            identity.clone(),
            clock.clone(),
            random,
        );
        Ok(Self {
            inner: Arc::new(Inner {
                api,
                identity,
                name,
                clock,
                seller_settings: config.seller,
                scope: config.scope,
                seller: tokio::sync::OnceCell::new(),
                units: tokio::sync::RwLock::default(),
            }),
        })
    }

    /// Its root address.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Signing people in and out.
    pub fn identity(&self) -> &Identity {
        &self.inner.identity
    }

    /// Waits until calls that were begun are answered and open transactions are ended, also those whose askers have gone. For the
    /// end, once nobody asks any more (M6).
    pub async fn finish(&self) {
        self.inner.api.finish().await;
    }

    /// How many calls wait at the gate, for health.
    pub fn waiting(&self) -> usize {
        self.inner.api.gate().waiting()
    }

    /// How the instance does, as the last calls found it: for health, and for whoever wants to know when it is back.
    pub fn condition(&self) -> tokio::sync::watch::Receiver<Condition> {
        self.inner.api.condition()
    }

    /// Whether nothing can be ordered just now, because the service token was granted less than was asked for (T6).
    pub fn lacks_update(&self) -> bool {
        self.inner.api.lacks_update()
    }

    /// The state orders are taken to.
    pub fn order_state(&self) -> OrderState {
        self.inner.seller_settings.order_state
    }
}
