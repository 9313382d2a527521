use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::routing::get;
use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::oneshot;

use super::*;

const HEAD_TIME: Duration = Duration::from_millis(400);
/// How long a stop may take.
const DEADLINE: Duration = Duration::from_secs(2);
/// More than what the two ends of a connection keep between them.
const LONG: usize = 24 * 1024 * 1024;
const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

pub(in crate::server) struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    leave: oneshot::Sender<()>,
    /// Done when what is under way has to end.
    is_cut: oneshot::Receiver<()>,
    served: tokio::task::JoinHandle<()>,
}

async fn running(number: usize) -> Running {
    running_over(number, None).await
}

pub(in crate::server) async fn running_over(number: usize, tls: Option<Tls>) -> Running {
    let listener = bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stream = || async {
        let pieces = futures_util::stream::iter(0..8).then(|piece| async move {
            tokio::time::sleep(HEAD_TIME / 4).await;
            Ok::<_, std::io::Error>(Bytes::from(format!("piece {piece}\n")))
        });
        Body::from_stream(pieces)
    };
    let router = Router::new()
        .route(
            "/",
            get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }),
        )
        .route("/stream", get(stream))
        .route("/long", get(|| async { vec![b'x'; LONG] }))
        .route(
            "/endless",
            get(|| async {
                Body::from_stream(futures_util::stream::pending::<std::io::Result<Bytes>>())
            }),
        );
    let patience = Patience {
        head: HEAD_TIME,
        idle: HEAD_TIME * 2,
        number,
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let (leave, left) = oneshot::channel::<()>();
    let stopped = async {
        let _ = stopped.await;
    };
    // Kept for as long as the test does not say so.
    let left = async {
        if left.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let (cut, is_cut) = oneshot::channel::<()>();
    let ending = Ending {
        stop: stopped,
        patience: DEADLINE,
        cut: || {
            let _ = cut.send(());
        },
        leave: left,
    };
    let served = tokio::spawn(serve(
        listener,
        Front::new(router, None),
        patience,
        tls,
        ending,
    ));
    Running {
        address,
        stop,
        leave,
        is_cut,
        served,
    }
}

impl Running {
    pub(in crate::server) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// What comes for `request`, until the server closes or pauses.
    async fn ask(&self, stream: &mut TcpStream, request: &[u8]) -> String {
        stream.write_all(request).await.unwrap();
        let mut answer = vec![0; 4096];
        let length = stream.read(&mut answer).await.unwrap_or(0);
        String::from_utf8_lossy(&answer[..length]).into_owned()
    }
}

/// When the server closes the connection.
pub(in crate::server) async fn closed(mut stream: TcpStream) -> Duration {
    let begun = Instant::now();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    begun.elapsed()
}

#[tokio::test]
async fn who_sends_no_head_is_closed_and_holds_up_nobody() {
    let server = running(1000).await;
    let mut slow = Vec::new();
    for number in 0..200 {
        let mut stream = server.connect().await;
        if number % 2 == 0 {
            stream.write_all(b"GET / HTT").await.unwrap();
        }
        slow.push(stream);
    }
    let begun = Instant::now();
    let mut quick = server.connect().await;
    assert!(server.ask(&mut quick, GET).await.ends_with("127.0.0.1"));
    assert!(
        begun.elapsed() < HEAD_TIME,
        "nobody waits for the slow ones"
    );
    for stream in slow {
        assert!(closed(stream).await < HEAD_TIME * 3);
    }
}

#[tokio::test]
async fn a_connection_is_kept_between_requests_and_a_stream_to_its_end() {
    let server = running(10).await;
    let mut stream = server.connect().await;
    for _ in 0..2 {
        assert!(
            server
                .ask(&mut stream, GET)
                .await
                .starts_with("HTTP/1.1 200")
        );
        tokio::time::sleep(HEAD_TIME * 3 / 2).await;
    }
    let request = b"GET /stream HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).await.unwrap();
    assert!(
        all.contains("piece 7"),
        "twice as long as the patience: {all}"
    );
}

#[tokio::test]
async fn where_all_places_are_taken_the_longest_silent_one_makes_room() {
    let server = running(3).await;
    let first = server.connect().await;
    let mut kept = server.connect().await;
    assert!(server.ask(&mut kept, GET).await.starts_with("HTTP/1.1 200"));
    let second = server.connect().await;
    let mut newest = server.connect().await;
    assert!(
        server
            .ask(&mut newest, GET)
            .await
            .starts_with("HTTP/1.1 200")
    );
    assert!(closed(first).await < HEAD_TIME / 2, "at once");
    assert!(server.ask(&mut kept, GET).await.starts_with("HTTP/1.1 200"));
    drop(second);
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let server = running(10).await;
    let address = "x".repeat(HEAD);
    let mut stream = server.connect().await;
    let request = format!("GET /{address} HTTP/1.1\r\nhost: x\r\n\r\n");
    let answer = server.ask(&mut stream, request.as_bytes()).await;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    assert!(matches!(status, "414" | "431"), "{answer}");
    let mut stream = server.connect().await;
    let fields = format!("x: {}\r\n", "y".repeat(500)).repeat(99);
    let request = format!("GET / HTTP/1.1\r\nhost: x\r\n{fields}{fields}\r\n");
    let answer = server.ask(&mut stream, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let mut quick = server.connect().await;
    assert!(
        server
            .ask(&mut quick, GET)
            .await
            .starts_with("HTTP/1.1 200")
    );
}

#[tokio::test]
async fn told_to_stop_it_answers_what_is_under_way() {
    let server = running(10).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut first = [0; 8];
    stream.read_exact(&mut first).await.unwrap();
    let idle = server.connect().await;
    server.stop.send(()).unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).await.unwrap();
    assert!(all.contains("piece 7"), "{all}");
    drop(idle);
    server.served.await.unwrap();
}

#[tokio::test]
async fn told_to_stop_again_it_waits_for_nobody() {
    let server = running(10).await;
    let mut stream = server.connect().await;
    let request = b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n";
    let head = server.ask(&mut stream, request).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    server.stop.send(()).unwrap();
    let mut task = server.served;
    let early = tokio::time::timeout(HEAD_TIME / 4, &mut task).await;
    assert!(early.is_err(), "it waits for the stream");
    server.leave.send(()).unwrap();
    let left = tokio::time::timeout(Duration::from_secs(10), task).await;
    left.unwrap().unwrap();
}

#[tokio::test]
async fn what_outlasts_the_deadline_of_a_stop_is_ended() {
    let server = running(10).await;
    let mut stream = server.connect().await;
    let request = b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n";
    let head = server.ask(&mut stream, request).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let begun = Instant::now();
    server.stop.send(()).unwrap();
    server.is_cut.await.expect("what is under way is ended");
    assert!(begun.elapsed() >= DEADLINE, "and not before");
    // It says nothing more, so nobody waits for it.
    let left = tokio::time::timeout(LAST_WORDS * 5, server.served).await;
    left.unwrap().unwrap();
    drop(server.leave);
}

#[tokio::test]
async fn a_connection_is_answered_until_its_last_request_is() {
    let connections = Arc::new(Connections::new(Patience::for_so_many(10)));
    let place = connections.enter().unwrap();
    let is_gone = || place.watch.gone().now_or_never().is_some();
    let (first, second) = (place.watch.begins(), place.watch.begins());
    drop(first);
    connections.make_room();
    assert!(!is_gone(), "one is still being answered");
    drop(second);
    connections.make_room();
    assert!(is_gone());
}

#[tokio::test]
async fn an_answer_that_is_taken_slowly_arrives_whole() {
    let server = running(10).await;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    let mut stream = socket.connect(server.address).await.unwrap();
    let request = b"GET /long HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let begun = Instant::now();
    let (mut piece, mut taken) = (vec![0; LONG / 16], 0);
    loop {
        let length = stream
            .read_exact(&mut piece)
            .await
            .map_or(0, |length| length);
        taken += length;
        if length == 0 {
            break;
        }
        tokio::time::sleep(HEAD_TIME / 4).await;
    }
    assert!(begun.elapsed() > HEAD_TIME * 3, "longer than the patience");
    assert_eq!(taken, LONG, "the head is what is left over");
}

#[tokio::test]
async fn who_waits_longest_makes_room_and_who_is_answered_never() {
    let connections = Arc::new(Connections::new(Patience::for_so_many(10)));
    let answered = connections.enter().unwrap();
    let _under_way = answered.watch.begins();
    let first = connections.enter().unwrap();
    connections.ticked();
    let second = connections.enter().unwrap();
    let is_gone = |place: &Place| place.watch.gone().now_or_never().is_some();
    connections.make_room();
    assert!(is_gone(&first) && !is_gone(&second));
    connections.make_room();
    assert!(is_gone(&second));
    connections.make_room();
    assert!(!is_gone(&answered));
}
