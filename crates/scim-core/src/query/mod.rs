//! Queries for lists of resources (RFC 7644 section 3.4.2): parameters, and the selection that a store executes.

mod selection;

use std::num::IntErrorKind;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::filter::{Filter, FilterLimits};
use crate::object::{check_message, only_member};
use crate::path::AttributePath;
use crate::projection::Projection;
use crate::schema::ResourceType;

pub use selection::{Selection, Sort};

/// The schema URI of a SearchRequest (RFC 7644 section 3.4.3).
pub const SEARCH_REQUEST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// The parameters of a query, from the query string of a GET or the body of a SearchRequest.
///
/// They are parsed but not resolved: [`select`](Self::select) and [`projection`](Self::projection) resolve them against a resource
/// type.
///
/// ```
/// use scim_core::filter::FilterLimits;
/// use scim_core::query::Query;
/// use scim_core::schema::ResourceType;
///
/// let pairs = [("filter", "title pr"), ("sortBy", "userName"), ("startIndex", "11"), ("count", "5000")];
/// let query = Query::from_pairs(pairs, &FilterLimits::default())?;
///
/// let user = ResourceType::user();
/// let selection = query.select(&user, 1_000)?;
/// assert_eq!((selection.offset, selection.limit), (10, 1_000));
/// assert!(selection.condition.is_some());
///
/// let query = Query::from_pairs([("sortBy", "shoeSize")], &FilterLimits::default())?;
/// let error = query.select(&user, 1_000).unwrap_err();
/// assert_eq!(error.detail(), "`sortBy`: unknown attribute `shoeSize`");
/// # Ok::<(), scim_core::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[doc(alias = "SearchRequest")]
pub struct Query {
    /// The parameter `filter`.
    pub filter: Option<Filter>,
    /// The parameter `sortBy`.
    #[doc(alias = "sortBy")]
    pub sort_by: Option<AttributePath>,
    /// The parameter `sortOrder`.
    #[doc(alias = "sortOrder")]
    pub sort_order: SortOrder,
    /// The parameter `startIndex`: 1 or more after parsing. [`select`](Self::select) treats 0, the value of
    /// [`Query::default`], as 1.
    #[doc(alias = "startIndex")]
    pub start_index: u64,
    /// The parameter `cursor` (RFC 9865 section 2): empty for the first page, `None` for paging by index. [`select`](Self::select)
    /// ignores it; the server turns it into [`Selection::seek`].
    pub cursor: Option<String>,
    /// The parameter `count`, or `None` if the client leaves it to the server. With a cursor, 1 or more after parsing.
    pub count: Option<u64>,
    /// The parameter `attributes`. [`projection`](Self::projection) rejects it together with `excludedAttributes`.
    pub attributes: Vec<String>,
    /// The parameter `excludedAttributes`.
    #[doc(alias = "excludedAttributes")]
    pub excluded_attributes: Vec<String>,
}

/// The direction of a sorted list: `sortOrder`.
///
/// Exhaustive on purpose: these are the directions of RFC 7644 section 3.4.2.3. A new variant is a new major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortOrder {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

