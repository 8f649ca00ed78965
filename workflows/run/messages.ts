/**
 * What people say to a run, and what of it was said before: a client whose answer was lost says it again.
 *
 * @module
 */
import { isWords, jsonBytes } from '../../src/core/agent/words.ts'
import { isParts, partsInWords } from '../../src/core/parts.ts'
import type { KeepSaidInput, Said, Words } from '../../src/core/protocol.ts'
import { shellWord } from '../../src/core/words/shell-word.ts'
import { cutText } from '../../src/core/words/shorten.ts'
import { noteProblem } from './sizes.ts'

/** A message as it is recorded, under an id that it has also where nobody gave it one. */
export type Heard = Pick<KeepSaidInput, 'id' | 'text' | 'truncated' | 'by'>

/** One call takes along all that its agent has not read yet, and Temporal refuses payloads over 2 MB. */
const MOST_UNREAD_BYTES = 1_500_000

/** Their ids travel with every continue-as-new, some 40 bytes each; nobody tries a message again for so long. */
const REMEMBERED = 100

/** Longer is no id. */
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
  /** Tells the agents of it, once for its id; what is new is to be recorded. */
  take(said: Said, updateId: string): Heard | undefined
  /** Why it cannot be said, in words. @param stopping - The run makes no call any more. */
  problem(said: Said, stopping: boolean): string | undefined
}

export function createMessages(runId: string, listeners: ReadonlySet<Hearing>, before: readonly string[]): Messages {
  let heard = before
  const isKnown = (id: string | undefined) => id !== undefined && heard.includes(id)
  return {
    heard: () => heard,
    take({ text, id, by }, updateId) {
      if (isKnown(id)) return undefined
      if (id !== undefined) heard = [...heard, id].slice(-REMEMBERED)
      for (const listener of listeners) listener.onSaid(text)
      return { id: id ?? updateId, ...shownOf(text), ...(by !== undefined && { by }) }
    },
    problem(said, stopping) {
      if ((said?.id?.length ?? 0) > ID_CHARACTERS) return `a message's id has at most ${ID_CHARACTERS} characters`
      const tooLong = noteProblem(Object(said) as Said)
      if (tooLong !== undefined) return tooLong
      if (isKnown(said?.id)) return undefined
      if (stopping) return `run ${runId} is stopping and reads no message any more`
      return wordsProblem(runId, said?.text, listeners)
    },
  }
}

/** How much of a text history holds a second time, and readers of the run's events see. */
const MOST_SHOWN = 10_000

/** Longer ones lie in the store; only clients without one send them as they are. */
function shownOf(words: Words): Pick<Heard, 'text' | 'truncated'> {
  const text = isParts(words) ? partsInWords(words) : words
  if (typeof text !== 'string' || text.length <= MOST_SHOWN) return { text }
  return { text: `${cutText(text, MOST_SHOWN)}…`, truncated: true }
}

function wordsProblem(runId: string, text: unknown, listeners: ReadonlySet<Hearing>): string | undefined {
  if (!isWords(text)) return 'a message needs text, or a file'
  if (listeners.size === 0)
    return `no agent is listening in run ${runId} now; \`signalbox show ${shellWord(runId)}\` says what it does`
  const bytes = Math.max(...[...listeners].map(listener => sumOfBytes([...listener.unread(), text])))
  if (bytes <= MOST_UNREAD_BYTES) return undefined
  return `with this message the agent of run ${runId} would have ${bytes} bytes to read at once, at most ${MOST_UNREAD_BYTES} go into a call. Say it again when it has made its next call, or through a client that is connected with the store: long texts then lie there`
}

function sumOfBytes(unread: readonly Words[]): number {
  return unread.reduce((sum, words) => sum + jsonBytes(words), 0)
}
