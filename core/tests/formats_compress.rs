//! Compression against the tools that everybody uses: gzip, xz, zstd and lz4.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::process::{Command, Stdio};

use reposnap::Kind;
use reposnap::deb::compress::{Compression, Reader, compress, decompress, decompress_sized};

/// The tools with their arguments to compress; each decompresses with `-d -c`.
const TOOLS: [(Compression, &str, &[&[&str]]); 4] = [
    (Compression::Gzip, "gzip", &[&["-1"], &["-6"], &["-9", "-n"]]),
    (
        Compression::Xz,
        "xz",
        &[&["-0"], &["-6"], &["-2", "-T2", "--block-size=20000"], &["-1", "-Csha256"], &["-1", "-Cnone"]],
    ),
    (Compression::Zstd, "zstd", &[&["-1"], &["-19"], &["-3", "--no-check"], &["-1", "--long=27"], &["-1", "-T2"]]),
    (
        Compression::Lz4,
        "lz4",
        &[
            &["-1"],
            &["-9", "-BD"],
            &["-B4", "-BX"],
            &["-1", "--no-frame-crc"],
            &["-1", "--content-size"],
            &["-B5", "-BD", "-BX"],
        ],
    ),
];

/// Runs a filter; its output, and whether it was content.
fn pipe(program: &str, arguments: &[&str], input: &[u8]) -> (Vec<u8>, bool) {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"));
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().expect("the child can be waited for")
    });
    (output.stdout, output.status.success())
}

fn tool(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let (output, success) = pipe(program, &[arguments, &["-c"]].concat(), input);
    assert!(success, "{program} {arguments:?} failed");
    output
}

