//! Points in time: RFC 3339 text on the wire, milliseconds since 1970 in memory.

use jiff::civil::{Date, Time};

/// The day from which times are counted.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// A day in milliseconds.
const DAY: i128 = 86_400_000;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z.
///
/// Filters, sorting and databases compare points in time in this form.
///
/// ```
/// use scim_core::time::Timestamp;
///
/// let modified: Timestamp = "2011-08-01T20:29:49.793+02:00".parse()?;
/// assert_eq!(modified.as_millis(), 1_312_223_389_793);
/// assert_eq!(modified.to_string(), "2011-08-01T18:29:49.793Z");
/// assert_eq!(Timestamp::parse("yesterday"), None);
/// # Ok::<(), scim_core::time::ParseTimestampError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Creates a point in time from milliseconds since 1970.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns the milliseconds since 1970.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Parses a `dateTime` (RFC 7643 section 2.3.5, XML Schema `dateTime`) of a year from 0001 to 9999, such as
    /// `2011-08-01T18:29:49.793Z`. Returns `None` for any other text.
    ///
    /// A time without an offset is UTC. Fractions of a millisecond are cut off. [`str::parse`] does the same and returns an error
    /// instead of `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_at_checked(10)?;
        let (time, rest) = time.strip_prefix(['T', 't'])?.split_at_checked(8)?;
        let (fraction, zone) = match rest.strip_prefix('.') {
            Some(rest) => rest
                .split_at_checked(digits(rest))
                .filter(|(fraction, _)| !fraction.is_empty())?,
            None => ("", rest),
        };
        if !has_shape(date, "0000-00-00") || !has_shape(time, "00:00:00") {
            return None;
        }
        if date.starts_with("0000") || time.ends_with(":60") {
            return None;
        }
        let date: Date = date.parse().ok()?;
        let is_end_of_day = time == "24:00:00" && fraction.bytes().all(|digit| digit == b'0');
        let since_midnight = match is_end_of_day {
            true => DAY,
            false => time
                .parse::<Time>()
                .ok()?
                .duration_since(Time::midnight())
                .as_millis(),
        };
        let fraction = fraction.bytes().chain(*b"000").take(3);
        let fraction = fraction.fold(0, |all, digit| all * 10 + i128::from(digit - b'0'));
        let days = date.duration_since(EPOCH).as_millis();
        let millis = days + since_midnight + fraction - offset(zone)?;
        i64::try_from(millis).ok().map(Self)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = ParseTimestampError;

    /// Reads a `dateTime`, as [`Timestamp::parse`] does.
    fn from_str(text: &str) -> Result<Self, ParseTimestampError> {
        Self::parse(text).ok_or(ParseTimestampError(()))
    }
}

/// An error from parsing a [`Timestamp`]: the text is not a `dateTime` of a year from 0001 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a dateTime such as `2011-08-01T18:29:49Z`")]
pub struct ParseTimestampError(());

/// The offset of a zone from UTC, in milliseconds: `Z`, `+02:00`, or nothing. At most 14 hours.
fn offset(zone: &str) -> Option<i128> {
    let sign = match zone.split_at_checked(1) {
        None | Some(("Z" | "z", "")) => return Some(0),
        Some(("+", _)) => 1,
        Some(("-", _)) => -1,
        Some(_) => return None,
    };
    if !has_shape(zone.get(1..)?, "00:00") {
        return None;
    }
    let (hours, minutes): (i128, i128) = (zone.get(1..3)?.parse().ok()?, zone.get(4..6)?.parse().ok()?);
    let minutes = (minutes < 60).then_some(hours * 60 + minutes)?;
    (minutes <= 14 * 60).then_some(sign * minutes * 60_000)
}

/// Whether the text has digits where the shape has zeros, and is the same elsewhere.
fn has_shape(text: &str, shape: &str) -> bool {
    let fits = |(byte, shape): (u8, u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        _ => byte == shape,
    };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
}

/// The number of digits at the beginning of a text.
fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

impl std::fmt::Display for Timestamp {
    /// Writes RFC 3339 text in UTC with milliseconds: `2011-08-01T18:29:49.793Z`.
    ///
    /// Whatever [`parse`](Timestamp::parse) reads is written so that it is read back. A point in time after the year 9999 is written
    /// as the last millisecond of that year, and one before the year -9999 as the first of the year 1.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp:.3}"),
            Err(_) if self.0 < 0 => f.write_str("0001-01-01T00:00:00.000Z"),
            Err(_) => write_at_the_end_of_9999(self.0.min(LAST), f),
        }
    }
}

