import type { TranscriptPort } from '../../core/ports.ts'
import type { Connection } from '../connection.ts'
import { createMessageCache } from './message-cache.ts'
import { readTranscript } from './read-transcript.ts'

export function createTranscripts(connection: Connection): TranscriptPort {
  const cache = createMessageCache()
  return {
    read: async transcript => {
      const known = cache.first(transcript.lineage, transcript.length)
      const fresh = await connection.read(() => readTranscript(transcript, known.length))
      if (!fresh.sealed) cache.extend(transcript.lineage, known.length, fresh.messages, fresh.size)
      return known.concat(fresh.messages)
    },
  }
}
