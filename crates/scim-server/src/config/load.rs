//! Merges the layers of the configuration.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use figment::providers::{Format as _, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::Config;
use super::environment::Environment;
use super::error::ConfigError;
use super::setting::{Setting, Shape};

/// The file that is read if it exists and no other is named.
const DEFAULT_FILE: &str = "scim-server.toml";

impl Config {
    /// Reads a configuration as the program does: environment variables take precedence over the file, and the file over the
    /// defaults.
    ///
    /// `file` is the file to read. With `None`, it is the one that `SCIM_CONFIG` names, or else `scim-server.toml` in the
    /// working directory, if that exists. `variables` are usually [`std::env::vars_os`]. Files with schemas, resource types and
    /// keys are read too, to check them.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, a key or a variable that begins with `SCIM_` is unknown, or a value is not valid. The text of the
    /// [`ConfigError`] names the key and where it is.
    ///
    /// # Examples
    ///
    /// ```
    /// use scim_server::config::Config;
    ///
    /// # fn main() -> Result<(), scim_server::config::ConfigError> {
    /// let variables = [("SCIM_LISTEN".into(), "0.0.0.0:8443".into()), ("PATH".into(), "/bin".into())];
    /// let config = Config::load(None, variables)?;
    /// assert_eq!(config.listen.port(), 8443);
    ///
    /// let error = Config::load(None, [("SCIM_LISTN".into(), "x".into())]).unwrap_err();
    /// assert_eq!(error.to_string(), "unknown environment variable `SCIM_LISTN`; did you mean `SCIM_LISTEN`?");
    /// # Ok(())
    /// # }
    /// ```
    pub fn load(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        Ok(Loaded::from_layers(&[], file, variables)?.config)
    }
}

/// A configuration and the sources of its parts.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub(crate) config: Config,
    #[cfg_attr(
        not(feature = "cli"),
        expect(dead_code, reason = "for people at the command line")
    )]
    pub(super) figment: Figment,
}

impl Loaded {
    /// Reads the layers.
    ///
    /// `flags` are keys of [`SETTINGS`](super::setting::SETTINGS) with the values from the command line, `file` is the file that the
    /// command line names, and `variables` are all environment variables.
    ///
    /// # Errors
    ///
    /// If a layer cannot be read, holds an unknown key, or a value that is not valid.
    pub(crate) fn from_layers(
        flags: &[(&str, String)],
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let environment = Environment::read(variables)?;
        let asked = file.map(Path::to_path_buf);
        let asked = asked.or_else(|| environment.file.as_ref().map(PathBuf::from));
        let mut figment = Figment::new();
        match &asked {
            Some(path) if !path.is_file() => return Err(ConfigError::NoFile(path.clone())),
            Some(path) => figment = figment.merge(Toml::file_exact(path)),
            None if Path::new(DEFAULT_FILE).is_file() => {
                figment = figment.merge(Toml::file_exact(DEFAULT_FILE));
            }
            None => {}
        }
        for (setting, value) in &environment.values {
            let source = format!("environment variable `{}`", setting.variable);
            figment = figment.merge(One::new(setting, value, source));
        }
        for (key, value) in flags {
            if let Some(setting) = Setting::by_key(key) {
                figment = figment.merge(One::new(setting, value, "command line".to_owned()));
            }
        }
        let mut config: Config = figment.extract().map_err(|error| ConfigError::reading(&error))?;
        config.auth_codes = environment.auth_codes;
        config.cursor_key = environment.cursor_key;
        if config.tls.certificate.is_some() != config.tls.key.is_some() {
            return Err(ConfigError::HalfTls);
        }
        config.profiles()?;
        config.defined_types()?;
        config.trusts()?;
        Ok(Self { config, figment })
    }
}

/// One setting from the environment or the command line.
struct One {
    setting: &'static Setting,
    value: Value,
    source: String,
}

impl One {
    fn new(setting: &'static Setting, text: &str, source: String) -> Self {
        let text = text.trim();
        let value = match setting.shape {
            Shape::Text => Value::from(text),
            Shape::Number => text
                .parse::<u64>()
                .map_or_else(|_| Value::from(text), Value::from),
            Shape::Switch => match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => Value::from(true),
                "false" | "0" | "no" | "off" => Value::from(false),
                _ => Value::from(text),
            },
            Shape::List => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Value::from(parts.map(Value::from).collect::<Vec<_>>())
            }
        };
        Self {
            setting,
            value,
            source,
        }
    }
}

impl Provider for One {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.source.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let dict = match self.setting.key.split_once('.') {
            Some((table, key)) => {
                let inner = Dict::from([(key.to_owned(), self.value.clone())]);
                Dict::from([(table.to_owned(), Value::from(inner))])
            }
            None => Dict::from([(self.setting.key.to_owned(), self.value.clone())]),
        };
        Ok(Map::from([(Profile::Default, dict)]))
    }
}
