//! Resources of custom types (RFC 7643 section 6). A store without such resources passes these rules by rejecting the first one
//! with [`StoreError::UnsupportedKind`].

use std::sync::Arc;

use scim_core::resource::Resource;
use scim_core::schema::{Definition, ResourceType, ResourceTypes};
use serde_json::{Value, json};

use super::breach::{Breach, Verdict, same, stale};
use super::sample::{at, draft, ids, object, page};
use super::subject::Subject;
use crate::store::{Kind, Meta, ResourceId, ResourceTypeId, StoreError, Version};

const WHY: &str = "custom resource types (docs/extending.md) are served by the operations that serve users, and rely on \
     the same guarantees";

/// A resource type with this name, whose `serialNumber` is unique and whose `label` is not.
fn resource_type(name: &str) -> Verdict<Arc<ResourceType>> {
    let urn = format!("urn:example:params:scim:schemas:contract:2.0:{name}");
    let schema = json!({
        "id": urn, "name": name,
        "attributes": [{ "name": "serialNumber", "uniqueness": "server" }, { "name": "label" }],
    });
    let definition = json!({ "name": name, "endpoint": format!("/{name}s"), "schema": urn });
    let types = ResourceTypes::builder()
        .schema(Definition::new("schema.json", schema.to_string()))
        .resource_type(Definition::new("type.json", definition.to_string()))
        .build();
    let types = types.map_err(|error| Breach::new("a resource type", error))?;
    let mut others = types.others().iter().cloned();
    others.next().ok_or_else(|| Breach::new("a resource type", name))
}

fn resource(of: &Arc<ResourceType>, attributes: Value) -> Resource {
    Resource::from_checked(of.clone(), object(attributes))
}

fn kind(of: &ResourceType) -> Kind {
    Kind::Other(ResourceTypeId::of(&of.name))
}

/// Creates a resource; `None` if the store has no such resources.
async fn first(store: &Subject, resource: &Resource) -> Verdict<Option<Meta>> {
    match store.create(resource).await {
        Err(StoreError::UnsupportedKind(_)) => {
            store.skip("resources of other types than User and Group");
            Ok(None)
        }
        created => Ok(created.map(Some)?),
    }
}

/// They are stored, read, listed, changed and deleted like users, apart from users, groups and other custom types.
pub async fn resources_of_other_types_are_kept_apart(store: Subject) -> Verdict {
    store.because(WHY);
    let (device, printer) = (resource_type("Device")?, resource_type("Printer")?);
    let desk = resource(&device, json!({ "serialNumber": "A1", "label": "desk" }));
    let Some(kept) = first(&store, &desk).await? else {
        return Ok(());
    };
    same(
        "version, creation and change",
        (kept.version, kept.created, kept.modified),
        (Version::FIRST, at(1), at(1)),
    )?;
    let record = store.there(kind(&device), &kept.id).await?;
    same(
        "the record",
        (&record.meta, record.document),
        (&kept, desk.to_document()),
    )?;
    store
        .create(&resource(&printer, json!({ "serialNumber": "A1" })))
        .await?;
    store.create_user("bjensen").await?;
    store.create_group("Tour Guides").await?;
    let listed = store.list(kind(&device), &page(0, 100)).await?;
    same(
        "devices",
        (listed.total, ids(&listed)),
        (1, vec![kept.id.clone()]),
    )?;
    for kind in [Kind::User, Kind::Group, kind(&printer)] {
        same("the total of another kind", store.total(kind).await?, 1)?;
        same(
            "the device as another kind",
            store.get(kind, &kept.id).await?,
            None,
        )?;
    }
    let azure = store.seen_by("azure")?;
    same(
        "devices of another connection",
        azure.total(kind(&device)).await?,
        0,
    )?;
    same(
        "the device in another connection",
        azure.get(kind(&device), &kept.id).await?,
        None,
    )?;

    let shelf = resource(&device, json!({ "serialNumber": "A1", "label": "shelf" }));
    let mut transaction = store.write().await?;
    let other = transaction
        .update(kind(&printer), &kept.id, Version::FIRST, &draft(&shelf, 2))
        .await;
    stale("an update as another type", other)?;
    drop(transaction);
    let mut transaction = store.write().await?;
    let updated = transaction
        .update(kind(&device), &kept.id, Version::FIRST, &draft(&shelf, 2))
        .await?;
    let again = transaction
        .update(kind(&device), &kept.id, Version::FIRST, &draft(&desk, 3))
        .await;
    stale("an update of an old version", again)?;
    transaction.commit().await?;
    let record = store.there(kind(&device), &kept.id).await?;
    same(
        "the record after the update",
        (record.meta, record.document),
        (updated, shelf.to_document()),
    )?;
    store.delete(kind(&device), &kept.id, 4).await?;
    same(
        "the deleted device",
        store.get(kind(&device), &kept.id).await?,
        None,
    )?;
    same("devices", store.total(kind(&device)).await?, 0)
}

/// A value whose `uniqueness` is `server` belongs to one resource of the type and connection, in any case of its letters.
pub async fn unique_values_of_other_types_are_unique(store: Subject) -> Verdict {
    store.because(
        "`uniqueness` is a promise of the schema (RFC 7643 section 7), which only the store can keep",
    );
    let (device, printer) = (resource_type("Device")?, resource_type("Printer")?);
    let numbered = |of: &Arc<ResourceType>, number: &str| {
        resource(of, json!({ "serialNumber": number, "label": "same" }))
    };
    let Some(kept) = first(&store, &numbered(&device, "A1")).await? else {
        return Ok(());
    };
    not_unique(store.create(&numbered(&device, "a1")).await)?;
    let second = store.create(&numbered(&device, "B2")).await?.id;
    let mut transaction = store.write().await?;
    let claimed = transaction
        .update(
            kind(&device),
            &second,
            Version::FIRST,
            &draft(&numbered(&device, "A1"), 2),
        )
        .await;
    not_unique(claimed)?;
    drop(transaction);
    // free: in another type, in another connection, without a value, and after its resource was deleted
    store.create(&numbered(&printer, "A1")).await?;
    store.seen_by("azure")?.create(&numbered(&device, "A1")).await?;
    for _ in 0..2 {
        store
            .create(&resource(&device, json!({ "label": "none" })))
            .await?;
    }
    store.delete(kind(&device), &kept.id, 3).await?;
    store.create(&numbered(&device, "a1")).await?;
    same("devices", store.total(kind(&device)).await?, 4)
}

#[track_caller]
fn not_unique(result: Result<Meta, StoreError>) -> Verdict {
    match result {
        Err(StoreError::NotUnique(attribute)) if attribute == "serialNumber" => Ok(()),
        other => Err(Breach::new(
            "the call fails with `NotUnique(\"serialNumber\")`",
            other,
        )),
    }
}

/// The id of a resource of a custom type is not a user's, so it cannot become a member of a group.
pub async fn a_resource_of_another_type_is_no_member(store: Subject) -> Verdict {
    store.because("members of groups are users, and get access by their membership");
    let device = resource_type("Device")?;
    let Some(kept) = first(&store, &resource(&device, json!({ "label": "desk" }))).await? else {
        return Ok(());
    };
    let group = store.create_group("Tour Guides").await?;
    let known = store.read().await?.known_users(&[kept.id.as_str()]).await?;
    same("known users", known.len(), 0)?;
    same(
        "rows for an id that is not a user",
        store.add(&group, &[&kept.id]).await?,
        0,
    )?;
    same(
        "members",
        store.member_ids(&group).await?,
        Vec::<ResourceId>::new(),
    )
}
