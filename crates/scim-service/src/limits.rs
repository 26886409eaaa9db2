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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a body (413); for groups and bulks see [`body_bytes_at`](Self::body_bytes_at).
    pub body_bytes: usize,
    /// Bytes of a filter or path (400 `invalidFilter` or `invalidPath`).
    pub filter_bytes: usize,
    /// Depth of a filter (400 `invalidFilter`).
    pub filter_depth: usize,
    /// Comparisons in a filter (400 `invalidFilter`).
    pub filter_terms: usize,
    /// Operations of a PATCH (413).
    pub patch_operations: usize,
    /// Members that a PATCH may add or remove (413).
    pub patch_members: usize,
    /// Operations of a bulk request (413).
    pub bulk_operations: usize,
    /// Bytes of a bulk request (413).
    pub bulk_bytes: usize,
    /// Resources on a page; a larger `count` is capped (RFC 7644 section 3.4.2.4).
    pub page_size: u32,
    /// How long a cursor is good for (400 `expiredCursor`, RFC 9865).
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
        FilterLimits {
            max_bytes: self.filter_bytes,
            max_depth: self.filter_depth,
            max_terms: self.filter_terms,
        }
    }

    /// Those of bulk requests.
    pub fn bulk(&self) -> BulkLimits {
        BulkLimits {
            operations: self.bulk_operations,
        }
    }

    /// Those of PATCH.
    pub fn patch(&self) -> PatchLimits {
        PatchLimits {
            operations: self.patch_operations,
            path: self.filter(),
        }
    }
}
