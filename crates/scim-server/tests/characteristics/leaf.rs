//! Every attribute and sub-attribute of a resource type, a value for each, and where it is in a document.

use scim_core::schema::{Attribute, AttributeRef, AttributeType, Mutability, ResourceType, Returned};
use serde_json::{Value, json};

/// The attributes and sub-attributes of the type's own schema and of its extensions.
pub(crate) fn leaves(resource_type: &ResourceType) -> Vec<AttributeRef> {
    let own = resource_type
        .schema
        .attributes
        .iter()
        .map(|attribute| (None, attribute));
    let extended = resource_type.extensions.iter().flat_map(|extension| {
        let attributes = extension.schema.attributes.iter();
        attributes.map(|attribute| (Some(extension.schema.clone()), attribute))
    });
    let whole = own.chain(extended).map(|(extension, attribute)| AttributeRef {
        extension,
        attribute: attribute.clone(),
        sub: None,
    });
    whole
        .flat_map(|whole| {
            let subs = whole.attribute.sub_attributes.clone().into_iter();
            let subs: Vec<AttributeRef> = subs.map(|sub| whole.with_sub(sub)).collect();
            std::iter::once(whole).chain(subs)
        })
        .collect()
}

/// Whether memberships hold the values: they are rows of their own, and only ids of users can be sent.
pub(crate) fn is_membership(leaf: &AttributeRef) -> bool {
    leaf.is("members", None) || leaf.attribute.name == "members" || leaf.attribute.name == "groups"
}

/// Whether a client can write the value.
pub(crate) fn is_written(leaf: &AttributeRef) -> bool {
    leaf.attribute.mutability != Mutability::ReadOnly && leaf.leaf().mutability != Mutability::ReadOnly
}

/// Whether a client can ever read the value.
pub(crate) fn is_read(leaf: &AttributeRef) -> bool {
    leaf.attribute.returned != Returned::Never && leaf.leaf().returned != Returned::Never
}

/// A value that fits the leaf; another one for each seed.
pub(crate) fn sample(leaf: &AttributeRef, seed: u8) -> Value {
    match leaf.sub {
        Some(_) => one(leaf.leaf(), seed),
        None => match leaf.attribute.multi_valued {
            true => json!([one(&leaf.attribute, seed)]),
            false => one(&leaf.attribute, seed),
        },
    }
}

fn one(attribute: &Attribute, seed: u8) -> Value {
    match attribute.kind {
        AttributeType::String => json!(format!("{} Value {seed}", attribute.name)),
        AttributeType::Boolean => json!(seed.is_multiple_of(2)),
        AttributeType::Integer => json!(seed),
        AttributeType::Decimal => json!(f64::from(seed) + 0.5),
        AttributeType::DateTime => json!(format!("2026-01-0{seed}T00:00:00Z")),
        AttributeType::Binary => json!(format!("QUJD{seed}w==")),
        AttributeType::Reference => {
            let is_external = attribute.reference_types.iter().any(|kind| kind == "external");
            match is_external {
                true => json!(format!("https://example.com/Page/{seed}")),
                false => json!(format!("../Users/Page{seed}")),
            }
        }
        AttributeType::Complex => attribute
            .sub_attributes
            .iter()
            .map(|sub| (sub.name.clone(), one(sub, seed)))
            .collect(),
    }
}

/// What becomes of a value that was sent: without what only the server writes, and what is not returned.
pub(crate) fn kept(attribute: &Attribute, value: Value) -> Option<Value> {
    let is_out = attribute.mutability == Mutability::ReadOnly
        || matches!(attribute.returned, Returned::Never | Returned::Request);
    match value {
        _ if is_out => None,
        Value::Array(elements) => Some(
            elements
                .into_iter()
                .filter_map(|element| kept(attribute, element))
                .collect(),
        ),
        Value::Object(members) => Some(
            members
                .into_iter()
                .filter_map(|(name, value)| {
                    let sub = attribute.sub_attribute(&name)?;
                    Some((name, kept(sub, value)?))
                })
                .collect(),
        ),
        scalar => Some(scalar),
    }
}

/// The same for a leaf.
pub(crate) fn kept_at(leaf: &AttributeRef, value: Value) -> Option<Value> {
    match is_written(leaf) && is_read(leaf) {
        true => kept(leaf.leaf(), value),
        false => None,
    }
}

/// Whether a value fits the leaf, so that it may be sent.
pub(crate) fn fits(leaf: &AttributeRef, value: &Value) -> bool {
    match (leaf.leaf().multi_valued, value) {
        (true, Value::Array(elements)) => elements.iter().all(|element| fits_one(leaf.leaf(), element)),
        (true, _) => false,
        (false, value) => fits_one(leaf.leaf(), value),
    }
}

fn fits_one(attribute: &Attribute, value: &Value) -> bool {
    match attribute.kind {
        AttributeType::String => value.is_string(),
        AttributeType::Boolean => value.is_boolean(),
        AttributeType::Integer => value.is_i64(),
        AttributeType::Decimal => value.is_number(),
        AttributeType::Complex => value.is_object(),
        AttributeType::DateTime => false,
        // what is sent as a text that fits nothing has a character that base64 has not
        AttributeType::Binary => false,
        AttributeType::Reference => {
            value.is_string() && !attribute.reference_types.iter().any(|kind| kind == "external")
        }
    }
}

/// Puts a value where the leaf has it.
pub(crate) fn put(document: &mut Value, leaf: &AttributeRef, value: Value) {
    let holder = match &leaf.extension {
        Some(schema) => &mut document[schema.id.as_str()],
        None => document,
    };
    let value = match &leaf.sub {
        None => value,
        Some(sub) => {
            let element = json!({ sub.name.as_str(): value });
            match leaf.attribute.multi_valued {
                true => json!([element]),
                false => element,
            }
        }
    };
    holder[leaf.attribute.name.as_str()] = value;
}

/// The value of the leaf; in a list, that of the first element.
pub(crate) fn get(document: &Value, leaf: &AttributeRef) -> Option<Value> {
    let holder = match &leaf.extension {
        Some(schema) => document.get(&schema.id)?,
        None => document,
    };
    let value = holder.get(&leaf.attribute.name)?;
    match &leaf.sub {
        None => Some(value.clone()),
        Some(sub) => {
            let element = value.as_array().map_or(Some(value), |list| list.first());
            element?.get(&sub.name).cloned()
        }
    }
}
