/**
 * Files, and texts that are too long for Temporal's history: the client writes them into the store first, and history refers to them.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import { keepText } from '../../../activities/keep-part.ts'
import { previewOf } from '../../../activities/preview.ts'
import { isParts, type Part } from '../../core/parts.ts'
import { type Brief, type ForkedFrom, PREVIEW_BYTES, type Words } from '../../core/protocol.ts'
import type { WorkflowPlace } from '../../core/sealing.ts'
import type { Store } from '../../store/index.ts'
import { keeperOf, keepFiles, keepParts, LONG_MESSAGE_BYTES } from './keep-parts.ts'

/** Temporal refuses payloads over 2 MB, and an input is repeated in the first call's. */
const MOST_BYTES = 1_000_000

/** A message to a run as history has it. @throws Error when it is too long for history and cannot be kept elsewhere. */
export async function wordsFor(
  store: Store | undefined,
  run: WorkflowPlace,
  text: string | readonly Part[],
): Promise<Words> {
  const bytes = Buffer.byteLength(JSON.stringify(text))
  if (bytes <= (typeof text === 'string' ? LONG_MESSAGE_BYTES : PREVIEW_BYTES)) return text
  // Another store than the workers' would lose it, and the run with it.
  if (store && (await isBegun(store, run))) return keep(store, run, text)
  if (bytes <= MOST_BYTES) return text
  if (!store) throw new Error(tooLong(`the message to run ${run.workflowId}`, bytes))
  throw new Error(
    `the message to run ${run.workflowId} has ${bytes} bytes and would be kept in the store ${store.place}, which has no such run: the run has not begun yet, or its workers use another store. Send it again, or set DATABASE_URL to theirs. Nothing was sent`,
  )
}

/** Whether the store has the run. One that has just been started is there a moment later. */
async function isBegun({ reports }: Store, { workflowId }: WorkflowPlace): Promise<boolean> {
  const untilMs = Date.now() + BEGUN_WITHIN_MS
  while (!(await reports.run(workflowId))) {
    if (Date.now() >= untilMs) return false
    await delay(TRY_AGAIN_MS)
  }
  return true
}

const BEGUN_WITHIN_MS = 5_000
const TRY_AGAIN_MS = 100

/**
 * What a run that is about to start is given, as history has it. A workflow of one's own needs its input in hand, and nobody here
 * knows whether it is one, so the input stays there as long as it may; of parts it has the texts, and references to files.
 */
export async function shortBrief(
  store: Store | undefined,
  run: WorkflowPlace,
  brief: Brief<unknown>,
): Promise<Brief<unknown>> {
  const { input, terms = {} } = brief
  if (!store) return brief
  const { forkedFrom } = terms
  const kept = { ...terms, ...(forkedFrom && { forkedFrom: await shortFork(store, run, forkedFrom) }) }
  const fits = (of: unknown) => bytesOf({ input: of, terms: kept }) <= MOST_BYTES
  if (isParts(input)) {
    const parts = await keepFiles(store, run, input)
    return { input: fits(parts) ? parts : await keepParts(store, run, parts), terms: kept }
  }
  if (fits(input) || !fits(null)) return { input, terms: kept }
  const text = typeof input === 'string' ? input : JSON.stringify(input)
  return { input: null, terms: { ...kept, longInput: await keepText(keeperOf(store, run), text) } }
}

async function shortFork(store: Store, run: WorkflowPlace, forkedFrom: ForkedFrom): Promise<ForkedFrom> {
  const { say } = forkedFrom
  if (isParts(say)) return { ...forkedFrom, say: await keepParts(store, run, say) }
  if (typeof say !== 'string' || previewOf(say).bytes <= LONG_MESSAGE_BYTES) return forkedFrom
  return { ...forkedFrom, say: await keepText(keeperOf(store, run), say) }
}

/** @throws Error when Temporal would refuse to start a run with it. */
export function checkBrief(name: string, brief: Brief<unknown>, store: Store | undefined): void {
  const bytes = bytesOf(brief)
  if (bytes <= MOST_BYTES) return
  if (!store) throw new Error(tooLong(`the input of ${name}`, bytes))
  throw new Error(
    `the terms of ${name} have ${bytes} bytes, but a run can be started with at most ${MOST_BYTES}; shorten its labels and its policy. Nothing was sent`,
  )
}

function keep(store: Store, run: WorkflowPlace, words: string | readonly Part[]): Promise<Words> {
  return typeof words === 'string' ? keepText(keeperOf(store, run), words) : keepParts(store, run, words)
}

function bytesOf(brief: Brief<unknown>): number {
  return Buffer.byteLength(JSON.stringify(brief))
}

function tooLong(what: string, bytes: number): string {
  return `${what} has ${bytes} bytes; at most ${MOST_BYTES} fit into Temporal's history, and this client was connected without the store, which holds longer ones. Connect it with \`store\`, or set DATABASE_URL to the store that the workers use. Nothing was sent`
}
