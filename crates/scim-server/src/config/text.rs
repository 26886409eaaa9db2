//! Parses values that are written as text.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use ipnet::IpNet;
use scim_core::filter::FilterLimits;
use serde::de::{Deserialize, Deserializer, Error};
use url::Url;

/// `127.0.0.1:8080`, `[::]:8080`
pub(super) fn listen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        D::Error::custom(format!(
            "`{text}` is not an address and port such as `127.0.0.1:8080`"
        ))
    })
}

/// `90 days`, `30s`
pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let duration = humantime::parse_duration(&text)
        .map_err(|_| D::Error::custom(format!("`{text}` is not a time such as `30s` or `90 days`")))?;
    match duration <= LONGEST {
        true => Ok(duration),
        false => Err(D::Error::custom(format!(
            "`{text}` is too long, use at most 100 years"
        ))),
    }
}

/// As [`duration`], and long enough for a database to do anything in.
pub(super) fn deadline<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let deadline = duration(deserializer)?;
    match deadline >= SHORTEST_DEADLINE {
        true => Ok(deadline),
        false => Err(D::Error::custom(
            "no request can be answered that soon, use at least `100ms`",
        )),
    }
}

const SHORTEST_DEADLINE: Duration = Duration::from_millis(100);

/// The maximum, short enough to be added to any time.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

/// At most [`FilterLimits::DEEPEST`].
pub(super) fn filter_depth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let depth = usize::deserialize(deserializer)?;
    match depth <= FilterLimits::DEEPEST {
        true => Ok(depth),
        false => Err(D::Error::custom(format!(
            "`{depth}` is too deep for a filter, use at most {}",
            FilterLimits::DEEPEST
        ))),
    }
}

/// A number of attempts, at most what the counter can distinguish.
pub(super) fn attempts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NonZeroU32, D::Error> {
    const MOST: u32 = 1_000_000;
    let attempts = NonZeroU32::deserialize(deserializer)?;
    match attempts.get() <= MOST {
        true => Ok(attempts),
        false => Err(D::Error::custom(format!(
            "`{attempts}` is too many, use at most {MOST}"
        ))),
    }
}

/// `https://scim.example.com/prefix`
pub(super) fn public_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let is_origin = Url::parse(&text).is_ok_and(|url| {
        let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain
    });
    match is_origin {
        true => Ok(Some(text.trim_end_matches('/').to_owned())),
        false => Err(D::Error::custom(format!(
            "`{text}` is not a URL such as `https://scim.example.com`"
        ))),
    }
}

/// Networks in CIDR form, or single addresses.
pub(super) fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let network = |text: String| {
        let text = text.trim();
        let network = text.parse::<IpNet>().ok();
        let address = || {
            text.parse()
                .ok()
                .map(|address: std::net::IpAddr| IpNet::from(address))
        };
        network
            .or_else(address)
            .ok_or_else(|| D::Error::custom(format!("`{text}` is not a network such as `10.0.0.0/8`")))
    };
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.into_iter().map(network).collect()
}
