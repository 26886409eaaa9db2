//! Bodies that name attributes in full (RFC 7644 section 3.10), as the value of a PATCH operation may.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::check::no_object;
use crate::error::Error;
use crate::object::given_twice;
use crate::path::AttributePath;
use crate::schema::{AttributeRef, ResourceType, SchemaTarget};

impl ResourceType {
    /// Returns the body with every attribute under its plain name.
    ///
    /// `urn:…:core:2.0:User:userName` becomes `userName`, the members of an object under the URI of the type's own schema become
    /// members of the body, `urn:…:enterprise:2.0:User:department` moves to the object of its extension, and `name.givenName` to
    /// that of `name`. [`Resource::check`](crate::resource::Resource::check) includes this step.
    ///
    /// ```
    /// use scim_core::schema::{ResourceType, USER_URN};
    /// use serde_json::json;
    ///
    /// let body = json!({ USER_URN: { "userName": "bjensen" }, "name.givenName": "Barbara" });
    /// let body = body.as_object().cloned().unwrap_or_default();
    /// let plain = ResourceType::user().unqualified(&body)?.into_owned();
    /// assert_eq!(json!(plain), json!({ "userName": "bjensen", "name": { "givenName": "Barbara" } }));
    /// # Ok::<(), scim_core::error::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns 400 `invalidSyntax` where an attribute is given twice that way, 400 `invalidValue` where a sub-attribute is given of
    /// an attribute that is multi-valued or not an object.
    pub fn unqualified<'b>(
        &self,
        body: &'b Map<String, Value>,
    ) -> Result<Cow<'b, Map<String, Value>>, Error> {
        if body.keys().all(|name| self.is_plain(name)) {
            return Ok(Cow::Borrowed(body));
        }
        let (mut plain, mut parts) = (Map::new(), Vec::new());
        for (name, value) in body {
            match (self.schema_named(name), value) {
                (Some(SchemaTarget::Resource), Value::Object(members)) => {
                    for (name, value) in members {
                        self.place(name, value, &mut plain, &mut parts)?;
                    }
                }
                (Some(SchemaTarget::Resource), Value::Null) => {}
                (Some(SchemaTarget::Resource), _) => return Err(no_object(&self.schema.id)),
                _ => self.place(name, value, &mut plain, &mut parts)?,
            }
        }
        for (attribute, value) in parts {
            set_part(&mut plain, &attribute, value)?;
        }
        Ok(Cow::Owned(plain))
    }

    /// Whether a name is a plain name or the URI of an extension.
    fn is_plain(&self, name: &str) -> bool {
        !name.contains([':', '.']) || self.extension(name).is_some()
    }

    /// Puts a value under its plain name, or among the parts, which are placed after everything else.
    fn place(
        &self,
        name: &str,
        value: &Value,
        plain: &mut Map<String, Value>,
        parts: &mut Vec<(AttributeRef, Value)>,
    ) -> Result<(), Error> {
        let resolved = match self.is_plain(name) {
            true => None,
            false => AttributePath::parse(name)
                .ok()
                .and_then(|path| self.resolve(&path)),
        };
        match resolved {
            Some(attribute) if attribute.extension.is_some() || attribute.sub.is_some() => {
                parts.push((attribute, value.clone()));
                Ok(())
            }
            Some(attribute) => insert(
                plain,
                &attribute.attribute.name,
                &attribute.attribute.name,
                value.clone(),
            ),
            None => insert(plain, name, name, value.clone()),
        }
    }
}

/// Puts an attribute into the object of its extension, a sub-attribute into that of its attribute.
fn set_part(plain: &mut Map<String, Value>, part: &AttributeRef, value: Value) -> Result<(), Error> {
    let attribute = &part.attribute;
    let holder = match &part.extension {
        Some(schema) => object_at(plain, &schema.id).ok_or_else(|| no_object(&schema.id))?,
        None => plain,
    };
    let Some(sub) = &part.sub else {
        return insert(holder, &attribute.name, &part.to_string(), value);
    };
    let no_parts = || {
        Error::invalid_value(format!(
            "`{part}` cannot be given by itself here, give `{}` as a whole",
            attribute.name
        ))
    };
    if attribute.multi_valued {
        return Err(no_parts());
    }
    let holder = object_at(holder, &attribute.name).ok_or_else(no_parts)?;
    insert(holder, &sub.name, &part.to_string(), value)
}

/// The object `name` in any spelling, created if it is missing; `None` if the member is not an object.
fn object_at<'a>(members: &'a mut Map<String, Value>, name: &str) -> Option<&'a mut Map<String, Value>> {
    let spelling = members.keys().find(|key| key.eq_ignore_ascii_case(name));
    let spelling = spelling.cloned().unwrap_or_else(|| name.to_owned());
    let object = members.entry(spelling).or_insert(Value::Null);
    if object.is_null() {
        *object = Value::Object(Map::new());
    }
    object.as_object_mut()
}

fn insert(members: &mut Map<String, Value>, name: &str, path: &str, value: Value) -> Result<(), Error> {
    if members.keys().any(|key| key.eq_ignore_ascii_case(name)) {
        return Err(given_twice(path));
    }
    members.insert(name.to_owned(), value);
    Ok(())
}
