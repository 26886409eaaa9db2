//! The trust of a connection in an issuer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{AlgorithmFamily, Header, Validation, dangerous, decode, decode_header};
use scim_service::authentication::Refusal;

use crate::claims::{self, Claims};
use crate::key_set::{KeySet, NoKey};
use crate::ring_provider::install_default_crypto;

/// The difference of clocks that is tolerated by default.
const LEEWAY: Duration = Duration::from_secs(60);
/// The largest difference that can be tolerated.
const LONGEST_LEEWAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The maximum length of a token in bytes.
const LONGEST: usize = 16 * 1024;

/// The trust of a connection in an issuer: which tokens are accepted.
///
/// A token must be signed by a key of the [`KeySet`] with RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA
/// (Ed25519), and
///
/// - name the issuer in `iss` and the audience in `aud`;
/// - have an `exp` in the future, and an `nbf` in the past if it has one;
/// - have the [required claims](Self::with_required_claim);
/// - have `JWT`, `at+jwt` or nothing as its `typ`, and no critical headers (`crit`);
/// - have at most 16 KiB.
///
/// **Require a claim that identifies the client.** Issuer and audience alone accept the tokens of every client to which the
/// issuer gives one for that audience, and each of them may change everything in the connection.
///
/// # Examples
///
/// A tenant of Microsoft Entra ID, whose tokens of version 1.0 and 2.0 have different names of the issuer and the audience:
///
/// ```
/// use scim_jwt::{KeySet, Trust};
///
/// # fn main() -> Result<(), scim_jwt::KeySetError> {
/// let tenant = "7b1f9e5e-0000-0000-0000-000000000000";
/// let app = "2f6c1c7a-0000-0000-0000-000000000000"; // the app registration of this server
/// let keys = KeySet::at(&format!("https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys"))?;
/// let entra = Trust::new(format!("https://login.microsoftonline.com/{tenant}/v2.0"), app, keys)
///     .with_issuer(format!("https://sts.windows.net/{tenant}/"))
///     .with_audience(format!("api://{app}"))
///     .with_required_claim("roles", ["Scim.Write"]);
/// assert!(entra.has_requirements());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Trust {
    pub(crate) issuers: Vec<String>,
    pub(crate) audiences: Vec<String>,
    pub(crate) required: BTreeMap<String, Vec<String>>,
    keys: Arc<KeySet>,
    leeway: Duration,
}

/// The refusal of a token for the client, and its reason for the log.
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    pub(crate) reason: &'static str,
}

impl Trust {
    /// Creates a trust in an issuer (`iss`) for tokens with an audience (`aud`): a name of this server. Both are compared
    /// exactly.
    ///
    /// Calls [`install_default_crypto`], which has no effect if the process has a provider already.
    #[must_use]
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>, keys: Arc<KeySet>) -> Self {
        install_default_crypto();
        Self {
            issuers: vec![issuer.into()],
            audiences: vec![audience.into()],
            required: BTreeMap::new(),
            keys,
            leeway: LEEWAY,
        }
    }

    /// Adds another name of the issuer, with the same keys. `iss` must be one of the names.
    #[must_use]
    pub fn with_issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuers.push(issuer.into());
        self
    }

    /// Adds another audience. `aud` must contain one of them.
    #[must_use]
    pub fn with_audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Requires a claim, such as `azp`, `appid`, `sub`, `roles`, `scope` or `scp`, to have one of the values. Other tokens are
    /// refused with 403.
    ///
    /// Of a list, each element is compared; of `scope` and `scp`, each word. Several claims must all be met. A second call for
    /// the same claim replaces the first.
    #[must_use]
    pub fn with_required_claim<V: Into<String>>(
        mut self,
        claim: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.required.insert(claim.into(), values);
        self
    }

    /// Sets the difference between the clocks of the issuer and this server that `exp` and `nbf` tolerate. 60 seconds by
    /// default, and one day at most; fractions of a second are dropped.
    #[must_use]
    pub fn with_leeway(self, leeway: Duration) -> Self {
        let leeway = Ord::min(leeway, LONGEST_LEEWAY);
        Self { leeway, ..self }
    }

    /// Returns the keys that signatures are checked with.
    #[must_use]
    pub fn keys(&self) -> &Arc<KeySet> {
        &self.keys
    }

    /// Returns whether the trust has [required claims](Self::with_required_claim).
    #[must_use]
    pub fn has_requirements(&self) -> bool {
        !self.required.is_empty()
    }

    /// Checks a token.
    ///
    /// Until the signature is verified, the client is not told what is wrong.
    pub(crate) async fn accept(&self, token: &str) -> Result<(), Refused> {
        if token.len() > LONGEST {
            return Err(Refused::wrong("it is too long"));
        }
        let header = decode_header(token)
            .map_err(|_| Refused::wrong("it is not a JWT with an algorithm that is known"))?;
        check_header(&header)?;
        let keys = self.keys.suiting(header.kid.as_deref(), header.alg).await?;
        let validation = self.validation(&header);
        for key in keys {
            match decode::<Claims>(token, &key.decoding, &validation) {
                Ok(data) => {
                    return claims::check(&data.claims, self).map_err(|refusal| Refused {
                        refusal,
                        reason: "it lacks a claim that the connection requires",
                    });
                }
                Err(error) => {
                    let claims = || dangerous::insecure_decode_claims::<Claims>(token).unwrap_or_default();
                    // these errors come only after the signature is verified
                    if let Some(detail) = claims::explain(error.kind(), &claims(), self) {
                        return Err(Refused {
                            refusal: Refusal::InvalidToken(detail),
                            reason: "it has ended, or is meant for somebody else",
                        });
                    }
                }
            }
        }
        Err(Refused::wrong("its signature is not by a key of the issuer"))
    }

    fn validation(&self, header: &Header) -> Validation {
        let mut validation = Validation::new(header.alg);
        validation.leeway = self.leeway.as_secs();
        validation.validate_nbf = true;
        validation.set_issuer(&self.issuers);
        validation.set_audience(&self.audiences);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation
    }
}

/// Checks what the signature does not depend on.
fn check_header(header: &Header) -> Result<(), Refused> {
    if header.alg.family() == AlgorithmFamily::Hmac {
        // the key of such a token is a secret, and those of an issuer are public
        return Err(Refused::wrong("its algorithm needs a shared secret"));
    }
    if header.crit.is_some() {
        return Err(Refused::wrong("it has critical headers, and none is understood"));
    }
    let kind = header.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
    match kind.strip_prefix("application/").unwrap_or(&kind) {
        "jwt" | "at+jwt" => Ok(()),
        // RFC 8725 section 3.11
        _ => Err(Refused::wrong("it is a JWT of another type than an access token")),
    }
}

impl Refused {
    pub(crate) fn wrong(reason: &'static str) -> Self {
        Self {
            refusal: Refusal::Wrong,
            reason,
        }
    }
}

impl From<NoKey> for Refused {
    fn from(no_key: NoKey) -> Self {
        match no_key {
            NoKey::Unknown => Self::wrong("the issuer has no key of that id and algorithm"),
            NoKey::Unavailable(retry_after) => Self {
                refusal: Refusal::undecided(
                    "the token cannot be checked now: the keys of its issuer cannot be fetched",
                    retry_after,
                ),
                reason: "the keys of the issuer cannot be fetched",
            },
        }
    }
}
