//! Every order in which operations can meet, on the real ledger.
//!
//! All that two operations share is the store, and each store operation is atomic; so what can
//! happen is settled by the order of these operations alone. A schedule runs the futures of several
//! ledgers ("nodes") over one store that stops before each operation, and the scheduler says which
//! of them goes on, and how the operation ends ([`Fate`]). [`explore`] runs a scenario once for
//! every combination of these choices within its [`Scope`].
//!
//! - What lies between two store operations runs at once: it touches nothing that another node
//!   sees. Locks of one process are real; a task waits for them as it would in production.
//! - A sleep lasts until somebody else has changed what the sleeper looked at; before that it
//!   would see the same again. When all sleep, the clock moves on by [`LAPSE`].
//! - The scope bounds preemptions (a task is left although it could go on) and faults; without
//!   bounds every interleaving is tried. `TESTS_SCHEDULES=n` adds `n` random schedules to each
//!   scenario, with no bound on preemptions and twice the faults.
//! - A schedule is a function of its choices: randomness and time are injected, so each one can be
//!   run again. A failed one prints its steps.

mod choices;
mod task;
mod world;

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use self::choices::Choices;
use self::task::Task;
pub(super) use self::task::{Answer, Pause};
pub(super) use self::world::Fate;
use self::world::{Step, World};
use super::{Base, Fixture};
use crate::ledger::{Ledger, Lifetimes};
use crate::store::Sealed;

/// How far the clock moves on when all sleep: as long as a lease lives.
const LAPSE: u64 = 15;
/// The nodes of every scenario.
pub(super) const NODES: [usize; 2] = [0, 1];

/// How far to look.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    pub(super) preemptions: usize,
    pub(super) faults: usize,
    /// What a fault can be.
    pub(super) fates: &'static [Fate],
}

/// The store fails.
pub(super) const FAILURES: &[Fate] = &[Fate::Fails, Fate::FailsAfter];
/// A node dies.
pub(super) const DEATHS: &[Fate] = &[Fate::Dies, Fate::DiesAfter];

impl Scope {
    /// Without faults, up to so many preemptions.
    pub(super) fn orders(preemptions: usize) -> Self {
        Self {
            preemptions,
            faults: 0,
            fates: &[],
        }
    }

    /// The same with one fault of these anywhere.
    pub(super) fn one_of(self, fates: &'static [Fate]) -> Self {
        Self {
            faults: 1,
            fates,
            ..self
        }
    }
}

/// Runs `scenario` in every schedule within `scope`; tells how many there were.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a scenario is written where it is run"
)]
pub(super) fn explore(name: &str, scope: Scope, scenario: impl AsyncFn(&Run)) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let base = Base::new();
    let run = |choices: Choices, scope: Scope| {
        runtime.block_on(tokio::task::unconstrained(async {
            let run = Run::new(&base, choices, scope).await;
            scenario(&run).await;
            run.choices.replace(Choices::random(0))
        }))
    };
    let mut explored = 1;
    let mut choices = run(Choices::every(), scope);
    while choices.next() {
        choices = run(choices, scope);
        explored += 1;
    }
    let random = std::env::var("TESTS_SCHEDULES").ok();
    let random = random.and_then(|asked| asked.parse().ok()).unwrap_or(0);
    let wide = Scope {
        preemptions: usize::MAX,
        faults: scope.faults * 2,
        ..scope
    };
    for seed in 0..random {
        run(Choices::random(seed), wide);
    }
    report(&format!(
        "{name}: every one of {explored} schedules, {random} random ones"
    ));
    explored
}

#[expect(clippy::print_stdout, reason = "a test tells how far it looked")]
fn report(words: &str) {
    println!("{words}");
}

/// One schedule.
pub(super) struct Run {
    pub(super) fixture: Fixture,
    nodes: [Ledger; 2],
    world: Arc<World>,
    scope: Scope,
    choices: RefCell<Choices>,
    tasks: RefCell<Vec<Task>>,
    dead: Cell<Option<usize>>,
    faults: Cell<usize>,
}

impl Run {
    async fn new(base: &Base, choices: Choices, scope: Scope) -> Self {
        let time = Arc::new(AtomicU64::new(super::START));
        let world = Arc::new(World::new(Arc::clone(&time)));
        let store = Arc::clone(&world) as Arc<dyn crate::store::Store>;
        let parts = base.parts(&time);
        // What is sealed is no matter of order, and most of the time that a schedule would take.
        let sealed = Sealed::plain(store, parts.clone()).await.unwrap();
        let ledger = Ledger::new(sealed, base.keys.clone(), parts);
        let fixture = Fixture { ledger, time };
        // Each has locks and memory of its own.
        let nodes = NODES.map(|_| fixture.ledger.with_lifetimes(Lifetimes::default()));
        Self {
            fixture,
            nodes,
            world,
            scope,
            choices: RefCell::new(choices),
            tasks: RefCell::default(),
            dead: Cell::default(),
            faults: Cell::new(0),
        }
    }

