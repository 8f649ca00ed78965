/**
 * What a run was started with, in a line for people.
 *
 * @module
 */
import { beginningOfText, isParts, partsInWords } from '../../core/parts.ts'
import type { Brief } from '../../core/protocol.ts'
import { shorten } from '../../core/words/shorten.ts'
import type { RunReport } from '../../store/index.ts'
import type { Signalbox } from '../client.ts'
import { firstEvents, type HistoryEvent } from '../temporal/first-events.ts'
import { unlessUntold } from '../temporal/grpc-answer.ts'

/** Characters of an input: history has the whole. */
const MOST_SHOWN = 240

/**
 * The beginning of a run's input; `undefined` of a run that is sealed, must keep nothing or was purged, where the payload is not plain JSON,
 * and where the server no longer has the run's beginning or does not say.
 *
 * @param report - What the store has of the run, if anything.
 */
export async function inputPreview(
  { client }: Pick<Signalbox, 'client'>,
  workflowId: string,
  report: RunReport | undefined,
): Promise<string | undefined> {
  if (report?.sealed || report?.policy?.zdr || report?.purgedAtMs !== undefined) return undefined
  // A child's key is no run of Temporal's.
  const runId = report && !report.key.includes('/') ? report.key : undefined
  const events = await firstEvents(client, { workflowId, ...(runId && { runId }) }, 1).catch(unlessUntold)
  return events?.[0] && previewOf(events[0])
}

function previewOf({ workflowExecutionStartedEventAttributes: started }: HistoryEvent): string | undefined {
  const [payload] = started?.input?.payloads ?? []
  // A later part of a run: what it was given is not what the run began with.
  if (!payload?.data || started?.continuedExecutionRunId) return undefined
  // As it lies at the server: what a codec has made of it stays so.
  if (Buffer.from(payload.metadata?.encoding ?? []).toString() !== 'json/plain') return undefined
  const { input, terms } = Object(JSON.parse(Buffer.from(payload.data).toString())) as Partial<Brief>
  if (terms?.policy?.zdr) return undefined
  const { longInput } = terms ?? {}
  const words = longInput ? `${beginningOfText(longInput)}…` : wordsOf(input)
  return words === undefined ? undefined : shorten(words, MOST_SHOWN)
}

function wordsOf(input: unknown): string | undefined {
  if (input === undefined || input === null) return undefined
  if (typeof input === 'string') return input
  return isParts(input) ? partsInWords(input) : JSON.stringify(input)
}
