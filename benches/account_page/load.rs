//! Asks one server for account pages over sixteen connections and measures what that costs it.

use crate::portal::{Server, Session};
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const CONNECTIONS: usize = 16;

/// Linux counts CPU time in hundredths of a second, whatever the kernel's own tick is.
const TICKS_A_SECOND: f64 = 100.0;

#[derive(Clone, Copy)]
pub struct Load<'a> {
    pub sessions: &'a [Session],
    pub compressed: bool,
}

/// What one server did, over all the times it was asked.
#[derive(Default)]
pub struct Tally {
    waits: Vec<Duration>,
    bytes: usize,
    elapsed: Duration,
    /// CPU seconds: of the server, and of all that was neither the server nor these questions.
    server: f64,
    others: f64,
}

impl Tally {
    /// For one request.
    pub fn cpu_milliseconds(&self) -> f64 {
        self.server * 1_000.0 / self.waits.len() as f64
    }

    pub fn requests_per_second(&self) -> f64 {
        self.waits.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// How long so many of a hundred requests took at most.
    pub fn percentile(&mut self, percent: usize) -> Duration {
        self.waits.sort_unstable();
        self.waits[self.waits.len() * percent / 100]
    }

    /// Of one body, as transferred.
    pub fn bytes(&self) -> usize {
        self.bytes / self.waits.len()
    }

    /// How many cores others were busy with: what they take from the figures.
    pub fn other_cores(&self) -> f64 {
        (self.others / self.elapsed.as_secs_f64()).max(0.0)
    }
}

impl Load<'_> {
    /// Asks one server for so long and adds what it did.
    pub async fn put_on(&self, server: &Server, duration: Duration, tally: &mut Tally) {
        let before = Spent::until_now(server);
        let answered = self.ask_for(duration, server).await;
        let after = Spent::until_now(server);
        let cpu = after.server - before.server;
        tally.elapsed += after.at - before.at;
        tally.server += cpu;
        tally.others += (after.machine - before.machine) - (after.asking - before.asking) - cpu;
        for answered in answered {
            tally.waits.extend(answered.waits);
            tally.bytes += answered.bytes;
        }
    }

    async fn ask_for(&self, duration: Duration, server: &Server) -> Vec<Answered> {
        let until = Instant::now() + duration;
        let mut connections = JoinSet::new();
        for number in 0..CONNECTIONS {
            let requests: Vec<Request<Empty<Bytes>>> =
                self.sessions.iter().map(|session| self.request(server, session)).collect();
            connections.spawn(ask_until(until, server.port, requests, number));
        }
        connections.join_all().await
    }

    fn request(&self, server: &Server, session: &Session) -> Request<Empty<Bytes>> {
        let mut request = Request::get(session.page.as_str())
            .header("host", format!("127.0.0.1:{}", server.port))
            .header("cookie", session.cookie.as_str());
        if self.compressed {
            request = request.header("accept-encoding", "gzip, deflate, br, zstd");
        }
        request.body(Empty::new()).expect("a request")
    }
}

async fn ask_until(until: Instant, port: u16, requests: Vec<Request<Empty<Bytes>>>, first: usize) -> Answered {
    let mut connection = connect(port).await;
    let mut answered = Answered { waits: Vec::new(), bytes: 0 };
    for request in requests.iter().cycle().skip(first * 3) {
        if Instant::now() >= until {
            break;
        }
        let started = Instant::now();
        let mut response = connection.send_request(request.clone()).await.expect("an answer");
        assert!(response.status().is_success(), "{}", response.status());
        while let Some(frame) = response.frame().await {
            answered.bytes += frame.expect("the rest of the answer").data_ref().map_or(0, Bytes::len);
        }
        answered.waits.push(started.elapsed());
    }
    answered
}

async fn connect(port: u16) -> SendRequest<Empty<Bytes>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    sender
}

/// What one connection was answered.
struct Answered {
    waits: Vec<Duration>,
    bytes: usize,
}

/// CPU seconds spent so far.
struct Spent {
    at: Instant,
    server: f64,
    asking: f64,
    machine: f64,
}

impl Spent {
    fn until_now(server: &Server) -> Spent {
        Spent {
            at: Instant::now(),
            server: cpu_seconds(&server.process_id().to_string()),
            asking: cpu_seconds("self"),
            machine: machine_seconds(),
        }
    }
}

/// What a process has used, for itself and in the kernel.
fn cpu_seconds(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the process runs");
    // After the name in brackets, which may hold anything, utime and stime are the 12th and 13th field.
    let (_, fields) = stat.rsplit_once(')').expect("a name in brackets");
    ticks(fields.split_whitespace().skip(11).take(2))
}

/// What all cores together were busy with.
fn machine_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/stat").expect("Linux");
    let fields = stat.lines().next().expect("a line").split_whitespace().skip(1);
    // user, nice, system, idle, iowait, irq, softirq.
    let busy = fields.enumerate().filter(|(index, _)| *index < 7 && *index != 3 && *index != 4);
    ticks(busy.map(|(_, field)| field))
}

fn ticks<'t>(fields: impl Iterator<Item = &'t str>) -> f64 {
    fields.map(|field| field.parse::<f64>().expect("a number")).sum::<f64>() / TICKS_A_SECOND
}
