//! Where the log goes, and that panics are in it.

use std::any::Any;
use std::error::Error;
use std::panic;

use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// What is quiet unless it is asked for.
///
/// The HTTP layer complains of every malformed request; these have a line like others.
const QUIET: &str = "actix_server=warn,actix_http::h1=off,sqlx=warn,sea_orm=warn,rustls=warn";

/// Why the log cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The level is not valid.
    #[error(
        "`{level}` is no level such as `info`, nor directives such as `info,scim_service=debug` (`log.level`)"
    )]
    Level {
        /// What it is instead.
        level: String,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Somebody else set it up.
    #[error("the log is set up already")]
    Taken(#[source] Box<dyn Error + Send + Sync>),
}

/// Writes the log to standard output from now on, panics too.
///
/// # Errors
///
/// If the level is none, or another log is set up.
pub fn init_log(config: &LogConfig) -> Result<(), LogError> {
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
pub(crate) fn filter(level: &str) -> Result<EnvFilter, LogError> {
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
