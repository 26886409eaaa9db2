//! `[connections.<name>.oauth]`: whose access tokens a connection accepts.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use figment::value::magic::RelativePathBuf;
use scim_jwt::{KeySet, Trust};
use scim_service::connection::ConnectionKey;
use serde::Deserialize;
use serde::de::Deserializer;

use super::{Config, ConfigError, text};
use crate::auth::canonical_key;

/// How far clocks may differ at most: beyond that, a token without an end could as well be accepted.
const MOST_LEEWAY: Duration = Duration::from_secs(600);

/// `[connections.<name>.oauth]`: access tokens that are JWTs (RFC 9068), besides secrets.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuthConfig {
    /// What `iss` must be: one name of the issuer, or several.
    #[serde(deserialize_with = "one_or_more")]
    pub issuer: Vec<String>,
    /// What must be in `aud`: one name of this server, or several.
    #[serde(deserialize_with = "one_or_more")]
    pub audience: Vec<String>,
    /// Where the issuer publishes its keys (`jwks_uri`): `https`, or `http` on this machine.
    #[serde(default)]
    pub jwks_url: Option<String>,
    /// A file with the keys, in place of the URL. In the file of the configuration, its path starts from its folder.
    #[serde(default, deserialize_with = "path")]
    pub jwks_file: Option<PathBuf>,
    /// What the token must say besides: the claim, and the value or values of which it must have one.
    #[serde(default, deserialize_with = "claims")]
    pub claims: BTreeMap<String, Vec<String>>,
    /// How far the clocks of the issuer and this server may differ.
    #[serde(default = "leeway", deserialize_with = "text::duration")]
    pub leeway: Duration,
}

impl Config {
    /// Whom connections trust to issue access tokens.
    ///
    /// # Errors
    ///
    /// If something is missing or not valid, or keys cannot be read from a file.
    pub fn trusts(&self) -> Result<BTreeMap<ConnectionKey, Trust>, ConfigError> {
        let mut trusts = BTreeMap::new();
        for (name, connection) in &self.connections {
            if let Some(oauth) = &connection.oauth {
                let key = name.parse().map_err(ConfigError::Connection)?;
                trusts.insert(canonical_key(key), oauth.trust(name)?);
            }
        }
        Ok(trusts)
    }
}

impl OAuthConfig {
    fn trust(&self, connection: &str) -> Result<Trust, ConfigError> {
        let wrong = |message: &'static str| ConfigError::OAuth {
            connection: connection.to_owned(),
            message,
        };
        let keys = match (&self.jwks_url, &self.jwks_file) {
            (Some(url), None) => KeySet::at(url),
            (None, Some(path)) => {
                let text = std::fs::read(path).map_err(|source| ConfigError::Unreadable {
                    path: path.clone(),
                    source,
                })?;
                KeySet::fixed(&text)
            }
            _ => return Err(wrong("needs either `oauth.jwks_url` or `oauth.jwks_file`")),
        };
        let keys = keys.map_err(|source| ConfigError::Keys {
            connection: connection.to_owned(),
            source,
        })?;
        if self.leeway > MOST_LEEWAY {
            return Err(wrong("has too large an `oauth.leeway`: use at most 10 minutes"));
        }
        if self.claims.values().any(Vec::is_empty) {
            return Err(wrong("has a claim without values in `oauth.claims`"));
        }
        let (Some((issuer, issuers)), Some((audience, audiences))) =
            (self.issuer.split_first(), self.audience.split_first())
        else {
            return Err(wrong("needs `oauth.issuer` and `oauth.audience`"));
        };
        let mut trust = Trust::new(issuer, audience, keys).with_leeway(self.leeway);
        trust = issuers
            .iter()
            .fold(trust, |trust, issuer| trust.or_issuer(issuer));
        trust = audiences
            .iter()
            .fold(trust, |trust, audience| trust.or_audience(audience));
        Ok(self
            .claims
            .iter()
            .fold(trust, |trust, (claim, values)| trust.requiring(claim, values)))
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "use a text, or a list of texts")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    /// Without those that are empty: an empty text would match an empty claim.
    fn into_list(self) -> Vec<String> {
        let list = match self {
            Self::One(text) => vec![text],
            Self::More(texts) => texts,
        };
        list.into_iter().filter(|text| !text.trim().is_empty()).collect()
    }
}

fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    OneOrMore::deserialize(deserializer).map(OneOrMore::into_list)
}

fn claims<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    let claims = BTreeMap::<String, OneOrMore>::deserialize(deserializer)?;
    Ok(claims
        .into_iter()
        .map(|(claim, values)| (claim, values.into_list()))
        .collect())
}

fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    let path = Option::<RelativePathBuf>::deserialize(deserializer)?;
    Ok(path.map(|path| path.relative()))
}

fn leeway() -> Duration {
    Duration::from_secs(60)
}
