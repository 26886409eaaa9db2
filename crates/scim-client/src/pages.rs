//! A list, page by page.

use std::marker::PhantomData;

use http::Method;
use serde::de::DeserializeOwned;

use crate::client::ScimClient;
use crate::error::ClientError;
use crate::exchange::Request;
use crate::next::{Next, Trail};
use crate::query::{Query, Start, search_request};
use crate::stored::Page;

/// The longest URL of a query, in bytes. Some servers and proxies reject longer ones; such a query is sent with POST.
const LONGEST: usize = 4_000;

/// The pages of a list. See [`Resources::pages`](crate::Resources::pages) and [`ScimClient::search_pages`].
///
/// ```no_run
/// use scim_client::{Query, ScimClient};
///
/// # async fn example(client: ScimClient) -> Result<(), scim_client::ClientError> {
/// let mut pages = client.groups().pages(Query::new().excluded_attributes(["members"]));
/// while let Some(page) = pages.next_page().await? {
///     println!("{} of {:?}", page.resources.len(), page.total_results);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent until `next_page` is awaited"]
pub struct Pages<T> {
    client: ScimClient,
    place: Place,
    query: Query,
    next: Next,
    trail: Trail,
    resource: PhantomData<fn() -> T>,
}

/// What a list is a list of.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// The resources at one endpoint.
    Endpoint(String),
    /// All resources of the server.
    Root,
}

impl<T: DeserializeOwned> Pages<T> {
    pub(crate) fn new(client: ScimClient, place: Place, query: Query) -> Self {
        Self {
            client,
            place,
            query,
            next: Next::Unknown,
            trail: Trail::default(),
            resource: PhantomData,
        }
    }

    /// Returns the next page, or `None` after the last one. After an error, the next call requests the same page again; if
    /// the server has named no way to it, the next call returns the same error.
    ///
    /// # Errors
    ///
    /// Returns an error if the server rejects the query, the query has a path that is not a path, or no response arrives. If a
    /// cursor has expired (`scimType` `expiredCursor`), the list must be read again from the start.
    ///
    /// Returns [`ClientError::Decode`] if the server does not page as the RFCs require, so that resources would be missing or the
    /// list would never end: a page is not the one that was requested, or the list goes on without a way to the next page.
    pub async fn next_page(&mut self) -> Result<Option<Page<T>>, ClientError> {
        if matches!(self.next, Next::Unknown) {
            self.next = self.first().await?;
        }
        let mut parameters = self.query.selection()?;
        match &self.next {
            Next::Cursor(cursor) => parameters.push(("cursor", cursor.clone())),
            Next::Index(index) => parameters.push(("startIndex", index.to_string())),
            Next::Lost(why) => return Err(ClientError::Decode(why.clone())),
            Next::Unknown | Next::Nowhere => return Ok(None),
        }
        parameters.extend(self.query.count.map(|count| ("count", count.to_string())));
        let page = page(&self.client, &self.place, &parameters).await?;
        self.next = match self.query.count {
            // no resources were asked for
            Some(0) if page.resources.is_empty() => Next::Nowhere,
            _ => self.trail.after(&self.next, &page)?,
        };
        Ok(Some(page))
    }

    /// By cursor where the query has one, or the server has cursors and the query has no index.
    async fn first(&mut self) -> Result<Next, ClientError> {
        match (&self.query.start, self.query.count) {
            (Some(Start::Index(index)), _) => return Ok(Next::Index((*index).max(1))),
            // servers reject a cursor with a count of 0
            (None, Some(0)) => return Ok(Next::Index(1)),
            _ => {}
        }
        let config = self.client.known_config().await?;
        let pagination = config.and_then(|config| config.pagination.as_ref());
        let pagination = pagination.filter(|pagination| pagination.cursor);
        // a count above the largest page is an error to some servers (RFC 9865 section 2.2)
        if let Some((count, most)) = self.query.count.zip(pagination.and_then(|it| it.max_page_size)) {
            self.query.count = Some(count.min(most));
        }
        Ok(match &self.query.start {
            Some(Start::Cursor(cursor)) => Next::Cursor(cursor.clone()),
            _ if pagination.is_some() => Next::Cursor(String::new()),
            _ => Next::Index(1),
        })
    }
}

/// Requests a page with exactly these parameters.
pub(crate) async fn page<T: DeserializeOwned>(
    client: &ScimClient,
    place: &Place,
    parameters: &[(&str, String)],
) -> Result<Page<T>, ClientError> {
    let search = match place {
        Place::Root => client.url("/.search", None)?,
        Place::Endpoint(endpoint) => client.url(endpoint, Some(".search"))?,
    };
    let search = || Request::new(Method::POST, search).json(&search_request(parameters));
    let Place::Endpoint(endpoint) = place else {
        return Page::read(search()?.send(&client.0).await?.json()?);
    };
    let mut url = client.url(endpoint, None)?;
    if !parameters.is_empty() {
        url.query_pairs_mut().extend_pairs(parameters);
    }
    if url.as_str().len() > LONGEST {
        match search()?.send(&client.0).await {
            // the server has no `/.search`
            Err(error) if matches!(error.status(), Some(404 | 405 | 501)) => {}
            answer => return Page::read(answer?.json()?),
        }
    }
    let answer = Request::new(Method::GET, url).send(&client.0).await?;
    Page::read(answer.json()?)
}
