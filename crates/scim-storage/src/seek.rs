//! SQL for pages that begin at a position: the rows after or before a row, found by comparison with its sort key.

use scim_core::position::{Position, PositionKey, Seek, SortKind, SortValue};
use scim_core::query::{Sort, SortOrder};
use scim_service::store::StoreError;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, SelectStatement};

use crate::database::Row;
use crate::filter::{Content, Found, Translation};
use crate::table::{self, Column, column};

/// The type in which a sort key is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    Nothing,
    Text,
    Number,
    Boolean,
}

/// The direction in which a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Forward,
    Backward,
}

impl Way {
    pub(crate) fn of(seek: Option<&Seek>) -> Self {
        match seek {
            Some(Seek::Before(_)) => Self::Backward,
            _ => Self::Forward,
        }
    }

    pub(crate) fn apply(self, order: Order) -> Order {
        match (self, order) {
            (Self::Backward, Order::Asc) => Order::Desc,
            (Self::Backward, Order::Desc) => Order::Asc,
            (_, order) => order,
        }
    }
}

impl Translation {
    /// Appends the key of each row and its sort key to the columns of the query.
    pub(crate) fn select_positions(
        &self,
        select: &mut SelectStatement,
        sort: Option<&Sort>,
    ) -> Result<Read, StoreError> {
        select.expr(column(table::of(self.kind), Column::Pk));
        let Some(sort) = sort else {
            return Ok(Read::Nothing);
        };
        let found = self.sort_key(&sort.by)?;
        Ok(match found.content() {
            Content::Text => {
                select.expr(found.value);
                Read::Text
            }
            Content::Number => {
                select.expr(found.value.cast_as(Alias::new("double precision")));
                Read::Number
            }
            Content::Boolean | Content::Condition => {
                select.expr(found.value);
                Read::Boolean
            }
        })
    }

    /// The condition that a row is on the requested side of the position; `None` if all rows are.
    pub(crate) fn beyond(&self, seek: &Seek, sort: Option<&Sort>) -> Result<Option<Expr>, StoreError> {
        let (position, way) = match seek {
            Seek::Start => return Ok(None),
            Seek::After(position) => (position, Way::Forward),
            Seek::Before(position) => (position, Way::Backward),
        };
        let pk = column(table::of(self.kind), Column::Pk);
        let key = stored_key(&position.key)?;
        let tie = match way {
            Way::Forward => pk.gt(key),
            Way::Backward => pk.lt(key),
        };
        let Some(sort) = sort else {
            return Ok(Some(tie));
        };
        let found = self.sort_key(&sort.by)?;
        Ok(Some(beyond(
            &found,
            position.value.as_ref(),
            sort.order,
            way,
            tie,
        )))
    }
}

/// The condition that a row is beyond a value, or has the same value and is beyond the key. Rows without a value come last in
/// ascending order and first in descending order.
fn beyond(found: &Found, value: Option<&SortValue>, order: SortOrder, way: Way, tie: Expr) -> Expr {
    let nulls_are_beyond = (order == SortOrder::Ascending) == (way == Way::Forward);
    let is_null = || found.value.clone().is_null();
    let Some(value) = value else {
        let tied = is_null().and(tie);
        return match nulls_are_beyond {
            true => tied,
            false => tied.or(found.value.clone().is_not_null()),
        };
    };
    let kind = match found.content() {
        Content::Text => SortKind::Text,
        Content::Number => SortKind::Number,
        Content::Boolean | Content::Condition => SortKind::Boolean,
    };
    if kind != value.kind() {
        // values of another type are all greater, or all less
        let values_are_beyond = (kind > value.kind()) == nulls_are_beyond;
        return match (values_are_beyond, nulls_are_beyond) {
            (true, true) => Expr::cust("TRUE"),
            (true, false) => found.value.clone().is_not_null(),
            (false, true) => is_null(),
            (false, false) => Expr::cust("FALSE"),
        };
    }
    let value = match value {
        SortValue::Text(text) => Expr::val(text.as_str()),
        SortValue::Number(number) => Expr::val(*number),
        SortValue::Boolean(value) => Expr::val(*value),
    };
    // a range and an exception from it, so that an index can seek to its start
    let (within, strictly) = match nulls_are_beyond {
        true => (
            found.value.clone().gte(value.clone()),
            found.value.clone().gt(value),
        ),
        false => (
            found.value.clone().lte(value.clone()),
            found.value.clone().lt(value),
        ),
    };
    let beyond = within.and(strictly.or(tie));
    match nulls_are_beyond && !found.is_always_there() {
        true => beyond.or(is_null()),
        false => beyond,
    }
}

/// Returns the key as an integer.
fn stored_key(key: &PositionKey) -> Result<i64, StoreError> {
    match key {
        PositionKey::First => Ok(i64::MIN),
        PositionKey::Last => Ok(i64::MAX),
        PositionKey::At(key) => key
            .parse()
            .map_err(|_| StoreError::UnsupportedFilter("the position is not from this store".to_owned())),
    }
}

/// Reads the position of a row from two columns, beginning with column `first`.
pub(crate) fn position(row: &Row<'_>, first: usize, read: Read) -> Result<Position, StoreError> {
    let value = first + 1;
    Ok(Position {
        key: PositionKey::At(row.number(first)?.to_string()),
        value: match read {
            Read::Nothing => None,
            Read::Text => row.optional_text(value)?.map(SortValue::Text),
            Read::Number => row.optional_float(value)?.map(SortValue::Number),
            Read::Boolean => row.optional_boolean(value)?.map(SortValue::Boolean),
        },
    })
}
