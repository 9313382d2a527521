//! The questions that a session's client has not answered yet.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::oneshot;

use crate::item::AskError;
use crate::parts::Random;

/// Most open questions of one session.
const MOST: usize = 64;

/// What a client made of a question: a result, or an error.
pub(crate) type Returned = Result<Value, AskError>;

/// Open questions by their ids.
#[derive(Debug, Default)]
pub(crate) struct Questions(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    open: HashMap<String, oneshot::Sender<Returned>>,
    closed: bool,
}

/// A question that waits; dropping it takes it back.
#[derive(Debug)]
pub(super) struct Waiting {
    questions: Arc<Questions>,
    pub(super) id: String,
    answer: oneshot::Receiver<Returned>,
}

impl Questions {
    /// Opens a question under an id that nobody can guess.
    pub(super) fn open(self: &Arc<Self>, random: &Random) -> Result<Waiting, AskError> {
        let (sender, answer) = oneshot::channel();
        let id = random.token();
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if table.closed {
            return Err(AskError::Over);
        }
        if table.open.len() == MOST {
            return Err(AskError::TooMany(MOST));
        }
        table.open.insert(id.clone(), sender);
        Ok(Waiting {
            questions: Arc::clone(self),
            id,
            answer,
        })
    }

    /// Hands an answer to the question of this id; tells whether there is one.
    pub(crate) fn answer(&self, id: &str, returned: Returned) -> bool {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = table.open.remove(id);
        // Who asked may have gone this very moment.
        waiting.map(|waiting| waiting.send(returned)).is_some()
    }

    /// The session ended: nobody will answer.
    pub(crate) fn close(&self) {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        table.closed = true;
        table.open.clear();
    }
}

impl Waiting {
    pub(super) async fn answer(&mut self) -> Returned {
        (&mut self.answer).await.unwrap_or(Err(AskError::Over))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut table = self
            .questions
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        table.open.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_question_is_answered_once_and_only_while_it_waits() {
        let (random, questions) = (Random::system(), Arc::new(Questions::default()));
        let mut waiting = questions.open(&random).unwrap();
        let id = waiting.id.clone();
        assert!(id.len() >= 43 && !questions.answer("other", Ok(json!(1))));
        assert!(questions.answer(&id, Ok(json!(2))) && !questions.answer(&id, Ok(json!(3))));
        assert_eq!(waiting.answer().await, Ok(json!(2)));

        let gone = questions.open(&random).unwrap();
        let id = gone.id.clone();
        drop(gone);
        assert!(!questions.answer(&id, Ok(json!(1))));

        let many: Vec<_> = (0..MOST)
            .map(|_| questions.open(&random).unwrap())
            .collect();
        assert_eq!(
            questions.open(&random).unwrap_err(),
            AskError::TooMany(MOST)
        );
        drop(many);
        let mut last = questions.open(&random).unwrap();
        questions.close();
        assert_eq!(last.answer().await, Err(AskError::Over));
        assert_eq!(questions.open(&random).unwrap_err(), AskError::Over);
    }
}
