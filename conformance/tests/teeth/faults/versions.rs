//! Versions.

use std::time::Duration;

use serde_json::json;

use crate::fault::{Fault, Instead};
use crate::message::{Answered, Asked};
use crate::proxy::Upstream;

pub(crate) const FAULTS: &[Fault] = &[
    Fault::response(
        "the ETag never changes",
        &["rfc7644/3.14/changes", "rfc7644/3.14/changes-with-members"],
        |_, answered, _| {
            if answered.headers.contains_key("etag") {
                answered.headers.insert("etag", "W/\"1\"".parse().unwrap());
            }
            answered.each(|resource| resource["meta"]["version"] = json!("W/\"1\""));
        },
    ),
    Fault::response(
        "the ETag changes by reading",
        &["rfc7644/3.14/stays"],
        |_, answered, memory| {
            if answered.headers.contains_key("etag") {
                let turn = memory.note("turned");
                if !turn {
                    memory.forget("turned");
                }
                answered
                    .headers
                    .insert("etag", format!("W/\"{turn}\"").parse().unwrap());
            }
        },
    ),
    Fault::response(
        "there is no ETag",
        &["rfc7644/3.14/etag-header"],
        |_, answered, _| {
            answered.headers.remove("etag");
        },
    ),
    Fault::response(
        "the ETag is not meta.version",
        &["rfc7644/3.14/meta-version"],
        |_, answered, _| {
            answered.each(|resource| resource["meta"]["version"] = json!("1"));
        },
    ),
    Fault::request(
        "If-Match is ignored",
        &[
            "rfc7644/3.14/stale-put",
            "rfc7644/3.14/stale-patch",
            "rfc7644/3.14/stale-delete",
        ],
        |asked| drop(asked.headers.remove("if-match")),
    ),
    Fault::request(
        "If-None-Match is ignored",
        &["rfc7644/3.14/if-none-match"],
        |asked| {
            asked.headers.remove("if-none-match");
        },
    ),
    Fault::response(
        "If-None-Match is always met",
        &["rfc7644/3.14/if-none-match-other"],
        |asked, answered, _| {
            if asked.headers.contains_key("if-none-match") {
                answered.empty(304);
            }
        },
    ),
    Fault::instead(
        "If-Match is compared before the write, not with it",
        &["rfc7644/3.14/parallel-puts"],
        compare_then_write,
    ),
];

fn compare_then_write(mut asked: Asked, upstream: Upstream) -> Instead {
    Box::pin(async move {
        let expected = asked.headers.remove("if-match")?;
        let read = Asked {
            method: "GET".to_owned(),
            json: serde_json::Value::Null,
            raw: Vec::new(),
            ..asked.clone()
        };
        let now = upstream.send(read).await;
        if now.headers.get("etag") != Some(&expected) {
            return Some(Answered::error(412, ""));
        }
        tokio::time::sleep(Duration::from_millis(800)).await;
        Some(upstream.send(asked).await)
    })
}
