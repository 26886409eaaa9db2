//! One request, and the operation that answers it.

use std::sync::atomic::{AtomicBool, Ordering};

use http::{HeaderMap, Method};
use scim_core::error::Error;
use scim_core::time::Timestamp;
use serde_json::{Map, Value};

use super::{Caller, Service};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::operation;
use crate::operation::bulk::Part;
use crate::route::Route;
use crate::store::{Kind, is_possible_id};

/// How many times an operation is tried if concurrent requests change the same resource. Of those that conflict, one succeeds
/// each time, so this many requests can conflict.
const ATTEMPTS: usize = 16;

/// A request whose operation is known.
pub(crate) struct Call<'a> {
    pub(crate) service: &'a Service,
    pub(crate) caller: &'a Caller,
    pub(crate) method: &'a Method,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) query: &'a str,
    pub(crate) body: Body<'a>,
    pub(crate) now: Timestamp,
    /// The bulk request that it is an operation of.
    pub(crate) part: Option<&'a Part>,
    /// Whether an earlier attempt conflicted with another change.
    pub(crate) met_another: AtomicBool,
}

/// The body of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Body<'a> {
    /// The bytes of the request.
    Text(&'a [u8]),
    /// The `data` of an operation of a bulk.
    Object(&'a Map<String, Value>),
}

impl Call<'_> {
    /// Runs an operation, and repeats it after a conflict with another change. Each attempt checks the client's preconditions.
    pub(crate) async fn run_with_retries(&self, route: &Route) -> Result<Answer, Failure> {
        for _ in 0..ATTEMPTS {
            match self.run(route).await {
                Err(Failure::Stale) => self.met_another.store(true, Ordering::Relaxed),
                result => return result,
            }
        }
        Err(Failure::Contended)
    }

    pub(crate) async fn run(&self, route: &Route) -> Result<Answer, Failure> {
        if let Some((kind, id)) = route.resource()
            && !is_possible_id(id.as_str())
        {
            return Err(operation::no_resource(kind, id));
        }
        match route {
            Route::List(kind) => operation::list::list(self, *kind).await,
            Route::Search(kind) => operation::list::search(self, *kind).await,
            Route::ListAll => operation::search_root::list(self).await,
            Route::SearchAll => operation::search_root::search(self).await,
            Route::Create(Kind::User) => operation::create_user::create(self).await,
            Route::Create(Kind::Group) => operation::create_group::create(self).await,
            Route::Create(kind) => operation::create_resource::create(self, *kind).await,
            Route::Read(kind, id) => operation::read::read(self, *kind, id).await,
            Route::Replace(Kind::Group, id) => operation::replace_group::replace(self, id).await,
            Route::Replace(kind, id) => operation::replace::replace(self, *kind, id).await,
            Route::Patch(Kind::Group, id) => operation::patch_group::patch(self, id).await,
            Route::Patch(kind, id) => operation::patch::patch(self, *kind, id).await,
            Route::Delete(kind, id) => operation::delete::delete(self, *kind, id).await,
            Route::ServiceProviderConfig => operation::discovery::config(self),
            Route::ResourceTypes(id) => operation::discovery::resource_types(self, id.as_deref()),
            Route::Schemas(id) => operation::discovery::schemas(self, id.as_deref()),
            Route::Bulk => Err(Error::invalid_value("a bulk request cannot hold another one").into()),
        }
    }
}
