//! The operation of a method and a path.

use http::Method;
use percent_encoding::percent_decode_str;
use scim_core::error::Error;

use crate::failure::Failure;
use crate::store::{Kind, ResourceId};

/// An operation and its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// GET of a collection.
    List(Kind),
    /// POST of a SearchRequest to a collection.
    Search(Kind),
    /// GET of all resources, at the base URL.
    ListAll,
    /// POST of a SearchRequest at the base URL.
    SearchAll,
    /// POST to a collection.
    Create(Kind),
    /// GET of a resource.
    Read(Kind, ResourceId),
    /// PUT.
    Replace(Kind, ResourceId),
    /// PATCH.
    Patch(Kind, ResourceId),
    /// DELETE.
    Delete(Kind, ResourceId),
    /// POST of a BulkRequest.
    Bulk,
    /// GET of ServiceProviderConfig.
    ServiceProviderConfig,
    /// GET of all resource types, or of one.
    ResourceTypes(Option<String>),
    /// GET of all schemas, or of one.
    Schemas(Option<String>),
}

fn no_alias() -> Failure {
    Error::plain(501, "`/Me` is not supported by this server").into()
}

impl Route {
    /// Reads a method and a path below the base URL. A slash at the end makes no difference; HEAD is GET.
    pub(crate) fn of(method: &Method, path: &str) -> Result<Self, Failure> {
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.contains("//") || path.ends_with('/') {
            return Err(empty_segment());
        }
        let mut segments = path.strip_prefix('/').unwrap_or(path).split('/');
        let (first, second, rest) = (segments.next().unwrap_or(""), segments.next(), segments.next());
        if rest.is_some() {
            return Err(no_endpoint(path));
        }
        match (first, second) {
            ("Users", None) => collection(method, Kind::User),
            ("Groups", None) => collection(method, Kind::Group),
            ("", None) => only(method, "GET", Self::ListAll),
            (".search", None) => only(method, "POST", Self::SearchAll),
            ("Users", Some(".search")) => only(method, "POST", Self::Search(Kind::User)),
            ("Groups", Some(".search")) => only(method, "POST", Self::Search(Kind::Group)),
            ("Users", Some(id)) => resource(method, Kind::User, ResourceId::new(decode(id))),
            ("Groups", Some(id)) => resource(method, Kind::Group, ResourceId::new(decode(id))),
            ("ServiceProviderConfig", None) => only(method, "GET", Self::ServiceProviderConfig),
            ("ResourceTypes", id) => only(method, "GET", Self::ResourceTypes(id.map(decode))),
            ("Schemas", id) => only(method, "GET", Self::Schemas(id.map(decode))),
            ("Bulk", None) => only(method, "POST", Self::Bulk),
            // 501 for the methods that `/Me` has if it is supported, 405 for others
            ("Me", None) if *method != Method::POST => {
                resource(method, Kind::User, ResourceId::new(""))?;
                Err(no_alias())
            }
            ("Me", None) => Err(no_alias()),
            _ => Err(no_endpoint(path)),
        }
    }

    /// Like `of`, with `/Me` as an alias of the caller's user (RFC 7644 section 3.11).
    pub(crate) fn for_caller(
        method: &Method,
        path: &str,
        user: Option<&ResourceId>,
    ) -> Result<Self, Failure> {
        match user {
            Some(user) if path.trim_matches('/') == "Me" => resource(method, Kind::User, user.clone()),
            _ => Self::of(method, path),
        }
    }

