//! The resource types of a service provider.

use std::sync::Arc;

use super::{ResourceType, Schema};

/// The resource types of a service provider (RFC 7643 section 6): User, Group and those that documents define.
///
/// [`ResourceTypes::default`] has the two that are built in; [`ResourceTypes::builder`] reads more from documents.
///
/// ```
/// use scim_core::schema::ResourceTypes;
///
/// let types = ResourceTypes::default();
/// let endpoints: Vec<&str> = types.iter().map(|resource_type| resource_type.endpoint.as_str()).collect();
/// assert_eq!(endpoints, ["/Users", "/Groups"]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceTypes {
    pub(super) user: Arc<ResourceType>,
    pub(super) group: Arc<ResourceType>,
    pub(super) others: Vec<Arc<ResourceType>>,
}

impl Default for ResourceTypes {
    /// User with the enterprise extension, and Group.
    fn default() -> Self {
        Self {
            user: Arc::new(ResourceType::user()),
            group: Arc::new(ResourceType::group()),
            others: Vec::new(),
        }
    }
}

impl ResourceTypes {
    /// Returns the type User, with its extensions.
    #[must_use]
    pub fn user(&self) -> &Arc<ResourceType> {
        &self.user
    }

    /// Returns the type Group, with its extensions.
    #[must_use]
    pub fn group(&self) -> &Arc<ResourceType> {
        &self.group
    }

    /// Returns the types that are neither User nor Group.
    #[must_use]
    pub fn others(&self) -> &[Arc<ResourceType>] {
        &self.others
    }

    /// Iterates over all types, User and Group first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<ResourceType>> {
        [&self.user, &self.group].into_iter().chain(&self.others)
    }

    /// Returns the schemas of all types, each once.
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
