//! `trials`: runs a proof or a benchmark against built programs.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use clap::{CommandFactory, Parser, Subcommand};
use trials::parties::Programs;
use trials::{bench, prove, say};

/// Proofs and benchmarks of Fulcrum, against the practice Lever.
#[derive(Debug, Parser)]
#[command(version)]
struct Flags {
    /// Folder with the programs fulcrum and lever-sim [default: where this
    /// program is]
    #[arg(long, value_name = "DIR")]
    binaries: Option<PathBuf>,

    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Try hard to break a promise.
    #[command(subcommand)]
    Prove(prove::Proof),
    /// Measure.
    Bench {
        /// Which; all of them when left away.
        #[command(subcommand)]
        benchmark: Option<bench::Benchmark>,
    },
}

#[tokio::main]
async fn main() -> Result<()> {
    let flags = Flags::parse();
    let folder = match flags.binaries {
        Some(folder) => folder,
        None => {
            let own = std::env::current_exe().context("cannot tell where this program is")?;
            own.parent().context("this program is in no folder")?.to_path_buf()
        }
    };
    let programs = Programs::in_folder(&folder)?;
    match flags.deed {
        Deed::Prove(proof) => prove::run(&programs, proof).await,
        Deed::Bench { benchmark: Some(benchmark) } => bench::run(&programs, benchmark).await,
        Deed::Bench { benchmark: None } => all(&programs).await,
    }
}

/// Each benchmark; one that ends badly keeps no other from being run.
async fn all(programs: &Programs) -> Result<()> {
    let mut missed = Vec::new();
    for (name, benchmark) in every_benchmark()? {
        say(format!("\n{name}"));
        if let Err(error) = bench::run(programs, benchmark).await {
            say(format!("{name} did not end well: {error:#}"));
            missed.push(name);
        }
    }
    ensure!(missed.is_empty(), "not every budget was kept: {}", missed.join(", "));
    Ok(())
}

/// Each benchmark by name, as it is without flags.
fn every_benchmark() -> Result<Vec<(String, bench::Benchmark)>> {
    let command = Flags::command();
    let bench = command.find_subcommand("bench").context("there are no benchmarks")?;
    bench
        .get_subcommands()
        .map(|named| {
            let flags = Flags::try_parse_from(["trials", "bench", named.get_name()])?;
            match flags.deed {
                Deed::Bench { benchmark: Some(benchmark) } => Ok((named.get_name().to_owned(), benchmark)),
                Deed::Bench { benchmark: None } | Deed::Prove(_) => {
                    bail!("{} is no benchmark", named.get_name())
                }
            }
        })
        .collect()
}
