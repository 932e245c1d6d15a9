//! Debian architectures and the wildcards that match them (Debian policy 11.1, dpkg-architecture(1)).

/// Whether the architecture `host` is `wildcard`, or is one of those that `wildcard` stands for.
///
/// Wildcards are `any`, `<os>-any` and `any-<cpu>`, and their longer forms with `<libc>` and `<abi>` in front. An
/// architecture that is not known here is only matched by its own name and by `any`.
///
/// ```
/// use reposnap::deb::relation::architecture_is;
/// assert!(architecture_is("amd64", "linux-any") && architecture_is("amd64", "any-amd64"));
/// assert!(architecture_is("x32", "any-amd64") && !architecture_is("x32", "amd64"));
/// assert!(architecture_is("musl-linux-amd64", "musl-any-any"));
/// ```
pub fn architecture_is(host: &str, wildcard: &str) -> bool {
    if host == wildcard || wildcard == "any" {
        return true;
    }
    let (Some(host), Some(pattern)) = (tuple(host), pattern(wildcard)) else { return false };
    host.iter().zip(pattern).all(|(host, pattern)| *host == pattern || pattern == "any")
}

/// ABI, libc, operating system and processor.
type Tuple<'a> = [&'a str; 4];

fn pattern(wildcard: &str) -> Option<Tuple<'_>> {
    if !wildcard.split('-').any(|part| part == "any") {
        return tuple(wildcard);
    }
    let mut pattern = ["any"; 4];
    let parts = wildcard.splitn(4, '-').count();
    for (slot, part) in pattern[4 - parts..].iter_mut().zip(wildcard.splitn(4, '-')) {
        *slot = part;
    }
    Some(pattern)
}

fn tuple(architecture: &str) -> Option<Tuple<'_>> {
    let architecture = match architecture.strip_prefix("linux-") {
        Some(rest) => rest.split('-').next().unwrap_or_default(),
        None => architecture,
    };
    if let Some((_, tuple)) = IRREGULAR.iter().find(|(name, _)| *name == architecture) {
        return Some(*tuple);
    }
    let (prefix, cpu) = architecture.rfind('-').map_or(("", architecture), |at| architecture.split_at(at + 1));
    if !CPUS.contains(&cpu) {
        return None;
    }
    let (_, libc, system) = SYSTEMS.iter().find(|(name, ..)| *name == prefix)?;
    Some(["base", libc, system, cpu])
}

/// Architectures whose name does not follow from their tuple, from dpkg's `tupletable`.
const IRREGULAR: [(&str, Tuple<'_>); 18] = [
    ("armel", ["eabi", "gnu", "linux", "arm"]),
    ("armhf", ["eabihf", "gnu", "linux", "arm"]),
    ("arm64ilp32", ["ilp32", "gnu", "linux", "arm64"]),
    ("mips64", ["abi64", "gnu", "linux", "mips64"]),
    ("mips64el", ["abi64", "gnu", "linux", "mips64el"]),
    ("mips64r6", ["abi64", "gnu", "linux", "mips64r6"]),
    ("mips64r6el", ["abi64", "gnu", "linux", "mips64r6el"]),
    ("mipsn32", ["abin32", "gnu", "linux", "mips64"]),
    ("mipsn32el", ["abin32", "gnu", "linux", "mips64el"]),
    ("mipsn32r6", ["abin32", "gnu", "linux", "mips64r6"]),
    ("mipsn32r6el", ["abin32", "gnu", "linux", "mips64r6el"]),
    ("powerpcspe", ["spe", "gnu", "linux", "powerpc"]),
    ("x32", ["x32", "gnu", "linux", "amd64"]),
    ("musl-linux-armhf", ["eabihf", "musl", "linux", "arm"]),
    ("uclibc-linux-armel", ["eabi", "uclibc", "linux", "arm"]),
    ("kfreebsd-armhf", ["eabihf", "gnu", "kfreebsd", "arm"]),
    ("uclinux-armel", ["eabi", "uclibc", "uclinux", "arm"]),
    ("mint-m68k", ["base", "tos", "mint", "m68k"]),
];

/// What stands before the processor in an architecture's name, and the libc and system that it means.
const SYSTEMS: [(&str, &str, &str); 15] = [
    ("", "gnu", "linux"),
    ("musl-linux-", "musl", "linux"),
    ("uclibc-linux-", "uclibc", "linux"),
    ("hurd-", "gnu", "hurd"),
    ("kfreebsd-", "gnu", "kfreebsd"),
    ("knetbsd-", "gnu", "knetbsd"),
    ("kopensolaris-", "gnu", "kopensolaris"),
    ("darwin-", "bsd", "darwin"),
    ("dragonflybsd-", "bsd", "dragonflybsd"),
    ("freebsd-", "bsd", "freebsd"),
    ("netbsd-", "bsd", "netbsd"),
    ("openbsd-", "bsd", "openbsd"),
    ("aix-", "sysv", "aix"),
    ("solaris-", "sysv", "solaris"),
    ("uclinux-", "uclibc", "uclinux"),
];

/// The processors of dpkg's `cputable`.
const CPUS: [&str; 37] = [
    "alpha",
    "amd64",
    "arc",
    "arm",
    "arm64",
    "armeb",
    "avr32",
    "hppa",
    "i386",
    "ia64",
    "loong64",
    "m32r",
    "m68k",
    "mips",
    "mips64",
    "mips64el",
    "mips64r6",
    "mips64r6el",
    "mipsel",
    "mipsr6",
    "mipsr6el",
    "nios2",
    "or1k",
    "powerpc",
    "powerpcel",
    "ppc64",
    "ppc64el",
    "riscv64",
    "s390",
    "s390x",
    "sh3",
    "sh3eb",
    "sh4",
    "sh4eb",
    "sparc",
    "sparc64",
    "tilegx",
];
