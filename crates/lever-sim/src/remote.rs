//! Steering a practice Lever that may run in another process.

use anyhow::{Context, bail};

/// Turns the webhook event of this name (`candidateHired`, say) on in the
/// practice Lever at `url` (without `/v1`), through its admin API.
///
/// # Errors
/// It cannot be reached, or does not know the event.
pub async fn switch_on(url: &str, event: &str) -> anyhow::Result<()> {
    // The caller's process may have chosen a provider already; that one is as good.
    let _already_chosen = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().context("no HTTP client")?;
    let address = format!("{url}/_practice/events/{event}");
    let answer = client
        .put(&address)
        .header("content-type", "application/json")
        .body(r#"{"on":true}"#)
        .send()
        .await
        .with_context(|| format!("{address} does not answer"))?;
    if !answer.status().is_success() {
        bail!("{address} answered {}", answer.status());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::{Settings, testing};

    #[tokio::test]
    async fn an_event_is_switched_on_from_afar() {
        let sim = testing::start(Settings::default()).await.unwrap();
        let events = format!("{}/_practice/events", sim.base_url);
        let on = async || {
            let text = reqwest::get(&events).await.unwrap().text().await.unwrap();
            let events: serde_json::Value = serde_json::from_str(&text).unwrap();
            events["events"]["candidateHired"]["on"].as_bool().unwrap()
        };
        assert!(!on().await);
        super::switch_on(&sim.base_url, "candidateHired").await.unwrap();
        assert!(on().await);
        assert!(super::switch_on(&sim.base_url, "candidateKnighted").await.is_err());
    }
}
