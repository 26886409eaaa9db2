//! Limits of requests: [`Limits`].

use std::time::Duration;

use scim_core::bulk::BulkLimits;
use scim_core::filter::FilterLimits;
use scim_core::patch::PatchLimits;

/// The maximum length, in bytes, of values by which stores look up resources (400 `invalidValue`).
///
/// It applies to `userName`, `externalId`, `displayName`, `emails.value` and unique attributes, both as sent and as
/// [folded](scim_core::text::fold). An index entry of PostgreSQL has at most 2,704 bytes; the limit is the same for every store.
pub const LOOKUP_BYTES: usize = 2_048;

/// The limits of a request. A request that exceeds one gets an error that names the limit.
///
/// Two limits are fixed: JSON of more than 127 levels is rejected (400 `invalidSyntax`), and so are more than 1,000 e-mail
/// addresses of a user (400 `invalidValue`).
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
    /// Maximum bytes of a body (413); see [`body_bytes_at`](Self::body_bytes_at) for groups and bulk requests. Defaults to 1 MiB.
    pub body_bytes: usize,
    /// Maximum bytes of a filter or path (400 `invalidFilter` or `invalidPath`). Defaults to 4 KiB.
    pub filter_bytes: usize,
    /// Maximum depth of a filter (400 `invalidFilter`). Defaults to 32; values above 64 count as 64.
    pub filter_depth: usize,
    /// Maximum comparisons in a filter (400 `invalidFilter`). Defaults to 256.
    pub filter_terms: usize,
    /// Maximum operations of a PATCH (413). Defaults to 1,000.
    pub patch_operations: usize,
    /// Maximum members that a PATCH may add or remove (413). Defaults to 50,000.
    pub patch_members: usize,
    /// Maximum operations of a bulk request (413). Defaults to 1,000.
    pub bulk_operations: usize,
    /// Maximum bytes of a bulk request (413). Defaults to 4 MiB.
    pub bulk_bytes: usize,
    /// Maximum and default resources on a page; a larger `count` is capped (RFC 7644 section 3.4.2.4). Defaults to 1,000.
    pub page_size: u32,
    /// Lifetime of a cursor (400 `expiredCursor`, RFC 9865). Defaults to one hour.
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
    /// Sets [`body_bytes`](Self::body_bytes).
    #[must_use]
    pub const fn with_body_bytes(mut self, body_bytes: usize) -> Self {
        self.body_bytes = body_bytes;
        self
    }

    /// Sets [`filter_bytes`](Self::filter_bytes).
    #[must_use]
    pub const fn with_filter_bytes(mut self, filter_bytes: usize) -> Self {
        self.filter_bytes = filter_bytes;
        self
    }

    /// Sets [`filter_depth`](Self::filter_depth).
    #[must_use]
    pub const fn with_filter_depth(mut self, filter_depth: usize) -> Self {
        self.filter_depth = filter_depth;
        self
    }

    /// Sets [`filter_terms`](Self::filter_terms).
    #[must_use]
    pub const fn with_filter_terms(mut self, filter_terms: usize) -> Self {
        self.filter_terms = filter_terms;
        self
    }

    /// Sets [`patch_operations`](Self::patch_operations).
    #[must_use]
    pub const fn with_patch_operations(mut self, patch_operations: usize) -> Self {
        self.patch_operations = patch_operations;
        self
    }

    /// Sets [`patch_members`](Self::patch_members).
    #[must_use]
    pub const fn with_patch_members(mut self, patch_members: usize) -> Self {
        self.patch_members = patch_members;
        self
    }

    /// Sets [`bulk_operations`](Self::bulk_operations).
    #[must_use]
    pub const fn with_bulk_operations(mut self, bulk_operations: usize) -> Self {
        self.bulk_operations = bulk_operations;
        self
    }

    /// Sets [`bulk_bytes`](Self::bulk_bytes).
    #[must_use]
    pub const fn with_bulk_bytes(mut self, bulk_bytes: usize) -> Self {
        self.bulk_bytes = bulk_bytes;
        self
    }

    /// Sets [`page_size`](Self::page_size).
    #[must_use]
    pub const fn with_page_size(mut self, page_size: u32) -> Self {
        self.page_size = page_size;
        self
    }

    /// Sets [`cursor_lifetime`](Self::cursor_lifetime).
    #[must_use]
    pub const fn with_cursor_lifetime(mut self, cursor_lifetime: Duration) -> Self {
        self.cursor_lifetime = cursor_lifetime;
        self
    }

    /// The maximum bytes of a body that is sent to `path`, which is relative to the connection (413).
    ///
    /// It is [`bulk_bytes`](Self::bulk_bytes) for `/Bulk`. For groups, it is at least 160 bytes for each of the
    /// [`patch_members`](Self::patch_members), so that a group can be sent with all its members.
    ///
    /// ```
    /// use scim_service::limits::Limits;
    ///
    /// let limits = Limits::default();
    /// assert_eq!(limits.body_bytes_at("/Users"), 1 << 20);
    /// assert_eq!(limits.body_bytes_at("/Groups"), 8_000_000);
    /// assert_eq!(limits.body_bytes_at("/Bulk"), 4 << 20);
    /// ```
    #[must_use]
    pub fn body_bytes_at(&self, path: &str) -> usize {
        match path {
            "/Bulk" | "/Bulk/" => self.bulk_bytes,
            _ if path.starts_with("/Groups") => self.body_bytes.max(self.patch_members.saturating_mul(160)),
            _ => self.body_bytes,
        }
    }

    /// The limits of filters and paths.
    #[must_use]
    pub fn filter(&self) -> FilterLimits {
        FilterLimits::DEFAULT
            .with_max_bytes(self.filter_bytes)
            .with_max_depth(self.filter_depth)
            .with_max_terms(self.filter_terms)
    }

    /// The limits of bulk requests.
    #[must_use]
    pub fn bulk(&self) -> BulkLimits {
        BulkLimits::DEFAULT.with_operations(self.bulk_operations)
    }

    /// The limits of PATCH.
    #[must_use]
    pub fn patch(&self) -> PatchLimits {
        PatchLimits::DEFAULT
            .with_operations(self.patch_operations)
            .with_path(self.filter())
    }
}
