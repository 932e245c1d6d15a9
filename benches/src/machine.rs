//! What the results were measured on, without anything that tells whose machine it is.

use std::fs;

/// Instructions that the code measured here can use.
const INSTRUCTIONS: [&str; 8] = ["sse4_2", "pclmulqdq", "aes", "avx2", "bmi2", "avx512f", "sha_ni", "vaes"];

/// One paragraph: processor, cores, memory, kernel, system.
pub(crate) fn describe() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpu.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
    };
    let flags: Vec<&str> = field("flags").split(' ').collect();
    let flags: Vec<&str> = INSTRUCTIONS.into_iter().filter(|name| flags.contains(name)).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kibibytes = memory.split_whitespace().nth(1).and_then(|word| word.parse::<u64>().ok()).unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or_default();
    format!(
        "Machine: {} ({}), {cores} cores, {} GiB of memory, Linux {}, {}.",
        field("model name"),
        flags.join(" "),
        (kibibytes + (1 << 19)) >> 20,
        kernel.trim().split('-').next().unwrap_or_default(),
        system.trim_matches('"')
    )
}
