//! Slows down clients that guess.
//!
//! Each client address may fail a number of times in a row, and regains attempts at a steady rate. The more attempts it
//! has used, the longer it waits for its 401. When none is left, it gets 429 and its credential is **not checked**, so
//! guessing faster finds nothing. Guesses that are sent at the same time find nothing either: no more credentials are checked
//! at once than attempts are left, and further requests wait. Only wrong credentials count.
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
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use super::attempts::{Attempts, Turn};

/// The time for which an address is known after a valid credential was used from it.
const KNOWN_FOR: Duration = Duration::from_secs(3_600);
/// The maximum number of known addresses.
const MAX_KNOWN: usize = 10_000;
/// The number of failures that are answered at once.
const FREE_FAILURES: u32 = 3;
/// The longest wait for the checks of other requests from the address.
const PATIENCE: Duration = Duration::from_secs(10);
/// The time after which one that has waited so long may try again.
const PAUSE: Duration = Duration::from_secs(5);
/// The longest wait for a 401.
const MAX_WAIT: Duration = Duration::from_millis(500);

/// Counts failures by client address.
pub(crate) struct Guard {
    attempts: Mutex<Attempts>,
    known: RwLock<HashMap<IpAddr, AtomicU64>>,
    started: Instant,
    patience: Duration,
}

/// The answer to a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// 401 after a delay.
    Unauthorized(Duration),
    /// 429 with `Retry-After`.
    TooMany(Duration),
}

/// The permission to check a credential. If it is dropped before the result is known, because the client has reset the
/// connection, it counts as a failure: a guess would be free otherwise.
pub(crate) struct Admission<'a> {
    guard: &'a Guard,
    address: IpAddr,
    is_decided: bool,
    /// Whether it holds an attempt of the address; not if the address is known.
    holds: bool,
}

impl Guard {
    /// Allows `in_a_row` failures in a row, and regains `per_minute` attempts per minute.
    pub(crate) fn new(in_a_row: NonZeroU32, per_minute: NonZeroU32) -> Self {
        Self {
            attempts: Mutex::new(Attempts::new(in_a_row, per_minute)),
            known: RwLock::default(),
            started: Instant::now(),
            patience: PATIENCE,
        }
    }

    /// Waits until the credential of an address may be checked. If it may not, returns when to retry.
    pub(crate) async fn admit(&self, address: IpAddr) -> Result<Admission<'_>, Duration> {
        let address = network(address);
        let admission = |holds| Admission {
            guard: self,
            address,
            is_decided: false,
            holds,
        };
        let until = tokio::time::Instant::now() + self.patience;
        loop {
            if self.knows(address) {
                return Ok(admission(false));
            }
            let turn = self.attempts().begin(address, Instant::now());
            match turn {
                Turn::Begun => return Ok(admission(true)),
                Turn::Wait(check_ended) => {
                    let in_time = tokio::time::timeout_at(until, check_ended).await;
                    in_time.map_err(|_| PAUSE)?;
                }
                Turn::Refused(after) => return Err(after),
            }
        }
    }

    /// Knows an address from now on.
    fn know(&self, address: IpAddr) {
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

    fn knows(&self, address: IpAddr) -> bool {
        let known = self.read_known();
        let seen = known.get(&address).map(|seen| seen.load(Ordering::Relaxed));
        seen.is_some_and(|seen| self.seconds().saturating_sub(seen) < KNOWN_FOR.as_secs())
    }

    fn attempts(&self) -> MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_known(&self) -> RwLockReadGuard<'_, HashMap<IpAddr, AtomicU64>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }
}

impl Admission<'_> {
    /// Records that the credential was valid.
    pub(crate) fn succeeded(mut self) {
        self.is_decided = true;
        self.guard.know(self.address);
    }

    /// Records that there was no credential, or one whose owner need not guess. Nothing is counted.
    pub(crate) fn was_no_guess(mut self) {
        self.is_decided = true;
    }

    /// Counts that the credential was wrong, and returns the answer.
    pub(crate) fn failed(mut self) -> Refused {
        self.is_decided = true;
        let used = self.fail();
        used.map_or_else(Refused::TooMany, |used| Refused::Unauthorized(wait(used)))
    }

    fn fail(&self) -> Result<u32, Duration> {
        self.guard.attempts().fail(self.address, Instant::now())
    }
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        if !self.is_decided {
            _ = self.fail();
        }
        if self.holds {
            self.guard.attempts().end(self.address, Instant::now());
        }
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

    #[tokio::test]
    async fn failures_are_slowed_and_then_refused() {
        let guard = guard();
        let client = address("192.0.2.1");
        let mut waits = Vec::new();
        for _ in 0..5 {
            match guard.admit(client).await.unwrap().failed() {
                Refused::Unauthorized(wait) => waits.push(wait.as_millis()),
                Refused::TooMany(_) => panic!("too early"),
            }
        }
        assert_eq!(waits, [0, 0, 0, 50, 100]);
        assert!(guard.admit(client).await.is_err());
        assert!(guard.admit(address("192.0.2.2")).await.is_ok());
    }

    #[tokio::test]
    async fn a_known_address_is_always_looked_at_and_its_failures_are_counted() {
        let guard = guard();
        let client = address("192.0.2.1");
        guard.admit(client).await.unwrap().succeeded();
        for _ in 0..5 {
            let refused = guard.admit(client).await.unwrap().failed();
            assert!(matches!(refused, Refused::Unauthorized(_)));
        }
        let refused = guard.admit(client).await.unwrap().failed();
        assert!(matches!(refused, Refused::TooMany(_)));
        assert!(guard.admit(client).await.is_ok());
    }

    #[tokio::test]
    async fn what_was_no_guess_uses_no_attempt() {
        let guard = guard();
        for _ in 0..20 {
            guard.admit(address("192.0.2.1")).await.unwrap().was_no_guess();
        }
    }

    #[tokio::test]
    async fn a_check_that_is_abandoned_uses_an_attempt() {
        let guard = guard();
        for _ in 0..5 {
            drop(guard.admit(address("192.0.2.1")).await.unwrap());
        }
        assert!(guard.admit(address("192.0.2.1")).await.is_err());
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let guard = Guard {
            patience: Duration::from_millis(20),
            ..guard()
        };
        let mut held = Vec::new();
        for _ in 0..5 {
            held.push(guard.admit(address("192.0.2.1")).await.unwrap());
        }
        assert!(guard.admit(address("192.0.2.1")).await.is_err());
    }

    #[tokio::test]
    async fn who_waits_goes_on_when_the_others_have_ended() {
        let guard = guard();
        let client = address("192.0.2.1");
        let mut held = Vec::new();
        for _ in 0..5 {
            held.push(guard.admit(client).await.unwrap());
        }
        let waiting = async || {
            let admitted = guard.admit(client);
            tokio::time::timeout(Duration::from_millis(10), admitted).await
        };
        assert!(waiting().await.is_err());
        held.pop().unwrap().was_no_guess();
        held.push(waiting().await.unwrap().unwrap());
        let (admitted, ()) = tokio::join!(guard.admit(client), async {
            tokio::task::yield_now().await;
            held.pop().unwrap().succeeded();
        });
        assert!(!admitted.unwrap().holds);
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
