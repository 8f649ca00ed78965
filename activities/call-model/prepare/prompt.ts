/**
 * The messages that a call sends: what its view leaves of the transcript, and what it adds.
 *
 * @module
 */
import { sumUpPrompt } from '../../../src/core/agent/sum-up-prompt.ts'
import type { Message } from '../../../src/core/messages.ts'
import type { CallSoFar } from '../../../src/core/ports.ts'
import type { CallModelPorts } from '../ports.ts'
import type { Prepared } from './prepared.ts'

/**
 * Reads the store only if messages come before the call's own. A call that has begun has appended its own to the transcript, perhaps in
 * another lineage; before that they are only here.
 */
export async function promptOf(
  { transcripts }: CallModelPorts,
  { call, input }: Prepared,
  soFar: CallSoFar | undefined,
): Promise<readonly Message[]> {
  const { view, sumsUpFor } = input
  const { transcript, messages } = call
  if (transcript.length === 0 && !view) return messages
  const prompt = soFar
    ? await transcripts.read(soFar.transcript, view, call.run)
    : (await transcripts.read(transcript, view, call.run)).concat(messages)
  return sumsUpFor === undefined ? prompt : sumUpPrompt(prompt)
}
