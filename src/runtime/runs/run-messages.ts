/**
 * What a model of a run was told and has said, as the store keeps it.
 *
 * @module
 */
import type { Message } from '../../core/messages.ts'
import type { RunName } from '../../core/protocol.ts'
import type { Store } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { answeredStep } from './answered-step.ts'

/** Which messages. */
export interface MessagesOptions {
  /** The step whose messages are read. @defaultValue the last one with an answer */
  readonly step?: number | undefined
}

const KEYS: KeysOf<MessagesOptions> = { step: true }

/**
 * The transcript of a step, with its answer: whole, also where the prompt was made shorter.
 *
 * @throws StoreProblem when the store has no such run, NoSuchStep when nothing of it is answered there, or its content was purged
 */
export async function messagesOf(
  store: Pick<Store, 'reports' | 'transcripts' | 'place'>,
  run: RunName,
  of: MessagesOptions,
): Promise<readonly Message[]> {
  refuseUnknown(`the messages of run ${run.id}`, of, KEYS)
  const { found } = await answeredStep(store, run, of.step ?? 'last')
  return store.transcripts.read(found.transcript)
}
