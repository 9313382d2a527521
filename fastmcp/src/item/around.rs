//! What the user puts around calls: timing, limits, caches, repetition.
//!
//! A hook is a function of its own future, not one that lends: it asks for the call through a
//! channel, and whoever drives both polls the call beside the hook. So a hook is an ordinary
//! closure with an ordinary `async` block, and the call may borrow what it likes.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::ToolError;
use crate::auth::AuthSession;

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ItemKind {
    /// `tools/call`.
    Tool,
    /// `resources/read`, of a resource or a template.
    Resource,
    /// `prompts/get`.
    Prompt,
}

impl ItemKind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Resource => "resource",
            Self::Prompt => "prompt",
        }
    }
}

/// One call, as a hook sees it. The gate has let it pass; its arguments were not looked at yet.
#[derive(Clone, Debug)]
pub struct CallInfo {
    pub(crate) kind: ItemKind,
    pub(crate) name: &'static str,
    pub(crate) arguments: Option<String>,
    pub(crate) session: Option<AuthSession>,
}

impl CallInfo {
    /// What is called.
    pub fn kind(&self) -> ItemKind {
        self.kind
    }

    /// The name of the tool or prompt; of a resource or template the URI that was declared.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The arguments as JSON, as they came; of a template its variables.
    pub fn arguments(&self) -> Option<&str> {
        self.arguments.as_deref()
    }

    /// The signed-in caller.
    pub fn session(&self) -> Option<&AuthSession> {
        self.session.as_ref()
    }
}

/// What a call came to. Clones are cheap, so that it can be kept and given again.
#[derive(Clone)]
pub struct Ended(What);

#[derive(Clone)]
enum What {
    Answered {
        is_error: bool,
        answer: Arc<dyn Any + Send + Sync>,
    },
    Failed(Arc<str>),
}

impl Ended {
    /// A failure that the caller reads, in place of a call.
    pub fn failed(text: impl Into<String>) -> Self {
        Self(What::Failed(text.into().into()))
    }

    /// Whether it is a failure: one of the item, of its arguments, of its time.
    pub fn is_error(&self) -> bool {
        match &self.0 {
            What::Answered { is_error, .. } => *is_error,
            What::Failed(_) => true,
        }
    }

    pub(crate) fn answered(answer: impl Any + Send + Sync, is_error: bool) -> Self {
        Self(What::Answered {
            is_error,
            answer: Arc::new(answer),
        })
    }

    /// What was answered, or the text of a failure.
    pub(crate) fn into_answer<T: Any + Send + Sync>(self) -> Result<Arc<T>, Arc<str>> {
        match self.0 {
            What::Answered { answer, .. } => answer
                .downcast()
                .map_err(|_| "the answer is none to this call".into()),
            What::Failed(text) => Err(text),
        }
    }
}

impl From<ToolError> for Ended {
    fn from(error: ToolError) -> Self {
        Self::failed(error.shown().unwrap_or("internal error"))
    }
}

impl fmt::Debug for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ended")
            .field("is_error", &self.is_error())
            .finish_non_exhaustive()
    }
}

/// The call itself, for a hook to run: once, several times, or not at all.
#[derive(Debug)]
pub struct Next(mpsc::Sender<oneshot::Sender<Ended>>);

impl Next {
    /// Runs the call. Dropping the future cancels it. Two at a time run one after the other.
    pub async fn run(&self) -> Ended {
        let (reply, answer) = oneshot::channel();
        if self.0.send(reply).await.is_ok()
            && let Ok(ended) = answer.await
        {
            return ended;
        }
        // Only in a task that the hook left behind.
        Ended::failed("the call is over")
    }
}

/// A hook around calls.
#[derive(Clone)]
pub struct Around(Arc<Hook>);

type Hook = dyn Fn(CallInfo, Next) -> BoxFuture<'static, Ended> + Send + Sync;

