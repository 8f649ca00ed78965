/**
 * What a tool has thrown, as the model that asked for it reads it.
 *
 * @module
 */
import { inspect } from 'node:util'

/** Whatever it is: where this threw, the tool would be run again and again. */
export function thrownWords(thrown: unknown): string {
  try {
    return wordsOf(thrown)
  } catch {
    return 'something that cannot be put into words'
  }
}

/** Of the causes of an error, enough to see why. They may refer to each other. */
const MOST_CAUSES = 3

/** "fetch failed" alone says nothing: its causes do, until one adds nothing. */
function wordsOf(thrown: unknown): string {
  let said = ownWords(thrown)
  let error = thrown
  for (let causes = 0; causes < MOST_CAUSES && error instanceof Error && error.cause instanceof Error; causes += 1) {
    error = error.cause
    const why = ownWords(error)
    if (said.includes(why)) return said
    said = `${said}: ${why}`
  }
  return said
}

/**
 * Some libraries throw plain objects, and the error of a connection that was refused at every address has no message of its own.
 * What lies deeper in such an object may be a request with its key, and the words go to the model.
 */
function ownWords(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  if (!(thrown instanceof Error)) return messageIn(thrown) ?? inspect(thrown, { depth: 0 })
  const said = messageIn(thrown)
  if (said !== undefined) return said
  return thrown instanceof AggregateError ? thrown.errors.map(ownWords).join('; ') : String(thrown.name)
}

function messageIn(thrown: unknown): string | undefined {
  const { message } = Object(thrown) as { readonly message?: unknown }
  return typeof message === 'number' || (typeof message === 'string' && message !== '') ? String(message) : undefined
}
