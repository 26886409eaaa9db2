//! Once for each commit, whoever else writes.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::door::{Door, types, values};

crate::on_both!(
    eight_writers_of_one_team_are_told_of_each_member_once,
    who_joins_and_is_deleted_at_the_same_time_adds_up,
    eight_writers_of_one_user_are_told_in_versions,
);

/// How often each user was told to have come and to have gone.
fn counted(told: &[Vec<Value>]) -> BTreeMap<String, (u32, u32)> {
    let mut counted: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for event in told.iter().flatten() {
        for user in event["users"].as_array().into_iter().flatten() {
            let (came, went) = counted.entry(user.as_str().unwrap().to_owned()).or_default();
            match event["type"].as_str().unwrap() {
                "team.members_added" => *came += 1,
                "team.members_removed" => *went += 1,
                other => panic!("{other}"),
            }
        }
    }
    counted
}

async fn eight_writers_of_one_team_are_told_of_each_member_once(door: Door) {
    let mut users = Vec::new();
    for number in 0..30 {
        users.push(door.user(&format!("user{number}")).await);
    }
    let group = door.group("Everyone", &[]).await;
    let path = format!("standard/Groups/{group}");
    let tasks: Vec<_> = (0..8)
        .map(|writer| {
            let (door, path, users) = (door.clone(), path.clone(), users.clone());
            tokio::spawn(async move {
                for number in 0..10 {
                    // each is added by several
                    let [one, other] = [
                        &users[(writer * 3 + number) % 30],
                        &users[(writer + number * 7) % 30],
                    ];
                    let add = json!([{ "op": "add", "path": "members", "value": values(&[one, other]) }]);
                    assert_eq!(door.patch(&path, add).await, 200);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let members = door.members(&group).await;
    let told = door.recorder.told();
    let mut versions: Vec<i64> = told
        .iter()
        .map(|events| events[0]["resourceVersion"].as_i64().unwrap())
        .collect();
    versions.sort_unstable();
    let each: Vec<i64> = (2..).take(versions.len()).collect();
    assert_eq!(versions, each, "one version of the team for each event");
    let once: BTreeMap<String, (u32, u32)> = members.into_iter().map(|id| (id, (1, 0))).collect();
    assert_eq!(counted(&told), once);
}

async fn who_joins_and_is_deleted_at_the_same_time_adds_up(door: Door) {
    let group = door.group("Everyone", &[]).await;
    let mut users = Vec::new();
    for number in 0..20 {
        users.push(door.user(&format!("user{number}")).await);
    }
    for user in &users {
        let path = format!("standard/Groups/{group}");
        let add = json!([{ "op": "add", "path": "members", "value": values(&[user]) }]);
        let user_path = format!("standard/Users/{user}");
        let (added, deleted) = tokio::join!(door.patch(&path, add), door.delete(&user_path));
        assert!(added == 200 || added == 400, "{added}");
        assert_eq!(deleted, 204);
    }
    assert_eq!(door.members(&group).await, Vec::<String>::new());
    let mut told = door.recorder.told();
    for events in &mut told {
        events.retain(|event| event["type"] != "user.deleted");
    }
    for (user, (came, went)) in counted(&told) {
        assert!(
            came == went && came <= 1,
            "{user} came {came} and went {went} times"
        );
    }
}

async fn eight_writers_of_one_user_are_told_in_versions(door: Door) {
    let user = door.user("bjensen").await;
    let path = format!("standard/Users/{user}");
    let tasks: Vec<_> = (0..8)
        .map(|writer| {
            let (door, path) = (door.clone(), path.clone());
            tokio::spawn(async move {
                let title = json!([{ "op": "replace", "path": "title", "value": format!("Guide {writer}") }]);
                assert_eq!(door.patch(&path, title).await, 200);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let mut told: Vec<Value> = door.recorder.told().into_iter().flatten().collect();
    told.sort_by_key(|event| event["resourceVersion"].as_i64());
    assert_eq!(types(&told), ["user.updated"; 8]);
    for pair in told.windows(2) {
        assert_eq!(pair[0]["new"], pair[1]["old"], "each builds on the one before");
    }
    let (_, user) = door.send(Method::GET, &path, None).await;
    assert_eq!(told[7]["new"]["title"], user["title"]);
}
