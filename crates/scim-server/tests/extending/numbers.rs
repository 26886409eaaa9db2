//! Numbers in attributes of one's own.

use reqwest::Method;
use serde_json::{Value, json};

use crate::example::{BADGE, USER, creates, found, start};
use crate::support::Answer;

#[actix_web::test]
async fn an_integer_has_64_bits() {
    let app = start().await;
    let standard = app.as_standard();
    let most = json!({ "number": "B-1", "level": i64::MAX });
    assert_eq!(creates(&standard, "a", most).await[BADGE]["level"], i64::MAX);
    let whole = format!("`{BADGE}:level` must be a whole number");
    for (level, expected) in [
        (
            "9223372036854775808",
            format!("{whole} from {} to {}", i64::MIN, i64::MAX),
        ),
        ("-1e30", format!("{whole} from {} to {}", i64::MIN, i64::MAX)),
        ("1.5", whole.clone()),
        ("\"3\"", whole),
    ] {
        let level: Value = serde_json::from_str(level).unwrap();
        let user =
            json!({ "schemas": [USER, BADGE], "userName": "b", BADGE: { "number": "B-2", "level": level } });
        let answer = standard.post("/Users", &user).await;
        assert_eq!(answer.is_scim_error(400), expected, "{user}");
    }
}

#[actix_web::test]
async fn a_decimal_is_the_nearest_64_bit_float() {
    let app = start().await;
    let standard = app.as_standard();
    for (serial, sent, shown) in [
        ("D-1", "1.10", "1.1"),
        ("D-2", "0.1", "0.1"),
        ("D-3", "3", "3"),
        ("D-4", "0.12345678901234567890", "0.12345678901234568"),
    ] {
        let device = format!(
            r#"{{"schemas":["urn:example:params:scim:schemas:devices:2.0:Device"],"serialNumber":"{serial}","memory":{sent}}}"#
        );
        let request = standard.request(Method::POST, "/Devices");
        let answer = Answer::of(
            request
                .header("content-type", "application/scim+json")
                .body(device),
        )
        .await;
        assert_eq!(answer.status, 201, "{answer:?}");
        assert!(
            answer.text.contains(&format!(r#""memory":{shown}"#)),
            "{answer:?}"
        );
    }
}

/// A filter that compares with a number has the same form as one that compares with a point in time.
#[tokio::test]
async fn numbers_and_times_do_not_get_into_each_others_way() {
    let app = start().await;
    let standard = app.as_standard();
    let badge = json!({ "number": "1", "level": 5, "issued": "2020-01-01T00:00:00Z" });
    creates(&standard, "bjensen", badge).await;
    for _ in 0..3 {
        for (filter, hits) in [
            ("level eq 5", 1),
            ("issued eq \"2020-01-01T00:00:00Z\"", 1),
            ("level gt 5", 0),
            ("issued gt \"2030-01-01T00:00:00Z\"", 0),
            ("issued lt \"9999-12-31T23:59:59Z\"", 1),
        ] {
            let filter = format!("userName eq \"bjensen\" and {BADGE}:{filter}");
            assert_eq!(
                found(&standard, &[("filter", &filter)]).await.len(),
                hits,
                "{filter}"
            );
        }
    }
}
