//! The effective configuration as text.

use std::time::Duration;

use secrecy::ExposeSecret as _;
use url::Url;

use super::error::place;
use super::load::Loaded;
use super::setting::SETTINGS;
use super::{Config, LogFormat, OAuthConfig};

/// One line of the effective configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The key in the file.
    pub(crate) key: String,
    /// The environment variable, if it has one.
    pub(crate) variable: Option<&'static str>,
    /// What it does, with the unit.
    pub(crate) meaning: &'static str,
    /// The value, with secrets masked.
    pub(crate) value: String,
    /// Where it came from.
    pub(crate) source: String,
}

impl Loaded {
    /// Lists all settings with their sources, with secrets masked.
    pub(crate) fn listing(&self) -> Vec<Listed> {
        let settings = SETTINGS.iter().map(|setting| Listed {
            key: setting.key.to_owned(),
            variable: Some(setting.variable),
            meaning: setting.meaning,
            value: value(&self.config, setting.key),
            source: self.source(setting.key),
        });
        settings
            .chain(self.profiles())
            .chain(self.issuers())
            .chain(self.auth_codes())
            .chain(self.cursor_key())
            .collect()
    }

    fn profiles(&self) -> impl Iterator<Item = Listed> {
        let profiles = self.config.profiles().unwrap_or_default();
        self.config.connections.keys().map(move |name| {
            let profile = profiles.iter().find(|(key, _)| key.as_str() == name);
            let profile = profile.map(|(_, profile)| profile.name().to_owned());
            self.setting_of_connection(
                format!("connections.{name}.profile"),
                profile.unwrap_or_default(),
                "what the client of the connection needs: `standard`, `okta` or `entra`",
            )
        })
    }

    fn issuers(&self) -> impl Iterator<Item = Listed> {
        let connections = self.config.connections.iter();
        let trusting = connections.filter_map(|(name, connection)| Some((name, connection.oauth.as_ref()?)));
        trusting.flat_map(move |(name, oauth)| {
            settings_of(oauth).into_iter().map(move |(key, value)| {
                self.setting_of_connection(
                    format!("connections.{name}.oauth.{key}"),
                    value,
                    "whose access tokens the connection accepts",
                )
            })
        })
    }

    fn setting_of_connection(&self, key: String, value: String, meaning: &'static str) -> Listed {
        Listed {
            source: self.source(&key),
            variable: None,
            meaning,
            value,
            key,
        }
    }

    fn auth_codes(&self) -> impl Iterator<Item = Listed> {
        self.config.auth_codes.iter().map(|(key, codes)| {
            let forms: Vec<String> = codes.iter().map(|code| code.form().to_string()).collect();
            Listed {
                key: format!("auth code of {key}"),
                variable: None,
                meaning: "what the connection accepts, besides secrets that were made by command",
                value: format!("*** ({})", forms.join(", ")),
                source: "environment".to_owned(),
            }
        })
    }

    fn cursor_key(&self) -> Option<Listed> {
        self.config.cursor_key.as_ref().map(|_| Listed {
            key: "cursor key".to_owned(),
            variable: Some("SCIM_CURSOR_KEY"),
            meaning: "what cursors of lists are sealed with",
            value: "***".to_owned(),
            source: "environment".to_owned(),
        })
    }

    fn source(&self, key: &str) -> String {
        self.figment
            .find_metadata(key)
            .map_or_else(|| "default".to_owned(), place)
    }
}

/// The settings of an issuer that have a value.
fn settings_of(oauth: &OAuthConfig) -> Vec<(String, String)> {
    let mut settings = vec![
        ("issuer".to_owned(), oauth.issuer.join(", ")),
        ("audience".to_owned(), oauth.audience.join(", ")),
        ("leeway".to_owned(), duration(oauth.leeway)),
    ];
    settings.extend(oauth.jwks_url.clone().map(|url| ("jwks_url".to_owned(), url)));
    let file = oauth.jwks_file.as_ref().map(|path| path.display().to_string());
    settings.extend(file.map(|path| ("jwks_file".to_owned(), path)));
    let claims = oauth.claims.iter();
    settings.extend(claims.map(|(claim, values)| (format!("claims.{claim}"), values.join(", "))));
    settings
}

