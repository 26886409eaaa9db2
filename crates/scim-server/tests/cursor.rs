//! Pages by cursor (RFC 9865), through HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::{Answer, TestApp, TestConnection};

const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

fn names(list: &Value) -> Vec<String> {
    let resources = list["Resources"].as_array().unwrap();
    let name = |user: &Value| user["userName"].as_str().unwrap().to_owned();
    resources.iter().map(name).collect()
}

async fn settle(connection: &TestConnection<'_>, many: u32) {
    for number in 0..many {
        connection.creates_user(&format!("u{:02}", 99 - number)).await;
    }
}

#[track_caller]
fn refuses(answer: &Answer, scim_type: &str) -> String {
    let detail = answer.is_scim_error(400);
    assert_eq!(answer.json()["scimType"], scim_type, "{answer:?}");
    detail
}

#[tokio::test]
async fn pages_follow_one_another_and_lead_back() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    settle(&standard, 7).await;
    for query in [
        "",
        "&sortBy=userName",
        "&sortBy=title&sortOrder=descending",
        "&filter=userName%20sw%20%22U%22",
    ] {
        let whole = names(&standard.get(&format!("/Users?{query}")).await.json());
        let mut pages = vec![
            standard
                .get(&format!("/Users?cursor&count=3{query}"))
                .await
                .json(),
        ];
        while let Some(next) = pages.last().unwrap()["nextCursor"].as_str() {
            let page = standard
                .get(&format!("/Users?cursor={next}&count=3{query}"))
                .await;
            pages.push(page.json());
        }
        assert_eq!(pages.len(), 3, "{query}");
        assert_eq!(pages.iter().flat_map(names).collect::<Vec<_>>(), whole, "{query}");
        for page in &pages {
            assert_eq!(page["totalResults"], 7, "{page}");
            assert!(page.get("startIndex").is_none(), "{page}");
        }
        assert!(pages[0].get("previousCursor").is_none());
        let back = pages[2]["previousCursor"].as_str().unwrap();
        let middle = standard
            .get(&format!("/Users?cursor={back}&count=3{query}"))
            .await
            .json();
        assert_eq!(names(&middle), names(&pages[1]));
        let back = middle["previousCursor"].as_str().unwrap();
        let first = standard
            .get(&format!("/Users?cursor={back}&count=3{query}"))
            .await
            .json();
        assert_eq!(names(&first), names(&pages[0]));
        assert!(first.get("previousCursor").is_none());
        let next = first["nextCursor"].as_str().unwrap();
        let middle = standard
            .get(&format!("/Users?cursor={next}&count=3{query}"))
            .await
            .json();
        assert_eq!(names(&middle), names(&pages[1]));
    }
}

#[tokio::test]
async fn a_search_has_cursors_too_and_an_index_has_none() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    settle(&standard, 3).await;
    let search = json!({ "schemas": [SEARCH], "cursor": "", "count": 2 });
    let page = standard.post("/Users/.search", &search).await.json();
    let next = page["nextCursor"].as_str().unwrap();
    let search = json!({ "schemas": [SEARCH], "cursor": next, "count": 2 });
    let page = standard.post("/Users/.search", &search).await.json();
    assert_eq!(names(&page), ["u97"]);
    // the same query, however it is asked
    assert_eq!(
        names(&standard.get(&format!("/Users?cursor={next}")).await.json()),
        ["u97"]
    );
    let page = standard.get("/Users?count=1").await.json();
    assert_eq!(page["startIndex"], 1);
    assert!(page.get("nextCursor").is_none());
    let nobody = standard.get("/Groups?cursor").await.json();
    assert_eq!(nobody["totalResults"], 0);
    assert!(nobody.get("nextCursor").is_none());
}

#[tokio::test]
async fn a_cursor_is_good_for_its_query_alone() {
    let app = TestApp::start().await;
    let (standard, okta) = (app.as_standard(), app.as_okta());
    settle(&standard, 3).await;
    let page = standard.get("/Users?cursor&count=1&sortBy=userName").await.json();
    let next = page["nextCursor"].as_str().unwrap();
    for other in [
        format!("/Users?cursor={next}"),
        format!("/Users?cursor={next}&sortBy=title"),
        format!("/Users?cursor={next}&sortBy=userName&sortOrder=descending"),
        format!("/Users?cursor={next}&sortBy=userName&filter=title%20pr"),
        format!("/Groups?cursor={next}"),
        format!("/Users?sortBy=userName&cursor={}", next.to_lowercase()),
        "/Users?cursor=1".to_owned(),
    ] {
        refuses(&standard.get(&other).await, "invalidCursor");
    }
    refuses(
        &okta.get(&format!("/Users?cursor={next}&sortBy=userName")).await,
        "invalidCursor",
    );
    let both = standard.get("/Users?cursor&startIndex=1").await;
    assert!(refuses(&both, "invalidCursor").contains("startIndex"));
    for count in ["0", "-1", "many"] {
        refuses(
            &standard.get(&format!("/Users?cursor&count={count}")).await,
            "invalidCount",
        );
    }
    let sorted = format!("/Users?cursor={next}&sortBy=USERNAME&count=5&attributes=userName");
    assert_eq!(names(&standard.get(&sorted).await.json()), ["u98", "u99"]);
}

