//! Reads the files that the configuration names.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use figment::value::magic::RelativePathBuf;
use scim_core::schema::{Definition, MAX_BYTES, ResourceTypes};
use serde::de::{Deserialize, Deserializer};

use super::{Config, ConfigError};

/// Paths. Relative ones in the configuration file start from its folder.
pub(super) fn paths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PathBuf>, D::Error> {
    let paths = Vec::<RelativePathBuf>::deserialize(deserializer)?;
    Ok(paths.iter().map(RelativePathBuf::relative).collect())
}

impl Config {
    /// Reads the files of [`schemas`](Self::schemas) and [`resource_types`](Self::resource_types), and returns the resource types:
    /// User and Group, with what the files add.
    ///
    /// # Errors
    ///
    /// - [`ConfigError::Unreadable`] if a file cannot be read;
    /// - [`ConfigError::Definition`] if a file does not define a valid schema or resource type.
    pub fn defined_types(&self) -> Result<ResourceTypes, ConfigError> {
        let schemas = definitions(&self.schemas)?;
        let resource_types = definitions(&self.resource_types)?;
        let types = ResourceTypes::builder()
            .schemas(schemas)
            .resource_types(resource_types)
            .build()?;
        Ok(types)
    }
}

fn definitions(paths: &[PathBuf]) -> Result<Vec<Definition>, ConfigError> {
    paths.iter().map(|path| definition(path)).collect()
}

fn definition(path: &Path) -> Result<Definition, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable {
        path: path.to_path_buf(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    // one byte more than the maximum tells that the file is too large
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut text = String::new();
    file.take(most).read_to_string(&mut text).map_err(unreadable)?;
    Ok(Definition {
        file: path.display().to_string(),
        text,
    })
}
