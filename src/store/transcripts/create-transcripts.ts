import type { TranscriptPort } from '../../core/ports.ts'
import type { Connection } from '../connection.ts'
import { readTranscript } from './read-transcript.ts'

export function createTranscripts(connection: Connection): TranscriptPort {
  return { read: transcript => connection.read(() => readTranscript(transcript)) }
}
