//! When a request is sent again.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// How often, and for how long, requests are sent again.
///
/// A request that is answered with 429 or 503 is sent again, as these say that nothing was done: after the time that the server
/// asks for in `Retry-After`, or else after one that doubles, of which a random part is left out, so that many clients do not come back
/// together. When the time that the server asks for is longer than what is left of [`total`](Self::total), its answer is the
/// result at once.
///
/// After a broken connection only a GET is sent again. What was never sent, as no connection came about, is sent again whatever
/// it is, unless the certificate of the server is not trusted. Whether a POST whose answer got lost was carried out is for you to
/// find out.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Retry {
    attempts: u32,
    total: Duration,
    first_pause: Duration,
    longest_pause: Duration,
}

impl Default for Retry {
    /// Five attempts within two minutes, with pauses from half a second to 20 seconds.
    fn default() -> Self {
        Self {
            attempts: 5,
            total: Duration::from_secs(120),
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(20),
        }
    }
}

impl Retry {
    /// Every request is sent once.
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// How often a request is sent at most; 0 counts as 1.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// No attempt begins later than that after the first.
    pub fn total(mut self, total: Duration) -> Self {
        self.total = total;
        self
    }

    /// Pauses where the server does not say how long: the first one, doubled until the longest.
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        (self.first_pause, self.longest_pause) = (first, longest);
        self
    }

    /// How long to wait after so many attempts in so much time; `None` if that was the last one.
    pub(crate) fn pause(&self, done: u32, elapsed: Duration, asked: Option<Duration>) -> Option<Duration> {
        if done >= self.attempts {
            return None;
        }
        let pause = asked.unwrap_or_else(|| {
            let doubled = self
                .first_pause
                .saturating_mul(2_u32.saturating_pow(done.saturating_sub(1)));
            doubled
                .min(self.longest_pause)
                .mul_f64(rand::random_range(0.5..=1.0))
        });
        (elapsed.saturating_add(pause) <= self.total).then_some(pause)
    }
}

/// `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3). A date counts from the `Date` of the server, as the clock
/// here may be off.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let header = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let asked = header(RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text| httpdate::parse_http_date(text).ok();
    let now = header(DATE).and_then(date).unwrap_or_else(SystemTime::now);
    // a time that is past already asks for nothing
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
        assert_eq!(asked(&[("retry-after", "soon")]), None);
        assert_eq!(asked(&[]), None);
    }

    #[test]
    fn attempts_and_time_are_bounded() {
        let seconds = Duration::from_secs;
        let retry = Retry::default()
            .attempts(10)
            .total(seconds(60))
            .pauses(seconds(1), seconds(8));
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
