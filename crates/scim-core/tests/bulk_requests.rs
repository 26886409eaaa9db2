//! Bulk requests: what is refused, which references are found and resolved, in which order operations are carried out.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use scim_core::bulk::{
    BULK_REQUEST_URN, BULK_RESPONSE_URN, BulkLimits, BulkMethod, BulkRequest, BulkResponse, BulkResult,
    CreatedIds, Plan, Stage,
};
use scim_core::error::Error;
use serde_json::{Map, Value, json};

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn parse(operations: Value) -> Result<BulkRequest, Error> {
    let message = json!({ "schemas": [BULK_REQUEST_URN], "Operations": operations });
    BulkRequest::parse(object(message), &BulkLimits::default().with_operations(100))
}

/// A POST of a user: its bulkId, its name, and those whom it refers to.
fn post(bulk_id: &str, name: &str, references: &[&str]) -> Value {
    let references: Vec<String> = references.iter().map(|to| format!("bulkId:{to}")).collect();
    json!({ "method": "POST", "path": "/Users", "bulkId": bulk_id,
        "data": { "userName": name, "others": references } })
}

fn stages(operations: Value) -> Vec<Stage> {
    Plan::of(&parse(operations).unwrap()).stages
}

#[test]
fn the_order_is_that_of_the_request_but_for_references() {
    let delete = |path: &str| json!({ "method": "DELETE", "path": path });
    let group = json!({ "method": "POST", "path": "/Groups", "bulkId": "g", "data": { "displayName": "a" } });
    for (operations, expected) in [
        // new resources of one kind are made together, each name once
        (
            json!([
                post("a", "a", &[]),
                post("b", "b", &[]),
                post("c", "A", &[]),
                post("d", "d", &[])
            ]),
            vec![Stage::Together(vec![0, 1]), Stage::Together(vec![2, 3])],
        ),
        // other kinds and other methods are apart
        (
            json!([
                post("a", "a", &[]),
                group,
                post("b", "b", &[]),
                delete("/Users/1"),
                post("c", "c", &[])
            ]),
            (0..5).map(Stage::One).collect(),
        ),
        // what is referred to comes first, also from further back
        (
            json!([post("a", "a", &["b"]), post("b", "b", &[]), post("c", "c", &[])]),
            vec![Stage::One(1), Stage::Together(vec![0, 2])],
        ),
        (
            json!([
                delete("/Users/bulkId:b"),
                post("a", "a", &[]),
                post("b", "b", &[])
            ]),
            vec![Stage::One(2), Stage::One(0), Stage::One(1)],
        ),
        // circles are made at once, after what they need and before what needs them
        (
            json!([
                post("a", "a", &["b", "d"]),
                post("b", "b", &["a"]),
                post("c", "c", &["a"]),
                post("d", "d", &[])
            ]),
            vec![Stage::One(3), Stage::Circle(vec![0, 1]), Stage::One(2)],
        ),
        (json!([post("a", "a", &["a"])]), vec![Stage::Circle(vec![0])]),
        // what nobody creates is found out later
        (json!([post("a", "a", &["x"])]), vec![Stage::One(0)]),
    ] {
        assert_eq!(stages(operations.clone()), expected, "{operations}");
    }
}

