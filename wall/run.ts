/**
 * The fault wall: `npm run wall`, with `--json` for one object on standard output. Exits with 1 when a case fails.
 *
 * `--only <text>` (more than once) keeps the cases whose `protocol/mode/fault` contains one of the texts; `--slice <n>` a
 * sample of about n cases drawn with `--seed`, which also is what all other chance comes from.
 *
 * @module
 */
import { exitBySignals } from '../bench/exit-by-signals.ts'
import { report } from '../bench/progress.ts'
import { readFlags, wholeNumber } from '../bench/read-flags.ts'
import { buildWall } from './build-wall.ts'
import { failureLines, renderWall } from './report.ts'
import { SCALE_WORDS } from './scale.ts'

const values = readFlags(import.meta.filename, {
  json: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] },
  slice: { type: 'string' },
  seed: { type: 'string', default: '1' },
})
exitBySignals()
const cases = await buildWall({
  only: values.only,
  seed: wholeNumber('seed', values.seed, 0),
  ...(values.slice !== undefined && { slice: wholeNumber('slice', values.slice) }),
})
const failures = cases.filter(({ pass }) => !pass)
const failed = failures.length
const figures = { cases, passed: cases.length - failed, failed, time: SCALE_WORDS }
console.log(values.json ? JSON.stringify(figures) : renderWall(cases))
if (values.json) for (const line of failures.flatMap(failureLines)) report(line)
if (cases.length === 0) report('no case was chosen: --only names a part of protocol/mode/fault')
process.exitCode = failed > 0 || cases.length === 0 ? 1 : 0
