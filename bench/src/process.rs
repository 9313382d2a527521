//! A server as a process on a core of its own.

use std::fmt::Display;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::thread::{CpuSet, sched_setaffinity};
use tokio::time::{Instant, sleep};

use crate::Result;

/// How long a server may take to listen.
const START: Duration = Duration::from_mins(1);

/// A running server; it ends with this value.
#[derive(Debug)]
pub struct Process {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
    started: Instant,
}

/// Puts this process, the load, on the core `core`.
///
/// # Errors
/// There is no such core.
pub fn stay_on(core: usize) -> Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    Ok(sched_setaffinity(None, &set)?)
}

/// An address that nobody listens at.
///
/// # Errors
/// There is none.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

impl Process {
    /// Starts `command` on `core`; it will listen at `address`, and what it says goes to `log`.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(
        command: &[String],
        environment: &[(String, String)],
        (core, address): (usize, SocketAddr),
        log: PathBuf,
    ) -> Result<Self> {
        let file = File::create(&log)?;
        let started = Instant::now();
        let child = Command::new("taskset")
            .args(["-c", &core.to_string()])
            .args(command)
            .envs(environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()?;
        Ok(Self {
            child,
            address,
            log,
            started,
        })
    }

    /// Waits until it accepts connections.
    ///
    /// # Errors
    /// It ended, or took too long.
    pub async fn listening(&mut self) -> Result<()> {
        while TcpStream::connect(self.address).is_err() {
            if self.child.try_wait()?.is_some() || self.started.elapsed() > START {
                return Err(self.said(&"a server does not listen").into());
            }
            sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as its own documents call it.
    pub fn authority(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    /// How long it has been running.
    pub fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// Seconds that it has computed, all its threads together.
    ///
    /// # Errors
    /// It is gone.
    pub fn cpu(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in brackets may hold anything; the numbers come after it.
        let (_, numbers) = stat.rsplit_once(')').ok_or("a line without a name")?;
        let ticks = |at: usize| -> Result<f64> {
            let word = numbers.split_whitespace().nth(at);
            Ok(word.ok_or("a short line")?.parse::<f64>()?)
        };
        let second = u32::try_from(rustix::param::clock_ticks_per_second())?;
        Ok((ticks(11)? + ticks(12)?) / f64::from(second))
    }

    /// Resident memory, in MiB.
    ///
    /// # Errors
    /// It is gone.
    pub fn memory(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next());
        Ok(kib.ok_or("no VmRSS")?.parse::<f64>()? / 1024.0)
    }

    /// `what`, and the last lines that the server has written.
    pub fn said(&self, what: &dyn Display) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        let last = &lines[lines.len().saturating_sub(20)..];
        format!("{what}; the server wrote:\n{}", last.join("\n"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that ended by itself is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
