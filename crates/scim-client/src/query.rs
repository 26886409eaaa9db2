//! What is asked of a list (RFC 7644 section 3.4.2).

use serde_json::{Map, Value, json};

use crate::error::ClientError;
use crate::filter::Filter;

/// Which resources, in which order, and which of their attributes (RFC 7644 section 3.4.2). Without anything: all of them,
/// as the server shows them.
///
/// ```
/// use scim_client::{Filter, Query};
///
/// let query = Query::new()
///     .filter(Filter::eq("active", true))
///     .sort_by("userName")
///     .attributes(["userName", "emails"])
///     .count(50);
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Query {
    filter: Option<Filter>,
    sort_by: Option<String>,
    descending: bool,
    attributes: Vec<String>,
    excluded_attributes: Vec<String>,
    pub(crate) start_index: Option<u64>,
    pub(crate) count: Option<u64>,
}

impl Query {
    /// All resources.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those that match.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(filter);
        self
    }

    /// In ascending order of an attribute.
    pub fn sort_by(mut self, path: impl Into<String>) -> Self {
        (self.sort_by, self.descending) = (Some(path.into()), false);
        self
    }

    /// In descending order of an attribute.
    pub fn sort_by_descending(mut self, path: impl Into<String>) -> Self {
        (self.sort_by, self.descending) = (Some(path.into()), true);
        self
    }

    /// With these attributes alone; `id` always comes (RFC 7644 section 3.9).
    pub fn attributes<P: Into<String>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.attributes = paths.into_iter().map(Into::into).collect();
        self
    }

    /// Without these attributes: `members` of groups, when they are large (RFC 7644 section 3.9).
    pub fn excluded_attributes<P: Into<String>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.excluded_attributes = paths.into_iter().map(Into::into).collect();
        self
    }

    /// So many resources a page; the server may give fewer.
    pub fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// From that one on; the first is 1.
    pub fn start_index(mut self, start_index: u64) -> Self {
        self.start_index = Some(start_index);
        self
    }

    /// The filter as text, for errors.
    pub(crate) fn filter_text(&self) -> String {
        self.filter.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    /// The parameters other than those of paging.
    pub(crate) fn selection(&self) -> Result<Vec<(&'static str, String)>, ClientError> {
        let mut parameters = Vec::new();
        if let Some(filter) = &self.filter {
            parameters.push(("filter", filter.text()?));
        }
        if let Some(path) = &self.sort_by {
            parameters.push(("sortBy", path.clone()));
            if self.descending {
                parameters.push(("sortOrder", "descending".to_owned()));
            }
        }
        for (name, paths) in [
            ("attributes", &self.attributes),
            ("excludedAttributes", &self.excluded_attributes),
        ] {
            if !paths.is_empty() {
                parameters.push((name, paths.join(",")));
            }
        }
        Ok(parameters)
    }
}

/// The parameters of a list as the body of a search (RFC 7644 section 3.4.3).
pub(crate) fn search_request(parameters: &[(&str, String)]) -> Map<String, Value> {
    let schemas = json!(["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]);
    let mut body = Map::from_iter([("schemas".to_owned(), schemas)]);
    for (name, text) in parameters {
        let value = match *name {
            "attributes" | "excludedAttributes" => text.split(',').collect(),
            "startIndex" | "count" => text.parse::<u64>().map_or(Value::Null, Value::from),
            _ => Value::from(text.as_str()),
        };
        body.insert((*name).to_owned(), value);
    }
    body
}
