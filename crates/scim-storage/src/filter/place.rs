//! The places of the values of attributes.

use scim_core::schema::{Attribute, AttributeRef, AttributeType, ENTERPRISE_USER_URN};
use scim_service::store::{Kind, StoreError};
use sea_orm::sea_query::{Alias, BinOper, Expr, ExprTrait, Func};

use super::Translation;
use super::rows::{Elements, json_alias};
use crate::dialect::{Form, JsonType, is_plain_name};
use crate::table::{self, Column, TEAMS, USERS, UserEmails, column};

/// The place of the values of an attribute, relative to a [`Scope`].
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// At most one value.
    One(Found),
    /// Rows, each with one or several values.
    Many(Elements),
}

/// The kind of row that a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A resource.
    Resource,
    /// An e-mail address, as a row of its table.
    Emails,
    /// A group of the user.
    Groups,
    /// A user in the group.
    Members,
    /// An element of a JSON list. The depth is greater within another element.
    Json(u8),
}

/// The SQL expression of a value.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) value: Expr,
    pub(super) content: Content,
    pub(super) nullability: Nullability,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Text,
    Number,
    Boolean,
    /// The value is complex. The expression is true if it exists.
    Condition,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nullability {
    Never,
    Column,
    Computed,
}

impl Found {
    pub(crate) fn text(value: Expr, nullability: Nullability) -> Self {
        Self {
            value,
            content: Content::Text,
            nullability,
        }
    }

    /// Returns the type of the value.
    pub(crate) fn content(&self) -> Content {
        self.content
    }

    /// Whether every row has a value.
    pub(crate) fn is_always_there(&self) -> bool {
        self.nullability == Nullability::Never
    }

    /// Replaces the expression with one that may be NULL.
    pub(crate) fn computed(self, value: Expr) -> Self {
        Self {
            value,
            nullability: Nullability::Computed,
            ..self
        }
    }

    /// Makes a Boolean `false` where it is NULL.
    pub(super) fn or_false(self) -> Self {
        let value = Func::coalesce([self.value, super::comparison::constant(false)]);
        Self {
            value: value.into(),
            nullability: Nullability::Never,
            ..self
        }
    }

    fn number(value: Expr, nullability: Nullability) -> Self {
        Self {
            content: Content::Number,
            ..Self::text(value, nullability)
        }
    }

    fn condition(value: Expr) -> Self {
        Self {
            content: Content::Condition,
            ..Self::text(value, Nullability::Never)
        }
    }
}

impl Translation {
    /// Returns the place of the values of an attribute, relative to a row of `scope`.
    pub(crate) fn place(&self, attribute: &AttributeRef, scope: Scope) -> Result<Place, StoreError> {
        let sub = attribute.sub.as_ref().map(|sub| sub.name.as_str());
        match scope {
            Scope::Resource => self.place_in_resource(attribute),
            Scope::Json(depth) => self.place_in_element(attribute, depth),
            Scope::Emails => Ok(Place::One(match sub {
                Some("type") => Found::text(
                    Expr::col((UserEmails::Table, UserEmails::Kind)),
                    Nullability::Column,
                ),
                Some(_) => Found::text(
                    Expr::col((UserEmails::Table, UserEmails::Value)),
                    Nullability::Column,
                ),
                None => Found::condition(super::comparison::constant(true)),
            })),
            Scope::Groups => self.of_other_side(attribute, sub, TEAMS, "direct"),
            Scope::Members => self.of_other_side(attribute, sub, USERS, "user"),
        }
    }

    /// Returns the value of a list element that is itself the value of the attribute.
    pub(super) fn leaf(&self, attribute: &AttributeRef, scope: Scope) -> Found {
        let depth = match scope {
            Scope::Json(depth) => depth,
            _ => 0,
        };
        let leaf = attribute.leaf();
        match (self.form_of(attribute), json_type(leaf)) {
            (Form::Uncertain, Some((json_type, content))) => Found {
                value: self.dialect.element_of_type(&json_alias(depth), json_type),
                content,
                nullability: Nullability::Computed,
            },
            (form, _) => self.json_found(json_element(depth), &[], leaf, form),
        }
    }

