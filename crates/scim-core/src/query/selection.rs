//! From what was asked for to what a store is asked to select.

use super::{Query, SortOrder};
use crate::condition::Condition;
use crate::error::Error;
use crate::path::AttributePath;
use crate::position::Seek;
use crate::schema::{AttributeRef, Mutability, ResourceType, Returned};

/// Which resources, in which order, which part of the list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    /// Which resources; without a condition, all.
    pub condition: Option<Condition>,
    /// The order; without one, that of creation. Ties are ordered by id.
    pub sort: Option<Sort>,
    /// How many resources come before the page: `startIndex` less one. Nothing where there is a [`seek`](Self::seek).
    pub offset: u64,
    /// Where the page begins instead, if pages are asked for by cursor; then the answer has to tell positions.
    pub seek: Option<Seek>,
    /// How many resources the page has at most; 0 asks for the total alone.
    pub limit: u32,
}

/// The order of a list (RFC 7644 section 3.4.2.3).
///
/// Text is compared as in filters. A multi-valued attribute counts by its primary value, or else its first. Resources
/// without a value come last in ascending order, and first in descending order.
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// The attribute to sort by; never a complex one.
    pub by: AttributeRef,
    /// Which way.
    pub order: SortOrder,
}

impl Query {
    /// What to select from the resources of a type: at most `page_size` of them, however many are asked for (RFC 7644
    /// section 3.4.2.4).
    ///
    /// # Errors
    ///
    /// 400 `invalidFilter` as [`Filter::resolve`](crate::filter::Filter::resolve) has it; 400 `invalidPath` for a `sortBy` that
    /// names nothing to sort by.
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

    /// The same of one of several types that are asked for together (RFC 7644 section 3.4.2.1): it may lack what the filter and
    /// `sortBy` name, if another has it.
    ///
    /// # Errors
    ///
    /// As for [`select`](Self::select), where none of the types has such an attribute.
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
                // who has something of that name knows best why it is nothing to sort by
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
