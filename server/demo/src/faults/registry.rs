//! The faults that are up, and those of the sentinels, which always are.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::asked::Asked;
use super::{Does, Fault, FaultId, FaultState, Meets};

struct Up {
    state: FaultState,
    /// Requests of its kind, those that passed too.
    seen: u32,
    /// Requests it is for; `met` follows when it has taken effect.
    caught: u32,
    cleared: CancellationToken,
}

#[derive(Default)]
struct State {
    last: u64,
    up: Vec<Up>,
    standing: Vec<Up>,
}

/// All faults.
#[derive(Default)]
pub(crate) struct Faults {
    state: Mutex<State>,
    /// Changes whenever a request is met.
    met: watch::Sender<()>,
}

/// What happens to a request that was met.
pub(crate) struct Met {
    pub(crate) id: FaultId,
    pub(crate) does: Does,
    /// Ends waiting.
    pub(crate) cleared: CancellationToken,
}

impl Faults {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Faults of sentinels: they stay when all others are cleared.
    pub(crate) fn standing(faults: Vec<Fault>) -> Self {
        let all = Self::default();
        for fault in faults {
            let mut state = all.state();
            let up = state.next(fault);
            state.standing.push(up);
        }
        all
    }

    pub(crate) fn bring_up(&self, fault: Fault) -> FaultId {
        let mut state = self.state();
        let up = state.next(fault);
        let id = up.state.id;
        state.up.push(up);
        id
    }

    /// Takes one fault away; whoever waits for it goes on.
    pub(crate) fn clear(&self, id: FaultId) -> bool {
        let mut state = self.state();
        let before = state.up.len();
        state.up.retain(|up| {
            let stays = up.state.id != id;
            if !stays {
                up.cleared.cancel();
            }
            stays
        });
        state.up.len() < before
    }

    /// Takes all away but the sentinels'; whoever waits goes on, at sentinels too.
    pub(crate) fn clear_all(&self) {
        let mut state = self.state();
        for up in state.up.drain(..) {
            up.cleared.cancel();
        }
        for up in &mut state.standing {
            std::mem::take(&mut up.cleared).cancel();
        }
    }

    /// Those that were brought up, also when they have met all they were for.
    pub(crate) fn list(&self) -> Vec<FaultState> {
        self.state().up.iter().map(|up| up.state.clone()).collect()
    }

    /// Requests met so far by this fault.
    pub(crate) fn count(&self, id: FaultId) -> u32 {
        let state = self.state();
        let mut all = state.up.iter().chain(&state.standing);
        all.find(|up| up.state.id == id)
            .map_or(0, |up| up.state.met)
    }

    /// Requests met so far by any fault that is up, sentinels' too.
    pub(crate) fn total(&self) -> u64 {
        let state = self.state();
        let all = state.up.iter().chain(&state.standing);
        all.map(|up| u64::from(up.state.met)).sum()
    }

    /// Ends when this fault has met so many requests.
    pub(crate) async fn until_met(&self, id: FaultId, times: u32) {
        let mut changes = self.met.subscribe();
        while self.count(id) < times {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Whether a fault is up that looks into bodies.
    pub(crate) fn read_bodies(&self) -> bool {
        let state = self.state();
        state.up.iter().chain(&state.standing).any(|up| {
            matches!(
                up.state.fault.meets,
                Meets::Commit | Meets::CommitOf(_) | Meets::About(_)
            )
        })
    }

    /// The fault has done to a request what it does.
    pub(crate) fn took_effect(&self, id: FaultId) {
        let mut state = self.state();
        let State { up, standing, .. } = &mut *state;
        if let Some(up) = up.iter_mut().chain(standing).find(|up| up.state.id == id) {
            up.state.met += 1;
        }
        drop(state);
        self.met.send_replace(());
    }

    /// The first fault that is for this request.
    pub(crate) fn meet(&self, asked: &Asked<'_>) -> Option<Met> {
        let mut state = self.state();
        let State { up, standing, .. } = &mut *state;
        up.iter_mut().chain(standing).find_map(|up| {
            let fault = &up.state.fault;
            if fault.times.is_some_and(|times| up.caught >= times) || !asked.is(&fault.meets) {
                return None;
            }
            up.seen = up.seen.saturating_add(1);
            if up.seen <= fault.after {
                return None;
            }
            up.caught += 1;
            Some(Met {
                id: up.state.id,
                does: fault.does.clone(),
                cleared: up.cleared.clone(),
            })
        })
    }
}

impl State {
    fn next(&mut self, fault: Fault) -> Up {
        self.last += 1;
        Up {
            state: FaultState {
                id: FaultId(self.last),
                fault,
                met: 0,
            },
            seen: 0,
            caught: 0,
            cleared: CancellationToken::new(),
        }
    }
}
