/**
 * All benches: `npm run bench`, with `--json` for the figures alone on standard output. `node bench/plan.ts` and `node bench/router.ts` are
 * for themselves.
 *
 * `--profile <folder>` writes a CPU profile of our worker there. Exits with 1 when a bound is not kept.
 *
 * @module
 */
import { boundsOf, type Figures, reportMissed } from './bounds.ts'
import { benchLoop, benchParallel } from './loop.ts'
import { onStage } from './on-stage.ts'
import { benchPlan } from './plan.ts'
import { readFlags } from './read-flags.ts'
import { renderFigures } from './report.ts'
import { benchRouter } from './router.ts'
import { type Stage, setStage } from './stage.ts'

const options = readFlags(import.meta.filename, { json: { type: 'boolean' }, profile: { type: 'string' } })

const { figures, server } = await benchAll()
console.log(options.json ? JSON.stringify(figures) : renderFigures(figures, server))
process.exitCode = reportMissed(boundsOf(figures)) ? 1 : 0

async function benchAll(): Promise<{ figures: Figures; server: string }> {
  const plan = benchPlan()
  const router = await benchRouter()
  const set = () => setStage({ ...(options.profile !== undefined && { profiles: options.profile }) })
  const work = async (stage: Stage) => {
    const loop = await benchLoop(stage)
    const parallel = await benchParallel(stage)
    return { figures: { plan, router, loop, parallel }, server: stage.server }
  }
  return onStage(set, work)
}
