//! Under which URL clients see this server.

use std::net::IpAddr;

use http::HeaderMap;
use ipnet::IpNet;

/// How the public URL is found: configured, or taken from what trusted proxies say, or from the request itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicUrl {
    /// The configured origin and path prefix, `https://scim.example.com`; it wins over everything else.
    pub configured: Option<String>,
    /// The proxies whose `Forwarded` (RFC 7239) and `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
}

/// What the connection itself tells about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival<'a> {
    /// The address of the other end of the TCP connection.
    pub peer: Option<IpAddr>,
    /// `http` or `https`, as it arrived here.
    pub scheme: &'a str,
    /// The `Host` header or `:authority`.
    pub host: &'a str,
}

impl PublicUrl {
    /// The origin (and prefix) that the client used: `https://scim.example.com`, without a slash at the end.
    pub fn origin(&self, arrival: Arrival<'_>, headers: &HeaderMap) -> String {
        let _ = headers;
        format!("{}://{}", arrival.scheme, arrival.host)
    }

    /// The address of the client: the last hop that is not a trusted proxy.
    pub fn client_address(&self, arrival: Arrival<'_>, headers: &HeaderMap) -> Option<IpAddr> {
        let _ = headers;
        arrival.peer
    }
}
