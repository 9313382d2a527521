//! A load of fixed concurrency: warm-up, then measured seconds.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use hdrhistogram::Histogram;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep};

use crate::Result;
use crate::process::Process;

/// How long, and how many at once.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Before anything counts.
    pub warm_up: Duration,
    /// While it counts.
    pub measured: Duration,
}

/// What a load found out.
#[derive(Clone, Debug)]
pub struct Measured {
    /// How long each answer took, in nanoseconds.
    pub times: Histogram<u64>,
    /// Seconds of the clock.
    pub seconds: f64,
    /// Seconds that the server computed.
    pub cpu: f64,
}

impl Measured {
    /// Nothing yet.
    ///
    /// # Errors
    /// Never: three digits are within what a histogram can do.
    pub fn new() -> Result<Self> {
        Ok(Self {
            times: Histogram::new(3)?,
            seconds: 0.0,
            cpu: 0.0,
        })
    }

    /// Adds what another turn found out.
    ///
    /// # Errors
    /// Never: both have the same bounds.
    pub fn add(&mut self, other: &Self) -> Result<()> {
        self.times.add(&other.times)?;
        self.seconds += other.seconds;
        self.cpu += other.cpu;
        Ok(())
    }

    /// Answers in a second.
    pub fn rate(&self) -> f64 {
        self.count() / self.seconds
    }

    /// Microseconds that the server computed for one answer.
    pub fn cpu_micros(&self) -> f64 {
        self.cpu * 1e6 / self.count()
    }

    /// The part of its core that the server used.
    pub fn busy(&self) -> f64 {
        self.cpu / self.seconds
    }

    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    fn count(&self) -> f64 {
        self.times.len() as f64
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    WarmUp,
    Measured,
    Over,
}

/// Lets every worker work, again and again, each on its own; in a `LocalSet`.
///
/// # Errors
/// The first that a worker had; an answer that was wrong is one.
pub async fn put<W>(workers: Vec<W>, timing: Timing, server: &Process) -> Result<Measured>
where
    W: AsyncFnMut() -> Result<()> + 'static,
{
    let phase = Rc::new(Cell::new(Phase::WarmUp));
    let mut tasks = Vec::new();
    for mut worker in workers {
        let phase = Rc::clone(&phase);
        tasks.push(spawn_local(async move {
            let mut times = Histogram::<u64>::new(3).map_err(|error| error.to_string())?;
            while phase.get() != Phase::Over {
                let start = Instant::now();
                worker().await.map_err(|error| error.to_string())?;
                if phase.get() == Phase::Measured {
                    let took = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
                    times.record(took).map_err(|error| error.to_string())?;
                }
            }
            Ok::<_, String>(times)
        }));
    }
    sleep(timing.warm_up).await;
    let (start, cpu) = (Instant::now(), server.cpu()?);
    phase.set(Phase::Measured);
    sleep(timing.measured).await;
    phase.set(Phase::Over);
    let mut measured = Measured {
        seconds: start.elapsed().as_secs_f64(),
        cpu: server.cpu()? - cpu,
        ..Measured::new()?
    };
    for task in tasks {
        let times = task.await?.map_err(|error| server.said(&error))?;
        measured.times.add(times)?;
    }
    Ok(measured)
}
