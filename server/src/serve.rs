//! Serves connections. `axum::serve` has no time limit for headers or for clients that do not read, and streamed pages wait for
//! `TCP_NODELAY` (44 ms each); all are settled here, and so is leaving without breaking anything off (M6).

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use http::Request;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulConnection, GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::layers::source::Peer;

/// The largest request line with headers, in bytes.
const LARGEST_HEADERS: usize = 16 * 1024;

/// What connections may take (reference/security.md §11).
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Connections at once; more wait in the system's queue.
    pub connections: usize,
    /// How long the headers of a request may take, and how long a connection may wait for its next request.
    pub headers: Duration,
    /// How long a client may read nothing of what it asked for.
    pub reading: Duration,
    /// How long requests may take to finish when the process ends.
    pub last_requests: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connections: 2_000,
            headers: Duration::from_secs(10),
            reading: Duration::from_secs(20),
            last_requests: Duration::from_secs(25),
        }
    }
}

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

/// Serves until `stop` is cancelled, then lets requests finish; what has not by then is cut off. When this returns, no request is
/// at work any more.
pub async fn serve(
    listeners: Vec<TcpListener>,
    router: Router,
    patience: Patience,
    stop: CancellationToken,
) {
    let graceful = GracefulShutdown::new();
    let stand = Stand {
        router,
        patience,
        places: Arc::new(Semaphore::new(patience.connections)),
        connections: TaskTracker::new(),
        cut: CancellationToken::new(),
    };
    let accepting = listeners
        .into_iter()
        .map(|listener| stand.accept(listener, &graceful));
    tokio::select! {
        _ = futures::future::join_all(accepting) => {}
        () = stop.cancelled() => {}
    }
    if tokio::time::timeout(patience.last_requests, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not finish in time");
    }
    stand.cut.cancel();
    stand.connections.close();
    stand.connections.wait().await;
}

struct Stand {
    router: Router,
    patience: Patience,
    places: Arc<Semaphore>,
    connections: TaskTracker,
    /// Ends what did not finish in time.
    cut: CancellationToken,
}

impl Stand {
    async fn accept(&self, listener: TcpListener, graceful: &GracefulShutdown) {
        loop {
            // Beyond the limit new connections wait in the system's queue.
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else {
                return;
            };
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    // Out of file handles, most likely: asking again at once would only spin.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let connection = graceful.watch(self.connection(stream, peer.ip()));
            let cut = self.cut.clone();
            self.connections.spawn(async move {
                if let Some(Err(error)) = cut.run_until_cancelled(connection).await {
                    tracing::debug!(%error, "a connection broke off");
                }
                drop(place);
            });
        }
    }

    fn connection(
        &self,
        stream: TcpStream,
        peer: IpAddr,
    ) -> impl GracefulConnection<Error = hyper::Error> + use<> {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set");
        }
        let mut stream = TimeoutStream::new(stream);
        // Each time the client has taken something, it gets the time anew.
        stream.set_write_timeout(Some(self.patience.reading));
        let service = self
            .router
            .clone()
            .map_request(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(Peer(peer));
                request
            });
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.patience.headers)
            .max_buf_size(LARGEST_HEADERS)
            .serve_connection(
                TokioIo::new(Box::pin(stream)),
                TowerToHyperService::new(service),
            )
    }
}
