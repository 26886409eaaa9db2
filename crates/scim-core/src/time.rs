//! Points in time: RFC 3339 on the wire, milliseconds since 1970 inside.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z.
///
/// Everything that compares times (filters, sorting, databases) compares these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// A point in time from milliseconds since 1970.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Reads a `dateTime` (RFC 7643 section 2.3.5, XML Schema `dateTime`): `2011-08-01T18:29:49.793Z`.
    ///
    /// Without an offset it is taken as UTC. What is finer than a millisecond is cut off.
    pub fn parse(text: &str) -> Option<Self> {
        let has_time = text
            .as_bytes()
            .get(10)
            .is_some_and(|byte| matches!(byte, b'T' | b't'));
        if !has_time {
            return None;
        }
        let timestamp = text
            .parse::<Timestamp>()
            .ok()
            .or_else(|| TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok())?;
        Some(Self(timestamp.as_millisecond()))
    }
}

/// RFC 3339 in UTC with three digits of a second: `2011-08-01T18:29:49.793Z`.
impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp:.3}"),
            Err(_) => f.write_str("9999-12-31T23:59:59.999Z"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_honoured_and_a_missing_one_is_utc() {
        let utc = Instant::parse("2011-05-13T04:42:34Z");
        assert_eq!(utc.map(Instant::as_millis), Some(1_305_261_754_000));
        assert_eq!(Instant::parse("2011-05-13T06:42:34+02:00"), utc);
        assert_eq!(Instant::parse("2011-05-13T04:42:34"), utc);
        assert_eq!(
            Instant::parse("2015-10-10T14:38:21.8617979-07:00").map(Instant::as_millis),
            Some(1_444_513_101_861)
        );
    }

    #[test]
    fn a_date_alone_is_no_date_time() {
        assert_eq!(Instant::parse("2011-05-13"), None);
        assert_eq!(Instant::parse("yesterday"), None);
    }

    #[test]
    fn printing_has_milliseconds() {
        assert_eq!(
            Instant::from_millis(1_305_261_754_000).to_string(),
            "2011-05-13T04:42:34.000Z"
        );
        assert_eq!(
            Instant::from_millis(i64::MAX).to_string(),
            "9999-12-31T23:59:59.999Z"
        );
    }
}
