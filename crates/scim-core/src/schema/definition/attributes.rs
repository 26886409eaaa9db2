//! Checks of the attributes of a schema.

use std::sync::Arc;

use super::names::is_attribute_name;
use super::{Definition, DefinitionError};
use crate::schema::{Attribute, AttributeType, Mutability, Returned, Schema, Uniqueness};

/// The use of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The own schema of a new resource type.
    Own,
    /// An extension.
    Extension,
}

/// The level of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Top,
    Sub,
}

impl Definition {
    /// Checks the attributes of a schema, whatever its use.
    pub(super) fn check_attributes(&self, schema: &Schema) -> Result<(), DefinitionError> {
        if schema.attributes.is_empty() {
            return Err(self.refuse("attributes", "the schema has no attributes"));
        }
        self.check_all(&schema.attributes, "attributes", Level::Top)
    }

    /// An index enforces uniqueness. Only the string attributes of a new resource type's own schema have one.
    pub(super) fn check_uniqueness(&self, schema: &Schema, used: Use) -> Result<(), DefinitionError> {
        for (index, attribute) in schema.attributes.iter().enumerate() {
            let path = format!("attributes[{index}].uniqueness");
            let is_text = matches!(attribute.kind, AttributeType::String | AttributeType::Reference);
            let reason = match (attribute.uniqueness, used) {
                (Uniqueness::None, _) => continue,
                (Uniqueness::Global, _) => "`global` is not supported, use `server` or `none`",
                (Uniqueness::Server, Use::Extension) => {
                    "is not supported in an extension, where it can only be `none`"
                }
                (Uniqueness::Server, Use::Own) if attribute.multi_valued || !is_text => {
                    "`server` is supported for single-valued strings and references alone"
                }
                (Uniqueness::Server, Use::Own) => continue,
            };
            return Err(self.refuse(path, reason));
        }
        Ok(())
    }

    fn check_all(
        &self,
        attributes: &[Arc<Attribute>],
        path: &str,
        level: Level,
    ) -> Result<(), DefinitionError> {
        for (index, attribute) in attributes.iter().enumerate() {
            let path = format!("{path}[{index}]");
            let mut before = attributes.iter().take(index);
            if before.any(|other| other.name.eq_ignore_ascii_case(&attribute.name)) {
                let reason = format!("`{}` is defined twice (case does not matter)", attribute.name);
                return Err(self.refuse(format!("{path}.name"), reason));
            }
            self.check_attribute(attribute, &path, level)?;
        }
        Ok(())
    }

    fn check_attribute(
        &self,
        attribute: &Attribute,
        path: &str,
        level: Level,
    ) -> Result<(), DefinitionError> {
        let refuse = |member: &str, reason: String| Err(self.refuse(format!("{path}.{member}"), reason));
        let name = &attribute.name;
        let bare = match level {
            Level::Top => name.as_str(),
            // `$ref`
            Level::Sub => name.strip_prefix('$').unwrap_or(name),
        };
        if !is_attribute_name(bare) {
            let reason =
                format!("`{name}` is not an attribute name: use a letter, then letters, digits, `-` and `_`");
            return refuse("name", reason);
        }
        match (attribute.is_complex(), attribute.sub_attributes.is_empty(), level) {
            (true, _, Level::Sub) => {
                return refuse("type", "a sub-attribute cannot be `complex` itself".to_owned());
            }
            (true, true, Level::Top) => {
                return refuse("subAttributes", format!("`{name}` is `complex` and has none"));
            }
            (false, false, _) => {
                return refuse(
                    "subAttributes",
                    format!("`{name}` is not `complex`, so it can have none"),
                );
            }
            _ => {}
        }
        if attribute.required && attribute.mutability == Mutability::ReadOnly {
            return refuse(
                "required",
                "what is `readOnly` no client could give a value".to_owned(),
            );
        }
        if attribute.mutability == Mutability::WriteOnly && attribute.returned != Returned::Never {
            return refuse(
                "returned",
                "what is `writeOnly` must be returned `never`".to_owned(),
            );
        }
        if !attribute.canonical_values.is_empty() && attribute.kind != AttributeType::String {
            return refuse("canonicalValues", "only a `string` can have them".to_owned());
        }
        if !attribute.reference_types.is_empty() && attribute.kind != AttributeType::Reference {
            return refuse("referenceTypes", "only a `reference` can have them".to_owned());
        }
        if level == Level::Sub && attribute.uniqueness != Uniqueness::None {
            return refuse("uniqueness", "is not supported for a sub-attribute".to_owned());
        }
        self.check_all(
            &attribute.sub_attributes,
            &format!("{path}.subAttributes"),
            Level::Sub,
        )
    }
}
