/**
 * What a model of a run was told and has said, as the store keeps it.
 *
 * @module
 */
import type { Message } from '../../core/messages.ts'
import type { RunRef } from '../../core/protocol.ts'
import type { Store } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { unknownRun } from '../store/unknown-run.ts'
import { NoSuchStep, noStepWords, purgedWords } from './fork-run.ts'

/** Which messages. */
export interface MessagesOptions {
  /** The step whose messages are read. @defaultValue the last one with an answer */
  readonly step?: number
}

const KEYS: KeysOf<MessagesOptions> = { step: true }

/**
 * The transcript of a step, with its answer: whole, also where the prompt was made shorter.
 *
 * @throws StoreProblem when the store has no such run, NoSuchStep when nothing of it is answered there, or its content was purged
 */
export async function messagesOf(
  { reports, transcripts, place }: Store,
  { id, key }: Pick<RunRef, 'id' | 'key'>,
  of: MessagesOptions,
): Promise<readonly Message[]> {
  refuseUnknown(`the messages of run ${id}`, of, KEYS)
  const { step } = of
  const run = await reports.run(key)
  if (!run) throw unknownRun(id, place)
  const purged = await purgedWords(reports, run)
  if (purged !== undefined) throw new NoSuchStep(purged)
  const steps = await reports.steps(run.key)
  const asked = steps.filter(({ sumsUp }) => !sumsUp)
  const found = step === undefined ? asked.at(-1) : steps.find(each => each.step === step)
  if (!found) throw new NoSuchStep(noStepWords(run, step, asked))
  return transcripts.read(found.transcript)
}
