//! A network between us and PostgreSQL that stalls, swallows answers, or is cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use url::Url;

use super::tests::Place;
use super::*;
use crate::store::outage::{FAR, create, heals, is_unavailable, key};

const PASSWORD: &str = "canary-of-the-address";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Network {
    Good,
    /// Nothing comes through, and nobody is told.
    Stalled,
    /// What we send arrives, what the server answers does not.
    Deaf,
    /// Connections are broken, and new ones refused.
    Cut,
}

/// A proxy before the database.
struct Proxy {
    network: watch::Sender<Network>,
    port: u16,
}

impl Proxy {
    async fn before(url: &Url) -> Self {
        let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (network, state) = watch::channel(Network::Good);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *state.borrow() == Network::Cut {
                    continue;
                }
                let server = TcpStream::connect(&server).await.unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(copy(from_client, to_server, state.clone(), false));
                tokio::spawn(copy(from_server, to_client, state.clone(), true));
            }
        });
        Self { network, port }
    }

    fn set(&self, network: Network) {
        self.network.send_replace(network);
    }

    async fn store(&self, place: &Place) -> PostgresStore {
        let mut url = Url::parse(&place.address()).unwrap();
        url.set_port(Some(self.port)).unwrap();
        // The server of the tests asks for none, and no error may show it.
        url.set_password(Some(PASSWORD)).unwrap();
        PostgresStore::connect(url.as_str()).await.unwrap()
    }
}

