//! References to what the request itself creates (RFC 7644 sections 3.7.1 and 3.7.2).

use serde_json::json;

use crate::message::{ENTERPRISE, USER, group, id, is_refused, managed, patch, run, statuses, total, user};
use crate::support::TestApp;

#[tokio::test]
async fn references_of_section_3_7_2_lead_to_new_resources() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let results = run(
        &standard,
        json!([
            user("qwerty", "Alice"),
            group("ytrewq", "Tour Guides", &["bulkId:qwerty"])
        ]),
    )
    .await;
    assert_eq!(statuses(&results), ["201", "201"]);
    assert_eq!(standard.members(id(&results[1])).await, [id(&results[0])]);
}

#[tokio::test]
async fn references_may_stand_anywhere_and_lead_forward() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let results = run(
        &standard,
        json!([
            group("g", "Guides", &["bulkId:b", "bulkId:a"]),
            patch(
                "/Groups/bulkId:g",
                json!([{ "op": "remove", "path": "members[value eq \"bulkId:b\"]" },
                       { "op": "add", "path": "members", "value": [{ "value": "bulkId:c", "$ref": "../Users/bulkId:c" }] }])
            ),
            managed("a", "a@x", "bulkId:b"),
            user("b", "b@x"),
            user("c", "c@x"),
            { "method": "PUT", "path": "/Users/bulkId:c", "data": { "schemas": [USER], "userName": "renamed@x" } },
            user("d", "d@x"),
            { "method": "DELETE", "path": "/Users/bulkId:d" },
        ]),
    )
    .await;
    assert_eq!(
        statuses(&results),
        ["201", "200", "201", "201", "201", "200", "201", "204"],
        "{results:?}"
    );
    let mut members = [id(&results[2]), id(&results[4])];
    members.sort_unstable();
    assert_eq!(standard.members(id(&results[0])).await, members);
    let managed = standard.get(&format!("/Users/{}", id(&results[2]))).await.json();
    assert_eq!(managed[ENTERPRISE]["manager"]["value"], id(&results[3]));
    assert_eq!(
        total(&standard, "/Users?filter=userName eq \"renamed@x\"").await,
        1
    );
    assert_eq!(total(&standard, "/Users").await, 3);
    assert_eq!(results[1]["location"], results[0]["location"]);
}

#[tokio::test]
async fn circles_are_created_whole() {
    let app = TestApp::start().await;
    for connection in [app.as_standard(), app.as_okta(), app.as_entra()] {
        let results = run(
            &connection,
            json!([
                managed("a", "a@x", "bulkId:b"),
                managed("b", "b@x", "bulkId:c"),
                managed("c", "c@x", "bulkId:a"),
                managed("self", "self@x", "bulkId:self"),
                group("g", "All", &["bulkId:a", "bulkId:self"]),
            ]),
        )
        .await;
        assert_eq!(statuses(&results), ["201"; 5], "{results:?}");
        for (who, manager) in [(0, 1), (1, 2), (2, 0), (3, 3)] {
            let answer = connection.get(&format!("/Users/{}", id(&results[who]))).await;
            let found = answer.json();
            assert_eq!(found[ENTERPRISE]["manager"]["value"], id(&results[manager]));
            assert_eq!(found[ENTERPRISE]["department"], "Tours");
            assert_eq!(found["active"], true);
            // the tag of a user says besides which groups are shown
            let version = results[who]["version"].as_str().unwrap().trim_end_matches('"');
            assert!(answer.header("etag").starts_with(version), "{answer:?}");
        }
        assert_eq!(connection.members(id(&results[4])).await.len(), 2);
    }
}

#[tokio::test]
async fn a_circle_that_breaks_leaves_nothing() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    standard.creates_user("taken@x").await;
    let results = run(
        &standard,
        json!([
            managed("a", "a@x", "bulkId:b"),
            managed("b", "TAKEN@x", "bulkId:a"),
            group("g", "G", &["bulkId:a"]),
            managed("c", "c@x", "bulkId:d"),
            managed("d", "d@x", "bulkId:c"),
            managed("e", "e@x", "bulkId:nobody"),
        ]),
    )
    .await;
    assert_eq!(statuses(&results), ["409", "409", "409", "201", "201", "409"]);
    assert!(is_refused(&results[0], "409", "invalidValue").contains("`bulkId:b`"));
    is_refused(&results[1], "409", "uniqueness");
    assert!(is_refused(&results[2], "409", "invalidValue").contains("`bulkId:a`, which was not created"));
    assert!(is_refused(&results[5], "409", "invalidValue").contains("no POST of the request"));
    assert_eq!(results[0].get("location"), None);
    assert_eq!(total(&standard, "/Users").await, 3);
    assert_eq!(total(&standard, "/Groups").await, 0);
}

/// What is referred to from before is created before that, ahead of what stands between.
#[tokio::test]
async fn a_resource_is_created_ahead_of_what_refers_to_it() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let there = run(&standard, json!([user("old", "old@x"), user("other", "other@x")])).await;
    let old = format!("/Users/{}", id(&there[0]));
    let results = run(
        &standard,
        json!([
            group("g", "G", &["bulkId:new", "bulkId:free"]),
            { "method": "DELETE", "path": old },
            user("new", "OLD@x"),
            user("free", "free@x"),
        ]),
    )
    .await;
    // its name was still taken, and the answer says so: nothing is done by halves
    assert_eq!(statuses(&results), ["409", "204", "409", "201"], "{results:?}");
    is_refused(&results[2], "409", "uniqueness");
    assert!(is_refused(&results[0], "409", "invalidValue").contains("`bulkId:new`"));
    assert_eq!(total(&standard, "/Groups").await, 0);
    // the same in the order in which it can be done
    let results = run(
        &standard,
        json!([user("new", "OLD@x"), group("g", "G", &["bulkId:new"])]),
    )
    .await;
    assert_eq!(statuses(&results), ["201", "201"], "{results:?}");
}