/// 9999-12-31T23:59:59.999Z.
const LAST: i64 = 253_402_300_799_999;

/// Writes a point in time of the last two days of the year 9999, part of which is out of the range of `jiff`.
fn write_at_the_end_of_9999(millis: i64, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    const SECOND: i64 = 1_000;
    const DAY: i64 = 86_400 * SECOND;
    let day = if millis > LAST - DAY { 31 } else { 30 };
    let (seconds, millis) = (millis % DAY / SECOND, millis % SECOND);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    write!(
        f,
        "9999-12-{day}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_up_to_the_last_millisecond() {
        for text in [
            "0001-01-01T00:00:00.000Z",
            "9999-12-30T22:00:00.999Z",
            "9999-12-30T22:00:01.000Z",
            "9999-12-30T23:59:59.999Z",
            "9999-12-31T00:00:00.000Z",
            "9999-12-31T23:59:59.999Z",
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), text);
        }
        let beyond = |millis| Timestamp::from_millis(millis).to_string();
        assert_eq!(beyond(i64::MAX), "9999-12-31T23:59:59.999Z");
        assert_eq!(beyond(i64::MIN), "0001-01-01T00:00:00.000Z");
    }

    #[test]
    fn offsets_are_honoured_and_a_missing_one_is_utc() {
        let utc = Timestamp::parse("2011-05-13T04:42:34Z");
        assert_eq!(utc.map(Timestamp::as_millis), Some(1_305_261_754_000));
        assert_eq!(Timestamp::parse("2011-05-13T06:42:34+02:00"), utc);
        assert_eq!(Timestamp::parse("2011-05-13T04:42:34"), utc);
        assert_eq!(
            Timestamp::parse("2015-10-10T14:38:21.8617979-07:00").map(Timestamp::as_millis),
            Some(1_444_513_101_861)
        );
    }

    #[test]
    fn the_last_year_has_all_its_days_and_a_day_an_end() {
        let millis = |text| Timestamp::parse(text).map(Timestamp::as_millis);
        assert_eq!(millis("9999-12-31T23:59:59.999Z"), Some(253_402_300_799_999));
        assert_eq!(millis("9999-12-31T23:59:59-14:00"), Some(253_402_351_199_000));
        assert_eq!(millis("2020-01-01T24:00:00Z"), millis("2020-01-02T00:00:00Z"));
        assert_eq!(millis("1970-01-01T00:00:00.0012345678901Z"), Some(1));
        assert_eq!(millis("1969-12-31T23:59:59.5Z"), Some(-500));
        assert_eq!(millis("1970-01-01T00:00:00.5-00:30"), Some(1_800_500));
    }

    #[test]
    fn what_is_no_date_time_is_refused() {
        for text in [
            "2020-01-01T00:00Z",
            "2020-01-01T00:00:00+25:00",
            "2020-01-01T00:00:00+14:01",
            "2020-01-01T00:00:00+0100",
            "2020-01-01T00:00:00+01:60",
            "2020-01-01T00:00:00.Z",
            "2020-01-01T24:00:00.1Z",
            "2020-01-01T24:00:01Z",
            "2020-02-30T00:00:00Z",
            "2020-01-01 00:00:00Z",
            "2020-01-01T00:00:00ZZ",
            "2020-01-01T00:00:00+",
            "2020-1-01T00:00:00Z",
            "+20200101T00:00:00Z",
            "2020-01-01T00:00:0\u{e9}Z",
            "2020-01-01T000000.1Z",
            "0000-01-01T00:00:00Z",
            "2016-12-31T23:59:60Z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_alone_is_no_date_time() {
        assert_eq!(Timestamp::parse("2011-05-13"), None);
        assert_eq!(Timestamp::parse("yesterday"), None);
    }

    #[test]
    fn printing_has_milliseconds() {
        assert_eq!(
            Timestamp::from_millis(1_305_261_754_000).to_string(),
            "2011-05-13T04:42:34.000Z"
        );
        assert_eq!(
            Timestamp::from_millis(i64::MAX).to_string(),
            "9999-12-31T23:59:59.999Z"
        );
    }
}
