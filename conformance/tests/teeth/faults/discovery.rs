//! What a server says about itself, and does not keep.

use serde_json::json;

use crate::fault::Fault;
use crate::message::{Answered, Asked};

pub(crate) const FAULTS: &[Fault] = &[
    Fault::response(
        "there are no schemas",
        &["rfc7644/4/endpoints", "rfc7644/4/one-schema"],
        |asked, answered, _| {
            if asked.path.starts_with("/Schemas") {
                answered.fail(404, "");
            }
        },
    ),
    Fault::request(
        "a filter on schemas is ignored",
        &["rfc7644/4/no-filter"],
        |asked| {
            if asked.path.starts_with("/Schemas") {
                asked.drop("filter");
            }
        },
    ),
    Fault::response(
        "schemas are a bare array",
        &["rfc7644/4/lists"],
        |asked, answered, _| {
            if asked.path == "/Schemas" {
                answered.json = answered.json["Resources"].clone();
            }
        },
    ),
    Fault::response(
        "the configuration does not speak of sorting",
        &["rfc7643/5/features"],
        |asked, answered, _| {
            if let Some(config) = config(asked, answered) {
                config.json.as_object_mut().unwrap().remove("sort");
            }
        },
    ),
    Fault::response(
        "the configuration has no limits",
        &["rfc7643/5/limits"],
        |asked, answered, _| {
            if let Some(config) = config(asked, answered) {
                config.json["filter"] = json!({ "supported": true });
            }
        },
    ),
    Fault::response(
        "types of attributes are capitalised",
        &["rfc7643/7/characteristics"],
        |asked, answered, _| {
            if asked.path == "/Schemas" {
                answered.json["Resources"][0]["attributes"][0]["type"] = json!("String");
            }
        },
    ),
    Fault::response(
        "a resource type names a schema that is not there",
        &["rfc7643/6/schemas-are-there"],
        |asked, answered, _| {
            if asked.path == "/ResourceTypes" {
                answered.json["Resources"][0]["schema"] = json!("urn:example:none");
            }
        },
    ),
    Fault::response(
        "a resource type has no endpoint",
        &["rfc7643/6/required"],
        |asked, answered, _| {
            if asked.path == "/ResourceTypes" {
                answered.json["Resources"][0]
                    .as_object_mut()
                    .unwrap()
                    .remove("endpoint");
            }
        },
    ),
    Fault::response(
        "bulk is promised and not there",
        &["rfc7644/3.7/create", "rfc7644/3.7/replace-and-delete"],
        |asked, answered, _| {
            if asked.path == "/Bulk" {
                answered.fail(501, "");
            }
            if let Some(config) = config(asked, answered) {
                config.json["bulk"] =
                    json!({ "supported": true, "maxOperations": 10, "maxPayloadSize": 100_000 });
            }
        },
    ),
    Fault::response(
        "cursors are promised and not there",
        &["rfc9865/2/first-page", "rfc9865/2.1/invalid-cursor"],
        |asked, answered, _| {
            if asked.parameter("cursor").is_some() {
                if answered.status == 400 {
                    answered.status = 200;
                    answered.json = json!({ "totalResults": 0, "Resources": [] });
                }
                answered.json.as_object_mut().unwrap().remove("nextCursor");
            }
            if let Some(config) = config(asked, answered) {
                config.json["pagination"] = json!({ "cursor": true, "index": true });
            }
        },
    ),
    Fault::response(
        "limits of paging are text",
        &["rfc9865/4/pagination"],
        |asked, answered, _| {
            if let Some(config) = config(asked, answered) {
                config.json["pagination"] = json!({ "cursor": true, "index": true, "maxPageSize": "1000" });
            }
        },
    ),
];

fn config<'a>(asked: &Asked, answered: &'a mut Answered) -> Option<&'a mut Answered> {
    (asked.path == "/ServiceProviderConfig" && answered.status == 200).then_some(answered)
}
