//! The cryptography of `jsonwebtoken` by ring, which TLS uses here too.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, new_error};
use jsonwebtoken::jwk::ThumbprintHash;
use jsonwebtoken::signature::{Error as Mismatch, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey};
use ring::rand::SystemRandom;
use ring::signature::{self as by, RsaPublicKeyComponents, UnparsedPublicKey};
use ring::{digest, hmac};

/// Signs and verifies with every algorithm, from raw keys, DER or a JWK. Does not make a JWK out of a private key. RSA keys have
/// 2048 to 8192 bits.
static RING: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: |_| Err(unsupported()),
        rsa_pub_components_from_public_key: |_| Err(unsupported()),
        ec_pub_components_from_private_key: |_, _| Err(unsupported()),
        ed_pub_components_from_private_key: |_, _| Err(unsupported()),
        compute_digest,
    },
};

/// Installs [ring](https://docs.rs/ring) as the cryptography of `jsonwebtoken` in this process, and returns whether it did:
/// `false` if a provider is installed already.
///
/// [`Trust::new`](crate::Trust::new) calls it. Call it yourself only to sign or verify tokens with `jsonwebtoken` before that.
///
/// It signs and verifies with all algorithms of `jsonwebtoken`; RSA keys have 2048 to 8192 bits. It does not make a JWK out of
/// a private key. Signing with RSA or ECDSA needs random numbers of the operating system and returns an error if there are
/// none; verifying needs none.
///
/// ```
/// use jsonwebtoken::{EncodingKey, Header, encode};
/// use serde_json::json;
///
/// # fn main() -> Result<(), jsonwebtoken::errors::Error> {
/// scim_jwt::install_default_crypto();
/// let token = encode(&Header::default(), &json!({ "sub": "me" }), &EncodingKey::from_secret(b"secret"))?;
/// assert_eq!(token.split('.').count(), 3);
/// # Ok(())
/// # }
/// ```
pub fn install_default_crypto() -> bool {
    RING.install_default().is_ok()
}

fn unsupported() -> Error {
    new_error(ErrorKind::UnsupportedAlgorithm)
}

fn compute_digest(data: &[u8], hash: ThumbprintHash) -> Result<Vec<u8>, Error> {
    let algorithm = match hash {
        ThumbprintHash::SHA256 => &digest::SHA256,
        ThumbprintHash::SHA384 => &digest::SHA384,
        ThumbprintHash::SHA512 => &digest::SHA512,
        _ => return Err(unsupported()),
    };
    Ok(digest::digest(algorithm, data).as_ref().to_vec())
}

