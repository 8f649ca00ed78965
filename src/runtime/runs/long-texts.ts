/**
 * Texts that are too long for Temporal's history: the client writes them into the store first, and history refers to them.
 *
 * @module
 */
import { previewOf } from '../../../activities/preview.ts'
import type { Brief, ForkedFrom, StoredText, Words } from '../../core/protocol.ts'
import type { WorkflowPlace } from '../../core/sealing.ts'
import type { Store } from '../../store/index.ts'

/** Temporal refuses payloads over 2 MB, and an input is repeated in the first call's. */
const MOST_BYTES = 1_000_000

/** A longer message lies in the store: a call takes along all that its agent has not read yet, so that many must fit. */
const LONG_MESSAGE_BYTES = 65_536

/** A message to a run as history has it. @throws Error when it is too long for history and cannot be kept elsewhere. */
export async function wordsFor(store: Store | undefined, run: WorkflowPlace, text: string): Promise<Words> {
  const { bytes } = previewOf(text)
  if (bytes <= LONG_MESSAGE_BYTES) return text
  // Another store than the workers' would lose it, and the run with it.
  if (store && (await store.reports.run(run.workflowId))) return keep(store, run, text)
  if (bytes <= MOST_BYTES) return text
  if (!store) throw new Error(tooLong(`the message to run ${run.workflowId}`, bytes))
  throw new Error(
    `the message to run ${run.workflowId} has ${bytes} bytes and would lie in the store ${store.place}, which has no such run: it has not begun yet, or its workers use another store. Say it again, or set DATABASE_URL to theirs. Nothing was sent`,
  )
}

/**
 * What a run that is about to start is given, as history has it. A workflow of one's own needs its input in hand, and nobody here
 * knows whether it is one, so the input stays there as long as it may.
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
  if (fits(input) || !fits(null)) return { input, terms: kept }
  const text = typeof input === 'string' ? input : JSON.stringify(input)
  return { input: null, terms: { ...kept, longInput: await keep(store, run, text) } }
}

async function shortFork(store: Store, run: WorkflowPlace, forkedFrom: ForkedFrom): Promise<ForkedFrom> {
  const { say } = forkedFrom
  if (typeof say !== 'string' || previewOf(say).bytes <= LONG_MESSAGE_BYTES) return forkedFrom
  return { ...forkedFrom, say: await keep(store, run, say) }
}

/** @throws Error when Temporal would refuse to start a run with it. */
export function checkBrief(name: string, brief: Brief<unknown>, store: Store | undefined): void {
  const bytes = bytesOf(brief)
  if (bytes <= MOST_BYTES) return
  if (!store) throw new Error(tooLong(`the input of ${name}`, bytes))
  throw new Error(
    `the terms of ${name} have ${bytes} bytes, at most ${MOST_BYTES} can be started with; shorten its labels and its policy. Nothing was sent`,
  )
}

async function keep(store: Store, run: WorkflowPlace, text: string): Promise<StoredText> {
  const { bytes, text: preview } = previewOf(text)
  return { digest: await store.texts.keep(run, text, Date.now()), bytes, preview }
}

function bytesOf(brief: Brief<unknown>): number {
  return Buffer.byteLength(JSON.stringify(brief))
}

function tooLong(what: string, bytes: number): string {
  return `${what} has ${bytes} bytes; at most ${MOST_BYTES} fit into Temporal's history, and this client was connected without the store, where longer ones lie. Connect it with \`store\`, or set DATABASE_URL to the store that the workers use. Nothing was sent`
}
