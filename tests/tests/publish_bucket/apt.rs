//! Real apt over HTTP, without any credentials.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::bench::{Bench, package};

#[tokio::test(flavor = "multi_thread")]
async fn apt_installs_what_is_published() {
    let bench = Bench::new().await;
    let snapshot =
        bench.snapshot(&[package("greet", "1.0").depends("words (>= 1)"), package("words", "1:1.0+x")]).await;
    bench.publish(&snapshot).await;
    let apt = bench.apt();
    apt.update();
    assert_eq!(apt.download(&["greet"]).len(), 2);
    let snapshot = bench.snapshot(&[package("greet", "1.1")]).await;
    bench.publish(&snapshot).await;
    apt.update();
    assert_eq!(apt.candidate("greet").as_deref(), Some("1.1"));
    assert_eq!(apt.candidate("words"), None);
    let asked = bench.server.requests();
    assert!(asked.iter().any(|request| request.contains("/by-hash/SHA256/")), "{asked:#?}");
}

/// Publications come every second, which is more often than an update takes; no update ever fails.
#[test]
fn apt_updates_while_publications_move() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let bench = runtime.block_on(Bench::new());
    let version = |number: u32| [package("a", &number.to_string()), package("b", &format!("{number}.1"))];
    let publish = |number: u32| {
        runtime.block_on(async {
            let snapshot = bench.snapshot(&version(number)).await;
            bench.publish(&snapshot).await;
        });
    };
    publish(1);
    let done = AtomicBool::new(false);
    let updates = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let apt = bench.apt();
            let mut updates = 0;
            while !done.load(Ordering::SeqCst) {
                apt.update();
                let (a, b) = (apt.candidate("a").expect("a"), apt.candidate("b").expect("b"));
                assert_eq!(b, format!("{a}.1"), "both are of one publication");
                updates += 1;
            }
            updates
        });
        for number in 2..=8 {
            std::thread::sleep(Duration::from_millis(700));
            publish(number);
        }
        done.store(true, Ordering::SeqCst);
        reader.join().expect("no update failed")
    });
    println!("{updates} updates beside 7 publications");
    assert!(updates > 0);
    let apt = bench.apt();
    apt.update();
    assert_eq!(apt.candidate("a").as_deref(), Some("8"));
}
