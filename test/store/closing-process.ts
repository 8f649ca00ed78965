/** A process of its own that opens a store, says so, closes it once it is told something, and ends: `node closing-process.ts <url>`. */
import { once } from 'node:events'
import { openStore } from '../../src/store/index.ts'

const [url] = process.argv.slice(2)
const store = await openStore({ url: url! })
process.stdout.write('open')
await once(process.stdin, 'data')
process.stdin.destroy()
await store.close()
