//! What a session record holds.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use tower_sessions::{Expiry, Session, session::Error};
use uuid::Uuid;
use vitrina::{ids::CustomerId, visitor::Person};

use super::{CUSTOMER_LIFE, EMPLOYEE_LIFE, GUEST_LIFE, IDLE};

const KEY: &str = "holder";
/// A record in use is written at most this often, in seconds.
const TOUCH: i64 = 60;

/// Whose session it is. Instants are seconds since 1970.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Holder {
    /// A guest with a cart.
    Guest { cart: Uuid, seen: i64 },
    /// A person.
    Person(PersonRecord),
}

/// A person's session.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PersonRecord {
    /// Who it is.
    pub(crate) person: Person,
    /// The customer that was chosen, or the only one.
    pub(crate) customer: Option<CustomerId>,
    /// The session at the identity provider.
    pub(crate) sid: Option<String>,
    /// The hint for signing out (S7).
    pub(crate) id_token: IdToken,
    /// The last request.
    pub(crate) seen: i64,
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
        person: Person,
        sid: Option<String>,
        id_token: SecretString,
        now: OffsetDateTime,
    ) -> Self {
        let life = if person.employee {
            EMPLOYEE_LIFE
        } else {
            CUSTOMER_LIFE
        };
        Self {
            person,
            customer: None,
            sid,
            id_token: IdToken(id_token),
            seen: now.unix_timestamp(),
            until: (now + life).unix_timestamp(),
        }
    }

    fn is_over(&self, now: i64) -> bool {
        now >= self.until || now - self.seen >= IDLE.whole_seconds()
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
    let (seen, life) = match holder {
        Holder::Guest { seen, .. } => (*seen, GUEST_LIFE),
        Holder::Person(record) => (record.seen, IDLE),
    };
    // By our clock: the session layer would reckon inactivity by the system's.
    let end = OffsetDateTime::from_unix_timestamp(seen).map(|seen| seen + life);
    session.set_expiry(Some(match end {
        Ok(end) => Expiry::AtDateTime(end),
        Err(_) => Expiry::OnInactivity(life),
    }));
    session.insert(KEY, holder).await
}
