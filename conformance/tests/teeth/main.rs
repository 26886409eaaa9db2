//! The teeth of the kit: a real server behind a proxy that breaks one thing at a time, and the checks that must see it.
//!
//! Each [`Fault`] has a name, what the proxy does, and the checks that should catch it. One test runs those checks
//! against each broken server and wants each of them to fail; the other runs all checks against the server as it is,
//! through a proxy that breaks nothing, in each profile, and wants none to fail.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod fault;
mod faults;
mod message;
mod proxy;
mod reach;
mod server;

use std::collections::BTreeSet;
use std::time::Duration;

use fault::Fault;
use futures_util::StreamExt;
use scim_conformance::registry;
use scim_conformance::run::run;
use scim_conformance::subject::{Credential, Profile, Subject};
use server::Server;

/// Proxies that break nothing.
static UNBROKEN: [Fault; 3] = [
    Fault::request("nothing", &[], |_| {}),
    Fault::request("nothing", &[], |_| {}).of(Profile::Okta),
    Fault::request("nothing", &[], |_| {}).of(Profile::Entra),
];

fn subject(port: u16, profile: Profile) -> Subject {
    let base_url = format!("http://127.0.0.1:{port}{}", server::path(profile));
    let credential = Credential::Bearer(server::token(profile).to_owned());
    Subject::new(&base_url, &credential, profile, Duration::from_secs(30)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_found_in_a_server_that_conforms() {
    let server = Server::start().await;
    for fault in &UNBROKEN {
        let profile = fault.profile;
        let port = proxy::start(server.port, fault).await;
        let report = run(&subject(port, profile), &registry::all(), 8, |_| {}).await;
        let failures: Vec<_> = report
            .failures()
            .into_iter()
            .map(|failure| (failure.check.id, failure.seen()))
            .collect();
        assert!(failures.is_empty(), "{profile:?}: {failures:#?}");
        assert!(report.counts().passed > 200, "{profile:?}: {:?}", report.counts());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_fault_is_caught() {
    let server = Server::start().await;
    let faults = faults::all();
    let names: BTreeSet<&str> = faults.iter().map(|fault| fault.name).collect();
    assert_eq!(names.len(), faults.len(), "two faults have one name");
    assert!(faults.len() >= 60, "there are {} faults", faults.len());
    let missed: Vec<String> = futures_util::stream::iter(&faults)
        .map(|fault| missed(&server, fault))
        .buffer_unordered(6)
        .filter_map(|missed| async { missed })
        .collect()
        .await;
    assert!(
        missed.is_empty(),
        "{} of {} faults: {missed:#?}",
        missed.len(),
        faults.len()
    );
}

/// Says which of the checks that should catch a fault do not.
async fn missed(server: &Server, fault: &'static Fault) -> Option<String> {
    let checks: Vec<_> = registry::all()
        .into_iter()
        .filter(|check| fault.caught_by.contains(&check.id))
        .collect();
    if checks.len() != fault.caught_by.len() || checks.is_empty() {
        return Some(format!(
            "{}: a check of {:?} does not exist",
            fault.name, fault.caught_by
        ));
    }
    let port = proxy::start(server.port, fault).await;
    let report = run(&subject(port, fault.profile), &checks, 4, |_| {}).await;
    let blind: Vec<_> = report
        .judgements
        .iter()
        .filter(|judgement| !judgement.failed())
        .map(|judgement| (judgement.check.id, &judgement.outcome))
        .collect();
    (!blind.is_empty()).then(|| format!("{}: {blind:?}", fault.name))
}
