/**
 * Shows a run while it works.
 *
 * @module
 */

import type { OutcomeKind } from '../../core/protocol.ts'
import type { Signalbox } from '../../runtime/client.ts'
import { formatCost } from '../print/money.ts'
import { formatDuration } from '../print/words.ts'
import type { Terminal } from '../terminal.ts'
import { exitCodeOf } from './exit-code.ts'
import { createEventPrinter } from './print-events.ts'

export interface WatchOptions {
  readonly after?: number
  readonly reasoning?: boolean
  readonly json?: boolean
}

/** Prints the run's events until it ends, then what it came to; sets the exit code by its outcome. */
export async function watchRun(
  signalbox: Signalbox,
  id: string,
  terminal: Terminal,
  { after = 0, reasoning = false, json = false }: WatchOptions,
): Promise<void> {
  const printer = createEventPrinter({ write: terminal.write, run: id, reasoning })
  let outcome: OutcomeKind | undefined
  for await (const event of signalbox.run(id).events({ after })) {
    if (json) terminal.print(JSON.stringify(event))
    else printer.print(event)
    if (event.kind === 'run-end') outcome = event.outcome
  }
  terminal.end(exitCodeOf(outcome))
  if (!json) terminal.print(await summaryOf(signalbox, id, outcome))
}

async function summaryOf(signalbox: Signalbox, id: string, outcome: OutcomeKind | undefined): Promise<string> {
  const report = await (await signalbox.store()).reports.run(id)
  const said = outcome ?? 'ended without a word (terminated?)'
  if (!report) return `run ${id}: ${said}`
  const { calls, attempts, cost, startedAtMs, endedAtMs } = report
  const time = endedAtMs === undefined ? [] : [formatDuration(endedAtMs - startedAtMs)]
  return [`run ${id}: ${said}`, `${calls} calls, ${attempts} attempts`, formatCost(cost), ...time].join(' · ')
}
