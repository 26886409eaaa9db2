//! The operations, one file each, and one transaction each.

pub(crate) mod bulk;
pub(crate) mod create_group;
pub(crate) mod create_resource;
pub(crate) mod create_user;
pub(crate) mod delete;
pub(crate) mod discovery;
pub(crate) mod list;
mod lookup;
mod membership;
pub(crate) mod patch;
pub(crate) mod patch_group;
pub(crate) mod read;
pub(crate) mod replace;
pub(crate) mod replace_group;
pub(crate) mod search_root;
pub(crate) mod search_turn;

use std::borrow::Cow;
use std::sync::atomic::Ordering;

use http::StatusCode;
use scim_core::error::Error;
use scim_core::patch::Patch;
use scim_core::projection::Projection;
use scim_core::query::Query;
use scim_core::resource::{Resource, Situation};
use scim_core::schema::ResourceType;
use scim_profiles::profile::GroupNames;
use serde_json::{Map, Value};

use self::bulk::Part;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::precondition::check_version;
use crate::render::Render;
use crate::service::{Body, Call};
use crate::store::{Access, Draft, Kind, Meta, Record, ResourceId, Transaction};
use crate::{body, query_string};

/// Whether the members of a group changed. Other resources have no members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Members {
    Same,
    Changed,
}

