//! Who was signed out, from wherever: what is under way meanwhile must not outlive it.
//!
//! A sign-out is written down first, then its sessions are deleted. Whoever makes a session writes it first, then asks whether
//! its person was signed out since. So of a sign-out and a sign-in at the same time one always sees the other, on whichever
//! portals they happen, and no lock is held meanwhile (B3, B4). What is earlier and later the ledger says: it numbers sign-outs,
//! because the clocks of portals differ.

use sqlx::Row;
use time::{Duration, OffsetDateTime};
use vitrina::{ids::SessionId, visitor::PersonId};

use super::{Ledger, LedgerError, hashed, sessions::Entry, timed::within};

/// How long a sign-out is remembered: longer than anything that was begun before it.
const REMEMBERED: Duration = Duration::hours(1);
/// How long a logout token is remembered at least, and at most (B2).
const TOKEN_LIFE: (Duration, Duration) = (Duration::hours(1), Duration::days(2));

/// Which sessions a sign-out ends.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// This one, if it is this person's.
    One(SessionId, &'a PersonId),
    /// All of a person.
    Person(&'a PersonId),
    /// All that were begun under this login name (`sub`).
    Login(&'a str),
    /// All that belong to this session at the identity provider.
    AtProvider(&'a str),
    /// All that were begun under this login name without a session at the provider being named: which of them it is about,
    /// nobody can tell.
    Unnamed(&'a str),
}

impl Which<'_> {
    /// Its name among the sign-outs, the condition on sessions, and what is bound to it.
    fn terms(self) -> (String, &'static str, Vec<String>) {
        match self {
            Self::One(id, person) => (
                one(&id.to_string(), &person_hash(person)),
                "handle = $1 AND person_hash = $2",
                vec![id.to_string(), person_hash(person)],
            ),
            Self::Person(person) => {
                let hash = person_hash(person);
                (of_person(&hash), "person_hash = $1", vec![hash])
            }
            Self::Login(login) => {
                let hash = hashed(login);
                (of_login(&hash), "login_hash = $1", vec![hash])
            }
            Self::AtProvider(sid) => {
                let hash = hashed(sid);
                (at_provider(&hash), "sid_hash = $1", vec![hash])
            }
            Self::Unnamed(login) => {
                let hash = hashed(login);
                (
                    unnamed(&hash),
                    "login_hash = $1 AND sid_hash = ''",
                    vec![hash],
                )
            }
        }
    }
}

fn one(handle: &str, person_hash: &str) -> String {
    format!("one:{handle}:{person_hash}")
}

fn of_person(person_hash: &str) -> String {
    format!("person:{person_hash}")
}

fn of_login(login_hash: &str) -> String {
    format!("login:{login_hash}")
}

fn at_provider(sid_hash: &str) -> String {
    format!("sid:{sid_hash}")
}

fn unnamed(login_hash: &str) -> String {
    format!("unnamed:{login_hash}")
}

/// How a person is recognised in the ledger's index.
pub(crate) fn person_hash(person: &PersonId) -> String {
    match person {
        PersonId::User(id) => hashed(&format!("user:{id}")),
        PersonId::Login(login) => hashed(&format!("login:{login}")),
    }
}

impl Ledger {
    /// Ends these sessions, and whatever would become one of them. Tells how many there were; none is not an error.
    pub async fn end_sessions(
        &self,
        which: Which<'_>,
        now: OffsetDateTime,
    ) -> Result<u64, LedgerError> {
        let (what, condition, bound) = which.terms();
        within(self.write_down(&what, now)).await?;
        let statement = format!("DELETE FROM sessions WHERE {condition}");
        let mut delete = sqlx::query(&statement);
        for value in bound {
            delete = delete.bind(value);
        }
        Ok(delete.execute(self.pool()).await?.rows_affected())
    }

    /// Writes a sign-out down under the next number. Until it is done, the next one waits: whoever reads a number has all
    /// sign-outs up to it before them.
    async fn write_down(&self, what: &str, now: OffsetDateTime) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool().begin().await?;
        let number: i64 =
            sqlx::query("UPDATE sign_out_counter SET number = number + 1 RETURNING number")
                .fetch_one(&mut *transaction)
                .await?
                .try_get(0)?;
        sqlx::query(
            "INSERT INTO sign_outs (what, number, expires) VALUES ($1, $2, $3) \
             ON CONFLICT (what) DO UPDATE SET number = excluded.number, expires = excluded.expires",
        )
        .bind(what)
        .bind(number)
        .bind((now + REMEMBERED).unix_timestamp())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await
    }

    /// Whether the session with this entry was ended by a later sign-out than the one with this number.
    pub(crate) async fn signed_out_since(
        &self,
        entry: &Entry,
        since: i64,
    ) -> Result<bool, LedgerError> {
        let found: i64 = sqlx::query(
            "SELECT COUNT(*) FROM sign_outs WHERE what = $1 OR what = $2 \
             OR (number > $3 AND (what = $4 OR what = $5 OR what = $6))",
        )
        .bind(one(&entry.handle, &entry.person_hash))
        // An empty one belongs to nobody.
        .bind(at_provider(&entry.sid_hash))
        .bind(since)
        .bind(of_person(&entry.person_hash))
        .bind(of_login(&entry.login_hash))
        // One that is named belongs to no unnamed ones.
        .bind(if entry.sid_hash.is_empty() {
            unnamed(&entry.login_hash)
        } else {
            String::new()
        })
        .fetch_one(self.pool())
        .await?
        .try_get(0)?;
        Ok(found > 0)
    }

    /// Notes a logout token by its `jti`; false if its sign-out was done before (B2). One that was noted and not done, because the
    /// ledger failed in between, may come again.
    pub async fn note_logout_token(
        &self,
        jti: &str,
        expires: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<bool, LedgerError> {
        let (least, most) = TOKEN_LIFE;
        let until = expires.clamp(now + least, now + most);
        let hash = hashed(jti);
        sqlx::query(
            "INSERT INTO logout_tokens (jti_hash, done, expires) VALUES ($1, 0, $2) \
             ON CONFLICT (jti_hash) DO NOTHING",
        )
        .bind(&hash)
        .bind(until.unix_timestamp())
        .execute(self.pool())
        .await?;
        let done: i64 = sqlx::query("SELECT done FROM logout_tokens WHERE jti_hash = $1")
            .bind(&hash)
            .fetch_one(self.pool())
            .await?
            .try_get(0)?;
        Ok(done == 0)
    }

    /// Says that a noted token's sign-out is done; false if another request with the same token was quicker.
    pub async fn settle_logout_token(&self, jti: &str) -> Result<bool, LedgerError> {
        let set = sqlx::query("UPDATE logout_tokens SET done = 1 WHERE jti_hash = $1 AND done = 0")
            .bind(hashed(jti))
            .execute(self.pool())
            .await?;
        Ok(set.rows_affected() == 1)
    }

    /// Deletes attempts, sessions, sign-outs and logout tokens that are over.
    pub async fn delete_expired(&self, now: OffsetDateTime) -> Result<u64, LedgerError> {
        let mut deleted = 0;
        for statement in [
            "DELETE FROM attempts WHERE expires <= $1",
            "DELETE FROM sessions WHERE expires <= $1",
            "DELETE FROM sign_outs WHERE expires <= $1",
            "DELETE FROM logout_tokens WHERE expires <= $1",
            "DELETE FROM hand_overs WHERE expires <= $1",
            "DELETE FROM framed_attempts WHERE expires <= $1",
        ] {
            deleted += sqlx::query(statement)
                .bind(now.unix_timestamp())
                .execute(self.pool())
                .await?
                .rows_affected();
        }
        Ok(deleted)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        ledger::attempts::{Claim, NewAttempt},
        settings::LedgerAddress,
    };

    const NOW: OffsetDateTime = time::macros::datetime!(2126-11-23 10:00 UTC);

    async fn ledger(folder: &tempfile::TempDir) -> Ledger {
        let file = folder.path().join("ledger.sqlite");
        let ledger = Ledger::new(&LedgerAddress::Sqlite(file)).unwrap();
        ledger.migrate().await.unwrap();
        ledger
    }

    fn entry(person: &PersonId, login: &str, sid: Option<&str>) -> Entry {
        Entry {
            handle: Uuid::from_u128(1).to_string(),
            person_hash: person_hash(person),
            login_hash: hashed(login),
            sid_hash: sid.map(hashed).unwrap_or_default(),
            ..Entry::default()
        }
    }

    /// The number under which a sign-in goes on whose answer comes now, on a portal whose clock says this.
    async fn answered(ledger: &Ledger, id: &str, now: OffsetDateTime) -> i64 {
        let attempt = NewAttempt {
            id: id.to_owned(),
            state: format!("state of {id}"),
            browser: "browser".to_owned(),
            nonce: "nonce".to_owned(),
            verifier: "verifier".to_owned(),
            return_to: "/en".to_owned(),
            source: None,
        };
        ledger.begin_attempt(&attempt, now).await.unwrap();
        let landing = format!("landing of {id}");
        ledger
            .park_answer(&attempt.state, "x", &landing, now)
            .await
            .unwrap();
        let landed = ledger.landed(&landing).await.unwrap().unwrap();
        match ledger
            .claim_attempt(&landed, Some("browser"), now)
            .await
            .unwrap()
        {
            Claim::Yours(claimed) => claimed.signed_out_before,
            _ => panic!("the attempt is this browser's"),
        }
    }

    /// Whatever the clocks of the two portals say: a sign-in ends if the sign-out came after its answer, and only then.
    #[tokio::test]
    async fn b3_of_a_sign_in_and_a_sign_out_the_ledger_says_which_was_first() {
        let person = PersonId::User(Uuid::from_u128(7));
        for (case, skew) in [
            ("agree", Duration::ZERO),
            ("the other is behind", Duration::minutes(-2)),
            ("the other is ahead", Duration::minutes(2)),
        ] {
            for which in [
                Which::Person(&person),
                Which::Login("maria"),
                Which::Unnamed("maria"),
            ] {
                let folder = tempfile::TempDir::new().unwrap();
                let ledger = ledger(&folder).await;
                let entry = entry(&person, "maria", None);
                let before = answered(&ledger, "before", NOW).await;
                assert!(!ledger.signed_out_since(&entry, before).await.unwrap());
                ledger.end_sessions(which, NOW + skew).await.unwrap();
                let after = answered(&ledger, "after", NOW).await;
                assert!(
                    ledger.signed_out_since(&entry, before).await.unwrap(),
                    "{case}: {which:?} came later"
                );
                assert!(
                    !ledger.signed_out_since(&entry, after).await.unwrap(),
                    "{case}: {which:?} was before"
                );
                // Once more, and numbers go on where old sign-outs are forgotten.
                ledger
                    .delete_expired(NOW + Duration::days(1))
                    .await
                    .unwrap();
                ledger.end_sessions(which, NOW + skew).await.unwrap();
                assert!(ledger.signed_out_since(&entry, after).await.unwrap());
            }
        }
    }

    #[tokio::test]
    async fn b3_a_session_that_is_named_is_none_of_the_unnamed() {
        let person = PersonId::User(Uuid::from_u128(7));
        let folder = tempfile::TempDir::new().unwrap();
        let ledger = ledger(&folder).await;
        let before = answered(&ledger, "before", NOW).await;
        ledger
            .end_sessions(Which::Unnamed("maria"), NOW)
            .await
            .unwrap();
        for (login, sid, ends) in [
            ("maria", None, true),
            ("maria", Some("s1"), false),
            ("james", None, false),
        ] {
            let entry = entry(&person, login, sid);
            assert_eq!(
                ledger.signed_out_since(&entry, before).await.unwrap(),
                ends,
                "{login} {sid:?}"
            );
        }
    }
}
