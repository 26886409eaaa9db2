//! Routes of resource types other than User and Group.

use std::sync::Arc;

use http::Method;
use scim_core::schema::ResourceType;

use crate::failure::Failure;
use crate::route::{self, Route};
use crate::store::{Kind, ResourceId, ResourceTypeId};

/// A resource type other than User and Group.
pub(crate) struct Configured {
    pub(crate) id: ResourceTypeId,
    pub(crate) resource_type: Arc<ResourceType>,
}

impl Configured {
    pub(crate) fn of(resource_type: &Arc<ResourceType>) -> Self {
        Self {
            id: ResourceTypeId::of(&resource_type.name),
            resource_type: resource_type.clone(),
        }
    }
}

/// The route of a method and a path; `None` if the path is not below an endpoint of these types.
pub(crate) fn route(types: &[Configured], method: &Method, path: &str) -> Option<Result<Route, Failure>> {
    let below = |configured: &Configured| {
        let rest = path.strip_prefix(&*configured.resource_type.endpoint)?;
        match rest.strip_suffix('/').unwrap_or(rest) {
            "" => Some((configured.id, None)),
            rest => Some((configured.id, Some(rest.strip_prefix('/')?))),
        }
    };
    let (id, rest) = types.iter().find_map(below)?;
    let kind = Kind::Other(id);
    match rest {
        None => Some(route::collection(method, kind)),
        Some(".search") => Some(route::only(method, "POST", Route::Search(kind))),
        Some(id) if !id.contains('/') => {
            Some(route::resource(method, kind, ResourceId::new(route::decode(id))))
        }
        Some(_) => None,
    }
}
