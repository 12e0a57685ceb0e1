//! The log of what the Data API was asked, for tests and for the curious.
//!
//! Kept in memory only, the newest 10,000. It holds no header, so no key.

use std::collections::VecDeque;

use serde::Serialize;

const KEPT: usize = 10_000;
const BODY_KEPT: usize = 4_096;

/// One request to the Data API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Received {
    /// Its number since the start, from 1.
    pub number: u64,
    /// When it came, in the account's milliseconds.
    pub at: i64,
    /// The method.
    pub method: String,
    /// The path, with `/v1`.
    pub path: String,
    /// The query as it was sent, without the question mark.
    pub query: String,
    /// The endpoint's name, when there is such an endpoint.
    pub endpoint: Option<String>,
    /// The first 4,096 bytes of the body, as text.
    pub body: String,
    /// The status that was answered; `None` when the connection was cut.
    pub status: Option<u16>,
}

#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    kept: VecDeque<Received>,
    count: u64,
}

impl RequestLog {
    /// Notes a request and returns its number.
    pub(crate) fn begin(&mut self, mut received: Received, body: &[u8]) -> u64 {
        self.count += 1;
        received.number = self.count;
        received.body = String::from_utf8_lossy(&body[..body.len().min(BODY_KEPT)]).into_owned();
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(received);
        self.count
    }

    /// Adds the status to a request that was noted.
    pub(crate) fn end(&mut self, number: u64, status: Option<u16>) {
        if let Some(entry) = self.kept.iter_mut().rev().find(|e| e.number == number) {
            entry.status = status;
        }
    }

    /// Everything kept with a number above `after`, oldest first.
    pub(crate) fn since(&self, after: u64) -> Vec<Received> {
        self.kept.iter().filter(|entry| entry.number > after).cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.kept.clear();
    }
}
