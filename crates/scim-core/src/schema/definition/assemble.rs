//! From documents to resource types.

use std::sync::Arc;

use super::attributes::Use;
use super::document::ResourceTypeDocument;
use super::names::{is_attribute_name, is_endpoint, is_schema_urn};
use super::{Definition, DefinitionError};
use crate::schema::{Attribute, Extension, ResourceType, ResourceTypes, Schema};

/// Endpoints with a meaning of their own, besides those of resource types.
const RESERVED_ENDPOINTS: [&str; 5] = [
    "/ServiceProviderConfig",
    "/ResourceTypes",
    "/Schemas",
    "/Bulk",
    "/Me",
];
/// The prefixes of the URNs that the RFCs reserve.
const RESERVED_URNS: [&str; 2] = ["urn:ietf:params:scim:schemas:core:", "urn:ietf:params:scim:api:"];

/// A schema defined by a document.
struct Defined<'a> {
    definition: &'a Definition,
    schema: Arc<Schema>,
    used: bool,
}

pub(super) fn assemble(
    schemas: &[Definition],
    resource_types: &[Definition],
) -> Result<ResourceTypes, DefinitionError> {
    let mut assembly = Assembly {
        defined: Vec::new(),
        types: ResourceTypes::default(),
    };
    for definition in schemas {
        assembly.add_schema(definition)?;
    }
    for definition in resource_types {
        assembly.add_resource_type(definition)?;
    }
    assembly.check_whole()?;
    Ok(assembly.types)
}

struct Assembly<'a> {
    defined: Vec<Defined<'a>>,
    types: ResourceTypes,
}

impl<'a> Assembly<'a> {
    fn add_schema(&mut self, definition: &'a Definition) -> Result<(), DefinitionError> {
        let schema = definition.schema()?;
        let urn = schema.id.as_str();
        if !is_schema_urn(urn) {
            let reason = format!(
                "`{urn}` is not a URN of a schema, such as `urn:example:params:scim:schemas:extension:badge:2.0:User`: \
                 a namespace of 2 to 32 letters, digits and `-`, then letters, digits, `-`, `.`, `_` and `~` between colons, and a \
                 name at the end"
            );
            return Err(definition.refuse("id", reason));
        }
        let lower = urn.to_ascii_lowercase();
        let mut built_in = self.types.schemas().into_iter();
        if built_in.any(|known| known.id.eq_ignore_ascii_case(urn)) {
            return Err(definition.refuse("id", format!("`{urn}` is built in, and needs no file")));
        }
        if RESERVED_URNS.iter().any(|reserved| lower.starts_with(reserved)) {
            let reason =
                format!("`{urn}` is one of the URNs that the RFCs have for themselves, use one of yours");
            return Err(definition.refuse("id", reason));
        }
        let mut defined = self.defined.iter();
        if let Some(known) = defined.find(|known| known.schema.id.eq_ignore_ascii_case(urn)) {
            let reason = format!("`{urn}` is defined by `{}` already", known.definition.file);
            return Err(definition.refuse("id", reason));
        }
        definition.check_attributes(&schema)?;
        self.defined.push(Defined {
            definition,
            schema: Arc::new(schema),
            used: false,
        });
        Ok(())
    }

    fn add_resource_type(&mut self, definition: &'a Definition) -> Result<(), DefinitionError> {
        let document = definition.resource_type()?;
        if document.id.as_ref().is_some_and(|id| *id != document.name) {
            return Err(definition.refuse(
                "id",
                format!("must be the `name`, `{}`, or left out", document.name),
            ));
        }
        match document.name.as_str() {
            "User" => {
                let user = self.extended(definition, &document, self.types.user.clone())?;
                self.types.user = user;
            }
            "Group" => {
                let group = self.extended(definition, &document, self.types.group.clone())?;
                self.types.group = group;
            }
            _ => {
                let made = self.made(definition, &document)?;
                self.types.others.push(made);
            }
        }
        Ok(())
    }

    /// A built-in type with the extensions of the document.
    fn extended(
        &mut self,
        definition: &Definition,
        document: &ResourceTypeDocument,
        mut built_in: Arc<ResourceType>,
    ) -> Result<Arc<ResourceType>, DefinitionError> {
        let name = &built_in.name;
        if document.endpoint != built_in.endpoint {
            let reason = format!("the endpoint of {name} is `{}`", built_in.endpoint);
            return Err(definition.refuse("endpoint", reason));
        }
        if !document.schema.eq_ignore_ascii_case(&built_in.schema.id) {
            let reason = format!("the schema of {name} is `{}`", built_in.schema.id);
            return Err(definition.refuse("schema", reason));
        }
        self.add_extensions(definition, document, Arc::make_mut(&mut built_in))?;
        Ok(built_in)
    }

