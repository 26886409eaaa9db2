//! What a server seldom does: put off, hang up, answer nonsense.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use scim_client::resource::user::User;
use scim_client::{ClientError, Filter, PatchOp, Query, Retry};
use support::{Script, TOKEN, answer};

const BUSY: &str = "429 Too Many Requests\r\nRetry-After: 1";
const BARBARA: &str = r#"{"id":"1","userName":"bjensen","meta":{"version":"W/\"1\""}}"#;

#[tokio::test]
async fn what_is_put_off_is_sent_again_when_the_server_says() {
    let dates = "503 Service Unavailable\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:49:38 GMT";
    let script = Script::of([
        &answer(BUSY, ""),
        &answer(dates, "<html>"),
        &answer("201 Created", BARBARA),
    ])
    .await;
    let begun = Instant::now();
    let made = script
        .client()
        .users()
        .create(&User::new("bjensen"))
        .await
        .unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!((made.id(), made.version()), ("1", Some("W/\"1\"")));
    assert_eq!(script.lines(), ["POST /Users HTTP/1.1"; 3]);
}

#[tokio::test]
async fn attempts_end() {
    let busy = answer("503 Service Unavailable", "");
    let script = Script::of([&*busy, &busy, &busy]).await;
    let retry = Retry::default()
        .max_attempts(3)
        .initial_pause(Duration::from_millis(1))
        .max_pause(Duration::from_millis(2));
    let client = script.builder().retry(retry).build().unwrap();
    assert!(client.users().get("1").await.unwrap_err().is_busy());
    assert_eq!(script.lines().len(), 3);

    let later = answer(
        "429 Too Many Requests\r\nRetry-After: 3600",
        r#"{"detail":"too many requests"}"#,
    );
    let script = Script::of([&*later]).await;
    let error = script.client().users().get("1").await.unwrap_err();
    assert_eq!(error.to_string(), "the server answers 429: too many requests");
    let hour = Duration::from_secs(3600);
    assert_eq!(error.retry_after(), Some(hour));
    assert_eq!(error.detail(), Some("too many requests"));

    let never = answer(
        "503 Service Unavailable\r\nRetry-After: 99999999999999999999999",
        "",
    );
    let script = Script::of([&*never]).await;
    let error = script.client().users().get("1").await.unwrap_err();
    assert!(error.is_busy() && error.retry_after() > Some(hour), "{error:?}");
    assert_eq!(script.lines().len(), 1);
}

#[tokio::test]
async fn what_may_have_been_done_is_not_done_twice() {
    let script = Script::of(["", &answer("200 OK", BARBARA)]).await;
    assert_eq!(
        script.client().users().get("1").await.unwrap().user_name,
        "bjensen"
    );
    let made = answer("201 Created", BARBARA);
    for change in ["POST", "PATCH", "PUT", "DELETE"] {
        let script = Script::of(["", &made]).await;
        let users = script.client().users();
        let user = User::new("bjensen");
        let lost = match change {
            "POST" => users.create(&user).await.map(drop),
            "PATCH" => users.patch("1", &PatchOp::new().remove("title")).await.map(drop),
            "PUT" => users.replace("1", &user).await.map(drop),
            _ => users.delete("1").await,
        };
        assert!(matches!(lost, Err(ClientError::Transport(_))), "{lost:?}");
        assert_eq!(script.lines().len(), 1, "{change}");
    }
}

