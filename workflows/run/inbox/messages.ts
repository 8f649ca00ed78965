/**
 * What people say to a run, and what of it was said before: a client whose answer was lost says it again.
 *
 * @module
 */
import type { Unheard } from '../../../src/core/agent/carried.ts'
import { isWords, jsonBytes } from '../../../src/core/agent/words.ts'
import type { Said, Words } from '../../../src/core/protocol.ts'
import { shellWord } from '../../../src/core/words/shell-word.ts'
import { noteProblem } from '../book/sizes.ts'
import type { UnheardMessages } from './unheard.ts'

/** One call takes along all that its agent has not read yet, and Temporal refuses payloads over 2 MB. */
const MOST_UNREAD_BYTES = 1_500_000

/** How many ids are remembered. They travel with every continue-as-new, about 40 bytes each; nobody repeats an older message. */
const REMEMBERED = 100

/** The longest id that a client may give a message. */
const ID_CHARACTERS = 100

/** Who is told of messages. */
export interface Hearing {
  onSaid(text: Words): void
  /** What was said and not sent to a model yet. */
  unread(): readonly Words[]
}

export interface Messages {
  /** The ids of the last ones. */
  heard(): readonly string[]
  /**
   * Takes a message, once for its id, and tells it to the agents. Returns what is to be recorded now: nothing if the message is known, or
   * if the workflow hears for itself, because then it is recorded when it is heard.
   */
  take(said: Said, updateId: string): Unheard | undefined
  /** Why it cannot be said, in words. @param ending - Why the run reads nothing any more. */
  problem(said: Said, ending: 'is stopping' | 'was cancelled' | undefined): string | undefined
}

export interface MessagesParts {
  readonly runId: string
  readonly listeners: ReadonlySet<Hearing>
  readonly unheard: UnheardMessages
  /** The ids of the last ones of earlier parts. */
  readonly before: readonly string[]
}

export function createMessages({ runId, listeners, unheard, before }: MessagesParts): Messages {
  let heard = before
  const isKnown = (id: string | undefined) => id !== undefined && heard.includes(id)
  return {
    heard: () => heard,
    take({ text, id, by }, updateId) {
      if (isKnown(id)) return undefined
      if (id !== undefined) heard = [...heard, id].slice(-REMEMBERED)
      const said = { id: id ?? updateId, text, ...(by !== undefined && { by }) }
      if (unheard.isHearing) {
        unheard.queue.push(said)
        return undefined
      }
      for (const listener of listeners) listener.onSaid(text)
      return said
    },
    problem(said, ending) {
      if ((said?.id?.length ?? 0) > ID_CHARACTERS) return `a message's id has at most ${ID_CHARACTERS} characters`
      const tooLong = noteProblem(Object(said) as Said)
      if (tooLong !== undefined) return tooLong
      if (isKnown(said?.id)) return undefined
      if (ending) return `run ${runId} ${ending} and reads no message any more`
      if (!isWords(said?.text)) return 'a message needs text, or a file'
      // With their ids and senders, as they travel to the next part.
      if (unheard.isHearing) return lengthProblem(runId, [[...unheard.queue, said]])
      if (listeners.size === 0)
        return `no agent is listening in run ${runId} now; \`signalbox show ${shellWord(runId)}\` says what it does`
      return lengthProblem(
        runId,
        [...listeners].map(listener => [...listener.unread(), said.text]),
      )
    },
  }
}

/** @param unread - What each listener would have to read. */
function lengthProblem(runId: string, unread: readonly (readonly (Words | Said)[])[]): string | undefined {
  const bytes = Math.max(...unread.map(sumOfBytes))
  if (bytes <= MOST_UNREAD_BYTES) return undefined
  return `with this message run ${runId} would have ${bytes} bytes to read at once, at most ${MOST_UNREAD_BYTES} go into a call. Say it again when it has read the others, an agent at its next call, or through a client that is connected with the store: long texts then lie there`
}

function sumOfBytes(unread: readonly (Words | Said)[]): number {
  return unread.reduce((sum, message) => sum + jsonBytes(message), 0)
}
