//! The seller's side of orders: company, location, document type, channel, warehouse, by setting or because there is no choice.

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;
use vitrina::{
    ids::{ChannelId, CompanyId, LocationId},
    money::Currency,
    text::Localized,
};

use crate::{
    Instance,
    api::Turn,
    error::{OperatorError, ReadError},
    gate::Priority,
    odata::query::{Condition, Query, sets},
    translate,
    wire::{Expanded, Reference, Words, people::CurrencyRow, reference},
};

/// What the rest of the portal needs to know of the seller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SellerFacts {
    /// The selling company.
    pub company: CompanyId,
    /// Its name.
    pub name: Localized,
    /// Its base currency: prices without another one are in it.
    pub currency: Option<Currency>,
    /// Its location, where one is set or there is just one.
    pub location: Option<LocationId>,
    /// The shop's channel.
    pub channel: Option<ChannelId>,
}

/// The seller's side, with what only orders need.
#[derive(Debug, Clone)]
pub(crate) struct SellerSide {
    pub(crate) facts: SellerFacts,
    pub(crate) currency: Option<Uuid>,
    pub(crate) store: Option<Uuid>,
    pub(crate) document_type: Result<Uuid, OperatorError>,
}

/// The company that sells.
pub(crate) struct Company {
    pub(crate) id: CompanyId,
    /// Its party.
    pub(crate) legal: Option<Uuid>,
    pub(crate) currency: Option<Uuid>,
    pub(crate) sign: Option<Currency>,
    pub(crate) name: Localized,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CompanyRow {
    company: Option<Expanded<LegalRow>>,
    base_currency: Option<Expanded<CurrencyRow>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LegalRow {
    name: Option<Words>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LocationRow {
    company: Option<Reference>,
}

/// More than anybody picks from.
const MOST: usize = 200;

impl Instance {
    /// The seller, as the settings and the instance say. Read once; a fault is not remembered.
    pub async fn seller(&self) -> Result<SellerFacts, ReadError> {
        self.side().await.map(|side| side.facts.clone())
    }

    pub(crate) async fn side(&self) -> Result<&SellerSide, ReadError> {
        self.inner.seller.get_or_try_init(|| self.read_side()).await
    }

    async fn read_side(&self) -> Result<SellerSide, ReadError> {
        // A setting is needed before anything else can be shown: these few reads go with the account's priority.
        let turn = Turn::patient(Priority::Account);
        let company = self.company(turn).await?;
        // Without a location the customer's own one is used, so that several are no error here.
        let location = match self.location(turn, company.legal).await {
            Err(ReadError::Operator(OperatorError::Several { .. })) => None,
            other => other?,
        };
        let channel = self.channel(turn).await?;
        // Without one of several the shop opens and promises nothing: which stock is meant is for the operator to say.
        let store = match self.store(turn, company.id).await {
            Err(ReadError::Operator(OperatorError::Several { .. })) => None,
            other => other?,
        };
        // Only orders need it: a catalogue opens without.
        let document_type = match self.document_type(turn).await {
            Ok(document_type) => Ok(document_type),
            Err(ReadError::Operator(error)) => Err(error),
            Err(error) => return Err(error),
        };
        Ok(SellerSide {
            facts: SellerFacts {
                company: company.id,
                name: company.name,
                currency: company.sign,
                location,
                channel,
            },
            currency: company.currency,
            store,
            document_type,
        })
    }

    /// The company that sells.
    pub(crate) async fn company(&self, turn: Turn) -> Result<Company, ReadError> {
        const NAMES: (&str, &str) = ("VITRINA_COMPANY", "company");
        let query = Query::list(sets::COMPANIES, "Id,Company,BaseCurrency")
            .expand("Company($select=PartyCode,Name),BaseCurrency($select=CurrencySign)")
            .only(Condition::flag("IsActive", true));
        let companies = self.choices(turn, query).await?;
        let wanted = self.inner.seller_settings.company.as_deref();
        let row = pick(&companies, wanted, NAMES, |row| {
            row.pointer("/Company/PartyCode")
        })?
        .ok_or_else(|| none_of(NAMES))?;
        let id = CompanyId(reference(row).unwrap_or_default());
        let row: CompanyRow = read(row)?;
        Ok(Company {
            id,
            legal: translate::id_of(row.company.as_ref()),
            currency: translate::id_of(row.base_currency.as_ref()),
            sign: row
                .base_currency
                .and_then(|currency| currency.row)
                .and_then(|row| row.currency_sign)
                .as_deref()
                .and_then(Currency::new),
            name: translate::words(
                row.company
                    .and_then(|legal| legal.row)
                    .and_then(|row| row.name),
            ),
        })
    }

    /// The location of the company that sells; none where it has none.
    pub(crate) async fn location(
        &self,
        turn: Turn,
        legal: Option<Uuid>,
    ) -> Result<Option<LocationId>, ReadError> {
        let query = Query::list(sets::LOCATIONS, "PartyCode,Company")
            .only(Condition::flag("IsActive", true));
        // `Company` cannot be filtered by (entities.md §4.4): customers' locations come along and are left out here.
        let locations: Vec<Value> = self
            .choices(turn, query)
            .await?
            .into_iter()
            .filter(|row| {
                read::<LocationRow>(row)
                    .ok()
                    .and_then(|row| row.company)
                    .map(|company| company.0)
                    == legal
            })
            .collect();
        let wanted = self.inner.seller_settings.location.as_deref();
        let names = ("VITRINA_LOCATION", "location of the company");
        let row = pick(&locations, wanted, names, |row| row.get("PartyCode"))?;
        Ok(row.and_then(reference).map(LocationId))
    }

    /// The shop's channel, where the settings name one.
    pub(crate) async fn channel(&self, turn: Turn) -> Result<Option<ChannelId>, ReadError> {
        // A channel is a decision, not a matter of there being just one: without it the catalogue flag publishes.
        let Some(wanted) = self.inner.seller_settings.channel.as_deref() else {
            return Ok(None);
        };
        let query = Query::list(sets::CHANNELS, "Id,Code").only(Condition::flag("IsActive", true));
        let channels = self.choices(turn, query).await?;
        let names = ("VITRINA_CHANNEL", "distribution channel");
        let row = pick(&channels, Some(wanted), names, |row| row.get("Code"))?;
        Ok(row.and_then(reference).map(ChannelId))
    }

    /// The warehouse of the company; none where it has none.
    pub(crate) async fn store(
        &self,
        turn: Turn,
        company: CompanyId,
    ) -> Result<Option<Uuid>, ReadError> {
        // No filter by company is documented for warehouses: others' are left out here.
        let query = Query::list(sets::STORES, "Code,EnterpriseCompany")
            .only(Condition::flag("IsActive", true));
        let stores: Vec<Value> = self
            .choices(turn, query)
            .await?
            .into_iter()
            .filter(|row| {
                row.get("EnterpriseCompany")
                    .and_then(reference)
                    .is_none_or(|seller| seller == company.0)
            })
            .collect();
        let wanted = self.inner.seller_settings.warehouse.as_deref();
        let names = ("VITRINA_WAREHOUSE", "warehouse");
        let row = pick(&stores, wanted, names, |row| row.get("Code"))?;
        Ok(row.and_then(reference))
    }

    /// The document type of orders.
    pub(crate) async fn document_type(&self, turn: Turn) -> Result<Uuid, ReadError> {
        const NAMES: (&str, &str) = ("VITRINA_DOCUMENT_TYPE", "document type of sales orders");
        let query = Query::list(sets::DOCUMENT_TYPES, "Id,Code")
            .only(Condition::text("EntityName", "Crm_Sales_Orders"));
        let types = self.choices(turn, query).await?;
        let wanted = self.inner.seller_settings.document_type.as_deref();
        let row = pick(&types, wanted, NAMES, |row| row.get("Code"))?;
        Ok(row.and_then(reference).ok_or_else(|| none_of(NAMES))?)
    }

    async fn choices(&self, turn: Turn, query: Query) -> Result<Vec<Value>, ReadError> {
        Ok(self.inner.api.rows(turn, &query.top(MOST)).await?)
    }
}

fn none_of((setting, what): (&'static str, &'static str)) -> OperatorError {
    OperatorError::NoSuch { setting, what }
}

fn read<T: serde::de::DeserializeOwned>(row: &Value) -> Result<T, ReadError> {
    serde_json::from_value(row.clone()).map_err(|_| {
        crate::api::unreadable(sets::COMPANIES.0, "not of the documented shape").into()
    })
}

/// The row the setting names by id or code; without a setting, the only one there is; none if there is none.
fn pick<'a>(
    rows: &'a [Value],
    wanted: Option<&str>,
    (setting, what): (&'static str, &'static str),
    code: impl Fn(&Value) -> Option<&Value>,
) -> Result<Option<&'a Value>, OperatorError> {
    match (wanted.map(str::trim), rows) {
        (Some(wanted), rows) => {
            let id = Uuid::parse_str(wanted).ok();
            rows.iter()
                .find(|row| {
                    (id.is_some() && reference(row) == id)
                        || code(row).and_then(Value::as_str) == Some(wanted)
                })
                .map(Some)
                .ok_or(OperatorError::NoSuch { setting, what })
        }
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some(only)),
        (None, several) => Err(OperatorError::Several {
            setting,
            what,
            count: several.len(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_setting_names_by_code_or_id_and_may_be_absent_where_there_is_no_choice() {
        let row = |n: u128, code: &str| json!({"@odata.id": format!("S({})", Uuid::from_u128(n)), "Code": code});
        let (one, two) = (vec![row(1, "A")], vec![row(1, "A"), row(2, "B")]);
        let id = Uuid::from_u128(2).to_string();
        let picked = |rows: &[Value], wanted: Option<&str>| {
            pick(rows, wanted, ("SETTING", "thing"), |row| row.get("Code"))
                .map(|row| row.and_then(|row| row["Code"].as_str().map(str::to_owned)))
        };
        assert_eq!(picked(&one, None), Ok(Some("A".to_owned())));
        assert_eq!(picked(&two, Some("B")), Ok(Some("B".to_owned())));
        assert_eq!(picked(&two, Some(&id)), Ok(Some("B".to_owned())));
        assert_eq!(picked(&[], None), Ok(None));
        assert_eq!(
            picked(&two, None),
            Err(OperatorError::Several {
                setting: "SETTING",
                what: "thing",
                count: 2
            })
        );
        assert_eq!(
            picked(&one, Some("Z")),
            Err(OperatorError::NoSuch {
                setting: "SETTING",
                what: "thing"
            })
        );
    }
}
