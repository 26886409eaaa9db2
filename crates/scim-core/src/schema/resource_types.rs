//! The resource types of a service provider, together.

use std::sync::Arc;

use super::{ResourceType, Schema};

/// The resource types that a service provider has (RFC 7643 section 6): User and Group, and whatever else was defined.
///
/// [`ResourceTypes::default`] has the two that are built in; [`ResourceTypes::defined`] reads more from documents.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceTypes {
    pub(super) user: Arc<ResourceType>,
    pub(super) group: Arc<ResourceType>,
    pub(super) others: Vec<Arc<ResourceType>>,
}

impl Default for ResourceTypes {
    fn default() -> Self {
        Self {
            user: Arc::new(ResourceType::user()),
            group: Arc::new(ResourceType::group()),
            others: Vec::new(),
        }
    }
}

impl ResourceTypes {
    /// User, with its extensions.
    #[must_use]
    pub fn user(&self) -> &Arc<ResourceType> {
        &self.user
    }

    /// Group, with its extensions.
    #[must_use]
    pub fn group(&self) -> &Arc<ResourceType> {
        &self.group
    }

    /// Those that are neither User nor Group.
    #[must_use]
    pub fn others(&self) -> &[Arc<ResourceType>] {
        &self.others
    }

    /// All of them, User and Group first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<ResourceType>> {
        [&self.user, &self.group].into_iter().chain(&self.others)
    }

    /// All their schemas, each once.
    #[must_use]
    pub fn schemas(&self) -> Vec<&Arc<Schema>> {
        let mut schemas: Vec<&Arc<Schema>> = Vec::new();
        for schema in self.iter().flat_map(|resource_type| resource_type.schemas()) {
            if !schemas.iter().any(|known| known.id == schema.id) {
                schemas.push(schema);
            }
        }
        schemas
    }
}
