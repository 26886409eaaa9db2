//! How fast a large directory goes: `cargo test --release -p scim-storage --test archive measure -- --ignored --nocapture`.

use std::fmt::Write as _;
use std::time::Instant;

use scim_core::schema::ResourceTypes;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::databases::Archive;

const USERS: usize = 100_000;
const GROUPS: usize = 1_000;
/// How many users a group has.
const MEMBERS: usize = 100;

fn id(kind: usize, number: usize) -> String {
    format!("0195565e-1c00-7{kind:03x}-8000-{number:012x}")
}

/// A file as an export makes it.
fn file() -> String {
    let counts = json!({
        "connections": 1, "credentials": 0, "users": USERS, "deletedUsers": 0,
        "groups": GROUPS, "memberships": GROUPS * MEMBERS,
    });
    let mut text = String::new();
    let mut line = |line: serde_json::Value| writeln!(text, "{line}").unwrap();
    let meta = |kind: &str| {
        json!({
            "resourceType": kind, "created": "2026-03-02T08:01:00.000Z",
            "lastModified": "2026-03-02T09:00:00.000Z", "version": "W/\"3\"",
        })
    };
    line(json!({ "header": {
        "format": "scim-server export", "version": 1, "schema": "m0001_users_and_teams", "counts": counts,
    } }));
    line(json!({ "connection": { "name": "okta", "created": "2026-03-02T08:00:00.000Z" } }));
    for number in 0..USERS {
        let name = format!("user.{number}@example.com");
        line(json!({ "user": { "connection": "okta", "resource": {
            "id": id(0, number),
            "schemas": [
                "urn:ietf:params:scim:schemas:core:2.0:User",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            ],
            "externalId": format!("00u{number}"),
            "userName": name,
            "name": { "familyName": format!("Family {number}"), "givenName": "Given" },
            "displayName": format!("Given Family {number}"),
            "emails": [{ "value": name, "type": "work", "primary": true }],
            "active": number % 10 > 0,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Tour Operations" },
            "meta": meta("User"),
        } } }));
    }
    for number in 0..GROUPS {
        line(json!({ "group": { "connection": "okta", "resource": {
            "id": id(1, number),
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": format!("Group {number}"),
            "meta": meta("Group"),
        } } }));
    }
    for number in 0..GROUPS {
        let mut users: Vec<_> = (0..MEMBERS)
            .map(|one| (number * 97 + one * 991) % USERS)
            .collect();
        users.sort_unstable();
        let users: Vec<_> = users.into_iter().map(|user| id(0, user)).collect();
        line(json!({ "members": { "connection": "okta", "group": id(1, number), "users": users } }));
    }
    let digest = Sha256::digest(&text);
    let sum: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    writeln!(text, "{}", json!({ "end": { "counts": counts, "sha256": sum } })).unwrap();
    text
}

/// The most memory that this process has had, in MiB; 0 where that is not known.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kibibytes.unwrap_or_default() / 1024
}

#[tokio::test]
#[ignore = "a measurement"]
async fn measure_a_large_directory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.ndjson");
    std::fs::write(&path, file()).unwrap();
    for (name, archive) in [
        ("SQLite", Archive::sqlite().await),
        ("other", Archive::other().await),
    ] {
        let before = peak();
        let input = std::io::BufReader::new(std::fs::File::open(&path).unwrap());
        let start = Instant::now();
        archive
            .store
            .import(input, &ResourceTypes::default(), &mut |_| ())
            .await
            .unwrap();
        let imported = start.elapsed();
        let start = Instant::now();
        archive
            .store
            .export(None, &mut std::io::sink(), &mut |_| ())
            .await
            .unwrap();
        let exported = start.elapsed();
        let rate = |time: std::time::Duration| f64::from(u32::try_from(USERS).unwrap()) / time.as_secs_f64();
        println!(
            "{name}: import {imported:.1?} ({:.0} users/s), export {exported:.1?} ({:.0} users/s), peak {} MiB, before {before} MiB",
            rate(imported),
            rate(exported),
            peak(),
        );
    }
}
