//! Whose tokens are accepted, and which.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{AlgorithmFamily, Header, Validation, dangerous, decode, decode_header};
use scim_service::authentication::Refusal;

use crate::claims::{self, Claims};
use crate::key_set::{KeySet, NoKey};
use crate::ring_provider::install_default_crypto;

/// How far clocks may differ.
const LEEWAY: Duration = Duration::from_secs(60);
/// Longer tokens are not looked at.
const LONGEST: usize = 16 * 1024;

/// The trust of a connection in an issuer: tokens that it signed, for this server, with these claims.
#[derive(Debug, Clone)]
pub struct Trust {
    pub(crate) issuers: Vec<String>,
    pub(crate) audiences: Vec<String>,
    pub(crate) required: BTreeMap<String, Vec<String>>,
    keys: Arc<KeySet>,
    leeway: Duration,
}

/// Why a token is refused: what the client is told, and what the log is.
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    pub(crate) reason: &'static str,
}

impl Trust {
    /// Trust in an issuer (`iss`) for tokens that are meant for that audience (`aud`). Both must be in a token, and its end
    /// (`exp`) too.
    ///
    /// Unless the process has cryptography for `jsonwebtoken` already, it gets that of [`install_default_crypto`].
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

    /// The same for one more name of the issuer, which has the same keys.
    #[must_use]
    pub fn or_issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuers.push(issuer.into());
        self
    }

    /// The same for tokens that are meant for that audience, too.
    #[must_use]
    pub fn or_audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Accepts only tokens in which that claim has one of these values: `scope`, `scp`, `roles`, `azp`, `appid`, `sub`, …
    /// A scope is compared word by word, of a list each element. Others are refused with 403.
    #[must_use]
    pub fn requiring<V: Into<String>>(
        mut self,
        claim: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.required.insert(claim.into(), values);
        self
    }

    /// The same with clocks that may differ by that much (`exp` and `nbf`); without it, a minute.
    #[must_use]
    pub fn with_leeway(self, leeway: Duration) -> Self {
        Self { leeway, ..self }
    }

    /// The keys that signatures are checked with.
    pub fn keys(&self) -> &Arc<KeySet> {
        &self.keys
    }

    /// Whether a token must say more than who issued it, and for whom.
    pub fn has_requirements(&self) -> bool {
        !self.required.is_empty()
    }

    /// Whether a token is accepted.
    ///
    /// Before its signature is known to be right, nothing is told of what is wrong with it.
    pub(crate) async fn accept(&self, token: &str) -> Result<(), Refused> {
        if token.len() > LONGEST {
            return Err(Refused::wrong("it is too long"));
        }
        let header = decode_header(token)
            .map_err(|_| Refused::wrong("it is no JWT with an algorithm that is known"))?;
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
                    // of these errors, none comes before the signature was checked
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

/// What a header must not say.
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
    fn wrong(reason: &'static str) -> Self {
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
