//! Whether this process serves: for load balancers and for `fulcrum doctor`.

/// What `/healthz` answers.
pub const ALIVE: &str = "fulcrum ok\n";

/// `GET /healthz`: 200 as long as the process serves. It asks neither the
/// database nor Lever: restarting this process would mend neither.
pub async fn healthz() -> &'static str {
    ALIVE
}
