//! The values of placeholders.

/// The value of a placeholder; `None` is NULL, of that type.
#[derive(Debug, Clone, PartialEq)]
pub enum Parameter {
    /// Text.
    Text(Option<String>),
    /// A whole number.
    Integer(Option<i64>),
    /// Any other number.
    Real(Option<f64>),
    /// `true` or `false`.
    Boolean(Option<bool>),
}

impl Parameter {
    /// Any number of texts as one parameter, however many a database allows: a JSON list, which is the rows of
    /// `json_each(?1)` on SQLite, and of `jsonb_array_elements_text($1::jsonb)` on PostgreSQL.
    pub fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        serde_json::Value::from_iter(texts).to_string().into()
    }

    /// The same as a driver of the database has it, if that has a type for any value: `rusqlite::types::Value`,
    /// `sea_orm::Value`.
    pub fn to<V>(&self) -> V
    where
        V: From<Option<String>> + From<Option<i64>> + From<Option<f64>> + From<Option<bool>>,
    {
        match self {
            Self::Text(text) => V::from(text.clone()),
            Self::Integer(number) => V::from(*number),
            Self::Real(number) => V::from(*number),
            Self::Boolean(is) => V::from(*is),
        }
    }

    /// What PostgreSQL calls its type.
    pub(super) fn sql_type(&self) -> &'static str {
        match self {
            Self::Text(_) => "TEXT",
            Self::Integer(_) => "BIGINT",
            Self::Real(_) => "DOUBLE PRECISION",
            Self::Boolean(_) => "BOOLEAN",
        }
    }
}

impl From<&str> for Parameter {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Parameter {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<&str>> for Parameter {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<Option<String>> for Parameter {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Parameter {
    fn from(number: i64) -> Self {
        Self::Integer(Some(number))
    }
}

impl From<f64> for Parameter {
    fn from(number: f64) -> Self {
        Self::Real(Some(number))
    }
}

impl From<bool> for Parameter {
    fn from(is: bool) -> Self {
        Self::Boolean(Some(is))
    }
}
