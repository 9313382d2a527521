//! What a running call and its record say to each other.
//!
//! The call asks and tells here; its runner takes that into the record, and brings answers back.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};

use crate::item::{Ask, AskError, Asker, Capabilities, Fits, Notice, NoticeSink};
use crate::task::Happened;

/// Most questions of one task, so that a tool that asks in a loop comes to an end.
const QUESTIONS: usize = 64;
/// Longest message that is kept, in characters.
const LONGEST: usize = 1000;

/// The talk of one call.
pub(super) struct Talk {
    capabilities: Capabilities,
    woken: Notify,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Every key there ever was.
    keys: HashSet<String>,
    waiting: HashMap<String, oneshot::Sender<Value>>,
    happened: Happened,
    look: bool,
    over: bool,
}

/// A question that waits; dropped, it is done with.
struct Seat<'a> {
    talk: &'a Talk,
    key: String,
}

impl Talk {
    /// With a client that can be asked for this.
    pub(super) fn new(capabilities: Capabilities) -> Arc<Self> {
        Arc::new(Self {
            capabilities,
            woken: Notify::new(),
            inner: Mutex::default(),
        })
    }

    /// Where the call tells how far it is. What it logs nobody reads: a task has no log.
    pub(super) fn sink(self: &Arc<Self>) -> NoticeSink {
        let talk = Arc::clone(self);
        NoticeSink::new(move |notice| {
            if let Notice::Progress {
                progress,
                total,
                message,
            } = notice
            {
                talk.say(progress, total, &message);
            }
        })
    }

    /// The next turn of the runner will do: a call may tell a thousand times a second.
    fn say(&self, progress: f64, total: Option<f64>, message: &str) {
        let message = match total {
            _ if !message.is_empty() => message.chars().take(LONGEST).collect(),
            Some(total) => format!("{progress} of {total}"),
            None => progress.to_string(),
        };
        self.lock().happened.message = Some(message);
    }

    /// The record was changed by somebody else.
    pub(super) fn look_again(&self) {
        self.lock().look = true;
        self.woken.notify_one();
    }

    /// Done when the record wants to be written or read.
    pub(super) async fn woken(&self) {
        self.woken.notified().await;
    }

    /// What has happened since, and whether the record was changed by somebody else.
    pub(super) fn take(&self) -> (Happened, bool) {
        let mut inner = self.lock();
        let look = std::mem::take(&mut inner.look);
        (std::mem::take(&mut inner.happened), look)
    }

    /// What was taken could not be written.
    pub(super) fn put_back(&self, taken: Happened) {
        let mut inner = self.lock();
        let Happened {
            message,
            asked,
            settled,
        } = taken;
        let later = &mut inner.happened;
        later.message = later.message.take().or(message);
        later.settled.extend(settled);
        // A question that was settled meanwhile stands there too, should it have been written.
        later.asked.extend(asked);
        let settled = later.settled.clone();
        later.asked.retain(|key, _| !settled.contains(key));
    }

    /// Whether the call waits for an answer.
    pub(super) fn is_waiting(&self) -> bool {
        !self.lock().waiting.is_empty()
    }

    /// Hands answers to the questions that wait for them.
    pub(super) fn deliver(&self, answers: &BTreeMap<String, Value>) {
        let mut inner = self.lock();
        for (key, value) in answers {
            if let Some(waiting) = inner.waiting.remove(key) {
                // Who asked may have gone this very moment.
                drop(waiting.send(value.clone()));
            }
        }
    }

    /// Nothing is asked any more.
    pub(super) fn close(&self) {
        let mut inner = self.lock();
        inner.over = true;
        inner.waiting.clear();
    }

