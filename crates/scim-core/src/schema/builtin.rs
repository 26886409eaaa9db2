//! The built-in schemas, parsed once from their JSON.

use std::sync::{Arc, LazyLock};

use super::{Attribute, Extension, ResourceType, Schema};

struct BuiltIn {
    common: Vec<Arc<Attribute>>,
    user: Arc<Schema>,
    group: Arc<Schema>,
    enterprise_user: Arc<Schema>,
}

static BUILT_IN: LazyLock<BuiltIn> = LazyLock::new(|| BuiltIn {
    common: parse(include_str!("data/common.json")).attributes.clone(),
    user: parse(include_str!("data/user.json")),
    group: parse(include_str!("data/group.json")),
    enterprise_user: parse(include_str!("data/enterprise_user.json")),
});

pub(super) fn common_attributes() -> &'static [Arc<Attribute>] {
    &BUILT_IN.common
}

pub(super) fn user() -> ResourceType {
    ResourceType {
        name: "User".to_owned(),
        description: "A person who has an account".to_owned(),
        endpoint: "/Users".to_owned(),
        schema: BUILT_IN.user.clone(),
        extensions: vec![Extension {
            schema: BUILT_IN.enterprise_user.clone(),
            required: false,
        }],
    }
}

pub(super) fn group() -> ResourceType {
    ResourceType {
        name: "Group".to_owned(),
        description: "A group of users; it becomes a Team".to_owned(),
        endpoint: "/Groups".to_owned(),
        schema: BUILT_IN.group.clone(),
        extensions: Vec::new(),
    }
}

/// The files are part of the program, and every test run parses them.
#[expect(
    clippy::expect_used,
    reason = "checked by every test; not reachable from input"
)]
fn parse(text: &str) -> Arc<Schema> {
    Arc::new(serde_json::from_str(text).expect("a built-in schema is valid"))
}
