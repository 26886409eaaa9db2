//! An issuer of access tokens: a server with keys on a real port.

use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::http::StatusCode;
use actix_web::{App, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{CertifiedKey, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::{Value, json};

pub(crate) const NAME: &str = "https://idp.example.com/tenant";
pub(crate) const AUDIENCE: &str = "https://scim.example.com";

/// A key that it signs with.
pub(crate) struct SigningKey {
    pub(crate) id: String,
    pair: KeyPair,
}

/// What it serves, and how often it was asked.
#[derive(Clone)]
pub(crate) struct Issuer {
    pub(crate) url: String,
    set: Arc<Mutex<String>>,
    status: Arc<AtomicU16>,
    asked: Arc<AtomicUsize>,
}

impl SigningKey {
    pub(crate) fn new(id: &str) -> Self {
        // signing needs some cryptography, before any server has chosen it
        scim_jwt::install_default_crypto();
        Self {
            id: id.to_owned(),
            pair: KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap(),
        }
    }

    pub(crate) fn jwk(&self) -> Value {
        let (x, y) = self.pair.public_key_raw()[1..].split_at(32);
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": self.id, "x": encoded(x), "y": encoded(y) })
    }

    pub(crate) fn header(&self) -> Header {
        Header {
            kid: Some(self.id.clone()),
            ..Header::new(Algorithm::ES256)
        }
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let key = EncodingKey::from_ec_der(&self.pair.serialize_der());
        encode(&self.header(), claims, &key).unwrap()
    }
}

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// Claims that are right.
pub(crate) fn claims() -> Value {
    json!({
        "iss": NAME, "aud": AUDIENCE, "iat": now(), "nbf": now(), "exp": now() + 300,
        "azp": "the-provisioning-app", "scope": "openid scim", "roles": ["Scim.Write"],
    })
}

/// The right claims, some of them changed; null takes one away.
pub(crate) fn claims_with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims
                .as_object_mut()
                .unwrap()
                .insert(name.clone(), value.clone()),
        };
    }
    claims
}

impl Issuer {
    /// One over plain HTTP on this machine.
    pub(crate) async fn start(keys: &[&SigningKey]) -> Self {
        Self::serve(keys, None).await
    }

    /// One over HTTPS, and its certificate.
    pub(crate) async fn start_with_tls(keys: &[&SigningKey]) -> (Self, String) {
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key.into())
            .unwrap();
        (Self::serve(keys, Some(tls)).await, cert.pem())
    }

    async fn serve(keys: &[&SigningKey], tls: Option<rustls::ServerConfig>) -> Self {
        let mut issuer = Self {
            url: String::new(),
            set: Arc::default(),
            status: Arc::new(AtomicU16::new(200)),
            asked: Arc::default(),
        };
        issuer.publish(keys);
        let shared = issuer.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(shared.clone()))
                .route("/keys", web::get().to(keys_of))
        })
        .workers(1)
        .disable_signals();
        let is_secure = tls.is_some();
        let server = match tls {
            Some(tls) => server.bind_rustls_0_23("127.0.0.1:0", tls).unwrap(),
            None => server.bind("127.0.0.1:0").unwrap(),
        };
        let port = server.addrs()[0].port();
        issuer.url = match is_secure {
            true => format!("https://localhost:{port}/keys"),
            false => format!("http://127.0.0.1:{port}/keys"),
        };
        tokio::spawn(server.run());
        issuer
    }

    /// Publishes these keys in place of those before.
    pub(crate) fn publish(&self, keys: &[&SigningKey]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        *self.set.lock().unwrap() = json!({ "keys": keys }).to_string();
    }

    /// Answers with that status from now on.
    pub(crate) fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// How often it was asked for its keys.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn keys_of(issuer: web::Data<Issuer>) -> HttpResponse {
    issuer.asked.fetch_add(1, Ordering::SeqCst);
    let status = StatusCode::from_u16(issuer.status.load(Ordering::SeqCst)).unwrap();
    HttpResponse::build(status).body(issuer.set.lock().unwrap().clone())
}
