//! Filters: the store and [`Condition::matches`](scim_core::condition::Condition::matches) agree.

use serde_json::{Value, json};

use super::breach::{Breach, Verdict, same};
use super::sample::{condition, group, ids, matching, quoted, user};
use super::subject::Subject;
use crate::store::{Kind, ResourceId};

fn people() -> [Value; 8] {
    [
        json!({ "userName": "bjensen", "title": "Guide", "active": true, "externalId": "E1", "name": { "familyName": "Jensen" },
            "emails": [{ "value": "B@example.com", "type": "work", "primary": true }, { "value": "babs@home.org", "type": "home" }] }),
        json!({ "userName": "jsmith", "title": "guide", "active": false, "externalId": "e1",
            "emails": [{ "value": "b@example.com", "type": "home" }] }),
        json!({ "userName": "100%", "title": "a_b", "emails": [] }),
        json!({ "userName": "axb", "title": "axb", "name": { "familyName": "" } }),
        json!({ "userName": "quote'\"\\", "title": "'\"\\", "active": null }),
        json!({ "userName": "\u{c9}milie", "title": "e\u{301}", "emails": [{ "value": "x@y", "display": "Work" }] }),
        json!({ "userName": "\u{1f600}", "title": "\u{1f600}\u{1f601}", "roles": [{ "value": "admin", "primary": true }] }),
        json!({ "userName": "nobody" }),
    ]
}

const FILTERS: &[&str] = &[
    "userName eq \"BJENSEN\"",
    "userName ne \"bjensen\"",
    "userName co \"%\"",
    "userName sw \"\u{e9}\"",
    "userName ew \"\\\\\"",
    "userName gt \"j\"",
    "externalId eq \"e1\"",
    "externalId co \"1\"",
    "title eq \"GUIDE\"",
    "title ne \"guide\"",
    "title co \"_\"",
    "title sw \"a_\"",
    "title ew \"b\"",
    "title co \"'\\\"\\\\\"",
    "title eq \"\u{c9}\"",
    "title ew \"\u{1f601}\"",
    "title ge \"guide\"",
    "title lt \"guide\"",
    "title le \"guide\"",
    "title pr",
    "not (title pr)",
    "title eq null",
    "title ne null",
    "active eq true",
    "active ne true",
    "active pr",
    "not (active eq false)",
    "name pr",
    "name.familyName pr",
    "name.familyName eq \"jensen\"",
    "not (name.familyName eq \"jensen\")",
    "emails pr",
    "emails eq \"b@example.com\"",
    "emails.value co \"EXAMPLE\"",
    "emails.value ne \"b@example.com\"",
    "emails.type eq \"Work\"",
    "emails[type eq \"work\" and value eq \"b@example.com\"]",
    "emails[type eq \"home\" and value eq \"b@example.com\"]",
    "emails[not (type eq \"work\")]",
    "not (emails[type eq \"work\"])",
    "emails[primary eq true]",
    "emails[display pr]",
    "emails.primary ne true",
    "roles[value eq \"ADMIN\"]",
    "roles.primary eq true",
    "userName eq \"bjensen\" or emails.value eq \"B@EXAMPLE.com\"",
    "title eq \"guide\" and not (active eq true)",
    "(title pr or roles pr) and not (emails pr or name pr)",
];

/// Every store answers the lookups of Okta and Entra ID, whatever else it rejects.
pub async fn what_identity_providers_ask_for_is_answered(store: Subject) -> Verdict {
    store.because("if these lookups are rejected, neither Okta nor Entra ID can provision anybody");
    let barbara = json!({ "userName": "bjensen", "externalId": "e1" });
    let barbara = store.create(&user(barbara)).await?.id;
    let guides = json!({ "displayName": "Tour Guides", "externalId": "g1" });
    let guides = store.create(&group(guides)).await?.id;
    store.create_user("another").await?;
    store.create_group("Others").await?;
    store.add(&guides, &[&barbara]).await?;
    for (kind, filter, found) in [
        (Kind::User, "userName eq \"BJensen\"".to_owned(), &barbara),
        (Kind::User, "externalId eq \"e1\"".to_owned(), &barbara),
        (Kind::User, format!("id eq \"{barbara}\""), &barbara),
        (Kind::Group, "displayName eq \"tour guides\"".to_owned(), &guides),
        (Kind::Group, "externalId eq \"g1\"".to_owned(), &guides),
        (
            Kind::Group,
            format!("id eq \"{guides}\" and members eq \"{barbara}\""),
            &guides,
        ),
    ] {
        let page = store.list(kind, &matching(kind, &filter)?).await;
        let page = page.map_err(|error| Breach::new(format!("`{filter}` is answered"), error))?;
        same(
            &format!("the result of `{filter}`"),
            ids(&page),
            vec![found.clone()],
        )?;
    }
    Ok(())
}

