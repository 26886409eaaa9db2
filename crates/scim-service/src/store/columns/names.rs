//! The columns that every row of a resource has.

/// What the columns are called that every row of a resource has.
///
/// ```
/// use scim_service::store::columns::Names;
///
/// let names = Names::DEFAULT.with_id("scim_id").with_version("scim_version");
/// assert_eq!((names.id, names.document), ("scim_id", "document"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
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

impl Names {
    /// The defaults, as a constant: each column is called as its field.
    pub const DEFAULT: Self = Self {
        id: "id",
        version: "version",
        created: "created",
        modified: "modified",
        document: "document",
        unique_key: "unique_key",
    };

    /// The same with another name of the column [`id`](Self::id).
    #[must_use]
    pub const fn with_id(mut self, name: &'static str) -> Self {
        self.id = name;
        self
    }

    /// The same with another name of the column [`version`](Self::version).
    #[must_use]
    pub const fn with_version(mut self, name: &'static str) -> Self {
        self.version = name;
        self
    }

    /// The same with another name of the column [`created`](Self::created).
    #[must_use]
    pub const fn with_created(mut self, name: &'static str) -> Self {
        self.created = name;
        self
    }

    /// The same with another name of the column [`modified`](Self::modified).
    #[must_use]
    pub const fn with_modified(mut self, name: &'static str) -> Self {
        self.modified = name;
        self
    }

    /// The same with another name of the column [`document`](Self::document).
    #[must_use]
    pub const fn with_document(mut self, name: &'static str) -> Self {
        self.document = name;
        self
    }

    /// The same with another name of the column [`unique_key`](Self::unique_key).
    #[must_use]
    pub const fn with_unique_key(mut self, name: &'static str) -> Self {
        self.unique_key = name;
        self
    }
}

impl Default for Names {
    /// [`Names::DEFAULT`].
    fn default() -> Self {
        Self::DEFAULT
    }
}
