//! The parameters of a query, each by itself and against a resource type.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::sync::Arc;

use scim_core::error::Error;
use scim_core::filter::FilterLimits;
use scim_core::projection::Projection;
use scim_core::query::{Query, SEARCH_REQUEST_URN, SortOrder};
use scim_core::schema::{Attribute, AttributeType, Mutability, ResourceType, Returned, Schema};
use serde_json::{Value, json};

fn query(pairs: &[(&str, &str)]) -> Result<Query, Error> {
    Query::from_pairs(pairs.iter().copied(), &FilterLimits::default())
}

fn search(mut body: Value) -> Result<Query, Error> {
    body["schemas"] = json!(["urn:example", SEARCH_REQUEST_URN.to_uppercase()]);
    Query::from_search_request(body.as_object().unwrap(), &FilterLimits::default())
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, expected: &str) {
    assert_eq!(result.unwrap_err().to_string(), expected);
}

#[test]
fn what_can_be_said_once_is_not_said_twice() {
    refused(
        query(&[("filter", "title pr"), ("filter", "title pr")]),
        "400 invalidFilter: `filter` is given twice",
    );
    refused(
        query(&[("cursor", ""), ("cursor", "")]),
        "400 invalidCursor: `cursor` is given twice",
    );
}

#[test]
fn empty_parameters_ask_for_nothing() {
    let empty = query(&[("sortBy", ""), ("sortOrder", ""), ("attributes", " , ")]).unwrap();
    assert_eq!(empty, query(&[]).unwrap());
    assert_eq!(empty.sort_order, SortOrder::Ascending);
}

#[test]
fn the_order_is_taken_in_any_case() {
    assert_eq!(
        query(&[("sortOrder", "ASCENDING")]).unwrap().sort_order,
        SortOrder::Ascending
    );
    assert_eq!(
        query(&[("sortOrder", "Descending")]).unwrap().sort_order,
        SortOrder::Descending
    );
}

#[test]
fn numbers_beyond_all_others_are_the_greatest() {
    let far = query(&[
        ("startIndex", "99999999999999999999"),
        ("count", "99999999999999999999"),
    ])
    .unwrap();
    assert_eq!(
        (far.start_index, far.count),
        (9_223_372_036_854_775_807, Some(9_223_372_036_854_775_807))
    );
    let near = query(&[
        ("startIndex", "-99999999999999999999"),
        ("count", "-99999999999999999999"),
    ])
    .unwrap();
    assert_eq!((near.start_index, near.count), (1, Some(0)));
    let far = search(json!({ "startIndex": u64::MAX, "count": u64::MAX })).unwrap();
    assert_eq!(
        (far.start_index, far.count),
        (9_223_372_036_854_775_807, Some(9_223_372_036_854_775_807))
    );
}

#[test]
fn a_search_request_may_say_everything() {
    let searched =
        search(json!({ "cursor": "abc", "count": 5, "excludedAttributes": ["emails", "name.givenName"] }));
    let asked = query(&[
        ("cursor", "abc"),
        ("count", "5"),
        ("excludedAttributes", "emails,name.givenName"),
    ]);
    let searched = searched.unwrap();
    assert_eq!(searched.cursor.as_deref(), Some("abc"));
    assert_eq!(searched.excluded_attributes, ["emails", "name.givenName"]);
    assert_eq!(searched, asked.unwrap());
    assert_eq!(
        search(json!({ "filter": null, "count": null, "attributes": null })).unwrap(),
        query(&[]).unwrap()
    );
}

#[test]
fn a_search_request_has_values_of_its_types() {
    refused(
        search(json!({ "filter": 1 })),
        "400 invalidValue: `filter` must be a string",
    );
    refused(
        search(json!({ "count": "1" })),
        "400 invalidValue: `count` must be a whole number",
    );
    let names = "400 invalidValue: `attributes` must be a list of attribute names";
    refused(search(json!({ "attributes": "title" })), names);
    refused(search(json!({ "attributes": ["title", 1] })), names);
    let limits = FilterLimits::default();
    refused(
        Query::from_search_request(
            json!({ "schemas": ["urn:example"] }).as_object().unwrap(),
            &limits,
        ),
        &format!("400 invalidSyntax: `schemas` must be `[\"{SEARCH_REQUEST_URN}\"]`"),
    );
}

