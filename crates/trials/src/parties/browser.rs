//! A person's browser, without JavaScript.

use anyhow::{Context, Result, ensure};
use reqwest::header;
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;

use super::client;

/// A browser at one Fulcrum. Clones share the session they were cloned with.
#[derive(Clone, Debug)]
pub struct Browser {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    client: reqwest::Client,
    cookie: String,
}

impl Browser {
    /// One that is signed out, at the Fulcrum of this address.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn at(url: &str) -> Result<Self> {
        let client = client().redirect(Policy::none()).build()?;
        Ok(Self { url: url.to_owned(), client, cookie: String::new() })
    }

    /// Signs in as one of the demo's members. The session outlives a kill.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn sign_in(&mut self, email: &str) -> Result<()> {
        self.cookie = String::new();
        let answer = self.post("sign_in", &[("email", email), ("password", "fulcrum-demo")]).await?;
        let cookie = answer.headers().get(header::SET_COOKIE).context("signing in gave no session")?;
        self.cookie = cookie.to_str()?.split(';').next().unwrap_or_default().to_owned();
        Ok(())
    }

    /// Sends a form to a server function. Gives the answer, a redirection.
    ///
    /// # Errors
    /// When it cannot be reached or refuses.
    pub async fn post(&self, function: &str, fields: &[(&str, &str)]) -> Result<reqwest::Response> {
        let answer = self
            .client
            .post(format!("{}/api/{function}", self.url))
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, &self.url)
            .header(header::REFERER, format!("{}/candidates", self.url))
            .header(header::COOKIE, &self.cookie)
            .form(fields)
            .send()
            .await
            .with_context(|| format!("{function} could not be asked"))?;
        let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
        ensure!(
            answer.status().is_redirection() && !location.unwrap_or_default().contains("__err"),
            "{function} was refused: {} {location:?}",
            answer.status()
        );
        Ok(answer)
    }

    /// Asks a server function for a view, as a screen does that is open.
    ///
    /// # Errors
    /// When it cannot be reached, refuses, or says something else.
    pub async fn ask<T: DeserializeOwned>(&self, function: &str, fields: &[(&str, &str)]) -> Result<T> {
        let answer = self
            .client
            .post(format!("{}/api/{function}", self.url))
            .header(header::ACCEPT, "application/x-postcard")
            .header(header::ORIGIN, &self.url)
            .header(header::COOKIE, &self.cookie)
            .form(fields)
            .send()
            .await
            .with_context(|| format!("{function} could not be asked"))?;
        ensure!(answer.status().is_success(), "{function} answered {}", answer.status());
        postcard::from_bytes(&answer.bytes().await?)
            .with_context(|| format!("{function} said something else"))
    }

    /// An answer that goes on, piece by piece.
    ///
    /// # Errors
    /// When it cannot be reached or refuses.
    pub async fn stream(&self, path: &str) -> Result<reqwest::Response> {
        let answer = self
            .client
            .get(format!("{}{path}", self.url))
            .header(header::COOKIE, &self.cookie)
            .send()
            .await
            .with_context(|| format!("{path} could not be asked"))?;
        ensure!(answer.status().is_success(), "{path} answered {}", answer.status());
        Ok(answer)
    }

    /// A page, as HTML.
    ///
    /// # Errors
    /// When it cannot be reached or refuses.
    pub async fn page(&self, path: &str) -> Result<String> {
        let answer = self
            .client
            .get(format!("{}{path}", self.url))
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, &self.cookie)
            .send()
            .await
            .with_context(|| format!("{path} could not be asked"))?;
        ensure!(answer.status().is_success(), "{path} answered {}", answer.status());
        Ok(answer.text().await?)
    }
}
