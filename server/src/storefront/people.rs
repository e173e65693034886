//! A person's own sessions.

use vitrina::{
    ids::SessionId,
    trouble::Trouble,
    visitor::{PersonId, SessionView},
};

use super::Storefront;
use crate::{ledger::sign_outs::Which, ordering::ledger_trouble, rates::Rates};

impl Storefront {
    /// Whether the person does this within the rate that is asked (§11); else it is logged by this kind, and told.
    pub(super) fn within(
        &self,
        rate: fn(&Rates, &PersonId) -> bool,
        kind: &'static str,
    ) -> Result<(), Trouble> {
        let person = self.visit.visitor().person().ok_or(Trouble::SignInNeeded)?;
        if rate(&self.portal.rates, &person.id) {
            return Ok(());
        }
        tracing::warn!(
            reference = self.visit.reference(),
            kind,
            "a person asks too often"
        );
        Err(Trouble::TooOften)
    }

    pub(super) async fn own_sessions(&self) -> Result<Vec<SessionView>, Trouble> {
        let person = self.visit.visitor().person().ok_or(Trouble::SignInNeeded)?;
        let listed = self
            .portal
            .ledger
            .sessions_of(&person.id, self.now())
            .await
            .map_err(|error| ledger_trouble(&error, self.visit.reference()))?;
        let zone = &self.portal.settings.zone;
        let own = self.visit.handle();
        Ok(listed
            .into_iter()
            .map(|session| SessionView {
                here: own == Some(session.id),
                id: session.id,
                device: session.device,
                since: zone.local(session.began),
                seen: zone.local(session.seen),
            })
            .collect())
    }

    /// Whose session it is stands in the condition: another person's is as if it did not exist. One that does not exist is not
    /// asked for first: while its id changes it is in no list, and it would go on.
    pub(super) async fn end_own_session(&self, session: SessionId) -> Result<(), Trouble> {
        let person = self.visit.visitor().person().ok_or(Trouble::SignInNeeded)?;
        self.within(Rates::may_end_session, "too_many_sessions_ended")?;
        let ended = self
            .portal
            .ledger
            .end_sessions(Which::One(session, &person.id), self.now())
            .await
            .map_err(|error| ledger_trouble(&error, self.visit.reference()))?;
        tracing::info!(ended, "a person ended a session of theirs");
        Ok(())
    }
}
