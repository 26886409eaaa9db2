//! Secrets that are shown once.

use secrecy::ExposeSecret as _;
use serde_json::json;

use super::super::{Format, print};
use crate::auth::MadeCredential;
use crate::config::Config;

/// Shows a new secret. Standard output holds it alone, so that it can be piped into a vault.
pub(super) fn show(config: &Config, made: &MadeCredential, format: Format) {
    let base = config.public_url.clone().unwrap_or_else(|| {
        let scheme = if config.tls.certificate.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", config.listen)
    });
    let base = format!("{base}/v1/scim/v2/{}", made.connection);
    match format {
        Format::Text => {
            print::notice(format!("base URL: {base}"));
            print::notice(
                "this secret is shown once; as Bearer token, or as password of Basic with any user name:",
            );
            print::line(made.secret.expose_secret());
        }
        Format::Json => print::json(&json!({
            "connection": made.connection.as_str(),
            "baseUrl": base,
            "credential": made.id.get(),
            "secret": made.secret.expose_secret(),
            "expires": made.expires.map(|at| at.to_string()),
        })),
    }
}
