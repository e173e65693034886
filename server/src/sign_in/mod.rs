//! Signing in and out: stages of reference/security.md §5, *park and redirect* of §2.
//!
//! ```text
//! POST /sign-in ─▶ instance ─▶ POST or GET /signin-callback ─303▶ GET /sign-in/finish/{landing} ─303▶ where they wanted
//!   attempt in the ledger,       parks the answer, touches          proves by the landing who brought
//!   one cookie for it            no session (P1)                    the answer, by the cookie who
//!                                                                   began; redeems once (P5, P7)
//! ```
//!
//! A `SameSite=Lax` cookie does not travel with the instance's cross-site POST; it does with the redirect that follows. That is
//! why the answer is parked. Who brings an answer is told a landing that nobody else knows, and it is finished only there, by who
//! also holds the cookie of the beginning. So an answer that somebody else's browser brought cannot be finished in this one, and
//! one that this browser brought cannot be finished by somebody who began elsewhere and led it here.

pub mod back_channel;
pub mod begin;
pub mod callback;
pub mod cookies;
pub mod finish;
pub mod sign_out;

use std::sync::Arc;

use axum::response::Response;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use erp::world::Random;
use vitrina::{
    places::{Page, Place},
    text::Language,
};

use crate::{layers::headers::Nonce, pages, portal::Portal};

/// Where the instance sends browsers after signing in.
pub const CALLBACK: &str = "/signin-callback";
/// Where the instance itself tells of a sign-out elsewhere (B1).
pub const BACK_CHANNEL: &str = "/backchannel-logout";
/// Where it sends them after signing out.
pub const SIGN_OUT_CALLBACK: &str = "/signout-callback";

/// So many random bytes, as base64url.
pub(crate) fn token(random: &dyn Random, bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    random.fill(&mut buffer);
    URL_SAFE_NO_PAD.encode(buffer)
}

/// The place to return to, if it is one of ours in one of our languages (S3).
fn return_to(portal: &Portal, path: &str) -> Option<Place> {
    Place::parse(path).filter(|place| {
        portal.settings.languages.contains(&place.language)
            && !matches!(place.page, Page::SignedOut | Page::Waiting)
    })
}

/// What a failure page needs to know.
pub(crate) struct Scene {
    pub(crate) nonce: Nonce,
    pub(crate) language: Language,
    pub(crate) reference: String,
}

impl Scene {
    pub(crate) async fn trouble(self, portal: &Arc<Portal>, kind: app::SignInKind) -> Response {
        self.trouble_for(portal, kind, None).await
    }

    /// The same in a window that signs in for a frame: trying again is for that frame too.
    async fn trouble_for(
        self,
        portal: &Arc<Portal>,
        kind: app::SignInKind,
        hand_over: Option<String>,
    ) -> Response {
        let trouble = app::SignInTrouble {
            kind,
            reference: self.reference,
        };
        pages::sign_in_trouble(portal, self.nonce, self.language, trouble, hand_over).await
    }
}
