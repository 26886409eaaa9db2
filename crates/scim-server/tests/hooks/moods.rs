//! Hooks that refuse, panic, and take their time.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::door::{Door, Mood, USER, values};

crate::on_both!(
    a_refusal_reaches_the_client_and_changes_nothing,
    a_hook_that_panics_or_hangs_before_the_commit_changes_nothing,
    a_hook_that_panics_or_dawdles_after_the_commit_undoes_nothing,
);

fn bjensen() -> Value {
    json!({ "schemas": [USER], "userName": "bjensen" })
}

async fn a_refusal_reaches_the_client_and_changes_nothing(door: Door) {
    let user = door.user("jsmith").await;
    let group = door.group("Tour Guides", &[]).await;
    let (user_path, group_path) = (
        format!("standard/Users/{user}"),
        format!("standard/Groups/{group}"),
    );
    let before = (door.get(&user_path).await, door.get(&group_path).await);
    door.recorder.be(Mood::Refusing);

    let (status, error) = door.post("standard/Users", bjensen()).await;
    assert_eq!(status, 403, "{error}");
    assert_eq!(
        error["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
    );
    assert_eq!(
        (&error["status"], &error["detail"]),
        (&json!("403"), &json!("there is no seat left, buy one first"))
    );
    assert_eq!(door.recorder.times_asked(), 1, "it is not tried again");

    let add = json!([{ "op": "add", "path": "members", "value": values(&[&user]) }]);
    assert_eq!(door.patch(&group_path, add).await, 403);
    let leave = json!([{ "op": "replace", "path": "active", "value": false }]);
    assert_eq!(door.patch(&user_path, leave).await, 403);
    assert_eq!(door.delete(&group_path).await, 403);
    assert_eq!(door.delete(&user_path).await, 403);
    assert_eq!((door.recorder.told().len(), door.recorder.times_asked()), (0, 4));
    assert_eq!((door.get(&user_path).await, door.get(&group_path).await), before);
    assert_eq!(door.get("standard/Users").await.1["totalResults"], 1);

    door.recorder.be(Mood::Content);
    assert_eq!(door.post("standard/Users", bjensen()).await.0, 201);
    assert_eq!(door.recorder.told_one()["type"], "user.provisioned");
}

async fn a_hook_that_panics_or_hangs_before_the_commit_changes_nothing(door: Door) {
    door.recorder.be(Mood::PanicsBefore);
    assert_eq!(door.post("standard/Users", bjensen()).await.0, 500);
    door.recorder.be(Mood::SlowBefore);
    let (status, error) = door.post("standard/Users", bjensen()).await;
    assert_eq!(status, 503, "{error}");
    assert!(
        error["detail"].as_str().unwrap().contains("took too long"),
        "{error}"
    );
    assert_eq!(door.recorder.told().len(), 0);
    door.recorder.be(Mood::Content);
    assert_eq!(door.get("standard/Users").await.1["totalResults"], 0);
    assert_eq!(door.post("standard/Users", bjensen()).await.0, 201);
}

async fn a_hook_that_panics_or_dawdles_after_the_commit_undoes_nothing(door: Door) {
    door.recorder.be(Mood::PanicsAfter);
    assert_eq!(door.post("standard/Users", bjensen()).await.0, 201);
    assert_eq!(door.recorder.told().len(), 1);
    door.recorder.be(Mood::SlowAfter);
    let start = Instant::now();
    let other = json!({ "schemas": [USER], "userName": "jsmith" });
    assert_eq!(door.post("standard/Users", other).await.0, 201);
    // it wants to be waited for half a second, and takes two
    assert!(
        start.elapsed() > Duration::from_millis(400),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(door.recorder.told().len(), 0);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(door.recorder.told_one()["type"], "user.provisioned");
    assert_eq!(door.get("standard/Users").await.1["totalResults"], 2);
}
