//! What nobody should send: each is refused clearly, changes nothing, and none is a 500.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, STANDARD, TestApp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

#[tokio::test]
async fn bodies_that_are_no_users_are_refused() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let kept = standard.creates_user("kept@x").await;
    let path = format!("/Users/{}", kept["id"].as_str().unwrap());
    let deep = "[".repeat(100_000);
    let nested = format!(
        r#"{{"schemas":["{USER}"],"userName":{}1{}}}"#,
        "[".repeat(500),
        "]".repeat(500)
    );
    let bodies: Vec<(Vec<u8>, &str)> = vec![
        (b"{".to_vec(), "invalidSyntax"),
        (b"".to_vec(), "invalidSyntax"),
        (b"[]".to_vec(), "invalidSyntax"),
        (b"\"text\"".to_vec(), "invalidSyntax"),
        (deep.into_bytes(), "invalidSyntax"),
        (nested.into_bytes(), "invalidSyntax"),
        (b"{\"schemas\":[\"\xff\xfe\"]}".to_vec(), "invalidSyntax"),
        (
            json!({ "userName": "a" }).to_string().into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": "x", "userName": "a" })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER] }).to_string().into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": 5 })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": "  " })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": "a\0b" })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": "a", "active": "true" })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": "a", "emails": "a@x" })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": "a", "emails": ["a@x"] })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": "a", "name": "A" })
                .to_string()
                .into_bytes(),
            "invalidValue",
        ),
        (
            json!({ "schemas": [USER], "userName": "a", "USERNAME": "b" })
                .to_string()
                .into_bytes(),
            "invalidSyntax",
        ),
    ];
    for (body, scim_type) in bodies {
        for (method, path) in [(Method::POST, "/Users"), (Method::PUT, path.as_str())] {
            let request = standard
                .request(method, path)
                .header("content-type", "application/scim+json");
            let answer = Answer::of(request.body(body.clone())).await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
            assert_eq!(answer.status, 400, "{shown}: {answer:?}");
            answer.is_scim_error(400);
            assert_eq!(answer.json()["scimType"], scim_type, "{shown}: {answer:?}");
        }
    }
    assert_eq!(standard.get(&path).await.json(), kept);
    assert_eq!(standard.get("/Users").await.json()["totalResults"], 1);
}

#[tokio::test]
async fn what_is_too_large_or_of_another_kind_is_refused() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let large = json!({ "schemas": [USER], "userName": "a", "title": "x".repeat(5 << 20) });
    standard.post("/Users", &large).await.is_scim_error(413);
    let xml = standard
        .request(Method::POST, "/Users")
        .header("content-type", "text/xml")
        .body("<a/>");
    Answer::of(xml).await.is_scim_error(415);
    let operations: Vec<Value> = vec![json!({ "op": "add", "path": "title", "value": "x" }); 1_001];
    let user = standard.creates_user("a").await;
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    standard.patch(&path, json!(operations)).await.is_scim_error(413);
    let wrong = Answer::of(standard.request(Method::DELETE, "/Users")).await;
    wrong.is_scim_error(405);
    assert_eq!(wrong.header("allow"), "GET, HEAD, POST");
    standard.get("/Nothing").await.is_scim_error(404);
    standard
        .send(Method::PUT, "/Users/unknown", &json!("no user"))
        .await
        .is_scim_error(404);
    assert_eq!(standard.get(&path).await.json(), user);
}

#[tokio::test]
async fn nobody_has_an_id_with_a_nul() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for kind in ["Users", "Groups"] {
        let path = format!("/{kind}/a%00b");
        let title = json!([{ "op": "replace", "path": "displayName", "value": "x" }]);
        standard.get(&path).await.is_scim_error(404);
        standard.patch(&path, title).await.is_scim_error(404);
        standard.delete(&path).await.is_scim_error(404);
    }
    let member = json!([{ "value": "a\u{0}b" }]);
    let group = json!({ "schemas": [GROUP], "displayName": "Guides", "members": member });
    standard.post("/Groups", &group).await.is_scim_error(400);
    let okta = app.as_okta();
    let user = okta.creates_user("bjensen").await;
    let guides = okta
        .creates_group("Guides", &[user["id"].as_str().unwrap()])
        .await;
    for op in ["add", "remove"] {
        let operation = json!([{ "op": op, "path": "members", "value": member }]);
        let answer = okta.patch(&format!("/Groups/{guides}"), operation).await;
        assert_eq!(answer.status, 204, "{op}: {answer:?}");
    }
    assert_eq!(okta.members(&guides).await.len(), 1);
}

