//! Who is asking: one visitor's request as a value, backed by a session record.
//!
//! * A guest has no record until something must be remembered (a cart), so robots do not fill the ledger.
//! * A person's record ends after some idle time, and some hours after sign-in at the latest; how long, the settings say by kind
//!   of person. It holds the ID token for signing out (S7), no other token.
//! * The id changes at sign-in, at sign-out and when another customer is chosen.
//! * A session that is ended from elsewhere (another device, the provider) stays ended: see [`crate::ledger::sign_outs`].

pub mod cookie;
mod device;
pub mod layer;
mod record;

use std::{fmt, sync::Arc};

use erp::identity::SignedIn;
use http::HeaderMap;
use time::OffsetDateTime;
use tower_sessions::Session;
use uuid::Uuid;
use vitrina::{
    ids::{CustomerId, SessionId},
    visitor::{Access, Person, PersonId, Standing, Visitor},
};

pub(crate) use self::record::{Holder, PersonRecord, write};
use crate::{
    account::Accesses,
    ledger::{Ledger, LedgerError, hashed, sign_outs::Which},
    portal::{Portal, World},
    settings::Lives,
};

/// Whose cart it is. As text, the key of the cart in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CartOwner {
    /// A guest, by a number of ours.
    Guest(Uuid),
    /// A person, and the customer the person acts for.
    Person {
        /// The person.
        person: PersonId,
        /// The customer; none as long as there is none.
        customer: Option<CustomerId>,
    },
}

impl fmt::Display for CartOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guest(id) => write!(f, "guest:{id}"),
            Self::Person { person, customer } => {
                match customer {
                    Some(customer) => write!(f, "customer:{customer}:")?,
                    None => f.write_str("customer:none:")?,
                }
                // The login comes last: it may hold any character.
                match person {
                    PersonId::User(id) => write!(f, "user:{id}"),
                    PersonId::Login(login) => write!(f, "login:{login}"),
                }
            }
        }
    }
}

