/**
 * What routing costs in the long run: `npm run sim:routing`, with `--json` for the figures alone, `--seed <n>` for other
 * runs and vendors, `--svg <file>` for the picture. Exits with 1 when a bound is not kept.
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { report } from '../progress.ts'
import { readFlags, wholeNumber } from '../read-flags.ts'
import { drawFigures } from './draw.ts'
import { missedBounds, renderTable, type SetFigures } from './figures.ts'
import { SETS } from './sets.ts'
import { costOfSingle, costOfWay } from './simulate.ts'
import { balanced, cheapest, measured, sticky } from './ways.ts'

const options = readFlags(import.meta.filename, {
  json: { type: 'boolean' },
  seed: { type: 'string', default: '1' },
  svg: { type: 'string' },
})
const seed = wholeNumber('seed', options.seed, 0)

const sets: readonly SetFigures[] = SETS.map(set => ({
  name: set.name,
  bestSingleUsd: Math.min(...set.endpoints.map((_, index) => costOfSingle(seed, set, index))),
  measuredUsd: costOfWay(seed, set, measured(seed, set)),
  cheapestUsd: costOfWay(seed, set, cheapest(set)),
  stickyUsd: costOfWay(seed, set, sticky(set)),
  balancedUsd: costOfWay(seed, set, balanced(seed, set)),
}))
console.log(options.json ? JSON.stringify({ seed, sets }) : renderTable(sets))
if (options.svg) writeFileSync(options.svg, drawFigures(sets))
else if (!options.json) report('`--svg <file>` draws it')
const missed = missedBounds(sets)
for (const line of missed) report(line)
process.exitCode = missed.length > 0 ? 1 : 0
