/**
 * What a tool has thrown, as the model that asked for it reads it.
 *
 * @module
 */
import { inspect } from 'node:util'

/**
 * Some libraries throw plain objects, and the error of a connection that was refused at every address has no message of its own.
 * What lies deeper in such an object may be a request with its key, and the words go to the model.
 */
export function thrownWords(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  if (!(thrown instanceof Error)) return messageIn(thrown) ?? inspect(thrown, { depth: 0 })
  if (thrown.message !== '') return thrown.message
  return thrown instanceof AggregateError ? thrown.errors.map(thrownWords).join('; ') : thrown.name
}

function messageIn(thrown: unknown): string | undefined {
  const { message } = Object(thrown) as { readonly message?: unknown }
  return typeof message === 'string' && message !== '' ? message : undefined
}
