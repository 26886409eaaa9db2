use std::sync::Arc;

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
        Ok(Vec::new())
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
