//! Which resources a filter matches.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops at the first surprise"
)]

use std::path::Path;

use scim_core::error::Error;
use scim_core::filter::Filter;
use scim_core::schema::ResourceType;
use serde_json::{Map, Value, json};

fn barbara() -> Map<String, Value> {
    let user = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "2819c223-7f76-453a-919d-413861904646",
        "externalId": "bjensen",
        "userName": "BJensen",
        "name": { "familyName": "Jensen", "givenName": "Barbara" },
        "nickName": "",
        "title": "Tour Guide 100%",
        "active": true,
        "emails": [
            { "value": "bjensen@example.com", "type": "work", "primary": true },
            { "value": "babs@jensen.org", "type": "home" }
        ],
        "phoneNumbers": [],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "department": "Tour Operations",
            "manager": { "value": "26118915", "displayName": "John Smith" }
        },
        "meta": {
            "resourceType": "User",
            "created": "2010-01-23T04:56:22Z",
            "lastModified": "2011-05-13T04:42:34Z"
        }
    });
    user.as_object().unwrap().clone()
}

fn matches(filter: &str) -> Result<bool, Error> {
    Ok(filter
        .parse::<Filter>()?
        .resolve(&ResourceType::user())?
        .matches(&barbara()))
}

#[test]
fn what_matches_and_what_does_not() {
    let cases: &[(&str, bool)] = &[
        // RFC 7644 section 3.4.2.2, the operators
        (r#"userName eq "bjensen""#, true),
        (r#"userName eq "bjense""#, false),
        (r#"userName ne "bjensen""#, false),
        (r#"userName ne "other""#, true),
        (r#"userName co "JENS""#, true),
        (r#"userName sw "bj""#, true),
        (r#"userName sw "jensen""#, false),
        (r#"userName ew "SEN""#, true),
        (r#"userName gt "bj""#, true),
        (r#"userName lt "bk""#, true),
        (r#"userName ge "BJENSEN""#, true),
        (r#"userName le "bjensen""#, true),
        (r#"USERNAME EQ "bjensen""#, true),
        // text is text: no patterns
        (r#"userName eq "%""#, false),
        (r#"userName co "_""#, false),
        (r#"title co "100%""#, true),
        (r#"title ew "_""#, false),
        // caseExact
        (r#"externalId eq "bjensen""#, true),
        (r#"externalId eq "BJENSEN""#, false),
        (r#"id eq "2819c223-7f76-453a-919d-413861904646""#, true),
        // pr, null and the empty string
        ("title pr", true),
        ("nickName pr", false),
        (r#"nickName eq """#, true),
        ("displayName pr", false),
        ("phoneNumbers pr", false),
        ("emails pr", true),
        ("name pr", true),
        ("displayName eq null", true),
        ("title eq null", false),
        ("title ne null", true),
        ("displayName ne null", false),
        // no value is not identical to any, and compares with none
        (r#"displayName ne "x""#, true),
        (r#"displayName eq "x""#, false),
        (r#"displayName co """#, false),
        (r#"displayName lt "x""#, false),
        (r#"not (displayName lt "x")"#, true),
        // booleans
        ("active eq true", true),
        ("active ne true", false),
        ("active eq false", false),
        // any value of several
        (r#"emails eq "babs@jensen.org""#, true),
        (r#"emails.value co "EXAMPLE""#, true),
        (r#"emails.type eq "other""#, false),
        (r#"emails.value ne "babs@jensen.org""#, true),
        (r#"not (emails.value eq "babs@jensen.org")"#, false),
        ("emails.primary eq true", true),
        ("emails.display pr", false),
        (r#"emails.type eq "home" and emails.value co "example""#, true),
        // one value that meets it all
        (r#"emails[type eq "home" and value co "example"]"#, false),
        (r#"emails[type eq "work" and value co "example"]"#, true),
        (r#"emails[type eq "work" and not (value co "example")]"#, false),
        (r#"emails[not (type eq "work")]"#, true),
        (r#"emails[display ne "x"]"#, true),
        (r#"phoneNumbers[not (type eq "work")]"#, false),
        (r#"emails[type eq "work"].value eq "BJENSEN@example.com""#, true),
        (r#"emails[type eq "work"].value ne "bjensen@example.com""#, false),
        (r#"name[givenName eq "barbara"].familyName pr"#, true),
        // extensions
        (
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department sw "tour""#,
            true,
        ),
        (
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "26118915""#,
            true,
        ),
        (
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName co "smith""#,
            true,
        ),
        (
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "bjensen""#,
            true,
        ),
        // points in time
        (r#"meta.lastModified gt "2011-05-13T04:42:33.999Z""#, true),
        (r#"meta.lastModified eq "2011-05-13T06:42:34+02:00""#, true),
        (r#"meta.lastModified lt "2011-05-13T04:42:34Z""#, false),
        (r#"meta.created le "2010-01-23T04:56:22Z""#, true),
        // joining
        (r#"title pr and userName eq "x" or active eq true"#, true),
        (r#"title pr and (userName eq "x" or active eq false)"#, false),
        (r#"not (title pr) or not (displayName pr)"#, true),
        (r#"schemas eq "urn:ietf:params:scim:schemas:core:2.0:User""#, true),
    ];
    for (filter, expected) in cases {
        assert_eq!(matches(filter), Ok(*expected), "{filter}");
    }
}

#[test]
fn what_cannot_be_answered_is_refused() {
    let cases = [
        (r#"quota eq 5"#, "unknown attribute `quota`"),
        (r#"emails.size eq 5"#, "unknown attribute `emails.size`"),
        (r#"emails[size eq 5]"#, "unknown attribute `emails.size`"),
        (r#"department eq "x""#, "unknown attribute `department`"),
        (
            r#"active eq "true""#,
            "`active` is a boolean (`true` or `false`, without quotes), it cannot be compared with `\"true\"`",
        ),
        (
            "active gt true",
            "`gt` does not apply to `active`, which is a boolean (`true` or `false`, without quotes)",
        ),
        (
            "userName eq 5",
            "`userName` is a string, it cannot be compared with `5`",
        ),
        ("userName gt null", "`gt` does not apply to `null`"),
        (
            r#"name eq "x""#,
            "`name` is made of sub-attributes; compare one of them, such as `name.formatted`",
        ),
        (
            r#"meta.created gt "yesterday""#,
            "`meta.created` is a dateTime such as `2011-08-01T18:29:49Z`, it cannot be compared with `\"yesterday\"`",
        ),
        (
            r#"password sw "a""#,
            "`password` cannot be read, so it cannot be filtered by",
        ),
        (
            r#"x509Certificates.value gt "a""#,
            "`gt` does not apply to `x509Certificates.value`, which is binary data in Base64",
        ),
    ];
    for (filter, detail) in cases {
        let error = matches(filter).expect_err(filter);
        assert_eq!(error.detail(), detail, "{filter}");
        assert_eq!(
            error.scim_type().map(|scim_type| scim_type.as_str()),
            Some("invalidFilter")
        );
    }
}

#[test]
fn the_cases_of_independent_projects() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/filter-evaluation.json");
    let Ok(text) = std::fs::read_to_string(file) else {
        return;
    };
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let mut failures = Vec::new();
    for case in vectors["cases"].as_array().unwrap() {
        let dataset = vectors["datasets"][case["dataset"].as_str().unwrap()]
            .as_array()
            .unwrap();
        let condition = case["filter"]
            .as_str()
            .unwrap()
            .parse::<Filter>()
            .unwrap()
            .resolve_untyped();
        let numbered = dataset.iter().enumerate();
        let found: Vec<Value> = numbered
            .filter(|(_, resource)| condition.matches(resource.as_object().unwrap()))
            .map(|(index, resource)| resource["id"].as_i64().map_or(json!(index), |id| json!(id)))
            .collect();
        if Value::Array(found.clone()) != case["expected"] {
            failures.push(format!(
                "{} found {found:?}, expected {}",
                case["filter"], case["expected"]
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
