//! ListResponse, the response to a query (RFC 7644 section 3.4.2).

use std::fmt::Write as _;

/// The schema URI of a ListResponse.
pub const LIST_RESPONSE_URN: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// A page of a list (RFC 7644 section 3.4.2), with its resources as JSON text.
///
/// ```
/// use scim_core::list::ListResponse;
///
/// let page = ListResponse { total_results: 7, start_index: 3, resources: vec![r#"{"id":"1"}"#.to_owned()], cursors: None };
/// assert_eq!(
///     page.to_json_text(),
///     r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":7,"startIndex":3,"itemsPerPage":1,"Resources":[{"id":"1"}]}"#
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListResponse {
    /// The number of resources that the query selects, on all pages.
    pub total_results: u64,
    /// The index of the first resource of this page, counted from 1. It is left out of a page with [`cursors`](Self::cursors).
    pub start_index: u64,
    /// The resources of this page, each the text of a JSON object. The text is not checked: the document is valid JSON only if
    /// every resource is.
    pub resources: Vec<String>,
    /// The cursors of the adjacent pages, for paging by cursor.
    pub cursors: Option<Cursors>,
}

/// The cursors of the adjacent pages (RFC 9865 section 2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursors {
    /// The `nextCursor`; `None` on the last page.
    pub next: Option<String>,
    /// The `previousCursor`; `None` on the first page.
    pub previous: Option<String>,
}

impl ListResponse {
    /// Returns the text of the ListResponse document. It includes `Resources` even if the page is empty, because clients expect it.
    #[must_use]
    pub fn to_json_text(&self) -> String {
        let length: usize = self.resources.iter().map(|resource| resource.len() + 1).sum();
        let mut text = String::with_capacity(length + 160);
        // writing to a string cannot fail
        let _ = write!(
            text,
            r#"{{"schemas":["{LIST_RESPONSE_URN}"],"totalResults":{}"#,
            self.total_results
        );
        match &self.cursors {
            None => {
                let _ = write!(text, r#","startIndex":{}"#, self.start_index);
            }
            Some(cursors) => {
                write_cursor(&mut text, "previousCursor", cursors.previous.as_deref());
                write_cursor(&mut text, "nextCursor", cursors.next.as_deref());
            }
        }
        let _ = write!(text, r#","itemsPerPage":{},"Resources":["#, self.resources.len());
        for (index, resource) in self.resources.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push_str(resource);
        }
        text.push_str("]}");
        text
    }
}

fn write_cursor(text: &mut String, name: &str, cursor: Option<&str>) {
    if let Some(cursor) = cursor {
        let _ = write!(text, r#","{name}":{}"#, serde_json::Value::from(cursor));
    }
}