#[tokio::test]
async fn a_cursor_ends() {
    let app = TestApp::start_with(|config| config.limits.cursor_lifetime = Duration::from_millis(300)).await;
    let standard = app.as_standard();
    settle(&standard, 2).await;
    let page = standard.get("/Users?cursor&count=1").await.json();
    let next = page["nextCursor"].as_str().unwrap();
    tokio::time::sleep(Duration::from_millis(400)).await;
    refuses(
        &standard.get(&format!("/Users?cursor={next}")).await,
        "expiredCursor",
    );
}

#[tokio::test]
async fn a_cursor_is_good_on_every_replica() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    settle(&standard, 2).await;
    let page = standard.get("/Users?cursor&count=1").await.json();
    let next = page["nextCursor"].as_str().unwrap();
    let url = app.config.database.url.clone();
    let other = TestApp::start_with(|config| config.database.url = url).await;
    let page = other
        .as_standard()
        .get(&format!("/Users?cursor={next}"))
        .await
        .json();
    assert_eq!(names(&page), ["u98"]);
}

#[tokio::test]
async fn the_configuration_says_so() {
    let app = TestApp::start().await;
    let config = app.as_standard().get("/ServiceProviderConfig").await.json();
    assert_eq!(
        config["pagination"],
        json!({
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": 1000,
            "maxPageSize": 1000,
            "cursorTimeout": 3600
        })
    );
}

#[tokio::test]
async fn a_page_that_was_emptied_leads_back() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for (query, root) in [
        ("", false),
        ("&sortBy=userName", false),
        ("&sortBy=title&sortOrder=descending", false),
        ("&filter=userName%20sw%20%22U%22", false),
        ("", true),
        ("&sortBy=userName", true),
    ] {
        settle(&standard, 4).await;
        let path = if root { "" } else { "/Users" };
        let page = |cursor: String| {
            let standard = &standard;
            async move {
                let answer = standard
                    .get(&format!("{path}/?cursor={cursor}&count=2{query}"))
                    .await;
                assert_eq!(answer.status, 200, "{answer:?}");
                answer.json()
            }
        };
        let cursor = |page: &Value, name: &str| page[name].as_str().unwrap_or_default().to_owned();
        let delete = async |page: &Value| {
            for user in page["Resources"].as_array().unwrap() {
                let id = user["id"].as_str().unwrap();
                assert_eq!(standard.delete(&format!("/Users/{id}")).await.status, 204);
            }
        };
        let first = page(String::new()).await;
        let second = page(cursor(&first, "nextCursor")).await;

        // the page behind is empty, what is before it is not
        delete(&second).await;
        let emptied = page(cursor(&first, "nextCursor")).await;
        assert_eq!(names(&emptied), [""; 0], "{query}");
        assert!(emptied.get("nextCursor").is_none(), "{emptied}");
        let back = page(cursor(&emptied, "previousCursor")).await;
        assert_eq!(names(&back), names(&first), "{query}");
        assert!(back.get("previousCursor").is_none(), "{back}");

        // the page before is empty, what is behind it is not
        standard.creates_user("u50").await;
        standard.creates_user("u49").await;
        let start = page(String::new()).await;
        let end = page(cursor(&start, "nextCursor")).await;
        delete(&start).await;
        let emptied = page(cursor(&end, "previousCursor")).await;
        assert_eq!(names(&emptied), [""; 0], "{query}");
        assert!(emptied.get("previousCursor").is_none(), "{emptied}");
        let on = page(cursor(&emptied, "nextCursor")).await;
        assert_eq!(names(&on), names(&end), "{query}");

        // nothing is left: there is nowhere to go
        delete(&end).await;
        let nothing = page(cursor(&emptied, "nextCursor")).await;
        assert_eq!(nothing["totalResults"], 0);
        assert!(nothing.get("previousCursor").is_none(), "{nothing}");
        assert!(nothing.get("nextCursor").is_none(), "{nothing}");
    }
}
