//! The wire between a server and its database, which can be slow, stuck or cut.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How the wire behaves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wire {
    /// Every piece of data waits at random, up to so long; zero is a good wire.
    Late(Duration),
    /// Nothing gets through and nothing breaks; what was sent arrives when it is let go.
    Held,
    /// So many pieces that the server sends still get through, and every answer; then as `Held`.
    HeldAfter(u32),
    /// Connections break, and new ones do at once.
    Cut,
}

/// A port of this machine that leads to another one; it ends with this value.
pub struct Link {
    port: u16,
    wire: Arc<watch::Sender<Wire>>,
    task: JoinHandle<()>,
}

impl Link {
    /// A good wire to that port.
    pub async fn to(database: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let wire = Arc::new(watch::Sender::new(Wire::Late(Duration::ZERO)));
        let known = Arc::clone(&wire);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *known.borrow() != Wire::Cut {
                    tokio::spawn(connect(client, database, Arc::clone(&known)));
                }
            }
        });
        Self { port, wire, task }
    }

    /// Where it begins.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on, for connections that are open as well.
    pub fn turn(&self, wire: Wire) {
        self.wire.send_replace(wire);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
        self.wire.send_replace(Wire::Cut);
    }
}

/// Both directions, until one ends: then neither is of use.
async fn connect(client: TcpStream, database: u16, wire: Arc<watch::Sender<Wire>>) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", database)).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (client_reads, client_writes) = client.into_split();
    let (server_reads, server_writes) = server.into_split();
    tokio::select! {
        () = carry(client_reads, server_writes, &wire, Wire::after_request) => {}
        () = carry(server_reads, client_writes, &wire, Wire::after_answer) => {}
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    wire: &watch::Sender<Wire>,
    after: fn(Wire) -> Option<Wire>,
) {
    let (mut cut, mut free) = (wire.subscribe(), wire.subscribe());
    let mut piece = vec![0; 16 * 1024];
    loop {
        let read = tokio::select! {
            read = from.read(&mut piece) => read,
            _ = cut.wait_for(|wire| *wire == Wire::Cut) => return,
        };
        let Ok(length @ 1..) = read else { return };
        let Ok(now) = free
            .wait_for(|wire| after(*wire).is_some())
            .await
            .map(|it| *it)
        else {
            return;
        };
        match now {
            Wire::Cut => return,
            Wire::Late(most) => pause(most).await,
            Wire::Held | Wire::HeldAfter(_) => {}
        }
        wire.send_if_modified(|wire| {
            let next = after(*wire).filter(|_| *wire == now);
            next.is_some_and(|next| std::mem::replace(wire, next) != next)
        });
        if to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}

impl Wire {
    /// What it is after a piece on its way to the database, if one gets through.
    fn after_request(self) -> Option<Self> {
        match self {
            Self::Held => None,
            Self::HeldAfter(left) => left.checked_sub(1).map(Self::HeldAfter),
            other => Some(other),
        }
    }

    /// The same on the way back.
    fn after_answer(self) -> Option<Self> {
        Some(self).filter(|wire| *wire != Self::Held)
    }
}

async fn pause(most: Duration) {
    if !most.is_zero() {
        let share = f64::from(getrandom::u32().expect("the system has randomness"));
        tokio::time::sleep(most.mul_f64(share / f64::from(u32::MAX))).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wire_can_be_held_let_go_and_cut() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let link = Link::to(listener.local_addr().expect("an address").port()).await;
        let mut client = TcpStream::connect(("127.0.0.1", link.port()))
            .await
            .expect("a wire");
        let (mut server, _) = listener.accept().await.expect("a connection");
        let mut got = [0; 5];
        link.turn(Wire::Held);
        client.write_all(b"hello").await.expect("it is sent");
        let held = tokio::time::timeout(Duration::from_millis(100), server.read(&mut got)).await;
        assert!(held.is_err(), "nothing arrives: {held:?}");
        link.turn(Wire::Late(Duration::from_millis(5)));
        server.read_exact(&mut got).await.expect("it arrives");
        assert_eq!(&got, b"hello");
        link.turn(Wire::HeldAfter(1));
        client.write_all(b"first").await.expect("it is sent");
        server.read_exact(&mut got).await.expect("it arrives");
        server.write_all(b"answer").await.expect("it is sent");
        client.read_exact(&mut [0; 6]).await.expect("it arrives");
        client.write_all(b"other").await.expect("it is sent");
        let held = tokio::time::timeout(Duration::from_millis(100), server.read(&mut got)).await;
        assert!(held.is_err(), "nothing arrives: {held:?}");
        link.turn(Wire::Cut);
        assert_eq!(server.read(&mut got).await.ok(), Some(0), "it broke");
        let mut again = TcpStream::connect(("127.0.0.1", link.port()))
            .await
            .expect("a port");
        assert!(matches!(again.read(&mut got).await, Ok(0) | Err(_)));
    }
}
