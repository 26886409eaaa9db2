//! Everything that the client can do, with the real server.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use futures_util::TryStreamExt;
use scim_client::resource::enterprise::EnterpriseUser;
use scim_client::resource::group::Group;
use scim_client::resource::user::User;
use scim_client::resource::value::{Email, Manager, Member, Name};
use scim_client::{Bulk, BulkId, BulkTarget, ClientError, Filter, PatchOp, PatchPath, Query, ScimClient};
use serde_json::{Value, json};
use support::{OKTA, Server, user_token};

async fn settle(client: &ScimClient, many: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..many {
        let user = User::new(format!("u{number:02}"));
        ids.push(client.users().create(&user).await.unwrap().id().to_owned());
    }
    ids
}

#[tokio::test]
async fn a_user_is_made_read_replaced_changed_and_deleted() {
    let server = Server::start().await;
    let client = server.client();
    let users = client.users();
    let manager = users.create(&User::new("jsmith")).await.unwrap();
    let user = User::new("bjensen")
        .external_id("e1")
        .name(Name::new("Barbara", "Jensen"))
        .email(Email::work("bjensen@example.com").primary(true))
        .enterprise(
            EnterpriseUser::default()
                .department("Tours")
                .manager(Manager::new(manager.id())),
        );
    let created = users.create(&user).await.unwrap();
    assert_eq!(created.name, user.name);
    assert_eq!(
        created.location().unwrap(),
        format!("{}/v1/scim/v2/standard/Users/{}", server.origin, created.id())
    );
    assert_eq!(users.get(created.id()).await.unwrap(), created);

    let mut changed = created.clone();
    changed.nick_name = Some("Babs".to_owned());
    let changed = users.replace(created.id(), &changed).await.unwrap();
    assert_eq!(changed.nick_name.as_deref(), Some("Babs"));
    assert_eq!(changed.enterprise, created.enterprise);

    let patch = PatchOp::new()
        .replace(
            PatchPath::element("emails", Filter::eq("type", "work")).sub_attribute("value"),
            "babs@example.com",
        )
        .add("emails", [Email::home("home@example.com")])
        .replace(
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            "Guides",
        )
        .replace_attributes(json!({ "active": false }))
        .remove("nickName");
    let patched = users.patch(created.id(), &patch).await.unwrap().unwrap();
    let emails: Vec<_> = patched
        .emails
        .iter()
        .filter_map(|email| email.value.as_deref())
        .collect();
    assert_eq!(emails, ["babs@example.com", "home@example.com"]);
    assert_eq!((patched.active, &patched.nick_name), (Some(false), &None));
    assert_eq!(
        patched.enterprise.as_ref().unwrap().department.as_deref(),
        Some("Guides")
    );

    users.delete(created.id()).await.unwrap();
    assert!(users.get(created.id()).await.unwrap_err().is_not_found());
    assert!(users.delete(created.id()).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn refusals_say_why() {
    let server = Server::start().await;
    let client = server.client();
    let users = client.users();
    users.create(&User::new("bjensen")).await.unwrap();
    let error = users.create(&User::new("BJensen")).await.unwrap_err();
    assert!(error.is_conflict());
    assert_eq!(
        (error.status(), error.scim_type()),
        (Some(409), Some("uniqueness"))
    );
    let detail = error.detail().unwrap();
    assert!(detail.contains("`userName`"), "{detail}");
    assert_eq!(
        error.to_string(),
        format!("the server answers 409 uniqueness: {detail}")
    );
    assert_eq!(error.retry_after(), None);
    let error = users
        .query(Query::new().filter(Filter::eq("quota", 1)))
        .await
        .unwrap_err();
    assert_eq!(error.scim_type(), Some("invalidFilter"));
    for id in ["", "."] {
        assert!(matches!(users.delete(id).await, Err(ClientError::Request(_))));
    }
    let stranger = server.builder("standard").bearer("wrong").build().unwrap();
    assert!(
        stranger
            .users()
            .query(Query::new())
            .await
            .unwrap_err()
            .is_unauthorized()
    );
    let nobody = server.builder("standard").build().unwrap();
    assert!(nobody.users().get("1").await.unwrap_err().is_unauthorized());
    let okta = server.builder("okta").basic(OKTA.0, OKTA.1).build().unwrap();
    assert_eq!(
        okta.users().query(Query::new()).await.unwrap().total_results,
        Some(0)
    );
}

#[tokio::test]
async fn versions_keep_changes_apart() {
    let server = Server::start().await;
    let client = server.client();
    let users = client.users();
    let first = users.create(&User::new("bjensen")).await.unwrap();
    let version = first.version().unwrap();
    assert_eq!(users.get(first.id()).if_changed(&first).await.unwrap(), None);
    let leave = PatchOp::new().replace("active", false);
    let second = users
        .patch(first.id(), &leave)
        .if_unchanged(&first)
        .await
        .unwrap()
        .unwrap();
    assert_ne!(second.version(), first.version());
    assert_eq!(
        users
            .get(first.id())
            .if_none_match(version)
            .await
            .unwrap()
            .unwrap(),
        second
    );
    assert!(
        users
            .patch(first.id(), &leave)
            .if_unchanged(&first)
            .await
            .unwrap_err()
            .is_precondition_failed()
    );
    assert!(
        users
            .replace(first.id(), &first)
            .if_match(version)
            .await
            .unwrap_err()
            .is_precondition_failed()
    );
    assert!(
        users
            .delete(first.id())
            .if_match(version)
            .await
            .unwrap_err()
            .is_precondition_failed()
    );
    // of a list, too
    let found = users
        .find(Filter::eq("userName", "bjensen"))
        .await
        .unwrap()
        .unwrap();
    users.delete(first.id()).if_unchanged(&found).await.unwrap();

    let bare = Query::new().excluded_attributes(["meta"]);
    users.create(&User::new("jsmith")).await.unwrap();
    let bare = users.query(bare).await.unwrap().resources.remove(0);
    let unknown = users.delete(bare.id()).if_unchanged(&bare).await;
    assert!(matches!(unknown, Err(ClientError::Request(_))), "{unknown:?}");
    let unknown = users.get(bare.id()).if_changed(&bare).await;
    assert!(matches!(unknown, Err(ClientError::Request(_))), "{unknown:?}");
    let unknown = Bulk::new().delete("/Users", BulkTarget::unchanged(&bare));
    let unknown = client.bulk(&unknown).await;
    assert!(matches!(unknown, Err(ClientError::Request(_))), "{unknown:?}");
}

#[tokio::test]
async fn groups_have_members() {
    let server = Server::start().await;
    let client = server.client();
    let ids = settle(&client, 3).await;
    let groups = client.groups();
    let group = groups
        .create(&Group::new("Tour Guides").member(Member::new(&ids[0])))
        .await
        .unwrap();
    let patch = PatchOp::new()
        .add_members([&ids[1], &ids[2]])
        .remove_members([&ids[0]]);
    groups.patch(group.id(), &patch).await.unwrap();
    let mut members: Vec<String> = groups
        .get(group.id())
        .await
        .unwrap()
        .member_ids()
        .map(str::to_owned)
        .collect();
    members.sort();
    assert_eq!(members, ids[1..]);
    let user = client.users().get(&ids[1]).await.unwrap();
    assert_eq!(user.groups[0].value.as_deref(), Some(group.id()));

    let mut renamed = groups.get(group.id()).await.unwrap();
    renamed.members = None;
    let kept = groups.replace(group.id(), &renamed).await.unwrap();
    assert_eq!(kept.member_ids().count(), 2);
    let emptied = groups
        .replace(group.id(), &Group::new("Guides").members([]))
        .await
        .unwrap();
    assert_eq!(emptied.member_ids().count(), 0);
}

#[tokio::test]
async fn lists_are_read_to_their_end() {
    let server = Server::start().await;
    let client = server.client();
    let mut ids = settle(&client, 7).await;
    let users = client.users();
    let config = client.service_provider_config().await.unwrap();
    assert!(
        config.pagination.unwrap().cursor && config.etag.supported && config.bulk.max_operations > Some(1)
    );

    let mut pages = users.pages(Query::new().count(3));
    let mut sizes = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        // pages by cursor have no number
        assert_eq!((page.total_results, page.start_index), (Some(7), None));
        sizes.push(page.resources.len());
    }
    assert_eq!(sizes, [3, 3, 1]);
    assert_eq!(pages.next_page().await.unwrap(), None);

    let from_second = users.stream(Query::new().count(2).start_index(2));
    let mut read: Vec<String> = from_second
        .map_ok(|user| user.id().to_owned())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(read.len(), 6);
    let all = users.stream(Query::new().count(2).sort_by_descending("userName"));
    read = all
        .map_ok(|user| user.id().to_owned())
        .try_collect()
        .await
        .unwrap();
    ids.reverse();
    assert_eq!(read, ids);

    let query = Query::new()
        .filter(Filter::sw("userName", "U0"))
        .attributes(["userName"])
        .count(2);
    let page = users.query(query).await.unwrap();
    assert_eq!((page.total_results, page.resources.len()), (Some(7), 2));
    assert_eq!(page.resources[0].meta, None);
}

#[tokio::test]
async fn a_long_filter_is_sent_in_a_body() {
    let server = Server::start().await;
    let client = server.client();
    settle(&client, 5).await;
    let long = Filter::eq("userName", "x".repeat(4_000));
    let query = Query::new()
        .filter(Filter::sw("userName", "u").or(long).not().not())
        .sort_by_descending("userName")
        .attributes(["userName", "title"])
        .count(2);
    let page = client.users().query(query.clone().start_index(2)).await.unwrap();
    let names: Vec<&str> = page
        .resources
        .iter()
        .map(|user| user.user_name.as_str())
        .collect();
    assert_eq!((page.total_results, names), (Some(5), vec!["u03", "u02"]));
    let users: Vec<_> = client.users().stream(query).try_collect().await.unwrap();
    let names: Vec<&str> = users.iter().map(|user| user.user_name.as_str()).collect();
    assert_eq!(names, ["u04", "u03", "u02", "u01", "u00"]);
    assert_eq!(users[0].active, None);
}

#[tokio::test]
async fn finding_is_exact_whatever_is_looked_for() {
    let server = Server::start().await;
    let client = server.client();
    let users = client.users();
    let odd = "a\"b\\c +&%=é#?/";
    users.create(&User::new(odd)).await.unwrap();
    users
        .create(&User::new("bjensen").display_name("B"))
        .await
        .unwrap();
    users.create(&User::new("babs").display_name("B")).await.unwrap();
    let found = users.find(Filter::eq("userName", odd)).await.unwrap().unwrap();
    assert_eq!(found.user_name, odd);
    assert_eq!(
        users
            .find(Filter::eq("userName", "x\" or id pr or id eq \""))
            .await
            .unwrap(),
        None
    );
    let twice = users.find(Filter::eq("displayName", "b")).await;
    assert!(
        matches!(&twice, Err(ClientError::Ambiguous(filter)) if filter == "displayName eq \"b\""),
        "{twice:?}"
    );
}

#[tokio::test]
async fn a_bulk_refers_to_what_it_makes() {
    let server = Server::start().await;
    let client = server.client();
    let taken = client.users().create(&User::new("taken")).await.unwrap();
    let barbara = BulkId::new("barbara");
    let title = PatchOp::new().replace("title", "Guide");
    let bulk = Bulk::new()
        .create("/Users", &barbara, &User::new("bjensen"))
        .create(
            "/Groups",
            "guides",
            &Group::new("Tour Guides").member(Member::new(barbara.reference())),
        )
        .create("/Users", "twice", &User::new("TAKEN"))
        .patch("/Users", taken.id(), &PatchOp::new().replace("active", false))
        .patch("/Users", BulkTarget::unchanged(&taken), &title)
        .patch("/Users", &barbara, &title)
        .replace("/Users", &barbara, &User::new("babs"))
        .delete("/Users", taken.id())
        // an id, not a reference
        .delete("/Users", "bulkId:barbara");
    let results = client.bulk(&bulk).await.unwrap();
    let statuses: Vec<u16> = results.iter().map(|result| result.status).collect();
    assert_eq!(statuses, [201, 201, 409, 200, 412, 200, 200, 204, 404]);
    assert!(results[2].outcome().unwrap_err().is_conflict());
    assert!(results[4].outcome().unwrap_err().is_precondition_failed());
    results[0].outcome().unwrap();
    let group = client.groups().get(&results[1].id().unwrap()).await.unwrap();
    assert_eq!(
        group.member_ids().collect::<Vec<_>>(),
        [results[0].id().unwrap().as_ref()]
    );
    let babs = client.users().get(&results[0].id().unwrap()).await.unwrap();
    assert_eq!(babs.user_name, "babs");

    let version = babs.version().unwrap();
    let leave = Bulk::new()
        .delete("/Users", BulkTarget::new(babs.id()).if_match("W/\"other\""))
        .delete("/Users", BulkTarget::new(babs.id()).if_match(version));
    let results = client.bulk(&leave).await.unwrap();
    assert_eq!((results[0].status, results[1].status), (412, 204));
}

#[tokio::test]
async fn a_list_goes_on_at_a_cursor() {
    let server = Server::start().await;
    let client = server.client();
    let ids = settle(&client, 5).await;
    let users = client.users();
    let query = Query::new().sort_by("userName").count(2);
    let first = users.query(query.clone().cursor("")).await.unwrap();
    let next = first.next_cursor.clone().unwrap();
    let second = users.query(query.clone().cursor(&next)).await.unwrap();
    let page: Vec<&str> = second.resources.iter().map(|user| user.id()).collect();
    assert_eq!(page, ids[2..4]);
    let rest = users.stream(query.clone().cursor(&next));
    let rest: Vec<String> = rest
        .map_ok(|user| user.id().to_owned())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(rest, ids[2..]);
    let error = users.query(query.cursor("nonsense")).await.unwrap_err();
    assert_eq!(error.scim_type(), Some("invalidCursor"));
}

#[tokio::test]
async fn all_types_are_searched_at_once() {
    let server = Server::start().await;
    let client = server.client();
    settle(&client, 3).await;
    for name in ["Guides", "Pilots"] {
        client.groups().create(&Group::new(name)).await.unwrap();
    }
    let kind = |resource: &Value| resource["meta"]["resourceType"].as_str().unwrap().to_owned();
    let query = Query::new().count(2);
    let page = client.search::<Value>(query.clone()).await.unwrap();
    assert_eq!((page.total_results, page.resources.len()), (Some(5), 2));
    let mut kinds = Vec::new();
    let mut pages = client.search_pages::<Value>(query);
    while let Some(page) = pages.next_page().await.unwrap() {
        kinds.extend(page.resources.iter().map(|resource| kind(resource)));
    }
    assert_eq!(kinds, ["User", "User", "User", "Group", "Group"]);
    let named = Filter::eq("displayName", "pilots").or(Filter::eq("userName", "u01"));
    let query = Query::new().filter(named).attributes(["displayName", "userName"]);
    let page = client.search::<Value>(query).await.unwrap();
    assert_eq!(page.total_results, Some(2));
    let wrong = client.search::<Group>(Query::new().sort_by("a b")).await;
    assert!(matches!(wrong, Err(ClientError::Request(_))), "{wrong:?}");
}

#[tokio::test]
async fn attributes_are_chosen_for_one_resource() {
    let server = Server::start().await;
    let client = server.client();
    let ids = settle(&client, 2).await;
    let groups = client.groups();
    let group = Group::new("Guides").member(Member::new(&ids[0]));
    let group = groups.create(&group).await.unwrap();
    let without = groups
        .get(group.id())
        .excluded_attributes(["members"])
        .await
        .unwrap();
    assert_eq!((&*without.display_name, &without.members), ("Guides", &None));
    let only = groups
        .get(group.id())
        .attributes(["members.value"])
        .await
        .unwrap();
    assert_eq!(only.display_name, "");
    assert_eq!(only.member_ids().collect::<Vec<_>>(), [&ids[0]]);

    let joins = PatchOp::new().add_members([&ids[1]]);
    let joined = groups.patch(group.id(), &joins).excluded_attributes(["members"]);
    assert_eq!(joined.await.unwrap().unwrap().members, None);
    assert_eq!(groups.get(group.id()).await.unwrap().member_ids().count(), 2);

    let user = client
        .users()
        .get(&ids[0])
        .attributes(["userName"])
        .await
        .unwrap();
    assert_eq!((&*user.user_name, &user.meta), ("u00", &None));
    for wrong in ["", "a,b", "a b"] {
        let error = client.users().get(&ids[0]).attributes([wrong]).await.unwrap_err();
        assert!(matches!(error, ClientError::Request(_)), "{error:?}");
    }
}

#[tokio::test]
async fn numbers_are_compared() {
    let urn = "urn:example:params:scim:schemas:extension:trail:2.0:User";
    let schema =
        json!({ "id": urn, "name": "Trail", "attributes": [{ "name": "slope", "type": "decimal" }] });
    let user_type = json!({
        "name": "User", "endpoint": "/Users", "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
        "schemaExtensions": [{ "schema": urn, "required": false }],
    });
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, content.to_string()).unwrap();
        path
    };
    let (schema, user_type) = (file("trail.json", schema), file("user.json", user_type));
    let server = Server::start_with(|config| {
        config.schemas = vec![schema];
        config.resource_types = vec![user_type];
    })
    .await;
    let users = server.client().users();
    for (name, slope) in [("flat", 0.5), ("steep", 12.5)] {
        let user = User::new(name).with(urn, json!({ "slope": slope }));
        users.create(&user).await.unwrap();
    }
    let slope = format!("{urn}:slope");
    let steep = users.find(Filter::gt(&slope, 12.25)).await.unwrap().unwrap();
    assert_eq!(steep.user_name, "steep");
    let flat = users.find(Filter::lt(&slope, 1)).await.unwrap().unwrap();
    assert_eq!(flat.user_name, "flat");
    let wrong = users.find(Filter::eq(&slope, f64::NAN)).await;
    assert!(matches!(wrong, Err(ClientError::Request(_))), "{wrong:?}");
}

