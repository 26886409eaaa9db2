//! What the server says about itself (RFC 7644 section 4), and to whom.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use reqwest::Method;
use support::{Answer, TestApp};

const ENDPOINTS: [&str; 5] = [
    "/ServiceProviderConfig",
    "/ResourceTypes",
    "/ResourceTypes/Group",
    "/Schemas",
    "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
];

#[tokio::test]
async fn discovery_needs_a_credential_unless_it_is_made_public() {
    let app = TestApp::start().await;
    for path in ENDPOINTS {
        app.get(&format!("/v1/scim/v2/okta{path}"))
            .await
            .is_scim_error(401);
    }
}

#[tokio::test]
async fn public_discovery_shows_the_server_and_nothing_else() {
    let app = TestApp::start_with(|config| config.public_discovery = true).await;
    let anonymous = |method, path: &str| app.request(method, &format!("/v1/scim/v2/okta{path}"));
    for path in ENDPOINTS {
        let answer = Answer::of(anonymous(Method::GET, path)).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.text, app.as_okta().get(path).await.text);
        assert_eq!(Answer::of(anonymous(Method::HEAD, path)).await.status, 200);
        Answer::of(anonymous(Method::POST, path)).await.is_scim_error(401);
        let wrong = anonymous(Method::GET, path).header("authorization", "Bearer wrong");
        Answer::of(wrong).await.is_scim_error(401);
    }
    for path in [
        "",
        "/",
        "/Users",
        "/Groups",
        "//Schemas",
        "/Users/Schemas",
        "/Me",
        "/schemas",
    ] {
        Answer::of(anonymous(Method::GET, path)).await.is_scim_error(401);
    }
    app.get("/v1/scim/v2/nobody/Schemas").await.is_scim_error(404);
}

#[tokio::test]
async fn discovery_is_neither_filtered_nor_paged() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for path in ["/ResourceTypes", "/Schemas", "/ServiceProviderConfig"] {
        standard
            .get(&format!("{path}?filter=id%20pr"))
            .await
            .is_scim_error(403);
        let plain = standard.get(path).await.text;
        let paged = standard
            .get(&format!("{path}?startIndex=2&count=1&sortBy=id&attributes=id"))
            .await;
        assert_eq!((paged.status, paged.text), (200, plain), "{path}");
    }
}

#[tokio::test]
async fn a_slash_at_the_end_makes_no_difference_and_two_slashes_are_named() {
    let app = TestApp::start_with(|config| config.public_url = Some("https://x.example/".to_owned())).await;
    let standard = app.as_standard();
    for path in ["/Users/", "/Schemas/", "/ServiceProviderConfig/"] {
        assert_eq!(standard.get(path).await.status, 200, "{path}");
    }
    let user = standard.creates_user("a@x").await;
    let id = user["id"].as_str().unwrap();
    assert_eq!(
        user["meta"]["location"],
        format!("https://x.example/v1/scim/v2/standard/Users/{id}")
    );
    assert_eq!(standard.get(&format!("/Users/{id}/")).await.status, 200);
    for path in [
        "//Users".to_owned(),
        "/Users//".to_owned(),
        format!("//Users/{id}"),
        format!("/Users//{id}"),
    ] {
        let detail = standard.get(&path).await.is_scim_error(404);
        assert!(detail.contains("`//`"), "{detail}");
    }
}

/// Where a profile gives each group a name of its own, the schema says so.
#[tokio::test]
async fn the_schema_says_whether_names_of_groups_are_unique() {
    let app = TestApp::start().await;
    let path = "/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group";
    for (connection, uniqueness) in [
        (app.as_standard(), "none"),
        (app.as_okta(), "server"),
        (app.as_entra(), "server"),
    ] {
        let one = connection.get(path).await.json();
        let all = connection.get("/Schemas").await.json();
        let all = all["Resources"].as_array().unwrap();
        assert!(all.contains(&one));
        let attributes = one["attributes"].as_array().unwrap();
        let mut names = attributes.iter().filter(|one| one["name"] == "displayName");
        assert_eq!(names.next().unwrap()["uniqueness"], uniqueness);
    }
}