    /// The ledger of a node.
    pub(super) fn node(&self, node: usize) -> Ledger {
        self.nodes[node].clone()
    }

    /// How much went wrong in this schedule.
    pub(super) fn faults(&self) -> usize {
        self.faults.get()
    }

    /// Whether nothing went wrong in this schedule.
    pub(super) fn is_faultless(&self) -> bool {
        self.faults() == 0
    }

    /// The nodes that have not died.
    pub(super) fn alive(&self) -> impl Iterator<Item = Ledger> {
        let alive = NODES
            .into_iter()
            .filter(|node| self.dead.get() != Some(*node));
        alive.map(|node| self.node(node))
    }

    /// For steps outside the store: a provider, a client.
    pub(super) fn pause(&self) -> Pause {
        Pause(Arc::clone(&self.world))
    }

    /// A task that is run by [`Run::finish`] on `node`.
    pub(super) fn spawn<T: 'static>(
        &self,
        node: usize,
        name: &'static str,
        task: impl Future<Output = T> + 'static,
    ) -> Answer<T> {
        let (task, answer) = Task::new(node, name, task);
        self.tasks.borrow_mut().push(task);
        answer
    }

    /// Time that passes at some point of the schedule.
    pub(super) fn spawn_clock(&self, seconds: u64) {
        let world = Arc::clone(&self.world);
        self.spawn(NODES.len(), "clock", async move {
            world.stop(Step::Other("moves on")).await;
            world.pass(seconds);
        });
    }

    /// Runs all tasks to their end, or to that of their node.
    pub(super) async fn finish(&self) {
        let mut tasks = self.tasks.take();
        let mut last = None;
        let mut preemptions = 0;
        loop {
            self.run_woken(&mut tasks).await;
            let changes = self.world.changes();
            let mut ready: Vec<_> = (0..tasks.len())
                .filter(|task| tasks[*task].is_ready(changes))
                .collect();
            if ready.is_empty() {
                if tasks.iter().all(|task| task.future.is_none()) {
                    return;
                }
                assert!(
                    tasks.iter().any(|task| task.asleep.is_some()),
                    "deadlock\n{}",
                    self.world.story()
                );
                self.world.pass(LAPSE);
                continue;
            }
            // First the task that ran last: to leave it while it can go on is a preemption.
            let goes_on = ready.iter().position(|task| Some(*task) == last);
            if let Some(goes_on) = goes_on {
                ready.swap(0, goes_on);
                if preemptions == self.scope.preemptions {
                    ready.truncate(1);
                }
            }
            let chosen = ready[self.choices.borrow_mut().choose(ready.len())];
            preemptions += usize::from(goes_on.is_some() && Some(chosen) != last);
            last = Some(chosen);
            self.step(&mut tasks, chosen).await;
        }
    }

    async fn step(&self, tasks: &mut [Task], chosen: usize) {
        let task = &mut tasks[chosen];
        let Some(step) = task.step.take() else { return };
        let fate = self.fate(step, task.node);
        self.world.record(task.name, task.node, step, fate);
        task.asleep = None;
        task.round.get_or_insert(self.world.changes());
        if fate != Fate::Works {
            // Whoever tries again may fare better.
            self.world.changed();
        }
        if fate != Fate::Dies {
            task.poll(&self.world, Some(fate)).await;
        }
        if matches!(fate, Fate::Dies | Fate::DiesAfter) {
            let node = task.node;
            self.dead.set(Some(node));
            self.world.changed();
            for task in tasks.iter_mut().filter(|task| task.node == node) {
                (task.future, task.asleep) = (None, None);
            }
        }
    }

    fn fate(&self, step: Step, node: usize) -> Fate {
        let mut choices = self.choices.borrow_mut();
        // Of two nodes one dies, so that there is somebody to go on.
        let spared = self.dead.get().is_some() || node >= NODES.len();
        let fates: Vec<_> = self
            .scope
            .fates
            .iter()
            .copied()
            .filter(|fate| match fate {
                Fate::Works => false,
                Fate::Fails => true,
                Fate::FailsAfter => step.writes(),
                Fate::Dies => !spared,
                Fate::DiesAfter => !spared && step.writes(),
            })
            .collect();
        let over = self.faults.get() == self.scope.faults;
        if over || !step.may_fail() || fates.is_empty() || !choices.seldom() {
            return Fate::Works;
        }
        self.faults.set(self.faults.get() + 1);
        fates[choices.choose(fates.len())]
    }

    /// Polls those that may go on without the scheduler: the new ones, and who got a lock.
    async fn run_woken(&self, tasks: &mut [Task]) {
        while let Some(task) = tasks.iter_mut().find(|task| task.is_woken()) {
            task.poll(&self.world, None).await;
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if std::thread::panicking() {
            report(&format!("the schedule was:\n{}", self.world.story()));
        }
    }
}
