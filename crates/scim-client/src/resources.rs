//! Resources of one type: create, read, list, change, delete.

use std::fmt;
use std::marker::PhantomData;

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::change::Change;
use crate::client::ScimClient;
use crate::error::ClientError;
use crate::exchange::{Answer, Request};
use crate::filter::Filter;
use crate::get::Get;
use crate::pages::{Pages, Place, page};
use crate::patch::PatchOp;
use crate::query::Query;
use crate::stored::{Page, Stored};

/// The resources at one endpoint of a server. See [`ScimClient::users`], [`ScimClient::groups`] and
/// [`ScimClient::resources`].
#[must_use]
pub struct Resources<T> {
    client: ScimClient,
    endpoint: String,
    resource: PhantomData<fn() -> T>,
}

impl<T> Resources<T> {
    pub(crate) fn new(client: ScimClient, endpoint: String) -> Self {
        Self {
            client,
            endpoint,
            resource: PhantomData,
        }
    }
}

impl<T: Serialize + DeserializeOwned> Resources<T> {
    /// Creates a resource (RFC 7644 section 3.3) and returns it as the server stored it.
    ///
    /// # Errors
    ///
    /// Returns an error if the server rejects the resource, for which [`is_conflict`](ClientError::is_conflict) is true if
    /// another resource has a value that must be unique; or if no response arrives.
    pub async fn create(&self, resource: &T) -> Result<Stored<T>, ClientError> {
        let url = self.client.url(&self.endpoint, None)?;
        let request = Request::new(Method::POST, url).json(resource)?;
        stored(request.send(&self.client.0).await?)
    }

    /// Reads the resource with this id when awaited (RFC 7644 section 3.4.1).
    ///
    /// [`Get`] has the options: attributes, and [`if_changed`](Get::if_changed).
    ///
    /// # Errors
    ///
    /// Awaiting returns an error if the server rejects the request, for which [`is_not_found`](ClientError::is_not_found) is true
    /// if the resource does not exist; or if no response arrives.
    pub fn get(&self, id: &str) -> Get<Stored<T>> {
        self.read(Some(id))
    }

    /// Returns the only resource that matches, or `None`: `find(Filter::eq("userName", name))`.
    ///
    /// # Errors
    ///
    /// Returns [`ClientError::Ambiguous`] if more than one resource matches, and otherwise the errors of
    /// [`query`](Self::query).
    pub async fn find(&self, filter: Filter) -> Result<Option<Stored<T>>, ClientError> {
        let query = Query::new().filter(filter).count(2);
        let text = query.filter_text();
        let page = self.query(query).await?;
        if page.resources.len() > 1 || page.total_results.is_some_and(|total| total > 1) {
            return Err(ClientError::Ambiguous(text));
        }
        Ok(page.resources.into_iter().next())
    }

    /// Returns one page of a list (RFC 7644 section 3.4.2).
    ///
    /// A query whose URL would be longer than 4,000 bytes is sent as `POST {endpoint}/.search` (section 3.4.3). If the server
    /// does not have that (404, 405 or 501), it is sent with GET after all.
    ///
    /// # Errors
    ///
    /// Returns an error if the server rejects the query, for example with `scimType` `invalidFilter`, the query has a path that
    /// is not a path, or no response arrives.
    pub async fn query(&self, query: Query) -> Result<Page<T>, ClientError> {
        page(&self.client, &self.place(), &query.parameters()?).await
    }

    /// Returns all pages of a list, one after the other.
    ///
    /// Pages follow each other by cursor (RFC 9865) if the server's `ServiceProviderConfig` offers cursors or the query has a
    /// [`cursor`](Query::cursor), and by index otherwise or if the query has a [`start_index`](Query::start_index). The client
    /// requests `ServiceProviderConfig` once, and again for another list if that failed. Without it, pages follow each other by
    /// index.
    ///
    /// By index, a resource that is created or deleted while the list is read moves all that follow it, so one can be missing
    /// or appear twice. A cursor keeps its place.
    pub fn pages(&self, query: Query) -> Pages<T> {
        Pages::new(self.client.clone(), self.place(), query)
    }

