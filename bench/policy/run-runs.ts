/**
 * Random runs against vendors that fail: `npm run prove:runs -- --runs 2000 --seed 1`, with `--json` for the figures alone. Exits
 * with 1 when a request reached a vendor that a policy forbids, or when too little was tried to say so.
 *
 * @module
 */
import { exitBySignals } from '../exit-by-signals.ts'
import { report } from '../progress.ts'
import { readFlags, wholeNumber } from '../read-flags.ts'
import { proveRuns } from './prove-runs.ts'

const options = readFlags(import.meta.filename, {
  json: { type: 'boolean' },
  runs: { type: 'string', default: '2000' },
  seed: { type: 'string', default: '1' },
})
const runs = wholeNumber('runs', options.runs)
const seed = wholeNumber('seed', options.seed, 0)

exitBySignals()
const begin = performance.now()
const proof = await proveRuns(runs, seed)
const ms = Math.round(performance.now() - begin)
const { failures, ...counts } = proof
const tried = [
  'answered',
  'rerouted',
  'repaired',
  'escalated',
  'hedged',
  'summedUp',
  'inBatch',
  'withoutRoute',
  'blocked',
] as const
const untried = tried.filter(what => counts[what] === 0)
const words = Object.entries(counts).map(([what, count]) => `${what} ${count}`)
console.log(
  options.json
    ? JSON.stringify({ ...proof, seed, ms })
    : [`${words.join(', ')} in ${(ms / 1_000).toFixed(1)} s: ${failures.length} forbidden requests`, ...failures].join(
        '\n',
      ),
)
if (untried.length > 0) report(`nothing was ${untried.join(', ')}: these runs say too little`)
process.exitCode = failures.length > 0 || untried.length > 0 ? 1 : 0
