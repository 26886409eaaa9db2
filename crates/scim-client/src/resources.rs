//! Resources of one type: create, read, list, change, delete.

use std::fmt;
use std::marker::PhantomData;

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use http::Method;
use http::header::IF_NONE_MATCH;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::change::Change;
use crate::client::ScimClient;
use crate::error::ClientError;
use crate::exchange::{Answer, Request};
use crate::filter::Filter;
use crate::pages::Pages;
use crate::patch::PatchOp;
use crate::query::{Query, search_request};
use crate::stored::{Page, Stored};

/// Longer URLs are refused by some servers and proxies: what would be one is asked for by POST.
const LONGEST: usize = 4_000;

/// The resources at one endpoint of a server. See [`ScimClient::users`].
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
    /// Makes a resource (RFC 7644 section 3.3).
    ///
    /// # Errors
    ///
    /// [`is_conflict`](ClientError::is_conflict) where another one has a value that must be unique.
    pub async fn create(&self, resource: &T) -> Result<Stored<T>, ClientError> {
        let url = self.client.url(&self.endpoint, None)?;
        stored(
            Request::new(Method::POST, url)
                .json(resource)?
                .send(&self.client.0)
                .await?,
        )
    }

    /// The resource of that id (RFC 7644 section 3.4.1).
    ///
    /// # Errors
    ///
    /// [`is_not_found`](ClientError::is_not_found) where there is none.
    pub async fn get(&self, id: &str) -> Result<Stored<T>, ClientError> {
        stored(self.request(Method::GET, id)?.send(&self.client.0).await?)
    }

    /// The resource of that id if it is at another version than this one (`If-None-Match`, RFC 7644 section 3.14), and `None` if
    /// nothing has changed.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn get_if_none_match(&self, id: &str, version: &str) -> Result<Option<Stored<T>>, ClientError> {
        let request = self.request(Method::GET, id)?.header(IF_NONE_MATCH, version)?;
        let answer = request.send(&self.client.0).await?;
        match answer.status {
            304 => Ok(None),
            _ => stored(answer).map(Some),
        }
    }

    /// The one resource that matches, if there is one: `find(Filter::eq("userName", name))`.
    ///
    /// # Errors
    ///
    /// [`ClientError::Ambiguous`] where more than one matches.
    pub async fn find(&self, filter: Filter) -> Result<Option<Stored<T>>, ClientError> {
        let query = Query::new().filter(filter).count(2);
        let page = self.query(&query).await?;
        if page.resources.len() > 1 || page.total_results.is_some_and(|total| total > 1) {
            return Err(ClientError::Ambiguous(query.filter_text()));
        }
        Ok(page.resources.into_iter().next())
    }

    /// One page of a list (RFC 7644 section 3.4.2). What would make a URL of more than 4,000 bytes is sent in a body, to
    /// `/.search` (section 3.4.3), if the server has that.
    ///
    /// # Errors
    ///
    /// When the server refuses, with `scimType` `invalidFilter` for example.
    pub async fn query(&self, query: &Query) -> Result<Page<T>, ClientError> {
        let mut parameters = query.selection()?;
        parameters.extend(query.start_index.map(|index| ("startIndex", index.to_string())));
        parameters.extend(query.count.map(|count| ("count", count.to_string())));
        self.page(&parameters).await
    }

    /// All pages of a list, one after the other: by cursor (RFC 9865) where the server has cursors, by number otherwise.
    ///
    /// By number, a resource that comes or goes while the list is read moves all that follow, so that one may be left out or
    /// come twice; a cursor keeps its place.
    pub fn pages(&self, query: Query) -> Pages<T> {
        Pages::new(self.clone(), query)
    }

    /// All resources of a list, one after the other; no more than a page of them is held at a time.
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

    /// Puts a resource in the place of the one with that id (RFC 7644 section 3.5.1). What it leaves out is taken away, as far as
    /// the server goes: change what you have read, or use [`patch`](Self::patch).
    pub fn replace(&self, id: &str, resource: &T) -> Change<Stored<T>> {
        let request = self.request(Method::PUT, id);
        self.change(request.and_then(|request| request.json(resource)), stored)
    }

    /// Changes the resource of that id (RFC 7644 section 3.5.2). Gives it as it is now, or `None` where the server does not show
    /// it (204).
    pub fn patch(&self, id: &str, patch: &PatchOp) -> Change<Option<Stored<T>>> {
        let request = self.request(Method::PATCH, id);
        let request = request.and_then(|request| request.json(&patch.document()?));
        self.change(request, |answer| {
            let document = answer.document()?;
            document
                .map(|document| Stored::read(document, answer.etag))
                .transpose()
        })
    }

    /// Deletes the resource of that id (RFC 7644 section 3.6).
    pub fn delete(&self, id: &str) -> Change<()> {
        self.change(self.request(Method::DELETE, id), |_| Ok(()))
    }

    /// A page with exactly these parameters.
    pub(crate) async fn page(&self, parameters: &[(&str, String)]) -> Result<Page<T>, ClientError> {
        let mut url = self.client.url(&self.endpoint, None)?;
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        if url.as_str().len() > LONGEST {
            let search = self.client.url(&self.endpoint, Some(".search"))?;
            let search = Request::new(Method::POST, search).json(&search_request(parameters))?;
            match search.send(&self.client.0).await {
                // the server does not know it
                Err(error) if matches!(error.status(), Some(404 | 405 | 501)) => {}
                answer => return Page::read(answer?.json()?),
            }
        }
        let answer = Request::new(Method::GET, url).send(&self.client.0).await?;
        Page::read(answer.json()?)
    }

    pub(crate) fn client(&self) -> &ScimClient {
        &self.client
    }

    fn request(&self, method: Method, id: &str) -> Result<Request, ClientError> {
        Ok(Request::new(method, self.client.url(&self.endpoint, Some(id))?))
    }

    fn change<R>(
        &self,
        request: Result<Request, ClientError>,
        read: fn(Answer) -> Result<R, ClientError>,
    ) -> Change<R> {
        Change::new(self.client.clone(), request, read)
    }
}

fn stored<T: DeserializeOwned>(answer: Answer) -> Result<Stored<T>, ClientError> {
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
