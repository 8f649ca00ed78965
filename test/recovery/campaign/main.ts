/**
 * Campaigns of many runs at once under faults, kills and restarts, judged by the vendors' meter, the tools' own log and the store's
 * rows:
 *
 *     npm run test:recovery -- --runs 50 --seed 1 [--each 25] [--kills 5] [--lanes 2] [--json] [--keep]
 *
 * Runs come in campaigns of at most `--each` at once (100, or half of them where that is less), `--lanes` of them side by side, for
 * most of a campaign's time is spent waiting until lost workers are noticed; each has the next seed, and even
 * seeds keep their store in PostgreSQL, odd ones in SQLite. `--kills` single workers are killed in each, by default one for ten runs. A seed gives the same runs, faults and blows each time. What a failed
 * campaign leaves behind is kept, and its folder printed; `--keep` keeps it of every one. Exits with 1 when anything is lost, doubled or out of bounds.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readFlags, wholeNumber } from '../../../bench/read-flags.ts'
import { bundleWorkflows } from '../../support/bundle-workflows.ts'
import { startPostgres } from '../../support/postgres.ts'
import { performCampaign } from './perform.ts'
import { planCampaign } from './plan/plan.ts'
import { type Figures, figuresOf, renderFigures, type Told } from './report.ts'

const values = readFlags(import.meta.filename, {
  runs: { type: 'string', default: '50' },
  seed: { type: 'string', default: '1' },
  each: { type: 'string' },
  kills: { type: 'string' },
  lanes: { type: 'string', default: '2' },
  keep: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
})
const runs = wholeNumber('runs', values.runs)
const seed = wholeNumber('seed', values.seed)
const each = values.each === undefined ? Math.min(100, Math.ceil(runs / 2)) : wholeNumber('each', values.each)
const kills = values.kills === undefined ? undefined : wholeNumber('kills', values.kills)
const lanes = wholeNumber('lanes', values.lanes)
const report = (line: string) => process.stderr.write(`${line}\n`)

// PostgreSQL runs in a group of its own and ends when this process exits by itself; a signal's default would leave it.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))

const figures = await performAll()
process.stdout.write(`${values.json ? JSON.stringify(figures) : renderFigures(figures)}\n`)
process.exitCode = figures.failedSeeds.length > 0 ? 1 : 0

async function performAll(): Promise<Figures> {
  const root = mkdtempSync(join(tmpdir(), 'signalbox-recovery-'))
  const bundlePath = join(root, 'workflows.js')
  await bundleWorkflows(bundlePath, fileURLToPath(new URL('./workflows.ts', import.meta.url)))
  const told: Told[] = []
  const left = Array.from({ length: Math.ceil(runs / each) }, (_, index) => index)
  const lane = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      told.push(await perform(root, bundlePath, seed + next, Math.min(each, runs - next * each)))
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  if (!values.keep && told.every(({ problems }) => problems.length === 0))
    rmSync(root, { recursive: true, force: true })
  return figuresOf(told.toSorted((a, b) => a.seed - b.seed))
}

async function perform(root: string, bundlePath: string, ownSeed: number, count: number): Promise<Told> {
  const plan = planCampaign(ownSeed, count, kills)
  const folder = join(root, `seed-${ownSeed}`)
  mkdirSync(folder)
  const say = (line: string) => report(`seed ${ownSeed}: ${line}`)
  say(`${count} runs, their store in ${plan.store}`)
  const postgres = plan.store === 'postgres' ? await startPostgres({ durable: true }) : undefined
  try {
    const performed = await performCampaign({ plan, folder, bundlePath, report: say, ...(postgres && { postgres }) })
    const { judgement, counts, tookMs } = performed
    const { problems } = judgement
    for (const { kind, run, words } of problems.slice(0, 30)) say(`${kind}${run ? ` in ${run}` : ''}: ${words}`)
    if (problems.length === 0 && !values.keep) rmSync(folder, { recursive: true, force: true })
    else
      say(
        `what it left is in ${folder}; again with --runs ${count} --each ${count} --seed ${ownSeed}${kills === undefined ? '' : ` --kills ${kills}`}`,
      )
    say(`${problems.length === 0 ? 'held' : 'FAILED'}, ${Math.round(tookMs / 1_000)} s`)
    return { seed: ownSeed, runs: count, problems, ...counts }
  } finally {
    await postgres?.stop()
  }
}
