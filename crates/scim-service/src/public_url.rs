//! The URL under which clients see the server: [`PublicUrl`].

use std::net::IpAddr;

use http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use url::Url;

/// Determines the public URL of the server and the address of the client.
///
/// The URL is the configured one, or comes from the headers of a trusted proxy, or from the request itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PublicUrl {
    /// The configured origin with an optional path prefix, such as `https://scim.example.com`. It takes precedence over
    /// everything else. The default is `None`.
    pub configured: Option<String>,
    /// The networks of the proxies whose `X-Forwarded-*` or `Forwarded` (RFC 7239) headers are trusted. From any other peer,
    /// these headers are ignored. The default is empty.
    ///
    /// With an `X-Forwarded-For`, `Forwarded` is ignored: a proxy that adds the one usually passes on the other as the client
    /// sent it. A proxy that adds `Forwarded` must remove all `X-Forwarded-*` from the client's request.
    pub trusted_proxies: Vec<IpNet>,
}

/// The facts about a request that its network connection provides.
///
/// It is exhaustive on purpose, as the code that accepts the connection constructs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival<'a> {
    /// The address of the peer of the TCP connection, which is the client or the last proxy. `None` if it is unknown, as on a
    /// Unix socket; the peer is then not a trusted proxy.
    pub peer: Option<IpAddr>,
    /// The scheme of the connection to this server: `http` or `https`.
    pub scheme: &'a str,
    /// The `Host` header or `:authority`, with the port if there is one: `10.0.0.7:8080`.
    pub host: &'a str,
}

impl PublicUrl {
    /// Sets the [configured](Self::configured) origin.
    #[must_use]
    pub fn with_configured(mut self, configured: impl Into<String>) -> Self {
        self.configured = Some(configured.into());
        self
    }

    /// Sets the [trusted proxies](Self::trusted_proxies).
    #[must_use]
    pub fn with_trusted_proxies(mut self, trusted_proxies: Vec<IpNet>) -> Self {
        self.trusted_proxies = trusted_proxies;
        self
    }

    /// Returns the origin that the client used, with the prefix if one is configured: `https://scim.example.com`, without a
    /// trailing slash.
    ///
    /// ```
    /// use http::{HeaderMap, HeaderValue};
    /// use scim_service::public_url::{Arrival, PublicUrl};
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
    /// headers.insert("x-forwarded-host", HeaderValue::from_static("scim.example.com"));
    /// let arrival = Arrival { peer: "10.0.0.1".parse().ok(), scheme: "http", host: "10.0.0.7:8080" };
    ///
    /// let trusting = PublicUrl::default().with_trusted_proxies(vec!["10.0.0.0/8".parse().unwrap()]);
    /// assert_eq!(trusting.origin(arrival, &headers), "https://scim.example.com");
    /// assert_eq!(PublicUrl::default().origin(arrival, &headers), "http://10.0.0.7:8080");
    /// ```
    #[must_use]
    pub fn origin(&self, arrival: Arrival<'_>, headers: &HeaderMap) -> String {
        if let Some(configured) = &self.configured {
            return configured.trim_end_matches('/').to_owned();
        }
        let direct = || format!("{}://{}", arrival.scheme, arrival.host);
        if !self.trusts(arrival.peer) {
            return direct();
        }
        let forwarded = Forwarded::of(headers);
        let scheme = forwarded
            .scheme
            .filter(|scheme| matches!(scheme.as_str(), "http" | "https"));
        let scheme = scheme.as_deref().unwrap_or(arrival.scheme);
        let host = forwarded.host.as_deref().unwrap_or(arrival.host);
        // the header becomes part of every location, so it must be an origin and nothing else
        match Url::parse(&format!("{scheme}://{host}")) {
            Ok(url) if url.path() == "/" && url.query().is_none() && url.username().is_empty() => {
                format!("{scheme}://{host}")
            }
            _ => direct(),
        }
    }

    /// Returns the address of the client: that of the last hop that is not a trusted proxy. `None` if the peer is unknown.
    ///
    /// ```
    /// use scim_service::http::{HeaderMap, HeaderValue};
    /// use scim_service::public_url::{Arrival, PublicUrl};
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert("x-forwarded-for", HeaderValue::from_static("192.0.2.1, 198.51.100.7, 10.0.0.2"));
    /// let arrival = Arrival { peer: "10.0.0.1".parse().ok(), scheme: "http", host: "10.0.0.7:8080" };
    ///
    /// let trusting = PublicUrl::default().with_trusted_proxies(vec!["10.0.0.0/8".parse().unwrap()]);
    /// assert_eq!(trusting.client_address(arrival, &headers), "198.51.100.7".parse().ok());
    /// assert_eq!(PublicUrl::default().client_address(arrival, &headers), arrival.peer);
    /// ```
    #[must_use]
    pub fn client_address(&self, arrival: Arrival<'_>, headers: &HeaderMap) -> Option<IpAddr> {
        let mut address = arrival.peer?;
        for hop in Forwarded::of(headers).hops.into_iter().rev() {
            if !self.trusts(Some(address)) {
                break;
            }
            match hop {
                Some(hop) => address = hop,
                None => break,
            }
        }
        Some(address)
    }

    fn trusts(&self, peer: Option<IpAddr>) -> bool {
        let Some(peer) = peer.map(|peer| peer.to_canonical()) else {
            return false;
        };
        self.trusted_proxies.iter().any(|network| network.contains(&peer))
    }
}

/// The request as it reached the first proxy, according to the headers.
#[derive(Debug, Default)]
struct Forwarded {
    scheme: Option<String>,
    host: Option<String>,
    /// The address before each proxy, the client's first; `None` if a proxy hides it.
    hops: Vec<Option<IpAddr>>,
}