#[tokio::test]
async fn queries_that_cannot_be_answered_are_refused() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    standard.creates_user("a@x").await;
    let brackets = format!("filter={}", "(".repeat(4_000));
    let nots = format!("filter={}", "not(".repeat(1_000));
    let long = format!("filter={}", "(".repeat(20_000));
    for (query, scim_type) in [
        (brackets.as_str(), "invalidFilter"),
        (nots.as_str(), "invalidFilter"),
        (long.as_str(), "invalidFilter"),
        ("filter=userName%20eq%20%22a%2", "invalidFilter"),
        ("filter=userName%20eq%20%22%ff%22", "invalidFilter"),
        ("filter=userName%20eq%20%22a%00%22", "invalidFilter"),
        ("filter=userName%20eq%20bob", "invalidFilter"),
        ("filter=", "invalidFilter"),
        ("filter=quota%20eq%205", "invalidFilter"),
        ("filter=password%20sw%20%22a%22", "invalidFilter"),
        ("filter=active%20eq%20%22true%22", "invalidFilter"),
        ("sortBy=quota", "invalidPath"),
        ("sortBy=name", "invalidPath"),
        ("sortOrder=up", "invalidValue"),
        ("count=many", "invalidValue"),
    ] {
        let answer = standard.get(&format!("/Users?{query}")).await;
        answer.is_scim_error(400);
        assert_eq!(answer.json()["scimType"], scim_type, "{query}: {answer:?}");
    }
    for (query, found) in [
        ("count=-1", 0),
        ("startIndex=0", 1),
        ("startIndex=-9", 1),
        ("count=99999", 1),
        ("nonsense=1", 1),
    ] {
        let list = standard.get(&format!("/Users?{query}")).await.json();
        assert_eq!(
            (&list["totalResults"], &list["itemsPerPage"]),
            (&json!(1), &json!(found)),
            "{query}"
        );
    }
    for name in ["%25", "_", "%22", "'"] {
        let list = standard
            .get(&format!(
                "/Users?filter=userName%20eq%20%22{}%22",
                name.replace("%22", "%5C%22")
            ))
            .await;
        assert_eq!(list.json()["totalResults"], 0, "{name}: {list:?}");
    }
    // no HTTP client sends a URL that long, so this one is written by hand
    let mut stream = TcpStream::connect(("127.0.0.1", app.port)).await.unwrap();
    let head = format!(
        "GET /v1/scim/v2/standard/Users?filter={} HTTP/1.1\r\nHost: x\r\n",
        "(".repeat(100_000)
    );
    stream
        .write_all(format!("{head}Authorization: Bearer {STANDARD}\r\nConnection: close\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 400 ") && answer.contains("api:messages:2.0:Error"),
        "{}",
        answer.len()
    );
}

