//! What the server says it has. An optional feature is judged only when it is there, and then in full.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};

use crate::http::Request;
use crate::subject::Subject;
use crate::trial::Style;

/// An optional feature of SCIM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Feature {
    /// `patch` of ServiceProviderConfig.
    Patch,
    /// `bulk` of ServiceProviderConfig.
    Bulk,
    /// `filter` of ServiceProviderConfig.
    Filter,
    /// `sort` of ServiceProviderConfig.
    Sort,
    /// `etag` of ServiceProviderConfig.
    Etag,
    /// `changePassword` of ServiceProviderConfig.
    ChangePassword,
    /// `pagination.cursor` of ServiceProviderConfig (RFC 9865).
    CursorPaging,
    /// A resource type `Group`.
    Groups,
    /// The enterprise extension of `User`.
    Enterprise,
    /// `POST /Users/.search` is not refused.
    Search,
    /// `POST /.search` is not refused.
    RootSearch,
    /// `GET /Me` is not refused.
    Me,
}

/// What one server has.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Features {
    /// The features that it has.
    pub supported: BTreeSet<Feature>,
    /// ServiceProviderConfig; null when it cannot be read.
    pub config: Value,
    /// The schema documents; empty when they cannot be read.
    #[serde(skip)]
    pub schemas: Vec<Value>,
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

impl Features {
    /// Asks the server. What cannot be read is taken for not there; the checks of discovery say so.
    pub async fn read(subject: &Subject) -> Self {
        let config = ask(subject, Request::get("/ServiceProviderConfig")).await.1;
        let types = ask(subject, Request::get("/ResourceTypes")).await.1;
        let schemas = ask(subject, Request::get("/Schemas")).await.1;
        let mut supported = BTreeSet::new();
        for (feature, pointer) in [
            (Feature::Patch, "/patch/supported"),
            (Feature::Bulk, "/bulk/supported"),
            (Feature::Filter, "/filter/supported"),
            (Feature::Sort, "/sort/supported"),
            (Feature::Etag, "/etag/supported"),
            (Feature::ChangePassword, "/changePassword/supported"),
            (Feature::CursorPaging, "/pagination/cursor"),
        ] {
            if config.pointer(pointer).is_some_and(truthy) {
                supported.insert(feature);
            }
        }
        let types = types["Resources"].as_array().cloned().unwrap_or_default();
        let of_endpoint = |endpoint: &str| {
            types.iter().find(|kind| {
                let there = kind["endpoint"]
                    .as_str()
                    .unwrap_or_default()
                    .trim_end_matches('/');
                there.rsplit('/').next() == endpoint.rsplit('/').next()
            })
        };
        if types.is_empty() || of_endpoint("/Groups").is_some() {
            supported.insert(Feature::Groups);
        }
        let extensions = of_endpoint("/Users").and_then(|user| user["schemaExtensions"].as_array());
        if extensions.is_some_and(|all| all.iter().any(|extension| extension["schema"] == ENTERPRISE)) {
            supported.insert(Feature::Enterprise);
        }
        let search =
            json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 1 });
        for (feature, request) in [
            (Feature::Search, Request::post("/Users/.search", &search)),
            (Feature::RootSearch, Request::post("/.search", &search)),
            (Feature::Me, Request::get("/Me")),
        ] {
            let status = ask(subject, request).await.0;
            if (200..400).contains(&status) || status == 400 {
                supported.insert(feature);
            }
        }
        Self {
            supported,
            config,
            schemas: schemas["Resources"].as_array().cloned().unwrap_or_default(),
        }
    }

    /// Whether the server has it.
    pub fn has(&self, feature: Feature) -> bool {
        self.supported.contains(&feature)
    }

    /// The most that `bulk` takes, the least that `filter` returns: a number of ServiceProviderConfig.
    pub fn number(&self, pointer: &str) -> Option<u64> {
        self.config.pointer(pointer).and_then(Value::as_u64)
    }
}

fn truthy(value: &Value) -> bool {
    value == &Value::Bool(true)
        || value
            .as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

async fn ask(subject: &Subject, request: Request) -> (u16, Value) {
    let (answer, _) = subject.send(request, Style::Plain).await;
    match answer {
        Ok(answer) if answer.status < 300 => (answer.status, answer.json),
        Ok(answer) => (answer.status, Value::Null),
        Err(_) => (0, Value::Null),
    }
}
