//! Serves connections. `axum::serve` has no time limit for headers or for clients that do not read, and streamed pages wait for
//! `TCP_NODELAY` (44 ms each); all are settled here, and so is leaving without breaking anything off (M6). Who finds no place is
//! told so at once (reference/security.md §11): in the system's queue nobody would know why they wait.

mod places;

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
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
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::Instant,
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use self::places::{Full, Places};
use crate::{layers::source::Peer, settings::Proxies};

/// The largest request line with headers, in bytes.
const LARGEST_HEADERS: usize = 16 * 1024;
/// How often the log tells that there are no places.
const TOLD_EACH: Duration = Duration::from_mins(1);
/// What is answered where there is no place: nothing is known of the request, so it is in both languages.
const NO_PLACE: &str = "HTTP/1.1 503 Service Unavailable\r\n\
Retry-After: 10\r\n\
Connection: close\r\n\
Cache-Control: no-store\r\n\
Content-Type: text/plain; charset=utf-8\r\n\
X-Content-Type-Options: nosniff\r\n\
\r\n\
The shop is very busy. Please try again in a moment.\n\
Магазинът е много натоварен. Моля, опитайте отново след малко.\n";

/// What connections may take (reference/security.md §11).
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Connections at once.
    pub connections: usize,
    /// Those of them that one source may have, unless it is a configured proxy; a site of several IPv6 networks
    /// [has more](crate::layers::source::SHARES_OF_A_SITE).
    pub from_one: usize,
    /// To how many at once it is said that there is no place; beyond that a connection is closed without a word.
    pub refusals: usize,
    /// How long saying so may take.
    pub refusing: Duration,
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
            from_one: 200,
            refusals: 64,
            refusing: Duration::from_secs(2),
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
    proxies: Proxies,
    stop: CancellationToken,
) {
    let graceful = GracefulShutdown::new();
    let stand = Stand {
        router,
        patience,
        places: Places::new(patience.connections, patience.from_one, proxies),
        refusals: Arc::new(Semaphore::new(patience.refusals)),
        told: Mutex::default(),
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
    places: Arc<Places>,
    refusals: Arc<Semaphore>,
    /// When the log last told that there are no places.
    told: Mutex<HashMap<Full, Instant>>,
    connections: TaskTracker,
    /// Ends what did not finish in time.
    cut: CancellationToken,
}

impl Stand {
    async fn accept(&self, listener: TcpListener, graceful: &GracefulShutdown) {
        loop {
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    // Out of file handles, most likely: asking again at once would only spin.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let place = match self.places.take(peer.ip()) {
                Ok(place) => place,
                Err(full) => {
                    self.tell(full);
                    self.refuse(stream);
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

    /// Says that there is no place, in a task of its own, so that a client that is slow to hear it holds nobody up.
    fn refuse(&self, stream: TcpStream) {
        let Ok(turn) = Arc::clone(&self.refusals).try_acquire_owned() else {
            return;
        };
        let (cut, time) = (self.cut.clone(), self.patience.refusing);
        self.connections.spawn(async move {
            let told = tokio::time::timeout(time, say_no_place(stream));
            if let Some(Ok(Err(error))) = cut.run_until_cancelled(told).await {
                tracing::debug!(%error, "a refused connection broke off");
            }
            drop(turn);
        });
    }

    fn tell(&self, full: Full) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.get(&full).is_some_and(|at| at.elapsed() < TOLD_EACH) {
            return;
        }
        told.insert(full, Instant::now());
        match full {
            Full::All => tracing::warn!(
                kind = "too_many_connections",
                most = self.patience.connections,
                "all connections are taken; new ones are refused"
            ),
            Full::Source => tracing::warn!(
                kind = "too_many_connections_from_one",
                most = self.patience.from_one,
                "one address has all the connections it may have, and more are refused: if that is your proxy, name it in \
                 VITRINA_PROXIES"
            ),
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

/// Hears the beginning of a request first, because clients take an answer to nothing for a fault.
async fn say_no_place(mut stream: TcpStream) -> io::Result<()> {
    let mut heard = [0; 1024];
    if stream.read(&mut heard).await? == 0 {
        return Ok(());
    }
    stream.write_all(NO_PLACE.as_bytes()).await?;
    stream.shutdown().await?;
    // If something unread were left, closing would take the answer back from whoever has not read it yet.
    let mut rest = stream.take(LARGEST_HEADERS as u64);
    while rest.read(&mut heard).await? > 0 {}
    Ok(())
}
