//! How large a filter may be.

/// What a filter or a path may cost at most.
///
/// RFC 7644 section 3.4.2.2 sets no bound, and section 3.12 lets a server refuse with `invalidFilter`. The
/// bounds hold before anything is nested or allocated, so a hostile text costs no more than reading it once.
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
    /// The length of the text, in bytes. 4 KiB by default.
    pub max_bytes: usize,
    /// How deep groups, negations and value paths may be nested, and how many steps a path may have: at most
    /// [`DEEPEST`](Self::DEEPEST), whatever stands here. 32 by default.
    pub max_depth: usize,
    /// How many comparisons and presence tests there may be. 256 by default.
    pub max_terms: usize,
}

impl FilterLimits {
    /// The depth that no filter exceeds. Each level takes stack of the thread, and overflowing it ends the process: on a
    /// thread with 2 MiB a debug build has done so at a depth of 150, a release build at 1,200.
    pub const DEEPEST: usize = 64;

    /// The defaults, as a constant.
    pub const DEFAULT: Self = Self {
        max_bytes: 4096,
        max_depth: 32,
        max_terms: 256,
    };

    /// The same limits with another [`max_bytes`](Self::max_bytes).
    #[must_use]
    pub const fn with_max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// The same limits with another [`max_depth`](Self::max_depth).
    #[must_use]
    pub const fn with_max_depth(mut self, max_depth: usize) -> Self {
        self.max_depth = max_depth;
        self
    }

    /// The same limits with another [`max_terms`](Self::max_terms).
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
    /// [`FilterLimits::DEFAULT`]: 4 KiB, 32 levels, 256 terms.
    fn default() -> Self {
        Self::DEFAULT
    }
}
