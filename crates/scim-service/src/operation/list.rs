//! Queries of one resource type (RFC 7644 sections 3.4.2 and 3.4.3), and what queries of several types share.

use std::collections::HashMap;

use scim_core::condition::Condition;
use scim_core::error::Error;
use scim_core::list::ListResponse;
use scim_core::position::{Position, Seek};
use scim_core::projection::Projection;
use scim_core::query::Query;

use super::memberships;
use super::search_turn::Turn;
use crate::answer::Answer;
use crate::cursor::{End, Mark, Seal, Side};
use crate::failure::Failure;
use crate::service::Call;
use crate::store::{Access, Kind, Membership, Record, ResourceId, Transaction};

pub(crate) async fn list(call: &Call<'_>, kind: Kind) -> Result<Answer, Failure> {
    answer(call, kind, call.query(kind)?).await
}

pub(crate) async fn search(call: &Call<'_>, kind: Kind) -> Result<Answer, Failure> {
    let body = call.object()?;
    let mut query = Query::from_search_request(&body, &call.service.limits.filter())?;
    if let Some(filter) = &mut query.filter {
        call.caller
            .profile
            .rewrite_filter(call.resource_type(kind), filter);
    }
    answer(call, kind, query).await
}

async fn answer(call: &Call<'_>, kind: Kind, query: Query) -> Result<Answer, Failure> {
    let resource_type = call.resource_type(kind);
    let mut selection = query.select(resource_type, call.service.limits.page_size)?;
    check_versions(kind, selection.condition.as_ref())?;
    let projection = query.projection(resource_type)?;
    let cursors = cursors(call, &query, &resource_type.endpoint)?;
    if let Some((_, mark)) = &cursors {
        selection.seek = Some(match mark {
            None => Seek::Start,
            Some(mark) => seek(mark.side, mark.position.clone()),
        });
    }
    let turn = Turn::wait(call, &[(kind, selection.condition.as_ref())]).await?;
    let mut transaction = call.begin(Access::Read).await?;
    let page = transaction.list(kind, &selection).await;
    let page = page.map_err(|error| turn.judge(error.into()))?;
    let resources = render(call, transaction.as_mut(), kind, &page.records, &projection).await?;
    let end = |position: &Position| End {
        part: 0,
        position: position.clone(),
    };
    let ends = (page.positions.first().map(end), page.positions.last().map(end));
    let response = ListResponse {
        total_results: page.total,
        start_index: query.start_index,
        resources,
        cursors: cursors.map(|(seal, mark)| seal.beside(mark.as_ref(), ends, page.more, page.total)),
    };
    Ok(Answer::ok(response.to_json_text()))
}

/// The seal of a query's cursors, and the content of its cursor; `None` for paging by index.
///
/// # Errors
///
/// 400 `invalidCursor` or `expiredCursor`.
pub(super) fn cursors<'c>(
    call: &'c Call<'_>,
    query: &Query,
    endpoint: &str,
) -> Result<Option<(Seal<'c>, Option<Mark>)>, Error> {
    let Some(cursor) = &query.cursor else {
        return Ok(None);
    };
    let service = call.service;
    if !service.store.seeks() {
        return Err(Error::invalid_cursor(
            "this server has no cursors, ask for pages by `startIndex`",
        ));
    }
    let sort = query
        .sort_by
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let filter = query.filter.as_ref().map(ToString::to_string).unwrap_or_default();
    let seal = Seal {
        key: &service.cursor_key,
        // only the last of these can contain a line break
        query: format!(
            "{}\n{endpoint}\n{}\n{:?}\n{filter}",
            call.caller.connection,
            sort.to_ascii_lowercase(),
            query.sort_order
        ),
        lifetime: service.limits.cursor_lifetime,
        now: call.now,
    };
    let mark = match cursor.is_empty() {
        true => None,
        false => Some(seal.open(cursor)?),
    };
    Ok(Some((seal, mark)))
}

/// Rejects filters by `meta.version` of users and groups: the visible version may contain a digest of memberships, which no
/// store has, so a filter would not find what clients see.
///
/// # Errors
///
/// 400 `invalidFilter` for such a filter.
pub(super) fn check_versions(kind: Kind, condition: Option<&Condition>) -> Result<(), Error> {
    let is_digested = matches!(kind, Kind::User | Kind::Group);
    match condition.filter(|_| is_digested).is_some_and(compares_version) {
        true => Err(Error::invalid_filter(
            "`meta.version` of users and groups cannot be filtered by; to learn whether one changed, read it with `If-None-Match`",
        )),
        false => Ok(()),
    }
}

fn compares_version(condition: &Condition) -> bool {
    match condition {
        Condition::Compare(attribute, _) => attribute.is("meta", Some("version")),
        Condition::Present(_) => false,
        Condition::And(operands) | Condition::Or(operands) => operands.iter().any(compares_version),
        Condition::Not(operand) | Condition::Element(_, operand) => compares_version(operand),
    }
}

pub(super) fn seek(side: Side, position: Position) -> Seek {
    match side {
        Side::After => Seek::After(position),
        Side::Before => Seek::Before(position),
    }
}

/// Renders the resources of a page. Their memberships are read together.
pub(super) async fn render(
    call: &Call<'_>,
    transaction: &mut dyn Transaction,
    kind: Kind,
    records: &[Record],
    projection: &Projection,
) -> Result<Vec<String>, Failure> {
    let render = call.render(kind);
    let mut of: HashMap<ResourceId, Vec<Membership>> = HashMap::new();
    if render.needs_memberships(projection) && !records.is_empty() {
        let ids: Vec<ResourceId> = records.iter().map(|record| record.meta.id.clone()).collect();
        for membership in memberships(transaction, kind, &ids).await? {
            let owner = match kind {
                Kind::User => membership.user.clone(),
                Kind::Group => membership.group.clone(),
                Kind::Other(_) => continue,
            };
            of.entry(owner).or_default().push(membership);
        }
    }
    let none = Vec::new();
    let rendered = records
        .iter()
        .map(|record| render.resource(record, of.get(&record.meta.id).unwrap_or(&none), projection));
    rendered.collect()
}
