//! The media type that a client accepts (RFC 9110 section 12.5.1, RFC 7644 section 3.8).

use http::header::{ACCEPT, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue, Response};
use mime::Mime;
use scim_core::error::Error;

use crate::answer::SCIM_JSON;

/// The media types of responses, the preferred one first. Their content is the same.
const OFFERED: [&str; 2] = [SCIM_JSON, "application/json"];

/// The media type of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// This one.
    Type(&'static str),
    /// The client accepts neither.
    Neither,
}

impl Accepted {
    /// Reads `Accept`. If it is missing or contains no valid media range, everything is accepted.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(ACCEPT).into_iter();
        let lines = lines.filter_map(|line| line.to_str().ok());
        let ranges: Vec<Range> = lines
            .flat_map(|line| line.split(','))
            .filter_map(Range::parse)
            .collect();
        if ranges.is_empty() {
            return Self::Type(SCIM_JSON);
        }
        let mut best = (0.0, Self::Neither);
        for offered in OFFERED {
            let weight = weight(&ranges, offered);
            if weight > best.0 {
                best = (weight, Self::Type(offered));
            }
        }
        best.1
    }

    /// The error for a client that accepts neither (406).
    pub(crate) fn refusal() -> Error {
        Error::plain(
            406,
            "answers are `application/scim+json` or `application/json`, and `Accept` allows neither",
        )
    }

    /// Sets the media type of a response. The error for a client that accepts neither is SCIM JSON.
    pub(crate) fn label<B>(self, mut response: Response<B>) -> Response<B> {
        let headers = response.headers_mut();
        if let (Self::Type(media_type), true) = (self, headers.contains_key(CONTENT_TYPE)) {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        headers.insert(VARY, HeaderValue::from_static("Accept"));
        response
    }
}

/// An element of `Accept`: a media range and its weight.
struct Range {
    range: Mime,
    weight: f32,
}

impl Range {
    /// `None` for an invalid media range: Java sends `*;q=.2`.
    fn parse(text: &str) -> Option<Self> {
        let range: Mime = text.trim().parse().ok()?;
        let weight = match range.get_param("q") {
            None => 1.0,
            Some(weight) => weight.as_str().parse().ok()?,
        };
        (0.0..=1.0).contains(&weight).then_some(Self { range, weight })
    }

    /// How closely the range describes a media type of `application`, or `None` if not at all.
    fn closeness(&self, offered: &str) -> Option<u8> {
        match self.range.essence_str() {
            "*/*" => Some(0),
            "application/*" => Some(1),
            exact => (exact == offered).then_some(2),
        }
    }
}

/// The weight of a media type: that of the range that describes it most closely.
fn weight(ranges: &[Range], offered: &str) -> f32 {
    let describing = ranges
        .iter()
        .filter_map(|range| Some((range.closeness(offered)?, range.weight)));
    describing
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map_or(0.0, |(_, weight)| weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: Accepted = Accepted::Type("application/json");
    const SCIM: Accepted = Accepted::Type(SCIM_JSON);

    #[test]
    fn the_closest_range_decides_and_then_the_weight() {
        for (accept, expected) in [
            ("application/scim+json", SCIM),
            ("Application/SCIM+JSON; charset=utf-8", SCIM),
            ("application/json", JSON),
            ("application/json, application/scim+json", SCIM),
            ("application/json, application/scim+json;q=0.5", JSON),
            ("application/json, */*;q=0.1", JSON),
            ("application/scim+json;q=0, */*", JSON),
            ("*/*", SCIM),
            ("application/*;q=0.2", SCIM),
            ("text/html, *;q=.2, */*;q=.2", SCIM),
            ("text/html", Accepted::Neither),
            ("*/*;q=0", Accepted::Neither),
            (
                "application/scim+json;q=0, application/json;q=0.0, */*",
                Accepted::Neither,
            ),
            ("application/*;q=0, application/json", JSON),
            ("", SCIM),
            ("garbage", SCIM),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_str(accept).unwrap())]);
            assert_eq!(Accepted::of(&headers), expected, "{accept}");
        }
        assert_eq!(Accepted::of(&HeaderMap::new()), SCIM);
    }
}