impl Forwarded {
    /// Reads `Forwarded` (RFC 7239) if there is no `X-Forwarded-For`, and otherwise `X-Forwarded-*`.
    fn of(headers: &HeaderMap) -> Self {
        if headers.contains_key("forwarded") && !headers.contains_key("x-forwarded-for") {
            return Self::standard(headers);
        }
        let first = |name: &str| values(headers, name).next().map(str::to_owned);
        let scheme = first("x-forwarded-proto").map(|scheme| scheme.to_ascii_lowercase());
        let host = first("x-forwarded-host").map(|host| match first("x-forwarded-port") {
            Some(port) if !has_port(&host) && !is_default(scheme.as_deref(), &port) => {
                format!("{host}:{port}")
            }
            _ => host,
        });
        Self {
            scheme,
            host,
            hops: values(headers, "x-forwarded-for").map(address).collect(),
        }
    }

    fn standard(headers: &HeaderMap) -> Self {
        let mut forwarded = Self::default();
        for element in values(headers, "forwarded") {
            let mut hop = None;
            for (name, value) in element.split(';').filter_map(|pair| pair.split_once('=')) {
                let value = value.trim().trim_matches('"');
                match name.trim().to_ascii_lowercase().as_str() {
                    "for" => hop = address(value),
                    "proto" if forwarded.scheme.is_none() => {
                        forwarded.scheme = Some(value.to_ascii_lowercase())
                    }
                    "host" if forwarded.host.is_none() => forwarded.host = Some(value.to_owned()),
                    _ => {}
                }
            }
            forwarded.hops.push(hop);
        }
        forwarded
    }
}

/// The elements of a comma-separated header, over all its lines.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let lines = match name.parse::<HeaderName>() {
        Ok(name) => headers.get_all(name).into_iter().collect::<Vec<_>>(),
        Err(_) => Vec::new(),
    };
    let lines = lines.into_iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

/// An address with or without a port, IPv6 in brackets or not.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.parse::<IpAddr>().ok();
    let with_port = || {
        text.parse::<std::net::SocketAddr>()
            .ok()
            .map(|address| address.ip())
    };
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    bare.or_else(with_port).or_else(bracketed)
}

fn has_port(host: &str) -> bool {
    host.rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_default(scheme: Option<&str>, port: &str) -> bool {
    matches!((scheme, port), (Some("https"), "443") | (Some("http"), "80"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const ARRIVAL: Arrival<'static> = Arrival {
        peer: Some(IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1))),
        scheme: "http",
        host: "inner:8080",
    };

    fn trusting() -> PublicUrl {
        PublicUrl::default().with_trusted_proxies(vec!["10.0.0.0/8".parse().unwrap()])
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn what_is_configured_wins() {
        let public = trusting().with_configured("https://scim.example.com/".to_owned());
        assert_eq!(
            public.origin(ARRIVAL, &headers(&[("x-forwarded-host", "evil")])),
            "https://scim.example.com"
        );
    }

    #[test]
    fn both_kinds_of_headers_of_a_trusted_proxy_are_read() {
        let standard = headers(&[(
            "forwarded",
            r#"for="[2001:db8::1]:4711";proto=https;host=scim.example.com"#,
        )]);
        assert_eq!(trusting().origin(ARRIVAL, &standard), "https://scim.example.com");
        assert_eq!(
            trusting().client_address(ARRIVAL, &standard),
            "2001:db8::1".parse().ok()
        );
        let usual = headers(&[
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "scim.example.com"),
            ("x-forwarded-port", "8443"),
            ("x-forwarded-for", "203.0.113.9, 10.2.0.1"),
        ]);
        assert_eq!(
            trusting().origin(ARRIVAL, &usual),
            "https://scim.example.com:8443"
        );
        assert_eq!(
            trusting().client_address(ARRIVAL, &usual),
            "203.0.113.9".parse().ok()
        );
    }

    #[test]
    fn nobody_else_is_believed() {
        let usual = headers(&[("x-forwarded-host", "evil"), ("x-forwarded-for", "1.2.3.4")]);
        let stranger = Arrival {
            peer: "192.0.2.1".parse().ok(),
            ..ARRIVAL
        };
        assert_eq!(trusting().origin(stranger, &usual), "http://inner:8080");
        assert_eq!(
            trusting().client_address(stranger, &usual),
            "192.0.2.1".parse().ok()
        );
    }

    #[test]
    fn a_hop_that_a_client_made_up_is_not_reached() {
        let forged = headers(&[("x-forwarded-for", "1.2.3.4, 203.0.113.9")]);
        assert_eq!(
            trusting().client_address(ARRIVAL, &forged),
            "203.0.113.9".parse().ok()
        );
    }

    #[test]
    fn what_a_client_sends_in_the_other_kind_of_header_is_ignored() {
        let passed_on = headers(&[
            ("forwarded", "for=1.2.3.4;proto=https;host=evil"),
            ("x-forwarded-for", "203.0.113.9"),
        ]);
        assert_eq!(
            trusting().client_address(ARRIVAL, &passed_on),
            "203.0.113.9".parse().ok()
        );
        assert_eq!(trusting().origin(ARRIVAL, &passed_on), "http://inner:8080");
    }

    #[test]
    fn a_host_that_is_more_than_a_host_is_passed_over() {
        let odd = headers(&[("x-forwarded-host", "evil/path?x")]);
        assert_eq!(trusting().origin(ARRIVAL, &odd), "http://inner:8080");
    }
}
