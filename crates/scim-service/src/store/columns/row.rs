//! The values of the columns of a resource.

use scim_core::path::AttributePath;
use scim_core::resource::Resource;
use scim_core::schema::{AttributeRef, AttributeType, ResourceType};
use scim_core::text::fold;
use scim_core::time::Timestamp;
use serde_json::Value;

use super::condition::Translation;
use super::{Columns, Kept, Parameter};
use crate::store::{Draft, Meta, StoreError};

/// Attributes that the store maintains, whatever column they are in.
const OF_THE_STORE: [&str; 3] = ["id", "meta", "schemas"];

/// A row to be written: a whole statement ([`upsert`](Self::upsert)), or its parts. [`Columns::row`] returns it.
///
/// ```
/// use scim_service::store::columns::{Columns, Dialect};
/// # use scim_service::core::time::Timestamp;
/// # use scim_service::store::{Meta, ResourceId, Version};
/// # let now = Timestamp::from_millis(0);
/// # let meta = Meta { id: ResourceId::new("7"), version: Version::new(2), created: now, modified: now };
///
/// let row = Columns::new(Dialect::Sqlite).row(&meta, None, vec!["tenant 1".into()])?;
/// let sql = format!("UPDATE projects SET {} WHERE tenant = ?1 AND id = ?2", row.set);
/// assert_eq!(sql, "UPDATE projects SET version = ?3, modified = ?4 WHERE tenant = ?1 AND id = ?2");
/// assert_eq!(row.parameters.len(), 4);
/// # Ok::<(), scim_service::store::StoreError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The names of the columns, separated by commas: `id, version, …`.
    pub names: String,
    id: &'static str,
    /// The placeholder of the id, if the row exists.
    there: Option<String>,
    own: Vec<String>,
    /// The placeholders of the values, in the same order: `?2, ?3, …`.
    pub values: String,
    /// Assignments for an UPDATE, without the columns that never change, `id` and `created`: `version = ?3, …`.
    pub set: String,
    /// The parameters of the statement: the store's own ones, then those of the placeholders.
    pub parameters: Vec<Parameter>,
}

impl Row {
    /// Returns a statement that inserts the row, or overwrites the row with the same id. Without a draft, it only overwrites.
    ///
    /// `own` are the names of the columns of the store's own parameters: data that is not declared, such as the tenant, or
    /// names as they were sent.
    ///
    /// The database attempts the insert before it detects the conflict. So `id` alone needs a unique index, and every column
    /// that is neither declared nor among `own` must accept NULL or have a default.
    ///
    /// ```
    /// # use scim_core::time::Timestamp;
    /// # use scim_service::store::{Meta, ResourceId, Version};
    /// use scim_service::store::columns::{Columns, Dialect};
    ///
    /// # use std::sync::Arc;
    /// # use scim_core::{resource::Resource, schema::ResourceType};
    /// # use scim_service::store::{Draft, GroupNames};
    /// # let now = Timestamp::from_millis(0);
    /// # let meta = Meta { id: ResourceId::new("7"), version: Version::new(2), created: now, modified: now };
    /// # let resource = Resource::from_checked(Arc::new(ResourceType::group()), serde_json::Map::new());
    /// # let draft = Draft::new(&resource, now);
    /// let columns = Columns::new(Dialect::Sqlite);
    /// let row = columns.row(&meta, Some(&draft), vec!["tenant 1".into()])?;
    /// assert_eq!(
    ///     row.upsert("projects", &["tenant"]), // with row.parameters
    ///     "INSERT INTO projects (tenant, id, version, modified, created, document, unique_key) \
    ///      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET \
    ///      tenant = ?1, version = ?3, modified = ?4, document = ?6, unique_key = ?7"
    /// );
    /// let row = columns.row(&meta, None, vec!["tenant 1".into()])?;
    /// assert_eq!(
    ///     row.upsert("projects", &["tenant"]),
    ///     "UPDATE projects SET tenant = ?1, version = ?3, modified = ?4 WHERE id = ?2"
    /// );
    /// # Ok::<(), scim_service::store::StoreError>(())
    /// ```
    #[must_use]
    pub fn upsert(&self, table: &str, own: &[&str]) -> String {
        let Self {
            names,
            values,
            set,
            id,
            there,
            ..
        } = self;
        let own_names: String = own.iter().map(|name| format!("{name}, ")).collect();
        let own_values: String = self.own.iter().map(|value| format!("{value}, ")).collect();
        let own_set = own.iter().zip(&self.own);
        let own_set: String = own_set
            .map(|(name, value)| format!("{name} = {value}, "))
            .collect();
        if let Some(there) = there {
            return format!("UPDATE {table} SET {own_set}{set} WHERE {id} = {there}");
        }
        format!(
            "INSERT INTO {table} ({own_names}{names}) VALUES ({own_values}{values}) \
             ON CONFLICT ({id}) DO UPDATE SET {own_set}{set}"
        )
    }
}

