use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request};
use scim_core::time::Timestamp;
use scim_profiles::profile::Profile;

use super::{Caller, Outcome, Service};
use crate::connection::ConnectionKey;
use crate::limits::Limits;
use crate::store::{
    Access, Draft, Kind, Membership, MembershipDelta, Meta, Page, Record, ResourceId, Selection, Store,
    StoreError, Transaction, Version,
};

/// A store with one user, whose id is the number `42`.
#[derive(Clone, Copy)]
struct Numbered;

#[async_trait]
impl Store for Numbered {
    async fn begin(&self, _: &ConnectionKey, _: Access) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(Box::new(*self))
    }
}

#[async_trait]
impl Transaction for Numbered {
    async fn get(&mut self, _: Kind, id: &ResourceId) -> Result<Option<Record>, StoreError> {
        let meta = Meta {
            id: id.clone(),
            version: Version::FIRST,
            created: Timestamp::from_millis(0),
            modified: Timestamp::from_millis(0),
        };
        let document = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bjensen"}"#;
        let record = Record {
            meta,
            document: document.to_owned(),
        };
        Ok((id.as_str() == "42").then_some(record))
    }

    async fn list(&mut self, _: Kind, _: &Selection) -> Result<Page, StoreError> {
        Ok(Page::default())
    }

    async fn put(&mut self, _: Kind, _: &Meta, _: Option<&Draft<'_>>) -> Result<(), StoreError> {
        Err(StoreError::not_unique("userName"))
    }

    async fn remove(&mut self, _: Kind, _: &ResourceId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn change_members(&mut self, _: &ResourceId, _: &MembershipDelta) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn members(&mut self, _: &[ResourceId]) -> Result<Vec<Membership>, StoreError> {
        Err(StoreError::failed("nobody needs the members"))
    }

    async fn memberships(&mut self, _: &[ResourceId]) -> Result<Vec<Membership>, StoreError> {
        Ok(Vec::new())
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        Ok(())
    }
}

/// The status and the id in the log.
async fn logged(method: Method, path: &str, header: (&str, &str), body: &'static str) -> (u16, String) {
    let service = Service::new(Arc::new(Numbered), Limits::default());
    let okta = Caller::new("okta".parse().unwrap(), Profile::okta(), String::new());
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header.0, header.1)
        .body(Bytes::from(body));
    let response = service.handle(&okta, request.unwrap()).await;
    let outcome = response.extensions().get::<Outcome>().unwrap();
    let id = outcome.resource_id.clone().unwrap_or_default();
    (response.status().as_u16(), id)
}

#[tokio::test]
async fn an_id_that_is_no_uuid_is_logged_once_the_resource_was_found() {
    let plain = ("accept", "*/*");
    let put = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"jsmith"}"#;
    for (method, header, body, status) in [
        (Method::GET, plain, "", 200),
        (Method::DELETE, plain, "", 204),
        (Method::GET, ("if-none-match", "*"), "", 304),
        (Method::PUT, plain, put, 409),
        (Method::DELETE, ("if-match", "W/\"7\""), "", 412),
    ] {
        let expected = (status, "42".to_owned());
        assert_eq!(logged(method, "/Users/42", header, body).await, expected);
    }
}

#[tokio::test]
async fn the_members_of_a_group_are_not_read_for_a_304() {
    let known = ("if-none-match", "W/\"1\"");
    let status = async |path| logged(Method::GET, path, known, "").await.0;
    assert_eq!(status("/Groups/42").await, 304);
    // its tag has a digest of the names of the members
    assert_eq!(status("/Groups/42?attributes=members").await, 500);
}

#[tokio::test]
async fn what_somebody_typed_instead_of_an_id_is_not_logged() {
    let plain = ("accept", "*/*");
    let asked = |method, path| logged(method, path, plain, "{");
    let unknown = |status| (status, "?".to_owned());
    assert_eq!(asked(Method::GET, "/Users/Barbara%20Jensen").await, unknown(404));
    assert_eq!(
        asked(Method::DELETE, "/Users/Barbara%20Jensen").await,
        unknown(404)
    );
    assert_eq!(asked(Method::PUT, "/Users/42").await, unknown(400));
    let uuid = "019976a0-5f5b-7c2e-9f0b-3d5a1f0c7e11";
    let expected = (404, uuid.to_owned());
    assert_eq!(asked(Method::GET, &format!("/Users/{uuid}")).await, expected);
}

/// Whether a query is answered while all permits for searches are taken.
async fn is_answered(path: &str) -> bool {
    let service = Service::new(Arc::new(Numbered), Limits::default());
    let _others = service.searches.acquire_many(4).await.unwrap();
    let okta = Caller::new("okta".parse().unwrap(), Profile::okta(), String::new());
    let request = Request::builder().uri(path).body(Bytes::new()).unwrap();
    let answer = tokio::time::timeout(Duration::from_millis(50), service.handle(&okta, request)).await;
    answer.is_ok_and(|response| response.status() == 200)
}

#[tokio::test]
async fn a_query_of_all_types_takes_turns_if_one_type_has_to_be_searched() {
    for (filter, expected) in [
        ("userName%20eq%20%22a%22", true),
        // users have no members: of them, nothing is read
        ("members.value%20eq%20%22a%22", true),
        ("members.display%20co%20%22a%22", false),
        ("displayName%20eq%20%22a%22", true),
        ("displayName%20co%20%22a%22", false),
        ("userName%20eq%20%22a%22%20or%20members%20pr", false),
    ] {
        assert_eq!(
            is_answered(&format!("/?filter={filter}")).await,
            expected,
            "{filter}"
        );
    }
    assert!(is_answered("/").await);
    assert!(is_answered("/Groups?filter=displayName%20eq%20%22a%22").await);
    assert!(!is_answered("/Users?filter=title%20eq%20%22a%22").await);
}
