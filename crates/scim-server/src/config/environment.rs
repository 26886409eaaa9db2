//! Reads settings and secrets from environment variables.

use std::collections::BTreeMap;
use std::ffi::OsString;

use scim_service::connection::ConnectionKey;
use secrecy::SecretString;

use super::error::{ConfigError, similar};
use super::setting::{SETTINGS, Setting};
use crate::auth::{AuthCode, canonical_key};

/// The variable that names the file.
pub(super) const CONFIG_VARIABLE: &str = "SCIM_CONFIG";
/// The variable that holds the secret that encrypts cursors.
const CURSOR_KEY: &str = "SCIM_CURSOR_KEY";
/// The prefix of variables that hold codes.
const AUTH_CODE: &str = "SCIM_AUTH_CODE_";

/// The settings and secrets of environment variables. Empty variables are ignored.
#[derive(Debug, Default)]
pub(super) struct Environment {
    pub(super) file: Option<String>,
    pub(super) values: Vec<(&'static Setting, String)>,
    pub(super) auth_codes: BTreeMap<ConnectionKey, Vec<AuthCode>>,
    pub(super) cursor_key: Option<SecretString>,
}

impl Environment {
    /// Reads variables. Unknown variables that do not begin with `SCIM_` are ignored.
    pub(super) fn read(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let mut environment = Self::default();
        for (name, value) in variables {
            let Some(name) = name.to_str() else { continue };
            let setting = SETTINGS.iter().find(|setting| setting.variable == name);
            if setting.is_none() && !name.starts_with("SCIM_") {
                continue;
            }
            let value = value
                .into_string()
                .map_err(|_| ConfigError::NotText(name.to_owned()))?;
            if let Some(connection) = name.strip_prefix(AUTH_CODE) {
                environment.add_code(connection, value.into())?;
            } else if let Some(setting) = setting {
                if !value.trim().is_empty() {
                    environment.values.push((setting, value));
                }
            } else if name == CONFIG_VARIABLE {
                environment.file = Some(value).filter(|value| !value.is_empty());
            } else if name == CURSOR_KEY {
                environment.cursor_key = Some(value.trim())
                    .filter(|key| !key.is_empty())
                    .map(SecretString::from);
            } else if !is_made_by_an_orchestrator(name, &value) {
                return Err(unknown(name));
            }
        }
        Ok(environment)
    }

    /// `SCIM_AUTH_CODE_MY_IDP` is for `my-idp`: many shells have no hyphens in names, and connections no underscores.
    fn add_code(&mut self, connection: &str, code: SecretString) -> Result<(), ConfigError> {
        let name = connection.to_ascii_lowercase().replace('_', "-");
        let key = canonical_key(name.parse().map_err(ConfigError::Connection)?);
        if let Some(code) = AuthCode::parse(&code) {
            self.auth_codes.entry(key).or_default().push(code);
        }
        Ok(())
    }
}

/// Kubernetes and Docker links describe a service called `scim…` in variables of these forms.
fn is_made_by_an_orchestrator(name: &str, value: &str) -> bool {
    let parts: Vec<&str> = name.split('_').collect();
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    match parts.as_slice() {
        [_, .., "SERVICE", "HOST" | "PORT"] => true,
        [_, .., "PORT", number, "TCP" | "UDP"] => is_number(number),
        [_, .., "PORT", number, "TCP" | "UDP", "ADDR" | "PORT" | "PROTO"] => is_number(number),
        [_, .., "PORT"] => value.contains("://"),
        parts => parts.windows(2).any(|pair| pair == ["SERVICE", "PORT"]),
    }
}

fn unknown(name: &str) -> ConfigError {
    let known = SETTINGS.iter().map(|setting| setting.variable);
    ConfigError::UnknownVariable {
        name: name.to_owned(),
        similar: similar(name, known.chain([CONFIG_VARIABLE, CURSOR_KEY])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Environment, ConfigError> {
        Environment::read(pairs.iter().map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn an_unknown_variable_is_named_with_one_that_is_like_it() {
        let error = read(&[("SCIM_LISTN", "x")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown environment variable `SCIM_LISTN`; did you mean `SCIM_LISTEN`?"
        );
        assert!(read(&[("SCIMITAR", "x"), ("PATH", "y")]).is_ok());
    }

    #[test]
    fn what_kubernetes_adds_for_a_service_is_passed_over() {
        for name in [
            "SCIM_SERVER_SERVICE_HOST",
            "SCIM_SERVER_SERVICE_PORT",
            "SCIM_SERVER_SERVICE_PORT_HTTP",
            "SCIM_SERVER_PORT_8080_TCP",
            "SCIM_SERVER_PORT_8080_TCP_ADDR",
        ] {
            assert!(read(&[(name, "x")]).is_ok(), "{name}");
        }
        assert!(read(&[("SCIM_PORT", "tcp://10.0.0.7:8080")]).is_ok());
        assert!(read(&[("SCIM_PORT", "8080")]).is_err());
    }

    #[test]
    fn an_empty_cursor_key_is_none() {
        assert!(read(&[("SCIM_CURSOR_KEY", " ")]).unwrap().cursor_key.is_none());
        assert!(read(&[("SCIM_CURSOR_KEY", "x")]).unwrap().cursor_key.is_some());
    }

    #[test]
    fn codes_are_for_connections_and_empty_ones_for_none() {
        let environment = read(&[
            ("SCIM_AUTH_CODE_MICROSOFT", "token"),
            ("SCIM_AUTH_CODE_MY_IDP", "a:b"),
            ("SCIM_AUTH_CODE_OKTA", ""),
        ])
        .unwrap();
        let names: Vec<&str> = environment.auth_codes.keys().map(ConnectionKey::as_str).collect();
        assert_eq!(names, ["azure", "my-idp"]);
    }
}
