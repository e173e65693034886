//! Serves connections. `axum::serve` has no time limit for headers, and streamed pages wait for `TCP_NODELAY` (44 ms each); both
//! are settled here, and so is leaving without breaking anything off (M6).

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::sync::CancellationToken;

/// Connections at once.
const CONNECTIONS: usize = 2_000;
/// How long the headers of a request may take.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// The largest request line with headers, in bytes.
const LARGEST_HEADERS: usize = 16 * 1024;
/// How long requests may take to finish when the process ends.
const LAST_REQUESTS: Duration = Duration::from_secs(25);

/// Listens on the address; a loopback address is listened on in both families, because `localhost` may mean either.
pub async fn listen(address: SocketAddr) -> io::Result<Vec<TcpListener>> {
    let first = TcpListener::bind(address).await?;
    let other = match address.ip() {
        IpAddr::V4(ip) if ip == Ipv4Addr::LOCALHOST => Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        IpAddr::V6(ip) if ip == Ipv6Addr::LOCALHOST => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        _ => None,
    };
    let port = first.local_addr()?.port();
    let mut listeners = vec![first];
    if let Some(ip) = other {
        // A machine may have one family only.
        listeners.extend(TcpListener::bind((ip, port)).await);
    }
    Ok(listeners)
}

/// Serves until `stop` is cancelled, then lets requests finish.
pub async fn serve(listeners: Vec<TcpListener>, router: Router, stop: CancellationToken) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let accepting = listeners
        .into_iter()
        .map(|listener| accept(listener, &router, &graceful, &places));
    tokio::select! {
        _ = futures::future::join_all(accepting) => {}
        () = stop.cancelled() => {}
    }
    if tokio::time::timeout(LAST_REQUESTS, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not finish in time");
    }
}

async fn accept(
    listener: TcpListener,
    router: &Router,
    graceful: &GracefulShutdown,
    places: &Arc<Semaphore>,
) {
    loop {
        // Beyond the limit new connections wait in the system's queue.
        let Ok(place) = Arc::clone(places).acquire_owned().await else {
            return;
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be accepted");
                // Out of file handles, most likely: asking again at once would only spin.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let connection = graceful.watch(connection(stream, router.clone()));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke off");
            }
            drop(place);
        });
    }
}

fn connection(
    stream: TcpStream,
    router: Router,
) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>> {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY cannot be set");
    }
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(LARGEST_HEADERS)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
}
