//! What is no fault of the server, and must not be told as one.

use clap::Parser;
use scim_conformance::cli::Cli;
use scim_conformance::registry;
use scim_conformance::run::run;
use scim_conformance::subject::Profile;

use crate::fault::Fault;
use crate::server::{self, Server};
use crate::{proxy, subject};

/// A server that counts failed attempts to sign in, and has seen enough of them.
static THROTTLED: Fault = Fault::response("failed attempts are counted", &[], |_, answered, _| {
    if answered.status == 401 {
        answered.fail(429, "");
    }
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_throttles_failed_attempts_is_not_in_error() {
    let server = Server::start().await;
    let port = proxy::start(server.port, &THROTTLED).await;
    let checks = registry::selected(&["rfc7644/2".to_owned()]);
    let report = run(&subject(port, Profile::Standard), &checks, 2, |_| {}).await;
    assert!(report.failures().is_empty(), "{:?}", report.failures());
    assert_eq!(report.counts().not_judged, 4, "{:?}", report.counts());
}

/// What the command line says of a run that cannot be made.
async fn refusal(port: u16, path: &str, arguments: &[&str]) -> String {
    let url = format!("http://127.0.0.1:{port}{path}");
    let words = ["scim-conformance", "run", "--base-url", &url].into_iter();
    let cli = Cli::try_parse_from(words.chain(arguments.iter().copied())).unwrap();
    format!("{:#}", cli.run().await.unwrap_err())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_cannot_be_made_is_no_verdict() {
    let server = Server::start().await;
    let path = server::path(Profile::Standard);
    let wrong = refusal(server.port, path, &["--token", "of-nobody"]).await;
    assert!(wrong.starts_with("the credentials are refused"), "{wrong}");
    let none = refusal(server.port, path, &[]).await;
    assert!(none.starts_with("the server wants credentials"), "{none}");
    let elsewhere = refusal(server.port, "/elsewhere", &["--token", "of-nobody"]).await;
    assert!(elsewhere.starts_with("there is no SCIM server at"), "{elsewhere}");
    let nobody = refusal(1, path, &["--token", "of-nobody"]).await;
    assert!(nobody.starts_with("nothing answers at"), "{nobody}");
}
