//! Resources keep what they are given (RFC 7643).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use scim_client::resource::enterprise::EnterpriseUser;
use scim_client::resource::group::Group;
use scim_client::resource::user::User;
use serde::Deserialize;
use serde_json::{Value, json};

/// As in RFC 7643 section 8.3, with attributes and extensions that only this server has.
fn full() -> Value {
    json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            "urn:example:2.0:Badge",
        ],
        "id": "2819c223", "externalId": "701984", "userName": "bjensen@example.com",
        "name": {
            "formatted": "Ms. Barbara J Jensen, III", "familyName": "Jensen", "givenName": "Barbara",
            "middleName": "Jane", "honorificPrefix": "Ms.", "honorificSuffix": "III", "nickname": "B",
        },
        "displayName": "Babs Jensen", "nickName": "Babs", "profileUrl": "https://login.example.com/bjensen",
        "title": "Tour Guide", "userType": "Employee", "preferredLanguage": "en-US", "locale": "en-US",
        "timezone": "America/Los_Angeles", "active": true, "password": "t1meMa$heen", "badgeColour": [1, 2.5, null],
        "emails": [{ "value": "bjensen@example.com", "type": "work", "primary": true, "verified": "yes" }],
        "phoneNumbers": [{ "value": "555-555-5555", "type": "work" }],
        "ims": [{ "value": "someaimhandle", "type": "aim" }],
        "photos": [{ "value": "https://photos.example.com/F", "type": "photo" }],
        "addresses": [{
            "formatted": "100 Universal City Plaza\nHollywood", "streetAddress": "100 Universal City Plaza",
            "locality": "Hollywood", "region": "CA", "postalCode": "91608", "country": "US", "type": "work", "primary": true,
        }],
        "groups": [{ "value": "e9e30dba", "$ref": "../Groups/e9e30dba", "display": "Tour Guides", "type": "direct" }],
        "entitlements": [{ "value": "tours" }],
        "roles": [{ "value": "guide", "primary": false }],
        "x509Certificates": [{ "value": "MIIDQzCCAqygAwIBAgICEAAwDQYJ" }],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "employeeNumber": "701984", "costCenter": "4130", "organization": "Universal Studios", "division": "Theme Park",
            "department": "Tour Operations", "floor": 3,
            "manager": { "value": "26118915", "$ref": "../Users/26118915", "displayName": "John Smith" },
        },
        "urn:example:2.0:Badge": { "number": 12 },
        "meta": {
            "resourceType": "User", "created": "2010-01-23T04:56:22Z", "lastModified": "2011-05-13T04:42:34Z",
            "version": "W/\"a330bc54f0671c9\"", "location": "https://example.com/v2/Users/2819c223", "origin": "hr",
        },
    })
}

#[test]
fn nothing_of_a_user_is_lost() {
    let user: User = serde_json::from_value(full()).unwrap();
    assert_eq!(user.primary_email(), Some("bjensen@example.com"));
    assert_eq!(user.name.as_ref().unwrap().other["nickname"], "B");
    let names: Vec<_> = user.other.keys().map(String::as_str).collect();
    assert_eq!(names, ["password", "badgeColour", "urn:example:2.0:Badge"]);
    let written = serde_json::to_string(&user).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), full());
    // the text of a file or a socket, and not only a tree
    assert_eq!(serde_json::from_str::<User>(&written).unwrap(), user);
}

#[test]
fn an_extension_can_be_a_type_of_the_caller() {
    #[derive(Deserialize)]
    struct Badge {
        number: u32,
    }
    let user: User = serde_json::from_value(full()).unwrap();
    let badge: Badge = user.extension("urn:example:2.0:badge").unwrap().unwrap();
    assert_eq!(badge.number, 12);
    assert!(user.extension::<Badge>("urn:example:2.0:Other").is_none());
    let user = user.with("urn:example:2.0:Badge", json!({ "number": "twelve" }));
    assert!(user.extension::<Badge>("urn:example:2.0:Badge").unwrap().is_err());
}

#[test]
fn schemas_say_what_is_there() {
    let urns = |user: &User| serde_json::to_value(user).unwrap()["schemas"].clone();
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    assert_eq!(urns(&User::new("a")), json!([core]));
    let user = User::new("a").enterprise(EnterpriseUser::default().department("x"));
    assert_eq!(urns(&user), json!([core, enterprise]));
    let mut user: User = serde_json::from_value(full()).unwrap();
    user.enterprise = None;
    assert_eq!(urns(&user), json!([core, "urn:example:2.0:Badge"]));
}

#[test]
fn nothing_is_the_same_as_null_and_empty_but_for_members() {
    let user = json!({ "userName": "a", "emails": null, "roles": [], "name": null, "active": null });
    assert_eq!(serde_json::from_value::<User>(user).unwrap(), User::new("a"));
    let group = |text: Value| serde_json::from_value::<Group>(text).unwrap();
    assert_eq!(group(json!({ "displayName": "g" })).members, None);
    assert_eq!(
        group(json!({ "displayName": "g", "members": [] })).members,
        Some(Vec::new())
    );
    let none = serde_json::to_value(Group::new("g").members([])).unwrap();
    assert_eq!(none["members"], json!([]));
}
