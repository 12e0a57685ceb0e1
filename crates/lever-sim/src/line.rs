//! The socket, with a pair of scissors: connections that a fault can cut
//! without an answer, or in the middle of one.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

/// Who is on the other end, and the scissors for this connection.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The peer's address.
    pub(crate) address: SocketAddr,
    /// Bytes that may still be written; negative: no end.
    allowance: Arc<AtomicI64>,
}

impl Caller {
    /// Ends the connection after `bytes` more bytes have been written.
    pub(crate) fn cut_after(&self, bytes: i64) {
        self.allowance.store(bytes.max(0), Ordering::SeqCst);
    }
}

/// A TCP listener whose connections can be cut.
#[derive(Debug)]
pub(crate) struct Line(pub(crate) TcpListener);

/// One connection of a [`Line`].
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    allowance: Arc<AtomicI64>,
}

impl Listener for Line {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        // The listener of tokio logs and waits out failures to accept.
        let (stream, address) = Listener::accept(&mut self.0).await;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
        let allowance = Arc::new(AtomicI64::new(-1));
        (Connection { stream, allowance }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Line>> for Caller {
    fn connect_info(stream: IncomingStream<'_, Line>) -> Self {
        Self { address: *stream.remote_addr(), allowance: Arc::clone(&stream.io().allowance) }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let allowed = self.allowance.load(Ordering::SeqCst);
        if allowed < 0 {
            return Pin::new(&mut self.stream).poll_write(context, bytes);
        }
        if allowed == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let end = usize::try_from(allowed).map_or(bytes.len(), |allowed| allowed.min(bytes.len()));
        let written = Pin::new(&mut self.stream).poll_write(context, &bytes[..end]);
        if let Poll::Ready(Ok(count)) = &written {
            let count = i64::try_from(*count).unwrap_or(i64::MAX);
            self.allowance.store(allowed.saturating_sub(count).max(0), Ordering::SeqCst);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