impl Columns {
    /// Checks that the resource type has all declared attributes, each once and in a form that suits it. Call it at startup or
    /// in a test; otherwise, the first request that writes the attribute or filters by it fails.
    ///
    /// # Errors
    ///
    /// [`StoreError::Failed`], whose cause names the attribute.
    ///
    /// ```
    /// use scim_core::schema::ResourceType;
    /// use scim_service::store::StoreError;
    /// use scim_service::store::columns::{Columns, Dialect, Kept};
    ///
    /// let columns = |kept| Columns::new(Dialect::Sqlite).column("userName", kept, "user_key");
    /// assert!(columns(Kept::Folded).check(&ResourceType::user()).is_ok());
    /// match columns(Kept::Exact).check(&ResourceType::user()) {
    ///     Err(StoreError::Failed(cause)) => {
    ///         assert_eq!(cause.to_string(), "`userName` is declared as Exact, and has to be Folded");
    ///     }
    ///     other => panic!("{other:?}"),
    /// }
    /// ```
    pub fn check(&self, resource_type: &ResourceType) -> Result<(), StoreError> {
        let missing = |path: &str| {
            let detail = format!("`{path}` is not an attribute of {}", resource_type.name);
            StoreError::Failed(detail.into())
        };
        if let Some(path) = self.twice.first() {
            return Err(StoreError::Failed(format!("`{path}` is declared twice").into()));
        }
        for (path, column) in &self.columns {
            match writer_of(resource_type, path)? {
                Writer::Store => {}
                Writer::Nobody => return Err(missing(path)),
                Writer::Client(attribute) => suits(&attribute, column.kept)?,
            }
        }
        for (path, rows) in &self.rows {
            let parsed = AttributePath::parse(path).map_err(|error| StoreError::Failed(Box::new(error)))?;
            let attribute = resource_type.resolve(&parsed).ok_or_else(|| missing(path))?;
            for (sub, column) in &rows.columns {
                match attribute.attribute.sub_attribute(sub) {
                    Some(sub) => suits(&attribute.with_sub(sub.clone()), column.kept)?,
                    // the values of a list that is not complex
                    None if sub == "value" => suits(&attribute, column.kept)?,
                    None => return Err(missing(&format!("{path}.{sub}"))),
                }
            }
        }
        Ok(())
    }

