//! Slows down clients that guess.
//!
//! Each client address may fail a number of times in a row, and regains attempts at a steady rate. The more attempts it
//! has used, the longer it waits for its 401. When none is left, it gets 429 and its credential is **not checked**, so
//! guessing faster finds nothing.
//!
//! An address from which a valid credential was used within the last hour is known. From a known address, credentials are
//! always checked, and only failures are counted and answered with 429. Identity providers share addresses: all customers of
//! Okta or Entra use the same ones, and an office uses its NAT. If a whole address could be locked out, anybody behind it
//! could stop the provisioning of all others with wrong passwords. The price is that the rate of guesses from known addresses
//! is not bounded, which 256-bit secrets tolerate; weak codes cause a warning at start.
//!
//! IPv6 clients own at least a /64, which counts as one address. Memory is bounded: addresses are forgotten when they
//! have regained all attempts, and at most 10,000 known addresses are kept.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

/// The time for which an address is known after a valid credential was used from it.
const KNOWN_FOR: Duration = Duration::from_secs(3_600);
/// The maximum number of known addresses.
const MAX_KNOWN: usize = 10_000;
/// The number of failures after which addresses that have regained their attempts are forgotten.
const TIDY_EVERY: usize = 1_000;
/// The number of failures that are answered at once.
const FREE_FAILURES: u32 = 3;
/// The longest wait for a 401.
const MAX_WAIT: Duration = Duration::from_millis(500);

type Limiter = RateLimiter<IpAddr, DefaultKeyedStateStore<IpAddr>, DefaultClock, StateInformationMiddleware>;

/// Counts failures by client address.
pub(crate) struct Guard {
    limiter: Limiter,
    burst: u32,
    failures: AtomicUsize,
    known: RwLock<HashMap<IpAddr, AtomicU64>>,
    started: Instant,
}

/// The answer to a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// 401 after a delay.
    Unauthorized(Duration),
    /// 429 with `Retry-After`.
    TooMany(Duration),
}

/// How a credential is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// From a known address: a failure is counted afterwards.
    Known,
    /// Counted as a failure beforehand. A failure is answered after the delay.
    Counted(Duration),
}

impl Guard {
    /// Allows `burst` failures in a row, and regains `per_minute` attempts per minute.
    pub(crate) fn new(burst: NonZeroU32, per_minute: NonZeroU32) -> Self {
        let quota = Quota::per_minute(per_minute).allow_burst(burst);
        Self {
            limiter: RateLimiter::keyed(quota).with_middleware(),
            burst: burst.get(),
            failures: AtomicUsize::new(0),
            known: RwLock::default(),
            started: Instant::now(),
        }
    }

    /// Decides whether the credential of an address is checked; if not, returns when to retry.
    pub(crate) fn admit(&self, address: IpAddr) -> Result<Admission, Duration> {
        if self.knows(address) {
            return Ok(Admission::Known);
        }
        self.count(address).map(Admission::Counted)
    }

    /// Records that a valid credential came from an address.
    pub(crate) fn succeeded(&self, address: IpAddr) {
        let address = network(address);
        let now = self.seconds();
        if let Some(seen) = self.read_known().get(&address) {
            seen.store(now, Ordering::Relaxed);
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_KNOWN {
            known.retain(|_, seen| now.saturating_sub(seen.load(Ordering::Relaxed)) < KNOWN_FOR.as_secs());
        }
        if known.len() < MAX_KNOWN {
            known.insert(address, AtomicU64::new(now));
        }
    }

    /// Returns the answer to a failure of an admitted attempt.
    pub(crate) fn failed(&self, address: IpAddr, admission: Admission) -> Refused {
        let counted = match admission {
            Admission::Counted(wait) => Ok(wait),
            Admission::Known => self.count(address),
        };
        counted.map_or_else(Refused::TooMany, Refused::Unauthorized)
    }

    fn count(&self, address: IpAddr) -> Result<Duration, Duration> {
        if self.failures.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        match self.limiter.check_key(&network(address)) {
            Ok(state) => Ok(wait(self.burst.saturating_sub(state.remaining_burst_capacity()))),
            Err(negative) => Err(negative.wait_time_from(DefaultClock::default().now())),
        }
    }

    fn knows(&self, address: IpAddr) -> bool {
        let known = self.read_known();
        let seen = known
            .get(&network(address))
            .map(|seen| seen.load(Ordering::Relaxed));
        seen.is_some_and(|seen| self.seconds().saturating_sub(seen) < KNOWN_FOR.as_secs())
    }

    fn read_known(&self) -> std::sync::RwLockReadGuard<'_, HashMap<IpAddr, AtomicU64>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }
}

/// The delay of the 401 after that many failures: none for the first ones, then doubling from 50 ms.
fn wait(failures: u32) -> Duration {
    match failures.checked_sub(FREE_FAILURES + 1) {
        None => Duration::ZERO,
        Some(step) => Duration::from_millis(50)
            .saturating_mul(1 << step.min(10))
            .min(MAX_WAIT),
    }
}

/// The network that stands for an address: the address itself for IPv4, its /64 for IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let prefix = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(prefix))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Guard {
        Guard::new(NonZeroU32::new(5).unwrap(), NonZeroU32::new(1).unwrap())
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn failures_are_slowed_and_then_refused() {
        let guard = guard();
        let client = address("192.0.2.1");
        let mut waits = Vec::new();
        for _ in 0..5 {
            let admission = guard.admit(client).unwrap();
            match guard.failed(client, admission) {
                Refused::Unauthorized(wait) => waits.push(wait.as_millis()),
                Refused::TooMany(_) => panic!("too early"),
            }
        }
        assert_eq!(waits, [0, 0, 0, 50, 100]);
        assert!(guard.admit(client).is_err());
        assert!(guard.admit(address("192.0.2.2")).is_ok());
    }

    #[test]
    fn a_known_address_is_always_looked_at_and_its_failures_are_counted() {
        let guard = guard();
        let client = address("192.0.2.1");
        guard.succeeded(client);
        for _ in 0..5 {
            assert!(matches!(
                guard.failed(client, Admission::Known),
                Refused::Unauthorized(_)
            ));
        }
        assert!(matches!(
            guard.failed(client, Admission::Known),
            Refused::TooMany(_)
        ));
        assert_eq!(guard.admit(client), Ok(Admission::Known));
    }

    #[test]
    fn an_ipv6_network_is_one_client_and_a_mapped_address_is_ipv4() {
        assert_eq!(
            network(address("2001:db8::1")),
            network(address("2001:db8::ffff:1"))
        );
        assert_ne!(
            network(address("2001:db8::1")),
            network(address("2001:db8:0:1::1"))
        );
        assert_eq!(network(address("::ffff:192.0.2.1")), address("192.0.2.1"));
    }
}
