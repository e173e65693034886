//! What a session record holds.

use erp::identity::SignedIn;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Duration, OffsetDateTime};
use tower_sessions::{Expiry, Session, session::Error};
use uuid::Uuid;
use vitrina::{ids::CustomerId, visitor::Person};

use crate::{
    ledger::{
        hashed,
        sessions::{ENTRY, Entry},
        sign_outs::person_hash,
    },
    settings::Lives,
};

const KEY: &str = "holder";
/// A record in use is written at most this often, in seconds.
const TOUCH: i64 = 60;

/// Whose session it is. Instants are seconds since 1970.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Holder {
    /// A guest with a cart that waits so long, in seconds.
    Guest { cart: Uuid, seen: i64, life: i64 },
    /// A person.
    Person(PersonRecord),
}

/// A person's session.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PersonRecord {
    /// Its public name: it stays where the id changes, and opens nothing.
    pub(crate) handle: Uuid,
    /// Who it is.
    pub(crate) person: Person,
    /// The login name it was begun under (`sub`): a back-channel sign-out may know nothing else (B3).
    pub(crate) login: String,
    /// The customer that was chosen, or the only one.
    pub(crate) customer: Option<CustomerId>,
    /// The session at the identity provider.
    pub(crate) sid: Option<String>,
    /// The hint for signing out (S7).
    pub(crate) id_token: IdToken,
    /// A coarse word for the device.
    pub(crate) device: String,
    /// When it began.
    pub(crate) began: i64,
    /// The number of the last sign-out before the provider's answer came that it was begun with: a later one ends it (B3).
    pub(crate) signed_out_before: i64,
    /// The last request.
    pub(crate) seen: i64,
    /// The longest pause.
    pub(crate) idle: i64,
    /// The end, whatever happens.
    pub(crate) until: i64,
}

/// An ID token at rest on the server.
#[derive(Clone)]
pub(crate) struct IdToken(pub(crate) SecretString);

impl Serialize for IdToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

impl<'de> Deserialize<'de> for IdToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.into()))
    }
}

impl PersonRecord {
    /// A session that begins now.
    pub(crate) fn new(
        signed_in: SignedIn,
        handle: Uuid,
        device: String,
        signed_out_before: i64,
        lives: &Lives,
        now: OffsetDateTime,
    ) -> Self {
        let SignedIn {
            person,
            login,
            sid,
            id_token,
            ..
        } = signed_in;
        let life = if person.employee {
            lives.employee
        } else {
            lives.customer
        };
        Self {
            handle,
            person,
            login,
            customer: None,
            sid,
            id_token: IdToken(id_token),
            device,
            began: now.unix_timestamp(),
            signed_out_before,
            seen: now.unix_timestamp(),
            idle: life.idle.whole_seconds(),
            until: (now + life.whole).unix_timestamp(),
        }
    }

    /// Ends so soon at the latest.
    pub(crate) fn end_within(&mut self, life: Duration, now: OffsetDateTime) {
        self.until = self.until.min((now + life).unix_timestamp());
    }

    /// When it ends unless it is used.
    fn ends(&self) -> i64 {
        self.until.min(self.seen + self.idle)
    }

    fn is_over(&self, now: i64) -> bool {
        now >= self.ends()
    }

    /// What the ledger finds it by.
    pub(crate) fn entry(&self) -> Entry {
        Entry {
            handle: self.handle.to_string(),
            person_hash: person_hash(&self.person.id),
            login_hash: hashed(&self.login),
            sid_hash: self.sid.as_deref().map(hashed).unwrap_or_default(),
            device: self.device.clone(),
            began: self.began,
            seen: self.seen,
            ends: self.ends(),
        }
    }
}

/// What the record holds, over or not.
pub(crate) async fn read(session: &Session) -> Result<Option<Holder>, Error> {
    match session.get(KEY).await {
        // A record of another release is no session.
        Err(Error::SerdeJson(_)) => {
            session.flush().await?;
            Ok(None)
        }
        other => other,
    }
}

/// Whose session it is now: one that is over is deleted, one in use is prolonged.
pub(crate) async fn current(
    session: &Session,
    now: OffsetDateTime,
) -> Result<Option<Holder>, Error> {
    let now = now.unix_timestamp();
    let Some(mut holder) = read(session).await? else {
        return Ok(None);
    };
    let seen = match &mut holder {
        Holder::Person(record) if record.is_over(now) => {
            session.flush().await?;
            return Ok(None);
        }
        Holder::Person(PersonRecord { seen, .. }) | Holder::Guest { seen, .. } => seen,
    };
    if now - *seen >= TOUCH {
        *seen = now;
        write(session, &holder).await?;
    }
    Ok(Some(holder))
}

/// Sets what the record holds; it is saved with the answer.
pub(crate) async fn write(session: &Session, holder: &Holder) -> Result<(), Error> {
    let end = match holder {
        Holder::Guest { seen, life, .. } => {
            session.remove_value(ENTRY).await?;
            seen + life
        }
        Holder::Person(record) => {
            session.insert(ENTRY, record.entry()).await?;
            // The cookie stays longer than the record is idle, so that who comes back too late can be told so.
            record.until
        }
    };
    // By our clock: the session layer would reckon inactivity by the system's.
    session.set_expiry(Some(match OffsetDateTime::from_unix_timestamp(end) {
        Ok(end) => Expiry::AtDateTime(end),
        Err(_) => Expiry::OnSessionEnd,
    }));
    session.insert(KEY, holder).await
}
