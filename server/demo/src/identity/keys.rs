//! The key pairs of the identity provider and the tokens signed with them (RS256, identity.md §2.2).

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use rsa::RsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey;
use rsa::traits::PublicKeyParts;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::spoil::{Signing, TokenChange, merge};
use crate::random::Random;

/// Why no key pair could be made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The generator failed.
    #[error("no RSA key pair could be made")]
    Generate(#[from] rsa::Error),
    /// The pair could not be written down for the signer.
    #[error("the RSA key pair could not be encoded")]
    Encode(#[from] rsa::pkcs8::Error),
    /// The signer refused the pair.
    #[error("the RSA key pair was refused: {0}")]
    Refused(String),
}

/// What a token is for, told by the `typ` of its header (identity.md §4, §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenType {
    /// `JWT`: an ID token.
    Identity,
    /// `at+jwt`: an access token.
    Access,
}

impl TokenType {
    const fn name(self) -> &'static str {
        match self {
            Self::Identity => "JWT",
            Self::Access => "at+jwt",
        }
    }
}

/// How the provider changes its key pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// The old key stays published, and tokens signed with it stay good.
    Overlap,
    /// The old key is gone at once, and with it every token.
    Abrupt,
}

/// The pairs of the provider.
pub(crate) struct Keys {
    /// Those that are published; the first one signs.
    published: RwLock<Vec<Arc<Pair>>>,
    /// One that is not, for tokens that must be refused. Made when it is first needed.
    stranger: OnceLock<Option<Pair>>,
}

impl Keys {
    /// One fresh pair.
    pub(crate) fn generate(random: &Random) -> Result<Self, KeyError> {
        Ok(Self {
            published: RwLock::new(vec![Arc::new(Pair::generate(random)?)]),
            stranger: OnceLock::new(),
        })
    }

    /// Signs with a fresh pair from now on. Takes some tenths of a second.
    pub(crate) fn rotate(&self, how: Rotation, random: &Random) -> Result<(), KeyError> {
        let fresh = Arc::new(Pair::generate(random)?);
        let mut pairs = self
            .published
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        // Two at a time are enough: the last rotation's old key goes.
        pairs.truncate(usize::from(how == Rotation::Overlap));
        pairs.insert(0, fresh);
        Ok(())
    }

    fn published(&self) -> Vec<Arc<Pair>> {
        self.published
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The JSON Web Key Set (sample 03).
    pub(crate) fn set(&self) -> Value {
        let keys: Vec<Value> = self.published().iter().map(|pair| pair.public()).collect();
        json!({ "keys": keys })
    }

    /// Signs claims; `None` only if the signer itself fails.
    pub(crate) fn sign(&self, kind: TokenType, claims: &Map<String, Value>) -> Option<String> {
        let pair = self.published().into_iter().next()?;
        pair.sign(&pair.header(kind), claims)
    }

    /// Signs changed claims under a changed header; `None` only if a signer itself fails.
    pub(crate) fn sign_changed(
        &self,
        (kind, claims): (TokenType, &Map<String, Value>),
        change: &TokenChange,
        secret: &str,
        random: &Random,
    ) -> Option<String> {
        let pair = self.published().into_iter().next()?;
        let mut header = pair.header(kind);
        match change.signing {
            Signing::Secret => merge(&mut header, &json!({ "alg": "HS256", "kid": null })),
            Signing::Unsigned => merge(&mut header, &json!({ "alg": "none", "kid": null })),
            Signing::Sound | Signing::Stranger | Signing::Forged => {}
        }
        merge(&mut header, &change.header);
        let mut changed = claims.clone();
        merge(&mut changed, &change.claims);
        let text = format!("{}.{}", encode(&header)?, encode(&changed)?);
        match change.signing {
            Signing::Sound => pair.sign(&header, &changed),
            Signing::Stranger => {
                let stranger = self.stranger.get_or_init(|| Pair::generate(random).ok());
                stranger.as_ref()?.sign(&header, &changed)
            }
            Signing::Secret => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
                let tag = hmac::sign(&key, text.as_bytes());
                Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag)))
            }
            Signing::Unsigned => Some(format!("{text}.")),
            Signing::Forged => {
                let sound = pair.sign(&header, &Map::new())?;
                let (_, signature) = sound.rsplit_once('.')?;
                Some(format!("{text}.{signature}"))
            }
        }
    }

    /// The claims of a token of this kind signed with a published pair; its times are not looked at.
    pub(crate) fn read(&self, kind: TokenType, token: &str) -> Option<Map<String, Value>> {
        self.published()
            .iter()
            .find_map(|pair| pair.read(kind, token))
    }
}

