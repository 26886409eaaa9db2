//! A transaction that wraps another one must forward every method: one that is not forwarded silently falls back on the
//! default of the port, which is slower or reports less.

const PORT: &str = include_str!("transaction.rs");

/// The methods of the trait, those with a default too.
fn methods(text: &str) -> Vec<&str> {
    let named = text.split("async fn ").skip(1);
    named.filter_map(|rest| rest.split(['(', '<']).next()).collect()
}

#[test]
fn whoever_wraps_a_transaction_forwards_every_method() {
    let (_, port) = PORT.split_once("pub trait Transaction").unwrap();
    let port = methods(port);
    assert!(
        port.contains(&"get") && port.contains(&"commit_later"),
        "{port:?}"
    );
    for (file, text, without) in [
        ("observed.rs", include_str!("../event/observed.rs"), [].as_slice()),
        // its commit is not durable before that of the others
        (
            "join.rs",
            include_str!("../operation/bulk/join.rs"),
            &["commit_later"],
        ),
        // it has no outbox
        (
            "scim-storage",
            include_str!("../../../scim-storage/src/transaction/mod.rs"),
            &["record_events"],
        ),
    ] {
        let (_, wrapper) = text.split_once("impl Transaction for").unwrap();
        let wrapper = methods(wrapper);
        // what the store's defaults use internally
        let inner = ["put", "remove"];
        for method in port.iter().filter(|method| !inner.contains(method)) {
            let is_there = wrapper.contains(method) || without.contains(method);
            assert!(is_there, "`{method}` is missing in {file}");
        }
    }
}
