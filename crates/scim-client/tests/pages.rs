//! Lists of servers that do not page as they should.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use futures_util::TryStreamExt;
use scim_client::{ClientError, Query};
use serde_json::{Value, json};
use support::{Script, answer};

/// A page with these ids and other members.
fn page(ids: &[u32], members: Value) -> String {
    let users: Vec<Value> = ids.iter().map(|id| json!({ "id": id.to_string() })).collect();
    let mut page = members;
    page["Resources"] = users.into();
    answer("200 OK", &page.to_string())
}

fn by_index() -> String {
    answer("404 Not Found", "")
}

fn by_cursor() -> String {
    answer("200 OK", r#"{"pagination":{"cursor":true,"index":true}}"#)
}

/// The ids of a list, and the error that it ends with, or "".
async fn read(script: &Script, query: Query) -> (String, String) {
    let mut users = script.client().resources::<Value>("/Users").stream(query);
    let mut ids = Vec::new();
    loop {
        match users.try_next().await {
            Ok(Some(user)) => ids.push(user.id().to_owned()),
            Ok(None) => return (ids.join(" "), String::new()),
            Err(ClientError::Decode(wrong)) => return (ids.join(" "), wrong),
            Err(error) => panic!("{error}: {:?}", script.lines()),
        }
    }
}

#[tokio::test]
async fn a_server_that_ignores_the_index_is_found_out() {
    for again in [json!({}), json!({ "totalResults": 100 })] {
        let same = page(&[1, 2], again);
        let script = Script::of([&*by_index(), &same, &same]).await;
        let (ids, wrong) = read(&script, Query::new()).await;
        assert_eq!(ids, "1 2");
        assert_eq!(wrong, "the page from index 3 is the one before it again");
    }
    let first = json!({ "totalResults": 100, "startIndex": 1 });
    let script = Script::of([&*by_index(), &page(&[1, 2], first.clone()), &page(&[2, 1], first)]).await;
    let (ids, wrong) = read(&script, Query::new()).await;
    assert_eq!(
        (&*ids, &*wrong),
        ("1 2", "the page begins at index 1 instead of 3")
    );
}

#[tokio::test]
async fn a_page_that_lacks_what_its_total_counts_is_an_error() {
    let total = json!({ "totalResults": 5 });
    let (first, none) = (page(&[1, 2], total.clone()), page(&[], total.clone()));
    let script = Script::of([
        &*by_index(),
        &first,
        &none,
        &page(&[3], json!({ "totalResults": 3 })),
    ])
    .await;
    let users = script.client().resources::<Value>("/Users");
    let mut pages = users.pages(Query::new());
    assert_eq!(pages.next_page().await.unwrap().unwrap().resources.len(), 2);
    let wrong = pages.next_page().await.unwrap_err().to_string();
    assert!(
        wrong.contains("the page from index 3 is empty, although there are 5"),
        "{wrong}"
    );
    assert_eq!(pages.next_page().await.unwrap().unwrap().resources[0].id(), "3");
    assert!(pages.next_page().await.unwrap().is_none());

    let script = Script::of([&*by_cursor(), &page(&[1, 2], total)]).await;
    let mut pages = script.client().resources::<Value>("/Users").pages(Query::new());
    assert_eq!(pages.next_page().await.unwrap().unwrap().resources.len(), 2);
    for _ in 0..2 {
        let wrong = pages.next_page().await.unwrap_err().to_string();
        assert!(wrong.contains("2 of 5 resources, but no `nextCursor`"), "{wrong}");
    }
}

#[tokio::test]
async fn cursors_do_not_go_in_circles() {
    let next = |id: u32, cursor: &str| page(&[id], json!({ "nextCursor": cursor }));
    let script = Script::of([&*by_cursor(), &next(1, "a"), &next(2, "b"), &next(3, "a")]).await;
    let (ids, wrong) = read(&script, Query::new()).await;
    assert_eq!(ids, "1 2 3");
    assert!(wrong.contains("leads back to a page that was read"), "{wrong}");
    let script = Script::of([&*by_cursor(), &next(1, "b"), &next(2, "a")]).await;
    let (ids, wrong) = read(&script, Query::new().cursor("a")).await;
    assert_eq!(ids, "1 2");
    assert!(wrong.contains("leads back"), "{wrong}");
}

#[tokio::test]
async fn an_empty_cursor_is_none() {
    let last = page(&[1, 2], json!({ "nextCursor": "" }));
    let script = Script::of([&*by_cursor(), &last]).await;
    assert_eq!(
        read(&script, Query::new()).await,
        ("1 2".to_owned(), String::new())
    );
}

#[tokio::test]
async fn a_list_that_changes_while_it_is_read_is_not_an_error() {
    let list = |ids: &[u32], total: u32, next: Option<&str>| {
        page(ids, json!({ "totalResults": total, "nextCursor": next }))
    };
    // more than the last cursor leads to were created meanwhile
    let script = Script::of([&*by_cursor(), &list(&[1, 2], 3, Some("a")), &list(&[3], 9, None)]).await;
    assert_eq!(
        read(&script, Query::new()).await,
        ("1 2 3".to_owned(), String::new())
    );
    // an empty page in between; totals that are too small, or not there
    let script = Script::of([&*by_cursor(), &list(&[], 0, Some("a")), &list(&[1], 0, None)]).await;
    assert_eq!(read(&script, Query::new()).await.0, "1");
    let script = Script::of([
        &*by_index(),
        &page(&[1, 2], json!({ "startIndex": 0 })),
        &page(&[2, 3], json!({ "startIndex": 3, "totalResults": 6 })),
        &page(&[3, 4], json!({ "startIndex": 5 })),
        &page(&[], json!({ "startIndex": 1 })),
    ])
    .await;
    let (ids, wrong) = read(&script, Query::new()).await;
    assert_eq!((&*ids, &*wrong), ("1 2 2 3 3 4", ""));
    // one that was created in front moves the first to the second page
    let script = Script::of([
        &*by_index(),
        &page(&[1], json!({ "startIndex": 1, "totalResults": 2 })),
        &page(&[1], json!({ "startIndex": 2, "totalResults": 3 })),
        &page(&[2], json!({ "startIndex": 3, "totalResults": 3 })),
    ])
    .await;
    let (ids, wrong) = read(&script, Query::new().count(1)).await;
    assert_eq!((&*ids, &*wrong), ("1 1 2", ""));
}

#[tokio::test]
async fn a_count_of_0_asks_for_the_total() {
    let script = Script::of([&*page(&[], json!({ "totalResults": 7 }))]).await;
    let users = script.client().resources::<Value>("/Users");
    let mut pages = users.pages(Query::new().count(0));
    assert_eq!(pages.next_page().await.unwrap().unwrap().total_results, Some(7));
    assert!(pages.next_page().await.unwrap().is_none());
    assert_eq!(script.lines(), ["GET /Users?startIndex=1&count=0 HTTP/1.1"]);
}

#[tokio::test]
async fn a_list_needs_no_configuration() {
    for refusal in ["400 No", "401 No", "403 No", "404 No", "500 No", "302 No"] {
        let refusal = answer(refusal, "");
        let list = page(&[1], json!({ "totalResults": 1 }));
        let script = Script::of([&*refusal, &list]).await;
        assert_eq!(read(&script, Query::new()).await.0, "1");
        assert_eq!(script.lines()[1], "GET /Users?startIndex=1 HTTP/1.1");
    }
    // what may pass is asked for again
    let list = page(&[1], json!({}));
    let script = Script::of([
        &*answer("500 No", ""),
        &list,
        &page(&[], json!({})),
        &by_cursor(),
        &list,
    ])
    .await;
    let users = script.client().resources::<Value>("/Users");
    for _ in 0..2 {
        let ids = users.stream(Query::new()).try_collect::<Vec<_>>().await.unwrap();
        assert_eq!(ids.len(), 1);
    }
    assert_eq!(script.lines()[4], "GET /Users?cursor= HTTP/1.1");

    let unauthorized = answer("401 No", r#"{"detail":"the token has expired"}"#);
    let script = Script::of([&*unauthorized, &unauthorized]).await;
    let users = script.client().resources::<Value>("/Users");
    let error = users.stream(Query::new()).try_next().await.unwrap_err();
    assert_eq!(error.to_string(), "the server answers 401: the token has expired");
    let busy = answer("503 No\r\nRetry-After: 3600", "");
    let script = Script::of([&*busy]).await;
    let users = script.client().resources::<Value>("/Users");
    assert!(users.stream(Query::new()).try_next().await.unwrap_err().is_busy());
    let script = Script::of([]).await;
    let users = script.client().resources::<Value>("/Users");
    assert!(
        users
            .stream(Query::new())
            .try_next()
            .await
            .unwrap_err()
            .is_connect()
    );
}
