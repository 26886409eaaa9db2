//! Plans of random bulk requests.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::collections::{HashMap, HashSet};

use proptest::collection::vec;
use proptest::prelude::*;
use scim_core::bulk::{BULK_REQUEST_URN, BulkLimits, BulkMethod, BulkRequest, CreatedIds, Plan, Stage};
use serde_json::{Value, json};

const LIMITS: BulkLimits = BulkLimits::DEFAULT.with_operations(64);

/// An operation with references among the first twelve bulkIds, of which the request has some.
fn operation(index: usize) -> impl Strategy<Value = Value> {
    let references = vec(0..12_usize, 0..3);
    let kinds = prop_oneof![3 => Just("POST"), 1 => Just("PATCH"), 1 => Just("DELETE"), 1 => Just("COPY")];
    (kinds, references, 0..4_usize, any::<bool>()).prop_map(move |(method, references, name, is_user)| {
        let endpoint = if is_user { "/Users" } else { "/Groups" };
        let path = match (method, references.first()) {
            ("POST", _) => endpoint.to_owned(),
            (_, Some(target)) => format!("{endpoint}/bulkId:{target}"),
            (_, None) => format!("{endpoint}/{name}"),
        };
        let references: Vec<String> = references.iter().map(|to| format!("bulkId:{to}")).collect();
        json!({ "method": method, "path": path, "bulkId": index.to_string(),
            "data": { "userName": format!("user{name}"), "others": references } })
    })
}

fn operations() -> impl Strategy<Value = Vec<Value>> {
    (1..16_usize).prop_flat_map(|many| (0..many).map(operation).collect::<Vec<_>>())
}

/// Anything at all.
fn value() -> impl Strategy<Value = Value> {
    let texts = prop_oneof![
        Just("bulkId:a".to_owned()),
        Just("x[value eq \"bulkId:a\"]".to_owned()),
        Just("POST".to_owned()),
        Just("/Users/bulkId:a".to_owned()),
        Just(BULK_REQUEST_URN.to_owned()),
        ".{0,12}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        texts.prop_map(Value::from)
    ];
    let names = prop_oneof![
        Just("schemas"),
        Just("Operations"),
        Just("failOnErrors"),
        Just("method"),
        Just("path"),
        Just("bulkId"),
        Just("data"),
        Just("version"),
        Just("value"),
        Just("$ref")
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        let members = vec((names.clone(), inner.clone()), 0..6);
        prop_oneof![
            vec(inner, 0..4).prop_map(Value::from),
            members.prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect())
        ]
    })
}

fn indices(stage: &Stage) -> Vec<usize> {
    match stage {
        Stage::One(index) => vec![*index],
        Stage::Together(indices) | Stage::Circle(indices) => indices.clone(),
    }
}

proptest! {
    #[test]
    fn every_operation_is_in_a_plan_once_and_after_what_it_needs(operations in operations()) {
        let message = json!({ "schemas": [BULK_REQUEST_URN], "Operations": operations });
        let request = BulkRequest::parse(message.as_object().cloned().unwrap(), &LIMITS).unwrap();
        let plan = Plan::of(&request);
        let mut order: Vec<usize> = plan.stages.iter().flat_map(indices).collect();
        let stage_of: HashMap<usize, usize> = (0..)
            .zip(&plan.stages)
            .flat_map(|(at, stage)| indices(stage).into_iter().map(move |index| (index, at)))
            .collect();
        let created: HashMap<&str, usize> = (0..)
            .zip(&request.operations)
            .filter(|(_, operation)| operation.method == BulkMethod::Post)
            .map(|(index, operation)| (operation.bulk_id.as_deref().unwrap(), index))
            .collect();
        for (index, operation) in (0..).zip(&request.operations) {
            for reference in operation.references() {
                let Some(needed) = created.get(reference.as_str()) else { continue };
                let (at, before) = (stage_of[&index], stage_of[needed]);
                let in_circle = at == before && matches!(plan.stages[at], Stage::Circle(_));
                prop_assert!(before < at || in_circle, "{index} needs {needed}: {plan:?}");
            }
        }
        // what creates nothing keeps its order: nobody needs it, so nobody pulls it forward
        let others: Vec<usize> = order
            .iter()
            .copied()
            .filter(|index| request.operations[*index].method != BulkMethod::Post)
            .collect();
        prop_assert!(others.is_sorted(), "{plan:?}");
        for stage in &plan.stages {
            let members = indices(stage);
            let creating = members.iter().all(|index| request.operations[*index].method == BulkMethod::Post);
            prop_assert!(creating || members.len() == 1);
            if let Stage::Together(members) = stage {
                let names: HashSet<_> = members
                    .iter()
                    .map(|index| request.operations[*index].data.as_ref().unwrap()["userName"].to_string())
                    .collect();
                prop_assert_eq!(names.len(), members.len());
            }
        }
        order.sort_unstable();
        prop_assert_eq!(order, (0..request.operations.len()).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_that_is_sent_stops_the_program(operations in vec(value(), 0..6), anything in value()) {
        let message = json!({ "schemas": [BULK_REQUEST_URN], "Operations": operations });
        let ids: CreatedIds = [("a".to_owned(), "1".to_owned())].into();
        for message in [message, anything] {
            let Value::Object(message) = message else { continue };
            let Ok(request) = BulkRequest::parse(message, &LIMITS) else { continue };
            let _ = Plan::of(&request);
            for operation in &request.operations {
                let _ = operation.resolved_path(&ids);
                let resolved = Value::Object(operation.resolved(&ids).into_owned()).to_string();
                let is_resolved = !resolved.contains("\"bulkId:a\"") && !resolved.contains("\\\"bulkId:a\\\"");
                // only a name may still be spelled like that
                prop_assert!(is_resolved || operation.unresolved(&ids).is_none(), "{resolved}");
                let _ = operation.resolved_so_far(&ids);
            }
        }
    }
}
