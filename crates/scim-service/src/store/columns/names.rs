//! The names of the columns that every row of a resource has.

/// The names of the columns that every row of a resource has.
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
    /// The column of the `id`, text. Ids sort in the order of creation, which is the default order of lists, and are never
    /// reused. Needs a unique index of its own.
    pub id: &'static str,
    /// The column of the version, an integer.
    pub version: &'static str,
    /// The column of the time of creation, in [milliseconds](scim_core::time::Timestamp::as_millis) since 1970.
    pub created: &'static str,
    /// The column of the time of the last change, in milliseconds since 1970.
    pub modified: &'static str,
    /// The column of the document, text. NULL marks a row that is not a SCIM resource.
    pub document: &'static str,
    /// The column of the [`unique_key`](crate::store::Draft::unique_key), text or NULL. Needs a unique index together with the
    /// connection.
    pub unique_key: &'static str,
}

impl Names {
    /// The default names: those of the fields.
    pub const DEFAULT: Self = Self {
        id: "id",
        version: "version",
        created: "created",
        modified: "modified",
        document: "document",
        unique_key: "unique_key",
    };

    /// Sets the name of the column [`id`](Self::id).
    #[must_use]
    pub const fn with_id(mut self, name: &'static str) -> Self {
        self.id = name;
        self
    }

    /// Sets the name of the column [`version`](Self::version).
    #[must_use]
    pub const fn with_version(mut self, name: &'static str) -> Self {
        self.version = name;
        self
    }

    /// Sets the name of the column [`created`](Self::created).
    #[must_use]
    pub const fn with_created(mut self, name: &'static str) -> Self {
        self.created = name;
        self
    }

    /// Sets the name of the column [`modified`](Self::modified).
    #[must_use]
    pub const fn with_modified(mut self, name: &'static str) -> Self {
        self.modified = name;
        self
    }

    /// Sets the name of the column [`document`](Self::document).
    #[must_use]
    pub const fn with_document(mut self, name: &'static str) -> Self {
        self.document = name;
        self
    }

    /// Sets the name of the column [`unique_key`](Self::unique_key).
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
