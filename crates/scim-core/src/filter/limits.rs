//! The limits of filters and paths.

/// The limits of a filter or a path: size, depth and number of comparisons.
///
/// RFC 7644 section 3.4.2.2 sets no limit, and section 3.12 lets a server reject a filter with `invalidFilter`. The limits
/// are checked before anything is nested or allocated, so a hostile text costs no more than reading it once.
///
/// ```
/// use scim_core::filter::{Filter, FilterLimits};
///
/// let limits = FilterLimits::default().with_max_terms(1);
/// assert!(Filter::parse("title pr", &limits).is_ok());
/// assert!(Filter::parse("title pr or userName pr", &limits).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FilterLimits {
    /// The maximum length of the text, in bytes. 4 KiB by default.
    pub max_bytes: usize,
    /// The maximum nesting of groups, negations and value paths, and the maximum number of steps of a path. Values above
    /// [`DEEPEST`](Self::DEEPEST) have its effect. 32 by default.
    pub max_depth: usize,
    /// The maximum number of comparisons and presence tests. 256 by default.
    pub max_terms: usize,
}

impl FilterLimits {
    /// The depth that no parsed filter exceeds: 64. Each level uses stack of the thread, and a stack overflow aborts the process:
    /// with 2 MiB of stack, at a depth of 150 in a debug build and of 1,200 in a release build.
    pub const DEEPEST: usize = 64;

    /// The default limits.
    pub const DEFAULT: Self = Self {
        max_bytes: 4096,
        max_depth: 32,
        max_terms: 256,
    };

    /// Sets [`max_bytes`](Self::max_bytes).
    #[must_use]
    pub const fn with_max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// Sets [`max_depth`](Self::max_depth).
    #[must_use]
    pub const fn with_max_depth(mut self, max_depth: usize) -> Self {
        self.max_depth = max_depth;
        self
    }

    /// Sets [`max_terms`](Self::max_terms).
    #[must_use]
    pub const fn with_max_terms(mut self, max_terms: usize) -> Self {
        self.max_terms = max_terms;
        self
    }

    /// The depth in force.
    pub(crate) fn depth(&self) -> usize {
        self.max_depth.min(Self::DEEPEST)
    }
}

impl Default for FilterLimits {
    /// Returns [`FilterLimits::DEFAULT`]: 4 KiB, 32 levels, 256 terms.
    fn default() -> Self {
        Self::DEFAULT
    }
}
