//! A keep-alive HTTP/1.1 connection that costs next to nothing.
//!
//! Server and load have one core each. A full client takes as long for a request as the fastest
//! server here takes to answer it, and would be what is measured; so requests are bytes that were
//! made beforehand, and of an answer only the framing is read (by `httparse`, as hyper does).

use std::net::SocketAddr;

use httparse::Status;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Result;

/// One connection, and the answer that came last.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    input: Vec<u8>,
    head: usize,
    body: Vec<u8>,
}

/// How an answer says where it ends.
enum Framing {
    Length(usize),
    Chunks,
}

struct Head {
    status: u16,
    length: usize,
    framing: Framing,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens there.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            input: Vec::with_capacity(64 * 1024),
            head: 0,
            body: Vec::with_capacity(64 * 1024),
        })
    }

    /// Sends a request and reads the whole answer; gives its status.
    ///
    /// # Errors
    /// The connection broke, or the answer is not HTTP/1.1.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<u16> {
        self.stream.write_all(request).await?;
        self.input.clear();
        self.body.clear();
        let head = loop {
            self.more().await?;
            if let Some(head) = read_head(&self.input)? {
                break head;
            }
        };
        self.head = head.length;
        match head.framing {
            Framing::Length(length) => {
                let end = head.length + length;
                while self.input.len() < end {
                    self.more().await?;
                }
                self.body.extend_from_slice(&self.input[head.length..end]);
            }
            Framing::Chunks => self.chunks(head.length).await?,
        }
        Ok(head.status)
    }

    /// The body of the last answer.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Every value of a header of the last answer.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut response = httparse::Response::new(&mut headers);
        if response.parse(&self.input[..self.head]).is_err() {
            return Vec::new();
        }
        let named = response.headers.iter();
        named
            .filter(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| String::from_utf8_lossy(header.value).into_owned())
            .collect()
    }

    async fn chunks(&mut self, mut at: usize) -> Result<()> {
        loop {
            let Status::Complete((used, size)) =
                httparse::parse_chunk_size(&self.input[at..]).map_err(|_| "a chunk has no size")?
            else {
                self.more().await?;
                continue;
            };
            let start = at + used;
            let end = start + usize::try_from(size)?;
            while self.input.len() < end + 2 {
                self.more().await?;
            }
            if size == 0 {
                return Ok(());
            }
            self.body.extend_from_slice(&self.input[start..end]);
            at = end + 2;
        }
    }

    async fn more(&mut self) -> Result<()> {
        match self.stream.read_buf(&mut self.input).await? {
            0 => Err("the server closed the connection".into()),
            _ => Ok(()),
        }
    }
}

fn read_head(input: &[u8]) -> Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let Status::Complete(length) = response.parse(input)? else {
        return Ok(None);
    };
    let status = response.code.unwrap_or_default();
    let mut framing = None;
    for header in response.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            framing = Some(Framing::Length(std::str::from_utf8(header.value)?.parse()?));
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            framing = Some(Framing::Chunks);
        }
    }
    let framing = match framing {
        Some(framing) => framing,
        None if matches!(status, 204 | 304) => Framing::Length(0),
        None => return Err("an answer without a length".into()),
    };
    Ok(Some(Head {
        status,
        length,
        framing,
    }))
}
