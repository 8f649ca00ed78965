import { LostContent } from '../../core/content/lost-content.ts'
import type { TranscriptPort } from '../../core/ports.ts'
import type { PromptView } from '../../core/protocol.ts'
import { ownerOf } from '../../core/runs/lineage-owner.ts'
import { NotItsOwn } from '../../core/runs/own-run.ts'
import type { Connection } from '../connection.ts'
import { chainOf, type LineageChain, purgesOf } from './lineage-chain.ts'
import { createMessageCache } from './message-cache.ts'
import { readPrompt, shiftOf } from './read-prompt.ts'

const WHOLE: PromptView = { since: 0, by: 'clearing', clearedBefore: 0 }

export function createTranscripts(connection: Connection): TranscriptPort {
  const cache = createMessageCache()
  return {
    read: async ({ lineage, length }, view = WHOLE, reader) => {
      const { mark, known, fresh } = await connection.read(function* () {
        const chain = yield* chainOf(lineage)
        if (reader) assertReadable(reader.id, chain, view)
        const mark = JSON.stringify([view, purgesOf(chain)])
        const known = cache.first(lineage, mark, length - shiftOf(view))
        return { mark, known, fresh: yield* readPrompt({ chain, length }, view, known.length) }
      })
      if (fresh.sealed && reader && !reader.sealed) throw sealedAgainst(reader.id, lineage)
      if (!fresh.sealed) cache.extend(lineage, mark, { from: known.length, ...fresh })
      return known.concat(fresh.messages)
    },
  }
}

/** Refuses a summary of a run that this one does not go on from. */
function assertReadable(runId: string, chain: LineageChain, { compacted }: PromptView): void {
  if (!compacted) return
  const owner = ownerOf(compacted.summary.lineage)
  if (chain.some(link => ownerOf(link.lineage) === owner)) return
  throw new NotItsOwn(`The run ${runId} has named the transcript ${compacted.summary.lineage}, which is not its own`)
}

/** Whoever may start runs may name any transcript, and a worker would read it out to them. */
function sealedAgainst(runId: string, lineage: string): LostContent {
  return new LostContent(
    `The lineage ${lineage} is sealed, and run ${runId}, which continues from it, was started without a key. Fork the run with \`signalbox fork\`.`,
  )
}
