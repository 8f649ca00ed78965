/**
 * What `runs` tells beside the runs of the store: those that no worker has opened, which the Temporal server alone knows.
 *
 * @module
 */
import { definedOnly } from '../core/defined-only.ts'
import type { Signalbox } from '../runtime/client.ts'
import type { RunFilter } from '../runtime/store/records.ts'
import type { UnopenedQuery, UnopenedRun } from '../runtime/unopened/unopened-runs.ts'
import { BESIDE_A_LIST, withSignalbox } from './connections.ts'
import { folding, renderTableWithin } from './print/table.ts'
import { formatTime } from './print/words.ts'
import type { Terminal } from './terminal.ts'

/** Empty if only the store can choose the runs. */
export interface Unopened {
  readonly unopened?: readonly UnopenedRun[]
  /** Why they are not listed, or not all. */
  readonly note?: string
}

type Chosen = Pick<RunFilter, 'workspace' | 'label' | 'sinceMs' | 'untilMs' | 'limit'> & Pick<UnopenedQuery, 'outcomes'>

/** For a list that needs no server. */
export async function lookForUnopened(
  terminal: Pick<Terminal, 'env'>,
  chosen: Chosen,
  taskQueue: string | undefined,
): Promise<Unopened> {
  if (isForStore(chosen)) return {}
  const looking = (signalbox: Signalbox) => unopenedBeside(signalbox, chosen)
  return withSignalbox(terminal, looking, { ...BESIDE_A_LIST, ...definedOnly({ taskQueue }) }).catch(unlisted)
}

export async function unopenedBeside(signalbox: Signalbox, chosen: Chosen): Promise<Unopened> {
  if (isForStore(chosen)) return {}
  const { outcomes, sinceMs, untilMs, limit } = chosen
  try {
    const { unopened, more } = await signalbox.unopened(definedOnly({ outcomes, sinceMs, untilMs, limit }))
    return {
      unopened,
      ...(more && {
        note: 'not all runs that no worker has opened are listed: choose by --since or --until, or raise --limit',
      }),
    }
  } catch (error) {
    return unlisted(error)
  }
}

/** A worker writes down workspace and labels as it opens a run, so only the store can choose by them. */
export function isForStore({ workspace, label }: Pick<Chosen, 'workspace' | 'label'>): boolean {
  return workspace !== undefined || label !== undefined
}

/** No error: the list of the store is shown all the same. */
async function unlisted(error: unknown): Promise<Unopened> {
  return { note: `runs that no worker has opened are not listed: ${await untoldWords(error)}` }
}

/** Why the server did not tell. */
export async function untoldWords(error: unknown): Promise<string> {
  const { answersWith, grpcAnswer, TOO_LATE } = await import('../runtime/temporal/grpc-answer.ts')
  if (answersWith(error, TOO_LATE)) return 'the Temporal server did not answer in time; ask again, or for fewer'
  return grpcAnswer(error)?.details ?? (error instanceof Error ? error.message : String(error))
}

export function noteUnopened({ note }: Unopened, terminal: Pick<Terminal, 'note'>): void {
  if (note !== undefined) terminal.note(`note: ${note}`)
}

/** The tables with their headings, or none. */
export function unopenedTables({ unopened = [] }: Unopened, width: number | undefined): readonly string[] {
  const open = unopened.filter(({ outcome }) => outcome === undefined)
  const ended = unopened.filter(({ outcome }) => outcome !== undefined)
  return [
    ...unopenedTable('open, and not in the store because no worker has opened them', open, width),
    ...unopenedTable('ended, and not in the store because no worker had opened them', ended, width),
  ]
}

function unopenedTable(title: string, runs: readonly UnopenedRun[], width: number | undefined): readonly string[] {
  if (runs.length === 0) return []
  const table = renderTableWithin<UnopenedRun>(
    width,
    [
      { title: 'run', cell: ({ id }) => id },
      folding('workflow', ({ workflow }) => workflow),
      { title: 'started (UTC)', cell: ({ startedAtMs }) => formatTime(startedAtMs) },
      { title: 'why', cell: ({ why }) => why, folded: 'cell' },
    ],
    runs,
  )
  return [`${title}:\n${table}`]
}