fn value(config: &Config, key: &str) -> String {
    let path = |path: &Option<std::path::PathBuf>| {
        path.as_ref()
            .map(|path| path.display().to_string())
            .unwrap_or_default()
    };
    let time = duration;
    match key {
        "listen" => config.listen.to_string(),
        "public_url" => config.public_url.clone().unwrap_or_default(),
        "trusted_proxies" => {
            let networks: Vec<String> = config.trusted_proxies.iter().map(ToString::to_string).collect();
            networks.join(", ")
        }
        "public_discovery" => config.public_discovery.to_string(),
        "workers" => config
            .workers
            .map(|workers| workers.to_string())
            .unwrap_or_default(),
        "database.url" => masked_url(config.database.url.expose_secret()),
        "database.auto_migrate" => config.database.auto_migrate.to_string(),
        "database.purge_deleted_after" => time(config.database.purge_deleted_after),
        "database.connections" => config.database.connections.to_string(),
        "database.acquire_timeout" => time(config.database.acquire_timeout),
        "database.deadline" => time(config.database.deadline),
        "log.level" => config.log.level.clone(),
        "log.format" => match config.log.format {
            LogFormat::Pretty => "pretty".to_owned(),
            LogFormat::Json => "json".to_owned(),
        },
        "tls.certificate" => path(&config.tls.certificate),
        "tls.key" => path(&config.tls.key),
        "limits.body_bytes" => config.limits.body_bytes.to_string(),
        "limits.filter_bytes" => config.limits.filter_bytes.to_string(),
        "limits.filter_depth" => config.limits.filter_depth.to_string(),
        "limits.filter_terms" => config.limits.filter_terms.to_string(),
        "limits.patch_operations" => config.limits.patch_operations.to_string(),
        "limits.patch_members" => config.limits.patch_members.to_string(),
        "limits.bulk_operations" => config.limits.bulk_operations.to_string(),
        "limits.bulk_bytes" => config.limits.bulk_bytes.to_string(),
        "limits.page_size" => config.limits.page_size.to_string(),
        "limits.cursor_lifetime" => time(config.limits.cursor_lifetime),
        "limits.auth_failures" => config.limits.auth_failures.to_string(),
        "limits.auth_failures_per_minute" => config.limits.auth_failures_per_minute.to_string(),
        "schemas" => files(&config.schemas),
        "resource_types" => files(&config.resource_types),
        "shutdown.timeout" => time(config.shutdown.timeout),
        _ => String::new(),
    }
}

fn files(paths: &[std::path::PathBuf]) -> String {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    paths.join(", ")
}

/// A time as it may be written in the configuration. Whole days stay days, because months have no fixed length.
fn duration(time: Duration) -> String {
    const DAY: u64 = 24 * 3_600;
    match time.as_secs() {
        seconds if seconds > 0 && seconds % DAY == 0 && time.subsec_nanos() == 0 => {
            format!("{} days", seconds / DAY)
        }
        _ => humantime::format_duration(time).to_string(),
    }
}

/// The URL of a database without its password, wherever that is.
fn masked_url(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else {
        return "***".to_owned();
    };
    if url.scheme() == "sqlite" {
        return text.to_owned();
    }
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return "***".to_owned();
    }
    if url.query().is_some() {
        url.set_query(Some("***"));
    }
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_a_value_where_the_default_has_one() {
        let config = Config::default();
        let without = [
            "public_url",
            "trusted_proxies",
            "workers",
            "tls.certificate",
            "tls.key",
            "schemas",
            "resource_types",
        ];
        for setting in SETTINGS.iter().filter(|setting| !without.contains(&setting.key)) {
            assert_ne!(value(&config, setting.key), "", "{}", setting.key);
        }
    }

    #[test]
    fn times_are_printed_as_they_are_written() {
        assert_eq!(duration(Duration::from_secs(90 * 24 * 3_600)), "90 days");
        assert_eq!(duration(Duration::from_secs(30)), "30s");
    }

    #[test]
    fn passwords_of_databases_are_masked() {
        assert_eq!(
            masked_url("postgres://scim:secret@db/scim?password=x"),
            "postgres://scim:***@db/scim?***"
        );
        assert_eq!(
            masked_url("sqlite://scim-server.sqlite"),
            "sqlite://scim-server.sqlite"
        );
    }
}
