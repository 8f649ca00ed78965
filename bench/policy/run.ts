/**
 * Random plans against their policies: `npm run prove:policy -- --plans 1000000 --seed 1`, with `--json` for the figures
 * alone. Exits with 1 when a promise was broken or the time limit was not kept.
 *
 * @module
 */
import { report } from '../progress.ts'
import { readFlags, wholeNumber } from '../read-flags.ts'
import { provePolicy } from './prove.ts'

const options = readFlags(import.meta.filename, {
  json: { type: 'boolean' },
  plans: { type: 'string', default: '1000000' },
  seed: { type: 'string', default: '1' },
})
const plans = wholeNumber('plans', options.plans)
const seed = wholeNumber('seed', options.seed, 0)

/** For a million plans: 3 minutes. Ten seconds are given to the first ones, for the compiler to warm up. */
const MOST_MS = Math.max(10_000, plans * 0.18)

const begin = performance.now()
const proof = provePolicy(plans, seed)
const ms = Math.round(performance.now() - begin)
const { candidates, rejectedByPolicy, failures } = proof
const words = `${plans} plans in ${(ms / 1_000).toFixed(1)} s: ${candidates} candidates, ${rejectedByPolicy} rejected by a policy, ${failures.length} promises broken`
console.log(options.json ? JSON.stringify({ ...proof, seed, ms }) : [words, ...failures].join('\n'))
if (ms > MOST_MS) report(`it must take at most ${MOST_MS / 1_000} s`)
process.exitCode = failures.length > 0 || ms > MOST_MS ? 1 : 0
