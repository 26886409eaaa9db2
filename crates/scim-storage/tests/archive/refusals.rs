//! What is not imported, and that nothing of it is.

use sha2::{Digest as _, Sha256};

use scim_storage::ArchiveError;

use crate::databases::Archive;
use crate::directory::fill;

async fn exported() -> String {
    let here = Archive::sqlite().await;
    fill(&here.store).await;
    here.export().await
}

/// The text with a last line that fits it.
fn sealed(text: &str) -> String {
    let body = match text.trim_end().rsplit_once('\n') {
        Some((body, _)) => format!("{body}\n"),
        None => panic!("one line"),
    };
    let last = text.lines().last().unwrap();
    let (head, _) = last.split_once("\"sha256\":\"").unwrap();
    let sum: String = Sha256::digest(&body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{body}{head}\"sha256\":\"{sum}\"}}}}\n")
}

/// What the import of a text into a new database says, which is empty afterwards.
async fn refusal(text: &str) -> String {
    let there = Archive::other().await;
    let refused = there.import(text).await.unwrap_err();
    let left = there.store.connections().list().await.unwrap();
    assert!(left.is_empty(), "{left:?}");
    refused.to_string()
}

#[tokio::test]
async fn a_file_that_is_not_whole_is_refused() {
    let text = exported().await;
    assert_eq!(sealed(&text), text);
    let without_end = text.trim_end().rsplit_once('\n').unwrap().0;
    for (cut, expected) in [
        (String::new(), "ends after line 0"),
        (format!("{without_end}\n"), "without its last line"),
        (text[..text.len() / 2].to_owned(), "without its last line"),
        (text.replace("Tour Operations", "Tour operations"), "checksum"),
        (format!("{text}x"), "goes on after its last line"),
    ] {
        let refusal = refusal(&cut).await;
        assert!(refusal.contains(expected), "{expected}: {refusal}");
    }
    let line = text.lines().find(|line| line.contains("\"user-7\"")).unwrap();
    let less = sealed(&text.replace(&format!("{line}\n"), ""));
    let refusal = refusal(&less).await;
    assert!(
        refusal.contains("members of") || refusal.contains("its first line says"),
        "{refusal}"
    );
}

#[tokio::test]
async fn a_line_that_does_not_do_is_named_with_the_reason() {
    let text = exported().await;
    let user = text.lines().position(|line| line.contains("\"user-7\"")).unwrap() + 1;
    let line = text.lines().nth(user - 1).unwrap();
    let with = |other: String| sealed(&text.replace(line, &other));
    for (file, expected) in [
        (with("{".to_owned()), format!("line {user}: ")),
        (
            with(line.replace("\"displayName\":\"User 7\"", "\"active\":\"perhaps\"")),
            format!("line {user}: "),
        ),
        (
            with(line.replace("W/\\\"1\\\"", "1")),
            "`meta.version` is `1`".to_owned(),
        ),
        (
            with(line.replace("\"id\":\"", "\"id\":\"x")),
            "which is not an id".to_owned(),
        ),
        (
            with(line.replace("\"user-7\"", "\"USER-8\"")),
            "more than once".to_owned(),
        ),
        (
            with(line.replace("\"okta\"", "\"other\"")),
            "`other` is not a connection of this file".to_owned(),
        ),
        (
            with(line.replace("\"user\":", "\"robot\":")),
            "unknown variant `robot`".to_owned(),
        ),
        (
            with(line.replace("\"resource\":", "\"colour\":1,\"resource\":")),
            "unknown field `colour`".to_owned(),
        ),
        (
            sealed(&text.replacen("\"version\":1", "\"version\":2", 1)),
            "version 2".to_owned(),
        ),
        (
            sealed(&text.replacen("\"schema\":\"m", "\"schema\":\"m9", 1)),
            "newer version".to_owned(),
        ),
        (
            "{\"id\":1}\n".to_owned(),
            "line 1: this is not an export".to_owned(),
        ),
    ] {
        assert_ne!(file, text, "{expected}");
        let refusal = refusal(&file).await;
        assert!(refusal.contains(&expected), "{expected}: {refusal}");
    }
}

#[tokio::test]
async fn what_is_there_is_named_and_left_alone() {
    let text = exported().await;
    let there = Archive::other().await;
    // a connection with nothing in it is no obstacle
    there
        .store
        .connections()
        .ensure(&"okta".parse().unwrap())
        .await
        .unwrap();
    there.import(&text).await.unwrap();
    let refused = there.import(&text).await.unwrap_err();
    assert!(matches!(refused, ArchiveError::NotEmpty(_)));
    let refused = refused.to_string();
    for part in [
        "`azure` has 1 user and 1 group and 1 credential",
        "`okta` has 2348 users",
    ] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    assert!(there.export().await == text);
}
