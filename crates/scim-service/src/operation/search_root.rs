//! Queries of all resource types at once (RFC 7644 sections 3.4.2.1 and 3.4.3): users, then groups; or all in the order of an
//! attribute, in which a type without the attribute counts as having no value.

use std::cmp::Ordering;
use std::collections::{HashMap, VecDeque};

use scim_core::condition::Condition;
use scim_core::error::Error;
use scim_core::list::ListResponse;
use scim_core::position::{Position, PositionKey, Seek, SortValue, compare};
use scim_core::query::{Query, Selection};
use scim_core::schema::ResourceType;

use super::list::{check_versions, cursors, render, seek};
use super::search_turn::Turn;
use crate::answer::Answer;
use crate::cursor::{End, Mark, Side};
use crate::failure::Failure;
use crate::query_string;
use crate::service::Call;
use crate::store::{Access, Kind, More, Page, Record, Transaction};

/// Users, groups and custom types, in the order in which they are listed.
fn kinds(call: &Call<'_>) -> Vec<Kind> {
    let configured = call.service.configured.iter();
    [Kind::User, Kind::Group]
        .into_iter()
        .chain(configured.map(|configured| Kind::Other(configured.id)))
        .collect()
}

/// The maximum number of pages that `startIndex` may skip in an ordered list, because the resources of each are read.
const SKIPPED_PAGES: u64 = 10;

pub(crate) async fn list(call: &Call<'_>) -> Result<Answer, Failure> {
    let pairs = query_string::pairs(call.query)?;
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    answer(call, &Query::from_pairs(pairs, &call.service.limits.filter())?).await
}

pub(crate) async fn search(call: &Call<'_>) -> Result<Answer, Failure> {
    let body = call.object()?;
    answer(
        call,
        &Query::from_search_request(&body, &call.service.limits.filter())?,
    )
    .await
}

/// A resource of the list.
struct Listed {
    part: usize,
    record: Record,
    /// Its position, if the store returns one.
    position: Option<Position>,
}

impl Listed {
    fn value(&self) -> Option<&SortValue> {
        self.position.as_ref()?.value.as_ref()
    }
}

/// A part of the list, and the total.
struct Found {
    listed: Vec<Listed>,
    total: u64,
    more: More,
}

async fn answer(call: &Call<'_>, query: &Query) -> Result<Answer, Failure> {
    let parts = selections(call, query)?;
    let cursors = cursors(call, query, "/")?;
    let conditions = parts.iter();
    let conditions = conditions.map(|(kind, selection)| (*kind, selection.condition.as_ref()));
    let turn = Turn::wait(call, &conditions.collect::<Vec<_>>()).await?;
    let mut transaction = call.begin(Access::Read).await?;
    let found = match (&cursors, &query.sort_by) {
        (Some((_, mark)), _) => at_position(transaction.as_mut(), query, &parts, mark.as_ref()).await,
        (None, None) => at_index(transaction.as_mut(), &parts).await,
        (None, Some(_)) => at_index_in_order(call, transaction.as_mut(), query, &parts).await,
    };
    let found = found.map_err(|failure| turn.judge(failure))?;
    let end = |listed: &Listed| {
        Some(End {
            part: listed.part,
            position: listed.position.clone()?,
        })
    };
    let ends = (
        found.listed.first().and_then(end),
        found.listed.last().and_then(end),
    );
    let response = ListResponse {
        total_results: found.total,
        start_index: query.start_index,
        resources: render_all(call, transaction.as_mut(), query, found.listed).await?,
        cursors: cursors.map(|(seal, mark)| seal.beside(mark.as_ref(), ends, found.more, found.total)),
    };
    Ok(Answer::ok(response.to_json_text()))
}

/// The query of each type, with its filter in standard SCIM.
fn selections(call: &Call<'_>, query: &Query) -> Result<Vec<(Kind, Selection)>, Error> {
    let of = |kind: Kind| {
        let resource_type = call.resource_type(kind);
        let mut query = query.clone();
        if let Some(filter) = &mut query.filter {
            call.caller.profile.rewrite_filter(resource_type, filter);
        }
        let others: Vec<&ResourceType> = kinds(call)
            .into_iter()
            .filter(|other| *other != kind)
            .map(|other| &**call.resource_type(other))
            .collect();
        let page_size = call.service.limits.page_size;
        let selection = query.select_among(resource_type, &others, page_size)?;
        check_versions(kind, selection.condition.as_ref())?;
        Ok((kind, selection))
    };
    kinds(call).into_iter().map(of).collect()
}

/// One type after the other.
async fn at_index(transaction: &mut dyn Transaction, parts: &[(Kind, Selection)]) -> Result<Found, Failure> {
    let (mut listed, mut total) = (Vec::new(), 0_u64);
    for (part, (kind, selection)) in parts.iter().enumerate() {
        let selection = Selection {
            offset: selection.offset.saturating_sub(total),
            limit: rest(selection, &listed),
            ..selection.clone()
        };
        let page = list_part(transaction, *kind, &selection).await?;
        total += page.total;
        listed.extend(page.records.into_iter().map(|record| Listed {
            part,
            record,
            position: None,
        }));
    }
    Ok(Found {
        listed,
        total,
        more: More::No,
    })
}

