//! The columns that every row of a resource has.

/// What the columns are called that every row of a resource has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names {
    /// The `id`, text; in the order of creation, in which lists are.
    pub id: &'static str,
    /// The version, a whole number.
    pub version: &'static str,
    /// When it was created, in [milliseconds](scim_core::time::Timestamp::as_millis).
    pub created: &'static str,
    /// When it was changed last, likewise.
    pub modified: &'static str,
    /// All that it holds, as text.
    pub document: &'static str,
    /// Its [`unique_key`](crate::store::Draft::unique_key), text; there is a unique index on it, together with the connection.
    pub unique_key: &'static str,
}

impl Default for Names {
    /// Those of the fields.
    fn default() -> Self {
        Self {
            id: "id",
            version: "version",
            created: "created",
            modified: "modified",
            document: "document",
            unique_key: "unique_key",
        }
    }
}
