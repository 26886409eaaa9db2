//! Operations of a bulk are told like requests, those of a circle together.

use serde_json::{Value, json};

use crate::door::{Door, Mood, USER, types};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

crate::on_both!(
    operations_are_told_one_by_one,
    users_who_share_a_transaction_are_told_together,
    a_circle_is_told_as_a_whole_or_not_at_all,
    a_refusal_is_the_status_of_the_operation,
    a_hook_that_hangs_stops_only_its_operation,
);

fn user(name: &str) -> Value {
    json!({ "method": "POST", "path": "/Users", "bulkId": name,
        "data": { "schemas": [USER], "userName": name } })
}

fn managed(name: &str, manager: &str) -> Value {
    json!({ "method": "POST", "path": "/Users", "bulkId": name, "data": {
        "schemas": [USER, ENTERPRISE], "userName": name,
        ENTERPRISE: { "manager": { "value": format!("bulkId:{manager}") } } } })
}

async fn run(door: &Door, operations: Value) -> Vec<Value> {
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"];
    let message = json!({ "schemas": schemas, "Operations": operations });
    let (status, answer) = door.post("standard/Bulk", message).await;
    assert_eq!(status, 200, "{answer}");
    answer["Operations"].as_array().unwrap().clone()
}

fn statuses(results: &[Value]) -> Vec<&str> {
    results
        .iter()
        .map(|result| result["status"].as_str().unwrap())
        .collect()
}

async fn operations_are_told_one_by_one(door: Door) {
    let group = json!({ "method": "POST", "path": "/Groups", "bulkId": "g", "data": {
        "schemas": [crate::door::GROUP], "displayName": "Tour Guides", "members": [{ "value": "bulkId:bjensen" }] } });
    let delete = json!({ "method": "DELETE", "path": "/Users/bulkId:bjensen" });
    let results = run(&door, json!([user("bjensen"), group, user("BJensen"), delete])).await;
    assert_eq!(statuses(&results), ["201", "201", "409", "204"]);
    let told = door.recorder.told();
    let told: Vec<Vec<&str>> = told.iter().map(|events| types(events)).collect();
    let expected = [
        vec!["user.provisioned"],
        vec!["team.created", "team.members_added"],
        vec!["team.members_removed", "user.deleted"],
    ];
    assert_eq!(told, expected);
}

async fn a_circle_is_told_as_a_whole_or_not_at_all(door: Door) {
    let results = run(&door, json!([managed("a", "b"), managed("b", "a")])).await;
    assert_eq!(statuses(&results), ["201", "201"]);
    let told = door.recorder.told_once();
    assert_eq!(types(&told), ["user.provisioned", "user.provisioned"]);
    assert_eq!(told[0]["new"][ENTERPRISE]["manager"]["value"], told[1]["id"]);
    assert_eq!(told[1]["new"][ENTERPRISE]["manager"]["value"], told[0]["id"]);

    // the second of the circle cannot be created
    let results = run(&door, json!([managed("c", "b"), managed("b", "c")])).await;
    assert_eq!(statuses(&results), ["409", "409"]);
    door.recorder.be(Mood::Refusing);
    door.recorder.times_asked();
    let results = run(&door, json!([managed("d", "e"), managed("e", "d")])).await;
    assert_eq!(statuses(&results), ["403", "403"]);
    assert_eq!(
        results[1]["response"]["detail"],
        "there is no seat left, buy one first"
    );
    assert_eq!((door.recorder.told().len(), door.recorder.times_asked()), (0, 1));
    assert_eq!(door.get("standard/Users").await.1["totalResults"], 2);
}

async fn users_who_share_a_transaction_are_told_together(door: Door) {
    door.user("b").await;
    let results = run(&door, json!([user("a"), user("B"), user("c")])).await;
    assert_eq!(statuses(&results), ["201", "409", "201"]);
    let told: Vec<Value> = door.recorder.told().into_iter().flatten().collect();
    let names: Vec<&Value> = told.iter().map(|event| &event["new"]["userName"]).collect();
    assert_eq!(names, ["a", "c"]);
    assert_eq!(types(&told), ["user.provisioned"; 2]);
}

async fn a_refusal_is_the_status_of_the_operation(door: Door) {
    // it is asked about both together, and then about each
    door.recorder.be(Mood::Refusing);
    let results = run(&door, json!([user("a"), user("b")])).await;
    assert_eq!(statuses(&results), ["403", "403"]);
    assert_eq!(
        results[0]["response"]["detail"],
        "there is no seat left, buy one first"
    );
    assert_eq!((door.recorder.told().len(), door.recorder.times_asked()), (0, 3));
    assert_eq!(door.get("standard/Users").await.1["totalResults"], 0);
}

async fn a_hook_that_hangs_stops_only_its_operation(door: Door) {
    let group = |name: &str| {
        json!({ "method": "POST", "path": "/Groups", "bulkId": name,
            "data": { "schemas": [crate::door::GROUP], "displayName": name } })
    };
    door.recorder.be(Mood::SlowBefore);
    let delete = json!({ "method": "DELETE", "path": "/Groups/2819c223" });
    let results = run(&door, json!([group("a"), group("b"), delete])).await;
    assert_eq!(statuses(&results), ["503", "503", "404"]);
    assert_eq!((door.recorder.told().len(), door.recorder.times_asked()), (0, 2));
}
