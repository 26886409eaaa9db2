//! Signals that stop the server.

use std::io;

/// Returns a future that resolves when the process gets SIGTERM or SIGINT (Ctrl-C); on Windows, Ctrl-C alone.
///
/// The signals are caught from the call on, also before the future is polled. It must be called in a tokio runtime.
///
/// # Errors
///
/// If the signals cannot be caught.
///
/// # Panics
///
/// On Unix, outside of a tokio runtime with IO enabled.
///
/// # Examples
///
/// ```no_run
/// use scim_server::config::Config;
/// use scim_server::{Application, stop_signal};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let stop = stop_signal()?;
/// let application = Application::build(Config::default()).await?;
/// application.run_until_stopped(stop).await?;
/// # Ok(())
/// # }
/// ```
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
