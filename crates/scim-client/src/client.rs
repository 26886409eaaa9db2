//! The client, and the resources that it gives access to.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Method};
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use url::Url;

use crate::builder::ClientBuilder;
use crate::bulk::{Bulk, BulkResult};
use crate::discovery::{ResourceType, Schema, ServiceProviderConfig};
use crate::error::ClientError;
use crate::exchange::Request;
use crate::me::Me;
use crate::pages::{Pages, Place, page};
use crate::path::path;
use crate::query::Query;
use crate::resource::group::Group;
use crate::resource::user::User;
use crate::resources::Resources;
use crate::retry::Retry;
use crate::stored::{Page, decode};

/// A SCIM server and the credentials for it.
///
/// Cloning is cheap. Clones share connections and what the client knows about the server.
///
/// ```no_run
/// use scim_client::ScimClient;
///
/// # async fn example() -> Result<(), scim_client::ClientError> {
/// let client = ScimClient::builder("https://scim.example.com/v2").bearer("a-long-random-token").build()?;
/// let user = client.users().get("2819c223").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ScimClient(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    base_url: Url,
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) timeout: Duration,
    pub(crate) max_response_bytes: usize,
    pub(crate) retry: Retry,
    /// The configuration that the server sent; `None` if it sends none.
    config: OnceCell<Option<ServiceProviderConfig>>,
}

impl ScimClient {
    /// Starts to configure a client for the server at this base URL, the one below which `/Users` is.
    pub fn builder(base_url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(base_url.into())
    }

    pub(crate) fn assemble(
        http: reqwest::Client,
        base_url: Url,
        authorization: Option<HeaderValue>,
        timeout: Duration,
        max_response_bytes: usize,
        retry: Retry,
    ) -> Self {
        Self(Arc::new(Inner {
            http,
            base_url,
            authorization,
            timeout,
            max_response_bytes,
            retry,
            config: OnceCell::new(),
        }))
    }

    /// Returns the users, at `/Users`.
    pub fn users(&self) -> Resources<User> {
        self.resources("/Users")
    }

    /// Returns the groups, at `/Groups`.
    pub fn groups(&self) -> Resources<Group> {
        self.resources("/Groups")
    }

    /// Returns the user that the credentials authenticate, at `/Me` (RFC 7644 section 3.11).
    pub fn me(&self) -> Me {
        Me::new(self.clone())
    }

    /// Returns the resources at any endpoint, as the server's `ResourceType` names it: `/Devices`.
    ///
    /// `T` is a type of yours, or [`serde_json::Value`]. It must serialize `schemas` itself.
    pub fn resources<T>(&self, endpoint: impl Into<String>) -> Resources<T> {
        Resources::new(self.clone(), endpoint.into())
    }

    /// Searches all resource types and returns one page: `POST {base}/.search` (RFC 7644 section 3.4.3).
    ///
    /// `T` must deserialize from resources of every type that the query matches: [`serde_json::Value`], or an enum of yours.
    ///
    /// ```no_run
    /// use scim_client::{Filter, Query, ScimClient};
    /// use serde_json::Value;
    ///
    /// # async fn example(client: ScimClient) -> Result<(), scim_client::ClientError> {
    /// let changed = Filter::gt("meta.lastModified", "2026-01-01T00:00:00Z");
    /// let page = client.search::<Value>(Query::new().filter(changed)).await?;
    /// for resource in page.resources {
    ///     println!("{}: {}", resource["meta"]["resourceType"], resource.id());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the server rejects the query or has no `/.search` (404, 405 or 501), or no response arrives; and
    /// [`ClientError::Decode`] if a resource is not a `T`.
    pub async fn search<T: DeserializeOwned>(&self, query: Query) -> Result<Page<T>, ClientError> {
        page(self, &Place::Root, &query.parameters()?).await
    }

    /// Searches all resource types and returns all pages, one after the other. See [`search`](Self::search), and
    /// [`Resources::pages`] for how pages follow each other.
    pub fn search_pages<T: DeserializeOwned>(&self, query: Query) -> Pages<T> {
        Pages::new(self.clone(), Place::Root, query)
    }

    /// Sends many operations in one request (RFC 7644 section 3.7) and returns the result of each.
    ///
    /// # Errors
    ///
    /// Returns an error if an operation cannot be sent, or the server rejects the request as a whole. An operation that fails is
    /// not an error here: its [`outcome`](BulkResult::outcome) is.
    pub async fn bulk(&self, bulk: &Bulk) -> Result<Vec<BulkResult>, ClientError> {
        let url = self.url("/Bulk", None)?;
        let request = Request::new(Method::POST, url).json(&bulk.document()?)?;
        BulkResult::read(request.send(&self.0).await?.json()?)
    }

