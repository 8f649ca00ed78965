/**
 * The sizes of what a workflow puts into history. Temporal refuses payloads over 2 MB, and then the workflow's task would fail again and
 * again.
 *
 * @module
 */
import { jsonBytes } from '../../../src/core/agent/words.ts'
import { lostInJson } from '../../../src/core/json/lost-in-json.ts'
import { MOST_HISTORY_BYTES } from '../../../src/core/protocol.ts'

/** The longest name of who decides: a hundred of them travel with every continue-as-new. */
const NAME_CHARACTERS = 200

/** The longest note; it lies in history too. */
const NOTE_CHARACTERS = 400

/** Why the name or the note that comes with a decision, a raise or a message is too long, in words; `undefined` if it is not. */
export function noteProblem({ by, note }: { readonly by?: string; readonly note?: string }): string | undefined {
  if ((by?.length ?? 0) > NAME_CHARACTERS) return `a name has at most ${NAME_CHARACTERS} characters`
  if ((note?.length ?? 0) > NOTE_CHARACTERS) return `a note has at most ${NOTE_CHARACTERS} characters`
  return undefined
}

/** The bytes of a value as JSON; `undefined` if it is not JSON. An error thrown here would fail the workflow's task again and again. */
function bytesOf(value: unknown): number | undefined {
  try {
    return jsonBytes(value)
  } catch {
    return undefined
  }
}

/** Why a value cannot go into history, in words; `undefined` if it can. */
export function sizeProblem(what: string, value: unknown): string | undefined {
  const bytes = value === undefined ? 0 : bytesOf(value)
  if (bytes === undefined) return `${what} cannot be written as JSON, as history needs it${placeWords(value)}`
  if (bytes <= MOST_HISTORY_BYTES) return undefined
  return `${what} has about ${bytes} bytes, but at most ${MOST_HISTORY_BYTES} fit into history. Have a tool keep it, and give its name instead; long results of tools are kept in the store`
}

/** What cannot be written, and where it is. An author's own `toJSON` may throw, too. */
function placeWords(value: unknown): string {
  try {
    const loss = lostInJson(value)
    return loss === undefined ? '' : `: ${loss}`
  } catch (error) {
    return `: ${error}`
  }
}
