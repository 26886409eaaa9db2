//! Each operator of the filter grammar, one filter at a time (RFC 7644 section 3.4.2.2).

use serde_json::json;

use crate::check::{Check, Verdict, ensure};
use crate::feature::Feature;
use crate::trial::{ENTERPRISE, Trial, USER};

/// A check that one filter finds (`yes`) or does not find (`no`) the user that [`probe`] makes.
macro_rules! filter {
    ($id:literal, $answer:ident, $filter:literal, $requirement:literal) => {
        filter!($id, $answer, $filter, $requirement, &[Feature::Filter])
    };
    ($id:literal, $answer:ident, $filter:literal, $requirement:literal, $needs:expr) => {
        Check::must(
            concat!("rfc7644/3.4.2.2/", $id),
            $requirement,
            concat!(
                "Evaluate `",
                $filter,
                "` as the grammar says, or refuse what is not supported with 400."
            ),
            |trial| Box::pin(probe(trial, $filter, stringify!($answer) == "yes")),
        )
        .when($needs)
    };
}

const EXTENSION: &[Feature] = &[Feature::Filter, Feature::Enterprise];

pub(super) const CHECKS: &[Check] = &[
    filter!(
        "eq",
        yes,
        r#"nickName eq "Kitty""#,
        "eq finds a value that is equal."
    ),
    filter!(
        "eq-other",
        no,
        r#"nickName eq "Kitt""#,
        "eq does not find a value that only begins the same."
    ),
    filter!(
        "eq-folds",
        yes,
        r#"nickName eq "KITTY""#,
        "eq compares without regard to case what is not caseExact."
    ),
    filter!(
        "ne",
        yes,
        r#"nickName ne "Tiger""#,
        "ne finds a value that is not equal."
    ),
    filter!(
        "ne-equal",
        no,
        r#"nickName ne "Kitty""#,
        "ne does not find a value that is equal."
    ),
    filter!(
        "co",
        yes,
        r#"nickName co "itt""#,
        "co finds a value that contains the text."
    ),
    filter!(
        "co-other",
        no,
        r#"nickName co "xyz""#,
        "co does not find a value that does not contain the text."
    ),
    filter!(
        "sw",
        yes,
        r#"nickName sw "Kit""#,
        "sw finds a value that begins with the text."
    ),
    filter!(
        "sw-middle",
        no,
        r#"nickName sw "itt""#,
        "sw does not find the text in the middle of a value."
    ),
    filter!(
        "ew",
        yes,
        r#"nickName ew "tty""#,
        "ew finds a value that ends with the text."
    ),
    filter!(
        "ew-middle",
        no,
        r#"nickName ew "itt""#,
        "ew does not find the text in the middle of a value."
    ),
    filter!(
        "pr",
        yes,
        "nickName pr",
        "pr finds an attribute that has a value."
    ),
    filter!(
        "pr-absent",
        no,
        "profileUrl pr",
        "pr does not find an attribute without a value."
    ),
    filter!(
        "gt-time",
        yes,
        r#"meta.created gt "2001-01-01T00:00:00Z""#,
        "gt compares times in the order of time."
    ),
    filter!(
        "ge-time",
        yes,
        r#"meta.created ge "2001-01-01T00:00:00Z""#,
        "ge compares times in the order of time."
    ),
    filter!(
        "lt-time",
        no,
        r#"meta.created lt "2001-01-01T00:00:00Z""#,
        "lt does not find a later time."
    ),
    filter!(
        "le-time",
        no,
        r#"meta.created le "2001-01-01T00:00:00Z""#,
        "le does not find a later time."
    ),
    filter!(
        "gt-text",
        yes,
        r#"nickName gt "Dog""#,
        "gt compares text in the order of the alphabet."
    ),
    filter!(
        "lt-text",
        no,
        r#"nickName lt "Dog""#,
        "lt does not find text that comes later."
    ),
    filter!(
        "ge-equal",
        yes,
        r#"nickName ge "Kitty""#,
        "ge finds a value that is equal."
    ),
    filter!(
        "le-equal",
        yes,
        r#"nickName le "Kitty""#,
        "le finds a value that is equal."
    ),
    filter!(
        "gt-equal",
        no,
        r#"nickName gt "Kitty""#,
        "gt does not find a value that is equal."
    ),
    filter!(
        "lt-equal",
        no,
        r#"nickName lt "Kitty""#,
        "lt does not find a value that is equal."
    ),
    filter!(
        "boolean",
        yes,
        "active eq true",
        "A boolean is compared with true and false."
    ),
    filter!(
        "boolean-other",
        no,
        "active eq false",
        "A boolean is not found by its opposite."
    ),
    filter!(
        "and",
        yes,
        r#"nickName eq "Kitty" and title eq "Engineer""#,
        "and finds what both sides find."
    ),
    filter!(
        "and-half",
        no,
        r#"nickName eq "Kitty" and title eq "Cook""#,
        "and does not find what one side finds."
    ),
    filter!(
        "or",
        yes,
        r#"nickName eq "Tiger" or title eq "Engineer""#,
        "or finds what one side finds."
    ),
    filter!(
        "or-neither",
        no,
        r#"nickName eq "Tiger" or title eq "Cook""#,
        "or does not find what no side finds."
    ),
    filter!(
        "not",
        yes,
        r#"not (nickName eq "Tiger")"#,
        "not finds what the filter in it does not find."
    ),
    filter!(
        "not-equal",
        no,
        r#"not (nickName eq "Kitty")"#,
        "not does not find what the filter in it finds."
    ),
    filter!(
        "precedence",
        yes,
        r#"title eq "Engineer" or title eq "Cook" and nickName eq "Tiger""#,
        "and binds more strongly than or."
    ),
    filter!(
        "grouping",
        no,
        r#"(title eq "Engineer" or title eq "Cook") and nickName eq "Tiger""#,
        "Parentheses come before and."
    ),
    filter!(
        "operator-in-capitals",
        yes,
        r#"nickName EQ "Kitty" AND title Sw "Eng""#,
        "Operators are understood in any case."
    ),
    filter!(
        "attribute-in-capitals",
        yes,
        r#"NICKNAME eq "Kitty""#,
        "Names of attributes are understood in any case."
    ),
    filter!(
        "sub-attribute",
        yes,
        r#"name.familyName eq "Conformance""#,
        "A dot names a sub-attribute."
    ),
    filter!(
        "sub-attribute-other",
        no,
        r#"name.familyName eq "Kit""#,
        "A sub-attribute is not found by another's value."
    ),
    filter!(
        "multi-valued",
        yes,
        r#"emails.value co "home.example""#,
        "A multi-valued attribute is found by any of its values."
    ),
    filter!(
        "multi-valued-bare",
        yes,
        r#"emails co "home.example""#,
        "A multi-valued attribute without a sub-attribute means its values."
    ),
    filter!(
        "value-path",
        yes,
        r#"emails[type eq "home" and value co "home.example"]"#,
        "A value path finds one value that meets all of it."
    ),
    filter!(
        "value-path-of-one-value",
        no,
        r#"emails[type eq "work" and value co "home.example"]"#,
        "A value path is not met by two values that meet it in parts."
    ),
    filter!(
        "value-path-and",
        yes,
        r#"emails[type eq "home"] and title eq "Engineer""#,
        "A value path can be part of a larger filter."
    ),
    filter!(
        "urn",
        yes,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:nickName eq "Kitty""#,
        "An attribute may be named with the URN of its schema."
    ),
    filter!(
        "extension",
        yes,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Tools""#,
        "An attribute of an extension is found by its URN and name.",
        EXTENSION
    ),
    filter!(
        "extension-other",
        no,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Food""#,
        "An attribute of an extension is not found by another value.",
        EXTENSION
    ),
];

/// Makes a user, and looks for it among itself: a live server has others.
async fn probe(trial: &Trial, filter: &str, expected: bool) -> Verdict {
    let word = trial.unique("filter");
    let mut more = json!({
        "externalId": word,
        "nickName": "Kitty",
        "title": "Engineer",
        "emails": [
            { "type": "work", "value": format!("{word}@work.example"), "primary": true },
            { "type": "home", "value": format!("{word}@home.example") }
        ]
    });
    if let Some(members) = more.as_object_mut()
        && trial.features.has(Feature::Enterprise)
    {
        members.insert("schemas".to_owned(), json!([USER, ENTERPRISE]));
        members.insert(ENTERPRISE.to_owned(), json!({ "department": "Tools" }));
    }
    let user = trial.user_with(more).await?;
    let found = trial
        .find(
            "/Users",
            &format!("userName eq \"{}\" and ({filter})", user.name()),
        )
        .await?;
    let others = found.ids()?.iter().any(|id| *id != user.id);
    ensure!(!others, "the filter `{filter}` finds other users");
    let is_found = !found.ids()?.is_empty();
    ensure!(
        is_found == expected,
        "the filter `{filter}` {} the user",
        if is_found { "finds" } else { "does not find" }
    );
    Ok(())
}