/// A function that signs or verifies, for the algorithm.
struct With<F>(Algorithm, F);

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    if key.family() != algorithm.family() {
        return Err(new_error(ErrorKind::InvalidAlgorithm));
    }
    let public = |scheme: &'static dyn by::VerificationAlgorithm| {
        let key = UnparsedPublicKey::new(scheme, key.try_get_as_bytes()?.to_vec());
        let verify = move |message: &[u8], signature: &[u8]| key.verify(message, signature).is_ok();
        Ok(Box::new(With(*algorithm, verify)) as Box<dyn JwtVerifier>)
    };
    let rsa = |scheme: &'static by::RsaParameters| match key.kind() {
        DecodingKeyKind::RsaModulusExponent { n, e } => {
            let components = RsaPublicKeyComponents {
                n: n.clone(),
                e: e.clone(),
            };
            let verify =
                move |message: &[u8], signature: &[u8]| components.verify(scheme, message, signature).is_ok();
            Ok(Box::new(With(*algorithm, verify)) as Box<dyn JwtVerifier>)
        }
        DecodingKeyKind::SecretOrDer(_) => public(scheme),
    };
    match algorithm {
        Algorithm::RS256 => rsa(&by::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RS384 => rsa(&by::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => rsa(&by::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => rsa(&by::RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => rsa(&by::RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => rsa(&by::RSA_PSS_2048_8192_SHA512),
        Algorithm::ES256 => public(&by::ECDSA_P256_SHA256_FIXED),
        Algorithm::ES384 => public(&by::ECDSA_P384_SHA384_FIXED),
        Algorithm::EdDSA => public(&by::ED25519),
        algorithm => {
            let key = hmac::Key::new(keyed_hash(*algorithm)?, key.try_get_as_bytes()?);
            let verify = move |message: &[u8], tag: &[u8]| hmac::verify(&key, message, tag).is_ok();
            Ok(Box::new(With(*algorithm, verify)))
        }
    }
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    if key.family() != algorithm.family() {
        return Err(new_error(ErrorKind::InvalidAlgorithm));
    }
    match algorithm {
        Algorithm::RS256 => rsa_signer(*algorithm, key, &by::RSA_PKCS1_SHA256),
        Algorithm::RS384 => rsa_signer(*algorithm, key, &by::RSA_PKCS1_SHA384),
        Algorithm::RS512 => rsa_signer(*algorithm, key, &by::RSA_PKCS1_SHA512),
        Algorithm::PS256 => rsa_signer(*algorithm, key, &by::RSA_PSS_SHA256),
        Algorithm::PS384 => rsa_signer(*algorithm, key, &by::RSA_PSS_SHA384),
        Algorithm::PS512 => rsa_signer(*algorithm, key, &by::RSA_PSS_SHA512),
        Algorithm::ES256 => ec_signer(*algorithm, key, &by::ECDSA_P256_SHA256_FIXED_SIGNING),
        Algorithm::ES384 => ec_signer(*algorithm, key, &by::ECDSA_P384_SHA384_FIXED_SIGNING),
        Algorithm::EdDSA => {
            let pair = by::Ed25519KeyPair::from_pkcs8_maybe_unchecked(key.as_bytes())
                .map_err(|_| new_error(ErrorKind::InvalidEddsaKey))?;
            let sign = move |message: &[u8]| Some(pair.sign(message).as_ref().to_vec());
            Ok(Box::new(With(*algorithm, sign)))
        }
        algorithm => {
            let key = hmac::Key::new(keyed_hash(*algorithm)?, key.as_bytes());
            let sign = move |message: &[u8]| Some(hmac::sign(&key, message).as_ref().to_vec());
            Ok(Box::new(With(*algorithm, sign)))
        }
    }
}

fn rsa_signer(
    algorithm: Algorithm,
    key: &EncodingKey,
    padding: &'static dyn by::RsaEncoding,
) -> Result<Box<dyn JwtSigner>, Error> {
    let invalid = |error: ring::error::KeyRejected| new_error(ErrorKind::InvalidRsaKey(error.to_string()));
    let pair = by::RsaKeyPair::from_der(key.as_bytes()).map_err(invalid)?;
    let sign = move |message: &[u8]| {
        let mut signature = vec![0; pair.public().modulus_len()];
        let signed = pair.sign(padding, &SystemRandom::new(), message, &mut signature);
        signed.is_ok().then_some(signature)
    };
    Ok(Box::new(With(algorithm, sign)))
}

fn ec_signer(
    algorithm: Algorithm,
    key: &EncodingKey,
    scheme: &'static by::EcdsaSigningAlgorithm,
) -> Result<Box<dyn JwtSigner>, Error> {
    let pair = by::EcdsaKeyPair::from_pkcs8(scheme, key.as_bytes(), &SystemRandom::new())
        .map_err(|_| new_error(ErrorKind::InvalidEcdsaKey))?;
    let sign = move |message: &[u8]| {
        let signature = pair.sign(&SystemRandom::new(), message).ok()?;
        Some(signature.as_ref().to_vec())
    };
    Ok(Box::new(With(algorithm, sign)))
}

fn keyed_hash(algorithm: Algorithm) -> Result<hmac::Algorithm, Error> {
    match algorithm {
        Algorithm::HS256 => Ok(hmac::HMAC_SHA256),
        Algorithm::HS384 => Ok(hmac::HMAC_SHA384),
        Algorithm::HS512 => Ok(hmac::HMAC_SHA512),
        _ => Err(unsupported()),
    }
}

impl<F: Fn(&[u8], &[u8]) -> bool> Verifier<Vec<u8>> for With<F> {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), Mismatch> {
        match (self.1)(message, signature) {
            true => Ok(()),
            false => Err(Mismatch::new()),
        }
    }
}

impl<F: Fn(&[u8], &[u8]) -> bool> JwtVerifier for With<F> {
    fn algorithm(&self) -> Algorithm {
        self.0
    }
}

impl<F: Fn(&[u8]) -> Option<Vec<u8>>> Signer<Vec<u8>> for With<F> {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, Mismatch> {
        (self.1)(message).ok_or_else(Mismatch::new)
    }
}

impl<F: Fn(&[u8]) -> Option<Vec<u8>>> JwtSigner for With<F> {
    fn algorithm(&self) -> Algorithm {
        self.0
    }
}
