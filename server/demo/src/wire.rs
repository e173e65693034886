//! Connections that can be cut: an answer gets lost, an instance restarts.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// All open connections.
#[derive(Debug, Default)]
pub(crate) struct Lines(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    last: u64,
    lines: BTreeMap<u64, CancellationToken>,
}

impl Lines {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cuts all connections but the one that asks for it; new ones are accepted as before.
    pub(crate) fn cut(&self, but: Option<&Peer>) {
        for (number, line) in &self.open().lines {
            if but.is_none_or(|peer| peer.number != *number) {
                line.cancel();
            }
        }
    }

    fn add(&self) -> (u64, CancellationToken) {
        let mut open = self.open();
        open.last += 1;
        let (number, cut) = (open.last, CancellationToken::new());
        open.lines.insert(number, cut.clone());
        (number, cut)
    }
}

/// Accepts connections that can be cut.
pub(crate) struct Wire {
    pub(crate) listener: TcpListener,
    pub(crate) lines: Arc<Lines>,
}

impl Listener for Wire {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let (number, cut) = self.lines.add();
        let line = Line {
            stream,
            number,
            lines: Arc::clone(&self.lines),
            cancelled: Box::pin(cut.clone().cancelled_owned()),
            cut,
        };
        (line, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// One connection.
pub(crate) struct Line {
    stream: TcpStream,
    number: u64,
    lines: Arc<Lines>,
    cut: CancellationToken,
    cancelled: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Line {
    /// Neither reads nor writes go on after the cut; whoever waits for one of them is woken by it.
    fn whole(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.cancelled.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::ConnectionAborted.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.lines.open().lines.remove(&self.number);
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.whole(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.whole(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.whole(context)?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
        Poll::Ready(Ok(()))
    }
}

/// The other end of a connection.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    /// Where it calls from.
    pub(crate) address: SocketAddr,
    number: u64,
    line: CancellationToken,
}

impl Peer {
    /// Cuts the connection; nothing of an answer that was not written yet arrives.
    pub(crate) fn cut(&self) {
        self.line.cancel();
    }
}

impl Connected<IncomingStream<'_, Wire>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Wire>) -> Self {
        Self {
            address: *stream.remote_addr(),
            number: stream.io().number,
            line: stream.io().cut.clone(),
        }
    }
}
