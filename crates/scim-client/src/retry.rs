//! When a request is sent again.

use std::num::IntErrorKind;
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// How often, and for how long, a request is retried.
///
/// | after | retried | pause |
/// |---|---|---|
/// | 429, and 503 with `Retry-After` | every request, as the server has not carried it out | `Retry-After`, or else the computed pause |
/// | 503 without `Retry-After` | every request but the POST of a resource or a bulk, as the server may have carried it out: sent twice, it may create two | computed |
/// | a connection that could not be made | every request, unless the server's certificate is not trusted | computed |
/// | a connection that broke or timed out | GET only, as the server may have carried out the request | computed |
/// | any other response | none | |
///
/// The computed pause starts at [`initial_pause`](Self::initial_pause) and doubles with each attempt up to
/// [`max_pause`](Self::max_pause). The client waits a random 50 % to 100 % of it, so that many clients do not come back at once.
/// If the pause would end after [`max_elapsed`](Self::max_elapsed), the error is returned without waiting.
///
/// ```
/// use std::time::Duration;
/// use scim_client::Retry;
///
/// let retry = Retry::default()
///     .max_attempts(10)
///     .max_elapsed(Duration::from_secs(600))
///     .initial_pause(Duration::from_secs(1))
///     .max_pause(Duration::from_secs(60));
/// # let _ = retry;
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Retry {
    max_attempts: u32,
    max_elapsed: Duration,
    initial_pause: Duration,
    max_pause: Duration,
}

impl Default for Retry {
    /// Creates the default: at most 5 attempts, the last no later than 120 seconds after the first, with pauses that double
    /// from 500 milliseconds to 20 seconds.
    fn default() -> Self {
        Self {
            max_attempts: 5,
            max_elapsed: Duration::from_secs(120),
            initial_pause: Duration::from_millis(500),
            max_pause: Duration::from_secs(20),
        }
    }
}

impl Retry {
    /// Creates a policy that sends every request once.
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets how often a request is sent at most, the first time included. 0 counts as 1. Defaults to 5.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the time after the first attempt from which no other attempt begins. Defaults to 120 seconds.
    pub fn max_elapsed(mut self, elapsed: Duration) -> Self {
        self.max_elapsed = elapsed;
        self
    }

    /// Sets the pause after the first attempt where the server does not ask for one. Defaults to 500 milliseconds.
    pub fn initial_pause(mut self, pause: Duration) -> Self {
        self.initial_pause = pause;
        self
    }

    /// Sets the longest pause where the server does not ask for one. Defaults to 20 seconds.
    pub fn max_pause(mut self, pause: Duration) -> Self {
        self.max_pause = pause;
        self
    }

    /// The pause after this many attempts in this time; `None` if the last one was made.
    pub(crate) fn pause(&self, done: u32, elapsed: Duration, asked: Option<Duration>) -> Option<Duration> {
        if done >= self.max_attempts {
            return None;
        }
        let pause = asked.unwrap_or_else(|| {
            let doubled = self
                .initial_pause
                .saturating_mul(2_u32.saturating_pow(done.saturating_sub(1)));
            doubled.min(self.max_pause).mul_f64(rand::random_range(0.5..=1.0))
        });
        (elapsed.saturating_add(pause) <= self.max_elapsed).then_some(pause)
    }
}

/// `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3). A date counts from the `Date` of the server, as the clock
/// here may be wrong.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let header = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let asked = header(RETRY_AFTER)?;
    match asked.parse() {
        Ok(seconds) => return Some(Duration::from_secs(seconds)),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => return Some(Duration::MAX),
        Err(_) => {}
    }
    let date = |text| httpdate::parse_http_date(text).ok();
    let now = header(DATE).and_then(date).unwrap_or_else(SystemTime::now);
    // a time in the past asks for no pause
    Some(date(asked)?.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&'static str, &'static str)]) -> Option<u64> {
        let pairs = headers.iter().map(|(name, value)| {
            (
                name.parse::<http::HeaderName>().unwrap(),
                value.parse::<http::HeaderValue>().unwrap(),
            )
        });
        retry_after(&pairs.collect()).map(|asked| asked.as_secs())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(asked(&[("retry-after", "120")]), Some(120));
        assert_eq!(
            asked(&[date, ("retry-after", "Sun, 06 Nov 1994 08:51:37 GMT")]),
            Some(120)
        );
        assert_eq!(
            asked(&[date, ("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")]),
            Some(0)
        );
        assert_eq!(
            asked(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]),
            Some(0)
        );
        assert_eq!(
            asked(&[("retry-after", "99999999999999999999999")]),
            Some(u64::MAX)
        );
        assert_eq!(asked(&[("retry-after", "soon")]), None);
        assert_eq!(asked(&[]), None);
    }

    #[test]
    fn attempts_and_time_are_bounded() {
        let seconds = Duration::from_secs;
        let retry = Retry::default()
            .max_attempts(10)
            .max_elapsed(seconds(60))
            .initial_pause(seconds(1))
            .max_pause(seconds(8));
        for (done, least, most) in [(1, 0.5, 1.0), (2, 1.0, 2.0), (3, 2.0, 4.0), (9, 4.0, 8.0)] {
            let pause = retry.pause(done, seconds(0), None).unwrap().as_secs_f64();
            assert!((least..=most).contains(&pause), "{done}: {pause}");
        }
        assert_eq!(retry.pause(10, seconds(0), None), None);
        assert_eq!(retry.pause(1, seconds(50), Some(seconds(10))), Some(seconds(10)));
        assert_eq!(retry.pause(1, seconds(51), Some(seconds(10))), None);
        assert_eq!(retry.pause(1, seconds(0), Some(seconds(u64::MAX))), None);
        assert_eq!(Retry::never().pause(1, seconds(0), Some(seconds(0))), None);
    }
}