    /// Returns the row of a resource: the columns that [every row has](super::Names), and each declared
    /// [column](Columns::column), NULL if the resource has no value.
    ///
    /// Without a draft, it has only the id, the version and the time of the last change, so that the attributes stay as they
    /// are. [Rows](Columns::rows) of other tables are not part of it. `own` are the parameters of the rest of the statement;
    /// placeholders are numbered after them.
    ///
    /// # Errors
    ///
    /// [`StoreError::Failed`] if an attribute is declared that the resource type does not have (those of extensions may be
    /// missing), in a form that does not suit it, or in the column of another attribute. Only `userName` may share the column
    /// [`unique_key`](super::Names::unique_key).
    pub fn row(
        &self,
        meta: &Meta,
        draft: Option<&Draft<'_>>,
        own: Vec<Parameter>,
    ) -> Result<Row, StoreError> {
        let mut row = vec![
            (self.names.id, Parameter::from(meta.id.as_str().to_owned())),
            (self.names.version, meta.version.get().into()),
            (self.names.modified, meta.modified.as_millis().into()),
        ];
        if let Some(draft) = draft {
            row.push((self.names.created, meta.created.as_millis().into()));
            row.push((self.names.document, draft.resource.to_document().into()));
            row.push((self.names.unique_key, Parameter::Text(draft.unique_key())));
            for (path, column) in &self.columns {
                let value = match writer_of(draft.resource.resource_type(), path)? {
                    Writer::Store => continue,
                    Writer::Nobody => None,
                    Writer::Client(attribute) => {
                        suits(&attribute, column.kept)?;
                        value_of(draft.resource, &attribute)
                    }
                };
                match row.iter().any(|(name, _)| *name == column.sql) {
                    false => row.push((&column.sql, parameter(value, column.kept))),
                    // the unique key of a user is the `userName`
                    true if path == "username" && column.sql == self.names.unique_key => {}
                    true => return Err(shared(&column.sql, path)),
                }
            }
        }
        let mut translation = Translation::new(self.dialect, Vec::new());
        let own = own
            .into_iter()
            .map(|value| translation.placeholder(value))
            .collect();
        let row: Vec<(&str, String)> = row
            .into_iter()
            .map(|(name, value)| (name, translation.placeholder(value)))
            .collect();
        let join = |parts: Vec<String>| parts.join(", ");
        Ok(Row {
            id: self.names.id,
            own,
            names: join(row.iter().map(|(name, _)| (*name).to_owned()).collect()),
            values: join(row.iter().map(|(_, value)| value.clone()).collect()),
            there: match draft {
                Some(_) => None,
                None => row.first().map(|(_, id)| id.clone()),
            },
            set: join(
                row.iter()
                    .filter(|(name, _)| ![self.names.id, self.names.created].contains(name))
                    .map(|(name, value)| format!("{name} = {value}"))
                    .collect(),
            ),
            parameters: translation.into_parameters(),
        })
    }
}

/// The origin of an attribute's value.
enum Writer {
    Store,
    /// An extension that the resource type does not have.
    Nobody,
    Client(AttributeRef),
}

fn writer_of(resource_type: &ResourceType, path: &str) -> Result<Writer, StoreError> {
    let path = AttributePath::parse(path).map_err(|error| StoreError::Failed(Box::new(error)))?;
    let is_of_the_store = |attribute: &AttributeRef| {
        let mut names = OF_THE_STORE.iter();
        names.any(|name| attribute.core_name() == Some(*name))
    };
    match resource_type.resolve(&path) {
        Some(attribute) if is_of_the_store(&attribute) => Ok(Writer::Store),
        Some(attribute) => Ok(Writer::Client(attribute)),
        None if path.urn.is_some() => Ok(Writer::Nobody),
        None => {
            let detail = format!("`{path}` is not an attribute of {}", resource_type.name);
            Err(StoreError::Failed(detail.into()))
        }
    }
}

/// The error for a statement that would name a column twice.
fn shared(sql: &str, path: &str) -> StoreError {
    let detail = format!("`{path}` is declared in the column `{sql}`, which holds something else already");
    StoreError::Failed(detail.into())
}

fn suits(attribute: &AttributeRef, kept: Kept) -> Result<(), StoreError> {
    let suiting = match attribute.leaf().kind {
        AttributeType::Boolean => Kept::Boolean,
        AttributeType::Integer | AttributeType::Decimal => Kept::Number,
        AttributeType::DateTime => Kept::Timestamp,
        _ if attribute.leaf().case_exact => Kept::Exact,
        _ => Kept::Folded,
    };
    match kept == suiting && !attribute.leaf().is_complex() {
        true => Ok(()),
        false => Err(super::unsuitable(attribute, kept, suiting)),
    }
}

