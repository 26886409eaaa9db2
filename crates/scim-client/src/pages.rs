//! A list, page by page.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ClientError;
use crate::query::Query;
use crate::resources::Resources;
use crate::stored::Page;

/// The pages of a list. See [`Resources::pages`].
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
pub struct Pages<T> {
    resources: Resources<T>,
    query: Query,
    next: Next,
}

/// Where the next page begins.
#[derive(Debug)]
enum Next {
    /// Nobody has asked yet whether the server has cursors.
    Unknown,
    Cursor(String),
    Index(u64),
    Nowhere,
}

impl<T: Serialize + DeserializeOwned> Pages<T> {
    pub(crate) fn new(resources: Resources<T>, query: Query) -> Self {
        Self {
            resources,
            query,
            next: Next::Unknown,
        }
    }

    /// The next page, `None` after the last one. After an error, the same page is asked for again.
    ///
    /// # Errors
    ///
    /// When the server refuses. A cursor may have expired (`scimType` `expiredCursor`): then the list has to be read anew.
    pub async fn next_page(&mut self) -> Result<Option<Page<T>>, ClientError> {
        if matches!(self.next, Next::Unknown) {
            self.next = self.first().await?;
        }
        let mut parameters = self.query.selection()?;
        match &self.next {
            Next::Cursor(cursor) => parameters.push(("cursor", cursor.clone())),
            Next::Index(index) => parameters.push(("startIndex", index.to_string())),
            Next::Unknown | Next::Nowhere => return Ok(None),
        }
        parameters.extend(self.query.count.map(|count| ("count", count.to_string())));
        let page = self.resources.page(&parameters).await?;
        self.next = self.next.after(&page)?;
        Ok(Some(page))
    }

    /// By cursor where the server has them and nobody asks for a place in the middle.
    async fn first(&mut self) -> Result<Next, ClientError> {
        if let Some(index) = self.query.start_index {
            return Ok(Next::Index(index.max(1)));
        }
        let config = self.resources.client().known_config().await?;
        let pagination = config.and_then(|config| config.pagination.as_ref());
        let Some(pagination) = pagination.filter(|pagination| pagination.cursor) else {
            return Ok(Next::Index(1));
        };
        // a count above the largest page is an error to some servers (RFC 9865 section 2.2)
        if let (Some(count), Some(most)) = (self.query.count, pagination.max_page_size) {
            self.query.count = Some(count.min(most));
        }
        Ok(Next::Cursor(String::new()))
    }
}

impl Next {
    fn after<T>(&self, page: &Page<T>) -> Result<Self, ClientError> {
        match (self, &page.next_cursor) {
            (Self::Cursor(this), Some(next)) if this == next => {
                let wrong = "the next page has the cursor of this one, and the list would never end";
                Err(ClientError::Decode(wrong.to_owned()))
            }
            (Self::Cursor(_), Some(next)) => Ok(Self::Cursor(next.clone())),
            (Self::Index(index), _) => {
                let read = u64::try_from(page.resources.len()).unwrap_or(u64::MAX);
                let next = index.saturating_add(read);
                let more = page.total_results.is_none_or(|total| next <= total);
                Ok(if more && read > 0 {
                    Self::Index(next)
                } else {
                    Self::Nowhere
                })
            }
            _ => Ok(Self::Nowhere),
        }
    }
}
