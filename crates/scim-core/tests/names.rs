//! Names in bodies: in any case, with the URI of their schema or without, and each once (RFC 7643 section 2.1, RFC 7644
//! section 3.10).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::sync::Arc;

use scim_core::error::Error;
use scim_core::filter::FilterLimits;
use scim_core::patch::{Member, MemberStep, PATCH_OP_URN, Patch, PatchLimits};
use scim_core::query::{Query, SEARCH_REQUEST_URN};
use scim_core::resource::{Resource, Situation, Tolerance};
use scim_core::schema::{ENTERPRISE_USER_URN, GROUP_URN, ResourceType, USER_URN};
use serde_json::{Value, json};

fn checked(mut body: Value) -> Result<Value, Error> {
    body["schemas"] = json!([USER_URN]);
    let user = Arc::new(ResourceType::user());
    let body = body.as_object().unwrap();
    let resource = Resource::check(&user, body.clone(), Situation::Create, &Tolerance::STRICT)?;
    Ok(Value::Object(resource.into_attributes()))
}

#[track_caller]
fn refused(body: Value, expected: &str) {
    assert_eq!(checked(body).unwrap_err().to_string(), expected);
}

fn steps(operations: &Value) -> Result<Vec<MemberStep>, Error> {
    let body = json!({ "schemas": [PATCH_OP_URN], "Operations": operations });
    let limits = PatchLimits::default().with_operations(10);
    let mut patch = Patch::parse(body.as_object().unwrap(), &limits, &Tolerance::STRICT)?;
    let group = Arc::new(ResourceType::group());
    let steps = patch.take_members(&group)?;
    // nothing of the members may be left to the group itself
    let mut rest = Resource::from_checked(group, serde_json::Map::new());
    patch.apply(&mut rest, &Tolerance::STRICT)?;
    assert!(!rest.attributes().contains_key("members"), "{rest:?}");
    Ok(steps)
}

#[test]
fn attributes_may_be_named_in_full() {
    let plain = json!({
        "userName": "bjensen",
        "name": { "familyName": "Jensen", "givenName": "Barbara" },
        ENTERPRISE_USER_URN: { "employeeNumber": "1", "manager": { "value": "26" } }
    });
    assert_eq!(
        checked(json!({
            USER_URN: { "UserName": "bjensen", "name": { "familyName": "Jensen" } },
            format!("{USER_URN}:name.givenName"): "Barbara",
            ENTERPRISE_USER_URN: { "employeeNumber": "1" },
            format!("{ENTERPRISE_USER_URN}:manager.value"): "26",
        }))
        .unwrap(),
        plain
    );
    assert_eq!(
        checked(json!({
            format!("{}:userName", USER_URN.to_uppercase()): "bjensen",
            "name.familyName": "Jensen", "name.givenName": "Barbara",
            format!("{ENTERPRISE_USER_URN}:employeeNumber"): "1",
            format!("{ENTERPRISE_USER_URN}:manager"): { "value": "26" },
        }))
        .unwrap(),
        plain
    );
    let passed_over =
        json!({ "userName": "bjensen", USER_URN: null, "urn:other:2.0:User:size": 1, "size.x": 1 });
    assert_eq!(checked(passed_over).unwrap(), json!({ "userName": "bjensen" }));
}

#[test]
fn an_attribute_is_named_once() {
    let twice = "is given twice, in different spellings";
    refused(
        json!({ "userName": "a", "active": true, "Active": false }),
        &format!("400 invalidSyntax: `active` {twice}"),
    );
    refused(
        json!({ "userName": "a", "active": true, "Active": null }),
        &format!("400 invalidSyntax: `active` {twice}"),
    );
    refused(
        json!({ "userName": "a", USER_URN: { "userName": "b" } }),
        &format!("400 invalidSyntax: `userName` {twice}"),
    );
    refused(
        json!({ "userName": "a", format!("{USER_URN}:USERNAME"): "b" }),
        &format!("400 invalidSyntax: `userName` {twice}"),
    );
    refused(
        json!({ "userName": "a", "name": { "givenName": "b" }, "name.givenName": "c" }),
        &format!("400 invalidSyntax: `name.givenName` {twice}"),
    );
    refused(
        json!({ "userName": "a", "SCHEMAS": [] }),
        &format!("400 invalidSyntax: `schemas` {twice}"),
    );
    let department = format!("{ENTERPRISE_USER_URN}:department");
    refused(
        json!({ "userName": "a", ENTERPRISE_USER_URN: { "department": "b" }, &department: "c" }),
        &format!("400 invalidSyntax: `{department}` {twice}"),
    );
}

#[test]
fn what_has_no_parts_cannot_be_given_in_parts() {
    refused(
        json!({ "userName": "a", USER_URN: "x" }),
        &format!("400 invalidValue: `{USER_URN}` must be an object of attributes"),
    );
    refused(
        json!({ "userName": "a", "emails.value": "x" }),
        "400 invalidValue: `emails.value` cannot be given by itself here, give `emails` as a whole",
    );
    refused(
        json!({ "userName": "a", "name": "x", "name.givenName": "x" }),
        "400 invalidValue: `name.givenName` cannot be given by itself here, give `name` as a whole",
    );
}

#[test]
fn members_are_taken_wherever_they_stand() {
    let member = |id: &str| Member {
        id: id.to_owned(),
        kind: None,
    };
    for operation in [
        json!({ "op": "add", "value": { "members": [{ "value": "1" }] } }),
        json!({ "op": "add", "value": { GROUP_URN: { "members": [{ "value": "1" }] } } }),
        json!({ "op": "add", "value": { format!("{GROUP_URN}:members"): [{ "value": "1" }] } }),
        json!({ "op": "add", "path": GROUP_URN, "value": { "members": [{ "value": "1" }] } }),
        json!({ "op": "add", "value": { "members[value eq \"1\"]": { "value": "1" } } }),
    ] {
        assert_eq!(
            steps(&json!([operation])).unwrap(),
            [MemberStep::Add(vec![member("1")])],
            "{operation}"
        );
    }
    let part = json!([{ "op": "add", "value": { "members.value": "1" } }]);
    assert_eq!(
        steps(&part).unwrap_err().scim_type().unwrap().as_str(),
        "mutability"
    );
    let twice = json!([{ "op": "add", "value": { "members": [], "Members": [] } }]);
    assert_eq!(
        steps(&twice).unwrap_err().detail(),
        "operation 1: `members` is given twice, in different spellings"
    );
    let twice = json!([{ "op": "add", "path": "members", "value": [{ "value": "1", "VALUE": "2" }] }]);
    assert_eq!(
        steps(&twice).unwrap_err().detail(),
        "operation 1: `value` is given twice, in different spellings"
    );
}

#[test]
fn a_message_names_its_parts_once() {
    let twice = json!({ "schemas": [SEARCH_REQUEST_URN], "filter": "a pr", "Filter": "b pr" });
    let error = Query::from_search_request(twice.as_object().unwrap(), &FilterLimits::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "400 invalidSyntax: `filter` is given twice, in different spellings"
    );
    let twice = json!({ "schemas": [PATCH_OP_URN], "Operations": [], "operations": [] });
    let limits = PatchLimits::default().with_operations(10);
    let error = Patch::parse(twice.as_object().unwrap(), &limits, &Tolerance::STRICT).unwrap_err();
    assert_eq!(
        error.detail(),
        "`Operations` is given twice, in different spellings"
    );
}
