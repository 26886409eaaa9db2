//! How much one request may ask for.

use std::time::Duration;

use scim_core::bulk::BulkLimits;
use scim_core::filter::FilterLimits;
use scim_core::patch::PatchLimits;

/// Bytes of a value of `userName`, `externalId`, `displayName` and `emails.value`, as it is sent and as it is
/// [folded](scim_core::text::fold) (400 `invalidValue`). Stores look resources up by these, and PostgreSQL has no index
/// entries of more than 2,704 bytes; the limit is the same for every store.
pub const LOOKUP_BYTES: usize = 2_048;

/// How much one request may ask for. Each limit has its own clear error, none is silent.
///
/// JSON deeper than 127 levels is refused besides (400 `invalidSyntax`); that limit is fixed.
///
/// ```
/// use scim_service::limits::Limits;
///
/// let limits = Limits::default().with_page_size(200).with_body_bytes(256 << 10);
/// assert_eq!(limits.patch_operations, 1_000);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a body (413); for groups and bulks see [`body_bytes_at`](Self::body_bytes_at). 1 MiB by default.
    pub body_bytes: usize,
    /// Bytes of a filter or path (400 `invalidFilter` or `invalidPath`). 4 KiB by default.
    pub filter_bytes: usize,
    /// Depth of a filter (400 `invalidFilter`). 32 by default, 64 at most.
    pub filter_depth: usize,
    /// Comparisons in a filter (400 `invalidFilter`). 256 by default.
    pub filter_terms: usize,
    /// Operations of a PATCH (413). 1,000 by default.
    pub patch_operations: usize,
    /// Members that a PATCH may add or remove (413). 50,000 by default.
    pub patch_members: usize,
    /// Operations of a bulk request (413). 1,000 by default.
    pub bulk_operations: usize,
    /// Bytes of a bulk request (413). 4 MiB by default.
    pub bulk_bytes: usize,
    /// Resources on a page; a larger `count` is capped (RFC 7644 section 3.4.2.4). 1,000 by default.
    pub page_size: u32,
    /// How long a cursor is valid (400 `expiredCursor`, RFC 9865). One hour by default.
    pub cursor_lifetime: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            filter_bytes: 4 << 10,
            filter_depth: 32,
            filter_terms: 256,
            patch_operations: 1_000,
            patch_members: 50_000,
            bulk_operations: 1_000,
            bulk_bytes: 4 << 20,
            page_size: 1_000,
            cursor_lifetime: Duration::from_secs(3_600),
        }
    }
}

impl Limits {
    /// The same limits with another [`body_bytes`](Self::body_bytes).
    #[must_use]
    pub const fn with_body_bytes(mut self, body_bytes: usize) -> Self {
        self.body_bytes = body_bytes;
        self
    }

    /// The same limits with another [`filter_bytes`](Self::filter_bytes).
    #[must_use]
    pub const fn with_filter_bytes(mut self, filter_bytes: usize) -> Self {
        self.filter_bytes = filter_bytes;
        self
    }

    /// The same limits with another [`filter_depth`](Self::filter_depth).
    #[must_use]
    pub const fn with_filter_depth(mut self, filter_depth: usize) -> Self {
        self.filter_depth = filter_depth;
        self
    }

    /// The same limits with another [`filter_terms`](Self::filter_terms).
    #[must_use]
    pub const fn with_filter_terms(mut self, filter_terms: usize) -> Self {
        self.filter_terms = filter_terms;
        self
    }

    /// The same limits with another [`patch_operations`](Self::patch_operations).
    #[must_use]
    pub const fn with_patch_operations(mut self, patch_operations: usize) -> Self {
        self.patch_operations = patch_operations;
        self
    }

    /// The same limits with another [`patch_members`](Self::patch_members).
    #[must_use]
    pub const fn with_patch_members(mut self, patch_members: usize) -> Self {
        self.patch_members = patch_members;
        self
    }

    /// The same limits with another [`bulk_operations`](Self::bulk_operations).
    #[must_use]
    pub const fn with_bulk_operations(mut self, bulk_operations: usize) -> Self {
        self.bulk_operations = bulk_operations;
        self
    }

    /// The same limits with another [`bulk_bytes`](Self::bulk_bytes).
    #[must_use]
    pub const fn with_bulk_bytes(mut self, bulk_bytes: usize) -> Self {
        self.bulk_bytes = bulk_bytes;
        self
    }

    /// The same limits with another [`page_size`](Self::page_size).
    #[must_use]
    pub const fn with_page_size(mut self, page_size: u32) -> Self {
        self.page_size = page_size;
        self
    }

    /// The same limits with another [`cursor_lifetime`](Self::cursor_lifetime).
    #[must_use]
    pub const fn with_cursor_lifetime(mut self, cursor_lifetime: Duration) -> Self {
        self.cursor_lifetime = cursor_lifetime;
        self
    }

    /// Bytes of a body that is sent to a path below the connection (413). A group may name as many members as a PATCH may
    /// add, at 160 bytes each, whatever the limit of other bodies; a bulk has a limit of its own.
    pub fn body_bytes_at(&self, path: &str) -> usize {
        match path {
            "/Bulk" | "/Bulk/" => self.bulk_bytes,
            _ if path.starts_with("/Groups") => self.body_bytes.max(self.patch_members.saturating_mul(160)),
            _ => self.body_bytes,
        }
    }

    /// Those of filters and paths.
    pub fn filter(&self) -> FilterLimits {
        FilterLimits::DEFAULT
            .with_max_bytes(self.filter_bytes)
            .with_max_depth(self.filter_depth)
            .with_max_terms(self.filter_terms)
    }

    /// Those of bulk requests.
    pub fn bulk(&self) -> BulkLimits {
        BulkLimits::DEFAULT.with_operations(self.bulk_operations)
    }

    /// Those of PATCH.
    pub fn patch(&self) -> PatchLimits {
        PatchLimits::DEFAULT
            .with_operations(self.patch_operations)
            .with_path(self.filter())
    }
}
