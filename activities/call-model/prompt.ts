/**
 * The messages that a call sends: what its view leaves of the transcript, and what it adds.
 *
 * @module
 */
import { sumUpPrompt } from '../../src/core/agent/sum-up-prompt.ts'
import type { Message } from '../../src/core/messages.ts'
import type { TranscriptRef } from '../../src/core/protocol.ts'
import type { CallModelPorts } from './ports.ts'
import type { Prepared } from './prepare.ts'

/** Reads only when there is something before: a call with a transcript of its own has its whole prompt in hand. */
export async function promptOf(
  ports: CallModelPorts,
  { call, input }: Prepared,
  transcript: TranscriptRef,
): Promise<readonly Message[]> {
  const { view, sumsUpFor } = input
  if (call.transcript.length === 0 && !view) return call.messages
  const prompt = await ports.transcripts.read(transcript, view)
  return sumsUpFor === undefined ? prompt : sumUpPrompt(prompt)
}