impl Query {
    /// Parses the decoded parameters of a query string. Unknown parameters are ignored.
    ///
    /// # Errors
    ///
    /// Returns 400 `invalidFilter`, `invalidPath` (`sortBy`) or `invalidValue` (the others) for a parameter that cannot be parsed;
    /// 400 `invalidFilter` or `invalidCursor` for a second `filter` or `cursor`. With a `cursor`, returns 400 `invalidCount` for a
    /// `count` that is not 1 or more, and 400 `invalidCursor` for a `startIndex`.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        limits: &FilterLimits,
    ) -> Result<Self, Error> {
        let mut query = Self::default();
        let (mut start_index, mut count) = (None, None);
        for (name, value) in pairs {
            match name {
                "filter" if query.filter.is_some() => {
                    return Err(Error::invalid_filter("`filter` is given twice"));
                }
                "filter" => query.filter = Some(Filter::parse(value, limits)?),
                "sortBy" if !value.is_empty() => query.sort_by = Some(sort_by(value)?),
                "sortOrder" if !value.is_empty() => query.sort_order = sort_order(value)?,
                "startIndex" => start_index = Some(integer(name, value)?),
                "count" => count = Some(integer(name, value)),
                "cursor" if query.cursor.is_some() => {
                    return Err(Error::invalid_cursor("`cursor` is given twice"));
                }
                "cursor" => query.cursor = Some(value.to_owned()),
                "attributes" => query.attributes.extend(list(value)),
                "excludedAttributes" => query.excluded_attributes.extend(list(value)),
                _ => {}
            }
        }
        query.page(start_index, count)
    }

    /// Sets the page, by index or by cursor but not both.
    fn page(self, start_index: Option<i64>, count: Option<Result<i64, Error>>) -> Result<Self, Error> {
        let count = match (&self.cursor, count) {
            (Some(_), _) if start_index.is_some() => {
                return Err(Error::invalid_cursor(
                    "`cursor` and `startIndex` exclude one another, send one of them",
                ));
            }
            (None, count) => count.transpose()?.map(|count| at_least(0, count)),
            (Some(_), None) => None,
            (Some(_), Some(count)) => match count {
                Ok(count @ 1..) => Some(at_least(1, count)),
                _ => {
                    return Err(Error::invalid_count(
                        "`count` must be a whole number of 1 or more",
                    ));
                }
            },
        };
        Ok(Self {
            start_index: at_least(1, start_index.unwrap_or(1)),
            count,
            ..self
        })
    }

    /// Parses a SearchRequest (RFC 7644 section 3.4.3).
    ///
    /// ```
    /// use scim_core::filter::FilterLimits;
    /// use scim_core::query::{Query, SEARCH_REQUEST_URN};
    /// use serde_json::json;
    ///
    /// let body = json!({ "schemas": [SEARCH_REQUEST_URN], "filter": "title pr", "count": 10 });
    /// let body = body.as_object().cloned().unwrap_or_default();
    /// let query = Query::from_search_request(&body, &FilterLimits::default())?;
    /// assert_eq!((query.start_index, query.count), (1, Some(10)));
    /// # Ok::<(), scim_core::error::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Query::from_pairs`], and 400 `invalidSyntax` if `schemas` does not list [`SEARCH_REQUEST_URN`] or a
    /// name occurs twice in different spellings.
    pub fn from_search_request(body: &Map<String, Value>, limits: &FilterLimits) -> Result<Self, Error> {
        check_message(body, SEARCH_REQUEST_URN)?;
        let text = |name: &str| match only_member(body, name)? {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(Error::invalid_value(format!("`{name}` must be a string"))),
        };
        let number = |name: &str| match only_member(body, name)? {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_i64().or(value.as_u64().map(|_| i64::MAX)) {
                Some(number) => Ok(Some(number)),
                None => Err(Error::invalid_value(format!("`{name}` must be a whole number"))),
            },
        };
        let names = |name: &str| match only_member(body, name)? {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(names)) if names.iter().all(Value::is_string) => Ok(names
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()),
            Some(_) => Err(Error::invalid_value(format!(
                "`{name}` must be a list of attribute names"
            ))),
        };
        let query = Self {
            filter: text("filter")?
                .map(|filter| Filter::parse(filter, limits))
                .transpose()?,
            sort_by: text("sortBy")?.map(sort_by).transpose()?,
            sort_order: text("sortOrder")?
                .map(sort_order)
                .transpose()?
                .unwrap_or_default(),
            cursor: text("cursor")?.map(str::to_owned),
            attributes: names("attributes")?,
            excluded_attributes: names("excludedAttributes")?,
            ..Self::default()
        };
        query.page(number("startIndex")?, number("count").transpose())
    }

    /// Returns the projection that `attributes` or `excludedAttributes` asks for.
    ///
    /// # Errors
    ///
    /// Returns 400 `invalidValue` where both are given, because they exclude one another (RFC 7644 section 3.9), and for a filter in
    /// brackets in one of them.
    pub fn projection(&self, resource_type: &ResourceType) -> Result<Projection, Error> {
        if !self.attributes.is_empty() && !self.excluded_attributes.is_empty() {
            let detail = "`attributes` and `excludedAttributes` exclude one another, send one of them";
            return Err(Error::invalid_value(detail));
        }
        for (parameter, names) in [
            ("attributes", &self.attributes),
            ("excludedAttributes", &self.excluded_attributes),
        ] {
            if let Some(name) = names.iter().find(|name| name.contains(['[', ']'])) {
                return Err(Error::invalid_value(format!(
                    "`{parameter}` takes names such as `emails` and `emails.value` with commas between them, and no filters: `{name}`"
                )));
            }
        }
        let attributes: Vec<&str> = self.attributes.iter().map(String::as_str).collect();
        let excluded: Vec<&str> = self.excluded_attributes.iter().map(String::as_str).collect();
        Ok(Projection::new(resource_type, &attributes, &excluded))
    }
}

fn sort_by(path: &str) -> Result<AttributePath, Error> {
    AttributePath::parse(path).map_err(|error| error.into_invalid_path().within("`sortBy`"))
}