/// What is refused, and the words for it.
#[tokio::test]
async fn refusals_say_what_would_be_right() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let path = format!(
        "/Users/{}",
        standard.creates_user("kept@x").await["id"].as_str().unwrap()
    );
    let post = |text: String| {
        let request = standard.request(Method::POST, "/Users");
        Answer::of(request.header("content-type", "application/scim+json").body(text))
    };
    let user = |more: &str| format!(r#"{{"schemas":["{USER}"],"userName":"new@x",{more}}}"#);
    for (body, expected) in [
        (
            user(&format!(r#""x":{}1{}"#, "[".repeat(200), "]".repeat(200))),
            "the body is nested too deeply: 127 levels of lists and objects are the limit, reached at line 1 column 208",
        ),
        (
            user(r#""active":true,"active":false"#),
            "in the body, `active` is given twice at line 1 column 99",
        ),
        (
            user(r#""active":true,"Active":false"#),
            "`active` is given twice, in different spellings",
        ),
        (user(r#""roles":"x""#), "`roles` must be a list of values"),
        (
            user(r#""roles":["x"]"#),
            "each value of `roles` must be an object of sub-attributes, such as `value`",
        ),
        (
            user(r#""name":"x""#),
            "`name` must be an object of sub-attributes, such as `formatted`",
        ),
        (
            user(r#""profileUrl":"x""#),
            "`profileUrl` must be an absolute URI such as `https://example.com/bjensen`",
        ),
    ] {
        assert_eq!(post(body.clone()).await.is_scim_error(400), expected, "{body}");
    }
    for (operation, scim_type, expected) in [
        (
            json!({ "op": "add", "path": "", "value": "x" }),
            "invalidValue",
            "operation 1: without a `path`, or with an empty one, the `value` of an operation must be an object of attributes",
        ),
        (
            json!({ "op": "replace", "path": "userName", "value": null }),
            "invalidValue",
            "operation 1: `userName` is required",
        ),
        (
            json!({ "op": "remove", "path": "userName" }),
            "mutability",
            "operation 1: `userName` is required and cannot be removed",
        ),
        (
            json!({ "op": "add", "path": "roles", "value": "x" }),
            "invalidValue",
            "operation 1: each value of `roles` must be an object of sub-attributes, such as `value`",
        ),
        (
            json!({ "op": "replace", "path": "name[givenName eq \"x\"].familyName", "value": "y" }),
            "invalidPath",
            "operation 1: `name` has one value, so it cannot be selected by `[givenName eq \"x\"]`",
        ),
        (
            json!({ "op": "replace", "OP": "add", "path": "title", "value": "y" }),
            "invalidSyntax",
            "operation 1: `op` is given twice, in different spellings",
        ),
    ] {
        let answer = standard.patch(&path, json!([operation])).await;
        assert_eq!(answer.is_scim_error(400), expected, "{operation}");
        assert_eq!(answer.json()["scimType"], scim_type, "{operation}");
    }
}

#[tokio::test]
async fn attributes_under_the_urn_of_the_core_schema_are_not_lost() {
    let app = TestApp::start().await;
    for connection in [app.as_standard(), app.as_okta(), app.as_entra()] {
        let user = json!({ "schemas": [USER], USER: { "userName": "bjensen", "active": false }, format!("{USER}:title"): "T" });
        let created = connection.post("/Users", &user).await;
        assert_eq!(created.status, 201, "{created:?}");
        let created = created.json();
        assert_eq!(
            (&created["userName"], &created["active"], &created["title"]),
            (&json!("bjensen"), &json!(false), &json!("T"))
        );
        let id = created["id"].as_str().unwrap();
        let replaced = connection
            .send(
                Method::PUT,
                &format!("/Users/{id}"),
                &json!({ "schemas": [USER], USER: { "userName": "b2" } }),
            )
            .await
            .json();
        assert_eq!(replaced["userName"], "b2");
        let patched = connection
            .patch(
                &format!("/Users/{id}"),
                json!([{ "op": "replace", "value": { USER: { "userName": "b3" } } }]),
            )
            .await
            .json();
        assert_eq!(patched["userName"], "b3");
        let group =
            json!({ "schemas": [GROUP], GROUP: { "displayName": "G", "members": [{ "value": id }] } });
        let group = connection.post("/Groups", &group).await.json();
        let group = group["id"].as_str().unwrap();
        assert_eq!(connection.members(group).await, [id]);
        let operation = json!([{ "op": "replace", "path": GROUP, "value": { "members": [] } }]);
        let status = connection
            .patch(&format!("/Groups/{group}"), operation)
            .await
            .status;
        assert!(status < 300);
        assert_eq!(connection.members(group).await, [""; 0]);
        let twice =
            json!({ "schemas": [GROUP], "displayName": "H", "members": [], "Members": [{ "value": id }] });
        assert_eq!(
            connection.post("/Groups", &twice).await.is_scim_error(400),
            "`members` is given twice, in different spellings"
        );
    }
}
