//! From a query to the selection that a store executes.

use super::{Query, SortOrder};
use crate::condition::Condition;
use crate::error::Error;
use crate::path::AttributePath;
use crate::position::Seek;
use crate::schema::{AttributeRef, Mutability, ResourceType, Returned};

/// The page of resources that a store selects: a condition, an order, and the part of the list.
///
/// ```
/// use scim_core::filter::FilterLimits;
/// use scim_core::query::{Query, SortOrder};
/// use scim_core::schema::ResourceType;
///
/// let pairs = [("sortBy", "name.familyName"), ("sortOrder", "descending"), ("count", "50")];
/// let query = Query::from_pairs(pairs, &FilterLimits::default())?;
/// let selection = query.select(&ResourceType::user(), 1_000)?;
/// assert_eq!(selection.limit, 50);
/// assert!(selection.condition.is_none());
/// let sort = selection.sort.ok_or("no order")?;
/// assert_eq!((sort.by.to_string().as_str(), sort.order), ("name.familyName", SortOrder::Descending));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    /// The condition that resources have to meet; `None` selects all.
    pub condition: Option<Condition>,
    /// The order; `None` is the order of creation. Ties are ordered by id.
    pub sort: Option<Sort>,
    /// The number of resources before the page: `startIndex` minus 1. It has no meaning with a [`seek`](Self::seek).
    pub offset: u64,
    /// The place where the page begins, for paging by cursor. The store then has to return positions.
    pub seek: Option<Seek>,
    /// The maximum number of resources on the page; 0 requests only the total.
    pub limit: u32,
}

/// The order of a list (RFC 7644 section 3.4.2.3).
///
/// Text is compared as in filters. A multi-valued attribute counts by its primary value, or else its first. Resources
/// without a value come last in ascending order, and first in descending order.
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "sortBy")]
pub struct Sort {
    /// The attribute to sort by. [`Query::select`] never returns a complex one, which a store need not support.
    pub by: AttributeRef,
    /// The direction.
    pub order: SortOrder,
}

impl Query {
    /// Returns the selection from the resources of a type: at most `page_size` resources, whatever the `count` (RFC 7644
    /// section 3.4.2.4).
    ///
    /// # Errors
    ///
    /// Returns 400 `invalidFilter` where [`Filter::resolve`](crate::filter::Filter::resolve) does; 400 `invalidPath` for a `sortBy`
    /// that names no attribute, one that cannot be read, or a complex one without a `value`.
    pub fn select(&self, resource_type: &ResourceType, page_size: u32) -> Result<Selection, Error> {
        let condition = self
            .filter
            .as_ref()
            .map(|filter| filter.resolve(resource_type))
            .transpose()?;
        let by = self
            .sort_by
            .as_ref()
            .map(|path| sort_attribute(resource_type, path))
            .transpose()?;
        Ok(self.selection(condition, by, page_size))
    }

    /// Returns the selection from one of several types that are queried together (RFC 7644 section 3.4.2.1). The type may lack the
    /// attributes that the filter and `sortBy` name, if one of `others` has them.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`select`](Self::select) where the filter or `sortBy` can be resolved for none of the types.
    pub fn select_among(
        &self,
        resource_type: &ResourceType,
        others: &[&ResourceType],
        page_size: u32,
    ) -> Result<Selection, Error> {
        let condition = self
            .filter
            .as_ref()
            .map(|filter| filter.resolve_among(resource_type, others))
            .transpose()?
            .filter(|condition| !condition.is_always());
        let by = match &self.sort_by {
            None => None,
            Some(path) => match sort_attribute(resource_type, path) {
                Err(_) if others.iter().any(|other| sort_attribute(other, path).is_ok()) => None,
                // a type that has the attribute gives the better reason
                Err(_) if resource_type.resolve(path).is_none() => {
                    let has_it = |other: &&&ResourceType| other.resolve(path).is_some();
                    let knows = others.iter().find(has_it).unwrap_or(&resource_type);
                    return Err(sort_attribute(knows, path)
                        .err()
                        .unwrap_or_else(|| unknown_sort(path)));
                }
                attribute => Some(attribute?),
            },
        };
        Ok(self.selection(condition, by, page_size))
    }

    fn selection(&self, condition: Option<Condition>, by: Option<AttributeRef>, page_size: u32) -> Selection {
        let count = self.count.unwrap_or(page_size.into()).min(page_size.into());
        Selection {
            condition,
            sort: by.map(|by| Sort {
                by,
                order: self.sort_order,
            }),
            offset: self.start_index.saturating_sub(1),
            seek: None,
            limit: u32::try_from(count).unwrap_or(page_size),
        }
    }
}

fn unknown_sort(path: &AttributePath) -> Error {
    Error::invalid_path(format!("`sortBy`: unknown attribute `{path}`"))
}

fn sort_attribute(resource_type: &ResourceType, path: &AttributePath) -> Result<AttributeRef, Error> {
    let attribute = resource_type.resolve(path).ok_or_else(|| unknown_sort(path))?;
    let hidden =
        attribute.leaf().mutability == Mutability::WriteOnly || attribute.leaf().returned == Returned::Never;
    if hidden {
        return Err(Error::invalid_path(format!(
            "`sortBy`: `{attribute}` cannot be read"
        )));
    }
    if !attribute.leaf().is_complex() {
        return Ok(attribute);
    }
    match attribute.attribute.sub_attribute("value").cloned() {
        Some(value) => Ok(attribute.with_sub(value)),
        None => Err(Error::invalid_path(format!(
            "`sortBy`: `{attribute}` is made of sub-attributes; sort by one of them"
        ))),
    }
}
