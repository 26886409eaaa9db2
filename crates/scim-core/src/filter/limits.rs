//! How large a filter may be.

/// What a filter or a path may cost at most.
///
/// RFC 7644 section 3.4.2.2 sets no bound, and section 3.12 lets a server refuse with `invalidFilter`. The
/// bounds hold before anything is nested or allocated, so a hostile text costs no more than reading it once.
///
/// ```
/// use scim_core::filter::{Filter, FilterLimits};
///
/// let limits = FilterLimits { max_terms: 1, ..FilterLimits::default() };
/// assert!(Filter::parse("title pr", &limits).is_ok());
/// assert!(Filter::parse("title pr or userName pr", &limits).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilterLimits {
    /// The length of the text, in bytes.
    pub max_bytes: usize,
    /// How deep groups, negations and value paths may be nested, and how many steps a path may have: at most
    /// [`DEEPEST`](Self::DEEPEST), whatever stands here.
    pub max_depth: usize,
    /// How many comparisons and presence tests there may be.
    pub max_terms: usize,
}

impl FilterLimits {
    /// The depth that no filter exceeds. Each level takes stack of the thread, and overflowing it ends the process: on a
    /// thread with 2 MiB a debug build has done so at a depth of 150, a release build at 1,200.
    pub const DEEPEST: usize = 64;

    /// The depth in force.
    pub(crate) fn depth(&self) -> usize {
        self.max_depth.min(Self::DEEPEST)
    }
}

impl Default for FilterLimits {
    /// 4 KiB, 32 levels, 256 terms.
    fn default() -> Self {
        Self {
            max_bytes: 4096,
            max_depth: 32,
            max_terms: 256,
        }
    }
}
