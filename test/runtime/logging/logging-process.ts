/**
 * Logs so many lines of half a kilobyte, says on standard output that it goes on, and ends once it is told to, or at once.
 *
 * @module
 */
import { once } from 'node:events'
import { openLog } from '../../../src/runtime/logging/open-log.ts'

const log = openLog('info', 'json')
for (let line = 1; line <= Number(process.argv[2]); line += 1) log.info({ text: 'x'.repeat(500) }, `line ${line}`)
process.stdout.write('it goes on\n')
const endsAtOnce = process.argv[3] === 'exit'
if (!endsAtOnce) await once(process.stdin, 'data')
log.info('the last line')
if (endsAtOnce) process.exit(1)
process.stdin.destroy()
