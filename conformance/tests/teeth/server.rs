//! The server that is broken by the proxy: this repository's own, in this process.

use scim_conformance::subject::Profile;
use scim_server::Application;
use scim_server::auth::AuthCode;
use scim_server::config::Config;

pub(crate) struct Server {
    pub(crate) port: u16,
    _folder: tempfile::TempDir,
}

pub(crate) fn path(profile: Profile) -> &'static str {
    match profile {
        Profile::Standard => "/v1/scim/v2/standard",
        Profile::Okta => "/v1/scim/v2/okta",
        Profile::Entra => "/v1/scim/v2/azure",
    }
}

pub(crate) fn token(profile: Profile) -> &'static str {
    match profile {
        Profile::Standard => "a-standard-token-of-the-tests",
        Profile::Okta => "an-okta-token-of-the-tests-too",
        Profile::Entra => "an-entra-token-of-the-tests",
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.workers = std::num::NonZeroUsize::new(2);
        config.database.url = format!("sqlite://{}/scim.sqlite", folder.path().display()).into();
        // the checks of authentication fail on purpose, from one address
        config.limits.auth_failures = std::num::NonZeroU32::new(10_000).unwrap();
        for (name, profile) in [
            ("standard", Profile::Standard),
            ("okta", Profile::Okta),
            ("azure", Profile::Entra),
        ] {
            let code = AuthCode::parse(&token(profile).into()).unwrap();
            config.auth_codes.insert(name.parse().unwrap(), vec![code]);
        }
        let application = Application::build(config).await.unwrap();
        let port = application.port();
        tokio::spawn(application.run_until_stopped(std::future::pending()));
        Self {
            port,
            _folder: folder,
        }
    }
}
