//! Users and groups of one connection, in the store and as a client sees them.

use std::collections::BTreeSet;
use std::sync::Arc;

use scim_core::filter::{Filter, Literal};
use scim_core::membership::MembershipDelta;
use scim_core::query::{Sort, SortOrder};
use scim_core::resource::Resource;
use scim_core::schema::{AttributeRef, ResourceType};
use scim_service::store::{Kind, Meta, ResourceId};
use serde_json::{Map, Value, json};

use crate::support::{TestStore, at, draft, group, object, path, user};

/// Resources as clients see them, in order of creation.
pub(crate) struct Population {
    users: Vec<Map<String, Value>>,
    groups: Vec<Map<String, Value>>,
}

impl Population {
    /// Puts users and groups, with the numbers of their members, into the store. A deleted user is among them, who is nobody.
    pub(crate) async fn settle(
        store: &TestStore,
        users: &[(Value, String)],
        groups: &[(Value, Vec<usize>)],
    ) -> Self {
        let mut settled = Self {
            users: Vec::new(),
            groups: Vec::new(),
        };
        let mut transaction = store.write().await;
        for (number, (attributes, name)) in users.iter().enumerate() {
            let mut attributes = object(attributes.clone());
            attributes.insert("userName".to_owned(), json!(format!("{name}u{number}")));
            let user = user(Value::Object(attributes.clone()));
            let millis = i64::try_from(number).unwrap() / 2 + 1;
            let mut meta = transaction
                .insert(Kind::User, &draft(&user, millis))
                .await
                .unwrap();
            if number % 3 == 0 {
                let changed = draft(&user, millis + 5);
                meta = transaction
                    .update(Kind::User, &meta.id, meta.version, &changed)
                    .await
                    .unwrap();
            }
            settled
                .users
                .push(full(attributes, "User", &user.schemas(), &meta));
        }
        let deleted = user(json!({ "userName": "deleted", "title": "a", "roles": [{ "value": "a" }] }));
        let deleted = transaction.insert(Kind::User, &draft(&deleted, 1)).await.unwrap();
        for (number, (attributes, members)) in groups.iter().enumerate() {
            let attributes = object(attributes.clone());
            let group = group(Value::Object(attributes.clone()));
            let millis = i64::try_from(number).unwrap() + 1;
            let meta = transaction
                .insert(Kind::Group, &draft(&group, millis))
                .await
                .unwrap();
            let mut delta = MembershipDelta::default();
            delta.add([deleted.id.as_str().to_owned()]);
            let mut resource = full(attributes, "Group", &group.schemas(), &meta);
            // the first is the one who was created first
            for number in members.iter().collect::<BTreeSet<_>>() {
                if let Some(user) = settled.users.get_mut(*number) {
                    let id = user["id"].as_str().unwrap().to_owned();
                    if delta.decides(&id).is_none() {
                        join(user, &mut resource);
                    }
                    delta.add([id]);
                }
            }
            transaction.change_members(&meta.id, &delta).await.unwrap();
            if number % 2 == 0 {
                let touched = transaction.touch(Kind::Group, &meta.id, meta.version, at(millis + 3));
                touched.await.unwrap();
            }
            settled.groups.push(resource);
        }
        transaction
            .delete(Kind::User, &deleted.id, deleted.version, at(2))
            .await
            .unwrap();
        // which changes the groups that the user was in
        for group in &mut settled.groups {
            let id = ResourceId::new(group["id"].as_str().unwrap().to_owned());
            let record = transaction.get(Kind::Group, &id).await.unwrap().unwrap();
            group["meta"] = meta_of("Group", &record.meta);
        }
        transaction.commit().await.unwrap();
        settled
    }

    pub(crate) fn of(&self, kind: Kind) -> &[Map<String, Value>] {
        match kind {
            Kind::Group => &self.groups,
            _ => &self.users,
        }
    }

    /// The filter with the ids that `user 0`, `group 1` stand for.
    pub(crate) fn with_ids(&self, filter: &Filter) -> Filter {
        let all = |operands: &[Filter]| operands.iter().map(|filter| self.with_ids(filter)).collect();
        match filter {
            Filter::And(operands) => Filter::And(all(operands)),
            Filter::Or(operands) => Filter::Or(all(operands)),
            Filter::Not(operand) => Filter::Not(Box::new(self.with_ids(operand))),
            Filter::Element(path, inner) => Filter::Element(path.clone(), Box::new(self.with_ids(inner))),
            Filter::Compare(path, op, Literal::String(text)) => {
                let text = self.id(text).unwrap_or(text).to_owned();
                Filter::Compare(path.clone(), *op, Literal::String(text))
            }
            other => other.clone(),
        }
    }