/// Copies while the network allows it; both halves are dropped when it is cut.
async fn copy(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut state: watch::Receiver<Network>,
    answers: bool,
) {
    let mut bytes = vec![0; 16_384];
    loop {
        let network = *state.borrow_and_update();
        match network {
            Network::Cut => return,
            Network::Stalled => {
                let _ = state.changed().await;
                continue;
            }
            Network::Good | Network::Deaf => {}
        }
        let read = tokio::select! {
            read = from.read(&mut bytes) => read,
            _ = state.changed() => continue,
        };
        match read {
            Ok(length) if length > 0 => {
                let swallowed = answers && *state.borrow() == Network::Deaf;
                if !swallowed && to.write_all(&bytes[..length]).await.is_err() {
                    return;
                }
            }
            _ => return,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_told_in_time_and_ends_by_itself() {
    let Some(place) = Place::find() else { return };
    let proxy = Proxy::before(&place.url).await;
    let store = proxy.store(&place).await;
    let version = create(&store, 1).await;
    for (n, outage) in [(2, Network::Stalled), (3, Network::Cut), (4, Network::Deaf)] {
        proxy.set(outage);
        is_unavailable(&store, DEADLINE, PASSWORD).await;
        is_unavailable(&store, DEADLINE, PASSWORD).await;
        proxy.set(Network::Good);
        heals(&store).await;
        create(&store, n).await;
        let record = store.get(&key(1)).await.unwrap().unwrap();
        assert_eq!((record.version, record.value), (version, vec![1]));
    }
    place.clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_answer_is_lost_is_an_error_and_never_half_done() {
    let Some(place) = Place::find() else { return };
    let proxy = Proxy::before(&place.url).await;
    let store = proxy.store(&place).await;
    let version = create(&store, 1).await;
    let expected = Expected::Version(version);
    // Once, so that the statement is prepared and the next one needs no answer before it.
    let put = store.put(&key(1), vec![2], FAR, expected).await;
    let Ok(Put::Done(version)) = put else {
        panic!("{put:?}")
    };
    proxy.set(Network::Deaf);
    let expected = Expected::Version(version);
    let lost = store.put(&key(1), vec![3], FAR, expected).await;
    assert!(matches!(lost, Err(Error::Unavailable(_))), "{lost:?}");
    proxy.set(Network::Cut);
    proxy.set(Network::Good);
    heals(&store).await;
    let record = store.get(&key(1)).await.unwrap().unwrap();
    assert_eq!(record.value, vec![3], "it had arrived");
    let again = store.put(&key(1), vec![4], FAR, expected).await;
    assert_eq!(again, Ok(Put::Conflict));
    place.clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_waits_too_long_has_done_nothing() {
    let Some(place) = Place::find() else { return };
    let store = Arc::new(place.store().await);
    let version = create(&*store, 1).await;
    let lock = "BEGIN; SELECT 1 FROM {ns}_records FOR UPDATE; SELECT pg_sleep(4); COMMIT";
    let (waiting, ()) = futures_util::join!(
        async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let expected = Expected::Version(version);
            store.put(&key(1), vec![2], FAR, expected).await
        },
        place.run(lock),
    );
    assert!(matches!(waiting, Err(Error::Unavailable(_))), "{waiting:?}");
    let record = store.get(&key(1)).await.unwrap().unwrap();
    assert_eq!((record.version, record.value), (version, vec![1]));
    place.clean().await;
}

/// Adds one again and again while connections are cut. Every addition that was acknowledged is
/// there at the end, and no more than those that were not come on top.
#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_write_is_lost_when_connections_are_cut_under_load() {
    let Some(place) = Place::find() else { return };
    let proxy = Proxy::before(&place.url).await;
    let store = Arc::new(proxy.store(&place).await);
    create(&*store, 1).await;
    let counts = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
    let writers: Vec<_> = (0..8)
        .map(|_| tokio::spawn(add(store.clone(), counts.clone())))
        .collect();
    for round in 0..5 {
        tokio::time::sleep(Duration::from_millis(150 + 70 * round)).await;
        proxy.set(Network::Cut);
        tokio::time::sleep(Duration::from_millis(50)).await;
        proxy.set(Network::Good);
        heals(&*store).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    for writer in writers {
        writer.abort();
        let _ = writer.await;
    }
    let record = store.get(&key(1)).await.unwrap().unwrap();
    let found = value(&record);
    let [done, unknown] = [0, 1].map(|n| counts[n].load(Ordering::SeqCst));
    // A writer that is ended in the middle knows as little.
    let unknown = unknown + 8;
    assert!(done > 10, "{done} additions");
    assert!(
        (done..=done + unknown).contains(&found),
        "{done} acknowledged, {unknown} unknown, {found} found"
    );
    place.clean().await;
}

/// The count in a record; the one byte it begins with counts nothing.
fn value(record: &Record) -> u64 {
    let bytes = record.value.as_slice().try_into();
    bytes.map_or(0, u64::from_le_bytes)
}

async fn add(store: Arc<PostgresStore>, counts: Arc<[AtomicU64; 2]>) {
    loop {
        let Ok(Some(record)) = store.get(&key(1)).await else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        let next = (value(&record) + 1).to_le_bytes().to_vec();
        let expected = Expected::Version(record.version);
        match store.put(&key(1), next, FAR, expected).await {
            Ok(Put::Done(_)) => counts[0].fetch_add(1, Ordering::SeqCst),
            Ok(Put::Conflict) => continue,
            Err(_) => counts[1].fetch_add(1, Ordering::SeqCst),
        };
    }
}

async fn client(url: &Url) -> tokio_postgres::Client {
    let connected = tokio_postgres::connect(url.as_str(), tokio_postgres::NoTls);
    let (client, connection) = connected.await.unwrap();
    tokio::spawn(connection);
    client
}

/// As many as there are connections, all waiting for a row that somebody holds.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_any_more_is_stopped_and_holds_no_connection() {
    let Some(place) = Place::find() else { return };
    let store = Arc::new(place.store().await);
    let version = create(&*store, 1).await;
    let holder = client(&place.url).await;
    // Whoever is in a transaction sees one and the same activity for ever.
    let watcher = client(&place.url).await;
    let table = store.statements.get.split(' ').nth(5).unwrap().to_owned();
    let hold = format!("BEGIN; SELECT 1 FROM {table} FOR UPDATE");
    holder.batch_execute(&hold).await.unwrap();
    let waiting = format!(
        "SELECT count(*) FROM pg_stat_activity \
         WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE {table}%'"
    );
    let waiting = async || {
        watcher
            .query_one(&waiting, &[])
            .await
            .unwrap()
            .get::<_, i64>(0)
    };
    let writes: Vec<_> = (0..10)
        .map(|_| {
            let store = store.clone();
            let expected = Expected::Version(version);
            tokio::spawn(async move { store.put(&key(1), vec![9], FAR, expected).await })
        })
        .collect();
    while waiting().await < 10 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let start = tokio::time::Instant::now();
    for write in writes {
        write.abort();
        let _ = write.await;
    }
    assert_eq!(store.get(&key(2)).await, Ok(None));
    while waiting().await > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Long before the server would have given up by itself.
    let took = start.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    holder.batch_execute("COMMIT").await.unwrap();
    let record = store.get(&key(1)).await.unwrap().unwrap();
    assert_eq!(record.version, version);
    place.clean().await;
}
