//! ListResponse, word for word.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use scim_core::list::{Cursors, LIST_RESPONSE_URN, ListResponse};
use serde_json::{Value, json};

fn document(page: &ListResponse) -> Value {
    serde_json::from_str(&page.to_json_text()).unwrap()
}

#[test]
fn a_page_has_a_number_and_its_resources_in_order() {
    let page = ListResponse {
        total_results: 12,
        start_index: 3,
        resources: vec![
            r#"{"id":"a"}"#.to_owned(),
            r#"{"id":"b"}"#.to_owned(),
            "{}".to_owned(),
        ],
        cursors: None,
    };
    assert_eq!(
        document(&page),
        json!({
            "schemas": [LIST_RESPONSE_URN], "totalResults": 12, "startIndex": 3, "itemsPerPage": 3,
            "Resources": [{ "id": "a" }, { "id": "b" }, {}]
        })
    );
}

#[test]
fn an_empty_page_has_an_empty_list() {
    let page = ListResponse {
        start_index: 1,
        ..ListResponse::default()
    };
    assert_eq!(
        document(&page),
        json!({
            "schemas": [LIST_RESPONSE_URN], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []
        })
    );
}

#[test]
fn a_page_by_cursor_says_where_its_neighbours_begin() {
    let page = |previous: Option<&str>, next: Option<&str>| ListResponse {
        total_results: 2,
        start_index: 1,
        resources: vec!["{}".to_owned()],
        cursors: Some(Cursors {
            next: next.map(str::to_owned),
            previous: previous.map(str::to_owned),
        }),
    };
    assert_eq!(
        document(&page(Some("a\"b"), Some("c"))),
        json!({
            "schemas": [LIST_RESPONSE_URN], "totalResults": 2, "previousCursor": "a\"b", "nextCursor": "c",
            "itemsPerPage": 1, "Resources": [{}]
        })
    );
    assert_eq!(
        document(&page(None, None)),
        json!({
            "schemas": [LIST_RESPONSE_URN], "totalResults": 2, "itemsPerPage": 1, "Resources": [{}]
        })
    );
}