    /// Returns all resources of a list as a stream that holds one page at a time. See [`pages`](Self::pages).
    ///
    /// The first error ends the stream, after the resources of the pages before it. [`Pages::next_page`] can be called again
    /// after an error.
    ///
    /// ```no_run
    /// use futures_util::TryStreamExt;
    /// use scim_client::{Query, ScimClient};
    ///
    /// # async fn example(client: ScimClient) -> Result<(), scim_client::ClientError> {
    /// let mut users = client.users().stream(Query::new());
    /// while let Some(user) = users.try_next().await? {
    ///     println!("{} {}", user.id(), user.user_name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(
        &self,
        query: Query,
    ) -> impl Stream<Item = Result<Stored<T>, ClientError>> + Send + Unpin + use<T>
    where
        T: Send + 'static,
    {
        let pages = stream::try_unfold(self.pages(query), async |mut pages| {
            let page = pages.next_page().await?;
            Ok::<_, ClientError>(page.map(|page| (page, pages)))
        });
        pages
            .map_ok(|page| stream::iter(page.resources).map(Ok))
            .try_flatten()
            .boxed()
    }

    /// Replaces the resource with this id when awaited (RFC 7644 section 3.5.1).
    ///
    /// The server clears attributes that `resource` leaves out, except those that it protects. Modify a resource that you have
    /// read, or use [`patch`](Self::patch). [`Change`] has the options: [`if_unchanged`](Change::if_unchanged), and attributes.
    ///
    /// # Errors
    ///
    /// Awaiting returns an error if the server rejects the resource, for which [`is_not_found`](ClientError::is_not_found),
    /// [`is_conflict`](ClientError::is_conflict) or [`is_precondition_failed`](ClientError::is_precondition_failed) may be true;
    /// or if no response arrives.
    pub fn replace(&self, id: &str, resource: &T) -> Change<Stored<T>> {
        self.put(Some(id), resource)
    }

    /// Changes attributes of the resource with this id when awaited (RFC 7644 section 3.5.2). The result is the changed
    /// resource, or `None` if the server answers without it (204). [`Change`] has the options:
    /// [`if_unchanged`](Change::if_unchanged), and attributes.
    ///
    /// # Errors
    ///
    /// Awaiting returns [`ClientError::Request`] if the patch has no operations or a path that is not a path, and otherwise the
    /// errors of [`replace`](Self::replace).
    pub fn patch(&self, id: &str, patch: &PatchOp) -> Change<Option<Stored<T>>> {
        self.modify(Some(id), patch)
    }

    /// Deletes the resource with this id when awaited (RFC 7644 section 3.6).
    ///
    /// # Errors
    ///
    /// Awaiting returns an error if the server rejects the request, for which [`is_not_found`](ClientError::is_not_found) or
    /// [`is_precondition_failed`](ClientError::is_precondition_failed) may be true; or if no response arrives.
    pub fn delete(&self, id: &str) -> Change<()> {
        self.change(self.request(Method::DELETE, Some(id)), |_| Ok(()))
    }

    pub(crate) fn read(&self, id: Option<&str>) -> Get<Stored<T>> {
        Get::new(self.client.clone(), self.request(Method::GET, id), stored)
    }

    pub(crate) fn put(&self, id: Option<&str>, resource: &T) -> Change<Stored<T>> {
        let request = self.request(Method::PUT, id);
        self.change(request.and_then(|request| request.json(resource)), stored)
    }

    pub(crate) fn modify(&self, id: Option<&str>, patch: &PatchOp) -> Change<Option<Stored<T>>> {
        let request = self.request(Method::PATCH, id);
        let request = request.and_then(|request| request.json(&patch.document()?));
        self.change(request, |answer| {
            let document = answer.document()?;
            document
                .map(|document| Stored::read(document, answer.etag))
                .transpose()
        })
    }

    pub(crate) fn request(&self, method: Method, id: Option<&str>) -> Result<Request, ClientError> {
        Ok(Request::new(method, self.client.url(&self.endpoint, id)?))
    }

    pub(crate) fn change<R>(
        &self,
        request: Result<Request, ClientError>,
        read: fn(Answer) -> Result<R, ClientError>,
    ) -> Change<R> {
        Change::new(self.client.clone(), request, read)
    }

    fn place(&self) -> Place {
        Place::Endpoint(self.endpoint.clone())
    }
}

pub(crate) fn stored<T: DeserializeOwned>(answer: Answer) -> Result<Stored<T>, ClientError> {
    Stored::read(answer.json()?, answer.etag)
}

impl<T> Clone for Resources<T> {
    fn clone(&self) -> Self {
        Self::new(self.client.clone(), self.endpoint.clone())
    }
}

impl<T> fmt::Debug for Resources<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resources")
            .field("client", &self.client)
            .field("endpoint", &self.endpoint)
            .finish()
    }
}