    fn seat(&self, ask: &Ask) -> Result<(Seat<'_>, oneshot::Receiver<Value>), AskError> {
        let mut inner = self.lock();
        if inner.over {
            return Err(AskError::Over);
        }
        if inner.keys.len() == QUESTIONS {
            return Err(AskError::TooMany(QUESTIONS));
        }
        let key = inner.new_key(ask);
        let (sender, answer) = oneshot::channel();
        let request = json!({ "method": ask.method, "params": ask.params });
        inner.happened.asked.insert(key.clone(), request);
        inner.waiting.insert(key.clone(), sender);
        drop(inner);
        self.woken.notify_one();
        Ok((Seat { talk: self, key }, answer))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// A key that no question of this task had before; one that is asked again gets another.
    fn new_key(&mut self, ask: &Ask) -> String {
        let word = ask.method.split('/').next().unwrap_or(ask.method);
        let name = ask.key.as_deref().unwrap_or(word);
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        let key = names.find(|name| !self.keys.contains(name));
        let key = key.unwrap_or_else(|| name.to_owned());
        self.keys.insert(key.clone());
        key
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut inner = self.talk.lock();
        inner.waiting.remove(&self.key);
        if inner.happened.asked.remove(&self.key).is_none() {
            inner.happened.settled.push(self.key.clone());
        }
        drop(inner);
        self.talk.woken.notify_one();
    }
}

impl Asker for Talk {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn ask<'a>(&'a self, ask: Ask, fits: &'a Fits<'a>) -> BoxFuture<'a, Result<Value, AskError>> {
        Box::pin(async move {
            loop {
                let (seat, answer) = self.seat(&ask)?;
                let value = answer.await.map_err(|_| AskError::Over)?;
                drop(seat);
                if fits(&value).is_ok() {
                    return Ok(value);
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(key: Option<&str>) -> Ask {
        Ask {
            key: key.map(str::to_owned),
            method: "roots/list",
            params: json!({}),
        }
    }

    fn answers(key: &str, value: Value) -> BTreeMap<String, Value> {
        [(key.to_owned(), value)].into()
    }

    #[tokio::test]
    async fn an_answer_that_does_not_fit_is_asked_for_again_under_another_key() {
        let talk = Talk::new(Capabilities::default());
        let asking = Arc::clone(&talk);
        let asked = tokio::spawn(async move {
            let fits = |value: &Value| value.is_number().then_some(()).ok_or_else(String::new);
            asking.ask(ask(Some("n")), &fits).await
        });
        talk.woken().await;
        assert_eq!(talk.take().0.asked.keys().collect::<Vec<_>>(), ["n"]);
        talk.deliver(&answers("n", json!("five")));
        loop {
            talk.woken().await;
            if talk.is_waiting() {
                break;
            }
        }
        let happened = talk.take().0;
        assert_eq!(happened.settled, ["n"]);
        assert_eq!(happened.asked.keys().collect::<Vec<_>>(), ["n-2"]);
        talk.deliver(&answers("n-2", json!(5)));
        assert_eq!(asked.await.unwrap(), Ok(json!(5)));
    }

    #[test]
    fn a_question_that_is_given_up_is_taken_back() {
        let talk = Talk::new(Capabilities::default());
        drop(talk.seat(&ask(None)).unwrap());
        let unwritten = talk.take().0;
        assert!(unwritten.asked.is_empty() && unwritten.settled.is_empty());
        let seated = talk.seat(&ask(None)).unwrap();
        let taken = talk.take().0;
        assert_eq!(taken.asked.keys().collect::<Vec<_>>(), ["roots-2"]);
        drop(seated);
        talk.put_back(taken);
        let later = talk.take().0;
        assert!(later.asked.is_empty());
        assert_eq!(later.settled, ["roots-2"]);
    }

    #[test]
    fn a_task_asks_so_many_questions_and_none_when_it_is_over() {
        let talk = Talk::new(Capabilities::default());
        for _ in 0..QUESTIONS {
            drop(talk.seat(&ask(None)).unwrap());
        }
        let refused = talk.seat(&ask(None)).map(drop);
        assert_eq!(refused, Err(AskError::TooMany(QUESTIONS)));
        talk.close();
        assert_eq!(talk.seat(&ask(None)).map(drop), Err(AskError::Over));
    }

    #[test]
    fn a_message_is_what_was_said_last_and_not_longer_than_a_page() {
        let talk = Talk::new(Capabilities::default());
        let said = |progress, total, message: &str| {
            talk.say(progress, total, message);
            talk.take().0.message.unwrap()
        };
        assert_eq!(said(0.5, Some(1.0), "half"), "half");
        assert_eq!(said(3.0, Some(4.0), ""), "3 of 4");
        assert_eq!(said(3.0, None, ""), "3");
        assert_eq!(said(0.5, None, &"ä".repeat(2000)).chars().count(), LONGEST);
    }
}