    fn id(&self, text: &str) -> Option<&str> {
        let (kind, number) = text.split_once(' ')?;
        let resources = match kind {
            "user" => &self.users,
            "group" => &self.groups,
            _ => return None,
        };
        resources.get(number.parse::<usize>().ok()?)?["id"].as_str()
    }

    pub(crate) fn sort(&self, kind: Kind, by: &str, order: SortOrder) -> Sort {
        Sort {
            by: resource_type(kind).resolve(&path(by)).unwrap(),
            order,
        }
    }

    /// The ids of the resources in that order.
    pub(crate) fn sorted(&self, kind: Kind, sort: &Sort) -> Vec<&str> {
        let resources = self.of(kind).iter();
        let mut keyed: Vec<(Option<Key>, &str)> = resources
            .map(|resource| (key(kind, resource, &sort.by), resource["id"].as_str().unwrap()))
            .collect();
        // both sorts keep ties in order of creation
        match sort.order {
            // without a value: last in ascending order, first in descending
            SortOrder::Ascending => keyed.sort_by(|(a, _), (b, _)| (a.is_none(), a).cmp(&(b.is_none(), b))),
            SortOrder::Descending => keyed.sort_by(|(a, _), (b, _)| (b.is_none(), b).cmp(&(a.is_none(), a))),
        }
        keyed.into_iter().map(|(_, id)| id).collect()
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Boolean(bool),
    Number(i64),
    Text(String),
}

fn resource_type(kind: Kind) -> ResourceType {
    match kind {
        Kind::Group => ResourceType::group(),
        _ => ResourceType::user(),
    }
}

fn key(kind: Kind, resource: &Map<String, Value>, by: &AttributeRef) -> Option<Key> {
    let resource = Resource::from_checked(Arc::new(resource_type(kind)), resource.clone());
    let comparable: Map<String, Value> = serde_json::from_str(&resource.to_comparable()).unwrap();
    let container = match &by.extension {
        Some(schema) => comparable.get(&schema.id)?.as_object()?,
        None => &comparable,
    };
    let mut value = container.get(&by.attribute.name)?;
    if let Value::Array(list) = value {
        let primary = list.iter().find(|element| element["primary"] == true);
        value = primary.or_else(|| list.first())?;
    }
    if let Some(sub) = &by.sub {
        value = match value.get(&sub.name) {
            None if by.is_primary() => return Some(Key::Boolean(false)),
            found => found?,
        };
    }
    Some(match value {
        Value::Bool(value) => Key::Boolean(*value),
        Value::Number(value) => Key::Number(value.as_i64().unwrap()),
        Value::String(value) => Key::Text(value.clone()),
        other => panic!("{other} is no key"),
    })
}

/// Makes a user a member, on both sides.
fn join(user: &mut Map<String, Value>, group: &mut Map<String, Value>) {
    let display = |resource: &Map<String, Value>, name: &str| resource.get(name).cloned().unwrap_or_default();
    let shown = match display(user, "displayName").as_str() {
        None | Some("") => display(user, "userName"),
        Some(name) => json!(name),
    };
    push(
        group,
        "members",
        json!({ "value": user["id"], "display": shown, "type": "User" }),
    );
    let named = display(group, "displayName");
    push(
        user,
        "groups",
        json!({ "value": group["id"], "display": named, "type": "direct" }),
    );
}

fn push(resource: &mut Map<String, Value>, name: &str, element: Value) {
    let list = resource.entry(name).or_insert_with(|| json!([]));
    list.as_array_mut().unwrap().push(element);
}

/// The resource as a client sees it.
fn full(
    attributes: Map<String, Value>,
    resource_type: &str,
    schemas: &[&str],
    meta: &Meta,
) -> Map<String, Value> {
    let mut resource = attributes;
    resource.insert("schemas".to_owned(), json!(schemas));
    resource.insert("id".to_owned(), json!(meta.id.as_str()));
    resource.insert("meta".to_owned(), meta_of(resource_type, meta));
    resource
}

fn meta_of(resource_type: &str, meta: &Meta) -> Value {
    json!({
        "resourceType": resource_type,
        "created": meta.created.to_string(),
        "lastModified": meta.modified.to_string(),
        "version": format!("W/\"{}\"", meta.version.get()),
    })
}