#[test]
fn several_types_share_a_query_if_one_has_what_it_names() {
    let (user, group) = (ResourceType::user(), ResourceType::group());
    let of_group = |pairs: &[(&str, &str)]| query(pairs).unwrap().select_among(&group, &[&user], 10);
    let selection = of_group(&[
        ("sortBy", "displayName"),
        ("sortOrder", "descending"),
        ("startIndex", "5"),
    ])
    .unwrap();
    let sort = selection.sort.unwrap();
    assert_eq!(
        (sort.by.to_string().as_str(), sort.order),
        ("displayName", SortOrder::Descending)
    );
    assert_eq!((selection.offset, selection.limit), (4, 10));
    assert_eq!(of_group(&[("sortBy", "userName")]).unwrap().sort, None);
    assert!(
        of_group(&[("filter", "displayName pr")])
            .unwrap()
            .condition
            .is_some()
    );
    refused(
        of_group(&[("sortBy", "shoeSize")]),
        "400 invalidPath: `sortBy`: unknown attribute `shoeSize`",
    );
    refused(
        of_group(&[("sortBy", "name")]),
        "400 invalidPath: `sortBy`: `name` is made of sub-attributes; sort by one of them",
    );
}

#[test]
fn lists_are_sorted_by_what_can_be_read_and_has_one_value() {
    let attribute = |name: &str, mutability, returned| Attribute {
        mutability,
        returned,
        ..Attribute::named(name)
    };
    let mut thing = ResourceType::group();
    thing.schema = Arc::new(Schema {
        attributes: vec![
            Arc::new(attribute("told", Mutability::WriteOnly, Returned::Default)),
            Arc::new(attribute("kept", Mutability::ReadWrite, Returned::Never)),
            Arc::new(attribute("asked", Mutability::ReadWrite, Returned::Request)),
            Arc::new(Attribute {
                kind: AttributeType::Complex,
                multi_valued: true,
                sub_attributes: vec![Arc::new(Attribute::named("value"))],
                ..Attribute::named("numbers")
            }),
        ],
        ..Schema::clone(&thing.schema)
    });
    let sorted = |by: &str| {
        let selection = query(&[("sortBy", by)]).unwrap().select(&thing, 10)?;
        Ok(selection.sort.unwrap().by.to_string())
    };
    assert_eq!(sorted("asked"), Ok("asked".to_owned()));
    assert_eq!(sorted("numbers"), Ok("numbers.value".to_owned()));
    refused(sorted("told"), "400 invalidPath: `sortBy`: `told` cannot be read");
    refused(sorted("kept"), "400 invalidPath: `sortBy`: `kept` cannot be read");
}

#[test]
fn names_to_return_and_names_to_leave_out_exclude_one_another() {
    let user = ResourceType::user();
    let projection = |pairs: &[(&str, &str)]| query(pairs).unwrap().projection(&user);
    assert_eq!(projection(&[]), Ok(Projection::Default));
    assert_eq!(
        projection(&[("attributes", "title")]),
        Ok(Projection::new(&user, &["title"], &[]))
    );
    assert_eq!(
        projection(&[("excludedAttributes", "title")]),
        Ok(Projection::new(&user, &[], &["title"]))
    );
    refused(
        projection(&[("attributes", "title"), ("excludedAttributes", "name")]),
        "400 invalidValue: `attributes` and `excludedAttributes` exclude one another, send one of them",
    );
    for name in ["emails[type", "emails]"] {
        refused(
            projection(&[("excludedAttributes", name)]),
            &format!(
                "400 invalidValue: `excludedAttributes` takes names such as `emails` and `emails.value` with commas \
                 between them, and no filters: `{name}`"
            ),
        );
    }
}

#[test]
fn what_is_not_returned_need_not_be_read() {
    let user = ResourceType::user();
    let projection = |attributes: &[&str], excluded: &[&str]| Projection::new(&user, attributes, excluded);
    assert!(projection(&[], &[]).includes(&user, "groups"));
    assert!(!projection(&["userName"], &[]).includes(&user, "groups"));
    assert!(projection(&["groups.value"], &[]).includes(&user, "groups"));
    assert!(!projection(&[], &["groups"]).includes(&user, "groups"));
    assert!(projection(&["userName"], &[]).includes(&user, "id"));
    assert!(!projection(&["password"], &[]).includes(&user, "password"));
    assert!(!projection(&[], &[]).includes(&user, "shoeSize"));
}
