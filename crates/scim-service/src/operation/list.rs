//! Queries (RFC 7644 sections 3.4.2 and 3.4.3).

use std::collections::HashMap;

use scim_core::list::ListResponse;
use scim_core::projection::Projection;
use scim_core::query::Query;

use super::memberships;
use crate::answer::Answer;
use crate::body;
use crate::failure::Failure;
use crate::service::Call;
use crate::store::{Access, Kind, Membership, Record, ResourceId, Transaction};

pub(crate) async fn list(call: &Call<'_>, kind: Kind) -> Result<Answer, Failure> {
    answer(call, kind, call.query(kind)?).await
}

pub(crate) async fn search(call: &Call<'_>, kind: Kind) -> Result<Answer, Failure> {
    let body = body::parse(call.headers, call.body)?;
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
    let selection = query.select(resource_type, call.service.limits.page_size)?;
    let projection = query.projection(resource_type);
    let mut transaction = call.begin(Access::Read).await?;
    let page = transaction.list(kind, &selection).await?;
    let resources = render(call, transaction.as_mut(), kind, &page.records, &projection).await?;
    let response = ListResponse {
        total_results: page.total,
        start_index: query.start_index,
        resources,
    };
    Ok(Answer::ok(response.to_json_text()))
}

/// The resources of a page. Their memberships are read together, not one resource at a time.
async fn render(
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