#[test]
fn references_are_found_and_resolved_where_they_stand() {
    let ids: CreatedIds = [("a", "1"), ("b", "2"), ("q\"uo", "3"), ("c/d", "4")]
        .map(|(bulk_id, id)| (bulk_id.to_owned(), id.to_owned()))
        .into();
    for (data, references, resolved) in [
        (json!({ "value": "bulkId:a" }), vec!["a"], json!({ "value": "1" })),
        (
            json!({ "members": [{ "value": "bulkId:a" }, { "value": "bulkId:x" }, { "value": "7" }] }),
            vec!["a", "x"],
            json!({ "members": [{ "value": "1" }, { "value": "bulkId:x" }, { "value": "7" }] }),
        ),
        (
            json!({ "manager": "bulkId:b" }),
            vec!["b"],
            json!({ "manager": "2" }),
        ),
        (
            json!({ "$ref": "https://x/Users/bulkId:a", "value": "https://x/Users/bulkId:a" }),
            vec!["a"],
            json!({ "$ref": "https://x/Users/1", "value": "https://x/Users/bulkId:a" }),
        ),
        (
            json!({ "$ref": "../Users/bulkId:c/d", "manager": { "$ref": "bulkId:a" } }),
            vec!["a", "c/d"],
            json!({ "$ref": "../Users/4", "manager": { "$ref": "1" } }),
        ),
        (
            json!({ "Operations": [{ "path": "members[value eq \"bulkId:a\" or value eq \"bulkId:b\"]" }] }),
            vec!["a", "b"],
            json!({ "Operations": [{ "path": "members[value eq \"1\" or value eq \"2\"]" }] }),
        ),
        (
            json!({ "path": r#"members[display eq "a \" b" and value eq "bulkId:q\"uo"]"# }),
            vec!["q\"uo"],
            json!({ "path": r#"members[display eq "a \" b" and value eq "3"]"# }),
        ),
        (
            json!({ "path": "members[value eq \"bulkId:a" }),
            vec![],
            json!({ "path": "members[value eq \"bulkId:a" }),
        ),
        (
            json!({ "path": "x[value eq \"a\"].bulkId:a", "title": "see bulkId:a", "note": "bulkId:" }),
            vec![],
            json!({ "path": "x[value eq \"a\"].bulkId:a", "title": "see bulkId:a", "note": "bulkId:" }),
        ),
    ] {
        let request = parse(json!([{ "method": "PATCH", "path": "/Groups/1", "data": data }])).unwrap();
        let operation = &request.operations[0];
        assert_eq!(operation.references(), references, "{data}");
        assert_eq!(Value::Object(operation.resolved(&ids).into_owned()), resolved);
    }
}

#[test]
fn paths_refer_by_their_last_segment() {
    let ids: CreatedIds = [("a", "1"), ("b: c/d", "2")]
        .map(|(bulk_id, id)| (bulk_id.to_owned(), id.to_owned()))
        .into();
    for (path, target, resolved) in [
        ("/Users/bulkId:b: c/d", Some("b: c/d"), "/Users/2"),
        ("/Users/bulkId:a", Some("a"), "/Users/1"),
        (
            "/Users/bulkId:a?attributes=x/bulkId:a",
            Some("a"),
            "/Users/1?attributes=x/bulkId:a",
        ),
        ("/Users/bulkId:x", Some("x"), "/Users/bulkId:x"),
        ("/Users/1", None, "/Users/1"),
        ("/Users/bulkId:", None, "/Users/bulkId:"),
        ("bulkId:a", None, "bulkId:a"),
    ] {
        let request = parse(json!([{ "method": "DELETE", "path": path }])).unwrap();
        let operation = &request.operations[0];
        assert_eq!(operation.target(), target, "{path}");
        assert_eq!(operation.resolved_path(&ids), resolved, "{path}");
        assert_eq!(operation.references().len(), usize::from(target.is_some()));
    }
}

#[test]
fn what_cannot_be_resolved_yet_is_left_out_as_a_whole() {
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let data = json!({
        "userName": "a",
        "members": [{ "value": "bulkId:a", "type": "User" }, { "value": "bulkId:b", "type": "User" }],
        urn: { "department": "T", "manager": { "value": "bulkId:b", "displayName": "B" } },
        "urn:x": { "manager": { "$ref": "/Users/bulkId:b" } },
        "empty": {}
    });
    let operations = json!([{ "method": "POST", "bulkId": "c", "path": "/Users", "data": data }]);
    let request = parse(operations).unwrap();
    let operation = &request.operations[0];
    let ids: CreatedIds = [("a".to_owned(), "1".to_owned())].into();
    assert_eq!(operation.unresolved(&ids), Some("b"));
    assert_eq!(
        Value::Object(operation.resolved_so_far(&ids)),
        json!({
            "userName": "a",
            "members": [{ "value": "1", "type": "User" }],
            urn: { "department": "T" },
            "empty": {}
        })
    );
}

#[test]
fn names_are_taken_in_any_case() {
    let message = json!({
        "SCHEMAS": [BULK_REQUEST_URN.to_uppercase()],
        "failonerrors": 3,
        "operations": [{ "METHOD": "put", "Path": "/Users/1", "BulkID": "a", "Version": "W/\"1\"", "DATA": {} }]
    });
    let request = BulkRequest::parse(object(message), &BulkLimits::default().with_operations(1)).unwrap();
    assert_eq!(request.fail_on_errors, Some(3));
    let operation = &request.operations[0];
    assert_eq!(operation.method, BulkMethod::Put);
    assert_eq!(operation.bulk_id.as_deref(), Some("a"));
    assert_eq!(operation.version.as_deref(), Some("W/\"1\""));
}

#[test]
fn data_that_is_too_deep_is_refused() {
    let put = |levels: usize| {
        let deep = |list: bool| {
            (0..levels).fold(json!("x"), |inner, _| match list {
                true => json!([inner]),
                false => json!({ "a": inner }),
            })
        };
        let data = [json!({ "a": deep(true) }), json!({ "a": deep(false) })];
        data.map(|data| parse(json!([{ "method": "PUT", "path": "/Users/1", "data": data }])))
    };
    assert!(put(127).iter().all(Result::is_ok));
    assert!(put(128).iter().all(Result::is_err));
    let [_, deep] = put(200);
    let error = deep.unwrap_err();
    assert_eq!(error.status(), 400);
    assert!(
        error.detail().starts_with("operation 1: `data` is deeper than"),
        "{error}"
    );
}

#[test]
fn the_response_has_statuses_as_text_and_the_reasons_of_failures() {
    let result = |outcome| BulkResult {
        method: BulkMethod::Post,
        bulk_id: Some("a".to_owned()),
        location: None,
        version: None,
        outcome,
    };
    let response = BulkResponse {
        results: vec![result(Ok(201)), result(Err(Error::uniqueness("taken")))],
    };
    assert_eq!(
        response.to_json(),
        json!({ "schemas": [BULK_RESPONSE_URN], "Operations": [
            { "method": "POST", "bulkId": "a", "status": "201" },
            { "method": "POST", "bulkId": "a", "status": "409", "response": {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "status": "409", "scimType": "uniqueness", "detail": "taken" } }
        ] })
    );
}

#[test]
fn a_message_says_what_it_is_and_when_it_ends() {
    let limits = BulkLimits::default().with_operations(2);
    let operation = json!({ "method": "DELETE", "path": "/Users/1" });
    let message = |schemas: Value, fail_on_errors: Value, operations: Value| {
        let message = json!({ "schemas": schemas, "failOnErrors": fail_on_errors, "Operations": operations });
        BulkRequest::parse(object(message), &limits)
            .map(|request| request.fail_on_errors)
            .map_err(|error| error.to_string())
    };
    let bulk = || json!([BULK_REQUEST_URN.to_uppercase()]);
    assert_eq!(message(bulk(), json!(null), json!([operation])), Ok(None));
    assert_eq!(
        message(bulk(), json!(1), json!([operation, operation])),
        Ok(Some(1))
    );
    let refused = |result: Result<_, String>, expected: &str| assert_eq!(result.unwrap_err(), expected);
    refused(
        message(json!(["urn:example"]), json!(null), json!([operation])),
        &format!("400 invalidSyntax: `schemas` must be `[\"{BULK_REQUEST_URN}\"]`"),
    );
    for wrong in [json!(0), json!(-1), json!("1")] {
        refused(
            message(bulk(), wrong, json!([operation])),
            "400 invalidValue: `failOnErrors` must be a whole number of at least 1",
        );
    }
    refused(
        message(bulk(), json!(null), json!([])),
        "400 invalidSyntax: `Operations` is empty",
    );
    refused(
        message(bulk(), json!(null), json!([operation, operation, operation])),
        "413: a bulk request may have 2 operations, this one has 3",
    );
}

#[test]
fn what_is_created_has_a_name_of_its_own() {
    let refused = |operations: Value| parse(operations).unwrap_err().to_string();
    assert_eq!(
        refused(json!([
            post("a", "a", &[]),
            post("b", "b", &[]),
            post("a", "c", &[])
        ])),
        "400 invalidValue: operations 1 and 3 have the same `bulkId` `a`"
    );
    assert_eq!(
        refused(json!([{ "method": "POST", "path": "/Users", "data": {} }])),
        "400 invalidValue: operation 1: a POST needs a `bulkId`, a name of your choice for the new resource"
    );
    for method in ["POST", "PUT", "patch"] {
        assert_eq!(
            refused(json!([{ "method": method, "path": "/Users/1", "bulkId": "a" }])),
            format!(
                "400 invalidSyntax: operation 1: `data` is missing, the body of the {}",
                method.to_uppercase()
            )
        );
    }
    let changes = json!([
        { "method": "DELETE", "path": "/Users/1", "bulkId": "a" },
        { "method": "DELETE", "path": "/Users/2", "bulkId": "a" }
    ]);
    assert_eq!(parse(changes).unwrap().operations.len(), 2);
}