#[tokio::test]
async fn a_user_is_served_as_me() {
    let server = Server::start().await;
    let users = server.client().users();
    let user = users.create(&User::new("bjensen")).await.unwrap();
    let client = server.builder("standard").bearer(user_token(user.id()));
    let me = client.build().unwrap().me();
    let read = me.get().await.unwrap();
    assert_eq!((read.id(), &*read.user_name), (user.id(), "bjensen"));
    assert_eq!(me.get().attributes(["userName"]).await.unwrap().meta, None);
    assert_eq!(me.get().if_changed(&read).await.unwrap(), None);
    let patch = PatchOp::new().replace("title", "Guide");
    let patched = me.patch(&patch).if_unchanged(&read).await.unwrap().unwrap();
    assert_eq!(patched.title.as_deref(), Some("Guide"));
    let stale = me.replace(&read).if_unchanged(&read).await.unwrap_err();
    assert!(stale.is_precondition_failed());
    let replaced = me.replace(&User::new("babs")).await.unwrap();
    assert_eq!((replaced.id(), &*replaced.user_name), (user.id(), "babs"));
    me.delete().await.unwrap();
    assert!(users.get(user.id()).await.unwrap_err().is_not_found());

    let provider = server.client().me().get().await.unwrap_err();
    assert_eq!(provider.status(), Some(501));
}

