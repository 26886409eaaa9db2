//! What clients learn of a store that fails at every commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request};
use scim_core::time::Timestamp;
use scim_profiles::profile::Profile;
use serde_json::{Value, json};

use crate::connection::ConnectionKey;
use crate::limits::Limits;
use crate::service::{Caller, Service};
use crate::store::{
    Access, Draft, Kind, Membership, MembershipDelta, Meta, Page, Record, ResourceId, Selection, Store,
    StoreError, Transaction, Version,
};

/// A store whose transactions end with this error.
#[derive(Clone)]
struct Failing {
    error: fn() -> StoreError,
    commits: Arc<AtomicUsize>,
}

#[async_trait]
impl Store for Failing {
    async fn begin(&self, _: &ConnectionKey, _: Access) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(Box::new(self.clone()))
    }
}

#[async_trait]
impl Transaction for Failing {
    async fn get(&mut self, _: Kind, id: &ResourceId) -> Result<Option<Record>, StoreError> {
        let meta = Meta {
            id: id.clone(),
            version: Version::FIRST,
            created: Timestamp::from_millis(0),
            modified: Timestamp::from_millis(0),
        };
        let document = r#"{"displayName":"Tour Guides"}"#.to_owned();
        Ok((id.as_str() == "42").then_some(Record { meta, document }))
    }

    async fn list(&mut self, _: Kind, _: &Selection) -> Result<Page, StoreError> {
        Ok(Page::default())
    }

    async fn put(&mut self, _: Kind, _: &Meta, _: Option<&Draft<'_>>) -> Result<(), StoreError> {
        Ok(())
    }

    async fn remove(&mut self, _: Kind, _: &ResourceId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn change_members(&mut self, _: &ResourceId, _: &MembershipDelta) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn members(&mut self, _: &[ResourceId]) -> Result<Vec<Membership>, StoreError> {
        Ok(Vec::new())
    }

    async fn memberships(&mut self, _: &[ResourceId]) -> Result<Vec<Membership>, StoreError> {
        Ok(Vec::new())
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.commits.fetch_add(1, Ordering::Relaxed);
        Err((self.error)())
    }
}

struct Answer {
    status: u16,
    retry_after: Option<String>,
    body: Value,
    /// The number of transactions that were to be committed.
    commits: usize,
}

async fn post(error: fn() -> StoreError, path: &str, body: &Value) -> Answer {
    let commits = Arc::default();
    let store = Failing {
        error,
        commits: Arc::clone(&commits),
    };
    let service = Service::new(Arc::new(store), Limits::default());
    let caller = Caller::new("okta".parse().unwrap(), Profile::standard(), String::new());
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .body(Bytes::from(body.to_string()));
    let response = service.handle(&caller, request.unwrap()).await;
    let retry_after = response.headers().get("retry-after");
    Answer {
        status: response.status().as_u16(),
        retry_after: retry_after.map(|seconds| seconds.to_str().unwrap().to_owned()),
        body: serde_json::from_slice(response.body()).unwrap(),
        commits: commits.load(Ordering::Relaxed),
    }
}

/// The details of the errors of a bulk request.
async fn details(error: fn() -> StoreError, operations: Value) -> (Vec<String>, usize) {
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"];
    let bulk = json!({ "schemas": schemas, "Operations": operations });
    let answer = post(error, "/Bulk", &bulk).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let results = answer.body["Operations"].as_array().unwrap().iter();
    let details = results.map(|result| result["response"]["detail"].as_str().unwrap().to_owned());
    (details.collect(), answer.commits)
}

fn group(name: &str) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name })
}

fn renaming(name: &str) -> Value {
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
    let rename = json!([{ "op": "replace", "path": "displayName", "value": name }]);
    json!({ "method": "PATCH", "path": "/Groups/42", "data": { "schemas": schemas, "Operations": rename } })
}

fn new_user(name: &str) -> Value {
    let schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"];
    json!({ "method": "POST", "path": "/Users", "bulkId": name,
        "data": { "schemas": schemas, "userName": name } })
}

fn unknown() -> StoreError {
    StoreError::outcome_unknown("the connection broke")
}

const CONTENDED: &str = "other requests kept changing the same resources";
const UNKNOWN: &str = "the database did not confirm the change";
const AWAY: &str = "the server cannot reach its database";

#[tokio::test]
async fn only_what_was_not_done_may_be_sent_again_at_once() {
    let retry_after = Some("5".to_owned());
    for (error, detail, expected, commits) in [
        (
            (|| StoreError::Stale) as fn() -> StoreError,
            CONTENDED,
            &retry_after,
            16,
        ),
        (|| StoreError::unavailable("gone"), AWAY, &retry_after, 1),
        (unknown, UNKNOWN, &None, 1),
    ] {
        let answer = post(error, "/Groups", &group("Tour Guides")).await;
        assert_eq!((answer.status, answer.commits), (503, commits), "{}", answer.body);
        assert!(
            answer.body["detail"].as_str().unwrap().starts_with(detail),
            "{}",
            answer.body
        );
        assert_eq!(&answer.retry_after, expected, "{detail}");
    }
}

#[tokio::test]
async fn a_bulk_goes_on_after_a_resource_that_others_keep_changing() {
    let (details, commits) = details(|| StoreError::Stale, json!([renaming("a"), renaming("b")])).await;
    assert_eq!((details.len(), commits), (2, 32));
    assert!(
        details.iter().all(|detail| detail.starts_with(CONTENDED)),
        "{details:?}"
    );
}

#[tokio::test]
async fn a_bulk_stops_when_the_outcome_of_an_operation_is_unknown() {
    let (told, commits) = details(unknown, json!([renaming("a"), renaming("b")])).await;
    assert_eq!(commits, 1);
    assert!(
        told[0].starts_with(UNKNOWN) && told[1].starts_with(AWAY),
        "{told:?}"
    );

    // they share a transaction, and are not created again one by one
    let (told, commits) = details(unknown, json!([new_user("a"), new_user("b"), renaming("c")])).await;
    assert_eq!(commits, 1);
    assert!(
        told[0].starts_with(UNKNOWN) && told[1].starts_with(UNKNOWN),
        "{told:?}"
    );
    assert!(told[2].starts_with(AWAY), "{told:?}");
}
