//! What is requested of a list (RFC 7644 section 3.4.2).

use scim_core::path::AttributePath;
use serde_json::{Map, Value, json};

use crate::error::ClientError;
use crate::filter::Filter;

pub(crate) const ATTRIBUTES: &str = "attributes";
pub(crate) const EXCLUDED_ATTRIBUTES: &str = "excludedAttributes";

/// The parameters of a list: filter, order, attributes and page (RFC 7644 section 3.4.2). Without any, a list has all
/// resources, with the attributes and in the order that the server chooses.
///
/// ```
/// use scim_client::{Filter, Query};
///
/// let query = Query::new()
///     .filter(Filter::eq("active", true))
///     .sort_by("userName")
///     .attributes(["userName", "emails"])
///     .count(50);
/// # let _ = query;
/// ```
///
/// Attributes are named by their paths, as in a [`Filter`]. If a text is not a path, the request fails with
/// [`ClientError::Request`] before it is sent.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Query {
    filter: Option<Filter>,
    sort_by: Option<String>,
    descending: bool,
    attributes: Vec<String>,
    excluded_attributes: Vec<String>,
    pub(crate) start: Option<Start>,
    pub(crate) count: Option<u64>,
}

/// Where a list begins.
#[derive(Debug, Clone)]
pub(crate) enum Start {
    Index(u64),
    Cursor(String),
}

impl Query {
    /// Creates a query for all resources.
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits the list to resources that match the filter.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(filter);
        self
    }

    /// Sorts by an attribute, in ascending order.
    pub fn sort_by(mut self, path: impl Into<String>) -> Self {
        (self.sort_by, self.descending) = (Some(path.into()), false);
        self
    }

    /// Sorts by an attribute, in descending order.
    pub fn sort_by_descending(mut self, path: impl Into<String>) -> Self {
        (self.sort_by, self.descending) = (Some(path.into()), true);
        self
    }

    /// Limits the resources to these attributes; `id` is always returned (RFC 7644 section 3.9).
    pub fn attributes<P: Into<String>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.attributes = paths.into_iter().map(Into::into).collect();
        self
    }

    /// Leaves these attributes out, for example `members` of large groups (RFC 7644 section 3.9).
    pub fn excluded_attributes<P: Into<String>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.excluded_attributes = paths.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the maximum number of resources on a page. The server may return fewer. 0 asks for
    /// [`total_results`](crate::Page::total_results) only, so all pages together are one page without resources. Servers reject 0
    /// with a [`cursor`](Self::cursor).
    pub fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// Starts at this resource, counted from 1. Replaces a [`cursor`](Self::cursor).
    pub fn start_index(mut self, start_index: u64) -> Self {
        self.start = Some(Start::Index(start_index));
        self
    }

    /// Starts at the page of this cursor, a [`Page::next_cursor`](crate::Page::next_cursor) of the same query (RFC 9865). The
    /// empty cursor is the first page of a list by cursor. Replaces a [`start_index`](Self::start_index).
    ///
    /// Keep the filter, the order and `count` of the query that returned the cursor; servers may reject a cursor with others.
    ///
    /// ```no_run
    /// use scim_client::{Query, ScimClient};
    ///
    /// # async fn example(client: ScimClient, kept: Option<String>) -> Result<(), scim_client::ClientError> {
    /// let query = Query::new().sort_by("userName").count(100);
    /// let page = client.users().query(query.cursor(kept.unwrap_or_default())).await?;
    /// // Pass this to the next call, even from another process.
    /// let next: Option<String> = page.next_cursor;
    /// # Ok(())
    /// # }
    /// ```
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.start = Some(Start::Cursor(cursor.into()));
        self
    }

    /// The filter as text, for errors.
    pub(crate) fn filter_text(&self) -> String {
        self.filter.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    /// All parameters.
    pub(crate) fn parameters(&self) -> Result<Vec<(&'static str, String)>, ClientError> {
        let mut parameters = self.selection()?;
        parameters.extend(self.start.as_ref().map(|start| match start {
            Start::Index(index) => ("startIndex", index.to_string()),
            Start::Cursor(cursor) => ("cursor", cursor.clone()),
        }));
        parameters.extend(self.count.map(|count| ("count", count.to_string())));
        Ok(parameters)
    }

    /// The parameters other than those of paging.
    pub(crate) fn selection(&self) -> Result<Vec<(&'static str, String)>, ClientError> {
        let mut parameters = Vec::new();
        if let Some(filter) = &self.filter {
            parameters.push(("filter", filter.text()?));
        }
        if let Some(path) = &self.sort_by {
            parameters.push(("sortBy", paths(std::slice::from_ref(path))?));
            if self.descending {
                parameters.push(("sortOrder", "descending".to_owned()));
            }
        }
        for (name, attributes) in [
            (ATTRIBUTES, &self.attributes),
            (EXCLUDED_ATTRIBUTES, &self.excluded_attributes),
        ] {
            if !attributes.is_empty() {
                parameters.push((name, paths(attributes)?));
            }
        }
        Ok(parameters)
    }
}

/// Paths of attributes, checked and joined as a query string has them.
pub(crate) fn paths(paths: &[String]) -> Result<String, ClientError> {
    for path in paths {
        if let Err(error) = AttributePath::parse(path) {
            let wrong = format!("`{path}` is not the path of an attribute: {error}");
            return Err(ClientError::Request(wrong));
        }
    }
    Ok(paths.join(","))
}

/// The parameters of a list as the body of a search (RFC 7644 section 3.4.3).
pub(crate) fn search_request(parameters: &[(&str, String)]) -> Map<String, Value> {
    let schemas = json!(["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]);
    let mut body = Map::from_iter([("schemas".to_owned(), schemas)]);
    for (name, text) in parameters {
        let value = match *name {
            ATTRIBUTES | EXCLUDED_ATTRIBUTES => text.split(',').collect(),
            "startIndex" | "count" => text.parse::<u64>().map_or(Value::Null, Value::from),
            _ => Value::from(text.as_str()),
        };
        body.insert((*name).to_owned(), value);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_path() {
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let right = Query::new().attributes(["userName", "members.$ref", urn]);
        assert_eq!(
            right.sort_by("name.familyName").parameters().unwrap(),
            [
                ("sortBy", "name.familyName".to_owned()),
                ("attributes", format!("userName,members.$ref,{urn}"))
            ]
        );
        for wrong in ["", "a,b", "a b", "emails[type eq \"work\"]"] {
            for query in [
                Query::new().sort_by(wrong),
                Query::new().attributes([wrong]),
                Query::new().excluded_attributes(["id", wrong]),
            ] {
                assert!(
                    matches!(query.parameters(), Err(ClientError::Request(_))),
                    "{wrong}"
                );
            }
        }
    }

    #[test]
    fn a_list_begins_at_one_place() {
        let query = Query::new().start_index(5).cursor("abc");
        assert_eq!(query.parameters().unwrap(), [("cursor", "abc".to_owned())]);
        let query = query.start_index(5).count(2);
        assert_eq!(
            query.parameters().unwrap(),
            [("startIndex", "5".to_owned()), ("count", "2".to_owned())]
        );
    }
}
