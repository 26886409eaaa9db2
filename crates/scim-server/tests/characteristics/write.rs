//! Create and replace.

use reqwest::Method;
use serde_json::{Value, json};

use crate::leaf::{fits, get, is_membership, is_written, kept_at, leaves, put, sample};
use crate::support::TestApp;
use crate::{created, minimal, of_every_kind, refuses, types};

#[tokio::test]
async fn what_is_sent_is_kept_unless_only_the_server_writes_it() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for resource_type in types() {
        for leaf in leaves(&resource_type)
            .into_iter()
            .filter(|leaf| !is_membership(leaf))
        {
            let mut body = minimal(&resource_type);
            put(&mut body, &leaf, sample(&leaf, 1));
            let path = created(&standard, &resource_type, &body).await;
            let shown = standard.get(&path).await.json();
            assert_eq!(get(&shown, &leaf), kept_at(&leaf, sample(&leaf, 1)), "{leaf}");
            put(&mut body, &leaf, sample(&leaf, 2));
            let replaced = standard.send(Method::PUT, &path, &body).await;
            assert_eq!(replaced.status, 200, "{leaf}: {replaced:?}");
            let shown = standard.get(&path).await.json();
            assert_eq!(get(&shown, &leaf), kept_at(&leaf, sample(&leaf, 2)), "{leaf}");
        }
    }
}

#[tokio::test]
async fn values_that_do_not_fit_are_refused_unless_they_are_passed_over() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for resource_type in types() {
        for leaf in leaves(&resource_type) {
            if is_membership(&leaf) && leaf.sub.is_some() {
                continue;
            }
            for value in of_every_kind() {
                let mut body = minimal(&resource_type);
                put(&mut body, &leaf, value.clone());
                let answer = standard.post(&resource_type.endpoint, &body).await;
                match !is_written(&leaf) || fits(&leaf, &value) {
                    true => assert_eq!(answer.status, 201, "{leaf}: {value}: {answer:?}"),
                    false => {
                        let detail = refuses(&answer, "invalidValue", &leaf, &value.to_string());
                        assert!(detail.contains(&leaf.attribute.name), "{leaf}: {detail}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_required_must_be_there() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for resource_type in types() {
        let path = created(&standard, &resource_type, &minimal(&resource_type)).await;
        let required = leaves(&resource_type)
            .into_iter()
            .filter(|leaf| leaf.leaf().required);
        for leaf in required {
            for value in [Value::Null, json!(""), json!(" ")] {
                let mut body = minimal(&resource_type);
                put(&mut body, &leaf, value.clone());
                let posted = standard.post(&resource_type.endpoint, &body).await;
                refuses(&posted, "invalidValue", &leaf, &value.to_string());
                let replaced = standard.send(Method::PUT, &path, &body).await;
                refuses(&replaced, "invalidValue", &leaf, &value.to_string());
            }
            let removed = standard
                .patch(&path, json!([{ "op": "remove", "path": leaf.to_string() }]))
                .await;
            refuses(&removed, "mutability", &leaf, "remove");
        }
    }
}

#[tokio::test]
async fn names_are_taken_in_any_case_and_shown_in_that_of_the_schema() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for resource_type in types() {
        for leaf in leaves(&resource_type) {
            if is_membership(&leaf) || leaf.sub.is_some() || leaf.extension.is_some() {
                continue;
            }
            let mut body = minimal(&resource_type);
            let value = sample(&leaf, 1);
            body.as_object_mut().unwrap().remove(&leaf.attribute.name);
            body[leaf.attribute.name.to_uppercase()] = value.clone();
            let path = created(&standard, &resource_type, &body).await;
            let shown = standard.get(&path).await.json();
            assert_eq!(get(&shown, &leaf), kept_at(&leaf, value), "{leaf}");
            assert_eq!(shown.get(leaf.attribute.name.to_uppercase()), None, "{leaf}");
        }
    }
}
