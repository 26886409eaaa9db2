//! PATCH.

use serde_json::{Value, json};

use crate::leaf::{fits, get, is_membership, is_written, kept_at, leaves, put, sample};
use crate::support::TestApp;
use crate::{created, full, minimal, of_every_kind, refuses, types};

#[tokio::test]
async fn what_can_be_written_is_added_replaced_and_removed() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for resource_type in types() {
        for leaf in leaves(&resource_type) {
            if is_membership(&leaf) || !is_written(&leaf) {
                continue;
            }
            // a sub-attribute in a list needs an element that has it
            let is_in_list = leaf.sub.is_some() && leaf.attribute.multi_valued;
            let body = match is_in_list {
                true => full(&resource_type, 2),
                false => minimal(&resource_type),
            };
            let path = created(&standard, &resource_type, &body).await;
            let operation = |op: &str, value: Option<Value>| match value {
                Some(value) => json!([{ "op": op, "path": leaf.to_string(), "value": value }]),
                None => json!([{ "op": op, "path": leaf.to_string() }]),
            };
            for (op, seed) in [("add", 1), ("replace", 2), ("replace", 3)] {
                let value = sample(&leaf, seed);
                let answer = standard.patch(&path, operation(op, Some(value.clone()))).await;
                assert_eq!(answer.status, 200, "{op} {leaf}: {answer:?}");
                let shown = standard.get(&path).await.json();
                assert_eq!(get(&shown, &leaf), kept_at(&leaf, value), "{op} {leaf}");
            }
            for value in of_every_kind() {
                // one value stands for a list of one
                let listed = json!([value]);
                let is_fit = fits(&leaf, &value)
                    || (leaf.leaf().multi_valued && fits(&leaf, &listed))
                    || value == json!({});
                if !is_fit {
                    let answer = standard
                        .patch(&path, operation("replace", Some(value.clone())))
                        .await;
                    refuses(&answer, "invalidValue", &leaf, &value.to_string());
                }
            }
            if !leaf.leaf().required {
                let answer = standard.patch(&path, operation("remove", None)).await;
                assert_eq!(answer.status, 200, "remove {leaf}: {answer:?}");
                assert_eq!(get(&standard.get(&path).await.json(), &leaf), None, "{leaf}");
            }
        }
    }
}

#[tokio::test]
async fn what_only_the_server_writes_is_refused_by_path_and_passed_over_in_a_value() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for resource_type in types() {
        let path = created(&standard, &resource_type, &full(&resource_type, 1)).await;
        let before = standard.get(&path).await;
        for leaf in leaves(&resource_type) {
            if is_written(&leaf) || leaf.attribute.name == "members" {
                continue;
            }
            for op in ["add", "replace"] {
                let named = json!([{ "op": op, "path": leaf.to_string(), "value": sample(&leaf, 2) }]);
                refuses(&standard.patch(&path, named).await, "mutability", &leaf, op);
                let mut value = json!({});
                put(&mut value, &leaf, sample(&leaf, 2));
                if leaf.sub.is_some() && leaf.attribute.mutability != leaf.leaf().mutability {
                    // replacing what holds it would take the rest away
                    continue;
                }
                let among_others = json!([{ "op": op, "value": value }]);
                let answer = standard.patch(&path, among_others).await;
                assert_eq!(answer.status, 200, "{leaf}: {answer:?}");
            }
            let removed = json!([{ "op": "remove", "path": leaf.to_string() }]);
            refuses(
                &standard.patch(&path, removed).await,
                "mutability",
                &leaf,
                "remove",
            );
        }
        assert_eq!(standard.get(&path).await.text, before.text);
    }
}
