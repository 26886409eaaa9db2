//! Tokens beside secrets that are made at run time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::App;
use actix_web::test::{TestRequest, call_service, init_service};
use async_trait::async_trait;
use scim_core::time::Timestamp;
use scim_jwt::{JwtAuthenticator, KeySet, Trust};
use scim_server::auth::{
    CredentialSource, CredentialSourceError, SecretHash, StoredConnection, StoredCredential,
};
use scim_server::{Scim, mount};
use scim_service::limits::Limits;
use scim_service::service::Service;
use scim_storage::{Options, SqlStore};

use crate::bearer;
use crate::issuer::{AUDIENCE, Issuer, NAME, SigningKey, claims};

/// The secrets of `corp`, and how often they were read.
#[derive(Default)]
struct Secrets {
    made: Mutex<Vec<&'static str>>,
    read: AtomicUsize,
}

#[async_trait]
impl CredentialSource for Secrets {
    async fn connections(&self) -> Result<Vec<StoredConnection>, CredentialSourceError> {
        self.read.fetch_add(1, Ordering::SeqCst);
        let credential = |secret: &&str| StoredCredential::new(*secret, SecretHash::of(secret.as_bytes()));
        let made = self.made.lock().unwrap();
        let corp = StoredConnection::new("corp".parse().unwrap());
        Ok(vec![
            made.iter()
                .map(credential)
                .fold(corp, StoredConnection::with_credential),
        ])
    }

    async fn note_use(&self, _: &str, _: Timestamp) -> Result<(), CredentialSourceError> {
        Ok(())
    }
}

#[actix_web::test]
async fn a_token_is_accepted_without_reading_the_secrets_again_and_a_new_secret_is_read() {
    let key = SigningKey::new("k1");
    let issuer = Issuer::start(&[&key]).await;
    let keys = KeySet::at(&issuer.url).unwrap();
    let tokens =
        JwtAuthenticator::new().with_trust("corp".parse().unwrap(), Trust::new(NAME, AUDIENCE, keys));
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/scim.sqlite", folder.path().display());
    let store = SqlStore::connect(&url, &Options::default()).await.unwrap();
    let secrets = Arc::new(Secrets::default());
    let scim = Scim::builder(Service::new(Arc::new(store), Limits::default()))
        .credentials(Arc::clone(&secrets) as _)
        .authenticator(Arc::new(tokens))
        .build();
    let app = init_service(App::new().configure(mount(&scim))).await;
    let status = async |shown: &str| {
        let request = TestRequest::get().uri("/v1/scim/v2/corp/ServiceProviderConfig");
        let request = request.insert_header(("authorization", bearer(shown)));
        call_service(&app, request.to_request()).await.status().as_u16()
    };
    let token = key.sign(&claims());
    for _ in 0..3 {
        assert_eq!(status(&token).await, 200);
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    assert_eq!(secrets.read.load(Ordering::SeqCst), 1);
    secrets.made.lock().unwrap().push("a-secret-of-the-tests");
    assert_eq!(status("a-secret-of-the-tests").await, 200);
    assert_eq!(secrets.read.load(Ordering::SeqCst), 2);
    assert_eq!(status("another-secret").await, 401);
}
