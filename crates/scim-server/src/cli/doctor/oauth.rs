//! Whom connections trust to issue access tokens.

use super::Findings;
use crate::config::Config;

/// Whether the keys of issuers can be had, and whether it is said who may use their tokens.
pub(super) async fn check(config: &Config, findings: &mut Findings) {
    let trusts = match config.trusts() {
        Ok(trusts) => trusts,
        Err(error) => {
            findings.bad(format!("connections: {:#}", anyhow::Error::from(error)));
            return;
        }
    };
    for (key, trust) in &trusts {
        match trust.keys().check().await {
            Ok(keys) => findings.good(format!(
                "connection `{key}`: access tokens are checked with {keys} keys of their issuer"
            )),
            Err(error) => findings.bad(format!(
                "connection `{key}`: access tokens cannot be checked, {:#}",
                anyhow::Error::from(error)
            )),
        }
        if !trust.has_requirements() {
            findings.odd(format!(
                "connection `{key}`: whoever gets a token for its audience may write; name who may in \
                 `connections.{key}.oauth.claims`"
            ));
        }
    }
}
