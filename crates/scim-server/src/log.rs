//! The log of the program.

use std::any::Any;
use std::error::Error;
use std::panic;

use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// Levels of crates that log too much by default.
///
/// The HTTP layer complains of every malformed request, which has a line like others.
const QUIET: &str = "actix_server=warn,actix_http::h1=off,sqlx=warn,sea_orm=warn,rustls=warn";

/// An error from setting up the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogError {
    /// The level is malformed.
    #[error(
        "`{level}` is not a level such as `info`, nor directives such as `info,scim_service=debug` (`log.level`)"
    )]
    Level {
        /// The level.
        level: String,
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A global subscriber is installed already.
    #[error("the log is set up already")]
    Taken(#[source] Box<dyn Error + Send + Sync>),
}

/// Installs a global subscriber that writes to standard output, and a panic hook that logs panics.
///
/// # Errors
///
/// If the level is malformed, or a subscriber is installed already.
pub(crate) fn init_log(config: &LogConfig) -> Result<(), LogError> {
    let filter = filter(&config.level)?;
    let taken = |error| LogError::Taken(Box::new(error));
    let builder = tracing_subscriber::fmt().with_env_filter(filter);
    match config.format {
        LogFormat::Json => {
            let subscriber = builder
                .json()
                .flatten_event(true)
                .with_current_span(true)
                .with_span_list(false);
            tracing::subscriber::set_global_default(subscriber.finish()).map_err(taken)?;
        }
        LogFormat::Pretty => {
            let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
            tracing::subscriber::set_global_default(builder.with_ansi(is_terminal).finish())
                .map_err(taken)?;
        }
    }
    panic::set_hook(Box::new(|info| {
        let location = info.location().map(ToString::to_string);
        tracing::error!(location, reason = reason(info.payload()), "panic");
    }));
    Ok(())
}

/// The filter of a level or directives.
fn filter(level: &str) -> Result<EnvFilter, LogError> {
    EnvFilter::try_new(format!("{QUIET},{level}")).map_err(|source| LogError::Level {
        level: level.to_owned(),
        source: source.into(),
    })
}

fn reason(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("unknown")
}
