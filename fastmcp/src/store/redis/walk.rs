//! Walking over the names of a server, or of all that share the records: pages, and sweeps.
//!
//! `SCAN` goes over one server's table of names in an order that belongs to that table: another
//! server has another one, and so has the same server after a restart. And a record that a cluster
//! moves may come from a server that was not yet walked over to one that was. So a cursor says, by
//! a hash, which servers there were and which slots each of them had; where that is no longer so,
//! the walk **begins again**, which shows some records twice and misses none. After the last name
//! it is looked at once more. While a slot is being moved, its records can come and go without a
//! trace, and the walk is unavailable; so it is while a slot has no server.
//!
//! Names that are not ours, and what is under our names but is no string, are passed over.

use ::redis::{RedisError, cmd};
use futures_util::future::try_join_all;
use sha2::{Digest as _, Sha256};

use super::super::{Cursor, Error, Key, Page, Record, Version, strange_cursor};
use super::line::within;
use super::source::Place;
use super::{DEADLINE, RedisStore, record, survey, unavailable};
use crate::parts::UnixSeconds;

/// Most names that one step asks for.
const SCAN: usize = 500;
/// Slots of a cluster.
const SLOTS: usize = 16_384;

/// The servers, and a hash of what they have; another one if a walk over them has to begin again.
struct Layout {
    places: Vec<Place>,
    state: [u8; 32],
}

/// Where a walk is.
struct Position {
    state: [u8; 32],
    place: usize,
    cursor: u64,
}

impl Position {
    fn start(state: [u8; 32]) -> Self {
        Self {
            state,
            place: 0,
            cursor: 0,
        }
    }

    /// After a step that ended at `cursor`; `None` after the last one.
    fn advance(self, cursor: u64, places: usize) -> Option<Self> {
        let place = if cursor == 0 {
            self.place + 1
        } else {
            self.place
        };
        (place < places).then_some(Self {
            place,
            cursor,
            ..self
        })
    }

    fn read(cursor: &Cursor) -> Option<Self> {
        let (state, rest) = cursor.as_bytes().split_first_chunk()?;
        let (place, cursor) = rest.split_first_chunk()?;
        Some(Self {
            state: *state,
            place: usize::from_be_bytes(*place),
            cursor: u64::from_be_bytes(cursor.try_into().ok()?),
        })
    }

    fn write(&self) -> Cursor {
        let (place, cursor) = (self.place.to_be_bytes(), self.cursor.to_be_bytes());
        Cursor::new([&self.state[..], &place, &cursor].concat())
    }
}