#[tokio::test]
async fn a_post_is_not_sent_again_unless_the_server_says_when() {
    let unsure = answer(
        "503 Service Unavailable",
        r#"{"detail":"it may or may not have been made"}"#,
    );
    let script = Script::of([&*unsure]).await;
    let error = script
        .client()
        .users()
        .create(&User::new("bjensen"))
        .await
        .unwrap_err();
    assert!(error.is_busy() && error.retry_after().is_none(), "{error:?}");
    assert_eq!(script.lines().len(), 1);

    let retry = Retry::default().initial_pause(Duration::from_millis(1));
    let page = answer("200 OK", r#"{"totalResults":0,"Resources":[]}"#);
    let script = Script::of([&*unsure, &page, &unsure, &answer("200 OK", BARBARA)]).await;
    let client = script.builder().retry(retry).build().unwrap();
    client.search::<User>(Query::new()).await.unwrap();
    client.users().replace("1", &User::new("bjensen")).await.unwrap();
    let [search, put] = ["POST /.search HTTP/1.1", "PUT /Users/1 HTTP/1.1"];
    assert_eq!(script.lines(), [search, search, put, put]);
}

#[tokio::test]
async fn what_was_never_sent_is_sent_when_the_server_is_there() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let millis = Duration::from_millis;
    let retry = Retry::default()
        .max_attempts(100)
        .initial_pause(millis(20))
        .max_pause(millis(20));
    let client = scim_client::ScimClient::builder(format!("http://{address}")).retry(retry);
    let users = client.build().unwrap().users();
    let user = User::new("bjensen");
    let (made, script) = tokio::join!(users.create(&user), async {
        tokio::time::sleep(millis(50)).await;
        Script::at(&address.to_string(), [&*answer("201 Created", BARBARA)]).await
    });
    assert_eq!(made.unwrap().id(), "1");
    assert_eq!(script.lines().len(), 1);
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let client = scim_client::ScimClient::builder(url).timeout(Duration::from_millis(50));
    let client = client.retry(Retry::never()).build().unwrap();
    let error = client.users().get("1").await.unwrap_err();
    assert!(error.is_timeout() && !error.is_connect(), "{error:?}");

    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let client = scim_client::ScimClient::builder(url).retry(Retry::never());
    let error = client.build().unwrap().users().get("1").await.unwrap_err();
    assert!(error.is_connect() && !error.is_timeout(), "{error:?}");
    assert_eq!(
        (error.status(), error.detail(), error.retry_after()),
        (None, None, None)
    );
}

#[tokio::test]
async fn answers_that_are_none_are_told_as_they_are() {
    let error = async |given: &str| {
        let script = Script::of([given]).await;
        let client = script.builder().max_response_bytes(100).build().unwrap();
        client.users().get("1").await.unwrap_err()
    };
    let proxy = error(&answer("502 Bad Gateway", "<h1>no upstream</h1>")).await;
    assert_eq!(proxy.to_string(), "the server answers 502: <h1>no upstream</h1>");
    assert_eq!(
        error(&answer("500 Oh", "")).await.to_string(),
        "the server answers 500"
    );
    for nonsense in [
        "",
        "<html>",
        "[]",
        r#"{"userName":"x"}"#,
        r#"{"id":"1","userName":5}"#,
    ] {
        assert!(
            matches!(error(&answer("200 OK", nonsense)).await, ClientError::Decode(_)),
            "{nonsense}"
        );
    }
    let page = answer("200 OK\r\nContent-Type: text/html", "<h1>bjensen, sign in</h1>");
    assert_eq!(
        error(&page).await.to_string(),
        "the response cannot be read: the response 200 of type `text/html` is not JSON: expected value at line 1 column 1"
    );
    let large = error(&answer("200 OK", &" ".repeat(101))).await;
    assert!(matches!(large, ClientError::TooLarge(100)), "{large:?}");
}

#[tokio::test]
async fn a_redirect_that_changes_the_request_or_leaves_the_server_is_not_followed() {
    let same = answer("308 Permanent Redirect\r\nLocation: /v2/Users/1", "");
    let script = Script::of([&*same, &answer("200 OK", BARBARA)]).await;
    script.client().users().get("1").await.unwrap();
    assert_eq!(script.lines()[1], "GET /v2/Users/1 HTTP/1.1");
    let other = Script::of([&*answer("200 OK", BARBARA)]).await;
    let elsewhere = answer(
        &format!("307 Temporary Redirect\r\nLocation: {}/Users/1", other.origin),
        "",
    );
    let signs_in = answer("302 Found\r\nLocation: /login?user=bjensen", "<html>");
    for (away, wrong) in [
        (
            elsewhere,
            format!(
                "the server answers 307: it redirects to `{}/Users/1`, and redirects to another origin are not followed",
                other.origin
            ),
        ),
        (
            signs_in,
            "the server answers 302: it redirects to `{}/login`, and only 307 and 308 are followed"
                .to_owned(),
        ),
        (answer("302 Found", ""), "the server answers 302".to_owned()),
    ] {
        let script = Script::of([&*away]).await;
        let error = script.client().users().get("1").await.unwrap_err();
        assert_eq!(error.to_string(), wrong.replace("{}", &script.origin));
    }
    assert!(other.lines().is_empty());
}