/// The value of an attribute; of a list, the primary value, or else the first.
fn value_of<'a>(resource: &'a Resource, attribute: &AttributeRef) -> Option<&'a Value> {
    let container = match &attribute.extension {
        Some(schema) => resource.attributes().get(&schema.id)?.as_object()?,
        None => resource.attributes(),
    };
    let value = match container.get(&attribute.attribute.name)? {
        Value::Array(list) => {
            let is_primary = |value: &&Value| value.get("primary") == Some(&Value::Bool(true));
            list.iter().find(is_primary).or(list.first())?
        }
        single => single,
    };
    match &attribute.sub {
        Some(sub) => value.get(&sub.name),
        None => Some(value),
    }
}

fn parameter(value: Option<&Value>, kept: Kept) -> Parameter {
    let text = value.and_then(Value::as_str);
    match kept {
        Kept::Folded => Parameter::Text(text.map(|text| fold(text).into_owned())),
        Kept::Exact => Parameter::Text(text.map(str::to_owned)),
        Kept::Boolean => Parameter::Boolean(value.and_then(Value::as_bool)),
        Kept::Number => match value.filter(|value| value.is_f64()) {
            Some(fraction) => Parameter::Real(fraction.as_f64()),
            None => Parameter::Integer(value.and_then(Value::as_i64)),
        },
        Kept::Timestamp => Parameter::Integer(text.and_then(Timestamp::parse).map(Timestamp::as_millis)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::store::columns::{Dialect, Rows};
    use crate::store::{ResourceId, Version};

    const FOLDED: Kept = Kept::Folded;

    fn refusal<T>(result: Result<T, StoreError>) -> Option<String> {
        result.err().map(|error| match error {
            StoreError::Failed(cause) => cause.to_string(),
            other => format!("{other:?}"),
        })
    }

    #[test]
    fn what_is_declared_twice_is_found_out() {
        let check = |columns: Columns| refusal(columns.check(&ResourceType::user()));
        let columns = || Columns::new(Dialect::Postgres);
        let twice = columns()
            .column("userName", FOLDED, "a")
            .column("USERNAME", FOLDED, "b");
        assert_eq!(check(twice), Some("`USERNAME` is declared twice".to_owned()));
        let emails = || Rows::of("emails", "TRUE");
        let twice = columns().rows("emails", emails()).rows("emails", emails());
        assert_eq!(check(twice), Some("`emails` is declared twice".to_owned()));
    }

    #[test]
    fn a_statement_names_no_column_twice() {
        let now = Timestamp::from_millis(0);
        let (id, version) = (ResourceId::from("1"), Version::FIRST);
        let meta = Meta {
            id,
            version,
            created: now,
            modified: now,
        };
        let attributes = json!({ "userName": "B", "title": "t", "nickName": "n" });
        let attributes = attributes.as_object().cloned().unwrap();
        let resource = Resource::from_checked(Arc::new(ResourceType::user()), attributes);
        let draft = Draft::new(&resource, now);
        let row = |declare: fn(Columns) -> Columns| {
            declare(Columns::new(Dialect::Postgres)).row(&meta, Some(&draft), Vec::new())
        };
        let named = row(|columns| columns.column("userName", FOLDED, "unique_key")).unwrap();
        assert_eq!(
            named.names,
            "id, version, modified, created, document, unique_key"
        );
        assert_eq!(named.parameters.last(), Some(&"b".into()));
        let refused = |column| {
            Some(format!(
                "`title` is declared in the column `{column}`, which holds something else already"
            ))
        };
        let both = row(|columns| {
            columns
                .column("nickName", FOLDED, "a")
                .column("title", FOLDED, "a")
        });
        assert_eq!(refusal(both), refused("a"));
        let version = row(|columns| columns.column("title", FOLDED, "version"));
        assert_eq!(refusal(version), refused("version"));
        let unique = row(|columns| columns.column("title", FOLDED, "unique_key"));
        assert_eq!(refusal(unique), refused("unique_key"));
    }
}