impl Call<'_> {
    pub(crate) async fn begin(&self, access: Access) -> Result<Box<dyn Transaction>, Failure> {
        match self.part {
            Some(part) if access == Access::Write => part.begin(self).await,
            _ => self.begin_alone(access).await,
        }
    }

    /// Begins a transaction that is not shared.
    pub(crate) async fn begin_alone(&self, access: Access) -> Result<Box<dyn Transaction>, Failure> {
        let (service, connection) = (self.service, &self.caller.connection);
        match access == Access::Write && self.met_another.load(Ordering::Relaxed) {
            true => Ok(service.begin_again(connection).await?),
            false => Ok(service.begin(connection, access).await?),
        }
    }

    /// Commits. A separate request waits until the transaction is durable; a bulk request waits for all of its parts together.
    pub(crate) async fn commit(&self, transaction: Box<dyn Transaction>) -> Result<(), Failure> {
        match self.part {
            Some(part) => part.commit(transaction).await,
            None => Ok(transaction.commit().await?),
        }
    }

    /// The JSON object in the body.
    pub(crate) fn object(&self) -> Result<Cow<'_, Map<String, Value>>, Error> {
        match &self.body {
            Body::Text(text) => Ok(Cow::Owned(body::parse(self.headers, text)?)),
            Body::Object(members) => Ok(Cow::Borrowed(members)),
        }
    }

    pub(crate) fn resource_type(&self, kind: Kind) -> &std::sync::Arc<ResourceType> {
        self.service.resource_type(kind)
    }

    /// The parameters of the query string, with the filter in standard SCIM.
    pub(crate) fn query(&self, kind: Kind) -> Result<Query, Error> {
        let pairs = query_string::pairs(self.query)?;
        let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut query = Query::from_pairs(pairs, &self.service.limits.filter())?;
        if let Some(filter) = &mut query.filter {
            self.caller
                .profile
                .rewrite_filter(self.resource_type(kind), filter);
        }
        Ok(query)
    }

    /// The attributes in the response to a request about one resource.
    pub(crate) fn projection(&self, kind: Kind) -> Result<Projection, Error> {
        match self.query.is_empty() {
            true => Ok(Projection::Default),
            false => self.query(kind)?.projection(self.resource_type(kind)),
        }
    }

    /// The body of a POST or PUT in standard SCIM.
    pub(crate) fn body(&self, kind: Kind) -> Result<Map<String, Value>, Error> {
        let resource_type = self.resource_type(kind);
        let body = self.object()?;
        let mut body = match resource_type.unqualified(&body)? {
            Cow::Owned(plain) => plain,
            Cow::Borrowed(_) => body.into_owned(),
        };
        self.caller.profile.rewrite_body(resource_type, &mut body);
        Ok(body)
    }

    /// The new resource of a body. If a bulk request completes it later, required attributes may be missing.
    pub(crate) fn new_resource(&self, kind: Kind, body: Map<String, Value>) -> Result<Resource, Error> {
        let check = match self.part {
            Some(Part::Begun(_)) => Resource::check_values,
            _ => Resource::check,
        };
        let tolerance = self.caller.profile.tolerance();
        check(self.resource_type(kind), body, Situation::Create, tolerance)
    }

    /// The resource of a PUT.
    pub(crate) fn replacement(&self, kind: Kind, body: Map<String, Value>) -> Result<Resource, Error> {
        let tolerance = self.caller.profile.tolerance();
        Resource::check(self.resource_type(kind), body, Situation::Replace, tolerance)
    }

    /// The current resource, after the client's preconditions have been checked.
    pub(crate) async fn current(
        &self,
        transaction: &mut dyn Transaction,
        kind: Kind,
        id: &ResourceId,
    ) -> Result<Record, Failure> {
        let record = transaction
            .get(kind, id)
            .await?
            .ok_or_else(|| no_resource(kind, id))?;
        check_version(self.method, self.headers, record.meta.version)?;
        Ok(record)
    }

    pub(crate) fn resource(&self, kind: Kind, record: &Record) -> Result<Resource, Failure> {
        Resource::from_document(self.resource_type(kind).clone(), &record.document)
            .map_err(|error| Failure::Internal(Box::new(error)))
    }

    /// A draft of the resource for the store.
    pub(crate) fn draft<'r>(&self, resource: &'r Resource, kind: Kind) -> Result<Draft<'r>, Error> {
        lookup::check_lengths(resource)?;
        Ok(self.draft_of_checked(resource, kind))
    }

    /// Like `draft`, for a resource whose lengths are checked.
    pub(crate) fn draft_of_checked<'r>(&self, resource: &'r Resource, kind: Kind) -> Draft<'r> {
        let group_names = match (kind, self.caller.profile.behavior().group_names) {
            (Kind::Group, GroupNames::Unique) => GroupNames::Unique,
            _ => GroupNames::Shared,
        };
        Draft::new(resource, self.now).with_group_names(group_names)
    }

    /// Stores the result of a PUT or PATCH, and returns the new record. Without a change, the version stays (RFC 7644 section
    /// 3.5.2.1); if only the members of a group changed, its document is not written.
    pub(crate) async fn keep(
        &self,
        transaction: &mut dyn Transaction,
        kind: Kind,
        record: Record,
        before: &Resource,
        after: &Resource,
        members: Members,
    ) -> Result<Record, Failure> {
        let Meta { id, version, .. } = &record.meta;
        if after != before {
            let meta = transaction
                .update(kind, id, *version, &self.draft(after, kind)?)
                .await?;
            return Ok(Record {
                meta,
                document: after.to_document(),
            });
        }
        match members {
            Members::Same => Ok(record),
            Members::Changed => {
                let meta = transaction.touch(kind, id, *version, self.now).await?;
                Ok(Record {
                    meta,
                    document: record.document,
                })
            }
        }
    }

    /// The operations of a PATCH in standard SCIM.
    pub(crate) fn patch(&self, kind: Kind) -> Result<Patch, Failure> {
        let body = self.object()?;
        let profile = &self.caller.profile;
        let mut patch = Patch::parse(&body, &self.service.limits.patch(), profile.tolerance())?;
        patch.unfold(self.resource_type(kind))?;
        profile.rewrite_patch(self.resource_type(kind), &mut patch);
        Ok(patch)
    }

    pub(crate) fn render(&self, kind: Kind) -> Render<'_> {
        Render {
            kind,
            resource_type: self.resource_type(kind),
            base_url: &self.caller.base_url,
            empty_members: self.caller.profile.behavior().empty_members,
        }
    }

    /// The response with a resource and its memberships.
    pub(crate) async fn answer(
        &self,
        transaction: &mut dyn Transaction,
        kind: Kind,
        record: &Record,
        projection: &Projection,
    ) -> Result<Answer, Failure> {
        let render = self.render(kind);
        if self.part.is_some() {
            // the response to a bulk request contains locations and versions, not resources
            let memberships = match kind {
                Kind::User => memberships(transaction, kind, std::slice::from_ref(&record.meta.id)).await?,
                _ => Vec::new(),
            };
            return Ok(Answer {
                etag: Some(render.etag(record, &memberships, &Projection::Default)),
                location: Some(render.location(&record.meta.id)),
                resource_id: Some(record.meta.id.to_string()),
                status: StatusCode::OK,
                ..Answer::default()
            });
        }
        let memberships = match render.needs_memberships(projection) {
            true => memberships(transaction, kind, std::slice::from_ref(&record.meta.id)).await?,
            false => Vec::new(),
        };
        let body = render.resource(record, &memberships, projection)?;
        Ok(Answer {
            etag: Some(render.etag(record, &memberships, projection)),
            location: Some(render.location(&record.meta.id)),
            resource_id: Some(record.meta.id.to_string()),
            ..Answer::ok(body)
        })
    }

    /// Logs the number of ignored paths of a PATCH. The paths are logged at the level `debug`, as they may contain names.
    pub(crate) fn log_ignored(&self, id: &ResourceId, ignored: &[String]) {
        if !ignored.is_empty() {
            let connection = &self.caller.connection;
            tracing::warn!(%connection, resource = %id, paths = ignored.len(), "PATCH: paths were ignored");
            tracing::debug!(%connection, resource = %id, paths = ?ignored, "PATCH: these paths were ignored");
        }
    }
}

/// The members of groups, or the groups of users, in one call for any number of resources.
pub(crate) async fn memberships(
    transaction: &mut dyn Transaction,
    kind: Kind,
    ids: &[ResourceId],
) -> Result<Vec<crate::store::Membership>, Failure> {
    Ok(match kind {
        Kind::User => transaction.memberships(ids).await?,
        Kind::Group => transaction.members(ids).await?,
        Kind::Other(_) => Vec::new(),
    })
}

pub(crate) fn no_resource(kind: Kind, id: &ResourceId) -> Failure {
    let what = match kind {
        Kind::User => "user",
        Kind::Group => "group",
        Kind::Other(id) => id.as_str(),
    };
    let id: String = id.as_str().chars().take(100).collect();
    Error::not_found(format!("there is no {what} with the id `{id}`")).into()
}
