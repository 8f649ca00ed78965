/**
 * The messages that a call sends: what its transcript held before, and what it adds.
 *
 * @module
 */
import type { Message } from '../../src/core/messages.ts'
import type { TranscriptRef } from '../../src/core/protocol.ts'
import type { CallModelPorts } from './ports.ts'
import type { Prepared } from './prepare.ts'

/** Reads only when there is something before: a call with a transcript of its own has its whole prompt in hand. */
export async function promptOf(
  ports: CallModelPorts,
  { call }: Prepared,
  transcript: TranscriptRef,
): Promise<readonly Message[]> {
  return call.transcript.length === 0 ? call.messages : ports.transcripts.read(transcript)
}
