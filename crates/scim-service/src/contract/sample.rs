//! Users, groups, filters and selections for the rules.

use std::sync::Arc;

use scim_core::condition::Condition;
use scim_core::filter::{Filter, FilterLimits};
use scim_core::membership::MembershipDelta;
use scim_core::query::{Selection, Sort, SortOrder};
use scim_core::resource::Resource;
use scim_core::schema::ResourceType;
use scim_core::time::Timestamp;
use serde_json::{Map, Value};

use super::breach::{Breach, Verdict};
use crate::store::{Draft, GroupNames, Kind, Page, ResourceId, ResourceTypeId};

/// A page size that covers everything in a small store.
pub(super) const ALL: u32 = 1_000;

pub(super) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A user with these attributes.
pub(super) fn user(attributes: Value) -> Resource {
    Resource::from_checked(Arc::new(ResourceType::user()), object(attributes))
}

/// A group with these attributes.
pub(super) fn group(attributes: Value) -> Resource {
    Resource::from_checked(Arc::new(ResourceType::group()), object(attributes))
}

pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

pub(super) fn kind_of(resource: &Resource) -> Kind {
    match resource.resource_type().name.as_str() {
        "Group" => Kind::Group,
        "User" => Kind::User,
        other => Kind::Other(ResourceTypeId::of(other)),
    }
}

/// A draft of the resource at this time.
pub(super) fn draft(resource: &Resource, now: i64) -> Draft<'_> {
    Draft::new(resource, at(now))
}

/// A draft of a group whose name must be unique.
pub(super) fn unique(resource: &Resource, now: i64) -> Draft<'_> {
    Draft {
        group_names: GroupNames::Unique,
        ..draft(resource, now)
    }
}

fn resource_type(kind: Kind) -> ResourceType {
    match kind {
        Kind::User => ResourceType::user(),
        _ => ResourceType::group(),
    }
}

#[track_caller]
fn filter(text: &str) -> Verdict<Filter> {
    let limits = FilterLimits::default();
    Filter::parse(text, &limits).map_err(|error| Breach::new(format!("`{text}` is a filter"), error))
}

/// The condition of a filter.
#[track_caller]
pub(super) fn condition(kind: Kind, text: &str) -> Verdict<Condition> {
    let condition = filter(text)?.resolve(&resource_type(kind));
    condition.map_err(|error| Breach::new(format!("`{text}` is a condition"), error))
}

/// The condition inside `members[…]`.
#[track_caller]
pub(super) fn condition_on_members(text: &str) -> Verdict<Condition> {
    match condition(Kind::Group, &format!("members[{text}]"))? {
        Condition::Element(_, inner) => Ok(*inner),
        other => Err(Breach::new("a condition on members", other)),
    }
}

/// All resources that the filter matches, in the order of creation.
#[track_caller]
pub(super) fn matching(kind: Kind, text: &str) -> Verdict<Selection> {
    Ok(Selection {
        condition: Some(condition(kind, text)?),
        ..page(0, ALL)
    })
}

/// A page of the list of all resources.
pub(super) fn page(offset: u64, limit: u32) -> Selection {
    Selection {
        offset,
        limit,
        ..Selection::default()
    }
}

/// All users in order of an attribute.
#[track_caller]
pub(super) fn sorted(by: &str, order: SortOrder) -> Verdict<Selection> {
    let by = match condition(Kind::User, &format!("{by} pr"))? {
        Condition::Present(attribute) => attribute,
        other => return Err(Breach::new("an attribute", other)),
    };
    Ok(Selection {
        sort: Some(Sort { by, order }),
        ..page(0, ALL)
    })
}

/// A text in quotes, as in a filter.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A change to the members of a group.
pub(super) fn delta(change: impl FnOnce(&mut MembershipDelta)) -> MembershipDelta {
    let mut delta = MembershipDelta::default();
    change(&mut delta);
    delta
}

pub(super) fn ids(page: &Page) -> Vec<ResourceId> {
    page.records.iter().map(|record| record.meta.id.clone()).collect()
}

/// An id that no store assigns.
pub(super) fn nobody() -> ResourceId {
    ResourceId::new("00000000-0000-0000-0000-000000000000")
}