fn samples() -> Vec<Vec<u8>> {
    let stanzas = (0..8_000u64)
        .flat_map(|n| {
            format!("Package: p{n}\nVersion: {}\nSHA256: {:032x}\n\n", n % 7, n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
                .into_bytes()
        })
        .collect::<Vec<u8>>();
    let noise = (0..300_000u64).map(|n| (n.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as u8).collect();
    vec![Vec::new(), b"x".to_vec(), stanzas, noise, vec![0; 5_000_000]]
}

fn stream(kind: Compression, packed: &[u8], limit: u64) -> std::io::Result<Vec<u8>> {
    let mut output = Vec::new();
    // A small buffer shows what hides behind large ones.
    let source = BufReader::with_capacity(7, packed);
    Reader::new(kind, source, limit).expect("there is memory for a decoder").read_to_end(&mut output)?;
    Ok(output)
}

#[test]
fn reads_what_the_tools_write() {
    for (kind, program, ways) in TOOLS {
        for arguments in ways {
            for text in samples() {
                let packed = tool(program, arguments, &text);
                let size = text.len() as u64;
                assert!(decompress(kind, &packed, size).unwrap() == text, "{program} {arguments:?}");
                assert!(decompress_sized(kind, &packed, size, size).unwrap() == text, "{program} {arguments:?}");
                assert!(stream(kind, &packed, size).unwrap() == text, "{program} {arguments:?}, streamed");
            }
        }
    }
}

#[test]
fn the_tools_read_what_is_written() {
    for (kind, program, _) in TOOLS {
        for level in [None, Some(-100), Some(1), Some(9), Some(100)] {
            for text in samples() {
                let packed = compress(kind, level, &text);
                assert!(tool(program, &["-d"], &packed) == text, "{program}, level {level:?}");
                assert!(pipe(program, &["-t"], &packed).1, "{program} -t, level {level:?}");
            }
        }
    }
}

#[test]
fn several_members_are_one_file() {
    let samples = samples();
    for (kind, program, ways) in TOOLS {
        let mut packed = Vec::new();
        let mut text = Vec::new();
        for (sample, arguments) in samples.iter().zip(ways.iter().cycle()) {
            packed.extend(tool(program, arguments, sample));
            packed.extend(compress(kind, Some(1), sample));
            text.extend_from_slice(sample);
            text.extend_from_slice(sample);
        }
        assert!(tool(program, &["-d"], &packed) == text, "{program} agrees that it is one file");
        assert!(decompress(kind, &packed, 1 << 30).unwrap() == text, "{program}");
        assert!(stream(kind, &packed, 1 << 30).unwrap() == text, "{program}, streamed");
    }
}

#[test]
fn names_in_gzip_headers_and_skippable_frames() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Packages");
    std::fs::write(&path, b"Package: a\n").unwrap();
    assert!(Command::new("gzip").arg("-N").arg(&path).status().expect("gzip runs").success());
    let packed = std::fs::read(path.with_extension("gz")).unwrap();
    assert_eq!(decompress(Compression::Gzip, &packed, 100).unwrap(), b"Package: a\n");
    let skippable =
        [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &compress(Compression::Zstd, None, b"text")].concat();
    assert_eq!(tool("zstd", &["-d"], &skippable), b"text");
    assert_eq!(decompress(Compression::Zstd, &skippable, 100).unwrap(), b"text");
}

#[test]
fn bombs_stop_at_the_limit() {
    const SIZE: u64 = 1 << 30;
    for (kind, program, arguments) in [
        (Compression::Gzip, "gzip", "-1"),
        (Compression::Xz, "xz", "-0"),
        (Compression::Zstd, "zstd", "-1"),
        (Compression::Lz4, "lz4", "-1"),
    ] {
        let zeros = Command::new("head").args(["-c", &SIZE.to_string(), "/dev/zero"]).stdout(Stdio::piped()).spawn();
        let packed = Command::new(program)
            .args([arguments, "-c"])
            .stdin(zeros.expect("head runs").stdout.expect("stdout is piped"))
            .output()
            .unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"))
            .stdout;
        let limit = 3_000_000;
        assert_eq!(decompress(kind, &packed, limit).unwrap_err().kind(), Kind::Limit, "{program}");
        let sized = decompress_sized(kind, &packed, limit, SIZE).unwrap_err();
        assert_eq!(sized.broken_rule(), Some("size-mismatch"), "{program}: {sized}");
        let mut reader = Reader::new(kind, &packed[..], limit).unwrap();
        let mut total = 0;
        let mut buffer = vec![0; 1 << 16];
        let error = loop {
            match reader.read(&mut buffer) {
                Ok(length) => total += length as u64,
                Err(error) => break error,
            }
        };
        assert!(total <= limit, "{program}: {total} bytes came out");
        assert_eq!(error.downcast::<reposnap::Error>().unwrap().kind(), Kind::Limit, "{program}");
    }
}

#[test]
fn memory_of_decoders_is_limited() {
    let text = b"Package: a\n".repeat(1000);
    let wide = tool("zstd", &["-3", "--long=28", "--ultra"], &text);
    // The stream has no known size, so its header asks for the whole window of 256 MiB.
    assert_eq!(decompress(Compression::Zstd, &wide, 1 << 20).unwrap_err().kind(), Kind::Limit);
    let wide = tool("xz", &["--lzma2=preset=1,dict=512MiB"], &text);
    assert_eq!(decompress(Compression::Xz, &wide, 1 << 20).unwrap_err().kind(), Kind::Limit);
    let largest = tool("xz", &["-9e"], &text);
    assert_eq!(decompress(Compression::Xz, &largest, 1 << 20).unwrap(), text);
}

#[test]
fn nothing_and_other_formats_are_refused() {
    for (kind, program, ways) in TOOLS {
        assert_eq!(decompress(kind, b"", 10).unwrap_err().kind(), Kind::Malformed, "{kind}: nothing at all");
        assert_eq!(decompress(kind, b"<html>404</html>", 10).unwrap_err().kind(), Kind::Malformed, "{kind}: HTML");
        for (other, ..) in TOOLS.iter().filter(|(other, ..)| *other != kind) {
            let packed = tool(program, ways[0], b"text");
            assert_eq!(
                decompress(*other, &packed, 10).unwrap_err().kind(),
                Kind::Malformed,
                "{program} read as {other}"
            );
        }
    }
}

#[test]
fn streams_that_are_damaged_say_so() {
    let text = samples().swap_remove(2);
    for (kind, program, ways) in TOOLS {
        let packed = tool(program, ways[0], &text);
        for length in (0..packed.len()).step_by(packed.len() / 40 + 1).chain([packed.len() - 1, packed.len() - 4]) {
            let error = stream(kind, &packed[..length], 1 << 30).unwrap_err();
            assert_eq!(
                error.downcast::<reposnap::Error>().unwrap().kind(),
                Kind::Malformed,
                "{program} cut to {length}"
            );
        }
        let error = stream(kind, &[&packed, &b"garbage"[..]].concat(), 1 << 30).unwrap_err();
        assert_eq!(error.downcast::<reposnap::Error>().unwrap().kind(), Kind::Malformed, "{program} and garbage");
    }
}

#[test]
fn plain_files_are_read_as_they_are() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"text").unwrap();
    assert_eq!(decompress(Compression::None, b"text", 4).unwrap(), b"text");
    assert_eq!(decompress(Compression::None, b"text", 3).unwrap_err().kind(), Kind::Limit);
    assert_eq!(decompress(Compression::None, b"", 0).unwrap(), b"");
    // A file that can't be read is an error of reading, not of its format.
    let folder = BufReader::new(File::open("/").unwrap());
    let error = Reader::new(Compression::Gzip, folder, 10).unwrap().read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.downcast::<reposnap::Error>().unwrap().kind(), Kind::Io);
}
