//! Status codes, headers, errors, creation and deletion.

use serde_json::{Value, json};

use crate::fault::{Fault, Instead};
use crate::message::{Answered, Asked};
use crate::proxy::Upstream;

pub(crate) const FAULTS: &[Fault] = &[
    Fault::response(
        "status of an error is a number",
        &["rfc7644/3.12/status-is-text"],
        |_, answered, _| {
            if answered.status >= 400 {
                answered.json["status"] = json!(answered.status);
            }
        },
    ),
    Fault::response(
        "errors are HTML",
        &[
            "rfc7644/3.12/schema",
            "rfc7644/3.12/unknown-endpoint",
            "rfc7644/3.4.1/unknown",
        ],
        |_, answered, _| {
            if answered.status >= 400 {
                answered.json = Value::Null;
                answered.raw = b"<html><h1>Not Found</h1></html>".to_vec();
            }
        },
    ),
    Fault::response(
        "errors say nothing",
        &["rfc7644/3.12/detail"],
        |_, answered, _| {
            if answered.status >= 400 {
                answered
                    .json
                    .as_object_mut()
                    .map(|members| members.remove("detail"));
            }
        },
    ),
    Fault::response(
        "resources are application/json",
        &[
            "rfc7644/3.1/media-type-of-resource",
            "rfc7644/3.1/media-type-of-list",
        ],
        |_, answered, _| {
            answered
                .headers
                .insert("content-type", "application/json".parse().unwrap());
        },
    ),
    Fault::response(
        "errors are text/html",
        &["rfc7644/3.1/media-type-of-error"],
        |_, answered, _| {
            if answered.status >= 400 {
                answered
                    .headers
                    .insert("content-type", "text/html".parse().unwrap());
            }
        },
    ),
    Fault::response(
        "a charset is refused",
        &["rfc7644/3.1/takes-scim-json-with-charset"],
        |asked, answered, _| {
            if content_type(asked).contains("charset") {
                answered.fail(415, "");
            }
        },
    ),
    Fault::response(
        "application/json is refused",
        &["rfc7644/3.1/takes-json"],
        |asked, answered, _| {
            if content_type(asked).starts_with("application/json") {
                answered.fail(415, "");
            }
        },
    ),
    Fault::response(
        "a 401 has no challenge",
        &["rfc7644/2/challenge"],
        |_, answered, _| {
            answered.headers.remove("www-authenticate");
        },
    ),
    Fault::instead(
        "nobody has to sign in",
        &["rfc7644/2/without-credentials", "rfc7644/2/wrong-credentials"],
        open,
    ),
    Fault::response(
        "a creation is answered with 200",
        &["rfc7644/3.3/created"],
        |asked, answered, _| {
            if asked.method == "POST" && answered.status == 201 {
                answered.status = 200;
            }
        },
    ),
    Fault::response(
        "a creation is answered with nothing",
        &["rfc7644/3.3/created"],
        |_, answered, _| {
            if answered.status == 201 {
                answered.json = Value::Null;
                answered.raw.clear();
            }
        },
    ),
    Fault::response(
        "a creation has no Location",
        &["rfc7644/3.3/location"],
        |_, answered, _| {
            answered.headers.remove("location");
        },
    ),
    Fault::response(
        "Location is of the host behind the proxy",
        &["rfc7644/3.3/location-is-here", "rfc7644/3.3/location-resolves"],
        |_, answered, _| {
            if let Some(id) = answered.json["id"].as_str().filter(|_| answered.status == 201) {
                let location = format!("http://scim.internal.example:8080/Users/{id}");
                answered.headers.insert("location", location.parse().unwrap());
                answered.json["meta"]["location"] = json!(location);
            }
        },
    ),
    Fault::response(
        "Location is not meta.location",
        &["rfc7644/3.3/location"],
        |_, answered, _| {
            if answered.status == 201 {
                answered.json["meta"]["location"] = json!("/Users/elsewhere");
            }
        },
    ),
    Fault::response(
        "a conflict is a bad request",
        &["rfc7644/3.3/duplicate", "rfc7644/3.5.1/conflict"],
        |_, answered, _| {
            if answered.status == 409 {
                answered.fail(400, "invalidValue");
            }
        },
    ),
    Fault::response(
        "a conflict has no scimType",
        &["rfc7644/3.3/duplicate"],
        |_, answered, _| {
            if answered.status == 409 {
                answered.fail(409, "");
            }
        },
    ),
    Fault::response(
        "a conflict is a server error",
        &["rfc7644/3.3/duplicate", "rfc7644/3.3/parallel-duplicates"],
        |asked, answered, _| {
            if answered.status == 409 {
                answered.fail(
                    if asked.json["displayName"] == "Kit Conformance" {
                        201
                    } else {
                        500
                    },
                    "",
                );
            }
        },
    ),
    Fault::response(
        "a missing userName is a server error",
        &["rfc7644/3.3/missing-required"],
        |asked, answered, _| {
            if asked.is("POST", "/Users") && answered.status == 400 {
                answered.fail(500, "");
            }
        },
    ),
    Fault::response(
        "broken JSON is a server error",
        &["rfc7644/3.3/broken-json"],
        |asked, answered, _| {
            if asked.method == "POST" && asked.json.is_null() {
                answered.fail(500, "");
            }
        },
    ),
    Fault::response(
        "a value of the wrong type is a server error",
        &["rfc7644/3.3/wrong-type"],
        |asked, answered, _| {
            if asked.json["name"].is_array() {
                answered.fail(500, "");
            }
        },
    ),
    Fault::response(
        "a deletion is answered with 200",
        &["rfc7644/3.6/no-content"],
        |asked, answered, _| {
            if asked.method == "DELETE" && answered.status == 204 {
                answered.status = 200;
                answered.json = json!({});
            }
        },
    ),
    Fault::response(
        "deleting what is not there succeeds",
        &["rfc7644/3.6/unknown", "rfc7644/3.6/gone"],
        |asked, answered, _| {
            if asked.method == "DELETE" && answered.status == 404 {
                answered.empty(204);
            }
        },
    ),
    Fault::instead(
        "a deletion only pretends",
        &[
            "rfc7644/3.6/gone",
            "rfc7644/3.6/not-listed",
            "rfc7644/3.6/member-is-gone",
        ],
        |asked, upstream| {
            Box::pin(async move {
                if !asked.is("DELETE", "/Users") {
                    return None;
                }
                let read = Asked {
                    method: "GET".to_owned(),
                    ..asked
                };
                let mut answered = upstream.send(read).await;
                answered.empty(204);
                Some(answered)
            })
        },
    ),
    Fault::response(
        "the name of a deleted user stays taken",
        &["rfc7644/3.6/name-is-free"],
        |asked, answered, memory| {
            let name = asked.json["userName"].as_str().unwrap_or_default();
            if asked.is("POST", "/Users") && !memory.note(name) {
                answered.fail(409, "uniqueness");
            }
        },
    ),
    Fault::response(
        "an odd id is a server error",
        &["rfc7644/3.4.1/odd-id"],
        |asked, answered, _| {
            if asked.path.contains('%') && answered.status == 404 {
                answered.fail(500, "");
            }
        },
    ),
    Fault::response(
        "a trailing slash is not found",
        &["rfc7644/3.4.1/trailing-slash"],
        |asked, answered, _| {
            if asked.path.ends_with('/') {
                answered.fail(404, "");
            }
        },
    ),
    Fault::response(
        "users are found among groups",
        &["rfc7644/3.4.1/other-endpoint"],
        |asked, answered, _| {
            if asked.is("GET", "/Groups/") && answered.status == 404 {
                answered.status = 200;
            }
        },
    ),
];

fn content_type(asked: &Asked) -> &str {
    asked
        .headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Signs in for whoever does not.
fn open(mut asked: Asked, upstream: Upstream) -> Instead {
    Box::pin(async move {
        let value = format!("Bearer {}", upstream.token);
        asked.headers.insert("authorization", value.parse().unwrap());
        let answered: Answered = upstream.send(asked).await;
        Some(answered)
    })
}
