//! The portal's own token for the Domain API (security.md §8): one holder, one refresh at a time, renewed before it ends.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use secrecy::SecretString;

use crate::{
    config::Scope,
    identity::{Identity, IdentityError, tokens::ServiceGrant},
    world::{Clock, Random},
};

/// Why there is no service token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The provider refuses the application: wrong id, secret or grant. An operator must act.
    #[error(
        "the identity provider refuses the application ({0}); check the Trusted Application, its secret and SystemUserAllowed"
    )]
    Refused(String),
    /// The provider cannot be reached or its answer not be used.
    #[error("the identity provider gave no token: {0}")]
    Unavailable(String),
}

impl TokenError {
    /// Whether the provider is there and says no.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

/// A token in use. The number tells it from its successors.
#[derive(Clone)]
pub(crate) struct ServiceToken {
    pub(crate) value: SecretString,
    pub(crate) number: u64,
    /// Scopes that were asked for and not granted (T6).
    pub(crate) lacks: Arc<[String]>,
    /// From then on a new one is fetched while this one serves on (T2).
    renew_at: Duration,
    /// From then on it is not used any more.
    ends_at: Duration,
}

impl ServiceToken {
    /// Whether it may only read although more was asked for (T6).
    pub(crate) fn lacks_update(&self) -> bool {
        self.lacks.iter().any(|scope| scope == Scope::UPDATE)
    }
}

type Flight = Shared<BoxFuture<'static, Result<ServiceToken, TokenError>>>;

#[derive(Default)]
struct State {
    current: Option<ServiceToken>,
    flight: Option<Flight>,
    issued: u64,
    failures: u32,
    /// No request before then (T5), and why.
    paused: Option<(Duration, TokenError)>,
}

/// Holds the token.
pub(crate) struct Holder {
    state: Mutex<State>,
    identity: Identity,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// Callers keep a token until it has this long left (T2).
const SPARE: Duration = Duration::from_secs(30);

impl Holder {
    pub(crate) fn new(
        identity: Identity,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            identity,
            clock,
            random,
        })
    }

    /// The token, fetched or renewed where needed. Any number of callers share one request and its outcome (T1).
    pub(crate) async fn get(self: &Arc<Self>) -> Result<ServiceToken, TokenError> {
        let flight = {
            let mut state = self.lock();
            let now = self.clock.elapsed();
            match state.current.clone().filter(|token| now < token.ends_at) {
                Some(token) if now < token.renew_at => return Ok(token),
                Some(token) => {
                    // T2: renewed in the background; a failure there costs nothing yet (T5).
                    if !is_paused(&state, now) && state.flight.is_none() {
                        // The task runs whether or not anybody waits for it.
                        drop(self.take_off(&mut state));
                    }
                    return Ok(token);
                }
                None => {}
            }
            if let Some((until, why)) = &state.paused
                && now < *until
            {
                return Err(why.clone());
            }
            match &state.flight {
                Some(flight) => flight.clone(),
                None => self.take_off(&mut state),
            }
        };
        flight.await
    }

    /// T4: the instance said 401 to this token. It is dropped if it is still the current one.
    pub(crate) fn refused(&self, number: u64) {
        let mut state = self.lock();
        if state
            .current
            .as_ref()
            .is_some_and(|token| token.number == number)
        {
            state.current = None;
        }
    }

    /// Whether the token in use may only read although more was asked for (T6); false while there is none, so that the next one
    /// is asked for.
    pub(crate) fn lacks_update(&self) -> bool {
        let now = self.clock.elapsed();
        self.lock()
            .current
            .as_ref()
            .is_some_and(|token| now < token.ends_at && token.lacks_update())
    }

    /// Drops the token, good as it may be: the next caller gets a new one.
    pub(crate) fn forget(&self) {
        self.lock().current = None;
    }

    fn take_off(self: &Arc<Self>, state: &mut State) -> Flight {
        let holder = self.clone();
        // A task of its own: a caller that goes away does not take the others' token with it.
        let task = tokio::spawn(async move { holder.fetch().await });
        let flight = async move {
            task.await
                .unwrap_or_else(|_| Err(TokenError::Unavailable("the request was aborted".into())))
        }
        .boxed()
        .shared();
        state.flight = Some(flight.clone());
        flight
    }

    async fn fetch(&self) -> Result<ServiceToken, TokenError> {
        let granted = self.identity.service_grant().await;
        let now = self.clock.elapsed();
        let mut state = self.lock();
        state.flight = None;
        match granted {
            Ok(ServiceGrant { token, life, lacks }) => {
                state.issued += 1;
                state.failures = 0;
                state.paused = None;
                // T2: at 80 % of its life, less a little so that several portals do not ask together.
                let jitter = life.mul_f64(0.05 * self.random.fraction());
                let token = ServiceToken {
                    value: token,
                    number: state.issued,
                    lacks: lacks.into(),
                    renew_at: now + life.mul_f64(0.8).saturating_sub(jitter),
                    // A very short life keeps a part of itself.
                    ends_at: now + life.saturating_sub(SPARE).max(life / 2),
                };
                state.current = Some(token.clone());
                Ok(token)
            }
            Err(error) => {
                let (error, pause) = match error {
                    IdentityError::Refused(code) => {
                        tracing::error!(error = %code, "the identity provider refuses the application");
                        (TokenError::Refused(code), Duration::from_secs(30))
                    }
                    other => {
                        let pause = Duration::from_secs(1 << state.failures.min(5));
                        tracing::warn!(error = %other, "no service token");
                        (
                            TokenError::Unavailable(other.to_string()),
                            pause.min(Duration::from_secs(30)),
                        )
                    }
                };
                state.failures += 1;
                state.paused = Some((now + pause, error.clone()));
                Err(error)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole at every unlock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_paused(state: &State, now: Duration) -> bool {
    state.paused.as_ref().is_some_and(|(until, _)| now < *until)
}
