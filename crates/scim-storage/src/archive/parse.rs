//! Parsing and validation of lines. Nothing is checked again later.

use std::sync::Arc;

use scim_core::resource::{Resource, Situation, Tolerance};
use scim_core::schema::{ResourceType, ResourceTypes};
use scim_core::time::Timestamp;
use scim_service::connection::ConnectionKey;
use scim_service::store::{GroupNames, Kind, Meta, ResourceId, ResourceTypeId, Version};
use serde_json::{Map, Value};

use super::format::{ConnectionLine, GroupLine, MembersLine, MetaMember, ResourceLine, UserLine};
use crate::dialect::Dialect;
use crate::transaction::{Archived, is_id};

/// The resource of a line, before validation.
pub(super) type Object = Map<String, Value>;

/// A resource of a connection.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) connection: String,
    pub(super) kind: Kind,
    /// Whether the resource is not deleted.
    pub(super) is_live: bool,
    pub(super) archived: Archived,
}

/// The parser of resources.
pub(super) struct Parser {
    dialect: Dialect,
    types: ResourceTypes,
}

impl Parser {
    pub(super) fn new(dialect: Dialect, types: ResourceTypes) -> Self {
        Self { dialect, types }
    }

    pub(super) fn user(&self, line: UserLine<Object>) -> Result<Row, String> {
        let deleted = line.deleted.map(|time| time.0);
        let user = self.types.user();
        let archived = self.resource(Kind::User, user, line.resource, GroupNames::Shared, deleted)?;
        Ok(Row {
            connection: line.connection,
            kind: Kind::User,
            is_live: deleted.is_none(),
            archived,
        })
    }

    pub(super) fn group(&self, line: GroupLine<Object>) -> Result<Row, String> {
        let group_names = match line.unique_name {
            true => GroupNames::Unique,
            false => GroupNames::Shared,
        };
        Ok(Row {
            connection: line.connection,
            kind: Kind::Group,
            is_live: true,
            archived: self.resource(Kind::Group, self.types.group(), line.resource, group_names, None)?,
        })
    }

    /// Parses a resource of a custom type, which must be configured.
    pub(super) fn other(&self, line: ResourceLine<Object>) -> Result<Row, String> {
        let meta = line.resource.get("meta");
        let name = meta
            .and_then(|meta| meta.get("resourceType"))
            .and_then(Value::as_str);
        let name = name.ok_or("the resource has no `meta.resourceType`")?;
        let mut types = self.types.others().iter();
        let resource_type = types
            .find(|resource_type| resource_type.name == name)
            .ok_or_else(|| {
                format!("there is no resource type `{name}` here: name its file in `resource_types`")
            })?;
        let kind = Kind::Other(ResourceTypeId::of(name));
        Ok(Row {
            connection: line.connection,
            kind,
            is_live: true,
            archived: self.resource(kind, resource_type, line.resource, GroupNames::Shared, None)?,
        })
    }

    fn resource(
        &self,
        kind: Kind,
        resource_type: &Arc<ResourceType>,
        mut object: Object,
        group_names: GroupNames,
        deleted: Option<Timestamp>,
    ) -> Result<Archived, String> {
        let meta = meta(&mut object, &resource_type.name)?;
        check_extensions(resource_type, &object)?;
        // a check only: the document stays as it was stored, including values that would be rejected today
        Resource::check_values(
            resource_type,
            object.clone(),
            Situation::Create,
            &Tolerance::LENIENT,
        )
        .map_err(|error| error.to_string())?;
        object.shift_remove("schemas");
        let resource = Resource::from_checked(resource_type.clone(), object);
        Archived::of(self.dialect, kind, &meta, &resource, group_names, deleted)
            .map_err(|error| error.to_string())
    }
}

/// Rejects attributes of unknown extensions, which could be stored but not be found by a filter.
fn check_extensions(resource_type: &ResourceType, object: &Object) -> Result<(), String> {
    let is_unknown = |name: &&String| name.contains(':') && resource_type.extension(name).is_none();
    match object.keys().find(is_unknown) {
        Some(urn) => Err(format!(
            "there is no extension `{urn}` of {} here: name its files in `schemas` and `resource_types`",
            resource_type.name
        )),
        None => Ok(()),
    }
}

/// Validates the name of a connection.
pub(super) fn connection(line: &ConnectionLine) -> Result<ConnectionKey, String> {
    let key: Result<ConnectionKey, _> = line.name.parse();
    key.map_err(|error| error.to_string())
}

/// Validates the ids of a line.
pub(super) fn members(line: &MembersLine) -> Result<(), String> {
    let mut ids = std::iter::once(&line.group).chain(&line.users);
    match ids.find(|id| !is_id(id)) {
        Some(id) => Err(format!("`{id}` is not an id")),
        None => Ok(()),
    }
}

/// Removes `id` and `meta` from the object, and validates them.
fn meta(object: &mut Object, resource_type: &str) -> Result<Meta, String> {
    let id = match object.shift_remove("id") {
        Some(Value::String(id)) if is_id(&id) => id,
        Some(other) => return Err(format!("`id` is {other}, which is not an id")),
        None => return Err("the resource has no `id`".to_owned()),
    };
    let meta = object.shift_remove("meta").ok_or("the resource has no `meta`")?;
    let meta: MetaMember = serde_json::from_value(meta).map_err(|error| format!("`meta`: {error}"))?;
    if meta.resource_type != resource_type {
        return Err(format!(
            "`meta.resourceType` is `{}`, and the line is for a {resource_type}",
            meta.resource_type
        ));
    }
    let version = version(&meta.version);
    let version = version.ok_or_else(|| {
        format!(
            "`meta.version` is `{}`, and not of the form W/\"1\"",
            meta.version
        )
    });
    Ok(Meta {
        id: ResourceId::new(id),
        version: version?,
        created: meta.created.0,
        modified: meta.last_modified.0,
    })
}

fn version(etag: &str) -> Option<Version> {
    let number = etag.strip_prefix("W/\"")?.strip_suffix('"')?;
    number.parse().ok().filter(|number| *number > 0).map(Version::new)
}
