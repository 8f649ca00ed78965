/**
 * What is told of a run from its start on.
 *
 * @module
 */
import { shellWord } from '../../core/words/shell-word.ts'
import type { Signalbox } from '../../runtime/client.ts'
import type { RunHandle } from '../../runtime/runs/run-handle.ts'
import { printJson } from '../print/json.ts'
import { outcomeJson, outcomeLine } from '../print/outcome.ts'
import type { Terminal } from '../terminal.ts'
import { firstOutcome, type Started, type StartedFlags } from './first-outcome.ts'
import { watchRun } from './watch-run.ts'

export interface ToldOf extends Started {
  /** What `--json` says of where it came from. */
  readonly place?: Readonly<Record<string, unknown>>
  /** What is said of it at once, without `--json`. */
  readonly words: (url: string | undefined) => string
}

/** Tells of the run, until its end if that is asked for. A command that is ended before says the run's name: it goes on, and costs money. */
export async function tellStarted(
  signalbox: Signalbox,
  started: ToldOf,
  flags: StartedFlags,
  terminal: Terminal,
): Promise<void> {
  const { run, place } = started
  const { json } = flags
  const unsay = terminal.lastWords(() =>
    json ? printJson(terminal, { id: run.id, ...place }) : terminal.note(`\n${goesOnWords(run)}`),
  )
  try {
    await tell(signalbox, started, flags, terminal)
  } catch (error) {
    if (json) printJson(terminal, { id: run.id, ...place })
    throw error
  } finally {
    unsay()
  }
}

async function tell(signalbox: Signalbox, started: ToldOf, flags: StartedFlags, terminal: Terminal): Promise<void> {
  const { run, place, words } = started
  // A server that is lost here fails what comes next: by then the run has been named.
  const url = await run.url().catch(() => undefined)
  if (!flags.json) terminal.print(words(url))
  const { outcome, ...told } = await firstOutcome(signalbox, started, flags, terminal)
  if (flags.json) printJson(terminal, { id: run.id, ...place, url, ...(outcome && { outcome: outcomeJson(outcome) }) })
  else if (flags.watch) await watchRun(signalbox, run.id, terminal, told)
  else if (outcome) terminal.print(outcomeLine(run.id, outcome))
}

function goesOnWords({ id }: RunHandle): string {
  const word = shellWord(id)
  return `run ${id} continues: \`signalbox watch ${word}\` shows it, \`signalbox stop ${word}\` tells it to stop`
}

/** Whether there is a run of this id already: then no other one is started. */
export async function isThere({ client }: Signalbox, id: string): Promise<boolean> {
  const { describeKnown } = await import('../../runtime/temporal/describe-known.ts')
  return (await describeKnown(client, id)) !== undefined
}

export function wasThereWords(id: string): string {
  return `note: run ${id} already exists, and this is it; use another --id to start a new one`
}
