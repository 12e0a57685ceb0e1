//! `lever-sim`: the practice Lever as a program of its own.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use clap::{Parser, ValueEnum};
use lever_sim::{Settings, Simulator, TokenMode};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// What a stranger needs beyond the flags.
const HINTS: &str = "\
Try it:
  lever-sim --opportunities 500 --key practice-key
  curl -u practice-key: 'http://127.0.0.1:3100/v1/opportunities?limit=2'

Pages, without sign-in:
  /candidates                the pipeline and each candidate
  /settings/integrations     partner tiles, API credentials, webhooks
  /practice/faults           what goes wrong with calls; /practice/behaviour for
                             every guess about Lever, /practice/account for
                             stages, users and the clock

The admin API is under /_practice, for this machine only; docs/practice-lever.md
describes it, what is faithful and what is a guess.";

/// A practice Lever: Lever's Data API under /v1, its settings and candidate
/// pages, signed webhook deliveries, and an admin API under /_practice.
///
/// Nothing in it is real. Point a Lever client at http://ADDR/v1 with the key
/// given here as user name and an empty password.
#[derive(Debug, Parser)]
#[command(version, after_help = HINTS)]
struct Flags {
    /// Address to listen on. The admin API answers loopback only.
    #[arg(long, default_value = "127.0.0.1:3100")]
    addr: SocketAddr,

    /// Everything seeded, and every id, key and token made later, follows from
    /// this number.
    #[arg(long, default_value_t = 7)]
    seed: u64,

    /// How many opportunities a fresh account has.
    #[arg(long, default_value_t = 0)]
    opportunities: usize,

    /// Text of an API key with every permission and the confidential grant,
    /// known before the start.
    #[arg(long)]
    key: Option<String>,

    /// One webhook signing token for the account, or one for each webhook.
    #[arg(long, value_enum, default_value_t = Tokens::Account)]
    tokens: Tokens,

    /// File in which every change is saved before it is answered. Without it the
    /// account lives in memory. An account that is in the file keeps its seed
    /// and its opportunities.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,

    /// Name of the partner tile on the Integrations page.
    #[arg(long, env = "FULCRUM_PLATFORM_NAME", default_value = "CodeSignal")]
    platform_name: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Tokens {
    /// One token, shown at the foot of the Webhooks page.
    Account,
    /// A token in the row of each webhook.
    PerWebhook,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")))
        .with_writer(std::io::stderr)
        .init();
    let flags = Flags::parse();
    let simulator = Simulator::open(Settings {
        seed: flags.seed,
        opportunities: flags.opportunities,
        key: flags.key,
        tokens: match flags.tokens {
            Tokens::Account => TokenMode::Account,
            Tokens::PerWebhook => TokenMode::PerWebhook,
        },
        data_file: flags.data,
        platform_name: flags.platform_name,
        ..Settings::default()
    })
    .await?;
    let listener = TcpListener::bind(flags.addr)
        .await
        .with_context(|| format!("cannot listen on {}; choose another with --addr", flags.addr))?;
    tracing::info!("practice Lever on http://{}, its API on http://{0}/v1", listener.local_addr()?);
    simulator.serve(listener, interrupted()).await
}

/// Waits for Ctrl-C or a polite request to end.
async fn interrupted() {
    let terminated = async {
        #[cfg(unix)]
        if let Ok(mut signal) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            signal.recv().await;
            return;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        result = tokio::signal::ctrl_c() => {
            if let Err(error) = result {
                tracing::error!(%error, "Ctrl-C cannot be watched for");
            }
        }
        () = terminated => {}
    }
}