impl Around {
    /// Puts `hook` around calls.
    pub fn new<F, Fut>(hook: F) -> Self
    where
        F: Fn(CallInfo, Next) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Ended> + Send + 'static,
    {
        Self(Arc::new(move |info, next| Box::pin(hook(info, next))))
    }
}

impl fmt::Debug for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Around")
    }
}

/// How the call itself is run.
pub(crate) type Run<'a> = dyn Fn() -> BoxFuture<'a, Ended> + Send + Sync + 'a;

/// Runs a call inside of its hooks, the first one outermost.
pub(crate) fn run<'a>(
    hooks: &'a [Around],
    info: &'a CallInfo,
    call: &'a Run<'a>,
) -> BoxFuture<'a, Ended> {
    let Some((hook, inner)) = hooks.split_first() else {
        return call();
    };
    Box::pin(async move {
        let (asks, mut asked) = mpsc::channel::<oneshot::Sender<Ended>>(1);
        let mut hook = (hook.0)(info.clone(), Next(asks));
        loop {
            let mut reply = tokio::select! {
                ended = &mut hook => return ended,
                Some(reply) = asked.recv() => reply,
            };
            tokio::select! {
                ended = &mut hook => return ended,
                () = reply.closed() => {}
                ended = run(inner, info, call) => drop(reply.send(ended)),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    fn info() -> CallInfo {
        CallInfo {
            kind: ItemKind::Tool,
            name: "t",
            arguments: None,
            session: None,
        }
    }

    async fn with(hooks: &[Around], runs: &AtomicUsize, fails: usize) -> Ended {
        let call = || -> BoxFuture<'_, Ended> {
            Box::pin(async {
                let run = runs.fetch_add(1, Ordering::SeqCst);
                Ended::answered(run, run < fails)
            })
        };
        run(hooks, &info(), &call).await
    }

    fn number(ended: Ended) -> usize {
        *ended.into_answer::<usize>().unwrap()
    }

    #[tokio::test]
    async fn a_hook_can_pass_repeat_and_refuse() {
        let runs = AtomicUsize::new(0);
        let pass = Around::new(|_, next| async move { next.run().await });
        let repeat = Around::new(|_, next| async move {
            loop {
                let ended = next.run().await;
                if !ended.is_error() {
                    return ended;
                }
            }
        });
        assert_eq!(number(with(&[pass, repeat], &runs, 3).await), 3);
        let refuse = Around::new(|info, _| async move { Ended::failed(info.name()) });
        let ended = with(&[refuse], &runs, 0).await;
        assert_eq!(&*ended.into_answer::<usize>().unwrap_err(), "t");
        assert_eq!(runs.load(Ordering::SeqCst), 4);
    }

    #[tokio::test]
    async fn the_first_hook_is_the_outermost() {
        let runs = AtomicUsize::new(0);
        let outer = Around::new(|_, next| async move {
            next.run().await;
            next.run().await
        });
        let inner = Around::new(|_, next| async move {
            next.run().await;
            Ended::failed("inner")
        });
        let ended = with(&[outer, inner], &runs, 0).await;
        assert_eq!(&*ended.into_answer::<usize>().unwrap_err(), "inner");
        assert_eq!(runs.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_hook_that_gives_up_cancels_the_call() {
        struct OnDrop<'a>(&'a AtomicUsize);
        impl Drop for OnDrop<'_> {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
        let dropped = AtomicUsize::new(0);
        let hook = Around::new(|_, next| async move {
            let run = tokio::time::timeout(Duration::from_secs(1), next.run()).await;
            assert!(run.is_err());
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ended::failed("late")
        });
        let call = || -> BoxFuture<'_, Ended> {
            Box::pin(async {
                let _guard = OnDrop(&dropped);
                std::future::pending().await
            })
        };
        let ended = run(&[hook], &info(), &call).await;
        assert!(ended.is_error());
        assert_eq!(dropped.load(Ordering::SeqCst), 1);
    }
}
