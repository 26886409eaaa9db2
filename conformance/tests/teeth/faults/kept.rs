//! What is cut, mangled or overlooked on the way to the store.

use serde_json::{Value, json};

use crate::fault::Fault;

pub(crate) const FAULTS: &[Fault] = &[
    Fault::request(
        "characters beyond the first 65,536 are lost",
        &["rfc7643/2.3.1/unicode"],
        |asked| {
            if let Some(name) = asked.json["displayName"].as_str() {
                let kept: String = name.chars().filter(|c| u32::from(*c) < 0x1_0000).collect();
                asked.json["displayName"] = json!(kept);
            }
        },
    ),
    Fault::request(
        "text is cut at 64 characters",
        &["rfc7643/2.3.1/long-text"],
        |asked| {
            if let Some(title) = asked.json["title"].as_str() {
                asked.json["title"] = json!(title.chars().take(64).collect::<String>());
            }
        },
    ),
    Fault::request(
        "text is taken for true",
        &["rfc7643/2.3.2/boolean-as-text"],
        |asked| {
            if asked.json["active"].is_string() {
                asked.json["active"] = json!(true);
            }
        },
    ),
    Fault::request("PUT ignores externalId", &["rfc7644/3.5.1/stores-all"], |asked| {
        if asked.method == "PUT" {
            asked.remove("externalId");
        }
    }),
    Fault::request("PUT ignores the name", &["rfc7644/3.5.1/stores-all"], |asked| {
        if asked.method == "PUT" {
            asked.remove("name");
        }
    }),
    Fault::request("PUT stores nothing", &["rfc7644/3.5.1/replaces"], |asked| {
        if asked.method == "PUT" && asked.path.starts_with("/Users/") {
            asked.json["displayName"] = json!("Kit Conformance");
        }
    }),
    Fault::request(
        "names in a path are case-sensitive",
        &["rfc7644/3.5.2/path-in-any-case"],
        |asked| {
            for operation in asked.operations().into_iter().flatten() {
                let path = operation["path"].as_str().unwrap_or_default();
                if path.starts_with(|first: char| first.is_ascii_uppercase()) {
                    operation["path"] = json!(format!("un{path}"));
                }
            }
        },
    ),
    Fault::request(
        "null in PATCH is passed over",
        &["rfc7644/3.5.2.3/replace-with-nothing"],
        |asked| {
            for operation in asked.operations().into_iter().flatten() {
                if operation.get("value") == Some(&Value::Null) {
                    *operation = json!({ "op": "replace", "path": "title", "value": "Nothing" });
                }
            }
        },
    ),
    Fault::request("lt is le", &["rfc7644/3.4.2.2/lt-equal"], |asked| {
        asked.refilter(" lt ", " le ");
    }),
    Fault::response(
        "If-Match: * is a version that is not there",
        &["rfc7644/3.14/any-version"],
        |asked, answered, _| {
            if asked.headers.get("if-match").is_some_and(|value| value == "*") {
                answered.fail(412, "");
            }
        },
    ),
    Fault::request("a search is not sorted", &["rfc7644/3.4.3/sorts"], |asked| {
        asked.remove("sortBy");
    }),
    Fault::request(
        "a search excludes nothing",
        &["rfc7644/3.4.3/excluded-attributes"],
        |asked| asked.remove("excludedAttributes"),
    ),
    Fault::request(
        "a search shows everything",
        &["rfc7644/3.4.3/attributes"],
        |asked| {
            asked.remove("attributes");
        },
    ),
    Fault::request("a search has one page", &["rfc7644/3.4.3/pages"], |asked| {
        if asked.path.ends_with("/.search") {
            asked.remove("count");
        }
    }),
    Fault::request(
        "a bulk goes on after any number of errors",
        &["rfc7644/3.7.3/fail-on-errors"],
        |asked| asked.remove("failOnErrors"),
    ),
    Fault::request(
        "references of a bulk lead nowhere",
        &["rfc7644/3.7.2/reference", "rfc7644/3.7.2/forward-reference"],
        |asked| {
            if asked.path == "/Bulk" {
                let text = asked.json.to_string().replace("\"bulkId:", "\"another:");
                asked.json = serde_json::from_str(&text).unwrap();
            }
        },
    ),
    Fault::response(
        "a failed operation of a bulk does not say why",
        &["rfc7644/3.7.3/failed-operation"],
        |asked, answered, _| {
            if asked.path == "/Bulk" {
                for operation in answered.json["Operations"].as_array_mut().into_iter().flatten() {
                    operation.as_object_mut().unwrap().remove("response");
                }
            }
        },
    ),
    Fault::response(
        "one failed operation fails the bulk",
        &["rfc7644/3.7/others-go-on", "rfc7644/3.7.2/unknown-reference"],
        |asked, answered, _| {
            let operations = answered.json["Operations"].as_array();
            let failed = operations
                .into_iter()
                .flatten()
                .any(|operation| operation["status"].as_str().is_some_and(|status| status >= "400"));
            if asked.path == "/Bulk" && failed {
                answered.fail(400, "");
            }
        },
    ),
    Fault::response(
        "lists have no schemas",
        &["rfc7644/3.4.2/list-response"],
        |_, answered, _| {
            if answered.is_list() {
                answered.json.as_object_mut().unwrap().remove("schemas");
            }
        },
    ),
    Fault::response(
        "a large count is refused",
        &["rfc7644/3.4.2.4/large-count"],
        |asked, answered, _| {
            if asked
                .parameter("count")
                .is_some_and(|count| count.parse().unwrap_or(0) > 200)
            {
                answered.fail(400, "invalidValue");
            }
        },
    ),
    Fault::response(
        "one resource type cannot be read",
        &["rfc7644/4/one-resource-type"],
        |asked, answered, _| {
            if asked.is("GET", "/ResourceTypes/") {
                answered.fail(404, "");
            }
        },
    ),
    Fault::response(
        "the last page has a next cursor",
        &["rfc9865/2/pages-make-the-whole"],
        |asked, answered, _| {
            if asked.parameter("cursor").is_some() && answered.json["nextCursor"].is_null() {
                answered.json["nextCursor"] = json!("the-end");
            }
        },
    ),
    Fault::response(
        "deleted groups stay",
        &["rfc7644/3.6/group"],
        |asked, answered, _| {
            if asked.is("GET", "/Groups/") && answered.status == 404 {
                answered.status = 200;
            }
        },
    ),
    Fault::response(
        "PUT does without required attributes",
        &["rfc7644/3.5.1/missing-required"],
        |asked, answered, _| {
            if asked.method == "PUT" && answered.status == 400 {
                answered.status = 200;
            }
        },
    ),
];