    /// Requests what the server supports (RFC 7643 section 5). Each call sends a request.
    ///
    /// # Errors
    ///
    /// Returns an error if the server rejects the request, or the response does not have the form of the RFC.
    pub async fn service_provider_config(&self) -> Result<ServiceProviderConfig, ClientError> {
        let url = self.url("/ServiceProviderConfig", None)?;
        let answer = Request::new(Method::GET, url).send(&self.0).await?;
        decode(answer.json()?)
    }

    /// Requests the schemas of the server (RFC 7643 section 7).
    ///
    /// # Errors
    ///
    /// Returns an error if the server rejects the request, or the response does not have the form of the RFC.
    pub async fn schemas(&self) -> Result<Vec<Schema>, ClientError> {
        self.described("/Schemas").await
    }

    /// Requests the resource types of the server (RFC 7643 section 6).
    ///
    /// # Errors
    ///
    /// Returns an error if the server rejects the request, or the response does not have the form of the RFC.
    pub async fn resource_types(&self) -> Result<Vec<ResourceType>, ClientError> {
        self.described("/ResourceTypes").await
    }

    async fn described<T: DeserializeOwned>(&self, endpoint: &str) -> Result<Vec<T>, ClientError> {
        let url = self.url(endpoint, None)?;
        let mut list = Request::new(Method::GET, url).send(&self.0).await?.json()?;
        match list.get_mut("Resources") {
            Some(resources) => decode(resources.take()),
            None => Err(ClientError::Decode("the list has no `Resources`".to_owned())),
        }
    }

    /// What the server supports; `None` if it does not say. Requested until the server gives it, or has none.
    pub(crate) async fn known_config(&self) -> Result<Option<&ServiceProviderConfig>, ClientError> {
        let ask = async || match self.service_provider_config().await {
            Ok(config) => Ok(Some(config)),
            Err(ClientError::Decode(_)) => Ok(None),
            Err(error) if matches!(error.status(), Some(403 | 404 | 405 | 501)) => Ok(None),
            Err(error) => Err(error),
        };
        match self.0.config.get_or_try_init(ask).await {
            Ok(config) => Ok(config.as_ref()),
            // lists can be read without it; if they cannot, their own answer says why
            Err(error) if error.status().is_some() && !error.is_busy() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The URL of an endpoint, or of a resource there.
    pub(crate) fn url(&self, endpoint: &str, id: Option<&str>) -> Result<Url, ClientError> {
        let mut url = self.0.base_url.clone();
        let base = url.path().trim_end_matches('/');
        url.set_path(&format!("{base}{}", path(endpoint, id)?));
        Ok(url)
    }
}

impl fmt::Debug for ScimClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScimClient")
            .field("base_url", &self.0.base_url.as_str())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_never_leads_elsewhere() {
        let client = ScimClient::builder("https://x/scim/").build().unwrap();
        let url = |id| client.url("/Users", Some(id)).map(String::from);
        assert_eq!(
            url("a/../b ?#").unwrap(),
            "https://x/scim/Users/a%2F..%2Fb%20%3F%23"
        );
        for id in [
            "\t", "\n", "\r", ".\t.", ".\n", "..\r\n", "a\nb", "\0", " ", "%2e%2e", "%2E", "..\\", "ä/ö",
            "\u{2028}",
        ] {
            let url = Url::parse(&url(id).unwrap()).unwrap();
            let segments: Vec<&str> = url.path_segments().unwrap().collect();
            let last = percent_encoding::percent_decode_str(segments[2]);
            assert_eq!(segments[..2], ["scim", "Users"]);
            assert_eq!((segments.len(), &*last.decode_utf8().unwrap()), (3, id));
        }
        for id in ["", ".", ".."] {
            assert!(matches!(url(id), Err(ClientError::Request(_))), "{id}");
        }
        assert!(client.url("/", None).is_err());
        assert_eq!(client.url("a/b", None).unwrap().as_str(), "https://x/scim/a/b");
        let root = ScimClient::builder("https://x").build().unwrap();
        assert_eq!(root.url("/Users", None).unwrap().as_str(), "https://x/Users");
    }
}
