//! Lists: one page of an answer, and the walk over all of them.
//!
//! Lever answers `{"data": [...], "hasNext": bool, "next": token}`; `next` is absent on the last
//! page, and some lists have neither. The token comes percent-encoded and is sent back verbatim
//! as a query value, which encodes it once more; Lever expects that.

use std::collections::HashSet;

use serde::{Deserialize, de::DeserializeOwned};

use crate::{Client, Error, client::Request};

/// The most items Lever puts on a page.
pub(crate) const PAGE_SIZE: u32 = 100;

/// A walk longer than this is an answer that never ends.
const MOST_PAGES: usize = 10_000;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in Lever's order.
    pub data: Vec<T>,
    /// The token of the next page; `None` on the last one. Opaque, and stale after a while.
    pub next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListBody<T> {
    data: Vec<T>,
    has_next: Option<bool>,
    next: Option<String>,
}

impl Client {
    /// Sends a list request and reads one page.
    pub(crate) async fn page<T: DeserializeOwned>(&self, request: Request) -> Result<Page<T>, Error> {
        let operation = request.operation();
        let answer = self.send(request).await?;
        let status = answer.status;
        let body: ListBody<T> = answer.decode(operation)?;
        let next = match (body.has_next, body.next) {
            (Some(false), _) | (None, None) => None,
            (_, Some(next)) if !next.is_empty() => Some(next),
            (_, _) => {
                return Err(Error::unreadable(
                    operation,
                    status,
                    "there is a next page, but no token for it",
                ));
            }
        };
        Ok(Page { data: body.data, next })
    }

    /// Walks the pages of a list until the end or until `max` items are there. Starts again once
    /// when Lever no longer knows a page token.
    pub(crate) async fn all<T: DeserializeOwned>(
        &self,
        request: Request,
        max: usize,
    ) -> Result<Vec<T>, Error> {
        match self.walk(&request, max).await {
            Err(error) if error.is_stale_cursor() => self.walk(&request, max).await,
            other => other,
        }
    }

    async fn walk<T: DeserializeOwned>(&self, request: &Request, max: usize) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        let mut seen = HashSet::new();
        while items.len() < max {
            let page = self.page(request.clone().optional("offset", cursor.as_deref())).await?;
            items.extend(page.data);
            let Some(next) = page.next else { break };
            if seen.len() >= MOST_PAGES || !seen.insert(next.clone()) {
                return Err(Error::unreadable(request.operation(), 200, "the list has no end"));
            }
            cursor = Some(next);
        }
        items.truncate(max);
        Ok(items)
    }
}
