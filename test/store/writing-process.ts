/** A process of its own that opens a store at once with others and writes to the one run: `node writing-process.ts <path> <events>`. */
import { openStore } from '../../src/store/index.ts'
import { newRun, RUN } from './records.ts'

const [path, count] = process.argv.slice(2)
const store = await openStore({ path })
await store.ledger.openRun(newRun())
for (let left = Number(count); left > 0; left--) {
  await store.events.write(RUN, [{ kind: 'wait', step: left, ms: 1, reason: `${process.pid}` }], 3_000)
}
await store.close()
