//! The instance's own source of randomness: seeded once from the operating system, so that nothing fails later.

use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use uuid::{Builder, Uuid};

/// A cryptographically secure generator behind a lock.
#[derive(Debug)]
pub(crate) struct Random(Mutex<StdRng>);

impl Random {
    /// Seeds the generator; fails only when the operating system gives no randomness.
    pub(crate) fn from_system() -> Result<Self, rand::rand_core::OsError> {
        Ok(Self(Mutex::new(StdRng::try_from_rng(
            &mut rand::rngs::OsRng,
        )?)))
    }

    /// `N` fresh bytes.
    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill_bytes(&mut bytes);
        bytes
    }

    /// 16 fresh bytes as 32 upper-case hex digits, the form of `jti`, `sid` and `kid` (identity.md §1).
    pub(crate) fn upper_hex(&self) -> String {
        self.bytes::<16>()
            .iter()
            .fold(String::new(), |mut text, byte| {
                // Writing to a string cannot fail.
                let _ = write!(text, "{byte:02X}");
                text
            })
    }

    /// 16 fresh bytes as 32 lower-case hex digits, the form of a transaction id (sample 31).
    pub(crate) fn lower_hex(&self) -> String {
        self.upper_hex().to_ascii_lowercase()
    }

    /// A fresh id for a row.
    pub(crate) fn id(&self) -> Uuid {
        Builder::from_random_bytes(self.bytes()).into_uuid()
    }
}
