//! Counts the attempts of addresses to guess a credential.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

/// The number of failures after which addresses that have regained their attempts are forgotten.
const TIDY_EVERY: u32 = 1_000;

/// The attempts that each address has left.
///
/// A failure takes one, which is regained after a time. A check in progress may fail, so it holds one until it ends: the number
/// of guesses is bounded even if they are sent at the same time.
pub(super) struct Attempts {
    addresses: HashMap<IpAddr, Address>,
    in_a_row: u32,
    /// The time in which one attempt is regained.
    interval: Duration,
    failures: u32,
}

/// An address that has failed, or whose credentials are being checked.
struct Address {
    /// When it has regained all attempts.
    regained: Instant,
    /// The number of checks in progress.
    checks: u32,
    check_ended: Arc<Notify>,
}

/// Whether a credential may be checked.
pub(super) enum Turn {
    /// The check has begun.
    Begun,
    /// Checks in progress hold all attempts that are left. Ask again when this resolves.
    Wait(OwnedNotified),
    /// No attempt is left; one is regained after that time.
    Refused(Duration),
}

impl Attempts {
    /// Allows `in_a_row` failures in a row, and regains `per_minute` attempts per minute.
    pub(super) fn new(in_a_row: NonZeroU32, per_minute: NonZeroU32) -> Self {
        Self {
            addresses: HashMap::new(),
            in_a_row: in_a_row.get(),
            interval: Duration::from_secs(60) / per_minute.get(),
            failures: 0,
        }
    }

    /// Begins a check if an attempt is left for it.
    pub(super) fn begin(&mut self, address: IpAddr, now: Instant) -> Turn {
        let left = match self.used(address, now) {
            Ok(used) => self.in_a_row.saturating_sub(used),
            Err(after) => return Turn::Refused(after),
        };
        let address = self.addresses.entry(address).or_insert_with(|| Address::new(now));
        if address.checks >= left {
            return Turn::Wait(Arc::clone(&address.check_ended).notified_owned());
        }
        address.checks += 1;
        Turn::Begun
    }

    /// Ends a check that has begun.
    pub(super) fn end(&mut self, address: IpAddr, now: Instant) {
        let Some(ended) = self.addresses.get_mut(&address) else {
            return;
        };
        ended.checks = ended.checks.saturating_sub(1);
        ended.check_ended.notify_waiters();
        if ended.is_over(now) {
            self.addresses.remove(&address);
        }
    }

    /// Counts a failure. Returns the number of attempts used, or, if none was left, when one is regained.
    pub(super) fn fail(&mut self, address: IpAddr, now: Instant) -> Result<u32, Duration> {
        self.failures += 1;
        if self.failures >= TIDY_EVERY {
            self.failures = 0;
            self.addresses.retain(|_, address| !address.is_over(now));
        }
        let used = self.used(address, now)?;
        let address = self.addresses.entry(address).or_insert_with(|| Address::new(now));
        address.regained = address.regained.max(now) + self.interval;
        Ok(used + 1)
    }

    /// The number of attempts that failures have used, or, if that is all, when one is regained.
    fn used(&self, address: IpAddr, now: Instant) -> Result<u32, Duration> {
        let Some(address) = self.addresses.get(&address) else {
            return Ok(0);
        };
        let owed = address.regained.saturating_duration_since(now);
        let all_but_one = self.interval.saturating_mul(self.in_a_row - 1);
        match owed.checked_sub(all_but_one) {
            Some(after) if !after.is_zero() => Err(after),
            _ => {
                let used = owed.as_nanos().div_ceil(self.interval.as_nanos());
                Ok(u32::try_from(used).unwrap_or(u32::MAX))
            }
        }
    }
}

impl Address {
    fn new(now: Instant) -> Self {
        Self {
            regained: now,
            checks: 0,
            check_ended: Arc::default(),
        }
    }

    /// Whether there is nothing to remember of it.
    fn is_over(&self, now: Instant) -> bool {
        self.checks == 0 && self.regained <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn attempts() -> Attempts {
        Attempts::new(NonZeroU32::new(3).unwrap(), NonZeroU32::new(1).unwrap())
    }

    #[test]
    fn failures_use_attempts_that_are_regained_one_by_one() {
        let (mut attempts, start) = (attempts(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(attempts.fail(ADDRESS, at(0)), Ok(1));
        assert_eq!(attempts.fail(ADDRESS, at(1)), Ok(2));
        assert_eq!(attempts.fail(ADDRESS, at(2)), Ok(3));
        assert_eq!(attempts.fail(ADDRESS, at(3)), Err(Duration::from_secs(57)));
        assert_eq!(attempts.fail(ADDRESS, at(60)), Ok(3));
        assert_eq!(attempts.fail(ADDRESS, at(61)), Err(Duration::from_secs(59)));
        assert_eq!(attempts.fail(ADDRESS, at(1_000)), Ok(1));
    }

    #[test]
    fn checks_hold_attempts_until_they_end() {
        let (mut attempts, now) = (attempts(), Instant::now());
        assert_eq!(attempts.fail(ADDRESS, now), Ok(1));
        assert!(matches!(attempts.begin(ADDRESS, now), Turn::Begun));
        assert!(matches!(attempts.begin(ADDRESS, now), Turn::Begun));
        assert!(matches!(attempts.begin(ADDRESS, now), Turn::Wait(_)));
        attempts.end(ADDRESS, now);
        assert!(matches!(attempts.begin(ADDRESS, now), Turn::Begun));
        assert_eq!(attempts.fail(ADDRESS, now), Ok(2));
        attempts.end(ADDRESS, now);
        assert!(matches!(attempts.begin(ADDRESS, now), Turn::Wait(_)));
        assert_eq!(attempts.fail(ADDRESS, now), Ok(3));
        assert!(matches!(attempts.begin(ADDRESS, now), Turn::Refused(_)));
    }

    #[test]
    fn who_has_not_failed_is_forgotten() {
        let (mut attempts, now) = (attempts(), Instant::now());
        attempts.begin(ADDRESS, now);
        attempts.end(ADDRESS, now);
        assert!(attempts.addresses.is_empty());
    }
}
