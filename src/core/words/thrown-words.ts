/**
 * Whatever was thrown, in words: its message and those of its causes, since "fetch failed" alone says nothing.
 *
 * @module
 */

/** How many causes of an error are shown: enough to see why. A limit is needed, because causes may refer to each other. */
const MOST_CAUSES = 3

/**
 * The message of an error and its causes, until a cause adds nothing new.
 *
 * @param shown - Makes words of what is not an error and has no message.
 */
export function thrownWords(thrown: unknown, shown: (thrown: unknown) => string): string {
  let said = ownWords(thrown, shown)
  let error = thrown
  for (let causes = 0; causes < MOST_CAUSES && error instanceof Error && error.cause instanceof Error; causes += 1) {
    error = error.cause
    const why = ownWords(error, shown)
    if (said.includes(why)) return said
    said = `${said}: ${why}`
  }
  return said
}

/** Some libraries throw plain objects, and the error for a connection that was refused at every address has an empty message. */
function ownWords(thrown: unknown, shown: (thrown: unknown) => string): string {
  if (typeof thrown === 'string') return thrown
  const said = messageIn(thrown)
  if (said !== undefined) return said
  if (!(thrown instanceof Error)) return shown(thrown)
  return thrown instanceof AggregateError
    ? thrown.errors.map(each => ownWords(each, shown)).join('; ')
    : String(thrown.name)
}

function messageIn(thrown: unknown): string | undefined {
  const { message } = Object(thrown) as { readonly message?: unknown }
  return typeof message === 'number' || (typeof message === 'string' && message !== '') ? String(message) : undefined
}
