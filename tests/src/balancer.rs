//! What stands before several nodes: each connection goes to the next one in turn, or to
//! one that answers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A load balancer on a port of its own; it ends with this value.
pub struct Balancer {
    base: String,
    nodes: Arc<Mutex<Vec<u16>>>,
    task: JoinHandle<()>,
}

impl Balancer {
    /// One that has no nodes yet.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let nodes = Arc::new(Mutex::new(Vec::new()));
        let known = Arc::clone(&nodes);
        let task = tokio::spawn(async move {
            let mut turn = 0;
            while let Ok((client, _)) = listener.accept().await {
                turn += 1;
                let mut nodes = lock(&known).clone();
                let first = turn % nodes.len();
                nodes.rotate_left(first);
                tokio::spawn(connect(client, nodes));
            }
        });
        let base = format!("http://localhost:{port}");
        Self { base, nodes, task }
    }

    /// The base URL of the whole.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A port, free a moment ago, for the next node.
    pub fn new_port(&self) -> u16 {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = socket.local_addr().expect("an address").port();
        lock(&self.nodes).push(port);
        port
    }
}

/// Connects the client with the first node that answers.
async fn connect(mut client: TcpStream, nodes: Vec<u16>) {
    for node in nodes {
        if let Ok(mut server) = TcpStream::connect(("127.0.0.1", node)).await {
            let _ = copy_bidirectional(&mut client, &mut server).await;
            return;
        }
    }
}

fn lock(nodes: &Mutex<Vec<u16>>) -> MutexGuard<'_, Vec<u16>> {
    nodes.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