    /// Returns the column with the comparable form of the resource.
    pub(crate) fn comparable(&self) -> Expr {
        column(table::of(self.kind), Column::Comparable)
    }

    /// Returns whether the JSON of an attribute is certain to have its type. Attributes from schema files may have had another
    /// type when the resource was written.
    pub(crate) fn form_of(&self, attribute: &AttributeRef) -> Form {
        let extension = attribute.extension.as_ref();
        match (
            self.kind,
            extension.is_none_or(|schema| schema.id == ENTERPRISE_USER_URN),
        ) {
            (Kind::User | Kind::Group, true) => Form::Certain,
            _ => Form::Uncertain,
        }
    }

    pub(crate) fn json_found(&self, json: Expr, path: &[&str], attribute: &Attribute, form: Form) -> Found {
        let Some((json_type, content)) = json_type(attribute) else {
            return Found::condition(match form {
                Form::Certain => self.dialect.json_exists(json, path),
                Form::Uncertain => self.dialect.json_is_object(json, path),
            });
        };
        Found {
            value: match form {
                Form::Certain => self.dialect.json_value(json, path, json_type),
                Form::Uncertain => self.dialect.json_value_of_type(json, path, json_type),
            },
            content,
            nullability: Nullability::Computed,
        }
    }

    fn place_in_resource(&self, attribute: &AttributeRef) -> Result<Place, StoreError> {
        if let Some(found) = self.column_of(attribute)? {
            return Ok(Place::One(found));
        }
        if attribute.attribute.multi_valued {
            let whole = AttributeRef {
                sub: None,
                ..attribute.clone()
            };
            let elements = match attribute.sub.is_none() || is_email_column(attribute) {
                true => self.elements(&whole)?,
                false => self.json_elements(&whole)?,
            };
            return Ok(Place::Many(elements));
        }
        let (path, form) = (path(attribute)?, self.form_of(attribute));
        Ok(match attribute.leaf().multi_valued {
            true => Place::Many(self.json_list(self.comparable(), &path, 1, form)),
            false => Place::One(self.json_found(self.comparable(), &path, attribute.leaf(), form)),
        })
    }

    fn place_in_element(&self, attribute: &AttributeRef, depth: u8) -> Result<Place, StoreError> {
        let element = json_element(depth);
        // at a greater depth the element is one of the values of a multi-valued sub-attribute
        let Some(sub) = attribute.sub.as_ref().filter(|_| depth == 0) else {
            let found = match attribute.leaf().is_complex() {
                // the comparable form has no empty elements
                true => Found::condition(match self.form_of(attribute) {
                    Form::Certain => super::comparison::constant(true),
                    Form::Uncertain => self.dialect.element_is_object(&json_alias(depth)),
                }),
                false => self.leaf(attribute, Scope::Json(depth)),
            };
            return Ok(Place::One(found));
        };
        let (path, form) = ([plain(&sub.name)?], self.form_of(attribute));
        Ok(match sub.multi_valued {
            true => Place::Many(self.json_list(element, &path, depth + 1, form)),
            false => Place::One(self.json_found(element, &path, sub, form)),
        })
    }

