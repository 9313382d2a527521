//! Who hears of changes.
//!
//! Each listener has an inbox that holds every change at most once: what is announced again
//! before it was taken is the same news. So an inbox is bounded by what its listener asked for,
//! however slow its reader and however fast the announcements, and nobody who announces waits.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// A list that a server offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum List {
    Tools,
    Prompts,
    /// Resources and their templates.
    Resources,
}

/// What a change of a list is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum About {
    #[default]
    Nothing,
    /// These items came or went; who may not see one of them has nothing to learn.
    Items(BTreeSet<&'static str>),
    Everything,
}

/// One piece of news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    List(List, About),
    Updated(Arc<str>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    List(List),
    Uri(Arc<str>),
}

/// All listeners of a server.
#[derive(Default)]
pub(crate) struct Hub(Mutex<Table>);

#[derive(Default)]
struct Table {
    last: u64,
    listeners: HashMap<u64, Seat>,
    by_uri: HashMap<Arc<str>, HashSet<u64>>,
}

struct Seat {
    lists: Vec<List>,
    uris: HashSet<Arc<str>>,
    inbox: Arc<Inbox>,
}

#[derive(Default)]
struct Inbox {
    waiting: Mutex<Waiting>,
    arrived: Notify,
}

#[derive(Default)]
struct Waiting {
    order: VecDeque<Key>,
    there: HashSet<Key>,
    about: [About; 3],
}

/// One who hears of the lists and resources that it asked for. Dropped, it is forgotten.
pub(crate) struct Listener {
    hub: Arc<Hub>,
    number: u64,
    inbox: Arc<Inbox>,
}

/// News that was taken; dropped before [`Taken::told`], it goes back for the next reader.
pub(crate) struct Taken {
    inbox: Arc<Inbox>,
    news: News,
    told: bool,
}

impl Hub {
    pub(crate) fn announce(&self, news: &News) {
        let table = self.table();
        match news {
            News::List(list, _) => {
                let seats = table.listeners.values();
                for seat in seats.filter(|seat| seat.lists.contains(list)) {
                    seat.inbox.put(news.clone());
                }
            }
            News::Updated(uri) => {
                let numbers = table.by_uri.get(uri).into_iter().flatten();
                for seat in numbers.filter_map(|number| table.listeners.get(number)) {
                    seat.inbox.put(news.clone());
                }
            }
        }
    }

    /// A listener to `lists`, and to no resource yet.
    pub(crate) fn listen(self: &Arc<Self>, lists: Vec<List>) -> Listener {
        let inbox = Arc::<Inbox>::default();
        let seat = Seat {
            lists,
            uris: HashSet::new(),
            inbox: Arc::clone(&inbox),
        };
        let mut table = self.table();
        table.last += 1;
        let number = table.last;
        table.listeners.insert(number, seat);
        drop(table);
        Listener {
            hub: Arc::clone(self),
            number,
            inbox,
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn forget(&mut self, uri: &str, number: u64) {
        if let Some(numbers) = self.by_uri.get_mut(uri) {
            numbers.remove(&number);
            if numbers.is_empty() {
                self.by_uri.remove(uri);
            }
        }
    }
}

impl Inbox {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, news: News) {
        self.waiting().put(news);
        self.arrived.notify_one();
    }
}

impl Waiting {
    fn put(&mut self, news: News) {
        let key = match news {
            News::List(list, about) => {
                self.about[list as usize].widen(about);
                Key::List(list)
            }
            News::Updated(uri) => Key::Uri(uri),
        };
        if self.there.insert(key.clone()) {
            self.order.push_back(key);
        }
    }

    fn take(&mut self) -> Option<News> {
        let key = self.order.pop_front()?;
        self.there.remove(&key);
        Some(match key {
            Key::List(list) => News::List(list, std::mem::take(&mut self.about[list as usize])),
            Key::Uri(uri) => News::Updated(uri),
        })
    }
}

impl About {
    fn widen(&mut self, more: Self) {
        match (&mut *self, more) {
            (Self::Everything, _) | (_, Self::Nothing) => {}
            (Self::Items(items), Self::Items(more)) => items.extend(more),
            (_, more) => *self = more,
        }
    }
}

impl Listener {
    /// The next news. Of several tasks that wait on one listener, one gets it.
    pub(crate) async fn next(&self) -> Taken {
        loop {
            let news = self.inbox.waiting().take();
            if let Some(news) = news {
                return Taken {
                    inbox: Arc::clone(&self.inbox),
                    news,
                    told: false,
                };
            }
            self.inbox.arrived.notified().await;
        }
    }

    /// Also hears of `uri` from now on, unless it already hears of `most` others: then `false`.
    pub(crate) fn watch(&self, uri: &str, most: usize) -> bool {
        let mut table = self.hub.table();
        let Some(seat) = table.listeners.get_mut(&self.number) else {
            return false;
        };
        if seat.uris.len() >= most && !seat.uris.contains(uri) {
            return false;
        }
        let uri = Arc::<str>::from(uri);
        seat.uris.insert(Arc::clone(&uri));
        table.by_uri.entry(uri).or_default().insert(self.number);
        true
    }

    /// No longer hears of `uri`, not even of what is waiting.
    pub(crate) fn unwatch(&self, uri: &str) {
        let mut table = self.hub.table();
        if let Some(seat) = table.listeners.get_mut(&self.number) {
            seat.uris.remove(uri);
        }
        table.forget(uri, self.number);
        drop(table);
        let mut waiting = self.inbox.waiting();
        let key = Key::Uri(Arc::from(uri));
        if waiting.there.remove(&key) {
            waiting.order.retain(|waiting| *waiting != key);
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut table = self.hub.table();
        let seat = table.listeners.remove(&self.number);
        for uri in seat.into_iter().flat_map(|seat| seat.uris) {
            table.forget(&uri, self.number);
        }
    }
}

impl Taken {
    pub(crate) fn news(&self) -> &News {
        &self.news
    }

    /// The reader has it, or has no right to it.
    pub(crate) fn told(mut self) {
        self.told = true;
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if !self.told {
            self.inbox.put(self.news.clone());
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

#[cfg(test)]
#[path = "hub_tests.rs"]
mod tests;
