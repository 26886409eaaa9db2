//! The issuers of access tokens: `[connections.<name>.oauth]`.

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

/// The maximum leeway. With more, expired tokens would be accepted for too long.
const MOST_LEEWAY: Duration = Duration::from_secs(600);

/// The issuer whose access tokens a connection accepts besides secrets (`[connections.<name>.oauth]`). Tokens are JWTs
/// (RFC 9068), checked by [`scim_jwt`].
///
/// The default trusts no issuer and is not valid: set [`issuer`](Self::issuer), [`audience`](Self::audience), and either
/// [`jwks_url`](Self::jwks_url) or [`jwks_file`](Self::jwks_file).
///
/// # Examples
///
/// ```
/// use scim_server::config::{Config, ConnectionConfig, OAuthConfig};
///
/// # fn main() -> Result<(), scim_server::config::ConfigError> {
/// let mut oauth = OAuthConfig::default();
/// oauth.issuer = vec!["https://idp.example.com".to_owned()];
/// oauth.audience = vec!["https://scim.example.com".to_owned()];
/// oauth.jwks_url = Some("https://idp.example.com/oauth2/keys".to_owned());
/// oauth.claims.insert("azp".to_owned(), vec!["provisioning".to_owned()]);
///
/// let mut connection = ConnectionConfig::default();
/// connection.oauth = Some(oauth);
/// let mut config = Config::default();
/// config.connections.insert("okta".to_owned(), connection);
/// assert_eq!(config.trusts()?.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct OAuthConfig {
    /// The names of the issuer, one of which `iss` must be. Required.
    #[serde(deserialize_with = "one_or_more")]
    pub issuer: Vec<String>,
    /// The names of this server, one of which must be in `aud`. Required.
    #[serde(deserialize_with = "one_or_more")]
    pub audience: Vec<String>,
    /// The URL of the keys of the issuer (`jwks_uri`): `https`, or `http` on a loopback address. None by default.
    #[serde(default)]
    pub jwks_url: Option<String>,
    /// A file with the keys (RFC 7517) instead of the URL. A relative path in the configuration file starts from its folder. None by
    /// default.
    #[serde(default, deserialize_with = "path")]
    pub jwks_file: Option<PathBuf>,
    /// The claims that a token must have, each with the values of which it must have one. None by default, which accepts the tokens
    /// of every client of the issuer.
    #[serde(default, deserialize_with = "claims")]
    pub claims: BTreeMap<String, Vec<String>>,
    /// The difference between the clocks of the issuer and this server that is tolerated: 60 seconds by default, at most 10
    /// minutes.
    #[serde(default = "leeway", deserialize_with = "text::duration")]
    pub leeway: Duration,
}

impl Default for OAuthConfig {
    fn default() -> Self {
        Self {
            issuer: Vec::new(),
            audience: Vec::new(),
            jwks_url: None,
            jwks_file: None,
            claims: BTreeMap::new(),
            leeway: leeway(),
        }
    }
}

impl Config {
    /// Returns the trust of each connection with an [`OAuthConfig`]. Key files are read; nothing is fetched.
    ///
    /// # Errors
    ///
    /// - [`ConfigError::OAuth`] if a setting is missing or not valid;
    /// - [`ConfigError::Unreadable`] if a file with keys cannot be read;
    /// - [`ConfigError::Keys`] if the URL or the keys are not valid;
    /// - [`ConfigError::Connection`] if the name of a connection is not valid.
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
            .fold(trust, |trust, issuer| trust.with_issuer(issuer));
        trust = audiences
            .iter()
            .fold(trust, |trust, audience| trust.with_audience(audience));
        Ok(self.claims.iter().fold(trust, |trust, (claim, values)| {
            trust.with_required_claim(claim, values)
        }))
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "use a text, or a list of texts")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    /// Drops empty texts: they would match an empty claim.
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