/// A 2048-bit RSA pair, never stored.
struct Pair {
    signer: RsaKeyPair,
    id: String,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    random: ring::rand::SystemRandom,
}

impl Pair {
    fn generate(random: &Random) -> Result<Self, KeyError> {
        let private = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048)?;
        let signer = RsaKeyPair::from_pkcs8(private.to_pkcs8_der()?.as_bytes())
            .map_err(|refused| KeyError::Refused(refused.to_string()))?;
        Ok(Self {
            signer,
            id: random.upper_hex(),
            modulus: private.n().to_bytes_be(),
            exponent: private.e().to_bytes_be(),
            random: ring::rand::SystemRandom::new(),
        })
    }

    /// The public half as a JSON Web Key.
    fn public(&self) -> Value {
        json!({
            "kty": "RSA",
            "use": "sig",
            "kid": self.id,
            "e": URL_SAFE_NO_PAD.encode(&self.exponent),
            "n": URL_SAFE_NO_PAD.encode(&self.modulus),
            "alg": "RS256",
        })
    }

    fn header(&self, kind: TokenType) -> Map<String, Value> {
        let mut header = Map::new();
        for (name, value) in [
            ("alg", "RS256"),
            ("kid", self.id.as_str()),
            ("typ", kind.name()),
        ] {
            header.insert(name.to_owned(), value.into());
        }
        header
    }

    fn sign(&self, header: &Map<String, Value>, claims: &Map<String, Value>) -> Option<String> {
        let text = format!("{}.{}", encode(header)?, encode(claims)?);
        let mut signature = vec![0; self.signer.public().modulus_len()];
        self.signer
            .sign(
                &RSA_PKCS1_SHA256,
                &self.random,
                text.as_bytes(),
                &mut signature,
            )
            .ok()?;
        Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn read(&self, kind: TokenType, token: &str) -> Option<Map<String, Value>> {
        let (text, signature) = token.rsplit_once('.')?;
        let (header, payload) = text.split_once('.')?;
        let header: Map<String, Value> = decode(header)?;
        if header.get("kid")? != self.id.as_str()
            || header.get("alg")? != "RS256"
            || header.get("typ")? != kind.name()
        {
            return None;
        }
        RsaPublicKeyComponents {
            n: &self.modulus,
            e: &self.exponent,
        }
        .verify(
            &RSA_PKCS1_2048_8192_SHA256,
            text.as_bytes(),
            &URL_SAFE_NO_PAD.decode(signature).ok()?,
        )
        .ok()?;
        decode(payload)
    }
}

fn encode(value: &impl serde::Serialize) -> Option<String> {
    Some(URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).ok()?))
}

fn decode(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// Left half of SHA-256, base64url without padding: the construction of `c_hash`, `s_hash` and `at_hash` (identity.md §3.2).
pub(crate) fn half_hash(value: &str) -> String {
    let digest = Sha256::digest(value.as_bytes());
    let (left, _) = digest.split_at(16);
    URL_SAFE_NO_PAD.encode(left)
}

/// The whole SHA-256, base64url without padding: the `S256` challenge of PKCE.
pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_signed_can_be_read_and_nothing_else() {
        let random = Random::from_system().unwrap();
        let keys = Keys::generate(&random).unwrap();
        let mut claims = Map::new();
        claims.insert("sub".into(), "maria".into());
        let token = keys.sign(TokenType::Access, &claims).unwrap();
        assert_eq!(keys.read(TokenType::Access, &token), Some(claims));
        assert_eq!(
            keys.read(TokenType::Identity, &token),
            None,
            "an access token is no ID token"
        );
        let mut bent = token.clone();
        bent.replace_range(
            token.find('.').unwrap() + 5..=token.find('.').unwrap() + 5,
            "_",
        );
        assert_eq!(keys.read(TokenType::Access, &bent), None);
        assert_eq!(
            Keys::generate(&random)
                .unwrap()
                .read(TokenType::Access, &token),
            None,
            "another pair"
        );
        keys.rotate(Rotation::Overlap, &random).unwrap();
        assert!(keys.read(TokenType::Access, &token).is_some());
        assert_eq!(keys.published().len(), 2);
        keys.rotate(Rotation::Overlap, &random).unwrap();
        assert_eq!(
            keys.read(TokenType::Access, &token),
            None,
            "two pairs at most"
        );
        keys.rotate(Rotation::Abrupt, &random).unwrap();
        assert_eq!(keys.published().len(), 1);
    }

    #[test]
    fn the_pkce_vector_of_rfc_7636_holds() {
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
        assert_eq!(
            half_hash("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCA"
        );
    }
}
