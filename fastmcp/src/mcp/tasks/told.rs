//! `notifications/tasks` on `subscriptions/listen`: a task as `tasks/get` would tell it, each time
//! that it has changed.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::place::Place;
use super::{Tasks, wire};
use crate::auth::{AuthSession, Verdict};
use crate::item::{Listener, News};
use crate::task::Unreachable;

/// Most tasks that one stream may hear of.
pub(crate) const MOST: usize = 32;
/// How often to look for what other nodes wrote.
const LOOK: Duration = Duration::from_secs(5);

/// The tasks that a stream hears of.
pub(crate) struct Told {
    tasks: Option<Arc<Tasks>>,
    heard: Vec<Heard>,
    /// Which ones may have changed, by their index.
    due: VecDeque<usize>,
    look_at: Instant,
}

struct Heard {
    id: String,
    place: Place,
    news: Arc<str>,
    /// The revision that was told last.
    told: Option<u64>,
    over: bool,
}

impl Told {
    /// Those of the tasks `ids` that are `user`'s, who may still use their tools. How they stand
    /// is told first.
    pub(crate) async fn new(
        tasks: Option<&Arc<Tasks>>,
        user: Option<&AuthSession>,
        ids: Vec<String>,
    ) -> Result<Self, Unreachable> {
        let mut told = Self {
            tasks: tasks.cloned(),
            heard: Vec::new(),
            due: VecDeque::new(),
            look_at: Instant::now() + LOOK,
        };
        let Some(tasks) = tasks else {
            return Ok(told);
        };
        for id in ids {
            let Ok(place) = tasks.place(user, &id) else {
                continue;
            };
            if !tasks.is_seen(place, user).await? || told.heard.iter().any(|it| it.place == place) {
                continue;
            }
            told.due.push_back(told.heard.len());
            told.heard.push(Heard {
                id,
                place,
                news: place.news(),
                told: None,
                over: false,
            });
        }
        Ok(told)
    }

    /// The ids that it hears of.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.heard.iter().map(|heard| heard.id.clone()).collect()
    }

    /// Has a listener hear of them too, beside `others`.
    pub(crate) fn watch(&self, listener: &Listener, others: usize) {
        for heard in &self.heard {
            listener.watch(&heard.news, others + MOST);
        }
    }

    /// Notes news of one of them; tells whether it is.
    pub(crate) fn note(&mut self, news: &News) -> bool {
        let News::Updated(address) = news else {
            return false;
        };
        let index = self.heard.iter().position(|heard| heard.news == *address);
        if let Some(index) = index.filter(|index| !self.due.contains(index)) {
            self.due.push_back(index);
        }
        index.is_some()
    }

    /// Whether one may have changed.
    pub(crate) fn is_due(&self) -> bool {
        !self.due.is_empty()
    }

    /// Done when it is time to look what other nodes wrote; then all that go on may have changed.
    pub(crate) async fn turn(&mut self) {
        if self.heard.iter().all(|heard| heard.over) {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep_until(self.look_at).await;
        self.look_at = Instant::now() + LOOK;
        let open = self.heard.iter().enumerate();
        let open = open.filter(|(_, heard)| !heard.over);
        self.due = open.map(|(index, _)| index).collect();
    }

    /// The next notification for `subscription` (a JSON-RPC id), if one that is due has changed and
    /// `user` may know.
    pub(crate) async fn next(
        &mut self,
        user: Option<&AuthSession>,
        subscription: &str,
    ) -> Option<String> {
        let tasks = self.tasks.clone()?;
        while let Some(index) = self.due.pop_front() {
            let heard = &mut self.heard[index];
            // What cannot be looked up now is looked up again with the next turn.
            let Ok(found) = tasks.look(heard.place).await else {
                continue;
            };
            let Some(task) = found else {
                heard.over = true;
                continue;
            };
            if heard.told == Some(task.revision()) || !tasks.may_see(task.tool(), user).await {
                continue;
            }
            heard.told = Some(task.revision());
            heard.over = task.is_over();
            return Some(wire::notification(&heard.id, &task, subscription));
        }
        None
    }
}

impl Tasks {
    async fn is_seen(&self, place: Place, user: Option<&AuthSession>) -> Result<bool, Unreachable> {
        match self.look(place).await? {
            Some(task) => Ok(self.may_see(task.tool(), user).await),
            None => Ok(false),
        }
    }

    async fn may_see(&self, tool: &str, user: Option<&AuthSession>) -> bool {
        let Some(entry) = self.dispatcher.tool(tool) else {
            return false;
        };
        matches!(self.dispatcher.judge(entry, user).await, Verdict::Allowed)
    }
}