#[tokio::test]
async fn the_server_is_discovered_and_types_may_be_any() {
    let server = Server::start().await;
    let client = server.client();
    let schemas = client.schemas().await.unwrap();
    let user = schemas.iter().find(|schema| schema.name == "User").unwrap();
    let name = user
        .attributes
        .iter()
        .find(|attribute| attribute.name == "userName")
        .unwrap();
    assert_eq!(
        (name.required, name.uniqueness.as_deref()),
        (true, Some("server"))
    );
    let types = client.resource_types().await.unwrap();
    assert_eq!(types[0].endpoint, "/Users");
    client.users().create(&User::new("bjensen")).await.unwrap();
    let raw = client
        .resources::<Value>("/Users")
        .query(Query::new())
        .await
        .unwrap();
    assert_eq!(raw.resources[0]["userName"], "bjensen");
}

#[tokio::test]
async fn an_id_that_is_none_is_not_found() {
    let server = Server::start().await;
    let client = server.client();
    let users = client.users();
    settle(&client, 2).await;
    for id in [
        "\t",
        "\n",
        "\r\n",
        ".\t.",
        "\0",
        "%2e%2e",
        "..\\",
        "bulkId:x",
        "bul\tkId:x",
        "ä/ö",
    ] {
        assert!(users.get(id).await.unwrap_err().is_not_found(), "{id:?}");
        assert!(users.delete(id).await.unwrap_err().is_not_found(), "{id:?}");
        let bulk = client.bulk(&Bulk::new().delete("/Users", id)).await.unwrap();
        assert_eq!(bulk[0].status, 404, "{id:?}");
    }
    let none = users
        .stream(Query::new().count(0))
        .try_collect::<Vec<_>>()
        .await
        .unwrap();
    assert!(none.is_empty());
    assert_eq!(
        users.query(Query::new().count(0)).await.unwrap().total_results,
        Some(2)
    );
}
