//! Moments at which time runs out.

use std::time::{Duration, Instant};

/// The longest time that is counted: a clock cannot count further than some hundred years.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The moment after `duration`, counted from now. Any duration may be passed, even [`Duration::MAX`].
pub(super) fn after(duration: Duration) -> Instant {
    Instant::now() + Ord::min(duration, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_moment_after_any_duration() {
        assert!(after(Duration::MAX) > after(Duration::from_secs(60)));
    }
}
