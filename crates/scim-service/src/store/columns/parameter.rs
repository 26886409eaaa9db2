//! The values of placeholders.

/// The value of a placeholder. `None` is NULL of this type.
///
/// It is exhaustive on purpose: a store must bind every variant.
#[derive(Debug, Clone, PartialEq)]
pub enum Parameter {
    /// Text.
    Text(Option<String>),
    /// An integer.
    Integer(Option<i64>),
    /// Any other number.
    Real(Option<f64>),
    /// `true` or `false`.
    Boolean(Option<bool>),
}

impl Parameter {
    /// Returns any number of texts as one parameter, as databases limit the number of parameters. It is a JSON array, whose
    /// elements are the rows of `json_each(?1)` on SQLite, and of `jsonb_array_elements_text($1::jsonb)` on PostgreSQL.
    ///
    /// ```
    /// use scim_service::store::columns::Parameter;
    ///
    /// assert_eq!(Parameter::list(["a", "b"]), Parameter::from(r#"["a","b"]"#));
    /// ```
    #[must_use]
    pub fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        serde_json::Value::from_iter(texts).to_string().into()
    }

    /// Converts the parameter to the value type of a database driver that has a type for any value, such as
    /// `rusqlite::types::Value` or `sea_orm::Value`.
    #[must_use]
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

    /// The name of its type in PostgreSQL.
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
