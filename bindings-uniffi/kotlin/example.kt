// A program to begin with: what a folder of packages has, as a snapshot, and how its versions compare.

import kotlin.system.exitProcess
import org.reposnap.ReposnapException
import org.reposnap.Store
import org.reposnap.versionCompare

fun main(arguments: Array<String>) {
    val folder = arguments.singleOrNull() ?: run {
        System.err.println("usage: example FOLDER")
        exitProcess(2)
    }
    // `use` closes the store at its end, and frees it.
    Store.memory().use { store ->
        store.mirrorAddFolder("inhouse", folder)
        store.mirrorUpdate("inhouse")
        store.packages("inhouse").use { walk ->
            while (true) {
                val batch = walk.nextBatch(1024u)
                if (batch.isEmpty()) break
                for (found in batch) println("${found.name} ${found.version}")
            }
        }
        val promoted = store.envPromote("nightly", "inhouse", create = true, message = "the first")
        println("nightly moved: ${promoted.moved}")
        println("1.0~rc1 ${versionCompare("1.0~rc1", "1.0").order} 1.0")

        // A failure has a kind, one of the words of docs/JSON.md, and a sentence.
        try {
            store.envShow("stable")
        } catch (error: ReposnapException.Failed) {
            println("${error.kind}: ${error.sentence}")
        }
    }
}
