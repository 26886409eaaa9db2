//! The client, and how its resources are reached.

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
use crate::resource::group::Group;
use crate::resource::user::User;
use crate::resources::Resources;
use crate::retry::Retry;
use crate::stored::decode;

/// A SCIM server and the credentials for it. A clone is the same client, with the same connections.
#[derive(Clone)]
pub struct ScimClient(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    base_url: Url,
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) timeout: Duration,
    pub(crate) max_answer: usize,
    pub(crate) retry: Retry,
    /// What the server said that it can do; `None` if it does not say.
    config: OnceCell<Option<ServiceProviderConfig>>,
}

impl ScimClient {
    /// The settings of a client for the server at that URL: the one that `/Users` comes below.
    pub fn builder(base_url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(base_url.into())
    }

    pub(crate) fn assemble(
        http: reqwest::Client,
        base_url: Url,
        authorization: Option<HeaderValue>,
        timeout: Duration,
        max_answer: usize,
        retry: Retry,
    ) -> Self {
        Self(Arc::new(Inner {
            http,
            base_url,
            authorization,
            timeout,
            max_answer,
            retry,
            config: OnceCell::new(),
        }))
    }

    /// The users, at `/Users`.
    pub fn users(&self) -> Resources<User> {
        self.resources("/Users")
    }

    /// The groups, at `/Groups`.
    pub fn groups(&self) -> Resources<Group> {
        self.resources("/Groups")
    }

    /// The resources of any type at its endpoint, as the server's `ResourceType` names it: `/Devices`. The type of Rust is one
    /// of your own or, for what has no type, [`serde_json::Value`]; it has to write `schemas` itself.
    pub fn resources<T>(&self, endpoint: impl Into<String>) -> Resources<T> {
        Resources::new(self.clone(), endpoint.into())
    }

    /// Sends many operations as one request (RFC 7644 section 3.7), and gives what came of each.
    ///
    /// # Errors
    ///
    /// When the request as a whole is refused. An operation that fails is no error here: look at its
    /// [`outcome`](BulkResult::outcome).
    pub async fn bulk(&self, bulk: &Bulk) -> Result<Vec<BulkResult>, ClientError> {
        let url = self.url("/Bulk", None)?;
        let request = Request::new(Method::POST, url).json(&bulk.document()?)?;
        BulkResult::read(request.send(&self.0).await?.json()?)
    }

    /// What the server can do (RFC 7643 section 5). It is asked each time.
    ///
    /// # Errors
    ///
    /// When it does not say, or not in the form of the RFC.
    pub async fn service_provider_config(&self) -> Result<ServiceProviderConfig, ClientError> {
        let url = self.url("/ServiceProviderConfig", None)?;
        let answer = Request::new(Method::GET, url).send(&self.0).await?;
        decode(answer.json()?)
    }

    /// The schemas that the server knows (RFC 7643 section 7).
    ///
    /// # Errors
    ///
    /// When it does not say, or not in the form of the RFC.
    pub async fn schemas(&self) -> Result<Vec<Schema>, ClientError> {
        self.described("/Schemas").await
    }

    /// The types of resources that the server keeps (RFC 7643 section 6).
    ///
    /// # Errors
    ///
    /// When it does not say, or not in the form of the RFC.
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

    /// What the server can do, as it said when it was first asked; `None` where it does not say.
    pub(crate) async fn known_config(&self) -> Result<Option<&ServiceProviderConfig>, ClientError> {
        let ask = async || match self.service_provider_config().await {
            Ok(config) => Ok(Some(config)),
            Err(ClientError::Decode(_)) => Ok(None),
            // whoever must not read it reads lists all the same
            Err(error) if matches!(error.status(), Some(403 | 404 | 405 | 501)) => Ok(None),
            Err(error) => Err(error),
        };
        Ok(self.0.config.get_or_try_init(ask).await?.as_ref())
    }

    /// The URL of an endpoint, or of a resource there.
    pub(crate) fn url(&self, endpoint: &str, id: Option<&str>) -> Result<Url, ClientError> {
        let mut url = self.0.base_url.clone();
        let mut whole = true;
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            let endpoint = endpoint.trim_matches('/').split('/');
            for segment in endpoint.chain(id) {
                // a URL has no such segments: the request would go to the list, or further up
                whole &= !matches!(segment, "" | "." | "..");
                path.push(segment);
            }
        }
        match (whole, id) {
            (true, _) => Ok(url),
            (false, Some(id)) => Err(ClientError::Request(format!("`{id}` is no id of a resource"))),
            (false, None) => Err(ClientError::Request(format!("`{endpoint}` is no endpoint"))),
        }
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
        for id in ["", ".", ".."] {
            assert!(matches!(url(id), Err(ClientError::Request(_))), "{id}");
        }
        assert!(client.url("/", None).is_err());
        assert_eq!(client.url("a/b", None).unwrap().as_str(), "https://x/scim/a/b");
        let root = ScimClient::builder("https://x").build().unwrap();
        assert_eq!(root.url("/Users", None).unwrap().as_str(), "https://x/Users");
    }
}