/// Why the session could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// The ledger does not work.
    #[error("the session cannot be kept: {0}")]
    Session(#[from] tower_sessions::session::Error),
    /// The ledger does not work.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The instance cannot be asked.
    #[error(transparent)]
    Read(#[from] erp::ReadError),
    /// Nobody has signed in, or the person may not act for that customer.
    #[error("not this person's customer")]
    NotYours,
    /// The session was ended meanwhile, here or elsewhere.
    #[error("the session was ended meanwhile")]
    Ended,
}

/// One visitor's request: who it is, whose cart, and how to change that. Clones share everything.
#[derive(Clone)]
pub struct Visit {
    inner: Arc<Inner>,
}

struct Inner {
    reference: String,
    visitor: Visitor,
    holder: Option<Holder>,
    /// Whether the browser came with a session that is no more.
    ended: bool,
    /// None where a page is made outside of sessions: it is then a guest's.
    session: Option<Session>,
    tools: Option<Tools>,
}

#[derive(Clone)]
pub(crate) struct Tools {
    pub(crate) world: World,
    pub(crate) ledger: Ledger,
    pub(crate) access: Accesses,
    pub(crate) lives: Lives,
}

impl Tools {
    pub(crate) fn of(portal: &Portal) -> Self {
        Self {
            world: portal.world.clone(),
            ledger: portal.ledger.clone(),
            access: portal.access.clone(),
            lives: portal.settings.lives,
        }
    }

    fn random_id(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.world.random.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

/// The record of a person who has signed in, by an answer of the provider that came after this sign-out.
pub(crate) fn record_of(
    portal: &Portal,
    signed_in: SignedIn,
    headers: &HeaderMap,
    signed_out_before: i64,
) -> PersonRecord {
    let tools = Tools::of(portal);
    PersonRecord::new(
        signed_in,
        tools.random_id(),
        device::device(headers),
        signed_out_before,
        &tools.lives,
        tools.world.clock.now(),
    )
}

/// Begins a person's session in place of whatever this one was, under a new id (S6). [`VisitError::Ended`] if the person was
/// signed out since the provider's answer came (B3).
pub(crate) async fn enter(
    ledger: &Ledger,
    session: &Session,
    record: PersonRecord,
) -> Result<(), VisitError> {
    session.clear().await;
    stand(ledger, session, record).await
}

/// Puts the record under a new id. It is saved before it is asked whether it may be: whoever ends sessions does it the other way
/// round.
async fn stand(ledger: &Ledger, session: &Session, record: PersonRecord) -> Result<(), VisitError> {
    let (entry, since) = (record.entry(), record.signed_out_before);
    session.cycle_id().await?;
    write(session, &Holder::Person(record)).await?;
    session.save().await?;
    if ledger.signed_out_since(&entry, since).await? {
        session.flush().await?;
        return Err(VisitError::Ended);
    }
    Ok(())
}

impl Visit {
    /// A guest's visit that keeps nothing: for pages made outside of sessions.
    pub fn nobody(reference: impl Into<String>) -> Self {
        Self {
            inner: Arc::new(Inner {
                reference: reference.into(),
                visitor: Visitor::Guest,
                holder: None,
                ended: false,
                session: None,
                tools: None,
            }),
        }
    }

    /// The visit of a request with this session.
    pub(crate) async fn of(
        reference: String,
        session: Session,
        tools: Tools,
    ) -> Result<Self, tower_sessions::session::Error> {
        let came_with_one = session.id().is_some();
        let mut holder = record::current(&session, tools.world.clock.now()).await?;
        let visitor = match &mut holder {
            Some(Holder::Person(record)) => {
                let visitor = visitor(record, &tools.access).await;
                follow(record, &visitor, &session, &tools).await;
                visitor
            }
            Some(Holder::Guest { .. }) | None => Visitor::Guest,
        };
        Ok(Self {
            inner: Arc::new(Inner {
                reference,
                visitor,
                ended: came_with_one && holder.is_none(),
                holder,
                session: Some(session),
                tools: Some(tools),
            }),
        })
    }

    /// Who is looking.
    pub fn visitor(&self) -> &Visitor {
        &self.inner.visitor
    }

    /// The correlation id of the request.
    pub fn reference(&self) -> &str {
        &self.inner.reference
    }

    /// Whether the browser came with a session that is no more: it ended by itself, or was ended elsewhere.
    pub fn ended(&self) -> bool {
        self.inner.ended
    }

    /// A sign by which a page knows whether it is still the same person, acting for the same customer (O4). It leads nowhere.
    pub fn mark(&self) -> Option<String> {
        let record = self.person_record()?;
        // While the instance cannot be asked it is the customer last known.
        let whose = self.persons_cart(record);
        let mut mark = hashed(&format!("mark:{}:{whose}", record.handle));
        mark.truncate(16);
        Some(mark)
    }

    /// The public name of the session.
    pub fn handle(&self) -> Option<SessionId> {
        Some(SessionId(self.person_record()?.handle))
    }

    /// Whose cart it is; none for a guest without one.
    pub fn cart_owner(&self) -> Option<CartOwner> {
        match self.inner.holder.as_ref()? {
            Holder::Guest { cart, .. } => Some(CartOwner::Guest(*cart)),
            Holder::Person(record) => Some(self.persons_cart(record)),
        }
    }

    /// The number of a guest's cart; none for a guest without one, and for persons.
    pub fn guest_cart(&self) -> Option<Uuid> {
        match self.inner.holder.as_ref()? {
            Holder::Guest { cart, .. } => Some(*cart),
            Holder::Person(_) => None,
        }
    }

    /// Whose cart it is; a guest gets a session record only now.
    pub async fn ensure_cart_owner(&self) -> Result<CartOwner, VisitError> {
        if let Some(owner) = self.cart_owner() {
            return Ok(owner);
        }
        let (Some(session), Some(tools)) = (&self.inner.session, &self.inner.tools) else {
            return Err(VisitError::NotYours);
        };
        // Asked twice in one request it is the same guest.
        if let Some(Holder::Guest { cart, .. }) = record::read(session).await? {
            return Ok(CartOwner::Guest(cart));
        }
        let cart = tools.random_id();
        let guest = Holder::Guest {
            cart,
            seen: tools.world.clock.now().unix_timestamp(),
            life: tools.lives.guest.whole_seconds(),
        };
        write(session, &guest).await?;
        Ok(CartOwner::Guest(cart))
    }

    /// Acts for this customer from now on, under a new session id. What was collected before there was a customer comes along.
    pub async fn choose(&self, customer: CustomerId) -> Result<(), VisitError> {
        let (Some(session), Some(tools), Some(Holder::Person(record))) =
            (&self.inner.session, &self.inner.tools, &self.inner.holder)
        else {
            return Err(VisitError::NotYours);
        };
        let accesses = tools.access.fresh(&record.person.id).await?;
        if !accesses.iter().any(|access| access.customer.id == customer) {
            return Err(VisitError::NotYours);
        }
        let mut changed = record.clone();
        changed.customer = Some(customer);
        bring_along(
            &tools.ledger,
            &record.person.id,
            customer,
            tools.world.clock.now(),
        )
        .await?;
        stand(&tools.ledger, session, changed).await
    }

    /// Ends this session; with `everywhere` all sessions of the person, on whichever device they were begun.
    pub async fn sign_out(&self, everywhere: bool) -> Result<(), VisitError> {
        let (Some(session), Some(tools)) = (&self.inner.session, &self.inner.tools) else {
            return Ok(());
        };
        let now = tools.world.clock.now();
        if let Some(record) = self.person_record() {
            let person = &record.person.id;
            if everywhere {
                tools
                    .ledger
                    .end_sessions(Which::Person(person), now)
                    .await?;
                // Also those that were begun while the instance told no id.
                tools
                    .ledger
                    .end_sessions(Which::Login(&record.login), now)
                    .await?;
            }
            // Also under an id that another tab is about to give it.
            let this = Which::One(SessionId(record.handle), person);
            tools.ledger.end_sessions(this, now).await?;
        }
        session.flush().await?;
        Ok(())
    }

    /// The person's record, for signing out.
    pub(crate) fn person_record(&self) -> Option<&PersonRecord> {
        match &self.inner.holder {
            Some(Holder::Person(record)) => Some(record),
            _ => None,
        }
    }

    /// The session behind the visit.
    pub(crate) fn session(&self) -> Option<&Session> {
        self.inner.session.as_ref()
    }

    /// The customer as the visitor stands for it now; while the instance cannot be asked, as last known.
    fn persons_cart(&self, record: &PersonRecord) -> CartOwner {
        let customer = match &self.inner.visitor {
            Visitor::SignedIn {
                standing: Standing::Unknown,
                ..
            } => record.customer,
            visitor => visitor.acting().map(|access| access.customer.id),
        };
        CartOwner::Person {
            person: record.person.id.clone(),
            customer,
        }
    }
}

/// What a person collected while there was no customer joins the cart of the customer there is now.
pub(crate) async fn bring_along(
    ledger: &Ledger,
    person: &PersonId,
    customer: CustomerId,
    now: OffsetDateTime,
) -> Result<(), LedgerError> {
    let owner = |customer| CartOwner::Person {
        person: person.clone(),
        customer,
    };
    ledger
        .join_carts(&owner(None), &owner(Some(customer)), now)
        .await
}

/// A customer that became known only after sign-in (the instance was away, the person was approved) is remembered, and gets what
/// was collected before. What cannot be done now is done with the next request.
async fn follow(record: &mut PersonRecord, visitor: &Visitor, session: &Session, tools: &Tools) {
    let Some(customer) = visitor.acting().map(|access| access.customer.id) else {
        return;
    };
    if record.customer == Some(customer) {
        return;
    }
    let now = tools.world.clock.now();
    if let Err(error) = bring_along(&tools.ledger, &record.person.id, customer, now).await {
        tracing::warn!(%error, "a cart cannot join the customer's yet");
        return;
    }
    record.customer = Some(customer);
    if let Err(error) = write(session, &Holder::Person(record.clone())).await {
        tracing::warn!(%error, "the customer of a session cannot be kept yet");
    }
}

async fn visitor(record: &PersonRecord, access: &Accesses) -> Visitor {
    let standing = match access.of(&record.person.id).await {
        Ok(accesses) => standing(accesses, record.customer),
        Err(_) => Standing::Unknown,
    };
    Visitor::SignedIn {
        person: person(record),
        standing,
    }
}

fn person(record: &PersonRecord) -> Person {
    record.person.clone()
}

/// What a person with these accesses stands for, having chosen this customer.
pub(crate) fn standing(accesses: Vec<Access>, chosen: Option<CustomerId>) -> Standing {
    let has_others = accesses.len() > 1;
    let is_chosen = |access: &Access| Some(access.customer.id) == chosen;
    if accesses.is_empty() {
        return Standing::NoCustomer;
    }
    let acting = accesses
        .into_iter()
        .find(|access| !has_others || is_chosen(access));
    match acting {
        Some(access) => Standing::Acting { access, has_others },
        None => Standing::Choosing,
    }
}
