//! How long a read takes from the request to the text of the answer, on a real SQLite file: one user as it is kept, one user of
//! whom some attributes are asked for, and a page of a hundred.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a measurement may stop at the first surprise"
)]

use std::hint::black_box;
use std::sync::Arc;

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use http::{Request, StatusCode};
use scim_profiles::profile::Profile;
use scim_service::limits::Limits;
use scim_service::service::{Caller, Service};
use scim_storage::{Options, SqlStore};
use tokio::runtime::Runtime;

const USERS: usize = 100;

fn render(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/scim.sqlite", directory.path().display());
    let okta = Caller::new(
        "okta".parse().unwrap(),
        Profile::by_name("okta").unwrap(),
        "https://scim.example.com/okta".to_owned(),
    );
    let (service, user) = runtime.block_on(filled(&url, &okta));
    for (name, path) in [
        ("render/one user", user.clone()),
        (
            "render/one user, two attributes",
            format!("{user}?attributes=userName,emails"),
        ),
        ("render/page of 100", format!("/Users?count={USERS}")),
    ] {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| {
                let request = Request::get(black_box(path.as_str())).body(Bytes::new()).unwrap();
                let answer = runtime.block_on(service.handle(&okta, request));
                assert_eq!(answer.status(), StatusCode::OK);
                answer
            });
        });
    }
}

/// A service with users, and the path of one of them.
async fn filled(url: &str, okta: &Caller) -> (Service, String) {
    let store = SqlStore::connect(url, &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let service = Service::new(Arc::new(store), Limits::default());
    let mut path = String::new();
    for number in 0..USERS {
        let user =
            include_str!("../../scim-core/benches/user.json").replace("bjensen", &format!("user{number}"));
        let request = Request::post("/Users").body(Bytes::from(user)).unwrap();
        let created = service.handle(okta, request).await;
        assert_eq!(created.status(), StatusCode::CREATED);
        let location = created.headers()["location"].to_str().unwrap();
        path = location.replace(&okta.base_url, "");
    }
    (service, path)
}

criterion_group!(benches, render);
criterion_main!(benches);
