/**
 * Shows a run while it works.
 *
 * @module
 */

import type { Outcome } from '../../core/protocol.ts'
import type { Signalbox } from '../../runtime/client.ts'
import { formatTreeCost } from '../print/money.ts'
import { outcomeWords } from '../print/outcome.ts'
import { countOf, formatDuration } from '../print/words.ts'
import type { Terminal } from '../terminal.ts'
import { exitCodeOf } from './exit-code.ts'
import { noteFailures } from './note-failures.ts'
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
  { after, reasoning = false, json = false }: WatchOptions,
): Promise<void> {
  const run = signalbox.run(id)
  const printer = createEventPrinter({ write: terminal.write, run: id, reasoning })
  let end: End | undefined
  let isQuiet = true
  const stopNotes = noteFailures(signalbox, id, terminal)
  try {
    for await (const event of run.events(after === undefined ? {} : { after })) {
      isQuiet = false
      if (json) terminal.print(JSON.stringify(event))
      else printer.print(event)
      if (event.kind === 'run-end') end = { kind: event.outcome }
    }
  } finally {
    stopNotes()
  }
  if (isQuiet && after !== undefined) terminal.note(`run ${id} has ended, and no event of it comes after ${after}`)
  // A run that was terminated never wrote its end; Temporal knows it.
  if (json) return terminal.end(exitCodeOf((end ?? (await run.outcome())).kind))
  const { kind, message, output } = await run.outcome()
  terminal.end(exitCodeOf(kind))
  // What an agent said has been printed as it came.
  for (const words of outcomeWords({ output })) terminal.print(words)
  terminal.print(await summaryOf(signalbox, id, { kind, message }))
}

type End = Pick<Outcome, 'kind' | 'message'>

async function summaryOf(signalbox: Signalbox, id: string, { kind, message }: End): Promise<string> {
  const { reports, place } = await signalbox.store()
  const report = await reports.run(id)
  const said = `run ${id}: ${kind}${message === undefined ? '' : ` · ${message}`}`
  if (!report)
    return `${said}\nnote: the store ${place} knows nothing of it; set DATABASE_URL to the store that its workers use to see more`
  const { calls, attempts, startedAtMs, endedAtMs } = report
  const cost = formatTreeCost(report, await reports.cost(report.key))
  const time = endedAtMs === undefined ? [] : [formatDuration(endedAtMs - startedAtMs)]
  return [said, `${countOf(calls, 'call')}, ${countOf(attempts, 'attempt')}`, cost, ...time].join(' · ')
}
