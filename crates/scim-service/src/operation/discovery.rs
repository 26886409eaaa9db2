//! Discovery (RFC 7644 section 4).

use std::borrow::Cow;
use std::sync::Arc;

use scim_core::discovery::{Pagination, ServiceProviderConfig};
use scim_core::error::Error;
use scim_core::list::ListResponse;
use scim_core::schema::{GROUP_URN, Schema, Uniqueness};
use scim_profiles::profile::GroupNames;

use crate::answer::Answer;
use crate::failure::Failure;
use crate::query_string;
use crate::service::Call;

pub(crate) fn config(call: &Call<'_>) -> Result<Answer, Failure> {
    refuse_filter(call)?;
    let limits = &call.service.limits;
    let mut pagination = Pagination::default().with_page_size(limits.page_size);
    if call.service.store.seeks() {
        pagination = pagination.with_cursor_timeout(limits.cursor_lifetime.as_secs());
    }
    let config = ServiceProviderConfig::default()
        .with_max_results(limits.page_size)
        .with_bulk_operations(limits.bulk_operations)
        .with_bulk_bytes(limits.bulk_bytes)
        .with_pagination(pagination)
        .with_authentication(call.caller.schemes.clone());
    Ok(Answer::ok(config.to_json(&call.caller.base_url).to_string()))
}

pub(crate) fn resource_types(call: &Call<'_>, id: Option<&str>) -> Result<Answer, Failure> {
    refuse_filter(call)?;
    let base_url = &call.caller.base_url;
    let mut types = call.service.types.iter();
    let Some(id) = id else {
        return Ok(all(
            types.map(|resource_type| resource_type.to_json(base_url).to_string())
        ));
    };
    match types.find(|resource_type| resource_type.name.eq_ignore_ascii_case(id)) {
        Some(resource_type) => Ok(Answer::ok(resource_type.to_json(base_url).to_string())),
        None => Err(Error::not_found(format!("there is no resource type `{}`", shown(id))).into()),
    }
}

pub(crate) fn schemas(call: &Call<'_>, id: Option<&str>) -> Result<Answer, Failure> {
    refuse_filter(call)?;
    let base_url = &call.caller.base_url;
    let schemas = call.service.types.schemas().into_iter();
    let mut schemas = schemas.map(|schema| in_force(call, schema));
    match id {
        None => Ok(all(schemas.map(|schema| schema.to_json(base_url).to_string()))),
        Some(id) => match schemas.find(|schema| schema.id.eq_ignore_ascii_case(id)) {
            Some(schema) => Ok(Answer::ok(schema.to_json(base_url).to_string())),
            None => Err(Error::not_found(format!("there is no schema `{}`", shown(id))).into()),
        },
    }
}

/// The schema, adapted to the profile: if group names are unique, so is `displayName`.
fn in_force<'s>(call: &Call<'_>, schema: &'s Schema) -> Cow<'s, Schema> {
    let is_unique = call.caller.profile.behavior().group_names == GroupNames::Unique;
    if schema.id != GROUP_URN || !is_unique {
        return Cow::Borrowed(schema);
    }
    let mut schema = schema.clone();
    for attribute in &mut schema.attributes {
        if attribute.name == "displayName" {
            Arc::make_mut(attribute).uniqueness = Uniqueness::Server;
        }
    }
    Cow::Owned(schema)
}

/// These lists are short and complete: query parameters other than `filter` are ignored (RFC 7644 section 4).
fn all(documents: impl Iterator<Item = String>) -> Answer {
    let resources: Vec<String> = documents.collect();
    let response = ListResponse {
        total_results: resources.len() as u64,
        start_index: 1,
        resources,
        cursors: None,
    };
    Answer::ok(response.to_json_text())
}

/// A filter on a discovery endpoint is rejected with 403 (RFC 7644 section 4).
fn refuse_filter(call: &Call<'_>) -> Result<(), Error> {
    let has_filter = query_string::pairs(call.query)?
        .iter()
        .any(|(name, _)| name == "filter");
    match has_filter {
        true => Err(Error::plain(403, "discovery endpoints cannot be filtered")),
        false => Ok(()),
    }
}

fn shown(id: &str) -> String {
    id.chars().take(100).collect()
}