    /// The name of the operation in the log.
    pub(crate) fn operation(&self) -> &'static str {
        match self {
            Self::List(Kind::User) => "user.list",
            Self::List(Kind::Group) => "group.list",
            Self::Search(Kind::User) => "user.search",
            Self::Search(Kind::Group) => "group.search",
            Self::ListAll => "root.list",
            Self::SearchAll => "root.search",
            Self::Create(Kind::User) => "user.create",
            Self::Create(Kind::Group) => "group.create",
            Self::Read(Kind::User, _) => "user.read",
            Self::Read(Kind::Group, _) => "group.read",
            Self::Replace(Kind::User, _) => "user.replace",
            Self::Replace(Kind::Group, _) => "group.replace",
            Self::Patch(Kind::User, _) => "user.patch",
            Self::Patch(Kind::Group, _) => "group.patch",
            Self::Delete(Kind::User, _) => "user.delete",
            Self::Delete(Kind::Group, _) => "group.delete",
            Self::Bulk => "bulk",
            Self::List(Kind::Other(_)) => "resource.list",
            Self::Search(Kind::Other(_)) => "resource.search",
            Self::Create(Kind::Other(_)) => "resource.create",
            Self::Read(Kind::Other(_), _) => "resource.read",
            Self::Replace(Kind::Other(_), _) => "resource.replace",
            Self::Patch(Kind::Other(_), _) => "resource.patch",
            Self::Delete(Kind::Other(_), _) => "resource.delete",
            Self::ServiceProviderConfig => "discovery.config",
            Self::ResourceTypes(_) => "discovery.resource_types",
            Self::Schemas(_) => "discovery.schemas",
        }
    }

    /// The id in the path.
    pub(crate) fn resource_id(&self) -> Option<&ResourceId> {
        self.resource().map(|(_, id)| id)
    }

    /// The kind and the id of the resource in the path.
    pub(crate) fn resource(&self) -> Option<(Kind, &ResourceId)> {
        match self {
            Self::Read(kind, id)
            | Self::Replace(kind, id)
            | Self::Patch(kind, id)
            | Self::Delete(kind, id) => Some((*kind, id)),
            _ => None,
        }
    }
}

pub(crate) fn collection(method: &Method, kind: Kind) -> Result<Route, Failure> {
    match *method {
        Method::GET | Method::HEAD => Ok(Route::List(kind)),
        Method::POST => Ok(Route::Create(kind)),
        _ => Err(Failure::MethodNotAllowed("GET, HEAD, POST")),
    }
}

pub(crate) fn resource(method: &Method, kind: Kind, id: ResourceId) -> Result<Route, Failure> {
    match *method {
        Method::GET | Method::HEAD => Ok(Route::Read(kind, id)),
        Method::PUT => Ok(Route::Replace(kind, id)),
        Method::PATCH => Ok(Route::Patch(kind, id)),
        Method::DELETE => Ok(Route::Delete(kind, id)),
        _ => Err(Failure::MethodNotAllowed("GET, HEAD, PUT, PATCH, DELETE")),
    }
}

pub(crate) fn only(method: &Method, allowed: &'static str, route: Route) -> Result<Route, Failure> {
    match (allowed, method) {
        ("GET", &Method::GET | &Method::HEAD) | ("POST", &Method::POST) => Ok(route),
        ("GET", _) => Err(Failure::MethodNotAllowed("GET, HEAD")),
        _ => Err(Failure::MethodNotAllowed("POST")),
    }
}

pub(crate) fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

fn no_endpoint(path: &str) -> Failure {
    let shown: String = path.chars().take(100).collect();
    let shown = if shown.is_empty() { "/".to_owned() } else { shown };
    Error::not_found(format!(
        "there is no endpoint `{shown}` here; /ResourceTypes lists those of resources"
    ))
    .into()
}

/// Clients send this if they append a path to a base URL that ends with a slash.
fn empty_segment() -> Failure {
    Error::not_found("the path holds `//`: is there a slash at the end of the base URL?").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_makes_no_difference() {
        assert_eq!(
            Route::of(&Method::GET, "/Users/").unwrap(),
            Route::List(Kind::User)
        );
        assert_eq!(
            Route::of(&Method::GET, "/Schemas/urn%3Aa").unwrap(),
            Route::Schemas(Some("urn:a".to_owned()))
        );
    }

    #[test]
    fn other_paths_and_methods_are_refused() {
        let status = |method: Method, path: &str| Route::of(&method, path).unwrap_err().into_error().status();
        assert_eq!(Route::of(&Method::GET, "/").unwrap(), Route::ListAll);
        assert_eq!(status(Method::POST, "/"), 405);
        assert_eq!(status(Method::GET, "/.search"), 405);
        assert_eq!(status(Method::GET, "/users"), 404);
        assert_eq!(status(Method::GET, "/Users/1/emails"), 404);
        for path in ["//Users", "/Users//", "/Users//1", "//", "/Schemas//"] {
            assert_eq!(status(Method::DELETE, path), 404, "{path}");
        }
        assert_eq!(status(Method::DELETE, "/Users"), 405);
        assert_eq!(status(Method::POST, "/Users/1"), 405);
        assert_eq!(status(Method::PUT, "/Schemas"), 405);
        assert_eq!(status(Method::GET, "/Me"), 501);
        assert_eq!(status(Method::POST, "/Me"), 501);
        assert_eq!(status(Method::OPTIONS, "/Me"), 405);
        assert_eq!(status(Method::GET, "/Bulk"), 405);
    }
}
