//! An example of this workspace as a process.

use std::path::Path;

use crate::process::Process;

/// Where a server keeps its records.
#[derive(Clone, Debug)]
pub enum Storage {
    /// In the process.
    Memory,
    /// In this directory.
    Disk(std::path::PathBuf),
    /// In the database at this address.
    Database(String),
}

impl Storage {
    /// A store in `directory`.
    pub fn disk(directory: &Path) -> Self {
        Self::Disk(directory.to_path_buf())
    }
}

/// A running example; it ends with this value.
pub struct Server {
    binary: String,
    environment: Vec<(String, String)>,
    process: Process,
    earlier_output: String,
    base: String,
}

impl Server {
    /// Starts the example on a free port and waits until it listens.
    pub async fn start(
        example: &str,
        storage: &Storage,
        environment: Vec<(String, String)>,
    ) -> Self {
        Self::start_binary(format!("example-{example}"), storage, environment).await
    }

    /// The same with a program of the tests.
    pub async fn start_binary(
        binary: String,
        storage: &Storage,
        environment: Vec<(String, String)>,
    ) -> Self {
        let mut all = vec![
            ("FASTMCP_BIND".into(), "127.0.0.1:0".into()),
            // All the tests come from one address.
            ("FASTMCP_RATE_LIMITS".into(), "off".into()),
            (
                "FASTMCP_STORE".into(),
                match storage {
                    Storage::Memory => "memory".into(),
                    Storage::Disk(directory) => format!("disk:{}", directory.display()),
                    Storage::Database(address) => address.clone(),
                },
            ),
        ];
        all.extend(environment);
        let process = Process::start(&binary, &all).await;
        let mut server = Self {
            binary,
            environment: all,
            base: String::new(),
            process,
            earlier_output: String::new(),
        };
        server.base = format!("http://localhost:{}", server.port());
        server
    }

    /// The base URL, on whatever port of this machine it says that it is reached.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The MCP endpoint.
    pub fn mcp(&self) -> String {
        self.at("/mcp")
    }

    /// A path below the base URL.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Everything printed so far, by earlier processes too.
    pub fn output(&self) -> String {
        format!("{}{}", self.earlier_output, self.process.output())
    }

    /// `kill -9`.
    pub async fn kill(&mut self) {
        self.process.kill().await;
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        self.process.is_alive()
    }

    /// The exit code, once it has ended by itself.
    pub async fn ended(&mut self) -> Option<i32> {
        self.process.ended().await
    }

    /// Starts it again on the same port, with the same environment.
    pub async fn restart(&mut self) {
        let bind = |(name, _): &&(String, String)| name == "FASTMCP_BIND";
        let bind = self.environment.iter().rfind(bind);
        // Behind a balancer the port is fixed, and the URL that is printed is the balancer's.
        if bind.is_some_and(|(_, address)| address.ends_with(":0")) {
            let port = self.port();
            self.set("FASTMCP_BIND", &format!("127.0.0.1:{port}"));
        }
        if self.is_alive() {
            self.kill().await;
        }
        self.earlier_output = self.output();
        self.process = Process::start(&self.binary, &self.environment).await;
    }

    /// Changes the environment of the next start.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.into(), value.into()));
    }

    /// The environment of the next start.
    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// The number of the process.
    pub fn pid(&self) -> u32 {
        self.process.id().expect("it runs")
    }

    /// `-STOP`, `-CONT`, …
    pub fn signal(&self, name: &str) {
        crate::process::signal(name, &[self.pid()]);
    }

    /// The port of this process.
    pub fn port(&self) -> u16 {
        let url = url::Url::parse(self.process.url()).expect("a server prints a URL");
        url.port().expect("with a port")
    }
}