/// Every filter selects exactly the resources that it matches.
pub async fn filters_find_what_they_match(store: Subject) -> Verdict {
    store.because(
        "a filter that finds too much links an account to the wrong person, and PATCH evaluates the same filters without \
         the store",
    );
    let people = people();
    let mut created = Vec::new();
    for person in &people {
        created.push(store.create(&user(person.clone())).await?.id);
    }
    for filter in FILTERS {
        let condition = condition(Kind::User, filter)?;
        let expected: Vec<ResourceId> = people
            .iter()
            .zip(&created)
            .filter(|(person, _)| person.as_object().is_some_and(|person| condition.matches(person)))
            .map(|(_, id)| id.clone())
            .collect();
        let Some(page) = store
            .list_if_supported(Kind::User, &matching(Kind::User, filter)?)
            .await?
        else {
            continue;
        };
        same(&format!("users with {filter}"), ids(&page), expected)?;
    }
    Ok(())
}

/// Filters by attributes outside of the document (`id`, `meta`, `schemas`) work, too.
pub async fn what_only_the_store_knows_can_be_filtered_by(store: Subject) -> Verdict {
    store.because("Entra ID looks up `id`, and clients that synchronize filter by `meta.lastModified`");
    let id = store.create_user("bjensen").await?;
    for (filter, found) in [
        ("meta.version eq \"W/\\\"1\\\"\"".to_owned(), 1),
        ("meta.version eq \"W/\\\"2\\\"\"".to_owned(), 0),
        ("meta.version ne \"1\"".to_owned(), 1),
        ("meta.resourceType eq \"User\"".to_owned(), 1),
        ("meta.resourceType eq \"Group\"".to_owned(), 0),
        ("meta.created eq \"1970-01-01T00:00:00.001Z\"".to_owned(), 1),
        ("meta.lastModified gt \"1970-01-01T00:00:00.001Z\"".to_owned(), 0),
        (
            "meta.lastModified ge \"1970-01-01T01:00:00.001+01:00\"".to_owned(),
            1,
        ),
        (format!("id eq {}", quoted(id.as_str())), 1),
        ("id eq \"x\"".to_owned(), 0),
        (
            "schemas eq \"urn:ietf:params:scim:schemas:core:2.0:User\"".to_owned(),
            1,
        ),
        ("meta pr".to_owned(), 1),
    ] {
        let Some(page) = store
            .list_if_supported(Kind::User, &matching(Kind::User, &filter)?)
            .await?
        else {
            continue;
        };
        same(&format!("users with {filter}"), page.total, found)?;
    }
    Ok(())
}

/// Groups are found by their members, and users by their groups, although neither is in the document.
pub async fn groups_are_found_by_member_and_users_by_group(store: Subject) -> Verdict {
    store.because(
        "Entra ID checks a membership with `id eq \"…\" and members eq \"…\"` before it changes a group",
    );
    let guides = store.create_group("Tour Guides").await?;
    let staff = store.create_group("Staff").await?;
    let bjensen = user(json!({ "userName": "bjensen", "displayName": "Babs" }));
    let bjensen = store.create(&bjensen).await?.id;
    let jsmith = store.create_user("JSmith").await?;
    store.add(&guides, &[&bjensen, &jsmith]).await?;
    store.add(&staff, &[&bjensen]).await?;
    for (kind, filter, expected) in [
        (
            Kind::Group,
            format!("members.value eq \"{jsmith}\""),
            vec![&guides],
        ),
        (
            Kind::Group,
            format!("members eq \"{bjensen}\""),
            vec![&guides, &staff],
        ),
        (
            Kind::Group,
            format!("id eq \"{staff}\" and members eq \"{jsmith}\""),
            vec![],
        ),
        (
            Kind::Group,
            format!("id eq \"{guides}\" and members[value eq \"{jsmith}\"]"),
            vec![&guides],
        ),
        (
            Kind::Group,
            "members.display eq \"jsmith\"".to_owned(),
            vec![&guides],
        ),
        (
            Kind::Group,
            format!("members.value ne \"{bjensen}\""),
            vec![&guides],
        ),
        (
            Kind::Group,
            "members[not (display eq \"babs\")]".to_owned(),
            vec![&guides],
        ),
        (
            Kind::Group,
            "members.type eq \"User\"".to_owned(),
            vec![&guides, &staff],
        ),
        (Kind::User, format!("groups eq \"{staff}\""), vec![&bjensen]),
        (
            Kind::User,
            "groups.display eq \"TOUR GUIDES\"".to_owned(),
            vec![&bjensen, &jsmith],
        ),
        (
            Kind::User,
            "not (groups.display eq \"staff\")".to_owned(),
            vec![&jsmith],
        ),
        (
            Kind::User,
            "groups.type eq \"direct\"".to_owned(),
            vec![&bjensen, &jsmith],
        ),
        (Kind::User, "groups.type eq \"indirect\"".to_owned(), vec![]),
        (Kind::User, "groups pr".to_owned(), vec![&bjensen, &jsmith]),
    ] {
        let Some(page) = store.list_if_supported(kind, &matching(kind, &filter)?).await? else {
            continue;
        };
        let expected: Vec<ResourceId> = expected.into_iter().cloned().collect();
        same(&format!("{kind:?} with {filter}"), ids(&page), expected)?;
    }
    let unknown = store
        .list_if_supported(Kind::Group, &matching(Kind::Group, "members eq \"x\"")?)
        .await?;
    match unknown {
        Some(unknown) if unknown.total > 0 => Err(Breach::new(
            "no group matches a member with an unknown id",
            unknown,
        )),
        _ => Ok(()),
    }
}
