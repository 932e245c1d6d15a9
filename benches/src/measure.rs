//! Runs a program and tells what it cost: processor time and peak memory of the whole process tree that it waited for.
//!
//! Linux counts the memory of the process that starts a program towards the program's own peak (the maximum survives
//! `execve`), and the bench process is large. So each program is started by a small copy of this executable, which
//! asks the kernel (`getrusage(2)`, `RUSAGE_CHILDREN`) after its only child has ended.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde::{Deserialize, Serialize};

/// The first argument that turns this executable into the small starter.
pub(crate) const STARTER: &str = "__measure";

/// Below this, seconds of user time alone mean nothing.
const SHORT: f64 = 0.1;

/// What one run of a program cost.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// Processor time in user mode, seconds.
    pub(crate) user: f64,
    /// Processor time in the kernel, seconds.
    pub(crate) system: f64,
    /// Elapsed time, seconds.
    pub(crate) wall: f64,
    /// Peak resident memory of the largest process, bytes.
    pub(crate) memory: u64,
    /// The exit code.
    pub(crate) code: i32,
}

impl Cost {
    /// The seconds that the table shows: user time, or user and system time where that is less than 0.1 s.
    ///
    /// The kernel splits a short time into its two parts by where its few ticks fell, which is chance.
    pub(crate) fn time(&self) -> f64 {
        if self.is_short() { self.sum() } else { self.user }
    }

    /// How many times this cost is the `other`; of sums where either is short.
    pub(crate) fn times(&self, other: &Cost) -> f64 {
        if self.is_short() || other.is_short() { self.sum() / other.sum() } else { self.user / other.user }
    }

    fn is_short(&self) -> bool {
        self.sum() < SHORT
    }

    fn sum(&self) -> f64 {
        self.user + self.system
    }
}

/// What a measured program printed and cost.
pub(crate) struct Run {
    /// What it cost.
    pub(crate) cost: Cost,
    /// Its standard output.
    pub(crate) stdout: Vec<u8>,
    /// Its standard error.
    pub(crate) stderr: Vec<u8>,
}

/// Runs `command` (program, arguments, environment and directory are kept) and measures it.
///
/// # Errors
/// The program could not be started, or ended with another code than 0; the text holds what it printed last.
pub(crate) fn measure(command: &Command) -> Result<Run, String> {
    let run = measure_any(command)?;
    if run.cost.code == 0 {
        return Ok(run);
    }
    let said = [&run.stdout[..], &run.stderr[..]].concat();
    Err(format!("{command:?} ended with {}: {}", run.cost.code, tail(&String::from_utf8_lossy(&said))))
}

/// Like [`measure`], whatever the exit code.
pub(crate) fn measure_any(command: &Command) -> Result<Run, String> {
    let account = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    let mut starter = Command::new(env::current_exe().map_err(|error| error.to_string())?);
    starter.arg(STARTER).arg(account.path()).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => starter.env(name, value),
            None => starter.env_remove(name),
        };
    }
    if let Some(directory) = command.get_current_dir() {
        starter.current_dir(directory);
    }
    let output = starter.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    let text = fs::read(account.path()).map_err(|error| error.to_string())?;
    let cost: Cost = serde_json::from_slice(&text)
        .map_err(|_| format!("{command:?} could not be started: {}", tail(&String::from_utf8_lossy(&output.stderr))))?;
    Ok(Run { cost, stdout: output.stdout, stderr: output.stderr })
}

/// Runs `command` `times` times and keeps the run of median time.
pub(crate) fn measure_median(command: &Command, times: usize) -> Result<Run, String> {
    let mut runs = (0..times).map(|_| measure(command)).collect::<Result<Vec<_>, _>>()?;
    runs.sort_by(|one, other| one.cost.time().total_cmp(&other.cost.time()));
    Ok(runs.swap_remove(times / 2))
}

/// The small starter: `arguments` are the file for the account, the program, and the program's arguments.
pub(crate) fn start(arguments: &[OsString]) -> i32 {
    let [account, program, arguments @ ..] = arguments else {
        eprintln!("{STARTER} is for the benchmarks' own use");
        return 2;
    };
    let begin = Instant::now();
    let status = match Command::new(program).args(arguments).status() {
        Ok(status) => status,
        Err(error) => {
            eprintln!("{}: {error}", program.to_string_lossy());
            return 127;
        }
    };
    let wall = begin.elapsed().as_secs_f64();
    let (user, system, memory) = usage(libc::RUSAGE_CHILDREN);
    let cost = Cost { user, system, wall, memory, code: status.code().unwrap_or(255) };
    let text = serde_json::to_vec(&cost).expect("numbers serialise");
    match fs::write(account, text) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("{}: {error}", account.to_string_lossy());
            2
        }
    }
}

/// Runs a program that prints lines of a word and a number.
pub(crate) fn figures_of(command: &Command) -> Result<(BTreeMap<String, f64>, Cost), String> {
    let run = measure_any(command)?;
    if run.cost.code != 0 {
        return Err(String::from_utf8_lossy(&run.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    let pairs = text.lines().filter_map(|line| line.split_once(' '));
    Ok((pairs.filter_map(|(word, number)| Some((word.to_owned(), number.parse().ok()?))).collect(), run.cost))
}

/// The median of the seconds that something takes.
pub(crate) fn median(times: usize, mut work: impl FnMut()) -> f64 {
    let mut seconds: Vec<f64> = (0..times)
        .map(|_| {
            let begin = Instant::now();
            work();
            begin.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[times / 2]
}

/// User seconds of this process so far.
pub(crate) fn user_time() -> f64 {
    usage(libc::RUSAGE_SELF).0
}

/// User seconds, system seconds and peak bytes of this process, or of all children waited for.
fn usage(of: libc::c_int) -> (f64, f64, u64) {
    // SAFETY: rusage is plain data for which all zeros is valid, and the call writes nothing else.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(of, &raw mut usage);
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    // Linux counts in KiB.
    (seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_maxrss as u64 * 1024)
}

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
