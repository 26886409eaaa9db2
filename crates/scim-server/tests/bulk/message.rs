//! Bulk requests as they are written here, and what is read in the answers.

use serde_json::{Value, json};

use crate::support::{Answer, TestConnection};

pub(crate) const REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

pub(crate) const RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

pub(crate) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(crate) fn user(bulk_id: &str, name: &str) -> Value {
    json!({ "method": "POST", "path": "/Users", "bulkId": bulk_id,
        "data": { "schemas": [USER], "userName": name } })
}

pub(crate) fn managed(bulk_id: &str, name: &str, manager: &str) -> Value {
    json!({ "method": "POST", "path": "/Users", "bulkId": bulk_id, "data": {
        "schemas": [USER, ENTERPRISE], "userName": name, "active": true,
        ENTERPRISE: { "department": "Tours", "manager": { "value": manager } } } })
}

pub(crate) fn group(bulk_id: &str, name: &str, members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|member| json!({ "value": member })).collect();
    json!({ "method": "POST", "path": "/Groups", "bulkId": bulk_id,
        "data": { "schemas": [GROUP], "displayName": name, "members": members } })
}

pub(crate) fn patch(path: &str, operations: Value) -> Value {
    json!({ "method": "PATCH", "path": path, "data": {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations } })
}

pub(crate) async fn send(connection: &TestConnection<'_>, message: &Value) -> Answer {
    connection.post("/Bulk", message).await
}

/// The results of these operations.
pub(crate) async fn run(connection: &TestConnection<'_>, operations: Value) -> Vec<Value> {
    let message = json!({ "schemas": [REQUEST], "Operations": operations });
    results(&send(connection, &message).await)
}

#[track_caller]
pub(crate) fn results(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/scim+json");
    let body = answer.json();
    assert_eq!(body["schemas"], json!([RESPONSE]));
    body["Operations"].as_array().unwrap().clone()
}

pub(crate) fn statuses(results: &[Value]) -> Vec<&str> {
    results
        .iter()
        .map(|result| result["status"].as_str().unwrap())
        .collect()
}

/// The id at the end of the location.
#[track_caller]
pub(crate) fn id(result: &Value) -> &str {
    let location = result["location"].as_str().unwrap_or_else(|| panic!("{result}"));
    location.rsplit('/').next().unwrap()
}

pub(crate) async fn total(connection: &TestConnection<'_>, path: &str) -> Value {
    connection.get(path).await.json()["totalResults"].clone()
}

#[track_caller]
pub(crate) fn is_refused(result: &Value, status: &str, scim_type: &str) -> String {
    assert_eq!(result["status"], status, "{result}");
    let error = &result["response"];
    assert_eq!(
        error["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
    );
    assert_eq!(error["status"], status);
    assert_eq!(error["scimType"].as_str().unwrap_or(""), scim_type, "{result}");
    error["detail"].as_str().unwrap().to_owned()
}
