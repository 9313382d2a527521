//! The servers that an address means: one, the master that sentinels know, or a cluster.
//!
//! | address | |
//! |---|---|
//! | `redis://[[user]:password@]host[:port][/db]` | one server |
//! | `redis+sentinel://[[user]:password@]sentinel[:port],…/master[/db]` | whichever the sentinels call the master |
//! | `redis+cluster://[[user]:password@]node[:port],…` | all nodes of a cluster, found by these |
//!
//! `rediss…` speaks TLS to each of them. User and password are the nodes'; sentinels are asked with
//! `?sentinel_password=…`, or without one.

use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::cluster::ClusterClient;
use ::redis::cluster_async::ClusterConnection;
use ::redis::cluster_routing::{RoutingInfo, SingleNodeRoutingInfo};
use ::redis::sentinel::{SentinelClient, SentinelNodeConnectionInfo, SentinelServerType};
use ::redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, FromRedisValue, IntoConnectionInfo as _,
    RedisError, TlsMode, from_redis_value,
};
use tokio::sync::Mutex;

use super::super::{Error, address};

const SENTINEL_PORT: &str = "26379";
/// How long one node of several may take to answer, so that there is time for another.
const ONE_OF_SEVERAL: Duration = Duration::from_millis(500);

/// Where connections come from.
pub(super) enum Source {
    One(Box<Client>),
    /// It remembers which sentinel answered, and so is asked by one at a time.
    Sentinels(Box<Mutex<SentinelClient>>),
    Cluster(Box<ClusterClient>),
}

/// A connection that is shared by cloning it.
#[derive(Clone)]
pub(super) enum Connection {
    One(MultiplexedConnection),
    Cluster(ClusterConnection),
}

/// Who has to carry out a command.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// Whoever has the key in it.
    Key,
    /// Any node that takes writes.
    Any,
    /// The node at this host and port.
    Node(String, u16),
}

impl Source {
    /// Whatever is wrong with an address, no part of it is repeated.
    pub(super) fn parse(url: &str, answer: Duration) -> Result<Self, Error> {
        Self::read(url, answer).ok_or_else(|| {
            Error::unavailable(
                "the address is not of the form `redis://[[user]:password@]host[:port][/db]`, \
                 `redis+sentinel://host[:port],…/master[/db]` or `redis+cluster://host[:port],…` \
                 (or `rediss…`); special characters in the password must be percent-encoded",
            )
        })
    }

