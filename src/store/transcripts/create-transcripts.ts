import type { TranscriptPort } from '../../core/ports.ts'
import type { PromptView } from '../../core/protocol.ts'
import type { Connection } from '../connection.ts'
import { createMessageCache } from './message-cache.ts'
import { readPrompt, shiftOf } from './read-prompt.ts'

const WHOLE: PromptView = { since: 0, by: 'clearing', clearedBefore: 0 }

export function createTranscripts(connection: Connection): TranscriptPort {
  const cache = createMessageCache()
  return {
    read: async (transcript, view = WHOLE) => {
      const { lineage } = transcript
      const mark = JSON.stringify(view)
      const known = cache.first(lineage, mark, transcript.length - shiftOf(view))
      const fresh = await connection.read(() => readPrompt(transcript, view, known.length))
      if (!fresh.sealed) cache.extend(lineage, mark, known.length, fresh.messages, fresh.size)
      return known.concat(fresh.messages)
    },
  }
}
