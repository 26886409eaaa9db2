//! Lists, filters, pages and projections.

use serde_json::json;

use crate::fault::{Fault, Instead};
use crate::message::{Answered, Asked};
use crate::proxy::Upstream;

pub(crate) const FAULTS: &[Fault] = &[
    Fault::response(
        "a look-up without a hit is 404",
        &["rfc7644/3.4.2/no-match", "rfc7644/3.4.2/no-match-group"],
        |_, answered, _| {
            if answered.is_list() && answered.json["totalResults"] == 0 {
                answered.fail(404, "");
            }
        },
    ),
    Fault::response(
        "totalResults is the size of the page",
        &[
            "rfc7644/3.4.2.4/total-on-each-page",
            "rfc7644/3.4.2/total-is-of-all",
        ],
        |_, answered, _| {
            if answered.is_list() {
                answered.json["totalResults"] = json!(answered.json["Resources"].as_array().unwrap().len());
            }
        },
    ),
    Fault::response(
        "totalResults is text",
        &["rfc7644/3.4.2/total-is-a-number"],
        |_, answered, _| {
            if answered.is_list() {
                answered.json["totalResults"] = json!(answered.json["totalResults"].to_string());
            }
        },
    ),
    Fault::response(
        "itemsPerPage is what was asked for",
        &["rfc7644/3.4.2.4/items-per-page"],
        |asked, answered, _| {
            if answered.is_list() {
                let count: u64 = asked
                    .parameter("count")
                    .and_then(|count| count.parse().ok())
                    .unwrap_or(100);
                answered.json["itemsPerPage"] = json!(count);
            }
        },
    ),
    Fault::response(
        "lists have no stable order",
        &["rfc7644/3.4.2.4/stable"],
        |_, answered, memory| {
            if answered.is_list() && !memory.note("turned") {
                memory.forget("turned");
                answered.json["Resources"].as_array_mut().unwrap().reverse();
            }
        },
    ),
    Fault::request(
        "pages overlap",
        &[
            "rfc7644/3.4.2.4/pages-make-the-whole",
            "rfc7644/3.4.2.4/start-index",
        ],
        |asked| {
            if asked.parameter("startIndex").as_deref() == Some("2") {
                asked.set("startIndex", "1");
            }
        },
    ),
    Fault::request(
        "startIndex counts from zero",
        &["rfc7644/3.4.2.4/pages-make-the-whole"],
        |asked| {
            if let Some(start) = asked
                .parameter("startIndex")
                .and_then(|start| start.parse::<i64>().ok())
            {
                asked.set("startIndex", &(start + 1).to_string());
            }
        },
    ),
    Fault::request(
        "startIndex is ignored",
        &["rfc7644/3.4.2.4/start-index", "rfc7644/3.4.2.4/beyond-the-end"],
        |asked| {
            asked.drop("startIndex");
        },
    ),
    Fault::request(
        "count is ignored",
        &["rfc7644/3.4.2.4/count", "rfc7644/3.4.2.4/count-zero"],
        |asked| asked.drop("count"),
    ),
    Fault::request(
        "count of zero is no limit",
        &["rfc7644/3.4.2.4/count-zero"],
        |asked| {
            if asked.parameter("count").as_deref() == Some("0") {
                asked.drop("count");
            }
        },
    ),
    Fault::response(
        "a page beyond the end is 404",
        &["rfc7644/3.4.2.4/beyond-the-end"],
        |asked, answered, _| {
            if answered.is_list() && asked.parameter("startIndex").as_deref() == Some("100") {
                answered.fail(404, "");
            }
        },
    ),
    Fault::response(
        "a negative count is a server error",
        &["rfc7644/3.4.2.4/negative-count"],
        |asked, answered, _| {
            if asked
                .parameter("count")
                .is_some_and(|count| count.starts_with('-'))
            {
                answered.fail(500, "");
            }
        },
    ),
    Fault::response(
        "startIndex 0 is refused",
        &["rfc7644/3.4.2.4/start-index-below-one"],
        |asked, answered, _| {
            if asked.parameter("startIndex").as_deref() == Some("0") {
                answered.fail(400, "invalidValue");
            }
        },
    ),
    Fault::response(
        "inactive users are hidden",
        &["rfc7644/3.4.2/inactive-is-listed"],
        |_, answered, _| {
            if answered.is_list() {
                let all = answered.json["Resources"].as_array_mut().unwrap();
                all.retain(|user| user["active"] != false);
                answered.json["totalResults"] = json!(all.len());
            }
        },
    ),
    Fault::response(
        "lists leave attributes out",
        &["rfc7644/3.4.2/whole-resources"],
        |_, answered, _| {
            if answered.is_list() {
                answered.without("name");
            }
        },
    ),
    Fault::request(
        "userName is compared exactly",
        &["rfc7644/3.4.2.2/user-name-in-any-case"],
        |asked| {
            asked.refilter("userName eq \"USER", "userName eq \"EXACT");
        },
    ),
    Fault::instead(
        "a filter that is not understood finds everyone",
        &[
            "rfc7644/3.4.2.2/refuses-broken-filters",
            "rfc7644/3.4.2.2/unknown-attribute",
        ],
        everyone,
    ),
    Fault::request(
        "eq becomes LIKE",
        &["rfc7644/3.4.2.2/percent-is-no-wildcard"],
        |asked| {
            if asked.filter() == "userName eq \"%\"" {
                asked.drop("filter");
            }
        },
    ),
    Fault::request(
        "a plus stays a plus",
        &["rfc7644/3.4.2.2/plus-is-space"],
        |asked| {
            asked.query = asked.query.replace('+', "%2B");
        },
    ),
    Fault::response(
        "quotes in filters are refused",
        &["rfc7644/3.4.2.2/odd-characters"],
        |asked, answered, _| {
            if asked.filter().contains("\\\"") {
                answered.fail(400, "invalidFilter");
            }
        },
    ),
    Fault::response(
        "a deep filter is a server error",
        &["rfc7644/3.4.2.2/deep-nesting"],
        |asked, answered, _| {
            if asked.filter().contains("not (not (not (") {
                answered.fail(500, "");
            }
        },
    ),
    Fault::request(
        "not is ignored",
        &["rfc7644/3.4.2.2/not", "rfc7644/3.4.2.2/not-equal"],
        |asked| asked.refilter("not (", "("),
    ),
    Fault::request("or is taken for and", &["rfc7644/3.4.2.2/or"], |asked| {
        asked.refilter(" or ", " and ")
    }),
    Fault::request(
        "and after or binds weakly",
        &["rfc7644/3.4.2.2/precedence"],
        |asked| {
            asked.refilter(
                "(title eq \"Engineer\" or title eq \"Cook\" and",
                "((title eq \"Engineer\" or title eq \"Cook\") and",
            );
        },
    ),
    Fault::request(
        "parentheses are ignored",
        &["rfc7644/3.4.2.2/grouping"],
        |asked| {
            asked.refilter(
                "((title eq \"Engineer\" or title eq \"Cook\") and",
                "(title eq \"Engineer\" or title eq \"Cook\" and",
            );
        },
    ),
    Fault::request(
        "a value path is met in parts",
        &["rfc7644/3.4.2.2/value-path-of-one-value"],
        |asked| {
            asked.refilter(
                "emails[type eq \"work\" and value co",
                "emails.type eq \"work\" and (emails.value co",
            );
            asked.refilter("\"home.example\"])", "\"home.example\"))");
        },
    ),
    Fault::request(
        "pr finds what has no value",
        &["rfc7644/3.4.2.2/pr-absent"],
        |asked| asked.refilter("profileUrl pr", "id pr"),
    ),
    Fault::request("gt finds what is equal", &["rfc7644/3.4.2.2/gt-equal"], |asked| {
        asked.refilter(" gt ", " ge ")
    }),
    Fault::request(
        "sw finds the text anywhere",
        &["rfc7644/3.4.2.2/sw-middle"],
        |asked| asked.refilter(" sw ", " co "),
    ),
    Fault::request("eq finds the beginning", &["rfc7644/3.4.2.2/eq-other"], |asked| {
        asked.refilter("nickName eq \"Kitt\"", "nickName sw \"Kitt\"")
    }),
    Fault::response(
        "operators in capitals are refused",
        &["rfc7644/3.4.2.2/operator-in-capitals"],
        |asked, answered, _| {
            if asked.filter().contains(" EQ ") {
                answered.fail(400, "invalidFilter");
            }
        },
    ),
    Fault::response(
        "a URN in a filter is split at its dot",
        &["rfc7644/3.4.2.2/extension", "rfc7644/3.4.2.2/urn"],
        |asked, answered, _| {
            if asked.filter().contains("urn:") {
                answered.fail(400, "invalidFilter");
            }
        },
    ),
    Fault::response(
        "times are compared as text",
        &["rfc7644/3.4.2.2/time-in-another-zone"],
        |asked, answered, _| {
            if asked.filter().contains("+05") {
                answered.json["Resources"] = json!([]);
            }
        },
    ),
    Fault::request(
        "names of groups are compared exactly",
        &["rfc7644/3.4.2.2/group-name-in-any-case"],
        |asked| asked.refilter("displayName eq \"GROUP", "displayName eq \"EXACT"),
    ),
    Fault::response(
        "lists of groups have no members",
        &["rfc7644/3.4.2/whole-groups"],
        |_, answered, _| {
            if answered.is_list() {
                answered.without("members");
            }
        },
    ),
    Fault::request(
        "lists of groups have no pages",
        &["rfc7644/3.4.2.4/pages-of-groups"],
        |asked| {
            if asked.is("GET", "/Groups") {
                asked.drop("count");
            }
        },
    ),
    Fault::request(
        "sortBy is ignored",
        &["rfc7644/3.4.2.3/ascending", "rfc7644/3.4.2.3/sub-attribute"],
        |asked| asked.drop("sortBy"),
    ),
    Fault::request(
        "sortOrder is ignored",
        &["rfc7644/3.4.2.3/descending", "rfc7644/3.4.2.3/time"],
        |asked| asked.drop("sortOrder"),
    ),
    Fault::request("a search ignores its filter", &["rfc7644/3.4.3/finds"], |asked| {
        if asked.is("POST", "/Users/.search") {
            asked.remove("filter");
        }
    }),
    Fault::request(
        "excludedAttributes is ignored",
        &[
            "rfc7644/3.9/excluded-members",
            "rfc7644/3.9/excluded-members-in-list",
            "rfc7644/3.9/excluded-attributes",
        ],
        |asked| {
            asked.drop("excludedAttributes");
        },
    ),
    Fault::request(
        "attributes is ignored",
        &[
            "rfc7644/3.9/attributes",
            "rfc7644/3.9/attributes-in-list",
            "rfc7644/3.9/attributes-of-group",
        ],
        |asked| asked.drop("attributes"),
    ),
    Fault::response(
        "attributes leaves out the id",
        &["rfc7644/3.9/attributes"],
        |asked, answered, _| {
            if asked.parameter("attributes").is_some() {
                answered.without("id");
            }
        },
    ),
    Fault::response(
        "the id can be excluded",
        &["rfc7644/3.9/excluded-id-stays"],
        |asked, answered, _| {
            if asked.parameter("excludedAttributes").is_some() {
                answered.without("id");
            }
        },
    ),
];

/// Asks again without the filter when the server does not understand it.
fn everyone(asked: Asked, upstream: Upstream) -> Instead {
    Box::pin(async move {
        let answered: Answered = upstream.send(asked.clone()).await;
        if !answered.refuses("invalidFilter") {
            return Some(answered);
        }
        let mut all = asked;
        all.drop("filter");
        Some(upstream.send(all).await)
    })
}
