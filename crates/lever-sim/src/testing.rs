//! A practice Lever for tests in the same process: started on a free port,
//! stopped when dropped.

use std::{net::SocketAddr, ops::Deref};

use anyhow::Context;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{Settings, Simulator};

/// A practice Lever that is being served. It gives access to the [`Simulator`]
/// it serves.
#[derive(Debug)]
pub struct Running {
    /// `http://127.0.0.1:PORT`.
    pub base_url: String,
    /// `http://127.0.0.1:PORT/v1`.
    pub api_url: String,
    /// The address it listens on.
    pub address: SocketAddr,
    simulator: Simulator,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<anyhow::Result<()>>>,
}

/// Starts a practice Lever on a free port of 127.0.0.1.
///
/// # Errors
/// The account cannot be opened, or no port is free.
pub async fn start(settings: Settings) -> anyhow::Result<Running> {
    start_at(settings, SocketAddr::from(([127, 0, 0, 1], 0))).await
}

/// Starts a practice Lever at an address, for instance where one was stopped.
///
/// # Errors
/// The account cannot be opened, or the address is taken.
pub async fn start_at(settings: Settings, address: SocketAddr) -> anyhow::Result<Running> {
    let simulator = Simulator::open(settings).await?;
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let serving = simulator.clone().serve(listener, async move {
        // A sender that is dropped means stop, just as one that sends.
        let _stopped_either_way = stopped.await;
    });
    Ok(Running {
        base_url: format!("http://{address}"),
        api_url: format!("http://{address}/v1"),
        address,
        simulator,
        stop: Some(stop),
        served: Some(tokio::spawn(serving)),
    })
}

impl Running {
    /// Stops it and waits until its socket and its file are free.
    ///
    /// # Errors
    /// The server had failed.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.stop.take();
        match self.served.take() {
            Some(served) => served.await.context("the server ended badly")?,
            None => Ok(()),
        }
    }
}

impl Deref for Running {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}
