//! A key pair made at start, and tokens signed with it.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use rsa::{RsaPrivateKey, pkcs8::EncodePrivateKey, traits::PublicKeyParts};

pub struct Signer {
    pair: RsaKeyPair,
    pub key_set: String,
}

pub static SIGNER: LazyLock<Signer> = LazyLock::new(|| {
    let private = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).expect("a key");
    let encode = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
    let key_set = format!(
        r#"{{"keys":[{{"kty":"RSA","use":"sig","kid":"A1","alg":"RS256","n":"{}","e":"{}"}}]}}"#,
        encode(private.n()),
        encode(private.e())
    );
    let encoded = private.to_pkcs8_der().expect("an encoding");
    Signer {
        pair: RsaKeyPair::from_pkcs8(encoded.as_bytes()).expect("a signer"),
        key_set,
    }
});

/// Makes the pair before the clock of the first input runs: with instrumented arithmetic it takes many seconds.
pub fn make() {
    LazyLock::force(&SIGNER);
}

impl Signer {
    #[allow(dead_code)] // one of the targets signs nothing
    pub fn sign(&self, header: &[u8], claims: &[u8]) -> String {
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let signed = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .expect("a signature");
        format!("{signed}.{}", part(&signature))
    }
}
