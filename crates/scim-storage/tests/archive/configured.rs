//! Extensions and resource types that come from files, those of `examples/schemas`, are carried, too.

use std::sync::Arc;

use scim_core::filter::{Filter, FilterLimits};
use scim_core::query::Selection;
use scim_core::resource::{Resource, Situation, Tolerance};
use scim_core::schema::{Definition, ResourceType, ResourceTypes};
use scim_service::store::{Access, Draft, Kind, Meta, ResourceTypeId, StoreError, Transaction};
use serde_json::{Value, json};

use crate::databases::Archive;
use crate::directory::{at, begin};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const BADGE: &str = "urn:example:params:scim:schemas:extension:badge:2.0:User";
const DEVICE: &str = "urn:example:params:scim:schemas:devices:2.0:Device";

fn types() -> ResourceTypes {
    let definition = |file: &str, text: &str| Definition {
        file: file.to_owned(),
        text: text.to_owned(),
    };
    let schemas = [
        definition("badge", include_str!("../../../../examples/schemas/badge.json")),
        definition(
            "device",
            include_str!("../../../../examples/schemas/device-schema.json"),
        ),
    ];
    let resource_types = [
        definition("user", include_str!("../../../../examples/schemas/user.json")),
        definition("type", include_str!("../../../../examples/schemas/device.json")),
    ];
    ResourceTypes::builder()
        .schemas(schemas)
        .resource_types(resource_types)
        .build()
        .unwrap()
}

fn device() -> Kind {
    Kind::Other(ResourceTypeId::of("Device"))
}

async fn create(
    transaction: &mut dyn Transaction,
    kind: Kind,
    resource_type: &Arc<ResourceType>,
    body: Value,
) -> Result<Meta, StoreError> {
    let body = body.as_object().unwrap();
    let resource =
        Resource::check(resource_type, body.clone(), Situation::Create, &Tolerance::STRICT).unwrap();
    let draft = Draft::new(&resource, at(1_000));
    transaction.insert(kind, &draft).await
}

async fn fill(archive: &Archive, types: &ResourceTypes) {
    let mut okta = begin(&archive.store, "okta", Access::Write).await;
    let badge = json!({ "number": "B", "level": 3, "pin": "1" });
    let user = json!({ "schemas": [USER, BADGE], "userName": "bjensen", BADGE: badge });
    create(okta.as_mut(), Kind::User, types.user(), user)
        .await
        .unwrap();
    for serial in ["X-1", "X-2"] {
        let body = json!({ "schemas": [DEVICE], "serialNumber": serial, "memory": 4, "externalId": serial });
        create(okta.as_mut(), device(), &types.others()[0], body)
            .await
            .unwrap();
    }
    okta.commit().await.unwrap();
}

async fn found(archive: &Archive, kind: Kind, resource_type: &ResourceType, filter: &str) -> u64 {
    let filter = Filter::parse(filter, &FilterLimits::default()).unwrap();
    let selection = Selection {
        condition: Some(filter.resolve(resource_type).unwrap()),
        limit: 10,
        ..Selection::default()
    };
    let mut okta = begin(&archive.store, "okta", Access::Read).await;
    okta.list(kind, &selection).await.unwrap().total
}

#[tokio::test(flavor = "multi_thread")]
async fn what_files_add_is_carried_and_found() {
    let types = types();
    let (here, there) = (Archive::sqlite().await, Archive::other().await);
    fill(&here, &types).await;
    let text = here.export().await;
    let counts = there.import_with(&types, &text).await.unwrap();
    assert_eq!((counts.users, counts.resources), (1, 2));
    assert!(there.export().await == text, "the second export differs");

    let level = format!("{BADGE}:level gt 2");
    assert_eq!(found(&there, Kind::User, types.user(), &level).await, 1);
    let devices = &types.others()[0];
    for (filter, total) in [
        ("serialNumber eq \"x-1\"", 1),
        ("memory eq 4", 2),
        ("externalId eq \"X-2\"", 1),
    ] {
        assert_eq!(found(&there, device(), devices, filter).await, total, "{filter}");
    }
    let mut okta = begin(&there.store, "okta", Access::Write).await;
    let all = Selection {
        limit: 0,
        ..Selection::default()
    };
    assert_eq!(okta.list(device(), &all).await.unwrap().total, 2);
    let again = json!({ "schemas": [DEVICE], "serialNumber": "x-2" });
    let refused = create(okta.as_mut(), device(), devices, again).await.unwrap_err();
    assert!(matches!(refused, StoreError::NotUnique(name) if name == "serialNumber"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_configured_is_refused() {
    let types = types();
    let (here, there) = (Archive::sqlite().await, Archive::other().await);
    fill(&here, &types).await;
    let text = here.export().await;
    let refused = there.import(&text).await.unwrap_err().to_string();
    assert!(
        refused.contains(&format!("there is no extension `{BADGE}`")),
        "{refused}"
    );

    let mut okta = begin(&here.store, "standard", Access::Write).await;
    let body = json!({ "schemas": [DEVICE], "serialNumber": "1" });
    create(okta.as_mut(), device(), &types.others()[0], body)
        .await
        .unwrap();
    okta.commit().await.unwrap();
    let text = here.export_of(Some("standard")).await.unwrap();
    let refused = there.import(&text).await.unwrap_err().to_string();
    assert!(
        refused.contains("there is no resource type `Device` here"),
        "{refused}"
    );
    there.import_with(&types, &text).await.unwrap();
    let refused = there.import_with(&types, &text).await.unwrap_err().to_string();
    assert!(refused.contains("1 other resource"), "{refused}");
}