/// Reads the beginning of every type, and takes the page from it.
async fn at_index_in_order(
    call: &Call<'_>,
    transaction: &mut dyn Transaction,
    query: &Query,
    parts: &[(Kind, Selection)],
) -> Result<Found, Failure> {
    let (offset, limit) = parts
        .first()
        .map_or((0, 0), |(_, selection)| (selection.offset, selection.limit));
    let reach = offset.saturating_add(limit.into());
    let most = SKIPPED_PAGES.saturating_mul(call.service.limits.page_size.into());
    let reach = match u32::try_from(reach) {
        _ if !call.service.store.seeks() => {
            return Err(Error::invalid_path(
                "`sortBy`: several resource types cannot be sorted together here",
            )
            .into());
        }
        Ok(reach) if u64::from(reach) <= most => reach,
        _ => {
            let detail = format!(
                "`startIndex`: the order of several resource types can be read by index as far as {most}, go on with `cursor`"
            );
            return Err(Error::too_many(detail).into());
        }
    };
    let parts: Vec<(Kind, Selection)> = parts
        .iter()
        .map(|(kind, selection)| {
            let limit = reach;
            (
                *kind,
                Selection {
                    limit,
                    ..selection.clone()
                },
            )
        })
        .collect();
    let mut found = at_position(transaction, query, &parts, None).await?;
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    found.listed.drain(..offset.min(found.listed.len()));
    Ok(found)
}

/// The page on one side of a position, or at the beginning.
async fn at_position(
    transaction: &mut dyn Transaction,
    query: &Query,
    parts: &[(Kind, Selection)],
    mark: Option<&Mark>,
) -> Result<Found, Failure> {
    let side = mark.map(|mark| mark.side);
    let in_order = query.sort_by.is_some();
    let limit = parts.first().map_or(0, |(_, selection)| selection.limit);
    let (mut listed, mut total, mut more) = (Vec::new(), 0, More::No);
    for (part, (kind, selection)) in parts.iter().enumerate() {
        // without an order, the second type fills the rest of the page
        let limit = match in_order || side == Some(Side::Before) {
            true => selection.limit,
            false => rest(selection, &listed),
        };
        let selection = Selection {
            offset: 0,
            limit,
            seek: Some(match mark {
                None => Seek::Start,
                Some(mark) => seek(mark.side, in_part(query, selection, part, mark)),
            }),
            ..selection.clone()
        };
        let page = list_part(transaction, *kind, &selection).await?;
        total += page.total;
        if page.more == More::Yes {
            more = More::Yes;
        }
        let rows = page.records.into_iter().zip(page.positions);
        listed.extend(rows.map(|(record, position)| Listed {
            part,
            record,
            position: Some(position),
        }));
    }
    // stable: users before groups, and each type in the order of the store
    listed.sort_by(|one, other| compare(one.value(), other.value(), query.sort_order));
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let surplus = listed.len().saturating_sub(limit);
    if surplus > 0 {
        more = More::Yes;
    }
    match side {
        Some(Side::Before) => drop(listed.drain(..surplus)),
        _ => listed.truncate(limit),
    }
    Ok(Found { listed, total, more })
}

/// A position in the list, as a position among the resources of one type.
fn in_part(query: &Query, selection: &Selection, part: usize, mark: &Mark) -> Position {
    let key = match part.cmp(&mark.part) {
        Ordering::Equal => mark.position.key.clone(),
        // among equal values, all of this type come before
        Ordering::Less => PositionKey::Last,
        Ordering::Greater => PositionKey::First,
    };
    let value = &mark.position.value;
    match (&query.sort_by, &selection.sort) {
        // no resource of this type has a value
        (Some(_), None) => Position {
            value: None,
            key: match compare(value.as_ref(), None, query.sort_order) {
                Ordering::Less => PositionKey::First,
                Ordering::Greater => PositionKey::Last,
                Ordering::Equal => key,
            },
        },
        _ => Position {
            value: value.clone(),
            key,
        },
    }
}

/// A page of one type; nothing is read if nothing can match.
async fn list_part(
    transaction: &mut dyn Transaction,
    kind: Kind,
    selection: &Selection,
) -> Result<Page, Failure> {
    match selection.condition.as_ref().is_some_and(Condition::is_never) {
        true => Ok(Page::default()),
        false => Ok(transaction.list(kind, selection).await?),
    }
}

/// The number of resources that still fit on the page.
fn rest(selection: &Selection, listed: &[Listed]) -> u32 {
    let listed = u32::try_from(listed.len()).unwrap_or(u32::MAX);
    selection.limit.saturating_sub(listed)
}

/// The resources as text, each rendered by its type.
async fn render_all(
    call: &Call<'_>,
    transaction: &mut dyn Transaction,
    query: &Query,
    listed: Vec<Listed>,
) -> Result<Vec<String>, Failure> {
    let order: Vec<usize> = listed.iter().map(|listed| listed.part).collect();
    let mut records: HashMap<usize, Vec<Record>> = HashMap::new();
    for listed in listed {
        records.entry(listed.part).or_default().push(listed.record);
    }
    let mut rendered: HashMap<usize, VecDeque<String>> = HashMap::new();
    for (part, kind) in kinds(call).into_iter().enumerate() {
        if let Some(records) = records.get(&part) {
            let projection = query.projection(call.resource_type(kind))?;
            let texts = render(call, transaction, kind, records, &projection).await?;
            rendered.insert(part, texts.into());
        }
    }
    let next = |part: usize| rendered.get_mut(&part).and_then(VecDeque::pop_front);
    Ok(order.into_iter().filter_map(next).collect())
}
