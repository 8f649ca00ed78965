/**
 * One run of a thousand steps, each a model call and a tool call with a result of 5 KB, its prompt held at about 200,000
 * tokens: `npm run bench:long`, with `--json` for the figures alone on standard output. Exits with 1 when a bound is not kept.
 *
 * `--steps n` makes a shorter one for a look; its bounds are printed and not held.
 *
 * @module
 */
import { reportMissed } from '../bounds.ts'
import { rounded } from '../numbers.ts'
import { onStage } from '../on-stage.ts'
import { readFlags, wholeNumber } from '../read-flags.ts'
import { measureOurs } from './ours.ts'
import { measurePluginShape } from './plugin-shape.ts'
import { longBounds, renderLong } from './report.ts'
import { STEPS } from './settings.ts'
import { type LongStage, setLongStage } from './stage.ts'

const options = readFlags(import.meta.filename, { json: { type: 'boolean' }, steps: { type: 'string' } })
const steps = options.steps === undefined ? STEPS : wholeNumber('steps', options.steps)

await onStage(setLongStage, measureAll)

async function measureAll(stage: LongStage): Promise<void> {
  const ours = await measureOurs(stage, steps)
  const plugin = await measurePluginShape(stage, steps)
  const perStep = { ours: ours.historyBytes / ours.steps, plugin: plugin.historyBytes / Math.max(1, plugin.steps) }
  const historyRatio = rounded(perStep.plugin / perStep.ours, 1)
  const figures = { ...ours, plugin, historyRatio }
  console.log(options.json ? JSON.stringify(figures) : renderLong(figures, stage.server))
  process.exitCode = reportMissed(longBounds(figures)) && steps === STEPS ? 1 : 0
}
