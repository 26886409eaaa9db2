//! The users of the benchmark.

use serde_json::{Value, json};

/// The `userName` of a loaded user.
pub(crate) fn user_name(number: usize) -> String {
    format!("user{number:07}@example.com")
}

/// The `userName` of a user who is in no large group.
pub(crate) fn guest_name(number: usize) -> String {
    format!("guest{number:07}@example.com")
}

/// The `userName` of a user who is made while measuring.
pub(crate) fn new_name(number: u64) -> String {
    format!("new{number:07}@example.com")
}

/// The body of a user as Entra ID creates one, with as many attributes as a company maps: 1.3 kB.
pub(crate) fn user_body(user_name: &str) -> String {
    let nick = user_name.split('@').next().unwrap_or(user_name);
    let body: Value = json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
        ],
        "externalId": format!("0a21f0f2-8d2a-4f8e-bf98-{nick}"),
        "userName": user_name,
        "active": true,
        "displayName": format!("Barbara {nick} Jensen"),
        "nickName": nick,
        "name": {
            "formatted": format!("Ms. Barbara {nick} Jensen, III"),
            "familyName": "Jensen",
            "givenName": "Barbara",
            "middleName": nick,
            "honorificPrefix": "Ms.",
            "honorificSuffix": "III"
        },
        "title": "Tour Guide",
        "userType": "Employee",
        "preferredLanguage": "en-US",
        "locale": "en-US",
        "timezone": "America/Los_Angeles",
        "emails": [
            { "primary": true, "type": "work", "value": user_name },
            { "type": "home", "value": format!("{nick}@home.example.org") }
        ],
        "phoneNumbers": [
            { "type": "work", "value": "tel:+1-201-555-0123" },
            { "type": "mobile", "value": "tel:+1-201-555-0199" }
        ],
        "addresses": [
            {
                "type": "work",
                "streetAddress": "100 Universal City Plaza",
                "locality": "Hollywood",
                "region": "CA",
                "postalCode": "91608",
                "country": "US",
                "formatted": "100 Universal City Plaza\nHollywood, CA 91608 US",
                "primary": true
            }
        ],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "employeeNumber": nick,
            "costCenter": "4130",
            "organization": "Universal Studios",
            "division": "Theme Park",
            "department": "Tour Operations"
        }
    });
    body.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_the_size_that_is_told() {
        let size = user_body(&user_name(1)).len();
        assert!((1_200..1_350).contains(&size), "{size}");
    }
}
