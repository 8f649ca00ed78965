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
import { unlessUntold } from '../temporal/grpc-answer.ts'
import { type StartedWith, startedWith } from '../temporal/started-with.ts'

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
  const started = await startedWith(client, { workflowId, ...(runId && { runId }) }).catch(unlessUntold)
  return started && previewOf(started)
}

function previewOf({ payload, isContinued }: StartedWith): string | undefined {
  // What a later part was given is not what the run began with.
  if (!payload?.data || isContinued) return undefined
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