    fn read(url: &str, answer: Duration) -> Option<Self> {
        let mut sentinel_password = None;
        let url = address::without_parameters(url, |name, value| {
            let ours = name == "sentinel_password";
            if ours {
                sentinel_password = Some(value.to_owned());
            }
            ours
        });
        let (scheme, rest) = url.split_once("://")?;
        let (scheme, kind) = scheme.split_once('+').unwrap_or((scheme, ""));
        if !["redis", "rediss"].contains(&scheme) {
            return None;
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let node = |user: &str, host: &str, path: &str| {
            let at = if user.is_empty() { "" } else { "@" };
            let url = format!("{scheme}://{user}{at}{host}/{path}?{query}");
            url.as_str().into_connection_info().ok()
        };
        match kind {
            "" => {
                let client = Client::open(url.as_str()).ok()?;
                Some(Self::One(Box::new(client)))
            }
            "sentinel" => {
                let (master, db) = path.split_once('/').unwrap_or((path, ""));
                let hosts = hosts.split(',').map(|host| with_port(host, SENTINEL_PORT));
                let sentinels = hosts.map(|host| {
                    let info = node("", &host, "")?;
                    Some(signed_in(info, sentinel_password.as_deref()))
                });
                let mut nodes = SentinelNodeConnectionInfo::default()
                    .set_redis_connection_info(node(user, "node", db)?.redis_settings().clone());
                if scheme == "rediss" {
                    nodes = nodes.set_tls_mode(TlsMode::Secure);
                }
                let client = SentinelClient::build(
                    sentinels.collect::<Option<Vec<_>>>()?,
                    Some(master).filter(|name| !name.is_empty())?,
                    Some(nodes),
                    SentinelServerType::Master,
                );
                Some(Self::Sentinels(Box::new(Mutex::new(client.ok()?))))
            }
            "cluster" => {
                let nodes = hosts.split(',').map(|host| node(user, host, path));
                let client = ClusterClient::builder(nodes.collect::<Option<Vec<_>>>()?)
                    // What was refused is sent again by us, and what got no answer by nobody.
                    .retries(0)
                    .connection_timeout(ONE_OF_SEVERAL)
                    .response_timeout(answer);
                Some(Self::Cluster(Box::new(client.build().ok()?)))
            }
            _ => None,
        }
    }

    pub(super) async fn connect(
        &self,
        config: &AsyncConnectionConfig,
    ) -> Result<Connection, RedisError> {
        Ok(match self {
            Self::One(client) => {
                let made = client.get_multiplexed_async_connection_with_config(config);
                Connection::One(made.await?)
            }
            Self::Sentinels(client) => {
                let mut client = client.lock().await;
                Connection::One(client.get_async_connection_with_config(config).await?)
            }
            Self::Cluster(client) => Connection::Cluster(client.get_async_connection().await?),
        })
    }
}

impl Connection {
    pub(super) async fn ask<T: FromRedisValue>(
        &mut self,
        command: &Cmd,
        place: &Place,
    ) -> Result<T, RedisError> {
        let (connection, node) = match (self, place) {
            (Self::One(connection), _) => return command.query_async(connection).await,
            (Self::Cluster(connection), Place::Key) => {
                return command.query_async(connection).await;
            }
            (Self::Cluster(connection), Place::Any) => {
                (connection, SingleNodeRoutingInfo::RandomPrimary)
            }
            (Self::Cluster(connection), Place::Node(host, port)) => {
                let (host, port) = (host.clone(), *port);
                (connection, SingleNodeRoutingInfo::ByAddress { host, port })
            }
        };
        let answer = connection.route_command(command.clone(), RoutingInfo::SingleNode(node));
        Ok(from_redis_value(answer.await?)?)
    }
}

fn with_port(host: &str, port: &str) -> String {
    // Not a colon inside the brackets of an IPv6 address.
    let after = host.rsplit(']').next().unwrap_or(host);
    if after.contains(':') {
        host.to_owned()
    } else {
        format!("{host}:{port}")
    }
}

fn signed_in(info: ConnectionInfo, password: Option<&str>) -> ConnectionInfo {
    let Some(password) = password else {
        return info;
    };
    let settings = info.redis_settings().clone().set_password(password);
    info.set_redis_settings(settings)
}

/// The nodes that take writes, from the answer to `CLUSTER NODES`.
pub(super) fn primaries(nodes: &str) -> Vec<Place> {
    let primary = |line: &str| {
        // `<id> <host>:<port>@<bus port>[,<name>] <flags> …`
        let mut fields = line.split(' ').skip(1);
        let (address, flags) = (fields.next()?, fields.next()?);
        let healthy = flags.split(',').any(|flag| flag == "master")
            && !flags
                .split(',')
                .any(|flag| flag == "fail" || flag == "noaddr");
        let (host, port) = address.split('@').next()?.rsplit_once(':')?;
        healthy.then_some(Place::Node(host.to_owned(), port.parse().ok()?))
    };
    nodes.lines().filter_map(primary).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_which_kind_of_servers_it_means() {
        let kind = |url: &str| match Source::read(url, Duration::from_secs(1)) {
            Some(Source::One(_)) => "one",
            Some(Source::Sentinels(_)) => "sentinels",
            Some(Source::Cluster(_)) => "cluster",
            None => "none",
        };
        for (url, wanted) in [
            ("redis://h", "one"),
            ("rediss://u:p%40@h:1/2?protocol=resp3", "one"),
            ("redis+sentinel://:p@a,b:1,[::1]/main/3", "sentinels"),
            ("rediss+sentinel://a/main?sentinel_password=x", "sentinels"),
            ("redis+sentinel://a", "none"),
            ("redis+cluster://u:p@a:1,b:2", "cluster"),
            ("rediss+cluster://a", "cluster"),
            ("redis+other://a", "none"),
            ("http://a", "none"),
            ("redis:a", "none"),
        ] {
            assert_eq!(kind(url), wanted, "{url}");
        }
        assert_eq!(with_port("[::1]", "7"), "[::1]:7");
    }

    #[test]
    fn healthy_primaries_are_found_among_the_nodes() {
        let nodes = "07c3 127.0.0.1:30004@31004,host4 slave e7d1 0 1426 4 connected\n\
                     67ed 127.0.0.1:30002@31002 master - 0 1426 2 connected 5461-10922\n\
                     2922 ::1:30003@31003,host3 myself,master - 0 1426 3 connected 10923-16383\n\
                     6ec2 127.0.0.1:30005@31005 master,fail - 0 1426 5 connected\n";
        let at = |host: &str, port| Place::Node(host.to_owned(), port);
        let wanted = vec![at("127.0.0.1", 30002), at("::1", 30003)];
        assert!(primaries(nodes) == wanted);
    }
}
