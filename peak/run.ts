/**
 * Endpoints in trouble under load, asked by two workers in processes of their own that share one store: `npm run peak`, with
 * `--json` for one object on standard output, `--slice` for shorter troubles, `--only <text>` for those scenarios whose name
 * contains it. `DATABASE_URL` makes the store PostgreSQL's. Exits with 1 when a bound is missed.
 *
 * Nothing is scaled: pauses, breakers and limits run at the time that they have in production, so that all of it takes some five
 * minutes, the slice one and a half.
 *
 * @module
 */
import { report } from '../bench/progress.ts'
import { readFlags } from '../bench/read-flags.ts'
import { runHerd } from './herd.ts'
import { runLimit } from './limit.ts'
import { runOutage } from './outage.ts'
import type { ScenarioResult } from './result.ts'
import { WORKERS } from './stage.ts'

const values = readFlags(import.meta.filename, {
  json: { type: 'boolean', default: false },
  slice: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
})

const SCENARIOS: Readonly<Record<string, () => Promise<ScenarioResult>>> = values.slice
  ? {
      outage: () => runOutage({ perSecond: 10, failsMs: 15_000 }),
      limit: () => runLimit({ perSecond: 20, limit: 10, raised: 13, settlesMs: 10_000, growsMs: 60_000 }),
      herd: () => runHerd({ calls: 60, limit: 20 }),
    }
  : {
      outage: () => runOutage({ perSecond: 20, failsMs: 60_000 }),
      limit: () => runLimit({ perSecond: 20, limit: 10, raised: 40, settlesMs: 20_000, growsMs: 180_000 }),
      herd: () => runHerd({ calls: 120, limit: 20 }),
    }

const results: ScenarioResult[] = []
for (const [name, run] of Object.entries(SCENARIOS)) {
  if (!name.includes(values.only)) continue
  report(`${name} …`)
  const result = await run()
  for (const problem of result.problems) report(`${name}: ${problem}`)
  results.push(result)
}
const failed = results.filter(({ pass }) => !pass).length
console.log(
  values.json
    ? JSON.stringify({ workers: WORKERS, scenarios: results, passed: results.length - failed, failed })
    : results.map(render).join('\n\n'),
)
if (results.length === 0) report(`no scenario is called ${values.only}: ${Object.keys(SCENARIOS).join(', ')}`)
process.exitCode = failed > 0 || results.length === 0 ? 1 : 0

function render({ name, pass, figures, problems }: ScenarioResult): string {
  const lines = Object.entries(figures).map(([figure, value]) => `    ${figure.padEnd(24)}${rounded(value)}`)
  return [`${pass ? ' ' : '!'} ${name}`, ...lines, ...problems.map(problem => `    MISSED ${problem}`)].join('\n')
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
