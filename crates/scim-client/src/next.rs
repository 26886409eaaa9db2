//! Where the next page of a list begins.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use crate::error::ClientError;
use crate::stored::{Page, Stored};

/// Where the next page begins.
#[derive(Debug)]
pub(crate) enum Next {
    /// The client has not determined yet whether the server has cursors.
    Unknown,
    Cursor(String),
    Index(u64),
    Nowhere,
    /// The list goes on, but cannot be read any further, for this reason.
    Lost(String),
}

/// What was read of a list, as hashes: a list that goes in circles would never end.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    hasher: RandomState,
    cursors: HashSet<u64>,
    /// The ids on the last page of a list by index.
    ids: Option<u64>,
}

impl Trail {
    /// Where the page after this one begins. An error means that this page is not the one that was requested.
    pub(crate) fn after<T>(&mut self, this: &Next, page: &Page<T>) -> Result<Next, ClientError> {
        match this {
            Next::Cursor(cursor) => Ok(self.by_cursor(cursor, page)),
            Next::Index(index) => self.by_index(*index, page).map_err(ClientError::Decode),
            Next::Unknown | Next::Nowhere | Next::Lost(_) => Ok(Next::Nowhere),
        }
    }

    fn by_cursor<T>(&mut self, this: &str, page: &Page<T>) -> Next {
        let Some(next) = &page.next_cursor else {
            return match page.total_results {
                // on a later page, the list may have changed since it was begun
                Some(total) if this.is_empty() && total > count(page) => Next::Lost(format!(
                    "the page has {} of {total} resources, but no `nextCursor`: the server does not page by cursor, so read the \
                     list from `startIndex` 1",
                    count(page)
                )),
                _ => Next::Nowhere,
            };
        };
        self.cursors.insert(self.hasher.hash_one(this));
        if self.cursors.contains(&self.hasher.hash_one(next.as_str())) {
            let circle = "`nextCursor` leads back to a page that was read, and the list would never end";
            return Next::Lost(circle.to_owned());
        }
        Next::Cursor(next.clone())
    }

    fn by_index<T>(&mut self, index: u64, page: &Page<T>) -> Result<Next, String> {
        if page.resources.is_empty() {
            return match page.total_results {
                Some(total) if total >= index => Err(format!(
                    "the page from index {index} is empty, although there are {total} resources"
                )),
                _ => Ok(Next::Nowhere),
            };
        }
        // 0 means 1, as in requests
        if let Some(start) = page.start_index.filter(|start| (*start).max(1) != index) {
            return Err(format!("the page begins at index {start} instead of {index}"));
        }
        let ids: Vec<&str> = page.resources.iter().map(Stored::id).collect();
        let ids = Some(self.hasher.hash_one(ids));
        let is_told_apart = page.start_index.is_some() && page.total_results.is_some();
        if self.ids == ids && !is_told_apart {
            return Err(format!("the page from index {index} is the one before it again"));
        }
        self.ids = ids;
        let next = index.saturating_add(count(page));
        Ok(match page.total_results {
            Some(total) if next > total => Next::Nowhere,
            _ => Next::Index(next),
        })
    }
}

fn count<T>(page: &Page<T>) -> u64 {
    u64::try_from(page.resources.len()).unwrap_or(u64::MAX)
}
