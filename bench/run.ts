/**
 * All benches: `npm run bench`, with `--json` for the figures alone on standard output. `node bench/plan.ts` and `node bench/router.ts` are
 * for themselves.
 *
 * `--profile <folder>` writes a CPU profile of our worker there. Exits with 1 when a bound is not kept.
 *
 * @module
 */
import { boundsOf, type Figures } from './bounds.ts'
import { benchLoop, benchParallel } from './loop.ts'
import { onStage } from './on-stage.ts'
import { benchPlan } from './plan.ts'
import { readFlags } from './read-flags.ts'
import { renderFigures } from './report.ts'
import { benchRouter } from './router.ts'
import { type Stage, setStage } from './stage.ts'

const options = readFlags(import.meta.filename, { json: { type: 'boolean' }, profile: { type: 'string' } })
const report = (line: string) => process.stderr.write(`${line}\n`)

const { figures, server } = await benchAll()
console.log(options.json ? JSON.stringify(figures) : renderFigures(figures, server))

const missed = boundsOf(figures).filter(({ kept }) => !kept)
for (const { name, value, bound } of missed) report(`${name} is ${value}; it must be ${bound}`)
process.exitCode = missed.length > 0 ? 1 : 0

async function benchAll(): Promise<{ figures: Figures; server: string }> {
  const plan = benchPlan()
  const router = await benchRouter()
  const set = () => setStage({ report, ...(options.profile !== undefined && { profiles: options.profile }) })
  const work = async (stage: Stage) => {
    const loop = await benchLoop(stage, report)
    const parallel = await benchParallel(stage, report)
    return { figures: { plan, router, loop, parallel }, server: stage.server }
  }
  return onStage(set, work, report)
}