    /// Returns the value of an attribute that is stored in a column or computed from one.
    fn column_of(&self, attribute: &AttributeRef) -> Result<Option<Found>, StoreError> {
        let Some(name) = attribute.core_name() else {
            return Ok(None);
        };
        let sub = attribute.sub.as_ref().map(|sub| sub.name.as_str());
        let own = |name: Column| column(table::of(self.kind), name);
        let is_user = self.kind == Kind::User;
        Ok(Some(match (name, sub) {
            ("id", None) => Found::text(own(Column::Id), Nullability::Never),
            ("externalId", None) => Found::text(own(Column::ExternalId), Nullability::Column),
            ("userName", None) if is_user => Found::text(own(Column::UserNameKey), Nullability::Never),
            ("displayName", None) if self.kind == Kind::Group || is_user => {
                Found::text(own(Column::DisplayNameKey), Nullability::Column)
            }
            ("active", None) if is_user => Found {
                content: Content::Boolean,
                ..Found::number(own(Column::Active), Nullability::Column)
            },
            ("meta", None) => Found::condition(super::comparison::constant(true)),
            ("meta", Some("created")) => Found::number(own(Column::CreatedAt), Nullability::Never),
            ("meta", Some("lastModified")) => Found::number(own(Column::ModifiedAt), Nullability::Never),
            ("meta", Some("resourceType")) => {
                let name = Expr::val(self.kind.name());
                Found::text(self.dialect.by_code_point(name), Nullability::Never)
            }
            ("meta", Some("version")) => {
                let concat = |left: Expr, right: Expr| left.binary(BinOper::Custom("||"), right);
                let number = own(Column::Version).cast_as(Alias::new("text"));
                let version = concat(concat(Expr::val("W/\""), number), Expr::val("\""));
                Found::text(self.dialect.by_code_point(version), Nullability::Never)
            }
            ("meta", Some(_)) => return Err(unsupported(attribute)),
            _ => return Ok(None),
        }))
    }

    /// Returns a sub-attribute of the other side of a membership: of a group of a user, or of a member of a group.
    fn of_other_side(
        &self,
        attribute: &AttributeRef,
        sub: Option<&str>,
        table: &'static str,
        kind: &'static str,
    ) -> Result<Place, StoreError> {
        let display = column(table, Column::DisplayNameKey);
        Ok(Place::One(match sub {
            None => Found::condition(super::comparison::constant(true)),
            Some("value") => Found::text(column(table, Column::Id), Nullability::Never),
            Some("type") => Found::text(self.dialect.by_code_point(Expr::val(kind)), Nullability::Never),
            Some("display") if table == TEAMS => Found::text(display, Nullability::Column),
            Some("display") => {
                let named = Func::cust(Alias::new("nullif")).args([display, Expr::val("")]);
                let shown = Func::coalesce([named.into(), column(table, Column::UserNameKey)]);
                Found::text(shown.into(), Nullability::Never)
            }
            Some(_) => return Err(unsupported(attribute)),
        }))
    }
}

/// Returns the JSON type of an attribute; `None` if it is complex.
fn json_type(attribute: &Attribute) -> Option<(JsonType, Content)> {
    match attribute.kind {
        AttributeType::Boolean => Some((JsonType::Boolean, Content::Boolean)),
        AttributeType::Integer | AttributeType::Decimal | AttributeType::DateTime => {
            Some((JsonType::Number, Content::Number))
        }
        AttributeType::String | AttributeType::Binary | AttributeType::Reference => {
            Some((JsonType::Text, Content::Text))
        }
        AttributeType::Complex => None,
    }
}

/// Whether the attribute is a column of the table of e-mails.
pub(super) fn is_email_column(attribute: &AttributeRef) -> bool {
    attribute.is("emails", Some("value")) || attribute.is("emails", Some("type"))
}

/// Returns the path of the attribute in the comparable form.
pub(crate) fn path(attribute: &AttributeRef) -> Result<Vec<&str>, StoreError> {
    let mut path = container_path(attribute)?;
    if let Some(sub) = &attribute.sub {
        path.push(plain(&sub.name)?);
    }
    Ok(path)
}

/// Returns the path of the attribute in the comparable form, without its sub-attribute.
pub(crate) fn container_path(attribute: &AttributeRef) -> Result<Vec<&str>, StoreError> {
    let extension = attribute.extension.as_ref().map(|schema| schema.id.as_str());
    extension
        .into_iter()
        .chain([attribute.attribute.name.as_str()])
        .map(plain)
        .collect()
}

fn plain(name: &str) -> Result<&str, StoreError> {
    match is_plain_name(name) {
        true => Ok(name),
        false => Err(StoreError::UnsupportedFilter(format!(
            "`{name}` cannot be filtered by"
        ))),
    }
}

fn unsupported(attribute: &AttributeRef) -> StoreError {
    StoreError::UnsupportedFilter(format!("`{attribute}` cannot be filtered by"))
}

fn json_element(depth: u8) -> Expr {
    Expr::col((json_alias(depth), Alias::new("value")))
}