    /// A new type.
    fn made(
        &mut self,
        definition: &Definition,
        document: &ResourceTypeDocument,
    ) -> Result<Arc<ResourceType>, DefinitionError> {
        let ResourceTypeDocument { name, endpoint, .. } = document;
        if !is_attribute_name(name) {
            let reason = format!("`{name}` is not a name: use a letter, then letters, digits, `-` and `_`");
            return Err(definition.refuse("name", reason));
        }
        let is_same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        let special = ["ServiceProviderConfig", "ResourceType", "Schema"];
        let names = self.types.iter().map(|known| known.name.as_str());
        if let Some(known) = names.chain(special).find(|known| is_same(known, name)) {
            let advice = match known {
                "User" | "Group" if known != name => format!(": write `{known}` to extend it"),
                _ => String::new(),
            };
            return Err(definition.refuse("name", format!("`{name}` is taken{advice}")));
        }
        if !is_endpoint(endpoint) {
            let reason = format!("`{endpoint}` is not an endpoint: use `/` and a name, such as `/Devices`");
            return Err(definition.refuse("endpoint", reason));
        }
        let endpoints = self.types.iter().map(|known| known.endpoint.as_str());
        if endpoints
            .chain(RESERVED_ENDPOINTS)
            .any(|known| is_same(known, endpoint))
        {
            return Err(definition.refuse("endpoint", format!("`{endpoint}` is taken")));
        }
        if self
            .types
            .iter()
            .any(|known| is_same(&known.schema.id, &document.schema))
        {
            let reason = format!("`{}` is the schema of another resource type", document.schema);
            return Err(definition.refuse("schema", reason));
        }
        let schema = self.use_schema(definition, "schema", &document.schema, Use::Own)?;
        let mut made = ResourceType {
            name: name.clone(),
            description: document.description.clone(),
            endpoint: endpoint.clone(),
            schema,
            extensions: Vec::new(),
        };
        self.add_extensions(definition, document, &mut made)?;
        Ok(Arc::new(made))
    }

    fn add_extensions(
        &mut self,
        definition: &Definition,
        document: &ResourceTypeDocument,
        resource_type: &mut ResourceType,
    ) -> Result<(), DefinitionError> {
        for (index, wanted) in document.schema_extensions.iter().enumerate() {
            let path = format!("schemaExtensions[{index}].schema");
            let mut before = document.schema_extensions.iter().take(index);
            if before.any(|other| other.schema.eq_ignore_ascii_case(&wanted.schema)) {
                return Err(definition.refuse(path, format!("`{}` is listed twice", wanted.schema)));
            }
            let is_same =
                |extension: &&mut Extension| extension.schema.id.eq_ignore_ascii_case(&wanted.schema);
            if let Some(built_in) = resource_type.extensions.iter_mut().find(is_same) {
                built_in.required = wanted.required;
                continue;
            }
            let schema = self.use_schema(definition, &path, &wanted.schema, Use::Extension)?;
            if schema.id == resource_type.schema.id {
                return Err(definition.refuse(path, "a schema cannot extend itself"));
            }
            resource_type.extensions.push(Extension {
                schema,
                required: wanted.required,
            });
        }
        Ok(())
    }

    fn use_schema(
        &mut self,
        definition: &Definition,
        path: &str,
        urn: &str,
        used: Use,
    ) -> Result<Arc<Schema>, DefinitionError> {
        let is_named = |known: &&mut Defined<'_>| known.schema.id.eq_ignore_ascii_case(urn);
        let Some(found) = self.defined.iter_mut().find(is_named) else {
            let reason = format!("no file of `schemas` defines `{urn}`");
            return Err(definition.refuse(path, reason));
        };
        found.definition.check_uniqueness(&found.schema, used)?;
        if used == Use::Own {
            check_own_names(found)?;
        }
        found.used = true;
        Ok(found.schema.clone())
    }

    /// Checks what requires all documents.
    fn check_whole(&self) -> Result<(), DefinitionError> {
        let schemas = self.types.schemas();
        for Defined {
            definition,
            schema,
            used,
        } in &self.defined
        {
            if !used {
                let reason = format!(
                    "no resource type uses `{}`: name it in a file of `resource_types`",
                    schema.id
                );
                return Err(definition.refuse("id", reason));
            }
            for (index, attribute) in schema.attributes.iter().enumerate() {
                let path = format!("attributes[{index}]");
                let whole = format!("{}:{}", schema.id, attribute.name);
                if schemas.iter().any(|other| other.id.eq_ignore_ascii_case(&whole)) {
                    let reason = format!("`{whole}` is a schema, too: a path could mean either");
                    return Err(definition.refuse(format!("{path}.name"), reason));
                }
                self.check_references(definition, attribute, &path)?;
                for (index, sub) in attribute.sub_attributes.iter().enumerate() {
                    self.check_references(definition, sub, &format!("{path}.subAttributes[{index}]"))?;
                }
            }
        }
        Ok(())
    }

    fn check_references(
        &self,
        definition: &Definition,
        attribute: &Attribute,
        path: &str,
    ) -> Result<(), DefinitionError> {
        let is_known = |name: &str| {
            matches!(name, "external" | "uri") || self.types.iter().any(|known| known.name == name)
        };
        let mut types = attribute.reference_types.iter().enumerate();
        match types.find(|(_, name)| !is_known(name)) {
            Some((index, name)) => {
                let reason =
                    format!("`{name}` is not a resource type; `external` and `uri` are possible, too");
                Err(definition.refuse(format!("{path}.referenceTypes[{index}]"), reason))
            }
            None => Ok(()),
        }
    }
}

/// Rejects attributes with the name of a common one (RFC 7643 section 3.1).
fn check_own_names(defined: &Defined<'_>) -> Result<(), DefinitionError> {
    let common = ResourceType::common_attributes();
    for (index, attribute) in defined.schema.attributes.iter().enumerate() {
        if common
            .iter()
            .any(|common| common.name.eq_ignore_ascii_case(&attribute.name))
        {
            let reason = format!("`{}` is an attribute that every resource has", attribute.name);
            return Err(defined
                .definition
                .refuse(format!("attributes[{index}].name"), reason));
        }
    }
    Ok(())
}