#[tokio::test]
async fn without_cursors_pages_go_by_number() {
    let config = answer("404 Not Found", "");
    let page = |total: u32, first: u32, ids: &[u32]| {
        let users: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
        let users = users.join(",");
        answer(
            "200 OK",
            &format!(r#"{{"totalResults":{total},"startIndex":{first},"Resources":[{users}]}}"#),
        )
    };
    // the server gives fewer than it was asked for, and one goes while the list is read
    let script = Script::of([
        &*config,
        &page(4, 1, &[1, 2]),
        &page(4, 3, &[3]),
        &page(3, 4, &[]),
    ])
    .await;
    let users = script.client().users().stream(Query::new().count(3));
    let ids: Vec<String> = users
        .map_ok(|user| user.id().to_owned())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids, ["1", "2", "3"]);
    let lines = script.lines();
    assert_eq!(lines[0], "GET /ServiceProviderConfig HTTP/1.1");
    assert_eq!(
        lines[1..3],
        [
            "GET /Users?startIndex=1&count=3 HTTP/1.1",
            "GET /Users?startIndex=3&count=3 HTTP/1.1"
        ]
    );
}

#[tokio::test]
async fn a_server_that_cannot_be_searched_by_post_is_asked_by_url() {
    let page = r#"{"totalResults":1,"Resources":[{"id":"1","userName":"bjensen"}]}"#;
    let script = Script::of([
        &answer("404 Not Found", r#"{"detail":"no endpoint"}"#),
        &answer("200 OK", page),
    ])
    .await;
    let query = Query::new().filter(Filter::eq("userName", "x".repeat(4_000)));
    let page = script.client().users().query(query).await.unwrap();
    assert_eq!(page.total_results, Some(1));
    let lines = script.lines();
    assert_eq!(lines[0], "POST /Users/.search HTTP/1.1");
    assert!(lines[1].starts_with("GET /Users?filter="), "{lines:?}");
}

#[tokio::test]
async fn a_search_of_all_types_is_a_post() {
    let page = r#"{"totalResults":1,"Resources":[{"id":"1","userName":"bjensen"}]}"#;
    let script = Script::of([
        &answer("200 OK", page),
        &answer("404 Not Found", ""),
        &answer("200 OK", BARBARA),
        &answer("404 Not Found", ""),
    ])
    .await;
    let client = script.client();
    let search = || client.search::<User>(Query::new().count(5).cursor("abc"));
    assert_eq!(search().await.unwrap().resources[0].user_name, "bjensen");
    let seen = script.seen();
    let (_, body) = seen[0].split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!((&body["count"], &body["cursor"]), (&5.into(), &"abc".into()));
    assert!(search().await.unwrap_err().is_not_found());
    let me = client
        .me()
        .get()
        .attributes(["id"])
        .attributes(["userName", "title"]);
    assert_eq!(me.await.unwrap().id(), "1");
    assert!(client.me().delete().await.unwrap_err().is_not_found());
    let search = "POST /.search HTTP/1.1";
    let get = "GET /Me?attributes=userName%2Ctitle HTTP/1.1";
    assert_eq!(script.lines(), [search, search, get, "DELETE /Me HTTP/1.1"]);
}

#[tokio::test]
async fn a_cursor_that_goes_nowhere_ends_the_list() {
    let config = answer(
        "200 OK",
        r#"{"pagination":{"cursor":true,"index":false,"maxPageSize":2}}"#,
    );
    let page = answer("200 OK", r#"{"nextCursor":"a","Resources":[{"id":"1"}]}"#);
    let script = Script::of([&*config, &page, &page]).await;
    let users = script.client().users().stream(Query::new().count(5));
    let end = users.try_collect::<Vec<_>>().await;
    assert!(matches!(end, Err(ClientError::Decode(_))), "{end:?}");
    let lines = script.lines();
    assert_eq!(lines[1], "GET /Users?cursor=&count=2 HTTP/1.1");
    assert_eq!(lines[2], "GET /Users?cursor=a&count=2 HTTP/1.1");
}

#[tokio::test]
async fn errors_show_no_credentials_and_no_filter() {
    let script = Script::of([""]).await;
    let client = script.builder().retry(Retry::never()).build().unwrap();
    let query = Query::new().filter(scim_client::Filter::eq("userName", "bjensen"));
    let error = client.users().query(query).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(TOKEN) && !shown.contains("bjensen"), "{shown}");
}
