//! Two servers on one PostgreSQL database are one service.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use private_postgres::PrivatePostgres;
use reqwest::Method;
use serde_json::json;
use support::binary::{Folder, Running};
use support::remote::{CODE, Remote, patch};

/// Two servers that were started at the same time on an empty database.
struct Replicas {
    remotes: [Remote; 2],
    _servers: [Running; 2],
    _folders: [Folder; 2],
}

impl Replicas {
    async fn start() -> Self {
        let url = PrivatePostgres::shared().new_database().await;
        let folders = [Folder::new(), Folder::new()];
        let environment = [CODE, ("DATABASE_URL", url.as_str())];
        let servers = std::thread::scope(|scope| {
            let start = |folder| scope.spawn(move || Folder::serve_silently(folder, &environment));
            let starting = [start(&folders[0]), start(&folders[1])];
            starting.map(|server| server.join().unwrap())
        });
        Self {
            remotes: [Remote::of(&servers[0]), Remote::of(&servers[1])],
            _servers: servers,
            _folders: folders,
        }
    }

    fn remote(&self, number: usize) -> Remote {
        self.remotes[number % 2].clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_added_through_both_are_all_there() {
    let replicas = Replicas::start().await;
    let group = replicas.remote(0).create_group("Everyone").await;
    let add = |writer: usize| {
        let (remote, group) = (replicas.remote(writer), group.clone());
        tokio::spawn(async move {
            for number in 0..10 {
                let user = remote
                    .create_user(&format!("user{writer}-{number}@example.com"))
                    .await;
                assert_eq!(remote.add_member(&group, &user).await.status(), 204);
            }
        })
    };
    for writer in (0..8).map(add).collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    for remote in &replicas.remotes {
        let group = remote.get(&format!("/Groups/{group}")).await;
        assert_eq!(group["members"].as_array().unwrap().len(), 80);
        assert_eq!(remote.get("/Users?count=0").await["totalResults"], 80);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_sixteen_gets_the_name() {
    let replicas = Replicas::start().await;
    let create = |number: usize| {
        let remote = replicas.remote(number);
        let name = ["jos\u{e9}@example.com", "JOSE\u{301}@example.com"][number / 2 % 2];
        tokio::spawn(async move { remote.post_user(name).await.status().as_u16() })
    };
    let mut statuses = Vec::new();
    for created in (0..16).map(create).collect::<Vec<_>>() {
        statuses.push(created.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201);
    assert!(statuses[1..].iter().all(|status| *status == 409), "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_eight_changes_the_version_that_all_have_seen() {
    let replicas = Replicas::start().await;
    let user = replicas.remote(0).create_user("first@example.com").await;
    let etag = replicas.remote(1).get(&format!("/Users/{user}")).await["meta"]["version"]
        .as_str()
        .unwrap()
        .to_owned();
    let change = |number: usize| {
        let (remote, path, etag) = (replicas.remote(number), format!("/Users/{user}"), etag.clone());
        let body = patch(&json!([{ "op": "replace", "value": { "title": format!("Title {number}") } }]));
        tokio::spawn(async move {
            let answer = remote
                .try_send(Method::PATCH, &path, Some(body), Some(&etag))
                .await;
            answer.unwrap().status().as_u16()
        })
    };
    let mut statuses = Vec::new();
    for changed in (0..8).map(change).collect::<Vec<_>>() {
        statuses.push(changed.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(statuses[1..].iter().all(|status| *status == 412), "{statuses:?}");
}

/// Without `If-Match` nobody is refused: each change is made on top of the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_who_change_one_user_all_get_through() {
    let replicas = Replicas::start().await;
    let user = replicas.remote(0).create_user("first@example.com").await;
    let attributes = [
        "title",
        "nickName",
        "displayName",
        "locale",
        "timezone",
        "preferredLanguage",
        "userType",
        "externalId",
    ];
    let change = |(number, name): (usize, &'static str)| {
        let (remote, path) = (replicas.remote(number), format!("/Users/{user}"));
        tokio::spawn(async move {
            let body = patch(&json!([{ "op": "replace", "value": { name: "x" } }]));
            remote
                .send(Method::PATCH, &path, Some(body))
                .await
                .status()
                .as_u16()
        })
    };
    for changed in attributes.into_iter().enumerate().map(change).collect::<Vec<_>>() {
        assert_eq!(changed.await.unwrap(), 200);
    }
    let user = replicas.remote(1).get(&format!("/Users/{user}")).await;
    for name in attributes {
        assert_eq!(user[name], "x", "{name} is lost: {user}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_deleted_through_one_is_added_to_no_group_through_the_other() {
    let replicas = Replicas::start().await;
    let group = replicas.remote(0).create_group("Everyone").await;
    for round in 0..12 {
        let user = replicas
            .remote(0)
            .create_user(&format!("user{round}@example.com"))
            .await;
        let (adding, deleting) = (replicas.remote(round), replicas.remote(round + 1));
        let (path, group) = (format!("/Users/{user}"), group.clone());
        let added = tokio::spawn(async move { adding.add_member(&group, &user).await.status().as_u16() });
        let deleted =
            tokio::spawn(async move { deleting.send(Method::DELETE, &path, None).await.status().as_u16() });
        assert_eq!(added.await.unwrap(), 204);
        assert_eq!(deleted.await.unwrap(), 204);
    }
    let group = replicas.remote(0).get(&format!("/Groups/{group}")).await;
    let members = group["members"].as_array().map_or(0, Vec::len);
    assert_eq!(members, 0, "{group}");
}
