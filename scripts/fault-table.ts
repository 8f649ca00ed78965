/**
 * Prints the README's fault table from the code's.
 *
 * @module
 */
import { describeRemedies } from '../src/core/faults/remedies.ts'

const rows = describeRemedies().map(
  ({ kind, evidence, remedy, health }) => `| ${kind} | ${evidence} | ${remedy} | ${health} |`,
)
process.stdout.write(`${['| kind | evidence | remedy | health |', '|---|---|---|---|', ...rows].join('\n')}\n`)