fn sort_order(order: &str) -> Result<SortOrder, Error> {
    match order.to_ascii_lowercase().as_str() {
        "ascending" => Ok(SortOrder::Ascending),
        "descending" => Ok(SortOrder::Descending),
        _ => Err(Error::invalid_value(format!(
            "`sortOrder` must be `ascending` or `descending`, not `{order}`"
        ))),
    }
}

/// Splits a comma-separated list of names.
fn list(value: &str) -> impl Iterator<Item = String> {
    value
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}

/// Parses a whole number, clamped to the range of `i64`.
fn integer(name: &str, value: &str) -> Result<i64, Error> {
    match value.trim().parse::<i64>() {
        Ok(number) => Ok(number),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Ok(i64::MAX),
        Err(error) if *error.kind() == IntErrorKind::NegOverflow => Ok(i64::MIN),
        Err(_) => Err(Error::invalid_value(format!(
            "`{name}` must be a whole number, not `{value}`"
        ))),
    }
}

/// RFC 7644 section 3.4.2.4: a `startIndex` below 1 is 1, a negative `count` is 0.
fn at_least(least: u64, number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0).max(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> Result<Query, Error> {
        Query::from_pairs(pairs.iter().copied(), &FilterLimits::default())
    }

    #[test]
    fn pages_start_at_one_and_are_not_larger_than_allowed() {
        let user = ResourceType::user();
        let selection = query(&[("startIndex", "0"), ("count", "5000")])
            .unwrap()
            .select(&user, 1_000)
            .unwrap();
        assert_eq!((selection.offset, selection.limit), (0, 1_000));
        let selection = query(&[("startIndex", "-3"), ("count", "-1")])
            .unwrap()
            .select(&user, 1_000)
            .unwrap();
        assert_eq!((selection.offset, selection.limit), (0, 0));
        let selection = query(&[("startIndex", "101")])
            .unwrap()
            .select(&user, 1_000)
            .unwrap();
        assert_eq!((selection.offset, selection.limit), (100, 1_000));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        assert_eq!(
            query(&[("count", "many")]).unwrap_err().detail(),
            "`count` must be a whole number, not `many`"
        );
        assert_eq!(query(&[("sortOrder", "up")]).unwrap_err().status(), 400);
        assert_eq!(
            query(&[("filter", "")])
                .unwrap_err()
                .scim_type()
                .unwrap()
                .as_str(),
            "invalidFilter"
        );
        let sorted = query(&[("sortBy", "quota")])
            .unwrap()
            .select(&ResourceType::user(), 10);
        assert_eq!(
            sorted.unwrap_err().to_string(),
            "400 invalidPath: `sortBy`: unknown attribute `quota`"
        );
    }

    #[test]
    fn a_cursor_excludes_an_index_and_an_empty_page() {
        let reason = |pairs: &[(&str, &str)]| query(pairs).unwrap_err().scim_type().unwrap().as_str();
        assert_eq!(reason(&[("cursor", ""), ("startIndex", "1")]), "invalidCursor");
        assert_eq!(reason(&[("count", "0"), ("cursor", "")]), "invalidCount");
        assert_eq!(reason(&[("cursor", "x"), ("count", "many")]), "invalidCount");
        let first = query(&[("cursor", ""), ("count", "7")]).unwrap();
        assert_eq!((first.cursor.as_deref(), first.count), (Some(""), Some(7)));
    }

    #[test]
    fn a_search_request_says_the_same_as_a_query_string() {
        let body = serde_json::json!({
            "schemas": [SEARCH_REQUEST_URN],
            "filter": "title pr", "sortBy": "userName", "sortOrder": "descending",
            "startIndex": 3, "count": 7, "attributes": ["userName", "emails"]
        });
        let limits = FilterLimits::default();
        let searched = Query::from_search_request(body.as_object().unwrap(), &limits).unwrap();
        let pairs = [
            ("filter", "title pr"),
            ("sortBy", "userName"),
            ("sortOrder", "descending"),
            ("startIndex", "3"),
            ("count", "7"),
            ("attributes", "userName, emails"),
            ("aadOptscim062020", ""),
        ];
        assert_eq!(searched, query(&pairs).unwrap());
    }

    #[test]
    fn a_search_request_may_be_written_in_any_case() {
        let limits = FilterLimits::default();
        let body = serde_json::json!({
            "Schemas": [SEARCH_REQUEST_URN], "Filter": "title pr", "SORTBY": "userName", "Count": 7,
        });
        let searched = Query::from_search_request(body.as_object().unwrap(), &limits).unwrap();
        let pairs = [("filter", "title pr"), ("sortBy", "userName"), ("count", "7")];
        assert_eq!(searched, query(&pairs).unwrap());
    }
}
