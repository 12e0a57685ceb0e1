//! `fulcrum serve`: the listener and the worker in one process, until told to stop.

use std::future::Future;
use std::io::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use store::Engine;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use usecases::Services;

use crate::config::{PublicUrl, Settings};
use crate::refusal::Refusal;
use crate::router::{Doors, router};
use crate::site::Site;
use crate::web::session;
use crate::{boot, demo, shutdown};

/// How long requests, and then jobs, may take to end once told to stop.
/// What is cut off then is as safe as in a crash.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until a signal.
///
/// # Errors
/// A sentence on what stands in the way of starting.
pub async fn serve(settings: Settings) -> Result<(), Refusal> {
    let stop = shutdown::on_signal();
    let (listener, addr) = listen(settings.addr).await?;
    let public_url = settings.public_url.clone().unwrap_or_else(|| PublicUrl::of(addr));
    // The practice Lever outlives the worker, whose last request must be answered.
    let practice_stop = CancellationToken::new();
    let hosted = match &settings.demo {
        Some(demo) => Some(
            demo::practice_lever(demo, settings.lever.as_ref(), &settings.platform, practice_stop.clone())
                .await?,
        ),
        None => None,
    };
    let practice = hosted.as_ref().map(|hosted| hosted.practice.clone());
    let services = boot::open(&settings, &public_url, practice).await?;
    let greeting = match (&settings.demo, &hosted) {
        (Some(demo), Some(hosted)) => {
            usecases::demo::seed(&services, demo.empty).await.map_err(|error| first_start_refusal(&error))?;
            demo_greeting(&public_url, &hosted.url)
        }
        _ => plain_greeting(&services, &public_url).await?,
    };
    say(&greeting);
    let store = services.store.clone();
    run(listener, services, &public_url, stop).await;
    practice_stop.cancel();
    if let Some(hosted) = hosted {
        in_time("the practice Lever", hosted.ended()).await;
    }
    in_time("the database", store.close()).await;
    Ok(())
}

/// Listens on `addr`; also gives the address with the port that was had.
///
/// # Errors
/// When the port is taken or may not be used.
pub async fn listen(addr: SocketAddr) -> Result<(TcpListener, SocketAddr), Refusal> {
    let refused = |error| listen_refusal(addr, &error, "--addr", "FULCRUM_ADDR");
    let listener = TcpListener::bind(addr).await.map_err(refused)?;
    let had = listener.local_addr().map_err(refused)?;
    Ok((listener, had))
}

/// Serves `listener` and works off jobs until `stop`; returns once both ended.
pub async fn run(listener: TcpListener, services: Services, public_url: &PublicUrl, stop: CancellationToken) {
    let worker = tokio::spawn(usecases::worker::run(services.clone(), stop.clone().cancelled_owned()));
    let sweeper = tokio::spawn(session::sweep(services.clone(), stop.clone()));
    // The embedded database has no second process to hear from.
    let carrier = (services.store.engine() == Engine::Postgres)
        .then(|| tokio::spawn(usecases::news::carry(services.clone(), stop.clone().cancelled_owned())));
    let site = Site::find();
    if !site.is_built() {
        tracing::warn!("the front end is not built into this server: pages work without styles and scripts");
    }
    let doors = Doors::new(services, public_url, site, stop.clone());
    let service = router(doors).into_make_service_with_connect_info::<SocketAddr>();
    // Small answers must not wait for the next packet.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
    });
    let serving = axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned());
    tokio::select! {
        served = serving => {
            if let Err(error) = served {
                tracing::error!(%error, "the listener failed");
            }
            // Without a listener there is nothing to work for.
            stop.cancel();
        }
        () = async { stop.cancelled().await; tokio::time::sleep(GRACE).await } => {
            tracing::warn!("some requests took too long to end and were cut off");
        }
    }
    in_time("the worker", ended(worker)).await;
    in_time("the sweeper", ended(sweeper)).await;
    if let Some(carrier) = carrier {
        in_time("the carrier of news", ended(carrier)).await;
    }
}

async fn ended(task: tokio::task::JoinHandle<()>) {
    if let Err(error) = task.await {
        tracing::error!(%error, "a task ended badly");
    }
}

async fn in_time(what: &str, ending: impl Future<Output = ()>) {
    if tokio::time::timeout(GRACE, ending).await.is_err() {
        tracing::warn!("{what} took too long to end and was cut off");
    }
}

async fn plain_greeting(services: &Services, public_url: &PublicUrl) -> Result<String, Refusal> {
    let mut text = format!("Fulcrum: {}\n", public_url.origin());
    if let Some(link) = usecases::set_up::link(services).await.map_err(|error| first_start_refusal(&error))? {
        text.push_str(&format!("Set up: {link}\n"));
    }
    Ok(text)
}

fn demo_greeting(public_url: &PublicUrl, practice_url: &str) -> String {
    let mut text =
        format!("Fulcrum:        {}\nPractice Lever: {practice_url}\nSign in as\n", public_url.origin());
    for (email, role) in demo::SIGN_INS {
        text.push_str(&format!("  {email:<20} ({role})\n"));
    }
    text.push_str(&format!("with the password {}\n", demo::PASSWORD));
    text
}

/// The greeting goes to standard output, where programs that start the server
/// read it. Nobody reading it is no reason to stop.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        tracing::warn!(%error, "the addresses could not be printed");
    }
}

fn first_start_refusal(error: &usecases::Error) -> Refusal {
    use std::error::Error as _;
    let mut inside = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        inside = cause.to_string();
        source = cause.source();
    }
    Refusal::new(
        format!("The first data cannot be written: {inside}."),
        "See that the database is writable and not full.",
    )
}

/// Why an address cannot be listened on.
#[must_use]
pub fn listen_refusal(addr: SocketAddr, error: &std::io::Error, flag: &str, variable: &str) -> Refusal {
    use std::io::ErrorKind;
    let choose = format!("hoose another address by {flag} ({variable}).");
    match error.kind() {
        ErrorKind::AddrInUse => Refusal::new(
            format!("Port {} is taken by another program.", addr.port()),
            format!("Stop that program, or c{choose}"),
        ),
        ErrorKind::PermissionDenied => {
            Refusal::new(format!("Port {} may not be used by this user.", addr.port()), format!("C{choose}"))
        }
        ErrorKind::AddrNotAvailable => {
            Refusal::new(format!("{} is no address of this machine.", addr.ip()), format!("C{choose}"))
        }
        _ => Refusal::new(format!("{addr} cannot be listened on: {error}."), format!("C{choose}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_told_with_what_to_do() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = taken.local_addr().unwrap();
        let refusal = listen(addr).await.unwrap_err().to_string();
        assert!(refusal.contains(&format!("Port {} is taken", addr.port())), "{refusal}");
        assert!(refusal.contains("FULCRUM_ADDR"), "{refusal}");
    }
}
