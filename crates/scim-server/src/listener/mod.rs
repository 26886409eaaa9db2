//! The listener of an application: TCP, TLS and HTTP.
//!
//! It works like [`actix_web::HttpServer`], of the same parts, with one difference: the HTTP layer answers a malformed request
//! line, or a head that is too long or does not arrive, with an empty body, which [`Refusals`] fills.

mod refusals;

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_server::{GracefulShutdownSignal, Server};
use actix_service::{
    IntoServiceFactory as _, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config,
};
use actix_tls::accept::TlsError;
use actix_tls::accept::rustls_0_23::{Acceptor, TlsStream};
use actix_web::App;
use actix_web::dev::AppConfig;
use actix_web::rt::net::TcpStream;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpSocket;

use crate::health;
use crate::scim::{Scim, mount};

use refusals::Refusals;

/// The time for which an idle connection is kept: longer than load balancers keep theirs (60 s), so that none of them sends a
/// request on a connection that is being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// The time limit for the head of a request.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);

/// The time that a client has to read the last response before its connection is closed.
const DISCONNECT_PATIENCE: Duration = Duration::from_secs(1);

/// Marks a TLS connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OverTls;

/// Where and how to listen.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    /// The number of threads; `None`: one for each processor.
    pub(crate) workers: Option<NonZeroUsize>,
    /// The time that requests in flight get to finish when the server is stopped.
    pub(crate) grace: Duration,
    pub(crate) tls: Option<ServerConfig>,
}

/// Binds the address. The server starts when it is awaited.
pub(crate) fn bind(scim: Arc<Scim>, listening: Listening) -> io::Result<(Server, SocketAddr)> {
    let seconds = listening.grace.as_millis().div_ceil(1_000);
    let mut builder = Server::build()
        .disable_signals()
        .shutdown_timeout(u64::try_from(seconds).unwrap_or(u64::MAX));
    if let Some(workers) = listening.workers {
        builder = builder.workers(workers.get());
    }
    let stopping = builder.graceful_shutdown_signal();
    let socket = tcp_socket(listening.address)?;
    let address = socket.local_addr()?;
    let builder = match listening.tls {
        None => builder.listen("scim", socket, move || {
            let accept = fn_service(async |io: TcpStream| {
                send_at_once(&io);
                let peer = io.peer_addr().ok();
                Ok::<_, DispatchError>((Refusals::on(io), Protocol::Http1, peer))
            });
            accept.and_then(http(&scim, &stopping, None))
        })?,
        Some(mut tls) => {
            tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
            builder.listen("scim", socket, move || {
                Acceptor::new(tls.clone())
                    .map_err(TlsError::into_service_error)
                    .and_then(async |io: TlsStream<TcpStream>| {
                        let (tcp, session) = io.get_ref();
                        send_at_once(tcp);
                        let peer = tcp.peer_addr().ok();
                        let protocol = match session.alpn_protocol() {
                            Some(b"h2") => Protocol::Http2,
                            _ => Protocol::Http1,
                        };
                        Ok((Refusals::on(io), protocol, peer))
                    })
                    .and_then(http(&scim, &stopping, Some(OverTls)).map_err(TlsError::Service))
            })?
        }
    };
    Ok((builder.run(), address))
}

/// A listening socket with a long backlog.
fn tcp_socket(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // so that a stopped server can be restarted at once
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(1_024)?.into_std()
}

/// Disables the algorithm of Nagle, which only delays small responses that are written at once. Failures are ignored.
fn send_at_once(tcp: &TcpStream) {
    drop(tcp.set_nodelay(true));
}

/// Serves HTTP and the application on one kind of connections.
fn http<T: AsyncRead + AsyncWrite + Unpin + 'static>(
    scim: &Arc<Scim>,
    stopping: &GracefulShutdownSignal,
    mark: Option<OverTls>,
) -> impl ServiceFactory<
    (T, Protocol, Option<SocketAddr>),
    Config = (),
    Response = (),
    Error = DispatchError,
    InitError = (),
> + use<T> {
    let app = App::new().configure(mount(scim)).configure(health::mount(scim));
    let app = app.into_factory().map_err(|error| error.error_response());
    let stopping = stopping.clone();
    HttpService::build()
        .graceful_shutdown_signal(move || {
            let stopping = stopping.clone();
            async move { stopping.notified().await }
        })
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_PATIENCE)
        .client_disconnect_timeout(DISCONNECT_PATIENCE)
        .on_connect_ext(move |_: &T, extensions| {
            if let Some(mark) = mark {
                extensions.insert(mark);
            }
        })
        .finish(map_config(app, |()| AppConfig::default()))
}