impl RedisStore {
    pub(super) async fn scan_now(
        &self,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, Error> {
        let layout = self.layout().await?;
        let known = after.map(|it| Position::read(it).ok_or_else(strange_cursor));
        let known = known.transpose()?.filter(|it| it.state == layout.state);
        let at = known.unwrap_or(Position::start(layout.state));
        let place = layout.places.get(at.place).ok_or_else(strange_cursor)?;
        let (cursor, keys) = self.keys(place, at.cursor, limit.clamp(1, SCAN)).await?;
        let records = self.records(keys).await?;
        let mut next = at.advance(cursor, layout.places.len());
        if next.is_none() {
            let state = self.layout().await?.state;
            next = (state != layout.state).then_some(Position::start(state));
        }
        let next = next.map(|next| next.write());
        Ok(Page { records, next })
    }

    pub(super) async fn sweep_now(&self, now: UnixSeconds, limit: usize) -> Result<usize, Error> {
        let mut swept = 0;
        for place in self.places().await? {
            let mut cursor = 0;
            while swept < limit {
                let (next, keys) = self.keys(&place, cursor, SCAN).await?;
                for (key, version) in self.expired(keys, now).await? {
                    let name = record::name(&self.namespace, &key);
                    // Only the version that was seen: it may have been prolonged meanwhile.
                    if swept < limit && self.delete_now(&name, version).await? {
                        swept += 1;
                    }
                }
                cursor = next;
                if cursor == 0 {
                    break;
                }
            }
        }
        Ok(swept)
    }

    /// All names, also those that are not ours.
    pub(super) async fn estimate_now(&self) -> Result<Option<u64>, Error> {
        let (ask, mut count) = (cmd("DBSIZE"), 0);
        for place in self.places().await? {
            let size = within(DEADLINE, self.line.send_to::<u64>(&place, &ask));
            count += size.await.map_err(|error| unavailable(&error))?;
        }
        Ok(Some(count))
    }

    async fn places(&self) -> Result<Vec<Place>, Error> {
        let places = within(DEADLINE, self.line.places()).await;
        places.map_err(|error| unavailable(&error))
    }

    async fn layout(&self) -> Result<Layout, Error> {
        let mut places = self.places().await?;
        // Each node lists them in an order of its own.
        places.sort();
        let (mut state, mut slots) = (Sha256::new(), 0);
        for place in &places {
            let (process, own) = within(DEADLINE, self.about(place))
                .await
                .map_err(|error| unavailable(&error))?;
            slots += count_slots(&own).ok_or_else(|| {
                Error::unavailable("Redis: the cluster is moving records; walk when it is done")
            })?;
            state.update(format!("{process}\n{own}\n"));
        }
        if self.line.is_cluster() && slots != SLOTS {
            return Err(Error::unavailable(
                "Redis: some records of the cluster have no server now",
            ));
        }
        let state = state.finalize().into();
        Ok(Layout { places, state })
    }

    /// A name of the running process, and in a cluster which node it is and what slots it has.
    async fn about(&self, place: &Place) -> Result<(String, String), RedisError> {
        let mut info = cmd("INFO");
        info.arg("server");
        let process = match self.line.send_to::<String>(place, &info).await {
            Ok(info) => survey::field(&info, "run_id").map(str::to_owned),
            Err(error) if error.is_io_error() => return Err(error),
            // Not everybody may ask.
            Err(_) => None,
        };
        let mut own = String::new();
        if self.line.is_cluster() {
            let mut list = cmd("CLUSTER");
            list.arg("NODES");
            let nodes: String = self.line.send_to(place, &list).await?;
            own = own_line(&nodes).unwrap_or_default();
        }
        Ok((process.unwrap_or_default(), own))
    }

    /// The keys among some names, and where to go on; zero at the end.
    async fn keys(
        &self,
        place: &Place,
        cursor: u64,
        count: usize,
    ) -> Result<(u64, Vec<Key>), Error> {
        let mut scan = cmd("SCAN");
        let pattern = format!("{}:*", self.namespace);
        scan.arg(cursor).arg("MATCH").arg(pattern);
        scan.arg("COUNT").arg(count);
        let names = within(DEADLINE, self.line.send_to(place, &scan)).await;
        let (next, names): (u64, Vec<Vec<u8>>) = names.map_err(|error| unavailable(&error))?;
        let keys = names
            .iter()
            .filter_map(|name| record::key(&self.namespace, name));
        Ok((next, keys.collect()))
    }

    async fn records(&self, keys: Vec<Key>) -> Result<Vec<(Key, Record)>, Error> {
        let records = keys.into_iter().map(async |key| {
            let mut get = cmd("GET");
            get.arg(record::name(&self.namespace, &key));
            let found: Option<Vec<u8>> = self.line.send(&get).await.or_else(none_if_no_string)?;
            let found = found.and_then(|bytes| record::decode(&bytes));
            Ok(found.map(|record| (key, record)))
        });
        joined(records).await
    }

    /// Those that have expired at `now`, and their versions.
    async fn expired(
        &self,
        keys: Vec<Key>,
        now: UnixSeconds,
    ) -> Result<Vec<(Key, Version)>, Error> {
        let headers = keys.into_iter().map(async |key| {
            let mut get = cmd("GETRANGE");
            get.arg(record::name(&self.namespace, &key));
            get.arg(0).arg(record::HEADER - 1);
            let header: Option<Vec<u8>> = self.line.send(&get).await.or_else(none_if_no_string)?;
            let header = header.as_deref().and_then(record::header);
            let expired = header.filter(|(_, end, _)| *end <= now);
            Ok(expired.map(|(version, ..)| (key, version)))
        });
        joined(headers).await
    }
}

/// They go over the one connection one behind the other, and wait for their answers together.
async fn joined<T>(
    questions: impl Iterator<Item = impl Future<Output = Result<Option<T>, RedisError>>>,
) -> Result<Vec<T>, Error> {
    let found = within(DEADLINE, try_join_all(questions)).await;
    let found = found.map_err(|error| unavailable(&error))?;
    Ok(found.into_iter().flatten().collect())
}

/// A list or a hash under one of our names was not put there by us.
fn none_if_no_string<T>(error: RedisError) -> Result<Option<T>, RedisError> {
    match error.code() {
        Some("WRONGTYPE") => Ok(None),
        _ => Err(error),
    }
}

/// What a node says of itself in `CLUSTER NODES`, without what changes from second to second.
fn own_line(nodes: &str) -> Option<String> {
    // `<id> <address> <flags> <master> <ping> <pong> <epoch> <link> <slots> …`
    let fields = nodes
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>());
    let mut own = fields.filter(|fields| {
        let flags = fields.get(2).map(|flags| flags.split(','));
        flags.is_some_and(|mut flags| flags.any(|flag| flag == "myself"))
    });
    let own = own.next()?;
    let kept = [own.get(..1)?, own.get(6..7)?, own.get(8..)?];
    Some(kept.concat().join(" "))
}

/// How many slots are in an own line; `None` while one of them is being moved.
fn count_slots(own: &str) -> Option<usize> {
    let ranges = own.split(' ').skip(2).map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
        Some((last + 1).saturating_sub(first))
    });
    ranges.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_says_what_slots_it_has_and_whether_one_is_moving() {
        let nodes = |slots: &str| {
            format!(
                "67ed ::1:2@3,h master - 0 1426 2 connected 5461-10922\n\
                 2922 ::1:4@5,h myself,master - 17 18 3 connected {slots}\n"
            )
        };
        let own = own_line(&nodes("0-9 12 100-16383")).unwrap();
        assert_eq!(own, "2922 3 0-9 12 100-16383");
        assert_eq!(count_slots(&own), Some(10 + 1 + 16_284));
        let own = own_line(&nodes("0-9 [9->-67ed]")).unwrap();
        assert_eq!(count_slots(&own), None);
        assert_eq!(count_slots(""), Some(0));
        assert_eq!(
            own_line("67ed ::1:2@3 master - 0 1426 2 connected 1\n"),
            None
        );
    }

    #[test]
    fn a_position_is_read_from_its_cursor_and_goes_over_every_place() {
        let at = Position::read(&Position::start([7; 32]).write()).unwrap();
        let at = at.advance(u64::MAX, 2).unwrap();
        assert_eq!((at.place, at.cursor), (0, u64::MAX));
        let at = Position::read(&at.write()).unwrap().advance(0, 2).unwrap();
        assert_eq!((at.place, at.cursor, at.state), (1, 0, [7; 32]));
        assert!(at.advance(0, 2).is_none());
        assert!(Position::read(&Cursor::new(vec![7; 47])).is_none());
    }
}
